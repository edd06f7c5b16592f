"""What `society inventory` shows: a few tables and plain sentences, formatted and no more."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.inventory.summary import Inventory
from analysis.inventory.words import drifted, sentences
from cli.result import plain_title

_DASH = "\u2013"
Row = dict[str, Any]


def print_inventory(found: Inventory, console: Console) -> None:
    """Scales, distances, congruence, separation and trust, then what they say."""
    _print(console, "scales (1 to 6)", _scales(found.scales()))
    _print(console, "near its own person? (points; correlation)", _distances(found.distances()))
    _print(console, "congruence with people's five components", _congruences(found.congruences()))
    _print(console, "top against bottom third of people", _separations(found.separations()))
    _print(console, "can the answers be trusted?", _trust(found.groups()))
    for sentence in (*sentences(found), *drifted(found.drifts())):
        console.print(f"- {sentence}", markup=False, highlight=False)


def _print(console: Console, title: str, rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, title=plain_title(title))
    for name in rows[0]:
        justify = "left" if name in ("group", "items", "trait", "verdict", "why not") else "right"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(Text, row.values()))
    console.print(table)


def _scales(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {
            **_place(row),
            "trait": row["trait"],
            "n": str(row["n"]),
            "mean": _number(row["mean"]),
            "sd": _number(row["sd"]),
            "alpha": _interval(row, "alpha"),
            "people's alpha": _number(row["human_alpha"]),
        }
        for row in rows
    ]


def _distances(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {
            **_place(row),
            "n": str(row["difference_n"]),
            "own": _number(row["difference"]),
            "other": _number(row["difference_other"]),
            "nearer by": _interval(row, "difference_nearer"),
            "own r": _number(row["profile"]),
            "other r": _number(row["profile_other"]),
            "r nearer by": _interval(row, "profile_nearer"),
        }
        for row in rows
    ]


def _congruences(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {
            **_place(row),
            "n": str(row["n"]),
            "mean": _number(row["mean"]),
            "by chance": _number(row["chance"]),
            "why not": row["reason"],
        }
        for row in rows
    ]


def _separations(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {
            **_place(row),
            "trait": row["trait"],
            "top, bottom": f"{row['top']}, {row['bottom']}",
            "g": _number(row["difference"]),
            "area": _interval({**row, "area_low": row["low"], "area_high": row["high"]}, "area"),
            "verdict": row["verdict"],
        }
        for row in rows
    ]


def _trust(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {
            "group": row["group"],
            "characters": str(row["characters"]),
            "answers": str(row["decision"]),
            "missing": str(row["refusal"] + row["unparsed"] + row["failed"]),
            "mass": _number(row["mass"], 3),
            "order shift": _number(row["order_shift"]),
            "acquiescence": _number(row["acquiescence"]),
            "people's": _number(row["human_acquiescence"]),
        }
        for row in rows
    ]


def _place(row: Row) -> dict[str, str]:
    return {"group": row["group"], "items": row["part"]}


def _interval(row: Row, name: str) -> str:
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    if value is None or low is None:
        return _number(value)
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def _number(value: float | None, digits: int = 2) -> str:
    return _DASH if value is None else f"{value:.{digits}f}"
