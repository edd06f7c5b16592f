"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress on standard error")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="an experiment folder")]
Concurrency = Annotated[
    int | None,
    typer.Option(min=1, help="requests in flight; the embedded model takes one at a time"),
]
