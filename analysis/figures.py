"""The report's pictures as Altair charts: how they look is decided here, nothing is computed.

A figure is a few panels of the same kind. The page shows them side by side where there is room;
the files in `figures/` hold them in one picture. Text and axes take the colour of the page
(`currentColor`), so that the same picture serves light, dark and print.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import vl_convert

from analysis.looks import DASHES, PALETTE, SHAPES, printable, turn, visible

INK = "currentColor"
"""The colour of text wherever a picture stands."""
_PANEL_WIDTH, _ROW_HEIGHT, _TICKS = 300, 26, 12
_MOST_ACROSS = 10
"""Cells of a heat map beside one another."""
_DARK = 0.7
"""Above it a cell is so dark that white is read more easily than black."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart of a figure; `spec` is Vega-Lite, `svg` the same drawn without a browser."""

    title: str
    spec: Mapping[str, Any]
    svg: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report.

    Attributes:
        name: file name without ending.
        caption: what is shown and how to read it.
        alternative: the same in words, for those who cannot see it.
        panels: charts of one kind.
        legend: names drawn in the colours, shapes and dashes of `style`, empty where the axes
            name everything.
    """

    name: str
    caption: str
    alternative: str
    panels: tuple[Panel, ...]
    legend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """Colour, point shape and dash of each name, always the same over all figures."""

    names: tuple[str, ...]

    def scale(self, kind: str) -> alt.Scale:
        """A Vega scale for "colour", "shape" or "dash"."""
        values = {"colour": PALETTE, "shape": SHAPES, "dash": DASHES}[kind]
        place = (lambda index: index % len(PALETTE)) if kind == "colour" else turn
        picked: list[Any] = [values[place(index)] for index in range(len(self.names))]
        picked = [list(value) if isinstance(value, tuple) else value for value in picked]
        return alt.Scale(domain=list(self.names), range=picked)


def dots(
    records: Sequence[Record],
    style: Style,
    title: str,
    span: tuple[float, float],
    people: float | None = None,
) -> Panel:
    """Estimates with intervals, a row per name.

    Args:
        records: name, estimate, low, high, n, told.
        style: order and looks of the names.
        title: of the x axis.
        span: ends of the x axis.
        people: what people have, drawn as a dashed line through all rows; None for none.
    """
    base = alt.Chart(data(records)).encode(
        y=alt.Y("name:N", sort=list(style.names), title=None, axis=names_axis()),
        color=alt.Color("name:N", scale=style.scale("colour"), legend=None),
        tooltip=alt.Tooltip("told:N"),
    )
    x_scale = alt.Scale(domain=list(span), nice=False)
    bars = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", scale=x_scale, title=title, axis=alt.Axis(tickCount=5)), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("estimate:Q", scale=x_scale, title=title),
        shape=alt.Shape("name:N", scale=style.scale("shape"), legend=None),
    )
    layers = [bars, points]
    if people is not None:
        mark = alt.Chart(data([{"people": people, "told": f"people: {people:.2f}"}]))
        mark = mark.mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.5)
        line = mark.encode(x=alt.X("people:Q", scale=x_scale, title=title), tooltip="told:N")
        layers.insert(0, line)
    return _panel("", alt.layer(*layers), height=_ROW_HEIGHT * max(1, len(records)) + 10)


def forest(records: Sequence[Record], title: str, sesoi: float | None, reach: float) -> Panel:
    """Differences with intervals around zero; the band is the range of differences too small.

    Args:
        records: name (lines), estimate, low, high, told, primary (drawn as a diamond).
        title: of the x axis.
        sesoi: smallest effect of interest, None where none was declared.
        reach: ends of the x axis, on both sides of zero.
    """
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(tickCount=5)
    tallest = max((str(record["name"]).count("\n") + 1 for record in records), default=1)
    layers = []
    if sesoi:
        band = alt.Chart(data([{"low": -sesoi, "high": sesoi}]))
        layers.append(band.mark_rect(opacity=0.13, color="#8c8c8c").encode(x="low:Q", x2="high:Q"))
    zero = alt.Chart(data([{"zero": 0}])).mark_rule(color=INK, opacity=0.6)
    layers.append(zero.encode(x=alt.X("zero:Q", title=title, scale=scale, axis=axis)))
    base = alt.Chart(data(records)).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=_lines_axis()), tooltip="told:N"
    )
    layers.append(
        base.mark_rule(strokeWidth=2.5, color=PALETTE[0]).encode(
            x=alt.X("low:Q", title=title), x2="high:Q"
        )
    )
    layers.append(
        base.mark_point(size=110, opacity=1, color=PALETTE[0], filled=True).encode(
            x=alt.X("estimate:Q", title=title),
            shape=alt.Shape(
                "primary:N",
                scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]),
                legend=None,
            ),
        )
    )
    return _panel("", alt.layer(*layers), height=(14 * tallest + 12) * max(1, len(records)))


def lines(
    records: Sequence[Record], style: Style, title: str, span: tuple[float, float] = (0, 1)
) -> Panel:
    """Estimates over rounds with bands, a line per name.

    Args:
        records: name, round (from 0 where something was asked before play), estimate, low, high,
            told.
        style: order and looks of the names.
        title: of the y axis.
        span: ends of the y axis.
    """
    last = max((record["round"] for record in records), default=1)
    first = min((1, *(record["round"] for record in records)))
    few = {"values": list(range(first, last + 1))} if last <= _TICKS else {"tickMinStep": 1}
    axis = alt.Axis(format="d", grid=False, **few)
    base = alt.Chart(data(records)).encode(
        x=alt.X(
            "round:Q",
            axis=axis,
            title="round",
            scale=alt.Scale(domain=[first, max(2, last)], nice=False),
        ),
        color=alt.Color("name:N", scale=style.scale("colour"), legend=None),
        tooltip=alt.Tooltip("told:N"),
    )
    y_scale = alt.Scale(domain=list(span))
    band = base.mark_area(opacity=0.14, line=False).encode(
        y=alt.Y("low:Q", scale=y_scale, title=title), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2).encode(
        y=alt.Y("estimate:Q", scale=y_scale, title=title),
        strokeDash=alt.StrokeDash("name:N", scale=style.scale("dash"), legend=None),
    )
    points = base.mark_point(filled=True, size=34, opacity=1).encode(
        y=alt.Y("estimate:Q", scale=y_scale, title=title),
        shape=alt.Shape("name:N", scale=style.scale("shape"), legend=None),
    )
    return _panel("", alt.layer(band, line, points), height=190)


def heat(records: Sequence[Record], rows: Sequence[str], columns: Sequence[str]) -> Panel:
    """A value from 0 to 1 per cell, written in it; a cell without value bears a dash.

    Args:
        records: row, column, estimate, shown (the value as text, in one line or two), told.
        rows: in order from the top.
        columns: in order from the left; more than fit beside one another change places with rows.
    """
    across, down = ("column", columns), ("row", rows)
    if len(columns) > max(_MOST_ACROSS, len(rows)):
        across, down = down, across
    base = alt.Chart(data(records)).encode(
        x=alt.X(
            f"{across[0]}:N",
            sort=list(across[1]),
            title=None,
            axis=alt.Axis(labelAngle=-35, labelLimit=150, orient="bottom", ticks=False),
        ),
        y=alt.Y(f"{down[0]}:N", sort=list(down[1]), title=None, axis=names_axis()),
        tooltip=alt.Tooltip("told:N"),
    )
    known = alt.datum.estimate != None  # noqa: E711 - becomes an expression of Vega's
    cells = (
        base.transform_filter(known)
        .mark_rect(stroke="#ffffff", strokeOpacity=0.6)
        .encode(
            color=alt.Color(
                "estimate:Q",
                scale=alt.Scale(domain=[0, 1], range=["#eef3f8", "#a9c9e3", "#3f87bd", "#0b3c66"]),
                legend=None,
            )
        )
    )
    tall = any("\n" in record["shown"] for record in records)
    lift = -7 if tall else 0
    dark = known & (alt.datum.estimate > _DARK)
    light = known & (alt.datum.estimate <= _DARK)
    texts = [
        base.transform_filter(part)
        .mark_text(fontSize=12, color=colour, lineBreak="\n", baseline="middle", dy=lift)
        .encode(text="shown:N")
        for part, colour in ((dark, "#ffffff"), (light, "#111111"), (~known, INK))
    ]
    height = (44 if tall else 34) * max(1, len(down[1]))
    return _panel("", alt.layer(cells, *texts), height=height)


def titled(panel: Panel, title: str) -> Panel:
    """The panel under a title."""
    return Panel(title, panel.spec, panel.svg)


def _panel(title: str, chart: alt.LayerChart | alt.FacetChart, height: float) -> Panel:
    spec: dict[str, Any] = seen(chart.properties(width=_PANEL_WIDTH, height=height).to_dict())
    spec["config"] = config(INK)
    spec["background"] = None
    return Panel(title, spec, printable(vl_convert.vegalite_to_svg(spec)))


def seen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A specification, or other JSON, with the unseen characters of its texts told."""
    if isinstance(value, dict):
        return {key: seen(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [seen(part) for part in value]
    return visible(value) if isinstance(value, str) else value


def data(records: Sequence[Record]) -> alt.InlineData:
    """Records as data that stand inside the specification."""
    return alt.InlineData(values=[dict(record) for record in records])


def names_axis(orient: Literal["left", "right"] = "left") -> alt.Axis:
    """An axis of names: text only."""
    return alt.Axis(labelLimit=220, ticks=False, domain=False, orient=orient, labelPadding=6)


def _lines_axis() -> alt.Axis:
    """Names of several lines, set apart by line breaks."""
    return alt.Axis(
        labelExpr="split(datum.value, '\\n')",
        labelLineHeight=14,
        labelLimit=205,
        ticks=False,
        domain=False,
        labelPadding=6,
    )


def config(ink: str) -> dict[str, Any]:
    """How axes, titles and texts look, in one colour of ink."""
    font = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
    text = {"labelColor": ink, "titleColor": ink, "labelFont": font, "titleFont": font}
    return {
        "axis": {
            **text,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": ink,
            "gridOpacity": 0.14,
            "domainColor": ink,
            "domainOpacity": 0.4,
            "tickColor": ink,
            "tickOpacity": 0.4,
        },
        "title": {"color": ink, "font": font, "fontSize": 13, "anchor": "start"},
        "text": {"font": font},
        "view": {"stroke": None},
    }
