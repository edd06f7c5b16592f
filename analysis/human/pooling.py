"""Pooled values, and how far they may lie from what more runs would give.

A distance of noisy small runs is biased upward: even where characters choose exactly as people do,
every single run misses the human values by chance. So runs are pooled first, and the distance is
taken once, of the pooled values. Its interval comes from a bootstrap of the units (runs, for
example). Resampled distances would be biased upward as well; instead the bootstrap tells how far
resampled values fall from the pooled ones, and since every distance here is a metric, the distance
to the people can err by no more than that (triangle inequality). The interval is therefore honest,
a little wide, and holds 0 where the people lie within the noise.

With few units a bootstrap is too narrow, for the reasons that Hesterberg 2015 (The American
Statistician 69(4):371-386) gives; its reach is widened here as Student's interval would be.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from sim.streams import generator

Real = NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 2000
_SEED, _LEAST = 0, 2


@dataclass(frozen=True, slots=True)
class Pool:
    """What units of one kind gave.

    Attributes:
        units: their names, in order.
        strata: a name for each unit; how many units each stratum has is fixed by the design.
        totals: shape (units, places).
        weights: shape (units, places).
    """

    units: tuple[str, ...]
    strata: tuple[str, ...]
    totals: Real
    weights: Real

    @property
    def values(self) -> Real:
        """Value at every place, all units together; nan where nothing was observed."""
        return _ratio(self.totals.sum(axis=0), self.weights.sum(axis=0))

    @property
    def observations(self) -> float:
        """The largest weight of a place: choices or groups."""
        return float(self.weights.sum(axis=0).max(initial=0.0))

    @property
    def least(self) -> int:
        """Units of the smallest stratum that has at least two; 1 where none has."""
        counts = Counter(self.strata).values()
        return min((count for count in counts if count > 1), default=1)

    def resampled(self) -> Real:
        """Values of resamples of the units within strata; shape (RESAMPLES, places)."""
        drawn = np.ones((RESAMPLES, len(self.units)))
        for name in sorted(set(self.strata)):
            mine = np.flatnonzero([stratum == name for stratum in self.strata])
            drawn[:, mine] = _draws(name, len(mine))
        return _ratio(drawn @ self.totals, drawn @ self.weights)


def pool(observations: pl.DataFrame, places: Sequence[str]) -> Pool:
    """Observations by unit.

    Args:
        observations: unit, stratum, x, total, weight.
        places: in order; observations elsewhere are passed over.
    """
    keys = ["stratum", "unit", "x"]
    sums = (
        observations.filter(pl.col("x").is_in(list(places)))
        .group_by(keys)
        .agg(pl.col("total").sort().sum(), pl.col("weight").sort().sum())
    )
    units = sorted(sums.select("stratum", "unit").unique().rows())
    row = {unit: index for index, unit in enumerate(units)}
    column = {x: index for index, x in enumerate(places)}
    totals, weights = np.zeros((2, len(units), len(places)))
    for stratum, unit, x, total, weight in sums.iter_rows():
        place = row[stratum, unit], column[x]
        totals[place], weights[place] = total, weight
    return Pool(
        tuple(f"{stratum}\x1f{unit}" for stratum, unit in units),
        tuple(stratum for stratum, _ in units),
        totals,
        weights,
    )


def aligned(one: Pool, other: Pool) -> tuple[Pool, Pool]:
    """Both pools over the units of either, so that they can be resampled together."""
    strata = dict(zip((*one.units, *other.units), (*one.strata, *other.strata), strict=True))
    return _over(one, strata), _over(other, strata)


def reach(deviations: Real, units: int) -> Real | None:
    """How far values may lie off, for 95% of samples; None with fewer than two units.

    Args:
        deviations: shape (RESAMPLES, ...), absolute; nan where a resample is undefined.
        units: that were resampled.

    Returns:
        Shape (...); 0 where no resample is defined.
    """
    if units < _LEAST:
        return None
    known = np.where(np.isnan(deviations).all(axis=0), 0.0, deviations)
    return np.asarray(np.nanquantile(known, LEVEL, axis=0) * widening(units))


def widening(units: int) -> float:
    """Student's reach over that of a bootstrap of as many units."""
    middle = (1 + LEVEL) / 2
    student = float(stats.t.ppf(middle, units - 1) / stats.norm.ppf(middle))
    return student * sqrt(units / (units - 1))


def _over(given: Pool, strata: Mapping[str, str]) -> Pool:
    units = tuple(sorted(strata))
    place = [units.index(name) for name in given.units]
    totals, weights = np.zeros((2, len(units), given.totals.shape[1]))
    totals[place], weights[place] = given.totals, given.weights
    return Pool(units, tuple(strata[name] for name in units), totals, weights)


@lru_cache(maxsize=16)
def _draws(stratum: str, units: int) -> Real:
    """How often each unit is drawn in each resample; shape (RESAMPLES, units)."""
    source = generator(_SEED, "human", stratum, units)
    drawn = source.multinomial(units, np.full(units, 1 / units), size=RESAMPLES)
    return np.asarray(drawn, dtype=np.float64)


def _ratio(totals: Real, weights: Real) -> Real:
    empty = np.full(np.shape(totals), np.nan)
    return np.asarray(np.divide(totals, weights, out=empty, where=weights > 0))
