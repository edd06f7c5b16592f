"""From recorded choices to what a statistic pools: totals and weights by run, agent and place.

Where the readout gave a distribution, every option counts with its probability: the expected
action has the mean of the drawn one and far less variance. Elsewhere the drawn option counts whole.
What a statistic conditions on (the round before, an offer that was made) is always what happened.
Missing answers are left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

Measure = Callable[[pl.DataFrame], pl.DataFrame]
"""From `decisions.parquet` of any runs to run_id, agent, x, total, weight.

A value at x is sum(total) / sum(weight) over whatever is pooled. `agent` is null where the
observation is a group's."""

SINGLE = ""
"""The place of a statistic that is one value."""
BY_ROUND = pl.col("round").cast(pl.String)
_KEYS = ("run_id", "agent", "x")
_TENTHS = 10
TENTHS = tuple(f"[{10 * k},{10 * k + 10}{']' if k == _TENTHS - 1 else ')'}" for k in range(_TENTHS))
"""Classes of percent, as the published histograms name them."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """What can be computed both of people and of characters.

    Attributes:
        name: as `human_benchmarks.toml` has it.
        title: in plain words, as a table shows it.
        definition: in words, with what its places are.
        measure: the function over recorded choices.
        least: the smallest value that it can have; the greatest is 1.
    """

    name: str
    title: str
    definition: str
    measure: Measure
    least: float = 0.0


def mean_choice(
    values: Mapping[str, float], place: pl.Expr | None = None, among: pl.Expr | None = None
) -> Measure:
    """Mean value of the options chosen.

    Args:
        values: by option key; menus without any of these are passed over.
        place: text; where on the curve a decision belongs; None for a single value.
        among: which decisions count; None for all.
    """
    at = pl.lit(SINGLE) if place is None else place

    def measure(decisions: pl.DataFrame) -> pl.DataFrame:
        chosen = decisions if among is None else decisions.filter(among)
        known = _options(chosen.with_columns(x=at)).filter(pl.col("option").is_in(list(values)))
        valued = known.with_columns(
            total=pl.col("share") * pl.col("option").replace_strict(dict(values), default=0.0),
            weight="share",
        )
        return summed(valued)

    return measure


def classes_chosen(classes: Mapping[str, str], order: Sequence[str]) -> Measure:
    """Share of every class of options.

    Args:
        classes: class by option key; menus without any of these are passed over.
        order: every class, also those that nobody can choose.
    """

    def measure(decisions: pl.DataFrame) -> pl.DataFrame:
        known = _options(decisions).filter(pl.col("option").is_in(list(classes)))
        chosen = known.with_columns(x=pl.col("option").replace_strict(dict(classes)))
        return shares(chosen, order)

    return measure


def tenths(parts: Mapping[str, float]) -> Measure:
    """Histogram of parts of something, from 0 to 1, over ten equal classes."""
    classes = {
        key: TENTHS[min(_TENTHS - 1, round(100 * part) // _TENTHS)] for key, part in parts.items()
    }
    return classes_chosen(classes, TENTHS)


def shares(chosen: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """Shares of classes, each agent's weight being the same in all of them.

    Args:
        chosen: run_id, agent, x, share.
        order: every class.
    """
    every = pl.DataFrame({"x": list(order)}, schema={"x": pl.String()})
    counted = chosen.group_by("run_id", "agent").agg(weight=pl.col("share").sort().sum())
    found = chosen.group_by(_KEYS).agg(total=pl.col("share").sort().sum())
    return (
        counted.join(every, how="cross")
        .join(found, on=_KEYS, how="left", nulls_equal=True)
        .select(*_KEYS, pl.col("total").fill_null(0.0), "weight")
    )


def summed(observations: pl.DataFrame) -> pl.DataFrame:
    """Totals and weights by run, agent and place, summed in an order that rows do not decide."""
    sums = (pl.col("total").sort().sum(), pl.col("weight").sort().sum())
    return observations.group_by(_KEYS).agg(*sums)


def after(decisions: pl.DataFrame, letters: Mapping[str, str]) -> pl.DataFrame:
    """Decisions whose pair played the round before, with what it did as x.

    Args:
        decisions: of games of two who choose at once.
        letters: one for each option key.

    Returns:
        The decisions with x: the letter of the own move, then of the other's.
    """
    pair = ["run_id", "agent", "partner", "round"]
    did = decisions.filter(pl.col("done").is_not_null()).select(
        *pair[:3],
        pl.col("round") + 1,
        pl.col("done").replace_strict(dict(letters)).alias("own"),
    )
    other = did.rename({"agent": "partner", "partner": "agent", "own": "other"})
    both = did.join(other, on=pair)
    return decisions.join(both, on=pair).with_columns(x=pl.col("own") + pl.col("other"))


def percent_of_fact(name: str) -> pl.Expr:
    """A fact between 0 and 1 as whole percent in text."""
    part = pl.col("facts").str.json_path_match(f"$.{name}").cast(pl.Float64)
    return (part * 100).round().cast(pl.Int64).cast(pl.String)


def fact(name: str) -> pl.Expr:
    """A fact as text."""
    return pl.col("facts").str.json_path_match(f"$.{name}")


def _options(decisions: pl.DataFrame) -> pl.DataFrame:
    """A row per answered decision and option, with the share of the decision that it has."""
    answered = decisions.filter(pl.col("answer") == "decision")
    is_exact = pl.col("probabilities").is_not_null()
    exact = answered.filter(is_exact).explode("menu", "probabilities")
    drawn = answered.filter(~is_exact)
    return pl.concat(
        [
            exact.with_columns(option="menu", share="probabilities").drop("menu", "probabilities"),
            drawn.with_columns(option="action", share=pl.lit(1.0)).drop("menu", "probabilities"),
        ]
    )
