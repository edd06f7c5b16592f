"""`society report` and `graph`: what is written from an experiment folder."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis import graph as graphs
from analysis.metrics import own
from analysis.report import write as write_report
from cli.options import AsJson, Folder, Metrics, Quiet

_GraphFormat = Literal["html", "graphml", "gexf", "png", "svg", "json"]


def report(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="DIR/report.html if not given")
    ] = None,
    metrics: Metrics = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the report, one self-contained page, and its figures."""
    path = str(write_report(folder, out, own.load(metrics or ())))
    typer.echo(json.dumps({"report": path}) if as_json else path)


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
