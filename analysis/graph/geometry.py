"""Where the marks and edges of a still picture lie; the page's scripts draw in the same way."""

from itertools import pairwise
from math import cos, hypot, pi, sin

Point = tuple[float, float]
_CORNERS = ((0, 0.0), (4, pi / 4), (3, -pi / 2), (4, 0.0), (6, 0.0), (3, pi / 2), (5, -pi / 2))


def marker(place: int, at: Point, radius: float) -> str:
    """Corners of a member's mark as SVG points; empty for a circle.

    Args:
        place: the member's, which also gives its colour; shapes shift when colours begin anew.
        at: its middle.
        radius: of a circle about as large.
    """
    corners, turn = _CORNERS[(place + place // len(_CORNERS)) % len(_CORNERS)]
    angles = [turn + 2 * pi * corner / corners for corner in range(corners)]
    x, y = at
    return " ".join(
        f"{x + 1.18 * radius * cos(angle):.1f},{y + 1.18 * radius * sin(angle):.1f}"
        for angle in angles
    )


def curve(start: Point, end: Point, size: float) -> tuple[str, str]:
    """An edge from start to end, bent to its left, so that the way back lies beside it.

    Args:
        start: middle of the acting node.
        end: middle of the other.
        size: of the arrowhead.

    Returns:
        SVG path data of the line and of its arrowhead, which sits just past the middle.
    """
    along = (end[0] - start[0], end[1] - start[1])
    length = hypot(*along) or 1.0
    bend = min(0.16 * length, 34.0) / length
    control = (
        (start[0] + end[0]) / 2 + along[1] * bend,
        (start[1] + end[1]) / 2 - along[0] * bend,
    )
    return _line([start, control, end]), _arrowhead([start, control, end], 0.56, size)


def loop(at: Point, away_from: Point, size: float) -> tuple[str, str]:
    """An edge from a node to itself, on the side that looks away from a point."""
    x, y = _outward(at, away_from)
    first = (at[0] + 95 * x - 58 * y, at[1] + 95 * y + 58 * x)
    second = (at[0] + 95 * x + 58 * y, at[1] + 95 * y - 58 * x)
    return _line([at, first, second, at]), _arrowhead([at, first, second, at], 0.5, size)


def beside(start: Point, end: Point, away_from: Point) -> tuple[Point, str]:
    """The place of a word beside an edge's arrowhead, on the side that the edge is bent to.

    Above or below a loop, so that it stays in the picture.

    Args:
        start: middle of the acting node.
        end: middle of the other, equal to start for a loop.
        away_from: what a loop looks away from.

    Returns:
        The place, and the text-anchor that keeps the word off the edge.
    """
    if start == end:
        x, y = _outward(start, away_from)
        return (start[0] + 71 * x, start[1] + 71 * y + (-13 if y < 0 else 30)), "middle"
    length = hypot(end[0] - start[0], end[1] - start[1])
    x, y = (end[1] - start[1]) / length, -(end[0] - start[0]) / length
    far = min(0.08 * length, 17.0) + 13
    middle = _between(start, end, 0.56)
    at = (middle[0] + far * x, middle[1] + far * y)
    anchor = "start" if x > 0.4 else "end" if x < -0.4 else "middle"
    return (at[0], at[1] + 4), anchor


def _outward(at: Point, away_from: Point) -> Point:
    out = (at[0] - away_from[0], at[1] - away_from[1])
    far = hypot(*out)
    return (out[0] / far, out[1] / far) if far > 1 else (0.0, -1.0)


def _line(points: list[Point]) -> str:
    rest = " ".join(f"{x:.1f},{y:.1f}" for x, y in points[1:])
    return f"M{points[0][0]:.1f},{points[0][1]:.1f}{'QC'[len(points) - 3]}{rest}"


def _arrowhead(points: list[Point], when: float, size: float) -> str:
    (x, y), (dx, dy) = _at(points, when), _slope(points, when)
    length = hypot(dx, dy) or 1.0
    ux, uy = size * dx / length, size * dy / length
    tip = (x + ux, y + uy)
    left = (x - ux - 0.85 * uy, y - uy + 0.85 * ux)
    right = (x - ux + 0.85 * uy, y - uy - 0.85 * ux)
    return "M" + "L".join(f"{one[0]:.1f},{one[1]:.1f}" for one in (tip, left, right)) + "Z"


def _at(points: list[Point], when: float) -> Point:
    """A point of a Bezier curve, by de Casteljau's construction."""
    while len(points) > 1:
        points = [_between(*pair, when) for pair in pairwise(points)]
    return points[0]


def _slope(points: list[Point], when: float) -> Point:
    steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(points)]
    return _at(steps, when)


def _between(first: Point, second: Point, when: float) -> Point:
    return (
        first[0] + when * (second[0] - first[0]),
        first[1] + when * (second[1] - first[1]),
    )
