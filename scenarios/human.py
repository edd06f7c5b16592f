"""Benchmarks and responses: what people did with published parameters, to be compared with.

A benchmark is one statistic of one published experiment. A response is how much a manipulation
(a longer horizon, punishment, more risk, talk) moved people, and tells more than a bare mean does:
levels depend on who was asked and how, differences within one experiment less so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import Any, NamedTuple

from scenarios.errors import BenchmarkError
from scenarios.human_file import Distance, Measure, Point, SideKey, Study, declared
from scenarios.human_rows import Confidence


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One statistic of one published experiment.

    Attributes:
        game: whose parameters `preset` names.
        preset: the published parameters.
        statistic: what analysis computes from recorded rows.
        distance: how far the model is from the people.
        condition: of the experiment, in words.
        points: the human values, in order.
        seats: of every group; None where any size will do.
        levels: whether the values themselves may be compared; where not, only responses are.
        citation: where the values were published.
        doi: of it, None where it has none.
        confidence: how the values were checked.
        caveats: what differs from the experiment, in words.
    """

    game: str
    preset: str
    statistic: str
    distance: Distance
    condition: str
    points: tuple[Point, ...]
    seats: int | None
    levels: bool
    citation: str
    doi: str | None
    confidence: Confidence
    caveats: tuple[str, ...]

    @property
    def name(self) -> str:
        """Preset and statistic, which no two benchmarks of a game share."""
        return f"{self.preset} {self.statistic}"

    def point(self, x: str) -> Point:
        """The value at one place.

        Raises:
            BenchmarkError: nothing was measured there.
        """
        for point in self.points:
            if point.x == x:
                return point
        raise BenchmarkError(f"{self.game}: {self.name} has no place {x!r}")


class Side(NamedTuple):
    """One side of a response: a benchmark, and a place where it is a curve."""

    benchmark: Benchmark
    x: str

    @property
    def point(self) -> Point:
        """The human value."""
        return self.benchmark.point(self.x)


@dataclass(frozen=True, slots=True)
class Response:
    """How much a manipulation moved people: `more` minus `less`.

    Attributes:
        game: that was played.
        manipulation: what differs between the sides, in words.
        more: the side with more of it.
        less: the other side.
    """

    game: str
    manipulation: str
    more: Side
    less: Side

    @property
    def value(self) -> float:
        """The human difference, in [-1, 1]."""
        return self.more.point.value - self.less.point.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% interval of the human difference; None where a side has none.

        Both sides' intervals, combined as if the sides were independent.

        Source: Zou & Donner 2008, Statistics in Medicine 27(10):1693-1702.
        """
        one, other = self.more.point, self.less.point
        if one.low is None or one.high is None or other.low is None or other.high is None:
            return None
        below = hypot(one.value - one.low, other.high - other.value)
        above = hypot(one.high - one.value, other.value - other.low)
        return self.value - below, self.value + above


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Every declared benchmark, in the order of the file.

    Raises:
        BenchmarkError: the file is not of its form, or names a row or caveat that there is not.
    """
    return tuple(
        _benchmark(study, measure) for study in declared().study for measure in study.measure
    )


@cache
def responses() -> tuple[Response, ...]:
    """Every declared response, in the order of the file.

    Raises:
        BenchmarkError: a side is no declared benchmark, or the file is not of its form.
    """
    return tuple(
        Response(
            each.game, each.manipulation, _side(each.game, each.more), _side(each.game, each.less)
        )
        for each in declared().response
    )


def told(game: str) -> dict[str, Any] | None:
    """What people did in one game, ready for JSON; None where nobody was measured."""
    found = {each.name: _told(each) for each in benchmarks() if each.game == game}
    if not found:
        return None
    moved = {each.manipulation: _moved(each) for each in responses() if each.game == game}
    return {"benchmarks": found, "responses": moved}


def _benchmark(study: Study, measure: Measure) -> Benchmark:
    known, source = declared().caveats, measure.provenance()
    if missing := [name for name in study.caveats if name not in known]:
        raise BenchmarkError(f"human_benchmarks.toml: unknown caveats {missing}")
    return Benchmark(
        game=study.game,
        preset=study.preset,
        statistic=measure.statistic,
        distance=measure.distance,
        condition=study.condition,
        points=measure.points(),
        seats=study.seats,
        levels=study.levels,
        citation=source.citation,
        doi=source.doi,
        confidence=source.confidence,
        caveats=tuple(known[name] for name in study.caveats),
    )


def _side(game: str, given: SideKey) -> Side:
    for each in benchmarks():
        if (each.game, each.preset, each.statistic) == (game, given.preset, given.statistic):
            each.point(given.x)
            return Side(each, given.x)
    raise BenchmarkError(f"human_benchmarks.toml: {game} has no benchmark {given}")


def _told(each: Benchmark) -> dict[str, Any]:
    return {
        "preset": each.preset,
        "statistic": each.statistic,
        "condition": each.condition,
        "distance": each.distance if each.levels else None,
        "values": [dict(_fields(point)) for point in each.points],
        "citation": each.citation,
        "doi": each.doi,
        "confidence": each.confidence,
        "caveats": list(each.caveats),
    }


def _fields(point: Point) -> Iterator[tuple[str, object]]:
    for key, value in point._asdict().items():
        yield key, round(value, 6) if isinstance(value, float) else value


def _moved(each: Response) -> dict[str, Any]:
    low, high = each.interval or (None, None)
    return {
        "more": f"{each.more.benchmark.name} {each.more.x}".strip(),
        "less": f"{each.less.benchmark.name} {each.less.x}".strip(),
        "value": round(each.value, 6),
        "low": low if low is None else round(low, 6),
        "high": high if high is None else round(high, 6),
        "confidence": each.more.benchmark.confidence,
    }
