"""`society inventory`: an inventory put to characters, and what it says of them."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from agents.inventory import FORMS, Form
from agents.own import load, remarks
from agents.populations import Population, parse
from agents.readouts import DESCRIPTIONS
from analysis.folder import open_folder
from analysis.inventory.summary import document, inventories
from cli.inventory_tables import print_inventory
from cli.models import download_bar
from cli.options import AsJson, Concurrency, MaxCalls, MaxTokens, Personas, Plan, Quiet
from cli.progress import Tally, counting
from scenarios.catalogue import nearest
from sim.budget import Budget
from sim.errors import ExperimentError, SimError, StoppedError
from sim.inventory import Session, administer
from sim.opening import ModelChoice
from sim.prices import FREE
from sim.volume import Method, Volume, prompts


def inventory(
    population: Annotated[
        str, typer.Option(metavar="P", help="a persona, a population, or a mix: a=0.5,b=0.5")
    ],
    model: Annotated[
        str, typer.Option(metavar="M", help="embedded, openai:NAME, http://HOST:PORT/v1#NAME")
    ] = "embedded",
    agents: Annotated[int, typer.Option(min=1, help="how many characters")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="draws who they are")] = 0,
    form: Annotated[str, typer.Option(metavar="25|10", help="how many items")] = "25",
    readout: Annotated[str, typer.Option(metavar="X", help="see `society list readouts`")] = "auto",
    personas: Personas = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="where it goes")] = None,
    concurrency: Concurrency = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    replay: Annotated[bool, typer.Option("--replay", help="answer from recorded calls")] = False,
    plan: Plan = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Put an inventory to characters; the same command again goes on where it ended."""
    if readout not in DESCRIPTIONS:
        raise ExperimentError(f"--readout {readout!r}: unknown{nearest(readout, DESCRIPTIONS)}")
    choice = ModelChoice(model, concurrency=concurrency, replay=replay)
    _check(choice)
    price = None if choice.addresses() else FREE
    session = Session(
        population=_population(population, personas),
        agents=agents,
        seed=seed,
        instrument=_form(form),
        readout=readout,
        model=replace(choice, budget=Budget(max_calls, max_tokens, None, price)),
        folder=Path(),
    )
    session = replace(session, folder=out or Path("inventories") / session.run_id)
    told = _plan(session)
    if plan:
        _tell(told, as_json=as_json)
        return
    _ask(session, told["prompts"], quiet=quiet)
    found = inventories(open_folder(session.folder))
    if as_json:
        texts = {"folder": str(session.folder), "run_id": session.run_id}
        typer.echo(json.dumps({**texts, **document(found[0])}, indent=2))
    else:
        print_inventory(found[0], Console())
        typer.echo(f"records: {session.folder}")


def _population(given: str, files: Sequence[Path] | None) -> Population:
    own = load(files or ())
    found = parse(given, own)
    for line in remarks(member.found for member in found.members):
        typer.echo(f"warning: {line}", err=True)
    return found


def _form(given: str) -> Form:
    """The form of a name; 25 and ipip-25 mean the same."""
    name = given if given in FORMS else f"ipip-{given}"
    if name not in FORMS:
        raise ExperimentError(f"--form {given!r}: the forms are 25 and 10")
    return name


def _check(choice: ModelChoice) -> None:
    if choice.name.startswith("scripted:"):
        raise ExperimentError(
            f"--model {choice.name!r}: a strategy answers no inventory; give a model, such as"
            " embedded"
        )
    try:
        choice.addresses()
    except SimError as error:
        raise ExperimentError(f"--model: {error}") from None


def _ask(session: Session, expected: int, *, quiet: bool) -> None:
    async def work(watch: Tally) -> None:
        with download_bar(quiet=quiet) as told:
            await administer(session, watch.prompt_scored, told)

    budget = session.model.budget
    try:
        if quiet:
            asyncio.run(work(Tally(expected, 0, budget)))
        else:
            with counting((expected, 0), budget, 1) as watch:
                asyncio.run(work(watch))
    except KeyboardInterrupt:
        raise StoppedError("interrupted; run the same command again to go on") from None


def _plan(session: Session) -> dict[str, Any]:
    """What it would ask, about."""
    readout = session.readout
    is_here = not session.model.addresses()
    if readout == "auto":
        readout = "cloze" if is_here else "label"
    method = Method(readout, True if is_here else None)
    questions = session.questions()
    volume = Volume()
    choices = list(dict.fromkeys(question.choice for question in questions))
    for choice in choices:
        for prompt in prompts(choice, method):
            volume.add(prompt)
    return {
        "folder": str(session.folder),
        "model": session.model.label(),
        "readout": readout,
        "characters": len(session.castings()),
        "items": len({question.item.key for question in questions}),
        "contexts": len(choices),
        "prompts": volume.prompts,
        "calls": list(volume.calls),
        "prompt_tokens": list(volume.prompt_tokens),
        "new_prompt_tokens": volume.new_tokens,
        "completion_tokens": list(volume.completion_tokens),
    }


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        typer.echo(f"{name.replace('_', ' ')}: {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{value[0]:,} to {value[-1]:,}" if value[0] != value[-1] else f"{value[0]:,}"
    return f"{value:,}" if isinstance(value, int) else str(value)
