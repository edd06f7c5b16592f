"""Estimates with intervals, and corrections for many of them. Pure functions over numbers.

Where all values agree there is no variance to build a t statistic on. The interval then is the
point itself, and p is what a permutation test can honestly give at that size: the share of all
sign flips (paired) or of all splits (unpaired) that are at least as extreme. So p is never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Real = NDArray[np.float64]
_LEAST = 2
"""Values that a variance needs."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or a difference of means.

    Attributes:
        value: the estimate, None without data.
        low: lower end of the interval, None with too little data for one.
        high: upper end.
        p: two-sided p-value against 0, None with too little data for one.
        standard_error: of the value, None with too little data for one.
        degrees: degrees of freedom of Student's t.
        n: values or pairs used.
    """

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    standard_error: float | None
    degrees: float | None
    n: int


def mean_interval(values: ArrayLike, alpha: float = 0.05) -> Estimate:
    """Mean with Student's t interval, tested against 0.

    Args:
        values: shape (n,), one per replicate; paired differences, for example.
        alpha: the interval covers 1 - alpha.

    Source: Student 1908; the floor of p for equal values is 2^(1 - n), Fisher 1935, section 21.
    """
    data = _sorted(values)
    n = len(data)
    if n == 0:
        return _without_interval(None, 0)
    value = float(data.mean())
    if n < _LEAST:
        return _without_interval(value, n)
    error = _spread(data) / sqrt(n)
    floor = min(1.0, 2.0 ** (1 - n))
    return interval(value, error, n - 1, n, (alpha, floor))


def weighted(
    parts: Sequence[tuple[float, ArrayLike]], alpha: float = 0.05, floor: float = 1.0
) -> Estimate:
    """Weighted sum of independent means with its t interval, tested against 0.

    A difference of two means is the sum with weights 1 and -1 (Welch's interval); a mean over
    strata has weights 1 / strata. A part of one value leaves the sum without interval.

    Args:
        parts: weight and values, shape (n,), of each mean.
        alpha: the interval covers 1 - alpha.
        floor: p where the error is 0 but the value is not.

    Source: Welch 1947, Biometrika 34(1-2):28-35.
    """
    data = [(weight, _sorted(values)) for weight, values in parts]
    n = sum(len(values) for _, values in data)
    if not all(len(values) for _, values in data):
        return _without_interval(None, n)
    value = float(sum(weight * values.mean() for weight, values in data))
    if not data or any(len(values) < _LEAST for _, values in data):
        return _without_interval(value, n)
    variances = [(weight * _spread(values)) ** 2 / len(values) for weight, values in data]
    degrees = satterthwaite(variances, [len(values) - 1 for _, values in data])
    return interval(value, sqrt(sum(variances)), degrees, n, (alpha, floor))


def splits(n_first: int, n_second: int) -> float:
    """The least p of a permutation test of two groups: one of all splits, or two where equal."""
    return (2 if n_first == n_second else 1) / comb(n_first + n_second, n_first)


def interval(
    value: float, error: float, degrees: float, n: int, levels: tuple[float, float]
) -> Estimate:
    """Student's t interval and p-value from a standard error.

    Args:
        value: the estimate.
        error: its standard error, >= 0.
        degrees: degrees of freedom, > 0.
        n: replicates used.
        levels: alpha, and the p-value to give where the error is 0 but the value is not.
    """
    alpha, floor = levels
    if error == 0:
        p = floor if value else 1.0
        return Estimate(value, value, value, p, 0.0, degrees, n)
    reach = float(special.stdtrit(degrees, 1 - alpha / 2)) * error
    p = float(2 * special.stdtr(degrees, -abs(value) / error))
    return Estimate(value, value - reach, value + reach, p, error, degrees, n)


def satterthwaite(variances: Sequence[float], degrees: Sequence[float]) -> float:
    """Degrees of freedom of a sum of independent variances of means.

    Args:
        variances: squared standard errors, >= 0.
        degrees: degrees of freedom of each.

    Source: Satterthwaite 1946, Biometrics Bulletin 2(6):110-114.
    """
    weight = sum(part**2 / free for part, free in zip(variances, degrees, strict=True))
    return sum(variances) ** 2 / weight if weight > 0 else float(sum(degrees))


def hedges_g(first: ArrayLike, second: ArrayLike) -> float | None:
    """Standardised mean difference, corrected for small samples; None without variance.

    The denominator is the pooled standard deviation between replicates, for paired data too, so
    that effects of paired and unpaired contrasts can be compared.

    Args:
        first: shape (n_first,).
        second: shape (n_second,).

    Source: Hedges 1981, Journal of Educational Statistics 6(2):107-128, with the correction
        1 - 3 / (4 m - 1) at m degrees of freedom.
    """
    one, other = _sorted(first), _sorted(second)
    if len(one) < _LEAST or len(other) < _LEAST:
        return None
    degrees = len(one) + len(other) - 2
    squares = (len(one) - 1) * _spread(one) ** 2 + (len(other) - 1) * _spread(other) ** 2
    if squares == 0:
        return None
    correction = 1 - 3 / (4 * degrees - 1)
    return float(correction * (one.mean() - other.mean()) / sqrt(squares / degrees))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """P-values adjusted so that the chance of any false finding is held; None stays None.

    Source: Holm 1979, Scandinavian Journal of Statistics 6(2):65-70.
    """
    known = sorted((p, place) for place, p in enumerate(values) if p is not None)
    adjusted: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(values: Sequence[float | None]) -> list[float | None]:
    """P-values adjusted so that the share of false findings is held; None stays None.

    Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57(1):289-300.
    """
    known = [p for p in values if p is not None]
    adjusted = iter(stats.false_discovery_control(known) if known else ())
    return [None if p is None else float(next(adjusted)) for p in values]


def _without_interval(value: float | None, n: int) -> Estimate:
    return Estimate(value, None, None, None, None, None, n)


def _sorted(values: ArrayLike) -> Real:
    """Ascending, so that sums do not depend on the order of rows."""
    return np.sort(np.asarray(values, dtype=np.float64))


def _spread(data: Real) -> float:
    """Sample standard deviation; 0 where the values differ by rounding only."""
    if float(data[-1] - data[0]) <= 1e-12 * max(1.0, float(np.abs(data).max())):
        return 0.0
    return float(data.std(ddof=1))
