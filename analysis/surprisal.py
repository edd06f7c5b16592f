"""Surprisal: how surprising texts are to a model, by group, and the differences between groups.

Nats per token of a text, first averaged over a persona's texts, then over personas: a persona is a
replicate, its paraphrases are not (DESIGN section 8). Where a group has fewer than LEAST_PERSONAS
personas, its texts are the units (of what was said, the runs), and the claim is about these few
only. Groups that tell the same respondents are paired by respondent. Texts that could not be
measured are counted and left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

import polars as pl

from analysis.estimator import LEAST_PERSONAS
from analysis.statistics import Estimate, holm, mean_interval, splits, weighted

_TEXT, _WHOLE, _REAL = pl.String(), pl.Int64(), pl.Float64()
_COMMON: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "text": _TEXT,
        "text_sha256": _TEXT,
        "tokens": _WHOLE,
        "nats": _REAL,
        "level": _TEXT,
        "reason": _TEXT,
        "call_key": _TEXT,
    }
)
TEXTS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "population": _TEXT,
        "persona": _TEXT,
        "kind": _TEXT,
        "paraphrase": _WHOLE,
        **_COMMON,
        "being_tokens": _WHOLE,
        "being_nats": _REAL,
        "first_tokens": pl.List(pl.String),
        "first_nats": pl.List(pl.Float64),
    }
)
"""Columns of the surprisal of persona texts: a row a text.

`being_*` are those of the clause that says what the speaker is; `reason` is why there is no number.
"""
SPEECH: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "run_id": _TEXT,
        "population": _TEXT,
        "round": _WHOLE,
        "agent": _WHOLE,
        "persona": _TEXT,
        "kind": _TEXT,
        **_COMMON,
    }
)
"""Columns of the surprisal of what was said and thought: a row an utterance."""
FILE = "surprisal.parquet"
SEPARATOR = "\x1f"
_TWIN = "ai-"
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Level:
    """One group in one measure.

    Attributes:
        measure: "whole text", "statements" (without the clause that says what the speaker is), or
            "being" (that clause alone).
        group: a population.
        estimate: nats per token, mean over units, with its interval.
        cluster: what the units are: "persona", "text" or "run".
        texts: texts measured.
        tokens: mean length of what is measured, in tokens; None without texts.
        missing: texts that could not be measured.
    """

    measure: str
    group: str
    estimate: Estimate
    cluster: str
    texts: int
    tokens: float | None
    missing: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Group a minus group b, nats per token.

    Attributes:
        measure: as of a level.
        a: a group.
        b: the other.
        estimate: with its interval over the units of both groups.
        p_adjusted: Holm, over the pairs of the measure; None with too little data.
        paired: whether both sides tell the same respondents.
    """

    measure: str
    a: str
    b: str
    estimate: Estimate
    p_adjusted: float | None
    paired: bool


def measures(rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    """The rows of each measure: population, persona, part (text or run), tokens, nats, value.

    The value is nats per token, null where there is none.
    """
    part = "run_id" if "run_id" in rows.columns else "paraphrase"
    parts = {"whole text": (pl.col("tokens"), pl.col("nats"))}
    if "being_tokens" in rows.columns:
        being = (pl.col("being_tokens"), pl.col("being_nats"))
        parts["statements"] = (pl.col("tokens") - being[0], pl.col("nats") - being[1])
        parts["being"] = being
    found = {}
    for name, (tokens, nats) in parts.items():
        table = rows.select(
            "population", "persona", part=pl.col(part).cast(pl.String), tokens=tokens, nats=nats
        )
        known = pl.col("tokens") > 0
        found[name] = table.with_columns(
            value=pl.when(known).then(pl.col("nats") / pl.col("tokens"))
        )
    return found


def levels(rows: pl.DataFrame, alpha: float = 0.05) -> tuple[Level, ...]:
    """Every group in every measure, groups in the order of the rows."""
    return tuple(
        _level(measure, group, table.filter(pl.col("population") == group), alpha)
        for measure, table in measures(rows).items()
        for group in _groups(rows)
    )


def _level(measure: str, group: str, table: pl.DataFrame, alpha: float) -> Level:
    known = table.filter(pl.col("value").is_not_null())
    tokens = known["tokens"].mean()
    return Level(
        measure=measure,
        group=group,
        estimate=mean_interval(list(_units(known).values()), alpha),
        cluster=_cluster(known),
        texts=len(known),
        tokens=float(tokens) if isinstance(tokens, int | float) else None,
        missing=len(table) - len(known),
    )


def differences(rows: pl.DataFrame, alpha: float = 0.05) -> tuple[Difference, ...]:
    """Every pair of groups in every measure; p-values corrected within a measure."""
    found: list[Difference] = []
    for measure, table in measures(rows).items():
        known = table.filter(pl.col("value").is_not_null())
        means = {
            group: _units(known.filter(pl.col("population") == group)) for group in _groups(rows)
        }
        pairs = [
            (a, b, *_apart(means[a], means[b], alpha)) for a, b in combinations(_groups(rows), 2)
        ]
        adjusted = holm([estimate.p for _, _, estimate, _ in pairs])
        found += [
            Difference(measure, a, b, estimate, p, paired)
            for (a, b, estimate, paired), p in zip(pairs, adjusted, strict=True)
        ]
    return tuple(found)


def _apart(
    one: Mapping[str, float], other: Mapping[str, float], alpha: float
) -> tuple[Estimate, bool]:
    """Difference of means over personas, paired where all respondents are the same."""
    first, second = ({_whose(name): value for name, value in side.items()} for side in (one, other))
    if len(first) >= _LEAST and first.keys() == second.keys():
        return mean_interval([first[name] - second[name] for name in sorted(first)], alpha), True
    sides: Sequence[tuple[float, list[float]]] = (
        (1.0, list(one.values())),
        (-1.0, list(other.values())),
    )
    return weighted(sides, alpha, splits(max(len(one), 1), max(len(other), 1))), False


def _units(known: pl.DataFrame) -> dict[str, float]:
    """Mean of each unit, in order of name."""
    keys = ["persona"] if _has_many(known) else ["persona", "part"]
    means = known.group_by(keys).agg(pl.col("value").sort().mean()).sort(keys)
    names = means.select(pl.concat_str(keys, separator=SEPARATOR)).to_series().to_list()
    return dict(zip(names, means["value"].to_list(), strict=True))


def _has_many(known: pl.DataFrame) -> bool:
    return known["persona"].n_unique() >= LEAST_PERSONAS


def _cluster(known: pl.DataFrame) -> str:
    if _has_many(known):
        return "persona"
    # Paraphrases are numbers, runs are not.
    return "text" if known["part"].cast(pl.Int64, strict=False).is_not_null().all() else "run"


def _whose(persona: str) -> str:
    """The respondent behind a persona: a twin's is the human one's."""
    return persona.removeprefix(_TWIN)


def _groups(rows: pl.DataFrame) -> list[str]:
    names: list[str] = rows["population"].unique(maintain_order=True).to_list()
    return names
