"""A folder's populations beside the people who played the same published games.

Runs of a population that fit a benchmark are pooled, over wordings and all other factors too.
Every interval is the widest of up to three: over runs, over wordings where there are at least two,
and over personas within the population's members (over their texts where a member has few).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from math import hypot
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.estimator import LEAST_PERSONAS
from analysis.folder import Folder, level
from analysis.human.behaviour import STATISTICS
from analysis.human.distances import distance
from analysis.human.matching import fitting
from analysis.human.pooling import Pool, aligned, pool, reach
from scenarios.human import Benchmark, Response, Side, responses

Real = NDArray[np.float64]
Units = Literal["run", "wording", "persona"]
Pools = Mapping[Units, Pool]
_Place = tuple[str, Benchmark]
_LEAST = 2


class Value(NamedTuple):
    """An estimate with its interval; None where it is undefined or there are too few units."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One population held against one benchmark.

    Attributes:
        population: whose runs.
        benchmark: what people did.
        values: of the characters, in the order of the benchmark's points.
        apart: the distance, in [0, 1].
        over: whose number makes the distance's interval as wide as it is.
        units: how many of these there are.
        runs: pooled.
        observations: choices, or groups, at the place that has the most.
    """

    population: str
    benchmark: Benchmark
    values: tuple[Value, ...]
    apart: Value
    over: Units
    units: int
    runs: int
    observations: float


@dataclass(frozen=True, slots=True)
class Moved:
    """How much a manipulation moved one population, beside how much it moved people.

    Attributes:
        population: whose runs.
        response: of people.
        value: of the characters: `more` minus `less`, in [-1, 1].
        runs: pooled on both sides.
    """

    population: str
    response: Response
    value: Value
    runs: tuple[int, int]

    @property
    def direction(self) -> Literal["as people", "the other way", "not at all", "undecided"]:
        """Whether the characters moved as people did; undecided where the interval holds 0."""
        if self.value.low is None or self.value.high is None:
            return "undecided"
        if self.value.low == self.value.high == 0:
            return "not at all"
        if self.value.low <= 0 <= self.value.high:
            return "undecided"
        same = (self.value.low > 0) == (self.response.value > 0)
        return "as people" if same else "the other way"


def compare(folder: Folder) -> tuple[tuple[Comparison, ...], tuple[Moved, ...]]:
    """Every population beside every benchmark that its runs fit, and the responses among these."""
    pools = _pools(folder)
    compared = tuple(
        _compared(population, benchmark, found)
        for (population, benchmark), found in pools.items()
        if benchmark.levels
    )
    populations = dict.fromkeys(population for population, _ in pools)
    moved = tuple(
        _moved(population, each, pools)
        for population in populations
        for each in responses()
        if {(population, each.more.benchmark), (population, each.less.benchmark)} <= pools.keys()
    )
    return compared, moved


def _pools(folder: Folder) -> dict[_Place, Pools]:
    fit: dict[_Place, list[str]] = {}
    for run in folder.runs:
        for benchmark in fitting(run):
            population = level(run.factors.get("population", ""))
            fit.setdefault((population, benchmark), []).append(run.run_id)
    if not fit:
        return {}
    seen = _seen(folder.of_runs({run_id for runs in fit.values() for run_id in runs}), fit)
    found: dict[_Place, Pools] = {}
    for (population, benchmark), observed in seen.items():
        places = [point.x for point in benchmark.points]
        found[population, benchmark] = {
            units: pool(named, places) for units, named in _units(folder, observed)
        }
    return found


def _seen(folder: Folder, fit: Mapping[_Place, Collection[str]]) -> dict[_Place, pl.DataFrame]:
    """What each statistic sees in its runs; statistics look at no two runs at once."""
    seen: dict[_Place, list[pl.DataFrame]] = {place: [] for place in fit}
    for part in folder.parts():
        decisions = part.read("decisions")
        here = {run.run_id for run in part.runs}
        for place, runs in fit.items():
            if played := sorted(here.intersection(runs)):
                chosen = decisions.filter(pl.col("run_id").is_in(played))
                seen[place].append(STATISTICS[place[1].statistic].measure(chosen))
    return {place: pl.concat(parts) for place, parts in seen.items()}


def _units(folder: Folder, seen: pl.DataFrame) -> Iterator[tuple[Units, pl.DataFrame]]:
    """The observations with their unit, for every kind of unit that there is."""
    yield "run", seen.with_columns(unit="run_id", stratum=pl.lit("all"))
    if "wording" in folder.metadata.columns:
        placed = seen.join(folder.metadata.select("run_id", "wording"), on="run_id")
        if placed["wording"].n_unique() >= _LEAST:
            yield "wording", placed.with_columns(unit="wording", stratum=pl.lit("all"))
    cast = seen.join(folder.characters, on=["run_id", "agent"])
    played = cast.filter(pl.col("strategy").is_null())
    few = pl.col("persona").n_unique().over("member") < LEAST_PERSONAS
    text = pl.concat_str("persona", pl.col("paraphrase").cast(pl.String), separator="\x1f")
    named = played.with_columns(
        unit=pl.when(few).then(text).otherwise(pl.col("persona")), stratum="member"
    )
    if named["unit"].n_unique() > named["stratum"].n_unique():
        yield "persona", named


def _compared(population: str, benchmark: Benchmark, pools: Pools) -> Comparison:
    people = np.array([point.value for point in benchmark.points])
    runs = pools["run"]
    apart = distance(benchmark.distance, runs.values, people)
    errors = {
        units: _error(found, lambda drawn, middle: distance(benchmark.distance, drawn, middle))
        for units, found in pools.items()
    }
    over = max(errors, key=lambda units: _size(errors[units]))
    error = errors[over]
    return Comparison(
        population=population,
        benchmark=benchmark,
        values=_values(pools, STATISTICS[benchmark.statistic].least),
        apart=_within(float(apart), None if error is None else float(error), 0.0),
        over=over,
        units=len(pools[over].units),
        runs=len(runs.units),
        observations=runs.observations,
    )


def _values(pools: Pools, least: float) -> tuple[Value, ...]:
    """The value at each place, with the widest interval."""
    found = [_error(each, lambda drawn, middle: np.abs(drawn - middle)) for each in pools.values()]
    errors = [one for one in found if one is not None]
    widest = np.max(errors, axis=0) if errors else None
    return tuple(
        _within(float(value), None if widest is None else float(widest[place]), least)
        for place, value in enumerate(pools["run"].values)
    )


def _moved(population: str, response: Response, pools: Mapping[_Place, Pools]) -> Moved:
    more = pools[population, response.more.benchmark]
    less = pools[population, response.less.benchmark]
    same = response.more.benchmark.preset == response.less.benchmark.preset
    together = _jointly if same else _apart
    errors = [
        error
        for units in more.keys() & less.keys()
        if (error := together(_one(more[units], response.more), _one(less[units], response.less)))
        is not None
    ]
    first, second = _one(more["run"], response.more), _one(less["run"], response.less)
    value = float(first.values[0] - second.values[0])
    return Moved(
        population,
        response,
        _within(value, max(errors, default=None), -1.0),
        (len(first.units), len(second.units)),
    )


def _one(found: Pool, side: Side) -> Pool:
    """The pool of one place of a curve."""
    place = [point.x for point in side.benchmark.points].index(side.x)
    return Pool(
        found.units,
        found.strata,
        found.totals[:, place : place + 1],
        found.weights[:, place : place + 1],
    )


def _jointly(more: Pool, less: Pool) -> float | None:
    """How far a difference within the same runs may lie off."""
    one, other = aligned(more, less)
    gaps = one.resampled() - other.resampled()
    error = reach(np.abs(gaps - (one.values - other.values))[:, 0], min(one.least, other.least))
    return None if error is None else float(error)


def _apart(more: Pool, less: Pool) -> float | None:
    """The same between different runs; as if these were independent, though seeds may be shared."""
    errors = [_error(each, lambda drawn, middle: np.abs(drawn - middle)) for each in (more, less)]
    known = [float(error[0]) for error in errors if error is not None]
    return hypot(*known) if len(known) == len(errors) else None


def _error(found: Pool, apart: Callable[[Real, Real], Real]) -> Real | None:
    """How far resamples fall from the pooled value, None with fewer than two units."""
    return reach(apart(found.resampled(), found.values), found.least)


def _size(error: Real | None) -> float:
    return -1.0 if error is None else float(error)


def _within(value: float, error: float | None, least: float) -> Value:
    """The value with its interval, cut where nothing lies beyond; None where it is undefined."""
    if np.isnan(value):
        return Value(None, None, None)
    if error is None:
        return Value(value, None, None)
    return Value(value, max(least, value - error), min(1.0, value + error))
