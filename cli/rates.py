"""`society match`: the rates that a scripted seat plays by, to match a recorded member."""

import json
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.folder import open_folder
from analysis.rates import rates, to_toml
from cli.options import AsJson, Folder, Quiet
from cli.result import plain_title
from sim.errors import ExperimentError
from sim.store import cannot_write, write_whole

_MOST_SHOWN = 40


def match(
    folder: Folder,
    member: Annotated[str, typer.Option(metavar="M", help="a member of the populations played")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="for seats `scripted:rates:FILE`")
    ] = Path("rates.toml"),
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FACTOR=LEVEL", help="only runs of this level; may be repeated"),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write how often a member chose what, for scripted seats that choose as often."""
    found = rates(open_folder(folder), member, dict(map(_level, where or ())))
    try:
        write_whole(out, to_toml(member, found))
    except OSError as error:
        raise cannot_write(out, error) from None
    if as_json:
        typer.echo(json.dumps({"file": str(out), "member": member, "rates": found.to_dicts()}))
        return
    if not quiet:
        Console().print(_table(member, found))
    typer.echo(str(out))


def _level(text: str) -> tuple[str, str]:
    factor, equals, level = text.partition("=")
    if not equals:
        raise ExperimentError(f"--where {text}: write FACTOR=LEVEL, as in population=half")
    return factor, level


def _table(member: str, found: pl.DataFrame) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=plain_title(f"rates of {member}"))
    for name in ("game", "phase", "round", "n", "rates"):
        table.add_column(name)
    for row in found.head(_MOST_SHOWN).iter_rows(named=True):
        shares = zip(row["menu"], row["shares"], strict=True)
        told = ", ".join(f"{key} {share:.2f}" for key, share in shares)
        cells = (row["game"], row["phase"], str(row["round"]), str(row["n"]), told)
        table.add_row(*map(Text, cells))
    if len(found) > _MOST_SHOWN:
        table.caption = f"{len(found) - _MOST_SHOWN} more rows are in the file"
    return table
