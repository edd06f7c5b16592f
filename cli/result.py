"""What `society run`, `sweep` and `demo` show at the end: a small table, formatted and no more."""

from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from analysis.folder import Folder, open_folder
from analysis.summary import estimates

_SHOWN = ("cooperation_rate",)
_DASH = "–"  # noqa: RUF001 - a dash for what is undefined


def overview(folder: Path) -> list[dict[str, Any]]:
    """Cooperation by scenario and population, with intervals, as the report has it."""
    found = open_folder(folder)
    if not found.runs:
        return []
    metrics = list(dict.fromkeys((_primary(found), *_SHOWN)))
    table = estimates(found.outcomes, found.characters, found.metadata, ("scenario", "population"))
    rows = table.to_dicts()
    return [row for name in metrics for row in rows if row["metric"] == name]


def print_overview(folder: Path, console: Console) -> None:
    """The overview as a table: one line a scenario and population, one column a metric."""
    rows = overview(folder)
    names = list(dict.fromkeys(row["metric"] for row in rows))
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        key = (row["scenario"], row["population"])
        cells.setdefault(key, {"runs": str(row["n"] + row["undefined"])})[row["metric"]] = _said(
            row
        )
    table = Table(box=box.SIMPLE_HEAD, caption="mean over runs [95% interval]; – is undefined")  # noqa: RUF001
    for heading in ("scenario", "population"):
        table.add_column(heading, overflow="fold")
    for heading in ("runs", *names):
        table.add_column(heading, justify="right", no_wrap=heading == "runs")
    for (scenario, population), cell in cells.items():
        table.add_row(scenario, population, cell["runs"], *(cell.get(n, _DASH) for n in names))
    console.print(table)


def result_of(folder: Path, run_id: str) -> dict[str, Any]:
    """One run's outcomes and answers, for --json."""
    found = open_folder(folder)
    tables = found.run_tables(run_id) if run_id in {run.run_id for run in found.runs} else {}
    if not tables:
        return {"run_id": run_id, "folder": str(folder), "outcomes": {}, "answers": {}}
    whole = tables["outcomes"].filter(tables["outcomes"]["scope"] == "run")
    counts = tables["decisions"]["answer"].value_counts(sort=True)
    return {
        "run_id": run_id,
        "folder": str(folder),
        "outcomes": {
            row["metric"]: {"value": row["value"], "n": row["n"]}
            for row in whole.iter_rows(named=True)
        },
        "answers": dict(counts.iter_rows()),
    }


def _primary(folder: Folder) -> str:
    return str(folder.experiment.get("analysis", {}).get("primary", _SHOWN[0]))


def _said(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        return _DASH
    if row["low"] is None:
        return f"{row['estimate']:.2f}"
    return f"{row['estimate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
