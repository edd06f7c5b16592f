"""Does a character do the same again? Between draws, and between wordings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.coherence.policies import (
    BOTH,
    PERSONA,
    READ_BY,
    SAMPLED,
    SITUATION,
    Policies,
    first_choices,
)
from analysis.folder import Folder
from scenarios.catalogue import game

Real = NDArray[np.float64]
_LEAST = 2
_LEAST_PERSONAS = 3
_SEED, _SPLITS = 20260102, 500
_PERSON = [*READ_BY, *PERSONA]
EXACT = "exact readout: the same by construction"
ONE_DRAW = "no context was drawn twice"
ONE_KIND = "only one kind of action was ever drawn, so that chance agrees as well"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far repeated draws of the same subjects agree.

    Attributes:
        agreement: share of pairs of draws of one subject that agree; None without a pair.
        kappa: agreement beyond chance; None where chance alone agrees always.
        subjects: subjects with at least two draws.
        draws: of these.
    """

    agreement: float | None
    kappa: float | None
    subjects: int
    draws: int


def agreement(counts: Sequence[Sequence[int]]) -> Agreement:
    """Fleiss' kappa; subjects may differ in their number of draws.

    Args:
        counts: for every subject how often each category was drawn.

    Source: Fleiss 1971, Psychological Bulletin 76(5):378-382; unequal numbers: Fleiss, Levin & Paik
        2003, Statistical Methods for Rates and Proportions, section 18.3, as the mean over subjects
        of the share of pairs that agree.
    """
    rows = [np.array(row) for row in counts if sum(row) >= _LEAST]
    if not rows:
        return Agreement(None, None, 0, 0)
    sizes = [int(row.sum()) for row in rows]
    agreed = fsum(float(r @ (r - 1)) / (n * (n - 1)) for r, n in zip(rows, sizes, strict=True))
    observed = agreed / len(rows)
    shares = np.sum(rows, axis=0) / sum(sizes)
    chance = float(shares @ shares)
    kappa = (observed - chance) / (1 - chance) if chance < 1 else None
    return Agreement(observed, kappa, len(rows), sum(sizes))


def between_draws(folder: Folder) -> pl.DataFrame:
    """Agreement of repeated draws of one first choice, for each character read by samples.

    A context is a persona in one paraphrase in one situation and wording, both orders of mention
    together, since samples take turns in them. Different calls are different draws; a call that
    several characters or seeds share is one. Agreement is on the option; kappa is on the option's
    class (cooperative, neutral, uncooperative), which all scenarios have, over all contexts of the
    character: how much better its own draw foretells its next one than its habits do.

    Returns:
        model, readout, PERSONA, agreement, kappa, contexts, draws, why_not (why kappa is null).
        Characters read exactly have neither: EXACT.
    """
    asked = first_choices(folder)[0].filter(pl.col("answer") == "decision")
    keys = [*_PERSON, "paraphrase", *SITUATION, "wording"]
    drawn = (
        asked.filter(pl.col("readout").is_in(list(SAMPLED)))
        .sort("run_id", "agent", "partner")
        .unique([*keys, "call_key"], keep="first", maintain_order=True)
    )
    found: dict[tuple[str | None, ...], tuple[list[list[int]], list[list[int]]]] = {}
    contexts = drawn.group_by(keys).agg("action", "menu", pl.col("game").first())
    for row in contexts.sort(keys, nulls_last=True).iter_rows(named=True):
        options, classes = found.setdefault(tuple(row[name] for name in _PERSON), ([], []))
        of, menu = _classes(row["game"]), row["menu"][0]
        options.append([row["action"].count(option) for option in menu])
        kinds = [of[action] for action in row["action"]]
        classes.append([kinds.count(kind) for kind in _CLASSES])
    rows = [(*key, *_told(options, classes)) for key, (options, classes) in found.items()]
    exact = asked.filter(pl.col("why").is_null()).select(_PERSON).unique()
    rows += [(*key, None, None, 0, 0, EXACT) for key in exact.iter_rows()]
    schema = {**dict.fromkeys(_PERSON, pl.String()), **_DRAWS}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(_PERSON, nulls_last=True)


_CLASSES = ("cooperative", "neutral", "uncooperative")
_DRAWS: Mapping[str, pl.DataType] = {
    "agreement": pl.Float64(),
    "kappa": pl.Float64(),
    "contexts": pl.Int64(),
    "draws": pl.Int64(),
    "why_not": pl.String(),
}


def _told(options: list[list[int]], classes: list[list[int]]) -> tuple[object, ...]:
    width = max(map(len, options))
    padded = [row + [0] * (width - len(row)) for row in options]
    raw, beyond = agreement(padded), agreement(classes)
    why_not = None
    if beyond.kappa is None:
        why_not = ONE_KIND if beyond.subjects else ONE_DRAW
    return raw.agreement, beyond.kappa, raw.subjects, raw.draws, why_not


def _classes(name: str) -> Mapping[str, str]:
    return {option.key: option.action_class for option in game(name).options}


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """Does a persona keep its place among the others from one half of the wordings to the other?

    Attributes:
        r: mean Pearson correlation between the halves, over random splits; None where undefined.
        reliability: of all wordings together, by Spearman and Brown; None where r is not above 0.
        personas: personas that were put all wordings.
        wordings: pairs of scenario and wording.
        why_not: why r is null.
    """

    r: float | None
    reliability: float | None
    personas: int
    wordings: int
    why_not: str | None


def between_wordings(
    policies: Policies, model: str, readout: str, personas: Collection[str] | None = None
) -> SplitHalf:
    """Split-half reliability of personas' expected cooperation over the wordings.

    The wordings of each scenario are split at random into halves (500 splits, seed fixed; of an odd
    number one half has one more); a persona's score in a half is the mean over scenarios. Scenarios
    of one wording are left out, and so are personas that were not put every wording.

    Args:
        policies: of the experiment.
        model: whose.
        readout: by which.
        personas: only these; None for all.

    Sources: Spearman 1910 and Brown 1910, British Journal of Psychology 3: 2 r / (1 + r).
    """
    frame = policies.frame.filter(
        pl.col("model") == model, pl.col("readout") == readout, pl.col("order") == BOTH
    ).drop_nulls("cooperation")
    if personas is not None:
        frame = frame.filter(pl.col("persona").is_in(list(personas)))
    several = pl.col("wording").n_unique().over("scenario") >= _LEAST
    cells = (
        frame.filter(several)
        .unique(["persona", "paraphrase", *SITUATION, "wording"])
        .group_by("persona", "scenario", "wording")
        .agg(pl.col("cooperation").sort().mean())
    )
    columns = cells.select("scenario", "wording").unique().sort("scenario", "wording")
    complete = cells.filter(pl.len().over("persona") == len(columns))
    whole = complete.sort("persona", "scenario", "wording")["cooperation"].to_numpy()
    if not len(columns):
        return SplitHalf(None, None, 0, 0, "no scenario was put in two wordings")
    table = whole.reshape(-1, len(columns))
    if len(table) < _LEAST_PERSONAS:
        why_not = f"{len(table)} personas were put every wording, and it needs {_LEAST_PERSONAS}"
        return SplitHalf(None, None, len(table), len(columns), why_not)
    r = _mean_correlation(table, columns["scenario"].to_list())
    if r is None:
        why_not = "all personas do the same in some half"
        return SplitHalf(None, None, len(table), len(columns), why_not)
    stepped = 2 * r / (1 + r) if r > 0 else None
    return SplitHalf(r, stepped, len(table), len(columns), None)


def _mean_correlation(table: Real, scenarios: Sequence[str]) -> float | None:
    """Mean correlation over splits; None where some half does not tell personas apart.

    Args:
        table: shape (personas, wordings).
        scenarios: of each wording, in blocks.
    """
    generator = np.random.Generator(np.random.PCG64(_SEED))
    blocks = [np.flatnonzero(np.array(scenarios) == name) for name in dict.fromkeys(scenarios)]
    found = []
    for _ in range(_SPLITS):
        halves: tuple[list[Real], list[Real]] = ([], [])
        for block in blocks:
            drawn = generator.permutation(block)
            # Of an odd number the larger part falls to either half.
            cut = (len(drawn) + int(generator.integers(2))) // 2
            for half, part in zip(halves, (drawn[:cut], drawn[cut:]), strict=True):
                half.append(table[:, np.sort(part)].mean(axis=1))
        one, other = (np.mean(half, axis=0) for half in halves)
        if min(np.ptp(one), np.ptp(other)) <= 1e-12:
            return None
        found.append(float(np.corrcoef(one, other)[0, 1]))
    return fsum(found) / len(found)
