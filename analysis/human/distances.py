"""How far two curves or histograms lie apart, from 0 to 1. Pure functions over numbers."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.human_file import Distance

Real = NDArray[np.float64]


def distance(kind: Distance, one: Real, other: Real) -> Real:
    """The distance of that kind; each is a metric, so that the triangle inequality holds.

    Args:
        kind: "absolute" for a single value, "mean absolute" for a curve, "wasserstein" for a
            histogram over equal classes of [0, 1], "jensen-shannon" for classes without order.
        one: shape (..., places); nan where a place is undefined.
        other: the same.

    Returns:
        Shape (...); nan where too little is defined.
    """
    apart: Real = np.minimum(1.0, _KINDS[kind](one, other))
    return apart


def mean_absolute(one: Real, other: Real) -> Real:
    """Mean of the absolute differences over the places that are defined on both sides.

    Undefined where these are fewer than half of the places (this project's limit): who never meets
    most situations has not been seen in them.
    """
    gaps: Real = np.abs(one - other)
    known = ~np.isnan(gaps)
    count = known.sum(axis=-1)
    total = np.where(known, gaps, 0.0).sum(axis=-1)
    enough = 2 * count >= np.shape(gaps)[-1]
    mean: Real = np.divide(total, count, out=np.full(np.shape(total), np.nan), where=enough)
    return mean


def wasserstein(one: Real, other: Real) -> Real:
    """How far, on the scale of [0, 1], a choice must be moved on average to make them equal.

    Classes are of equal width, so all of a class counts at one point, the same on both sides.

    Source: Vallender 1974, Theory of Probability and its Applications 18(4):784-786.
    """
    gaps = np.cumsum(one - other, axis=-1)[..., :-1]
    return np.asarray(np.abs(gaps).sum(axis=-1) / np.shape(one)[-1])


def jensen_shannon(one: Real, other: Real) -> Real:
    """Square root of the Jensen-Shannon divergence in bits.

    Source: Lin 1991, IEEE Transactions on Information Theory 37(1):145-151; that the root is a
        metric: Endres & Schindelin 2003, the same 49(7):1858-1860.
    """
    middle = (one + other) / 2
    bits = (_relative(one, middle) + _relative(other, middle)) / 2
    return np.asarray(np.sqrt(np.maximum(bits, 0.0)))


def _relative(one: Real, middle: Real) -> Real:
    ratio = np.divide(one, middle, out=np.ones(np.shape(middle)), where=middle > 0)
    logs = np.log2(ratio, out=np.zeros(np.shape(ratio)), where=ratio > 0)
    undefined = np.isnan(middle).any(axis=-1)
    return np.asarray(np.where(undefined, np.nan, (one * logs).sum(axis=-1)))


_KINDS: Mapping[Distance, Callable[[Real, Real], Real]] = {
    "absolute": mean_absolute,
    "mean absolute": mean_absolute,
    "wasserstein": wasserstein,
    "jensen-shannon": jensen_shannon,
}
