"""How far a character tells situations apart, and how sure it is of what it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import polars as pl

from analysis.coherence.policies import BOTH, PERSONA, READ_BY, Policies
from analysis.divergence import entropy

_LEAST = 2
_PERSON = [*READ_BY, *PERSONA]


@dataclass(frozen=True, slots=True)
class Intraclass:
    """An intraclass correlation.

    Attributes:
        value: in [-1 / (k - 1), 1]; None where undefined.
        classes: classes with at least one value.
        n: values.
    """

    value: float | None
    classes: int
    n: int


def intraclass(groups: Sequence[Sequence[float]]) -> Intraclass:
    """Share of variance between classes: ICC(1), one-way random effects, single measurement.

    (MSB - MSW) / (MSB + (k - 1) MSW), where k is the number of values of a class or, where these
    differ, (N - sum of n_i^2 / N) / (classes - 1). Negative estimates stay negative. Undefined
    with one class, with one value in every class, and without any variance.

    Args:
        groups: values of each class; empty ones are passed over.

    Source: Shrout & Fleiss 1979, Psychological Bulletin 86(2):420-428, ICC(1, 1); unequal sizes:
        Snedecor & Cochran 1967, Statistical Methods, section 10.13.
    """
    classes = [np.sort(np.asarray(group, dtype=np.float64)) for group in groups if len(group)]
    sizes = [len(one) for one in classes]
    total, number = sum(sizes), len(classes)
    if number < _LEAST or total == number:
        return Intraclass(None, number, total)
    grand = fsum(float(value) for one in classes for value in one) / total
    means = [fsum(one) / len(one) for one in classes]
    between = fsum(n * (mean - grand) ** 2 for n, mean in zip(sizes, means, strict=True))
    within = fsum(
        (float(value) - mean) ** 2
        for one, mean in zip(classes, means, strict=True)
        for value in one
    )
    between, within = between / (number - 1), within / (total - number)
    size = (total - sum(n**2 for n in sizes) / total) / (number - 1)
    spread = between + (size - 1) * within
    # What differs by rounding only does not vary.
    if spread <= 1e-24 * max(1.0, grand**2):
        return Intraclass(None, number, total)
    return Intraclass((between - within) / spread, number, total)


def discrimination(policies: Policies) -> pl.DataFrame:
    """Share of variance of a character's expected cooperation that lies between scenarios.

    Replicates of a scenario are its wordings in each order of mention (in the average, where the
    readout has no orders); situations and paraphrases inside one are averaged.

    Returns:
        model, readout, PERSONA, value (ICC(1), null where undefined), scenarios, n (replicates).
    """
    keys = [*_PERSON, "scenario"]
    frame = policies.frame.drop_nulls("cooperation")
    orders = (pl.col("order") != BOTH).any().over(keys)
    means = (
        frame.filter((pl.col("order") != BOTH) == orders)
        .unique([*keys, "situation", "wording", "paraphrase", "order"])
        .group_by([*keys, "wording", "order"])
        .agg(pl.col("cooperation").sort().mean())
        .sort([*keys, "wording", "order"], nulls_last=True)
    )
    groups = means.group_by(keys).agg("cooperation").group_by(_PERSON).agg("cooperation")
    found = [(*key, intraclass(values)) for *key, values in groups.iter_rows()]
    rows = [(*key, one.value, one.classes, one.n) for *key, one in found]
    schema = {**dict.fromkeys(_PERSON, pl.String()), **_NUMBERS, "n": pl.Int64()}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return _for_everyone(policies, table, ("scenarios", "n"))


_NUMBERS = {"value": pl.Float64(), "scenarios": pl.Int64()}


def policy_entropy(policies: Policies) -> pl.DataFrame:
    """Shannon entropy of a character's policies, averaged over the orders of mention, in bits.

    Returns:
        model, readout, PERSONA, value (mean over scenarios), scenarios, n (policies).
    """
    frame = policies.frame.filter(pl.col("order") == BOTH)
    told = frame.drop("member").unique([*_PERSON, "paraphrase", "scenario", "situation", "wording"])
    bits = [float(entropy(shares)) for shares in told["probabilities"].to_list()]
    means = (
        told.with_columns(value=pl.Series(bits, dtype=pl.Float64))
        .group_by([*_PERSON, "scenario"])
        .agg(pl.col("value").sort().mean(), n=pl.len().cast(pl.Int64))
        .group_by(_PERSON)
        .agg(
            pl.col("value").sort().mean(),
            scenarios=pl.len().cast(pl.Int64),
            n=pl.col("n").sum(),
        )
    )
    return _for_everyone(policies, means, ("scenarios", "n"))


def _for_everyone(policies: Policies, found: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    everyone = policies.frame.select(_PERSON).unique()
    joined = everyone.join(found, on=_PERSON, how="left", nulls_equal=True)
    return joined.with_columns(pl.col(counts).fill_null(0)).sort(_PERSON, nulls_last=True)
