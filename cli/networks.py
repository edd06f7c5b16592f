"""`society network`: who does what to whom, formatted and no more."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.errors import AnalysisError
from analysis.folder import open_folder
from analysis.networks.nulls import PERMUTATIONS, SEED
from analysis.networks.summary import SOCIETY, Label, over_runs, per_run
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title

_DASH = "\u2013"
_RATE = "_rate"
_NO_ACTS = "no acts between pairs"
Row = dict[str, Any]


def network(
    folder: Folder,
    run: Annotated[
        str | None, typer.Option(metavar="ID", help="only this run; all runs if not given")
    ] = None,
    by: Annotated[Label, typer.Option(help="what characters are told apart by")] = "member",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Who does what to whom: reciprocity, mixing, clusters, standing and harm, against chance."""
    opened = open_folder(folder)
    if not opened.runs:
        raise AnalysisError(f"{folder}: holds no whole run yet; go on with `society sweep`")
    rows = over_runs(per_run(opened, by, run)).to_dicts()
    societies: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        societies.setdefault(tuple(row[key] for key in SOCIETY), []).append(row)
    without = [name for name, own in societies.items() if not any(row["n"] for row in own)]
    if as_json:
        document = {
            "by": by,
            "run": run,
            "permutations": PERMUTATIONS,
            "seed": SEED,
            "without_acts": [dict(zip(SOCIETY, name, strict=True)) for name in without],
            "rows": rows,
        }
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for name, own in societies.items():
        _tell(", ".join(name), own, has_acts=name not in without)


def _tell(name: str, rows: Sequence[Row], *, has_acts: bool) -> None:
    console = Console()
    if not has_acts:
        console.print(Text(f"{name}: {_NO_ACTS}"), soft_wrap=True)
        return
    known = [row for row in rows if row["runs"]]
    table = _empty(name, ("measure", "value", "chance", "p adj.", "runs"))
    table.caption = f"mean over runs with t interval; {len(rows) - len(known)} rows are undefined"
    for row in known:
        if not row["statistic"].endswith(_RATE):
            told = row["statistic"] + (f"\n  {row['giver']}" if row["giver"] else "")
            value = _within(row, "value", "low", "high")
            table.add_row(*map(Text, (told, value, *_test(row), str(row["runs"]))))
    console.print(table)
    table = _empty(f"{name}: who does it to whom", ("acts", "rate", "chance", "p adj.", "n"))
    table.caption = "rate of all acts; interval clustered by runs, in one run Wilson's"
    last = ""
    for row in (row for row in known if row["statistic"].endswith(_RATE)):
        sort = str(row["statistic"]).removesuffix(_RATE)
        if sort != last:
            table.add_row(Text(sort, style="bold"))
            last = sort
        told = f"{row['giver'] or 'all'}\n  to {row['receiver'] or 'all'}"
        rate = _within(row, "rate", "rate_low", "rate_high")
        table.add_row(*map(Text, (told, rate, *_test(row), str(row["n"]))))
    console.print(table)


def _empty(title: str, headings: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=plain_title(title))
    first, *others = headings
    table.add_column(first, overflow="fold", min_width=30)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _within(row: Row, value: str, low: str, high: str) -> str:
    """A value and its interval."""
    if row[low] is None:
        return _number(row[value])
    return f"{_number(row[value])} [{_number(row[low])}, {_number(row[high])}]"


def _test(row: Row) -> tuple[str, str]:
    """What chance would give, and how seldom it gives as much."""
    p = row["p_adjusted"]
    told = _DASH if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"
    return _number(row["expected"]), told


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:.2f}"
