"""Resampling over replicates: checks that stand beside the t interval, not in its place.

They take replicates as independent, so they know nothing of personas and wordings that runs share.
How often each covers is in docs/validation.md: the bootstraps are too narrow below some 20 runs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Real = NDArray[np.float64]
SEED = 20_261_130
RESAMPLES = 4_999
_LEAST = 3
_INNER_FLOOR = 1e-12


class Bounds(NamedTuple):
    """An interval; None where it is undefined."""

    low: float | None
    high: float | None


NONE = Bounds(None, None)


def permutation_p(first: ArrayLike, second: ArrayLike | None = None) -> float | None:
    """Two-sided p of a permutation test of a mean of pairs, or of a difference of two groups.

    All sign flips, or all splits, where there are at most 4,999 of them, else as many drawn ones;
    then p counts the observed one too and is never 0 (Phipson & Smyth 2010, Statistical
    Applications in Genetics and Molecular Biology 9(1):39).

    Args:
        first: shape (n,), paired differences, or the first group.
        second: the other group; None for pairs.
    """
    one = np.sort(np.asarray(first, dtype=np.float64))
    if second is None:
        if not len(one):
            return None
        kind, data = "samples", (one,)
        return float(
            stats.permutation_test(
                data, _mean, permutation_type=kind, n_resamples=RESAMPLES, vectorized=True, rng=SEED
            ).pvalue
        )
    other = np.sort(np.asarray(second, dtype=np.float64))
    if not len(one) or not len(other):
        return None
    found = stats.permutation_test(
        (one, other), _gap, n_resamples=RESAMPLES, vectorized=True, rng=SEED
    )
    return float(found.pvalue)


def bca(first: ArrayLike, second: ArrayLike | None = None, alpha: float = 0.05) -> Bounds:
    """Bias-corrected and accelerated bootstrap of the same means.

    Args:
        first: as of `permutation_p`.
        second: likewise.
        alpha: the interval covers 1 - alpha.

    Source: Efron 1987, Journal of the American Statistical Association 82(397):171-185.
    """
    groups = _groups(first, second)
    if groups is None:
        return NONE
    found = stats.bootstrap(
        groups,
        _mean if second is None else _gap,
        confidence_level=1 - alpha,
        n_resamples=RESAMPLES,
        method="BCa",
        vectorized=True,
        rng=SEED,
    ).confidence_interval
    return _finite(found.low, found.high)


def studentised(first: ArrayLike, second: ArrayLike | None = None, alpha: float = 0.05) -> Bounds:
    """Bootstrap-t interval of the same means.

    Resamples whose standard error is 0 are left out.

    Args:
        first: as of `permutation_p`.
        second: likewise.
        alpha: the interval covers 1 - alpha.

    Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 12.5.
    """
    groups = _groups(first, second)
    if groups is None:
        return NONE
    draws = np.random.Generator(np.random.PCG64(SEED))
    signs = (1.0, -1.0)[: len(groups)]
    value = sum(sign * float(group.mean()) for sign, group in zip(signs, groups, strict=True))
    shift, variance, own = np.zeros(RESAMPLES), np.zeros(RESAMPLES), 0.0
    for sign, group in zip(signs, groups, strict=True):
        drawn = group[draws.integers(len(group), size=(RESAMPLES, len(group)))]
        shift += sign * drawn.mean(axis=1)
        variance += drawn.var(axis=1, ddof=1) / len(group)
        own += float(group.var(ddof=1)) / len(group)
    known = variance > _INNER_FLOOR
    t = (shift[known] - value) / np.sqrt(variance[known])
    low, high = np.quantile(t, [alpha / 2, 1 - alpha / 2])
    error = float(np.sqrt(own))
    return _finite(value - high * error, value - low * error)


def _groups(first: ArrayLike, second: ArrayLike | None) -> tuple[Real, ...] | None:
    """Sorted groups; None where one is too small or does not vary."""
    given = [first] if second is None else [first, second]
    groups = tuple(np.sort(np.asarray(one, dtype=np.float64)) for one in given)
    enough = all(len(group) >= _LEAST for group in groups)
    return groups if enough and any(np.ptp(group) > 0 for group in groups) else None


def _finite(low: float, high: float) -> Bounds:
    return Bounds(float(low), float(high)) if np.isfinite([low, high]).all() else NONE


def _mean(one: Real, axis: int) -> Real:
    return np.asarray(one.mean(axis=axis))


def _gap(one: Real, other: Real, axis: int) -> Real:
    return np.asarray(one.mean(axis=axis) - other.mean(axis=axis))
