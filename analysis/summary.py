"""Aggregates that the report shows: pure functions from stored tables to small tables.

Every estimate bears its n and its interval; what is undefined is null with n = 0. Intervals are
Student's t over independent units.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl
from scipy import stats

from analysis.estimator import Sample, mean
from analysis.metrics import METRICS
from analysis.outcomes import Declared
from analysis.samples import Samples, collect
from scenarios.catalogue import catalogue
from scenarios.game import Option

LEVEL = 0.95
_PAIR = ["scenario", "source_member", "target_member"]


def estimates(
    outcomes: pl.DataFrame,
    characters: pl.DataFrame,
    runs: pl.DataFrame,
    by: Sequence[str],
    known: Mapping[str, Declared] = METRICS,
) -> pl.DataFrame:
    """Every metric by levels of the design.

    Mean and interval are those of `analysis.estimator`: scenarios weigh the same, and
    the interval is over situations and personas.

    Args:
        outcomes: `outcomes.parquet` of all runs.
        characters: run_id, agent, member, persona, paraphrase, strategy.
        runs: a row per run: run_id, scenario, wording and a column per factor.
        by: factors to group by.
        known: every metric by name.

    Returns:
        metric, the factors, estimate, low, high, n (runs where the metric is defined), undefined
        (runs where it is not), units (for example "runs": what the interval is over), clusters.
    """
    keys = ["metric", *by]
    level = pl.concat_str(by, separator="\x1f")
    placed = runs.select(
        "run_id", *dict.fromkeys(["scenario", "wording", *by]), level=level, pair="run_id"
    )
    who = characters.with_columns(subject=pl.col("agent").cast(pl.String))
    rows = [
        (
            *(row[key] for key in keys),
            *_estimate(found.get((row["metric"], row["level"]), Sample()), row["asked"]),
        )
        # One metric at a time, for memory's sake.
        for of_metric in outcomes.partition_by("metric")
        for found, cells in [_cells(of_metric.join(placed, on="run_id"), who, keys)]
        for row in cells.iter_rows(named=True)
    ]
    schema = {
        **dict.fromkeys(keys, pl.String()),
        **dict.fromkeys(("estimate", "low", "high"), pl.Float64()),
        **dict.fromkeys(("n", "undefined"), pl.Int64()),
        "units": pl.String(),
        "clusters": pl.Int64(),
    }
    table = pl.DataFrame(rows, schema=schema, orient="row").sort(keys)
    return _within_bounds(table, known)


def _cells(read: pl.DataFrame, who: pl.DataFrame, keys: list[str]) -> tuple[Samples, pl.DataFrame]:
    """The samples of one metric, and of how many runs each level asked for it."""
    defined = read.filter(pl.col("value").is_not_null() & pl.col("value").is_finite())
    agents = defined.filter(scope="agent").join(who, on=["run_id", "subject"])
    found = collect(
        defined.filter(scope="run"), agents.with_columns(weight=pl.col("n").cast(pl.Float64))
    )
    return found, read.filter(scope="run").group_by([*keys, "level"]).len("asked")


def _within_bounds(table: pl.DataFrame, known: Mapping[str, Declared]) -> pl.DataFrame:
    """Cut the intervals of shares and probabilities at 0 and 1, where nothing lies beyond."""
    bounded = [name for name, each in known.items() if each.unit in ("share", "probability")]
    inside = pl.col("metric").is_in(bounded)
    return table.with_columns(
        pl.when(inside).then(pl.col(end).clip(0, 1)).otherwise(end).alias(end)
        for end in ("low", "high")
    )


def _estimate(sample: Sample, asked: int) -> tuple[object, ...]:
    """estimate, low, high, n, undefined, units, clusters of one cell."""
    found = mean(sample, 1 - LEVEL)
    n, given = len(sample.runs), found.decisive
    return given.value, given.low, given.high, n, asked - n, f"{found.cluster}s", given.n


def cooperation(decisions: pl.DataFrame) -> pl.DataFrame:
    """Each decision's cooperation: the probability that the model gave to cooperative options.

    Where the readout gives no probabilities it is 1 or 0 by the option chosen. Missing answers
    are left out, not filled in.

    Returns:
        The decisions with a column `cooperation` in [0, 1].
    """
    given = decisions.filter(pl.col("answer") == "decision").with_row_index("row")
    classes = _classes(given)
    expected = (
        given.filter(pl.col("probabilities").is_not_null())
        .select("row", "scenario", "menu", "probabilities")
        .explode("menu", "probabilities")
        .join(classes, left_on=["scenario", "menu"], right_on=["scenario", "action"], how="left")
        .group_by("row")
        .agg(
            pl.when(pl.col("class").is_null().any())
            .then(None)
            .otherwise((pl.col("probabilities") * (pl.col("class") == "cooperative")).sum())
            .alias("expected")
        )
    )
    chosen = (pl.col("action_class") == "cooperative").cast(pl.Float64)
    return (
        given.join(expected, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("expected", chosen).alias("cooperation"))
        .drop("row", "expected")
    )


def social(decisions: pl.DataFrame) -> pl.DataFrame:
    """The choices whose menu holds a cooperative option; punishment, for example, has none."""
    helpful = _classes(decisions).filter(pl.col("class") == "cooperative")
    keys = {(scenario, action) for scenario, action, _ in helpful.iter_rows()}
    menus = decisions.select("scenario", "menu").unique()
    kept = [
        any((scenario, option) in keys for option in menu or ())
        for scenario, menu in menus.iter_rows()
    ]
    return decisions.join(menus.filter(kept), on=["scenario", "menu"], how="semi", nulls_equal=True)


def by_round(decisions: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Cooperation of each run in each round.

    Returns:
        The factors, round, run_id, cooperation, decisions.
    """
    return (
        cooperation(social(decisions))
        .group_by([*by, "round", "run_id"])
        # In an order of summing that does not depend on the rows' order.
        .agg(pl.col("cooperation").sort().mean(), pl.len().cast(pl.Int64).alias("decisions"))
    )


def rounds(each: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Cooperation over rounds, with an interval over runs.

    Args:
        each: of `by_round`, by the same factors, of any runs.
        by: factors to group by.

    Returns:
        The factors, round, estimate, low, high, n (runs), decisions; bounded to [0, 1].
    """
    keys = [*by, "round"]
    return _over_runs(each, keys, "cooperation").sort(keys)


def by_pair(
    interactions: pl.DataFrame,
    characters: pl.DataFrame,
    runs: pl.DataFrame,
    decisions: pl.DataFrame,
) -> pl.DataFrame:
    """The share of cooperative acts of each run by both sides' members.

    Args:
        interactions: `interactions.parquet` of some runs.
        characters: run_id, agent, member.
        runs: run_id, scenario.
        decisions: `decisions.parquet` of the same runs; only acts from menus that hold a
            cooperative option count.

    Returns:
        scenario, source_member, target_member, run_id, cooperation, decisions (acts).
    """
    who = characters.select("run_id", "agent", "member")
    counted = social(decisions).select("scenario", action="menu").unique().explode("action")
    return (
        interactions.filter(pl.col("action").is_not_null())
        .join(runs.select("run_id", "scenario"), on="run_id")
        .join(counted.unique(), on=["scenario", "action"], how="semi")
        .join(who.rename({"agent": "source", "member": "source_member"}), on=["run_id", "source"])
        .join(who.rename({"agent": "target", "member": "target_member"}), on=["run_id", "target"])
        .group_by([*_PAIR, "run_id"])
        .agg(
            (pl.col("action_class") == "cooperative").mean().alias("cooperation"),
            pl.len().cast(pl.Int64).alias("decisions"),
        )
    )


def pairs(each: pl.DataFrame) -> pl.DataFrame:
    """Who cooperated with whom: the share of cooperative acts by both sides' members.

    Args:
        each: of `by_pair`, of any runs.

    Returns:
        scenario, source, target (members), estimate, low, high, n (runs), decisions (acts).
    """
    return _over_runs(each, _PAIR, "cooperation").sort(_PAIR)


def _over_runs(each: pl.DataFrame, keys: list[str], column: str) -> pl.DataFrame:
    """Mean, t interval within [0, 1] and n over runs, from one row per run."""
    summed = each.group_by(keys).agg(
        pl.col(column).sort().mean().alias("estimate"),
        pl.col(column).sort().std().alias("spread"),
        pl.len().alias("n"),
        pl.col("decisions").sum(),
    )
    quantiles = {
        n: float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) for n in summed["n"].unique() if n > 1
    }
    table = pl.DataFrame(
        {"n": list(quantiles), "quantile": list(quantiles.values())},
        schema={"n": summed.schema["n"], "quantile": pl.Float64()},
    )
    half = pl.col("quantile") * pl.col("spread") / pl.col("n").sqrt()
    return (
        summed.join(table, on="n", how="left")
        .with_columns(
            (pl.col("estimate") - half).clip(0, 1).alias("low"),
            (pl.col("estimate") + half).clip(0, 1).alias("high"),
        )
        .select(*keys, "estimate", "low", "high", pl.col("n").cast(pl.Int64), "decisions")
    )


def _classes(decisions: pl.DataFrame) -> pl.DataFrame:
    """scenario, action, class: from the rules where the game is known, else as observed."""
    seen = decisions.select("scenario", "action", pl.col("action_class").alias("class")).unique()
    ruled = [
        (scenario, option.key, option.action_class)
        for scenario in decisions["scenario"].unique(maintain_order=True)
        # A scenario is a game's name, with ":preset" and "(parameters)" where they were chosen.
        for option in _options(re.split("[:(]", scenario)[0])
    ]
    table = pl.DataFrame(
        ruled, schema=dict.fromkeys(("scenario", "action", "class"), pl.String()), orient="row"
    )
    return pl.concat([table, seen]).unique(
        ["scenario", "action"], keep="first", maintain_order=True
    )


def _options(name: str) -> tuple[Option, ...]:
    known = catalogue()
    return known[name].options if name in known else ()
