"""Aggregates that the report shows: pure functions from stored tables to small tables.

Every estimate bears its n and its interval; what is undefined is null with n = 0. Intervals are
Student's t over independent units.
"""

import re
from collections.abc import Sequence

import polars as pl
from scipy import stats

from analysis.statistics import mean_interval
from scenarios.catalogue import catalogue
from scenarios.game import Option

LEVEL = 0.95
LEAST_CLUSTERS = 3
"""Fewer personas than this say nothing about personas in general; runs then are the unit."""


def estimates(
    outcomes: pl.DataFrame, characters: pl.DataFrame, runs: pl.DataFrame, by: Sequence[str]
) -> pl.DataFrame:
    """Every metric by levels of the design.

    The mean is over runs. Its interval is the wider of two: over runs (noise between seeds), and
    over personas (each persona's mean is one unit) where there are at least `LEAST_CLUSTERS`.

    Args:
        outcomes: `outcomes.parquet` of all runs.
        characters: run_id, agent, persona.
        runs: a row per run: run_id and a column per factor.
        by: factors to group by.

    Returns:
        metric, the factors, estimate, low, high, n (runs where the metric is defined), undefined
        (runs where it is not), units ("runs" or "personas": whose interval is shown), clusters.
    """
    keys = ["metric", *by]
    known = outcomes.join(runs.select("run_id", *by), on="run_id")
    whole = known.filter(pl.col("scope") == "run").group_by(keys).agg("value")
    who = characters.select("run_id", pl.col("agent").cast(pl.String).alias("subject"), "persona")
    personas = (
        known.filter((pl.col("scope") == "agent") & pl.col("value").is_not_null())
        .join(who, on=["run_id", "subject"])
        .group_by([*keys, "persona"])
        .agg(pl.col("value").mean())
        .group_by(keys)
        .agg(pl.col("value").alias("personas"))
    )
    rows = [
        (*(row[key] for key in keys), *_estimate(row["value"], row["personas"] or []))
        for row in whole.join(personas, on=keys, how="left").iter_rows(named=True)
    ]
    schema = {
        **dict.fromkeys(keys, pl.String()),
        **dict.fromkeys(("estimate", "low", "high"), pl.Float64()),
        **dict.fromkeys(("n", "undefined"), pl.Int64()),
        "units": pl.String(),
        "clusters": pl.Int64(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort(keys)


def _estimate(runs: list[float | None], personas: list[float]) -> tuple[object, ...]:
    """estimate, low, high, n, undefined, units, clusters of one cell."""
    values = [value for value in runs if value is not None]
    over_runs = mean_interval(values)
    mean, low, high = over_runs.value, over_runs.low, over_runs.high
    units, clusters = "runs", len(values)
    if mean is not None and len(personas) >= LEAST_CLUSTERS:
        other = mean_interval(personas)
        half = ((other.high or 0.0) - (other.low or 0.0)) / 2
        if low is None or high is None or half > (high - low) / 2:
            units, clusters = "personas", len(personas)
            low, high = mean - half, mean + half
    return mean, low, high, len(values), len(runs) - len(values), units, clusters


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


def rounds(decisions: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Cooperation over rounds, with an interval over runs.

    Returns:
        The factors, round, estimate, low, high, n (runs), decisions; bounded to [0, 1].
    """
    keys = [*by, "round"]
    each = (
        cooperation(decisions)
        .group_by([*keys, "run_id"])
        .agg(pl.col("cooperation").mean(), pl.len().alias("decisions"))
    )
    return _over_runs(each, keys, "cooperation").sort(keys)


def pairs(interactions: pl.DataFrame, characters: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Who cooperated with whom: the share of cooperative acts by both sides' members.

    Args:
        interactions: `interactions.parquet` of all runs.
        characters: run_id, agent, member.
        runs: run_id, scenario.

    Returns:
        scenario, source, target (members), estimate, low, high, n (runs), decisions (acts).
    """
    who = characters.select("run_id", "agent", "member")
    keys = ["scenario", "source_member", "target_member"]
    each = (
        interactions.filter(pl.col("action").is_not_null())
        .join(runs.select("run_id", "scenario"), on="run_id")
        .join(who.rename({"agent": "source", "member": "source_member"}), on=["run_id", "source"])
        .join(who.rename({"agent": "target", "member": "target_member"}), on=["run_id", "target"])
        .group_by([*keys, "run_id"])
        .agg(
            (pl.col("action_class") == "cooperative").mean().alias("cooperation"),
            pl.len().alias("decisions"),
        )
    )
    return _over_runs(each, keys, "cooperation").sort(keys)


def _over_runs(each: pl.DataFrame, keys: list[str], column: str) -> pl.DataFrame:
    """Mean, t interval within [0, 1] and n over runs, from one row per run."""
    summed = each.group_by(keys).agg(
        pl.col(column).mean().alias("estimate"),
        pl.col(column).std().alias("spread"),
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
