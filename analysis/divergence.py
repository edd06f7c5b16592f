"""How far distributions over the same options are apart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr


def jensen_shannon(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Jensen-Shannon divergence of distributions, row by row, in bits, in [0, 1].

    Args:
        first: shape (..., options), probabilities that sum to 1 along the last axis.
        second: likewise.

    Returns:
        Shape (...).

    Source: Lin 1991, IEEE Transactions on Information Theory 37(1), equation 4.1.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    middle = (one + other) / 2
    nats = rel_entr(one, middle).sum(axis=-1) + rel_entr(other, middle).sum(axis=-1)
    return np.asarray(np.clip(nats / 2 / np.log(2), 0, 1), dtype=np.float64)


def entropy(distributions: ArrayLike) -> NDArray[np.float64]:
    """Shannon entropy, row by row, in bits.

    Args:
        distributions: shape (..., options), probabilities that sum to 1 along the last axis.

    Returns:
        Shape (...).

    Source: Shannon 1948, Bell System Technical Journal 27, section 6.
    """
    shares = np.asarray(distributions, dtype=np.float64)
    nats = -rel_entr(shares, np.ones_like(shares)).sum(axis=-1)
    return np.asarray(np.maximum(nats / np.log(2), 0), dtype=np.float64)
