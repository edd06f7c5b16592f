"""`society mixed`: crossed random effects for decisions, beside the contrasts."""

import dataclasses
import json
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.folder import open_folder
from analysis.mixed import Mixed
from analysis.mixed import mixed as fitted
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title


def mixed(
    folder: Folder,
    by: Annotated[str, typer.Option(metavar="FACTOR", help="population, identity, memory ...")],
    metric: Annotated[
        str, typer.Option(metavar="M", help="cooperation_rate, expected_cooperation ...")
    ] = "cooperation_rate",
    baseline: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="compare each level with this one")
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(metavar="MEMBER", help="only what this member does, or the focal of series"),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Log-odds of cooperation with crossed random effects: a check on `society compare`."""
    opened = open_folder(folder)
    found = fitted(opened if of is None else opened.focused(of), by, metric, baseline)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), indent=2))
        return
    console = Console()
    console.print(_contrasts(found))
    console.print(_spreads(found))
    for warning in found.warnings:
        console.print(Text(f"warning: {warning}"))


def _contrasts(found: Mixed) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(found.metric),
        caption=f"{found.answers:,} answers in {found.runs:,} runs; {found.role}",
    )
    table.add_column("a minus b", overflow="fold", min_width=20)
    for heading in ("log-odds", "probability"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found.contrasts:
        odds = _told(one.log_odds, one.low, one.high)
        chance = _told(one.difference, one.difference_low, one.difference_high)
        table.add_row(*map(Text, (f"{one.a}\n  minus {one.b}", odds, chance)))
    return table


def _spreads(found: Mixed) -> Table:
    caption = f"no grouping of its own: {', '.join(found.left_out)}" if found.left_out else None
    table = Table(box=box.SIMPLE_HEAD, title=plain_title("spread of the log-odds"), caption=caption)
    table.add_column("between")
    for heading in ("groups", "standard deviation"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found.spreads:
        told = _told(one.sd, one.low, one.high)
        table.add_row(*map(Text, (one.grouping, str(one.groups), told)))
    return table


def _told(value: float, low: float, high: float) -> str:
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
