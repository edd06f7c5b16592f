"""`society claims`: what an experiment says to the nine claims."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.claims import CLAIMS, Judgement, PartJudgement, claim, judge
from analysis.folder import Folder as Opened
from analysis.folder import open_folder
from cli.options import AsJson, Folder, Quiet

_DASH = "\u2013"
_STYLES = {
    "supported": "bold green",
    "contradicted": "bold red",
    "no meaningful effect": "bold cyan",
    "undecided": "yellow",
    "not measured": "dim",
}


def claims(
    folder: Folder,
    name: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="C", help="C1 to C9, repeatable; declared ones, or all"),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Verdicts on the nine claims: supported, contradicted, no meaningful effect or undecided."""
    wanted = [claim(each).name for each in name or ()]
    opened = open_folder(folder)
    found = judge(opened, wanted or None)
    if as_json:
        rows = [{**_document(one), "registered": _registered(one, opened)} for one in found]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not found:
        typer.echo("no model played here: there is nothing that a claim is about")
        return
    console = Console()
    for model in dict.fromkeys(one.model for one in found):
        console.print(_table(model, [one for one in found if one.model == model]))
    console.print(Text(_told_registration(found, opened)))
    if not quiet:
        console.print(Text("`society show claim NAME` has what each fixed beforehand", style="dim"))


def _registered(one: Judgement, folder: Opened) -> bool:
    return folder.lock.has_claim(one.claim.name, one.claim.about())


def _told_registration(found: Sequence[Judgement], folder: Opened) -> str:
    """What the lock says, and which of the claims it declared."""
    told = folder.lock.told(len(folder.runs))
    names = dict.fromkeys(one.claim.name for one in found if _registered(one, folder))
    if not folder.lock.holds:
        return told
    return f"{told} Claims that it declares: {', '.join(names) or 'none'}."


def _table(model: str, found: Sequence[Judgement]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=Text(model), title_justify="left")
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", min_width=12)
    table.add_column("what decides", min_width=30)
    for one in found:
        verdict = Text(one.verdict, style=_STYLES[one.verdict])
        told = [_line(part) for part in one.parts if part.part.role != "beside"]
        if one.verdict == "not measured":
            told = []
        if one.reason:
            told.append(Text(one.reason, style="dim"))
        table.add_row(Text(f"{one.claim.name} {one.claim.title}"), verdict, Text("\n").join(told))
    return table


def _line(one: PartJudgement) -> Text:
    """One part: its number, its interval, how many units, and what would decide it."""
    lead = f"{one.part.name} ({one.readout}): "
    if one.finding.value is None:
        return Text(f"{lead}{_DASH} {one.finding.reason}")
    value = f"{one.finding.value:+.3f}"
    if one.low is not None and one.high is not None:
        value += f" [{one.low:+.3f}, {one.high:+.3f}]"
    told = f"{lead}{value} {one.part.unit}, {one.finding.n} {one.finding.unit}s"
    if one.finding.uncertainty is None and one.finding.reason:
        return Text(f"{told}; {one.finding.reason}")
    if one.part.role == "guard":
        return Text(f"guard: {told}")
    told += f"; matters from {one.part.sesoi:g}"
    if one.needed is not None and one.verdict == "undecided":
        told += f"; about {one.needed:,} {one.finding.unit}s would decide"
    return Text(told)


def _document(one: Judgement) -> dict[str, Any]:
    return {
        "claim": one.claim.name,
        "title": one.claim.title,
        "model": one.model,
        "verdict": one.verdict,
        "reason": one.reason,
        "overturned_by": one.claim.overturned_by,
        "parts": [_part(part) for part in one.parts],
    }


def _part(one: PartJudgement) -> dict[str, Any]:
    error = one.finding.uncertainty
    return {
        "name": one.part.name,
        "role": one.part.role,
        "readout": one.readout,
        "unit": one.part.unit,
        "expects": one.part.expects,
        "sesoi": one.part.sesoi,
        "estimate": one.finding.value,
        "low": one.low,
        "high": one.high,
        "standard_error": None if error is None else error.standard_error,
        "p": one.p,
        "p_adjusted": one.p_adjusted,
        "p_equivalent": one.p_equivalent,
        "n": one.finding.n,
        "over": one.finding.unit,
        "verdict": one.verdict,
        "needed": one.needed,
        "reason": one.finding.reason,
    }


def listing() -> list[dict[str, Any]]:
    """The nine claims, a row each."""
    return [{"name": one.name, "title": one.title, "says": one.says} for one in CLAIMS.values()]


def about(name: str) -> dict[str, Any]:
    """One claim in full."""
    return claim(name).about()
