"""Model calls per decision on the shipped demo experiment.

    python benchmarks/calls_per_decision.py [FOLDER ...]

Played on the mock endpoint with the label readout, whose answers are near even odds: random play
meets nearly all contexts there are. A FOLDER that `society demo` wrote is counted as it is. The
quiz is counted with the calls, scripted seats are not counted with the decisions. In the cloze
readout one context takes several calls, of one token each.
"""

import asyncio
import json
import sqlite3
import tempfile
from contextlib import closing
from importlib import resources
from pathlib import Path

import polars as pl
from side_by_side import mock, parser, play, print_versions, show


def count(folder: Path) -> tuple[int, int, int]:
    """Model decisions, distinct contexts and calls of an experiment folder."""
    columns = ("prompt_sha256", "readout")
    rows = pl.read_parquet(folder / "runs" / "*" / "decisions.parquet").select(columns)
    asked = rows.drop_nulls("prompt_sha256")
    with closing(sqlite3.connect(folder / "calls.sqlite")) as journal:
        ((calls,),) = journal.execute("SELECT COUNT(*) FROM calls").fetchall()
    return len(asked), asked["prompt_sha256"].n_unique(), calls


def tell(folder: Path, name: str) -> None:
    """Print what was counted."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    decisions, contexts, calls = count(folder)
    print(
        f"{name}, readout {manifest['readout']}, {manifest['runs']['complete']} runs:"
        f" {decisions} decisions, {contexts} distinct contexts, {calls} calls"
    )
    show("calls / decision", calls / decisions, "<= 0.10")
    show("distinct contexts / decision", contexts / decisions)


def main() -> None:
    """Count the demo on the mock endpoint, and every folder given."""
    arguments = parser(__doc__)
    arguments.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    chosen = arguments.parse_args()
    print_versions()
    text = (resources.files("cli") / "demo.toml").read_text(encoding="utf-8")
    if chosen.quick:
        text = text.replace("seeds = 10", "seeds = 2")
    with mock() as endpoint, tempfile.TemporaryDirectory() as folder:
        text = text.replace('"embedded"', f'"{endpoint.model}"').replace('"cloze"', '"label"')
        asyncio.run(play(text, Path(folder) / "demo"))
        tell(Path(folder) / "demo", "the demo on the mock endpoint")
    for each in chosen.folders:
        tell(each, "a demo that was played")


if __name__ == "__main__":
    main()
