"""The report's section on coherence: what changes of wording and order do to a character."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis import figures
from analysis.coherence.summary import coherence
from analysis.figures import Figure, Panel, Style
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import count, number, span

Row = Mapping[str, Any]
_TOLD: Mapping[str, str] = {
    "arbitrariness_all": "all changes together",
    "arbitrariness_wording": "another wording",
    "arbitrariness_order": "another order of mention",
    "arbitrariness_paraphrase": "the persona in other words",
    "arbitrariness_readout": "another readout",
    "discrimination": "discrimination between situations",
    "policy_entropy": "entropy of the choice",
    "retest_agreement": "agreement of repeated draws",
    "retest_kappa": "the same beyond chance (kappa)",
    "split_half_r": "between halves of the wordings (r)",
    "split_half_reliability": "the same, stepped up",
}
_DRAWN = tuple(_TOLD)[:6]
_UNIT: Mapping[str, str] = {"discrimination": "share of variance", "policy_entropy": "bits"}


def coherent(source: Source, style: Style) -> Mapping[str, Any]:
    """Figure and table; without rows where nobody could be looked at."""
    if not source.has_play:
        return {"figure": _figure([], style), "table": _table([]), "left_out": {}}
    found = coherence(source.folder)
    rows = [row for row in _ordered(found.levels, source) if row["metric"] in _TOLD]
    return {
        "figure": _figure(rows, style),
        "table": _table(rows),
        "left_out": dict(found.policies.left_out),
    }


def _ordered(levels: pl.DataFrame, source: Source) -> list[Row]:
    """Measures in the order of telling; those that nobody has are left out."""
    told = list(_TOLD)
    known = levels.filter((pl.col("personas") > 0) & pl.col("value").is_not_null())
    kept = levels.filter(pl.col("metric").is_in(known["metric"].unique().to_list()))
    return sorted(
        (row for row in kept.iter_rows(named=True) if row["metric"] in _TOLD),
        key=lambda row: (
            told.index(row["metric"]),
            row["model"],
            row["readout"] or "",
            source.populations.index(row["level"]),
        ),
    )


def _figure(rows: Sequence[Row], style: Style) -> Figure:
    drawn = [row for row in rows if row["metric"] in _DRAWN and row["value"] is not None]
    return Figure(
        name="coherence",
        caption=(
            "How far one character's choice in one situation moves when what should not matter is"
            " changed (Jensen-Shannon divergence in bits: 0 is the same choice), and beside it how"
            " much of its choices' variance lies between situations, without which a character"
            " that always answers the same would look coherent. Means over personas, with 95%"
            " intervals over them where there are several, cut at the picture's edge; the table"
            " has them whole."
        ),
        alternative="; ".join(
            f"{_TOLD[row['metric']]}, {row['level']}: {_value(row)}" for row in drawn
        ),
        panels=tuple(_panels(drawn, style)),
    )


def _panels(drawn: Sequence[Row], style: Style) -> list[Panel]:
    readings = dict.fromkeys((row["model"], row["readout"]) for row in drawn if row["readout"])
    bits = [row for row in drawn if row["metric"].startswith("arbitrariness")]
    most = _end(bits)
    panels = []
    for metric, *key in dict.fromkeys((r["metric"], r["model"], r["readout"]) for r in drawn):
        own = [r for r in drawn if [r["metric"], r["model"], r["readout"]] == [metric, *key]]
        ends = (0.0, most) if metric.startswith("arbitrariness") else (-1.0, 1.0)
        records = [_record(row, ends) for row in own]
        panel = figures.dots(records, style, _UNIT.get(metric, "bits"), ends)
        of = f" ({', '.join(part for part in key if part)})" if len(readings) > 1 else ""
        panels.append(figures.titled(panel, _TOLD[metric] + of))
    return panels


def _end(rows: Sequence[Row]) -> float:
    """Where the axis of bits ends: beyond all estimates, and most of what is above them."""
    values = [float(row["value"]) for row in rows]
    highs = [float(row["high"]) for row in rows if row["high"] is not None]
    most = max([*values, *(min(high, 3 * max(values)) for high in highs)], default=0.1)
    return min(1.0, max(0.05, most * 1.05))


def _record(row: Row, ends: tuple[float, float]) -> dict[str, Any]:
    low, high = (row["value"] if row[end] is None else row[end] for end in ("low", "high"))
    return {
        "name": row["level"],
        "estimate": min(max(row["value"], ends[0]), ends[1]),
        "low": min(max(low, ends[0]), ends[1]),
        "high": min(max(high, ends[0]), ends[1]),
        "told": f"{row['level']}: {_value(row)}",
    }


def _value(row: Row) -> str:
    interval = "" if row["low"] is None else f" {span(row['low'], row['high'], 3)}"
    return f"{number(row['value'], 3)}{interval}, n = {count(row['personas'])} personas"


def _table(rows: Sequence[Row]) -> Table:
    several = len({row["model"] for row in rows}) > 1
    told = [
        (
            _TOLD[row["metric"]],
            row["level"],
            ", ".join(filter(None, (row["model"] if several else None, row["readout"]))) or "all",
            number(row["value"], 3),
            span(row["low"], row["high"], 3),
            count(row["personas"]),
            count(row["undefined"]),
        )
        for row in rows
    ]
    head = ("What is changed or asked", "Population", "Readout", "Value", "95% interval")
    return Table(
        "Arbitrariness by source, and what stands beside it",
        (*head, "n (personas)", "Undefined"),
        tuple(told),
        texts=3,
    )
