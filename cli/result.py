"""What `society run`, `sweep` and `demo` show at the end: a small table, formatted and no more."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.folder import open_folder
from analysis.summary import estimates
from sim.prices import money

_PRIMARY = "cooperation_rate"
_DASH = "\u2013"
_FACTORS = ("population", "scenario")


def overview(folder: Path) -> list[dict[str, Any]]:
    """The primary metric by scenario and population, with intervals, as the report has it."""
    found = open_folder(folder)
    if not found.runs:
        return []
    metric = str(found.experiment.get("analysis", {}).get("primary", _PRIMARY))
    outcomes = found.narrowed([metric]).outcomes
    table = estimates(outcomes, found.characters, found.metadata, ("scenario", "population"))
    return table.to_dicts()


def print_overview(folder: Path, console: Console) -> None:
    """The overview as a table: populations against scenarios, the more numerous ones as lines."""
    rows = overview(folder)
    if not rows:
        return
    levels = {key: list(dict.fromkeys(row[key] for row in rows)) for key in _FACTORS}
    down, across = sorted(_FACTORS, key=lambda factor: len(levels[factor]), reverse=True)
    table = Table(
        box=box.SIMPLE_HEAD,
        title=plain_title(rows[0]["metric"]),
        caption=f"mean over runs, 95% interval; {_DASH} is undefined",
    )
    table.add_column(down, overflow="fold")
    for level in levels[across]:
        table.add_column(Text(level), justify="right", overflow="fold")
    cells = {(row[down], row[across]): _said(row) for row in rows}
    for line in levels[down]:
        said = (cells.get((line, level), _DASH) for level in levels[across])
        table.add_row(*map(Text, (line, *said)))
    console.print(table)


def print_run(folder: Path, run_id: str, console: Console) -> None:
    """One run's outcomes and answers; metrics that had nothing to measure are only counted."""
    result = result_of(folder, run_id)
    answers = ", ".join(f"{count} {kind}" for kind, count in result["answers"].items())
    told = {name: found for name, found in result["outcomes"].items() if found["n"]}
    others = len(result["outcomes"]) - len(told)
    caption = f"answers: {answers or 'none'}; {others} metrics had nothing to measure here"
    table = Table(box=box.SIMPLE_HEAD, title=plain_title(run_id), caption=caption)
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("n", justify="right")
    for name, found in told.items():
        value = found["value"]
        table.add_row(Text(name), _DASH if value is None else f"{value:.3f}", str(found["n"]))
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


def usage_of(folder: Path) -> Mapping[str, Any]:
    """What the experiment has taken so far, as its manifest has it."""
    found: Mapping[str, Any] = open_folder(folder).manifest.get("usage") or {}
    return found


def print_usage(folder: Path, console: Console) -> None:
    """What it took, in a few lines; nothing where no model was asked."""
    used = usage_of(folder)
    if not used.get("requests"):
        return
    table = Table(box=box.SIMPLE_HEAD, title=plain_title("usage, over all sessions"))
    table.add_column("what")
    table.add_column("how much", justify="right", overflow="fold")
    for row in _usage_rows(used):
        table.add_row(*map(Text, row))
    console.print(table)


def _usage_rows(used: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("decisions of the model", f"{used['model_decisions']:,}"),
        _met(used),
        ("calls", f"{used['calls']:,}, {_decimal(used['calls_per_decision'])} a decision"),
        ("prompt tokens", f"{_count(used['prompt_tokens'])}, {_cached(used)}"),
        ("  of them new", f"{_count(used['new_tokens'])}, {_new(used)} a decision"),
        ("completion tokens", _count(used["completion_tokens"])),
        ("requests sent", f"{used['requests']:,}"),
    ]
    for fault in used["faults"]:
        said = f"{fault['faults']:,}, {fault['recovered']:,} recovered"
        rows.append((f"  faults: {fault['kind']}", said))
    if used["failed_requests"]:
        rows.append(("  never answered", f"{used['failed_requests']:,}"))
    price = used["price"]
    if price is None:
        cost = "no price given"
    elif used["cost"] is None:
        cost = "not known, since tokens are not told"
    else:
        cost = amount_of(used["cost"], price["currency"])
    return [*rows, ("seconds waited, in all calls", f"{used['seconds']:,.0f}"), ("cost", cost)]


def _met(used: Mapping[str, Any]) -> tuple[str, str]:
    if used["contexts"] is None:
        return "distinct prompts", f"{used['prompts']:,}"
    return "distinct contexts", f"{used['contexts']:,}"


def amount_of(amount: float, currency: str) -> str:
    """An amount of money as the manifest or a plan has it."""
    return money(Decimal(str(amount)), currency)


def _new(used: Mapping[str, Any]) -> str:
    return _decimal(used["new_tokens_per_decision"])


def _decimal(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3g}"


def _cached(used: Mapping[str, Any]) -> str:
    share = used["cached_share"]
    return "cached ones not told" if share is None else f"{share:.0%} cached"


def _count(value: int | None) -> str:
    return _DASH if value is None else f"{value:,}"


def plain_title(title: str) -> Text:
    """A table's title as it is: brackets in names are no markup."""
    return Text(title, style="table.title")


def _said(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        return _DASH
    if row["low"] is None:
        return f"{row['estimate']:.2f}"
    return f"{row['estimate']:.2f}\n{row['low']:.2f} to {row['high']:.2f}"
