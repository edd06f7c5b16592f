"""What every person adds to an estimate in every situation, and the variance in it.

That part of the variance is counted both over persons and over situations, so it is taken off once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Unit = TypeVar("Unit", bound=Hashable)
Place = TypeVar("Place", bound=Hashable)

Contributions = Mapping[tuple[Hashable, Hashable], float]
"""By unit and situation: weighted deviations from the mean."""


@dataclass(frozen=True, slots=True)
class Cells(Generic[Unit, Place]):
    """Observations of persons in runs, one row each; empty where nobody has a persona.

    Attributes:
        units: names of persons or texts.
        places: names of runs.
        unit: shape (n,), index into units.
        place: shape (n,), index into places.
        value: shape (n,).
        share: shape (n,), the row's share of its run's observations.
    """

    units: Sequence[Unit] = ()
    places: Sequence[Place] = ()
    unit: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    place: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    value: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    share: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(
        cls,
        units: Sequence[Unit],
        places: Sequence[Place],
        value: NDArray[np.float64],
        share: NDArray[np.float64],
    ) -> "Cells[Unit, Place]":
        """From the unit, run, value and share of each row."""
        names, runs = list(dict.fromkeys(units)), list(dict.fromkeys(places))
        return cls(names, runs, _codes(units), _codes(places), value, share)

    def contributions(
        self,
        weights: Mapping[Place, float],
        situation: Callable[[Place], Hashable],
        member: Callable[[Unit], Hashable],
    ) -> dict[tuple[Hashable, Hashable], float]:
        """Weighted deviations from the mean of a member in a situation, by unit and situation.

        What moves all of a member alike in a situation is no deviation: it cancels between levels
        that met the same situations. Deviations from the mean of n units are too small by n - 1
        over n, which is made up for.

        Args:
            weights: of each run in the estimate, with its sign; other runs are passed over.
            situation: which one a run belongs to.
            member: which one a unit belongs to.
        """
        if not len(self.unit):
            return {}
        weight = np.array([weights.get(place, 0.0) for place in self.places])[self.place]
        used = weight != 0
        where = _codes(map(situation, self.places))[self.place[used]]
        of = _codes(map(member, self.units))[self.unit[used]]
        unit, share = self.unit[used], np.abs(weight[used]) * self.share[used]
        pairs, cell = np.unique(np.stack([unit, where]), axis=1, return_inverse=True)
        groups, group = np.unique(np.stack([of, where]), axis=1, return_inverse=True)
        totals = np.bincount(group, share)
        means = np.bincount(group, share * self.value[used]) / np.where(totals > 0, totals, 1)
        deviation = self.value[used] - means[group]
        sums = np.bincount(cell, weight[used] * self.share[used] * deviation)
        first = np.unique(cell, return_index=True)[1]
        sizes = np.bincount(group[first], minlength=groups.shape[1])[group[first]]
        sums *= np.sqrt(sizes / np.maximum(sizes - 1, 1))
        names = list(dict.fromkeys(map(situation, self.places)))
        return {
            (self.units[int(who)], names[int(place)]): float(value)
            for (who, place), value in zip(pairs.T, sums, strict=True)
        }


def shared_variance(contributions: Collection[Contributions]) -> float:
    """Variance of the estimate that lies in units within situations.

    Args:
        contributions: of every side of a difference; units and situations that occur at several
            sides are one.

    Returns:
        The sum of squares over the cells.

    Source: Cameron, Gelbach & Miller 2011, equation 2.11, the intersection's term.
    """
    total: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for side in contributions:
        for cell, value in side.items():
            total[cell] += value
    return float(np.sort(np.square(list(total.values()))).sum())


def _codes(names: Iterable[Hashable]) -> NDArray[np.int64]:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names], dtype=np.int64)
