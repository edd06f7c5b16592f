"""Acts that come back."""

import numpy as np
from scipy import linalg

from analysis.networks.acts import Counts, Real

_LEAST_FREE = 2
_ROUNDING = 1e-12


def reciprocity(weights: Counts) -> Real:
    """Weighted reciprocity: the share of all acts that come back over the same pair.

    Args:
        weights: shape (..., agents, agents), acts of one sort.

    Returns:
        Sum of min(w_ij, w_ji) by sum of w_ij, i not j; shape (...); NaN without acts. With weights
        0 and 1 it is networkx.overall_reciprocity.

    Source: Squartini, Picciolo, Ruzzenenti & Garlaschelli 2013, Scientific Reports 3:2729.
    """
    mutual = np.minimum(weights, np.swapaxes(weights, -1, -2)).sum(axis=(-1, -2))
    total = weights.sum(axis=(-1, -2))
    empty = np.full(np.shape(total), np.nan)
    found: Real = np.divide(mutual, total, out=empty, where=np.asarray(total) > 0)
    return found


def dyadic_reciprocity(hits: Counts, acts: Counts) -> Real:
    """Correlation of what two do to one another beyond what each gives and gets in general.

    Rates of the ordered pairs that acted both ways are freed of an effect of the giver and of one
    of the receiver by least squares; what is left is correlated with what comes back. So neither
    those who are kind to all, nor those to whom all are kind, nor both being the same people,
    count.

    Args:
        hits: shape (..., agents, agents), acts of one sort.
        acts: shape (agents, agents), all acts.

    Returns:
        Shape (...); NaN where nothing is left, or where fewer than two degrees of freedom are: four
        characters who all met are needed.

    Source: Kenny & La Voie 1984, Advances in Experimental Social Psychology 18:141-182 (dyadic
        reciprocity of the social relations model), by least squares for incomplete designs.
    """
    giver, receiver = np.nonzero((acts > 0) & (acts.T > 0))
    pairs = len(giver)
    undefined = np.full(hits.shape[:-2], np.nan)
    if not pairs:
        return undefined
    effects = np.zeros((pairs, 2 * len(acts)))
    effects[np.arange(pairs), giver] = effects[np.arange(pairs), len(acts) + receiver] = 1
    basis = linalg.orth(effects)
    if pairs - basis.shape[1] < _LEAST_FREE:
        return undefined
    rates = hits[..., giver, receiver] / acts[giver, receiver]
    left = rates - (rates @ basis) @ basis.T
    back = left[..., np.lexsort((giver, receiver))]
    variance = (left**2).sum(axis=-1)
    is_left = variance > _ROUNDING * pairs
    found: Real = np.divide((left * back).sum(axis=-1), variance, out=undefined, where=is_left)
    return found
