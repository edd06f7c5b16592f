"""Whether answers have the five components that people's have.

Principal components of the correlations between items, five of them, rotated by varimax in people
and toward people's solution in characters. Rotating toward a target makes noise look like it, so
every congruence comes with what answers without any structure reach.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.linalg import orthogonal_procrustes

from analysis.inventory.answers import Real
from analysis.inventory.reliability import pairwise_covariances
from sim.streams import generator

COMPONENTS = 5
LEAST_CHARACTERS = 30
"""Who answered, and who answered both items of any pair: below that, loadings are noise."""
_SHUFFLES = 200
_SWEEPS, _STILL = 500, 1e-9


@dataclass(frozen=True, slots=True)
class Congruence:
    """How alike two solutions are.

    Attributes:
        by_component: Tucker's coefficient of each component, in the order of the target; empty
            where it is undefined.
        mean: over components.
        chance: 95th percentile of the mean, over answers shuffled between characters item by item.
        n: characters.
        reason: why it is undefined; "" where it is not.
    """

    by_component: tuple[float, ...]
    mean: float | None
    chance: float | None
    n: int
    reason: str = ""


def congruence(scores: Real, target: Real) -> Congruence:
    """Tucker's congruence of characters' loadings with a target, after rotation toward it.

    Args:
        scores: shape (characters, items), NaN where there is no answer.
        target: shape (items, components), people's loadings.

    Source: Tucker 1951 (ETS); Schönemann 1966, Psychometrika 31(1):1-10, for the rotation.
    """
    answered = scores[~np.isnan(scores).all(axis=1)]
    n, reason = len(answered), _lack(answered, target)
    if reason:
        return Congruence((), None, None, n, reason)
    found = _toward(answered, target)
    if found is None:
        return Congruence((), None, None, n, "the answers to an item do not differ")
    by_component = tucker(found, target)
    chance = _by_chance(answered, target)
    return Congruence(tuple(by_component.tolist()), float(by_component.mean()), chance, n)


def mean_congruence(scores: Real, target: Real, least: int = LEAST_CHARACTERS) -> float | None:
    """The mean over components alone, without what chance reaches; None where it is undefined.

    Args:
        scores: as of `congruence`.
        target: people's loadings.
        least: characters that must have both answers of any two items.
    """
    answered = scores[~np.isnan(scores).all(axis=1)]
    if _lack(answered, target, least):
        return None
    found = _toward(answered, target)
    return None if found is None else float(tucker(found, target).mean())


def _lack(scores: Real, target: Real, least: int = LEAST_CHARACTERS) -> str:
    if scores.shape[1] != len(target):
        return f"it takes all {len(target)} items, and {scores.shape[1]} were asked"
    if len(scores) < least:
        return f"it takes {least} characters, and {len(scores)} answered"
    _, together = pairwise_covariances(scores)
    if together.min() < least:
        return (
            f"it takes {least} characters with both answers of any two items, and of"
            f" some two items {together.min()} have both"
        )
    return ""


def _by_chance(scores: Real, target: Real) -> float | None:
    """What answers reach that keep each item's values but no link between items."""
    means = without_structure(scores, target)
    return float(np.percentile(means, 95)) if means else None


def without_structure(scores: Real, target: Real) -> list[float]:
    """Mean congruences of answers shuffled between characters item by item, 200 times, seed 0.

    Args:
        scores: as of `congruence`.
        target: people's loadings.
    """
    draws = generator(0, "inventory", "congruence", len(scores))
    means = []
    for _ in range(_SHUFFLES):
        mixed = np.column_stack([_shuffled(column, draws) for column in scores.T])
        found = _toward(mixed, target)
        if found is not None:
            means.append(float(tucker(found, target).mean()))
    return means


def _shuffled(column: Real, draws: np.random.Generator) -> Real:
    """The known values of an item in another order; gaps stay where they are."""
    mixed = column.copy()
    known = ~np.isnan(column)
    mixed[known] = draws.permutation(column[known])
    return mixed


def _toward(scores: Real, target: Real) -> Real | None:
    found = loadings(scores, target.shape[1])
    if found is None:
        return None
    rotation, _ = orthogonal_procrustes(found, target)
    return np.asarray(found @ rotation)


def loadings(scores: Real, components: int = COMPONENTS) -> Real | None:
    """Loadings of the first principal components, unrotated; None where an item has no variance.

    Args:
        scores: shape (characters, items), NaN where there is no answer.
        components: how many.

    Returns:
        Shape (items, components): eigenvectors of the correlations times the root of their
        eigenvalues.
    """
    covariances, _ = pairwise_covariances(scores)
    variances = np.diag(covariances)
    if np.isnan(covariances).any() or not (variances > 1e-12).all():
        return None
    spread = np.sqrt(variances)
    values, vectors = np.linalg.eigh(covariances / np.outer(spread, spread))
    chosen = np.argsort(values)[::-1][:components]
    return np.asarray(vectors[:, chosen] * np.sqrt(np.maximum(values[chosen], 0.0)))


def varimax(unrotated: Real) -> Real:
    """Loadings rotated so that each item loads on few components.

    Source: Kaiser 1958, Psychometrika 23(3):187-200, with his normalisation of items.
    """
    lengths = np.sqrt((unrotated**2).sum(axis=1, keepdims=True))
    turned = unrotated / lengths
    for _ in range(_SWEEPS):
        angles = [_turn(turned, pair) for pair in combinations(range(turned.shape[1]), 2)]
        if max(map(abs, angles), default=0.0) < _STILL:
            break
    return np.asarray(turned * lengths)


def _turn(turned: Real, pair: tuple[int, int]) -> float:
    """Turn two components in their plane to where the criterion is greatest; the angle."""
    one, other = (turned[:, column].copy() for column in pair)
    along, across = one**2 - other**2, 2 * one * other
    items = len(turned)
    sine = 2 * (along * across).sum() - 2 * along.sum() * across.sum() / items
    cosine = (along**2 - across**2).sum() - (along.sum() ** 2 - across.sum() ** 2) / items
    angle = float(np.arctan2(sine, cosine)) / 4
    turned[:, pair[0]] = np.cos(angle) * one + np.sin(angle) * other
    turned[:, pair[1]] = -np.sin(angle) * one + np.cos(angle) * other
    return angle


def tucker(one: Real, other: Real) -> Real:
    """Tucker's congruence, column by column: 1 where loadings are proportional.

    Args:
        one: shape (items, components).
        other: likewise.
    """
    lengths = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.asarray((one * other).sum(axis=0) / lengths)
