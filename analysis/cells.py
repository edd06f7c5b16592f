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
        group: Callable[[Unit, Place], Hashable],
    ) -> dict[tuple[Hashable, Hashable], float]:
        """Weighted deviations, summed by unit and situation.

        Args:
            weights: of each run in the estimate, with its sign; other runs are passed over.
            situation: which one a run belongs to.
            group: deviations are from the mean of a group, for example a member in a scenario.
        """
        if not len(self.unit):
            return {}
        weight = np.array([weights.get(place, 0.0) for place in self.places])[self.place]
        used = weight != 0
        unit, place = self.unit[used], self.place[used]
        pair = unit * len(self.places) + place
        names, which = np.unique(pair, return_inverse=True)
        labels = [
            (self.units[int(one) // len(self.places)], self.places[int(one) % len(self.places)])
            for one in names
        ]
        groups = _codes(group(*label) for label in labels)[which]
        share, value = self.share[used], self.value[used]
        totals = np.bincount(groups, share)
        means = np.bincount(groups, share * value) / np.where(totals > 0, totals, 1)
        deviations = np.bincount(which, weight[used] * share * (value - means[groups]))
        found: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
        for (who, where), deviation in zip(labels, deviations, strict=True):
            found[who, situation(where)] += float(deviation)
        return dict(found)


def shared_variance(contributions: Collection[Contributions]) -> float:
    """Variance of the estimate that lies in units within situations.

    Args:
        contributions: of every side of a difference; units and situations that occur at several
            sides are one.

    Returns:
        G / (G - 1) times the sum of squares over the G cells; 0 with fewer than two.

    Source: Cameron, Gelbach & Miller 2011, equation 2.11, the intersection's term.
    """
    total: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for side in contributions:
        for cell, value in side.items():
            total[cell] += value
    if len(total) < 2:
        return 0.0
    squares = float(np.sort(np.square(list(total.values()))).sum())
    return squares * len(total) / (len(total) - 1)


def _codes(names: Iterable[Hashable]) -> NDArray[np.int64]:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names], dtype=np.int64)
