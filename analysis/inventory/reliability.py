"""Whether the items of a scale hang together, and whether anybody agrees with everything."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.inventory.answers import MIDPOINT, Real
from sim.streams import generator

LEAST_TOGETHER = 10
"""Characters who answered both items of a pair, where others did not: this project's choice."""
RESAMPLES = 1000
"""Of characters, for an interval: likewise."""
_LEAST_RESAMPLES = 0.9
_TAILS = (2.5, 97.5)

Bounds = tuple[float | None, float | None]


def alpha(scores: Real) -> float | None:
    """Cronbach's alpha of a scale.

    Args:
        scores: shape (characters, items), all keyed alike; NaN where there is no answer. With
            gaps, variances and covariances are those of the characters who have both answers.

    Returns:
        k / (k - 1) (1 - sum of variances / sum of all covariances); None with fewer than two items
        or characters, where a pair of items was answered by fewer than LEAST_TOGETHER while others
        left it out, or where the whole scale has no variance.

    Source: Cronbach 1951, Psychometrika 16(3):297-334; hand-worked case in the tests.
    """
    answered = scores[~np.isnan(scores).all(axis=1)]
    items = scores.shape[1]
    if items < 2 or len(answered) < 2:
        return None
    covariances, together = pairwise_covariances(answered)
    if np.isnan(answered).any() and together.min() < LEAST_TOGETHER:
        return None
    whole = float(covariances.sum())
    if not whole > 1e-12:
        return None
    return float(items / (items - 1) * (1 - np.trace(covariances) / whole))


def alpha_bounds(scores: Real) -> Bounds:
    """95% percentile interval of alpha over resampled characters; None where alpha is."""
    answered = scores[~np.isnan(scores).all(axis=1)]
    if alpha(answered) is None:
        return None, None
    size = len(answered)
    return bootstrap(lambda draws: alpha(answered[draws.integers(0, size, size)]), "alpha")


def bootstrap(measure: Callable[[np.random.Generator], float | None], key: str) -> Bounds:
    """95% percentile interval over resampled units.

    Args:
        measure: what one sample gives, drawn by a generator.
        key: of the stream of random numbers; the same key gives the same numbers.

    Returns:
        Both ends; None where more than a tenth of the samples give nothing.

    Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    draws = generator(0, "inventory", key)
    measured = (measure(draws) for _ in range(RESAMPLES))
    found = [value for value in measured if value is not None]
    if len(found) < _LEAST_RESAMPLES * RESAMPLES:
        return None, None
    low, high = np.percentile(found, _TAILS)
    return float(low), float(high)


def pairwise_covariances(scores: Real) -> tuple[Real, NDArray[np.int64]]:
    """Covariance of every pair of items over those who answered both, and how many these are.

    Args:
        scores: shape (characters, items), NaN where there is no answer.

    Returns:
        Shape (items, items) each; NaN where fewer than two answered both.
    """
    known = ~np.isnan(scores)
    seen = known.astype(np.float64)
    values = np.where(known, scores, 0.0)
    together = seen.T @ seen
    with np.errstate(divide="ignore", invalid="ignore"):
        # Means of each item over those who answered the other one too.
        products, sums = values.T @ values, values.T @ seen
        covariances = (products - sums * sums.T / together) / (together - 1)
    covariances[together < 2] = np.nan
    return covariances, together.astype(np.int64)


def acquiescence(scores: Real, keyed: NDArray[np.int64], traits: NDArray[np.str_]) -> Real:
    """How far each character agrees with statements whatever they say.

    In every trait that has items of both keys, the mean of the mean answer to each key, before any
    reversing, less the middle of the scale; then the mean over traits. 0 for who answers by what is
    said, above it for a yea-sayer, 2.5 for who calls everything very accurate.

    Args:
        scores: shape (characters, items), as asked; NaN where there is no answer.
        keyed: shape (items,), 1 or -1.
        traits: shape (items,), first letters.

    Returns:
        Shape (characters,); NaN where no trait has answers of both keys.
    """
    found = []
    for trait in np.unique(traits):
        sides = [scores[:, (traits == trait) & (keyed == key)] for key in (1, -1)]
        if all(side.shape[1] for side in sides):
            found.append(sum(map(row_means, sides)) / 2 - MIDPOINT)
    return row_means(np.column_stack(found)) if found else np.full(len(scores), np.nan)


def row_means(values: Real) -> Real:
    """Mean of what is known in each row; NaN where nothing is."""
    known = ~np.isnan(values)
    counts = known.sum(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
