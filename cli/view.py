"""`society view`: the web app."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import SimError

_NEEDED = ("starlette", "uvicorn")


def view(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="an experiment folder, or one that holds some")
    ] = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any free one")] = 8321,
    host: Annotated[
        str, typer.Option(metavar="H", help="elsewhere than on this machine, a token is needed")
    ] = "127.0.0.1",
) -> None:
    """Watch a society while it is played, and look at stored runs, in the browser."""
    if any(find_spec(name) is None for name in _NEEDED):
        raise SimError("society view needs a web server: pip install '.[view]'")
    if not folder.is_dir():
        raise SimError(f"{folder}: no such folder; give one that holds experiments, or none")
    # Imported here, since the server is an extra.
    import_module("view.serving").serve(folder, host, port, lambda line: typer.echo(line, err=True))
    typer.echo("society view: ended", err=True)
