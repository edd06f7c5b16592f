"""First-choice policies: what each character does before it has seen anything of the game."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import polars as pl

from analysis.coherence.opening import cooperative_options, opening_phases
from analysis.errors import AnalysisError
from analysis.folder import Folder
from analysis.samples import MIXES, person

BOTH = "both"
"""Stands for the average over the orders of mention."""
PERSONA = ("persona", "person", "kind", "identity", "affect", "stance")
READ_BY = ("model", "readout")
SITUATION = ("scenario", "situation")
CONTEXT = (*READ_BY, *PERSONA, "paraphrase", *SITUATION, "wording", "order")
"""What tells policies apart, the member that the persona was cast for left out."""
_NO_SETTING = frozenset(
    {*MIXES, *READ_BY, "scenario", "wording", "placement", "intervention", "seed", "condition"}
)
_CHOICE = ["run_id", "agent", "partner", "phase"]
_SURE = ("exact", "top")
SAMPLED = frozenset({"json", "sample", "deliberate"})
"""Readouts of one draw each, or of a distribution given one drawn thought."""
SCHEMA: Mapping[str, pl.DataType] = {
    **{name: pl.String() for name in (*READ_BY, *PERSONA)},
    "paraphrase": pl.Int64(),
    "member": pl.String(),
    **{name: pl.String() for name in ("scenario", "game", "situation", "wording", "order")},
    "options": pl.List(pl.String),
    "probabilities": pl.List(pl.Float64),
    "cooperation": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """First-choice policies, and what was not taken for one.

    Attributes:
        frame: columns SCHEMA, a row for each model, readout, persona, paraphrase, member, scenario,
            situation, wording and order of mention ("forward", "reversed", or "both" for the
            average of the two in log-odds). `situation` is what the rules say that the character
            must know (a die, a stock) and what else of the design its prompt depends on.
            `options` are keys in alphabetical order, `probabilities` theirs; `cooperation` is the
            sum over options classed as cooperative, null where the menu has none. A context that
            is met again is there once.
        left_out: first choices that are in no row, by why; runs with a change in the first round,
            or of rules that are no more, under "runs without a first choice".
    """

    frame: pl.DataFrame
    left_out: Mapping[str, int]


def policies(folder: Folder) -> Policies:
    """The first-choice policies of an experiment.

    Raises:
        FolderError: a table cannot be read.
        AnalysisError: one situation was put with other options in another wording.
    """
    asked, left_out = first_choices(folder)
    known = asked.filter(pl.col("why").is_null())
    rows = pl.concat([_averaged(known), _by_order(folder, known)])
    keys = [*CONTEXT, "member"]
    # The same prompt under another setting is the same context; the first setting stands for all.
    found = (
        rows.sort("situation", "run_id", "prompt", "agent", "partner", nulls_last=True)
        .unique([*(set(keys) - {"situation"}), "asked", "prompt"], keep="first")
        .sort("situation", "prompt", "run_id", "agent", nulls_last=True)
        .unique(keys, keep="first")
        .sort(keys, nulls_last=True)
    )
    _check(found, folder)
    return Policies(_with_cooperation(found).select(list(SCHEMA)), left_out)


def first_choices(folder: Folder) -> tuple[pl.DataFrame, dict[str, int]]:
    """Choices of characters that had seen nothing of the game, whatever came of them.

    Returns:
        run_id, agent, partner, phase, PERSONA, paraphrase, member, READ_BY, scenario, game,
        wording, asked (phase and facts), situation, menu, answer, action, probabilities, prompt,
        call_key and `why`: why it is no policy, null where it is one. Then the counts of these.
    """
    openings = {run.run_id: opening_phases(run) for run in folder.runs}
    phases = [(run, phase) for run, names in openings.items() for phase in sorted(names)]
    where = pl.DataFrame(phases, schema={"run_id": pl.String(), "phase": pl.String()}, orient="row")
    told = ("scenario", "wording", "facts", "menu", "answer", "action", "probabilities", "level")
    opening = folder.table("decisions").filter(pl.col("round") == 1)
    used = opening.select(*_CHOICE, *READ_BY, *told, "call_key", prompt="prompt_sha256")
    asked = (
        folder.collected("decisions", used)
        .join(where, on=["run_id", "phase"], how="semi")
        .join(_cast(folder), on=["run_id", "agent"])
        .join(_settings(folder), on="run_id")
        .filter(pl.col("strategy").is_null())
        .with_columns(asked=pl.concat_str("phase", pl.col("facts").fill_null("{}"), separator=" "))
        .with_columns(situation=pl.concat_str("asked", "setting", separator=" "), why=_why())
    )
    counts = asked.drop_nulls("why").group_by("why").len().sort("why")
    without = sum(not names for names in openings.values())
    left_out = {**({"runs without a first choice": without} if without else {})}
    return asked, {**left_out, **dict(counts.iter_rows())}


def _cast(folder: Folder) -> pl.DataFrame:
    names = ("member", "paraphrase", "strategy", "identity", "affect", "stance", "kind")
    return folder.characters.select("run_id", "agent", "persona", *names, person=person())


def _settings(folder: Folder) -> pl.DataFrame:
    """run_id, game, and as JSON what else of the design varies and may be told in a prompt."""
    metadata = folder.metadata
    names = [
        name for name in folder.factors if name not in _NO_SETTING and metadata[name].n_unique() > 1
    ]
    settings = [json.dumps(row) if row else "" for row in metadata.select(names).to_dicts()]
    games = [run.game for run in folder.runs]
    settings = settings or [""] * len(games)
    return metadata.select("run_id").with_columns(
        setting=pl.Series(settings, dtype=pl.String), game=pl.Series(games, dtype=pl.String)
    )


def _why() -> pl.Expr:
    """Why an answer gives no policy; null where it does."""
    exact = pl.col("level").is_in(_SURE) & ~pl.col("readout").is_in(list(SAMPLED))
    return (
        pl.when(pl.col("answer") != "decision")
        .then(pl.col("answer"))
        .when(pl.col("probabilities").is_null() | ~exact.fill_null(value=False))
        .then(pl.lit("no exact distribution"))
    )


def _averaged(asked: pl.DataFrame) -> pl.DataFrame:
    return _canonical(asked.with_columns(order=pl.lit(BOTH)))


def _by_order(folder: Folder, asked: pl.DataFrame) -> pl.DataFrame:
    """The policy in each order of mention, where the reading has it."""
    nats = pl.col("log_probabilities")
    finite = nats.list.eval(pl.element().is_finite().fill_null(value=False)).list.all()
    variant = pl.col("variant")
    order = variant.str.extract("(forward|reversed)$")
    opening = folder.table("readings").filter(pl.col("round") == 1)
    used = opening.select(*_CHOICE, "variant", "log_probabilities", "prompt_sha256")
    read = (
        folder.collected("readings", used)
        .filter(finite & order.is_not_null() & ~variant.str.starts_with("neutral-"))
        # The last one counts, where a choice was put again.
        .select(*_CHOICE, nats, "prompt_sha256", order=order)
        .unique([*_CHOICE, "order"], keep="last", maintain_order=True)
    )
    joined = asked.drop("probabilities", "prompt").join(read, on=_CHOICE, nulls_equal=True)
    likely = (nats - nats.list.max()).list.eval(pl.element().exp())
    shares = joined.with_columns(probabilities=likely / likely.list.sum(), prompt="prompt_sha256")
    return _canonical(shares)


def _canonical(rows: pl.DataFrame) -> pl.DataFrame:
    """Options and probabilities in alphabetical order of the keys."""
    places = pl.col("menu").list.eval(pl.element().arg_sort())
    kept = (name for name in SCHEMA if name != "cooperation")
    return rows.with_columns(
        options=pl.col("menu").list.gather(places),
        probabilities=pl.col("probabilities").list.gather(places),
    ).select(*kept, "run_id", "agent", "partner", "asked", "prompt")


def _with_cooperation(rows: pl.DataFrame) -> pl.DataFrame:
    told = rows.select("game", "options", "probabilities").iter_rows()
    values = [_cooperation(cooperative_options(name), *given) for name, *given in told]
    return rows.with_columns(cooperation=pl.Series(values, dtype=pl.Float64))


def _cooperation(
    cooperative: Collection[str], options: Sequence[str], probabilities: Sequence[float]
) -> float | None:
    meant = [p for key, p in zip(options, probabilities, strict=True) if key in cooperative]
    return fsum(meant) if meant else None


def _check(found: pl.DataFrame, folder: Folder) -> None:
    menus = found.group_by(SITUATION).agg(pl.col("options").unique())
    for scenario, _, options in menus.sort(SITUATION).iter_rows():
        if len(options) > 1:
            raise AnalysisError(
                f"{folder.path}: scenario {scenario!r} has other options in other wordings, such as"
                f" {options[0]} and {options[1]}: its choices cannot be compared across wordings"
            )
