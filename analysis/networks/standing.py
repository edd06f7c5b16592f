"""Standing: how good a character is in the eyes of a society whose good opinions count for more.

EigenJesus: good is who cooperates with the good. EigenMoses: good is who cooperates with the good
and does not with the bad. Both are the principal eigenvector of a matrix [giver, receiver]: of
cooperation rates C, or of 2 (C - 0.5).

Source: Aaronson 2014, "Eigenmorality", and Singer-Clark 2014, "Morality metrics on iterated
prisoner's dilemma players"; the matrices are those of the Axelrod library's ResultSet.
"""

import numpy as np

from analysis.networks.acts import Network, Real

_SQUARINGS = 50
_UNCHANGED = 1e-13
_TOLERANCE = 1e-6
_LEAST_AGENTS = 2


def eigenjesus(cooperation: Real) -> Real | None:
    """Standing of who cooperates with the good.

    Args:
        cooperation: shape (agents, agents), rates in [0, 1]; NaN without acts, which counts for
            nothing (0).

    Returns:
        As `principal`.
    """
    return principal(np.nan_to_num(cooperation))


def eigenmoses(cooperation: Real) -> Real | None:
    """Standing of who cooperates with the good and defects on the bad.

    Args:
        cooperation: shape (agents, agents), rates in [0, 1]; NaN without acts, which counts for
            nothing (0; the Axelrod library has -1 there, as if never having met were betrayal).

    Returns:
        As `principal`.
    """
    return principal(np.nan_to_num(2 * (cooperation - 0.5)))


def principal(matrix: Real) -> Real | None:
    """Where opinions settle that start equal and are formed again and again by the matrix.

    The eigenvector of the largest eigenvalue, reached from all ones by power iteration on the
    matrix plus its norm times the identity, which has the same eigenvectors, does not swing where
    the network has two sides, and favours the largest eigenvalue over the most negative. The power
    is taken by squaring, so that nearly equal eigenvalues are told apart too.

    Args:
        matrix: shape (agents, agents).

    Returns:
        Shape (agents,), of length 1. None where no opinion settles: the eigenvalue is not positive
        (good would then be who is bad to the good), it is complex, or equal opinions hold nothing
        of its eigenvector.
    """
    norm = float(np.abs(matrix).sum(axis=1).max(initial=0))
    if norm == 0:
        return None
    power = matrix / norm + np.eye(len(matrix))
    for _ in range(_SQUARINGS):
        last, power = power, power @ power
        largest = float(np.abs(power).max())
        if largest == 0:
            # A chain of givers has no good to pass on in the end: its only eigenvalue is 0.
            return None
        power /= largest
        if np.abs(power - last).max() < _UNCHANGED:
            break
    reached = power.sum(axis=1)
    length = float(np.linalg.norm(reached))
    if length <= _TOLERANCE * float(np.linalg.norm(power)):
        return None
    vector: Real = reached / length
    again = matrix @ vector
    value = float(vector @ again)
    is_settled = np.abs(again - value * vector).max() <= _TOLERANCE * norm
    return vector if is_settled and value > _TOLERANCE * norm else None


def relative(network: Network, *, moses: bool) -> Real | None:
    """Standing of every character that acted, 1 where all stand equal (root mean square 1).

    Returns:
        Shape (agents,), NaN for those who never acted; None where `principal` is or fewer than two
        acted.
    """
    acted = network.acts.sum(axis=1) > 0
    size = int(acted.sum())
    if size < _LEAST_AGENTS:
        return None
    among = network.cooperation[np.ix_(acted, acted)]
    found = eigenmoses(among) if moses else eigenjesus(among)
    if found is None:
        return None
    standing = np.full(len(acted), np.nan)
    standing[acted] = found * np.sqrt(size)
    return standing
