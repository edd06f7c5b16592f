"""`society components`: how much of a metric varies between persons, wordings, scenarios, runs."""

import dataclasses
import json
from math import sqrt
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.components import Component, Components
from analysis.components import components as components_of
from analysis.folder import open_folder
from analysis.moments import Moment
from analysis.option_order import option_order
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title

_DASH = "\u2013"
_CHOICES = frozenset({"expected_cooperation", "cooperation_rate"})


def components(
    folder: Folder,
    metric: Annotated[
        str | None, typer.Option(metavar="M", help="the primary one if not given")
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="FACTOR", help="its levels are the arms of the contrast")
    ] = "population",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """How much of a metric varies between persons, wordings, scenarios and runs."""
    opened = open_folder(folder)
    plan = opened.experiment.get("analysis", {})
    name = metric or str(plan.get("primary", "expected_cooperation"))
    found = components_of(opened, name, by, float(plan.get("alpha", 0.05)))
    order = option_order(opened) if name in _CHOICES else []
    if as_json:
        inside = [dataclasses.asdict(one) for one in order]
        typer.echo(json.dumps({**dataclasses.asdict(found), "inside_a_choice": inside}, indent=2))
        return
    Console().print(components_table(found))
    for one in order:
        Console().print(_told(one), markup=False, highlight=False)


def _told(one: Moment) -> str:
    """What the order of mention does inside a choice; it is averaged over, and in no line above."""
    if one.variance is None:
        return f"{one.name}: not told from {' and '.join(one.within)}"
    high = "" if one.high is None else f"{one.high:.5f}"
    return (
        f"{one.name}, averaged over in each choice: variance {one.variance:.5f}"
        f" [{one.low or 0.0:.5f}, {high}], {one.units} units"
    )


def components_table(found: Components) -> Table:
    """A line for each component; standard deviations are in the metric's unit."""
    left_out = f"; {found.left_out} scripted seats left out" if found.left_out else ""
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(f"{found.metric}: what varies, within the arms of {found.by}"),
        caption=f"{found.n} characters in runs{left_out}; a negative variance is less than chance",
    )
    table.add_column("component", overflow="fold")
    for heading in ("variance", "interval", "sd", "share", "units"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found.found:
        table.add_row(*map(Text, _cells(one)))
    return table


def _cells(one: Component) -> tuple[str, ...]:
    if one.variance is None:
        return (
            f"{one.label}\n  not told from {' and '.join(one.within)}",
            *([_DASH] * 4),
            f"{one.units}",
        )
    high = "" if one.high is None else f"{one.high:.5f}"
    spread = _DASH if one.variance < 0 else f"{sqrt(one.variance):.3f}"
    share = _DASH if one.share is None else f"{one.share:.0%}"
    interval = f"[{one.low or 0.0:.5f}, {high}]"
    return one.label, f"{one.variance:.5f}", interval, spread, share, f"{one.units}"
