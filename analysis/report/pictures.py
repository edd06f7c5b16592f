"""The report's figures: which rows go into which panel, and what each says in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from analysis import figures
from analysis.contrasts import Contrast
from analysis.figures import Figure, Style
from analysis.report.words import DASH, count, label, number, signed, span

Row = Mapping[str, Any]
_MOST_CELLS = 12
_PAIR = ("source_member", "target_member")


def comparison(
    estimates: pl.DataFrame, metric: str, style: Style, scenarios: Sequence[str]
) -> Figure:
    """Dots with intervals, a panel a scenario.

    Args:
        estimates: of `summary.estimates` by population and scenario.
        metric: the one shown.
        style: populations in order.
        scenarios: in order.
    """
    shown = estimates.filter(pl.col("metric") == metric)
    ends = shown.select(
        pl.min_horizontal(pl.col("low").min(), pl.col("estimate").min()).alias("least"),
        pl.max_horizontal(pl.col("high").max(), pl.col("estimate").max()).alias("most"),
    ).row(0)
    axis = (min(0.0, ends[0] or 0.0), max(1.0, ends[1] or 1.0))
    panels = []
    for scenario in scenarios:
        rows = _by(shown.filter(pl.col("scenario") == scenario), "population", style.names)
        records = [
            {
                "name": row["population"],
                **_estimate(row),
                "told": f"{row['population']}: {_told(row)}",
            }
            for row in rows
        ]
        if any(record["estimate"] is not None for record in records):
            panel = figures.dots(records, style, label(metric), axis)
            panels.append(figures.titled(panel, label(scenario)))
    return Figure(
        name="comparison",
        caption=(
            f"{label(metric).capitalize()} by population, a panel per scenario. Points are means"
            " over runs, bars 95% intervals over situations and personas or texts."
        ),
        alternative=_alternative(shown, ("population", "scenario")),
        panels=tuple(panels),
    )


def contrasts(found: Sequence[Contrast], metric: str, sesoi: float | None) -> Figure:
    """Differences between populations around zero, a panel for all scenarios and one for each."""
    known = [one for one in found if one.estimate is not None]
    ends = [end for one in known for end in (one.low, one.high, one.estimate) if end is not None]
    reach = max([*(abs(end) for end in ends), sesoi or 0.0, 0.01]) * 1.05
    panels = []
    for scenario in dict.fromkeys(one.scenario for one in known):
        records = [_difference(one) for one in known if one.scenario == scenario]
        panel = figures.forest(records, f"difference in {label(metric)}", sesoi, reach)
        title = "all scenarios" if scenario is None else label(scenario)
        panels.append(figures.titled(panel, title))
    band = "" if sesoi is None else f" The band is a difference below {number(sesoi)}."
    return Figure(
        name="contrasts",
        caption=(
            f"Differences in {label(metric)} with intervals; what was declared as primary is a"
            f" diamond. An interval that crosses the line at zero decides nothing.{band}"
        ),
        alternative="; ".join(f"{_where(one)}{_difference(one)['told']}" for one in known),
        panels=tuple(panels),
    )


def _difference(one: Contrast) -> dict[str, Any]:
    shown = f"{signed(one.estimate)} {span(one.low, one.high)}, n = {one.n}"
    return {
        "name": f"{one.a}\n\N{MINUS SIGN} {one.b}",
        **_estimate({"estimate": one.estimate, "low": one.low, "high": one.high}),
        "primary": one.family == "primary",
        "told": f"{one.a} minus {one.b}: {shown}",
    }


def _where(one: Contrast) -> str:
    return "" if one.scenario is None else f"{label(one.scenario)}, "


def over_rounds(table: pl.DataFrame, style: Style, scenarios: Sequence[str]) -> Figure:
    """Lines with bands, a panel a scenario of more than one round."""
    panels = []
    for scenario in scenarios:
        rows = table.filter(pl.col("scenario") == scenario)
        if rows["round"].n_unique() < 2:
            continue
        records = [
            {
                "name": row["population"],
                "round": row["round"],
                **_estimate(row),
                "told": f"{row['population']}, round {row['round']}: {_told(row)}",
            }
            for row in rows.iter_rows(named=True)
        ]
        panels.append(figures.titled(figures.lines(records, style, "cooperation"), label(scenario)))
    return Figure(
        name="rounds",
        caption=(
            "Cooperation by round: the probability that characters gave to cooperative options,"
            " mean over runs, with 95% bands over runs."
        ),
        alternative=(
            "Lines of cooperation over rounds, one per population, a panel per scenario; the"
            " numbers are in the table below."
        ),
        panels=tuple(panels),
        legend=style.names if panels else (),
    )


def heat(
    estimates: pl.DataFrame,
    metrics: Sequence[str],
    populations: Sequence[str],
    scenarios: Sequence[str],
) -> Figure:
    """Population by scenario, a panel a metric that is defined anywhere."""
    panels = []
    for metric in metrics:
        shown = estimates.filter((pl.col("metric") == metric) & (pl.col("n") > 0))
        played = [name for name in scenarios if name in set(shown["scenario"])]
        records = _cells(shown, ("population", "scenario"))
        panel = figures.heat(records, populations, [label(name) for name in played])
        if records:
            panels.append(figures.titled(panel, label(metric)))
    return Figure(
        name="heat",
        caption="Means from 0 to 1 by population and scenario; darker is more.",
        alternative=_alternative(
            estimates.filter(pl.col("metric").is_in(metrics)), ("metric", "population", "scenario")
        ),
        panels=tuple(panels),
    )


def pairs(table: pl.DataFrame, order: Sequence[str]) -> Figure:
    """Who cooperated with whom, a panel a scenario; the commonest members where they are many."""
    panels = []
    for scenario in table["scenario"].unique(maintain_order=True):
        shown = table.filter(pl.col("scenario") == scenario)
        common = (
            shown.group_by("source_member")
            .agg(pl.col("decisions").sum())
            .sort("decisions", "source_member", descending=[True, False])["source_member"]
            .head(_MOST_CELLS)
        )
        members = [name for name in order if name in common]
        members += sorted(set(common) - set(members))
        shown = shown.filter(
            pl.col("source_member").is_in(members) & pl.col("target_member").is_in(members)
        )
        cells = [
            {**cell, "shown": f"{cell['shown']}\nn = {count(row['decisions'])}"}
            for cell, row in zip(_cells(shown, _PAIR), shown.iter_rows(named=True), strict=True)
        ]
        panel = figures.heat(cells, members, [label(name) for name in members])
        panels.append(figures.titled(panel, label(scenario)))
    return Figure(
        name="pairs",
        caption=(
            "Share of cooperative acts of the row's characters toward the column's, mean over runs;"
            " n counts acts, and intervals over runs are in the table. Where two never met there is"
            " no cell."
        ),
        alternative=_alternative(table, ("scenario", *_PAIR)),
        panels=tuple(panels),
    )


def _cells(table: pl.DataFrame, axes: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "row": row[axes[0]],
            "column": label(row[axes[1]]),
            "estimate": row["estimate"],
            "shown": number(row["estimate"]),
            "told": f"{row[axes[0]]}, {label(row[axes[1]])}: {_told(row)}",
        }
        for row in table.iter_rows(named=True)
    ]


def _estimate(row: Row) -> dict[str, float | None]:
    """Estimate and ends; without an interval both ends are the estimate itself."""
    ends = {key: row["estimate"] if row[key] is None else row[key] for key in ("low", "high")}
    return {"estimate": row["estimate"], **ends}


def _told(row: Row) -> str:
    return f"{number(row['estimate'])} {span(row['low'], row['high'])}, n = {count(row['n'])} runs"


def _by(table: pl.DataFrame, key: str, order: Iterable[str]) -> list[Row]:
    rows = {row[key]: row for row in table.iter_rows(named=True)}
    return [rows[name] for name in order if name in rows]


def _alternative(table: pl.DataFrame, keys: Sequence[str]) -> str:
    told = [
        f"{', '.join(label(row[key]) for key in keys)}: {number(row['estimate'])}"
        f" {span(row['low'], row['high'])}"
        for row in table.head(40).iter_rows(named=True)
    ]
    more = f"; {DASH} {table.height - 40} more in the table" if table.height > 40 else ""
    return "; ".join(told) + more
