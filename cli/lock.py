"""`society lock`: register an experiment file before its runs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson, Quiet
from cli.planning import read_file, to_register
from sim.errors import RecordError
from sim.lock import (
    Registered,
    differences,
    found,
    other_versions,
    path_of,
    write,
)

_DIFFERS = 2


def lock(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="an experiment file")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.lock", help="beside the file if not given")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="say what differs from the lock; write nothing")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="replace a lock that differs; the new one says so")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Register an experiment file before its runs: what is planned and what is declared."""
    current = to_register(*read_file(file))
    target = out or path_of(file)
    there = _found(target, force=force)
    if check:
        _tell_check(there, target, current, as_json=as_json)
        return
    different = [] if there is None else differences(there, current)
    if there is not None and different and not force:
        raise RecordError(
            f"{target} (registered {there.date}) is of another plan: {'; '.join(different)}."
            " Undo the change, give another place with --out, or replace it with --force"
        )
    if there is None or different:
        write(target, current, there)
        date, sha256 = current["registered"], current["sha256"]
    else:
        date, sha256 = there.date, there.sha256
    if as_json:
        told = {"lock": str(target), "registered": date, "sha256": sha256}
        typer.echo(json.dumps({**told, "runs": current["plan"]["runs"]}, indent=2))
        return
    typer.echo(str(target))
    if not quiet:
        typer.echo(f"registered {date}, {current['plan']['runs']} runs, sha256 {sha256}", err=True)


def _found(target: Path, *, force: bool) -> Registered | None:
    try:
        return found(target)
    except RecordError:
        if force:
            return None
        raise


def _tell_check(
    there: Registered | None, target: Path, current: dict[str, Any], *, as_json: bool
) -> None:
    if there is None:
        raise RecordError(
            f"{target}: there is no lock; write one by `society lock` without --check"
        )
    different, noted = differences(there, current), other_versions(there, current)
    if as_json:
        told = {"lock": str(target), "registered": there.date, "matches": not different}
        typer.echo(json.dumps({**told, "differences": different, "versions": noted}, indent=2))
    else:
        verdict = "does not match" if different else "matches"
        typer.echo(f"{target} {verdict}; registered {there.date}")
        for line in different:
            typer.echo(f"  {line}")
        for line in noted:
            typer.echo(f"  version, which does not bind: {line}")
    if different:
        raise typer.Exit(_DIFFERS)
