"""`society coherence`: how coherent characters are, as tables that are formatted and no more."""

import json
from typing import Annotated, Any

import polars as pl
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.coherence.strategies import STATES
from analysis.coherence.summary import Coherence
from analysis.coherence.summary import coherence as read
from analysis.folder import open_folder
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title

_DASH = "\u2013"


def coherence(
    folder: Folder,
    by: Annotated[
        str, typer.Option(metavar="WHAT", help="population, identity, affect, stance or persona")
    ] = "population",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """How coherent characters are: arbitrariness, discrimination, retest, strategies, tipping."""
    found = read(open_folder(folder), by)
    if as_json:
        typer.echo(json.dumps(found.document(), indent=2, allow_nan=False))
        return
    console = Console()
    _print_levels(found, console)
    _print_separation(found, console)
    _print_strategies(found, console)
    for one in found.responses:
        slope = _interval(one.slope.value, one.slope.low, one.slope.high)
        told = f"{one.series}: {one.metric} changes by {slope} per unit of share; {one.verdict()}"
        console.print(f"- {told}", markup=False, highlight=False)
    left_out = ", ".join(f"{count} {why}" for why, count in found.policies.left_out.items())
    console.print(f"- first choices left out: {left_out or 'none'}", markup=False, highlight=False)


def _print_levels(found: Coherence, console: Console) -> None:
    """A line for each measure that somebody has."""
    table = _table(
        "first choices",
        "mean over personas, 95% interval; divergences and entropy in bits",
        (found.by, "readout", "measure", "value", "personas", "undefined"),
    )
    last = ""
    for row in found.levels.filter(pl.col("value").is_not_null()).sort(_ORDER).to_dicts():
        if row["level"] != last:
            table.add_section()
        last = row["level"]
        value = _interval(row["value"], row["low"], row["high"])
        ends = (str(row["personas"]), str(row["undefined"]))
        cells = (last, row["readout"] or "between", row["metric"], value, *ends)
        table.add_row(*map(Text, cells))
    if table.row_count:
        console.print(table)


_ORDER = ["level", "model", "readout", "metric"]


def _print_separation(found: Coherence, console: Console) -> None:
    for model, readout, one in found.separations:
        told = one.why_not or f"pseudo-F {one.pseudo_f:.2f}, R2 {one.r2:.2f}, p = {one.p:.3f}"
        title = f"distance between personas, {model}, {readout}"
        table = _table(title, told, ("a", "b", "distance"))
        for (first, second), distance in one.means.items():
            table.add_row(*map(Text, (first, second, _number(distance))))
        if one.means:
            console.print(table)


def _print_strategies(found: Coherence, console: Console) -> None:
    place = ("model", "readout", "scenario", "population", "member")
    vectors = found.vectors.to_dicts()
    table = _table(
        "cooperation after each outcome of the last round (own, partner's)",
        "nearest: smallest Akaike criterion; ahead: by how much the next one's is larger",
        ("who", " ".join(f"{state:>5}" for state in STATES), "nearest"),
    )
    for row in found.strategies.to_dicts():
        own = [one for one in vectors if all(one[name] == row[name] for name in place)]
        rates = " ".join(f"{_number(_rate(one), 2):>5}" for one in own)
        table.add_row(*map(Text, (_who(row), rates, _nearest(row))))
    if vectors:
        console.print(table)


def _who(row: dict[str, Any]) -> str:
    among = "" if row["member"] == row["population"] else f"\n  among {row['population']}"
    return f"{row['member']}, {row['scenario']}{among}"


def _nearest(row: dict[str, Any]) -> str:
    ahead = f", {row['lead']:.1f} ahead of {row['runner_up']}" if row["runner_up"] else ""
    return f"{row['nearest']}\n  error {row['error']:.2f}{ahead}"


def _rate(one: dict[str, Any]) -> float | None:
    rate: float | None = one["exact"] if one["n_exact"] == one["n"] else one["drawn"]
    return rate


def _table(title: str, caption: str, names: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=plain_title(title), caption=caption)
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name.startswith(STATES[0]))
    return table


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    return _number(value) + ("" if low is None else f" [{_number(low)}, {_number(high)}]")


def _number(value: float | None, digits: int = 3) -> str:
    return _DASH if value is None else f"{value:.{digits}f}"
