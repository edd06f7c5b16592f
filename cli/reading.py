"""`society report`, `compare` and `graph`: what reads an experiment folder."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import contrasts
from analysis import graph as graphs
from analysis.folder import open_folder
from analysis.report import write as write_report
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title

_GraphFormat = Literal["html", "graphml", "gexf", "png", "svg", "json"]
_DASH = "\u2013"


def report(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="DIR/report.html if not given")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the report, one self-contained page, and its figures."""
    path = str(write_report(folder, out))
    typer.echo(json.dumps({"report": path}) if as_json else path)


def compare(
    folder: Folder,
    by: Annotated[str, typer.Option(metavar="FACTOR", help="population, scenario, identity ...")],
    metric: Annotated[
        list[str] | None,
        typer.Option(metavar="M", help="may be repeated; the primary one if not given"),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="compare each level with this one")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Contrasts between the levels of a factor."""
    opened = open_folder(folder)
    primary = str(opened.experiment.get("analysis", {}).get("primary", "cooperation_rate"))
    found = contrasts.compare(opened, by, metric or [primary], baseline)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(contrast) for contrast in found], indent=2))
        return
    for name in dict.fromkeys(contrast.metric for contrast in found):
        Console().print(_table(name, [c for c in found if c.metric == name]))


def _table(name: str, found: list[contrasts.Contrast]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(name),
        caption="interval over runs, persona texts, scenarios or wordings: the widest",
    )
    table.add_column("a minus b", overflow="fold", min_width=20)
    for heading in ("difference", "p corrected", "n", "over"):
        table.add_column(heading, justify="right", no_wrap=True)
    for c in found:
        interval = "" if c.low is None else f" [{_number(c.low)}, {_number(c.high)}]"
        numbers = (_number(c.p_adjusted), str(c.n), f"{c.units} {c.cluster}s")
        cells = (f"{c.a}\n  minus {c.b}", f"{_number(c.estimate)}{interval}", *numbers)
        table.add_row(*map(Text, cells))  # Text, not markup: brackets are brackets.
    return table


def graph(
    folder: Folder,
    run: Annotated[str, typer.Option(metavar="ID", help="a run of this folder")],
    kind: Annotated[_GraphFormat, typer.Option("--format", help="of the file")] = "html",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="DIR/figures/ID.FORMAT if not given")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the interaction graph of one run."""
    target = out or folder / "figures" / f"{run}.{kind}"
    path = str(graphs.export(folder, run, kind, target))
    typer.echo(json.dumps({"graph": path}) if as_json else path)


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3f}"
