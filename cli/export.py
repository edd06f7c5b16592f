"""`society export`: an experiment folder for other programs."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.export import Format, export
from analysis.folder import open_folder
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title


def export_folder(
    folder: Folder,
    kind: Annotated[
        Format, typer.Option("--format", help="tables, or inspect: transcripts as Inspect logs")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="a new folder; DIR/exports/FORMAT if not given"),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the tables, or the transcripts as Inspect logs, for other programs."""
    done = export(open_folder(folder), kind, out)
    if as_json:
        document = {"export": str(done.out), "format": kind, "rows": done.rows}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    if not quiet:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=plain_title(kind))
        table.add_column("samples of" if kind == "inspect" else "rows of", overflow="fold")
        table.add_column("", justify="right")
        for name, rows in done.rows.items():
            table.add_row(Text(name), f"{rows:,}")
        Console(stderr=True).print(table)
    typer.echo(str(done.out))
