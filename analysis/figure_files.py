"""Figures as files: all panels in one picture, on white, with a legend."""

from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from analysis.figures import INK, Figure, Style, config, data, names_axis, seen
from analysis.looks import printable

PAPER_INK = "#222222"


def save(figure: Figure, style: Style, folder: Path) -> None:
    """Write a figure as SVG and PNG, all panels in one picture.

    Args:
        figure: at least one panel.
        style: of the legend's names.
        folder: made where missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = [
        {key: part for key, part in panel.spec.items() if key not in _OUTER}
        for panel in figure.panels
    ]
    datasets = {
        key: rows for panel in figure.panels for key, rows in panel.spec["datasets"].items()
    }
    parts: list[dict[str, Any]] = [
        {**spec, "title": seen(panel.title)}
        for spec, panel in zip(shown, figure.panels, strict=True)
    ]
    if figure.legend:
        legend = _legend(style)
        datasets |= legend.pop("datasets")
        parts.append(legend)
    spec = {
        "$schema": figure.panels[0].spec["$schema"],
        "config": config(PAPER_INK),
        "background": "white",
        "datasets": datasets,
        "columns": min(3, len(parts)),
        "concat": parts,
        "resolve": {
            "scale": {"color": "independent", "shape": "independent", "strokeDash": "independent"}
        },
    }
    svg = printable(vl_convert.vegalite_to_svg(_inked(spec, PAPER_INK)))
    (folder / f"{figure.name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{figure.name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=2))


_OUTER = ("$schema", "config", "background", "datasets")


def _legend(style: Style) -> dict[str, Any]:
    names = [{"name": name} for name in style.names]
    base = alt.Chart(data(names)).encode(
        y=alt.Y("name:N", sort=list(style.names), title=None, axis=names_axis("right")),
        color=alt.Color("name:N", scale=style.scale("colour"), legend=None),
    )
    chart = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=alt.Shape("name:N", scale=style.scale("shape"), legend=None)
    )
    spec: dict[str, Any] = seen(chart.properties(width=20, height=20 * len(names)).to_dict())
    return {key: part for key, part in spec.items() if key not in _OUTER or key == "datasets"}


def _inked(value: Any, ink: str) -> Any:  # noqa: ANN401 - any JSON value
    """The same specification with the page's colour replaced by a fixed one."""
    if isinstance(value, dict):
        return {key: _inked(part, ink) for key, part in value.items()}
    if isinstance(value, list):
        return [_inked(part, ink) for part in value]
    return ink if value == INK else value
