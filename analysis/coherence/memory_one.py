"""What a character does after each outcome of the last round, as a memory-one vector."""

from collections.abc import Mapping, Sequence

import polars as pl

from analysis.coherence.opening import cooperative_options
from analysis.coherence.strategies import STATES, nearest
from analysis.folder import Folder
from analysis.quality import wilson
from analysis.run_record import RunRecord
from scenarios.catalogue import game

MEMBER = ("model", "readout", "scenario", "population", "member")
AGENT = ("model", "readout", "scenario", "population", "member", "run_id", "agent")
_PAIR = 2
_PLACE = ["run_id", "agent", "partner", "round"]


def vectors(folder: Folder, by: Sequence[str] = MEMBER) -> pl.DataFrame:
    """Chances of cooperation after each outcome of the last round.

    Looks at games of two seats that choose at the same time from one cooperative and one
    uncooperative option. What both did last is what was really done (noise may have turned it);
    what is counted is the choice. A choice after a round in which the pair did not play is left
    out, and so is all from an intervention on.

    Args:
        folder: the experiment.
        by: MEMBER or AGENT.

    Returns:
        Columns `by`; state ("first", or own and partner's last such as "CD"); n (decided choices);
        drawn (share that cooperates), with low and high of Wilson's 95% interval, which takes the
        choices to be independent; exact (mean probability of cooperation) and n_exact (choices with
        one). All five states of every one; rates are null at n = 0.

    Sources: Nowak & Sigmund 1993, Nature 364:56-58; Wilson 1927, JASA 22(158):209-212.
    """
    keys = [*by, "state"]
    drawn, exact = pl.col("cooperates").cast(pl.Float64), pl.col("probability")
    found = (
        _choices(folder)
        .group_by(keys)
        .agg(
            n=pl.len().cast(pl.Int64),
            drawn=drawn.mean(),
            exact=exact.sort().mean(),
            n_exact=exact.count().cast(pl.Int64),
        )
    )
    states = pl.DataFrame({"state": STATES, "place": range(len(STATES))})
    everyone = found.select(by).unique().join(states, how="cross")
    table = everyone.join(found, on=keys, how="left", nulls_equal=True).with_columns(
        pl.col("n", "n_exact").fill_null(0)
    )
    counts = table.select(k=(pl.col("drawn").fill_null(0) * pl.col("n")).round().cast(int), n="n")
    bounds = [wilson(k, n) for k, n in counts.iter_rows()]
    return (
        table.with_columns(
            low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
            high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
        )
        .sort(*by, "place", nulls_last=True)
        .select(*by, "state", "n", "drawn", "low", "high", "exact", "n_exact")
    )


def strategies(found: pl.DataFrame, by: Sequence[str] = MEMBER) -> pl.DataFrame:
    """The known strategy that each vector is nearest to.

    Exact probabilities are used where every choice of a state has one, else the drawn shares.

    Args:
        found: of `vectors`.
        by: as it was called with.

    Returns:
        Columns `by`; nearest (names joined by " or " where the states met do not tell them apart),
        error, distance, runner_up, lead (as in `strategies.Nearest`), n.
    """
    rates = pl.when(pl.col("n_exact") == pl.col("n")).then("exact").otherwise("drawn")
    table = found.with_columns(rate=rates).group_by(by, maintain_order=True).agg("rate", "n")
    rows = []
    for *key, shares, counts in table.iter_rows():
        one = nearest(shares, counts)
        if one is not None:
            told = (" or ".join(one.names), one.error, one.distance, one.runner_up, one.lead)
            rows.append((*key, *told, sum(counts)))
    schema = {**{name: found.schema[name] for name in by}, **_NEAREST}
    return pl.DataFrame(rows, schema=schema, orient="row")


_NEAREST: Mapping[str, pl.DataType] = {
    "nearest": pl.String(),
    "error": pl.Float64(),
    "distance": pl.Float64(),
    "runner_up": pl.String(),
    "lead": pl.Float64(),
    "n": pl.Int64(),
}


def _choices(folder: Folder) -> pl.DataFrame:
    """Decided choices with their state: AGENT, state, cooperates, probability (null if none)."""
    runs = {run.run_id: run for run in folder.runs if _is_dilemma(run)}
    until = {run: min((c.at for c in one.interventions), default=None) for run, one in runs.items()}
    terms = pl.DataFrame(
        [(run, until[run], *cooperative_options(one.game)) for run, one in runs.items()],
        schema={"run_id": pl.String(), "until": pl.Int64(), "cooperative": pl.String()},
        orient="row",
    )
    told = ("model", "readout", "scenario", "population", "answer", "action", "done")
    rows = folder.of_runs(runs).table("decisions")
    asked = (
        folder.collected("decisions", rows.select(*_PLACE, *told, "menu", "probabilities"))
        .join(terms, on="run_id")
        .filter(pl.col("until").is_null() | (pl.col("round") < pl.col("until")))
        .join(folder.characters.select("run_id", "agent", "member"), on=["run_id", "agent"])
    )
    before = asked.select(*_PLACE[:3], pl.col("round") + 1, last=_letter())
    own = before.rename({"last": "own"})
    other = before.rename({"last": "other", "agent": "partner", "partner": "agent"})
    states = asked.join(own, on=_PLACE, how="left").join(other, on=_PLACE, how="left")
    state = (
        pl.when(pl.col("round") == 1)
        .then(pl.lit("first"))
        .otherwise(pl.col("own") + pl.col("other"))
    )
    return states.with_columns(
        state=state, cooperates=pl.col("action") == pl.col("cooperative"), probability=_exact()
    ).filter(pl.col("answer") == "decision", pl.col("state").is_not_null())


def _letter() -> pl.Expr:
    """C or D for what was really done; null where nothing was."""
    done = pl.col("done")
    return pl.when(done.is_not_null()).then(
        pl.when(done == pl.col("cooperative")).then(pl.lit("C")).otherwise(pl.lit("D"))
    )


def _exact() -> pl.Expr:
    first = pl.col("menu").list.first() == pl.col("cooperative")
    chance = pl.col("probabilities")
    return pl.when(first).then(chance.list.first()).otherwise(chance.list.last())


def _is_dilemma(run: RunRecord) -> bool:
    rules = game(run.game)
    classes = sorted(option.action_class for option in rules.options)
    return rules.seats.most == _PAIR and classes == ["cooperative", "uncooperative"]
