"""What people did in a game, as Markdown for its page."""

from collections.abc import Iterable, Iterator, Sequence

from scenarios.human import Benchmark, Response, benchmarks, responses
from scenarios.human_file import Point

_DASH = "\N{EN DASH}"


def people(game: str) -> str:
    """The section of a game's page; empty where nobody was measured."""
    return "\n\n".join(_parts(game))


def _parts(game: str) -> Iterator[str]:
    measured = [each for each in benchmarks() if each.game == game]
    if not measured:
        return
    yield (
        "## People\n\nWhat people did with the published parameters, from 0 to 1, with 95%"
        " intervals where they are known. [How characters are compared with"
        " them](../human-comparison.md)."
    )
    head = ("preset", "condition", "statistic", "people", "n", "confidence")
    yield _table(head, [_row(each) for each in measured])
    moved = [each for each in responses() if each.game == game]
    if moved:
        yield "How much a manipulation moved them:"
        yield _table(("manipulation", "statistic", "people"), [_moved(each) for each in moved])
    yield _list(told for each in measured for told in each.caveats)
    yield "Sources:"
    yield _list(_source(each) for each in measured)


def _row(each: Benchmark) -> tuple[str, ...]:
    return (
        f"`{each.preset}`",
        each.condition,
        f"`{each.statistic}`",
        ", ".join(_value(point) for point in each.points),
        _counts(each),
        each.confidence.replace("_", " ") + ("" if each.levels else "; only responses compare"),
    )


def _counts(each: Benchmark) -> str:
    known = sorted({point.n for point in each.points if point.n is not None})
    return " to ".join(str(count) for count in dict.fromkeys((*known[:1], *known[-1:]))) or _DASH


def _source(each: Benchmark) -> str:
    return each.citation + (f", doi:{each.doi}" if each.doi else "")


def _moved(each: Response) -> tuple[str, ...]:
    interval = "" if each.interval is None else f" [{each.interval[0]:.3f}, {each.interval[1]:.3f}]"
    return each.manipulation, f"`{each.more.benchmark.statistic}`", f"{each.value:+.3f}{interval}"


def _value(point: Point) -> str:
    interval = "" if point.low is None else f" [{point.low:.3f}, {point.high:.3f}]"
    place = f"{point.x}: " if point.x else ""
    return f"{place}{point.value:.3f}{interval}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in dict.fromkeys(lines))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
