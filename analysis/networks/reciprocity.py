"""Acts that come back."""

import numpy as np

from analysis.networks.acts import Counts, Real


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
