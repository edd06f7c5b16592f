"""`society list` and `society show`: what there is."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents import own as own_files
from agents import roster
from agents.cells import Cell
from agents.own import Own
from agents.persona import Persona
from agents.populations import parse, populations
from agents.readouts import DESCRIPTIONS, NEEDS
from cli.options import AsJson, Metrics, Personas, Quiet
from scenarios import human
from scenarios.catalogue import catalogue, game, nearest
from scenarios.page import about
from scenarios.wording import load
from sim.errors import ExperimentError
from sim.registry import resolve

Entry = dict[str, Any]
MATCHING = "matching"
"""What `show` tells of all personas together, and so without a name."""


def list_kind(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="scenarios, personas, populations ...")
    ],
    personas: Personas = None,
    metrics: Metrics = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """List scenarios, personas, populations, models, metrics, claims or readouts."""
    entries = _of_kind(kind, _LISTS, _Files(personas, metrics))()
    if as_json:
        typer.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    table = Table(box=box.SIMPLE_HEAD)
    columns = list(entries[0])
    for column in columns:
        table.add_column(column, no_wrap=column == "name")
    for entry in entries:
        table.add_row(*(Text("" if entry[c] is None else str(entry[c])) for c in columns))
    Console().print(table)


def show(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="scenario, persona, population ...")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="as `society list` has it; none for `matching`")
    ] = "",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="M", help="`matching`: count in the tokens of this model", show_default="words"
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="`matching`: put the tables into this Markdown page"),
    ] = None,
    personas: Personas = None,
    metrics: Metrics = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show one of them in full, or (`show matching`) how alike the texts of the personas are."""
    if kind == MATCHING:
        matching = import_module("cli.matching")
        matching.show(model, matching.Output(write, quiet=quiet, as_json=as_json))
        return
    if model or write:
        raise ExperimentError(
            f"--model and --write belong to `society show {MATCHING}`: leave them out"
        )
    if not name and kind in _SHOWS:
        raise ExperimentError(f"which {kind}? `society list {_plural(kind)}` has the names")
    entry = _of_kind(kind, _SHOWS, _Files(personas, metrics))(name)
    if as_json:
        typer.echo(json.dumps(entry, indent=2, ensure_ascii=False))
    else:
        _print(entry, Console(), 0)


def _plural(kind: str) -> str:
    return next(name for name in _LISTS if name.startswith(kind))


@dataclass(frozen=True, slots=True)
class _Files:
    """What of the user's own is to be looked at too."""

    personas: list[Path] | None
    metrics: list[Path] | None


def _of_kind(
    kind: str, known: Mapping[str, Callable[..., Any]], files: _Files
) -> Callable[..., Any]:
    if kind not in known:
        kinds = dict.fromkeys([*known, *((MATCHING,) if known is _SHOWS else ())])
        raise ExperimentError(f"unknown kind {kind!r}{nearest(kind, kinds)}")
    if files.personas and kind.removesuffix("s") not in _PEOPLED:
        raise ExperimentError(f"--personas goes with personas and populations, not with {kind}")
    if files.metrics and kind.removesuffix("s") != _MEASURED:
        raise ExperimentError(f"--metrics goes with metrics, not with {kind}")
    if kind.removesuffix("s") == _MEASURED:
        return partial(known[kind], files=files.metrics or ())
    if kind.removesuffix("s") not in _PEOPLED:
        return known[kind]
    own = own_files.load(files.personas or ())
    for line in own_files.remarks([*own.personas.values(), *own.cells.values()]):
        typer.echo(f"warning: {line}", err=True)
    return partial(known[kind], own=own)


def _scenarios() -> list[Entry]:
    return [
        {
            "name": each.name,
            "family": each.family,
            "players": _players(each.name),
            "after": each.citation,
        }
        for each in catalogue().values()
    ]


def _players(name: str) -> str:
    seats = game(name).seats
    return str(seats.least) if seats.least == seats.most else f"{seats.least} to {seats.most}"


def _scenario(name: str) -> Entry:
    played = game(name)
    defaults = played.parameters()
    terms = played.terms(defaults, played.seats.default)
    wordings = load(name).wordings.values()
    return {
        "name": played.name,
        "family": played.family,
        "players": {"least": played.seats.least, "most": played.seats.most},
        "after": played.citation,
        "about": about(played),
        "parameters": defaults.model_dump(),
        "presets": {key: preset.model_dump() for key, preset in played.presets.items()},
        "options": [
            {"key": option.key, "class": option.action_class, "tags": list(option.tags)}
            for option in played.options
        ],
        "wordings": {
            wording.name: {
                "domain": wording.domain,
                "rules": wording.tell_rules(terms, played.notes(defaults)),
                "options": {key: said.phrase for key, said in wording.options.items()},
            }
            for wording in wordings
        },
        "quiz": [
            {"question": question.text, "answer": question.answers[question.correct]}
            for template in load(name).quiz
            if (question := template.ask(next(iter(wordings)), terms)) is not None
        ],
        "human": human.told(name),
    }


def _populations(own: Own) -> list[Entry]:
    return [{"name": name} for name in populations(own)]


def _population(name: str, own: Own) -> Entry:
    found = parse(name, own)
    members = [
        {"source": member.source, "share": member.share, "people": _people(member.found)}
        for member in found.members
    ]
    return {"name": found.name, "members": members}


def _people(found: Persona | Cell | None) -> int | None:
    """How many a seat is drawn from; none for a strategy."""
    return len(found) if isinstance(found, Cell) else None if found is None else 1


def _measures(files: Sequence[Path]) -> Mapping[str, Any]:
    # They bring statistics that take long to import, and no other list needs them.
    known = import_module("analysis.metrics").METRICS
    return {**known, **import_module("analysis.metrics.own").load(files).metrics}


def _models() -> list[Entry]:
    # As long, for the gateway's sake.
    return list(import_module("cli.models").described_models())


def _metrics(files: Sequence[Path]) -> list[Entry]:
    return [
        {"name": m.name, "unit": m.unit, "definition": m.definition}
        for m in _measures(files).values()
    ]


def _metric(name: str, files: Sequence[Path]) -> Entry:
    found = import_module("analysis.metrics").metric(name, _measures(files))
    return {
        "name": found.name,
        "definition": found.definition,
        "unit": found.unit,
        "denominator": found.denominator,
        "undefined": found.undefined,
        "better": found.better,
        "scopes": list(found.scopes),
        "source": found.source,
    }


def _readouts() -> list[Entry]:
    return [_readout(name) for name in DESCRIPTIONS]


def _readout(name: str) -> Entry:
    if name not in DESCRIPTIONS:
        raise ExperimentError(f"unknown readout {name!r}{nearest(name, DESCRIPTIONS)}")
    return {"name": name, "description": DESCRIPTIONS[name], "needs": NEEDS[name]}


def _model(name: str) -> Entry:
    return resolve(name).model_dump(mode="json")


_PEOPLED = frozenset({"persona", "population"})
"""Kinds that the user's personas are looked at in."""
_MEASURED = "metric"
"""The kind that the user's metrics are looked at in."""


def _claims() -> list[Entry]:
    found: list[Entry] = import_module("cli.claims").listing()
    return found


def _claim(name: str) -> Entry:
    found: Entry = import_module("cli.claims").about(name)
    return found


_LISTS: Mapping[str, Callable[..., list[Entry]]] = {
    "scenarios": _scenarios,
    "personas": roster.listing,
    "populations": _populations,
    "models": _models,
    "metrics": _metrics,
    "claims": _claims,
    "readouts": _readouts,
}
_SHOWS: Mapping[str, Callable[..., Entry]] = {
    "scenario": _scenario,
    "persona": roster.describe,
    "population": _population,
    "model": _model,
    "metric": _metric,
    "claim": _claim,
    "readout": _readout,
}


def _print(value: object, console: Console, depth: int) -> None:
    """Nested values as indented lines; long texts stand in paragraphs of their own."""
    pad = "  " * depth
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list) and inner:
                console.print(Text(f"{pad}{key}", style="bold"))
                _print(inner, console, depth + 1)
            else:
                console.print(Text.assemble(pad, (key, "bold"), ": "), end="")
                console.print(_plain(inner), markup=False, highlight=False)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                line = ", ".join(f"{key}: {_plain(each)}" for key, each in inner.items())
                console.print(f"{pad}- {line}", markup=False, highlight=False)
            else:
                console.print(f"{pad}- {_plain(inner)}", markup=False, highlight=False)


def _plain(value: object) -> str:
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
