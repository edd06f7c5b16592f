"""How far the answers can be trusted: missing answers, menu mass, comprehension, option order.

Pure functions from stored tables to small tables, as in `analysis.summary`.
"""

from collections.abc import Sequence

import polars as pl

from analysis.proportions import proportion

COMPREHENSION = "comprehension"
"""The instrument of questions about the rules."""
ANSWERS = ("decision", "refusal", "unparsed", "failed")


def answers(decisions: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Answers of every kind by levels of the design.

    Returns:
        The factors, n (choices asked), a count per kind of answer.
    """
    counts = [(pl.col("answer") == kind).sum().cast(pl.Int64).alias(kind) for kind in ANSWERS]
    return decisions.group_by(list(by)).agg(pl.len().cast(pl.Int64).alias("n"), *counts)


def missing(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """How many answers are missing.

    Args:
        counts: of `answers`, by the same factors, of any runs.
        by: factors to group by.

    Returns:
        The factors, n (choices asked), a count per kind of answer, missing (count of all but
        decisions), share (missing / n) with its Wilson interval low, high.
    """
    table = counts.group_by(list(by)).agg(pl.col("n", *ANSWERS).sum())
    table = table.with_columns((pl.col("n") - pl.col("decision")).alias("missing")).sort(list(by))
    bounds = [wilson(row["missing"], row["n"]) for row in table.iter_rows(named=True)]
    return table.with_columns(
        (pl.col("missing") / pl.col("n")).alias("share"),
        pl.Series("low", [bound[0] for bound in bounds], dtype=pl.Float64()),
        pl.Series("high", [bound[1] for bound in bounds], dtype=pl.Float64()),
    )


def masses(decisions: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Probability that the model put on the menu at all, in the distinct contexts of each run.

    Returns:
        The factors, mass (a list).
    """
    first = decisions.filter(~pl.col("cached") & pl.col("mass").is_not_null())
    return first.group_by(list(by)).agg("mass")


def mass(contexts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Probability that the model put on the menu at all, over distinct contexts of each run.

    Args:
        contexts: of `masses`, by the same factors, of any runs.
        by: factors to group by.

    Returns:
        The factors, n (contexts), median, low and high (quartiles).
    """
    every = contexts.explode("mass")
    return (
        every.group_by(list(by))
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("mass").median().alias("median"),
            pl.col("mass").quantile(0.25, "linear").alias("low"),
            pl.col("mass").quantile(0.75, "linear").alias("high"),
        )
        .sort(list(by))
    )


def comprehension(probes: pl.DataFrame, runs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Comprehension questions answered right, each distinct question counted once.

    Args:
        probes: `probes.parquet` of all runs; runs of one situation repeat the same questions.
        runs: run_id, scenario, wording and the factors of `by`.
        by: factors to group by; empty for one row over all.

    Returns:
        The factors, right, n (distinct questions), share with its Wilson interval low, high,
        expected (mean probability on the right answer), chance (share right by guessing).
    """
    asked = (
        probes.filter((pl.col("instrument") == COMPREHENSION) & pl.col("keyed").is_not_null())
        .join(runs.select("run_id", *dict.fromkeys(("scenario", "wording", *by))), on="run_id")
        .unique(["scenario", "wording", *by, "item", "persona", "keyed", "answer", "expected"])
        .with_columns(
            (pl.col("answer") == pl.col("keyed")).fill_null(False).alias("correct"),
            (1 / pl.col("probabilities").list.len()).alias("guess"),
        )
    )
    table = asked.group_by(list(by) or pl.lit(0).alias("all")).agg(
        pl.col("correct").sum().cast(pl.Int64).alias("right"),
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("expected").mean(),
        pl.col("guess").mean().alias("chance"),
    )
    table = table.sort(list(by)) if by else table.drop("all")
    bounds = [wilson(row["right"], row["n"]) for row in table.iter_rows(named=True)]
    return table.with_columns(
        (pl.col("right") / pl.col("n")).alias("share"),
        pl.Series("low", [bound[0] for bound in bounds], dtype=pl.Float64()),
        pl.Series("high", [bound[1] for bound in bounds], dtype=pl.Float64()),
    )


def orders(readings: pl.DataFrame, runs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Contexts that were put in two orders: what the order moved.

    Args:
        readings: `readings.parquet` of some runs; log-probabilities are in menu order.
        runs: run_id and the factors of `by`.
        by: factors to group by.

    Returns:
        The factors, context (a number for the prompt), shift (of the log-odds of the menu's first
        option against the rest, forward minus reversed, absolute, nats), flip (whether the first
        option falls on another side of one half); a row per distinct context.
    """
    log_odds = (
        readings.filter(
            pl.col("variant").is_in(["forward", "reversed"])
            & (pl.col("log_probabilities").list.len() > 1)
            & ~pl.col("log_probabilities").list.eval(pl.element().is_null()).list.any()
        )
        .join(runs.select("run_id", *by), on="run_id")
        .with_columns(
            pl.col("log_probabilities").list.first().alias("first"),
            pl.col("log_probabilities")
            .list.slice(1)
            .list.eval(pl.element().exp())
            .list.sum()
            .log()
            .alias("rest"),
        )
        .with_columns((pl.col("first") - pl.col("rest")).alias("log_odds"))
    )
    context = ["run_id", "round", "agent", "partner", "phase"]
    both = (
        log_odds.group_by([*context, *by])
        .agg(
            _of("forward", "log_odds"), _of("reversed", "log_odds"), _of("forward", "prompt_sha256")
        )
        .drop_nulls(["forward_log_odds", "reversed_log_odds"])
    )
    return both.select(
        *by,
        context=pl.col("forward_prompt_sha256").hash(),
        shift=(pl.col("forward_log_odds") - pl.col("reversed_log_odds")).abs(),
        flip=(pl.col("forward_log_odds") > 0) != (pl.col("reversed_log_odds") > 0),
    ).unique([*by, "context"])


def order_effect(contexts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """How far the order in which options are mentioned moves the answer.

    Args:
        contexts: of `orders`, by the same factors, of any runs.
        by: factors to group by.

    Returns:
        The factors, n (distinct contexts), median of the absolute shift (nats), low and high
        (quartiles), flips (share of contexts where the order changes which side of one half the
        first option falls on).
    """
    return (
        contexts.unique([*by, "context"])
        .group_by(list(by))
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("shift").median().alias("median"),
            pl.col("shift").quantile(0.25, "linear").alias("low"),
            pl.col("shift").quantile(0.75, "linear").alias("high"),
            pl.col("flip").mean().alias("flips"),
        )
        .sort(list(by))
    )


def _of(variant: str, column: str) -> pl.Expr:
    picked = pl.col(column).filter(pl.col("variant") == variant).first()
    return picked.alias(f"{variant}_{column}")


def wilson(count: int, n: int, level: float = 0.95) -> tuple[float | None, float | None]:
    """Score interval of a proportion (Wilson 1927); None without trials."""
    found = proportion(count, n, 1 - level)
    return found.low, found.high
