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
MaxCalls = Annotated[
    int | None, typer.Option(min=1, help="stop before more requests than this, retries included")
]
MaxTokens = Annotated[int | None, typer.Option(min=1, help="stop before more tokens than this")]
MaxCost = Annotated[
    float | None,
    typer.Option(min=0, help="stop before it costs more; needs prices in the experiment file"),
]
Plan = Annotated[
    bool, typer.Option("--plan", help="tell what it would ask and cost; ask and write nothing")
]
Personas = Annotated[
    list[Path] | None,
    typer.Option(
        "--personas", metavar="FILE", help="your own: .toml, .csv or .jsonl; may be repeated"
    ),
]
Metrics = Annotated[
    list[Path] | None,
    typer.Option(
        "--metrics", metavar="FILE", help="metrics of your own: a .py file; may be repeated"
    ),
]
