"""What chance alone would give: permuted labels and permuted partners, and the test against them.

Labels are permuted among the characters that have one, with network and acts kept: it makes no
difference which kind sits where. Partners are permuted under each giver, among those that it met
equally often, with its treatments kept: it may be kind and may have favourites, but who these are
has nothing to do with the partner.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.networks.acts import Counts, Real

PERMUTATIONS = 999
SEED = 20130527
_TIE = 1e-9
_CELLS = 5_000_000


@dataclass(frozen=True, slots=True)
class Tested:
    """A statistic against its permutation distribution.

    Attributes:
        value: the statistic, None where it is undefined.
        expected: its mean over the permutations, the observed one among them.
        z: (value - expected) / standard deviation; None where all permutations give the same.
        p: two-sided, (1 + as far from expected) / (1 + permutations).
        permutations: those in which the statistic is defined; 0 where none was made.
    """

    value: float | None
    expected: float | None = None
    z: float | None = None
    p: float | None = None
    permutations: int = 0


def tested(value: float, draws: Real) -> Tested:
    """Test a value against draws of the same statistic under the null.

    Args:
        value: the statistic; NaN where it is undefined.
        draws: shape (permutations,); NaN where undefined, which is left out.

    Source: Phipson & Smyth 2010, Statistical Applications in Genetics and Molecular Biology
        9(1):39.
    """
    if np.isnan(value):
        return Tested(None)
    known = draws[~np.isnan(draws)]
    if not len(known):
        return Tested(float(value))
    everything = np.sort(np.append(known, value))
    expected, spread = float(everything.mean()), float(everything.std())
    slack = _TIE * max(1.0, float(np.abs(everything).max()))
    as_far = int((np.abs(known - expected) >= abs(value - expected) - slack).sum())
    z = float(value - expected) / spread if spread > slack else None
    return Tested(float(value), expected, z, (1 + as_far) / (1 + len(known)), len(known))


def generator(key: str) -> np.random.Generator:
    """The stream of a run's permutations: PCG64, seeded with SEED and the CRC-32 of a key."""
    return np.random.Generator(np.random.PCG64([SEED, zlib.crc32(key.encode())]))


def permuted_labels(who: Real, chance: np.random.Generator, times: int = PERMUTATIONS) -> Real:
    """Indicators with their rows permuted among the characters that have a label.

    Args:
        who: shape (agents, kinds).
        chance: the stream.
        times: how many permutations.

    Returns:
        Shape (times, agents, kinds).
    """
    labelled = np.flatnonzero(who.sum(axis=1) > 0)
    order = chance.permuted(np.tile(labelled, (times, 1)), axis=1)
    drawn = np.tile(who, (times, 1, 1))
    drawn[:, labelled] = who[order]
    return drawn


def permuted_partners(
    hits: Counts, acts: Counts, chance: np.random.Generator, times: int = PERMUTATIONS
) -> Counts:
    """What each giver did to its partners, dealt anew to those that it met equally often.

    Args:
        hits: shape (agents, agents), acts of one sort.
        acts: shape (agents, agents), all acts.
        chance: the stream.
        times: how many permutations.

    Returns:
        Shape (times, agents, agents); sums over receivers are those of `hits`.
    """
    drawn = np.tile(hits, (times, 1, 1))
    for giver, meetings in enumerate(acts):
        for often in np.unique(meetings[meetings > 0]):
            partners = np.flatnonzero(meetings == often)
            drawn[:, giver, partners] = chance.permuted(drawn[:, giver, partners], axis=1)
    return drawn


def under_permuted_partners(
    hits: Counts,
    acts: Counts,
    chance: np.random.Generator,
    statistics: Sequence[Callable[[Counts], Real]],
) -> list[Real]:
    """Statistics of the same permutations, made in parts so that large networks fit into memory.

    Args:
        hits: shape (agents, agents), acts of one sort.
        acts: shape (agents, agents), all acts.
        chance: the stream.
        statistics: each from shape (times, agents, agents) to shape (times,).

    Returns:
        One array of shape (PERMUTATIONS,) for each statistic.
    """
    most = max(1, _CELLS // max(1, acts.size))
    parts = []
    for done in range(0, PERMUTATIONS, most):
        drawn = permuted_partners(hits, acts, chance, min(most, PERMUTATIONS - done))
        parts.append([statistic(drawn) for statistic in statistics])
    return [np.concatenate(values) for values in zip(*parts, strict=True)]
