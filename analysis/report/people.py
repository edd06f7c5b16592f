"""The report's section beside people: what they did, what the characters did, how far apart."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from analysis import figures
from analysis.figures import Figure, Style
from analysis.human.behaviour import STATISTICS
from analysis.human.comparison import Comparison, Moved, Value, compare
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import DASH, count, label, number, signed, span
from scenarios.human import Benchmark, benchmarks, responses
from scenarios.human_file import Point
from scenarios.human_rows import Confidence

PEOPLE = "people"
KNOWN: Mapping[Confidence, str] = {
    "computed_from_microdata": "from microdata",
    "verified_primary_text": "from the paper",
    "verified_secondary": "as quoted",
}
_LEAST_PLACES = 3
One = TypeVar("One", Comparison, Moved)


def beside(source: Source, style: Style) -> Mapping[str, Any]:
    """Tables, figure and caveats; empty tables where nothing was played as published."""
    compared, moved = compare(source.folder)
    ranked = _ranked(compared, [one.benchmark for one in compared], source)
    shifted = _ranked(moved, [one.response for one in moved], source)
    used = dict.fromkeys(
        [one.benchmark for one in ranked]
        + [side.benchmark for one in shifted for side in (one.response.more, one.response.less)]
    )
    drawn = Style((*style.names, PEOPLE))
    return {
        "table": distances(ranked),
        "responses": shifts(shifted),
        "places": places(ranked),
        "figure": curves(ranked, drawn),
        "levels": levels(ranked, drawn),
        "style": drawn,
        "caveats": {f"{each.game}:{each.preset}": each.caveats for each in used},
        "sources": list(dict.fromkeys(_source(each) for each in used)),
    }


def _ranked(found: Sequence[One], of: Sequence[object], source: Source) -> list[One]:
    """What was found, by experiment as declared, then by population as played."""
    declared = {each: place for place, each in enumerate((*benchmarks(), *responses()))}
    order = {name: place for place, name in enumerate(source.populations)}
    places = {
        id(one): (declared[about], order.get(one.population, 0))
        for one, about in zip(found, of, strict=True)
    }
    return sorted(found, key=lambda one: places[id(one)])


def distances(compared: Sequence[Comparison]) -> Table:
    """Every population beside every benchmark."""
    rows = [
        (
            _measured(one.benchmark),
            one.population,
            f"{_counts(one.benchmark.points)}, {KNOWN[one.benchmark.confidence]}",
            _people(one.benchmark.points),
            _characters(one),
            _estimate(one.apart),
            _over(one),
        )
        for one in compared
    ]
    head = ("Experiment: what was measured", "Population", "n, how known", "People")
    tail = ("Characters", "Distance", "Interval over")
    return Table("Distance to people, from 0 to 1", (*head, *tail), tuple(rows), texts=3)


def shifts(moved: Sequence[Moved]) -> Table:
    """How much manipulations moved people and characters."""
    rows = [
        (
            f"{label(one.response.game)}: {one.response.manipulation}",
            one.population,
            signed(one.response.value),
            span(*(one.response.interval or (None, None))),
            signed(one.value.value),
            span(one.value.low, one.value.high),
            one.direction,
            f"{count(one.runs[0])}, {count(one.runs[1])}",
        )
        for one in moved
    ]
    head = ("Manipulation", "Population", "People", "95% interval")
    tail = ("Characters", "95% interval", "Moved", "n (runs)")
    return Table("Responses: what a manipulation changed", (*head, *tail), tuple(rows), texts=2)


def places(compared: Sequence[Comparison]) -> Table:
    """Curves and histograms place by place."""
    rows = [
        (
            _measured(one.benchmark),
            one.population,
            point.x,
            number(point.value),
            span(point.low, point.high),
            count(point.n),
            number(value.value),
            span(value.low, value.high),
        )
        for one in compared
        if len(one.benchmark.points) > 1
        for point, value in zip(one.benchmark.points, one.values, strict=True)
    ]
    head = ("Experiment", "Population", "At", "People", "95% interval", "n (people)")
    tail = ("Characters", "95% interval")
    return Table("Curves and histograms, place by place", (*head, *tail), tuple(rows), texts=2)


def curves(compared: Sequence[Comparison], style: Style) -> Figure:
    """Curves over rounds: people's beside the characters', a panel an experiment."""
    panels = []
    for benchmark in dict.fromkeys(one.benchmark for one in compared):
        if not _is_over_rounds(benchmark):
            continue
        own = [one for one in compared if one.benchmark == benchmark]
        lines = {one.population: one.values for one in own}
        lines[PEOPLE] = tuple(Value(p.value, p.low, p.high) for p in benchmark.points)
        records = [
            _record(name, point.x, value)
            for name in style.names
            for point, value in zip(benchmark.points, lines.get(name, ()), strict=False)
            if value.value is not None
        ]
        title = STATISTICS[benchmark.statistic].title
        panel = figures.lines(records, style, title)
        panels.append(figures.titled(panel, _experiment(benchmark)))
    return Figure(
        name="people",
        caption=(
            "People's curves beside the characters', with 95% bands: over runs, personas or"
            " wordings for characters, as published for people where that is known."
        ),
        alternative=(
            "Lines over rounds, one for the people and one per population, a panel per experiment;"
            " the numbers are in the table of places below."
        ),
        panels=tuple(panels),
        legend=style.names if panels else (),
    )


def levels(compared: Sequence[Comparison], style: Style) -> Figure:
    """Single numbers: people's beside the characters', a panel an experiment."""
    panels, told = [], []
    for benchmark in dict.fromkeys(one.benchmark for one in compared):
        if len(benchmark.points) != 1:
            continue
        (point,) = benchmark.points
        found = {one.population: one.values[0] for one in compared if one.benchmark == benchmark}
        found[PEOPLE] = Value(point.value, point.low, point.high)
        records = [
            _mark(name, found[name], f"{name}: {_estimate(found[name])}")
            for name in style.names
            if name in found and found[name].value is not None
        ]
        ends = [record[end] for record in records for end in ("low", "high")]
        title = STATISTICS[benchmark.statistic].title
        panel = figures.dots(records, style, title, (min(0.0, *ends), max(1.0, *ends)))
        panels.append(figures.titled(panel, _experiment(benchmark)))
        told += [f"{_experiment(benchmark)}, {record['told']}" for record in records]
    return Figure(
        name="people-levels",
        caption=(
            "People beside the characters, with 95% intervals: over runs, personas or wordings for"
            " characters, as published for people where that is known."
        ),
        alternative="; ".join(told),
        panels=tuple(panels),
    )


def _experiment(benchmark: Benchmark) -> str:
    return f"{label(benchmark.game)}, {benchmark.condition}"


def _over(one: Comparison) -> str:
    """Whose number makes the interval as wide as it is, and how many runs were pooled."""
    runs = f"{count(one.runs)} run{'' if one.runs == 1 else 's'}"
    return runs if one.over == "run" else f"{count(one.units)} {one.over}s of {runs}"


def _is_over_rounds(benchmark: Benchmark) -> bool:
    return len(benchmark.points) >= _LEAST_PLACES and all(
        point.x == str(place) for place, point in enumerate(benchmark.points, 1)
    )


def _record(name: str, x: str, value: Value) -> dict[str, Any]:
    return {"round": int(x), **_mark(name, value, f"{name}, round {x}: {_estimate(value)}")}


def _mark(name: str, value: Value, told: str) -> dict[str, Any]:
    """A value as it is drawn; without an interval both ends are the value itself."""
    ends = {key: getattr(value, key) for key in ("low", "high")}
    shown = {key: value.value if end is None else end for key, end in ends.items()}
    return {"name": name, "estimate": value.value, **shown, "told": told}


def _measured(benchmark: Benchmark) -> str:
    return f"{_experiment(benchmark)}: {STATISTICS[benchmark.statistic].title}"


def _people(points: Sequence[Point]) -> str:
    if len(points) > 1:
        return _range([point.value for point in points])
    return _estimate(Value(points[0].value, points[0].low, points[0].high))


def _characters(one: Comparison) -> str:
    if len(one.values) == 1:
        return _estimate(one.values[0])
    known = [value.value for value in one.values if value.value is not None]
    places = f" ({len(known)} of {len(one.values)})" if len(known) < len(one.values) else ""
    return _range(known) + places


def _estimate(value: Value) -> str:
    interval = "" if value.low is None else f" {span(value.low, value.high)}"
    return f"{number(value.value)}{interval}"


def _range(values: Sequence[float]) -> str:
    """What many values span; the table of places has them all."""
    if not values:
        return DASH
    return f"{number(min(values))} to {number(max(values))}"


def _counts(points: Sequence[Point]) -> str:
    known = sorted({point.n for point in points if point.n is not None})
    return " to ".join(count(each) for each in dict.fromkeys((*known[:1], *known[-1:]))) or DASH


def _source(benchmark: Benchmark) -> str:
    return benchmark.citation + (f", doi:{benchmark.doi}" if benchmark.doi else "")
