"""`society run`, `sweep` and `demo`: what plays."""

import asyncio
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from analysis.folder import open_folder
from analysis.metrics import score
from analysis.report import write as write_report
from cli.models import download_bar
from cli.options import AsJson, Concurrency, MaxCalls, MaxCost, MaxTokens, Personas, Plan, Quiet
from cli.planning import Planned, check_primary, price_of, tell, to_register
from cli.progress import watching
from cli.result import (
    overview,
    print_overview,
    print_run,
    print_usage,
    result_of,
    usage_of,
)
from sim import experiment as experiments
from sim.budget import Budget
from sim.errors import ExperimentError, SimError, StoppedError
from sim.executor import Outcome
from sim.lock import path_of, to_keep
from sim.opening import ModelChoice
from sim.prices import lines_to_add
from sim.schema import Experiment
from sim.store import Store
from sim.sweep import Sweep, carry_out, warnings
from sim.terms import Terms

_SOME_FAILED = 1
_Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="experiment folder")]


def demo(
    out: _Out = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    plan: Plan = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Play the shipped experiment on the embedded model and write its report."""
    text = (resources.files("cli") / "demo.toml").read_text(encoding="utf-8")
    folder = out or Path("society-demo")
    made = experiments.parse(text, "the shipped experiment")
    source = "the shipped experiment"
    caps = _Caps(max_calls, max_tokens)
    planned = _planned(made, source, folder, caps)
    if plan:
        tell(planned, as_json=as_json)
        return
    outcome = _play(planned, quiet=quiet)
    report = write_report(folder)
    _conclude(folder, outcome, report, as_json=as_json, quiet=quiet)


def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="see `society list scenarios`")
    ],
    population: Annotated[
        str, typer.Option(metavar="P", help="a persona, a population, or a mix: a=0.5,b=0.5")
    ],
    agents: Annotated[int, typer.Option(help="how many characters")] = 12,
    rounds: Annotated[int, typer.Option(help="how many rounds")] = 10,
    seed: Annotated[int, typer.Option(help="fixes everything but the model's replies")] = 0,
    model: Annotated[
        str, typer.Option(metavar="M", help="embedded, openai:NAME, http://HOST:PORT/v1#NAME")
    ] = "embedded",
    readout: Annotated[str, typer.Option(metavar="X", help="see `society list readouts`")] = "auto",
    wording: Annotated[
        str | None, typer.Option(metavar="W", help="cover story; the first by default")
    ] = None,
    memory: Annotated[
        str, typer.Option(metavar="K", help="none, last-1, last-3, tally")
    ] = "last-1",
    network: Annotated[str, typer.Option(help="kind of network")] = "complete",
    placement: Annotated[
        str, typer.Option(metavar="WHERE", help="random, blocks, hubs or leaves")
    ] = "random",
    personas: Personas = None,
    out: _Out = None,
    concurrency: Concurrency = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    plan: Plan = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Play one society and show what came of it."""
    table = {
        "name": f"{scenario} with {population}",
        "design": {
            "scenarios": [scenario],
            "populations": [population],
            "wordings": 1 if wording is None else [wording],
            "seeds": [seed],
            "agents": agents,
            "rounds": rounds,
            "network": {"kind": network},
            "placement": placement,
        },
        "personas": {"files": [str(file) for file in personas or ()]},
        "mind": {"model": model, "readout": readout, "memory": _memory(memory)},
    }
    made = experiments.check(table, "society run")
    spec = experiments.resolve(made, "society run")[0]
    folder = out or Path("societies") / spec.run_id
    caps = _Caps(max_calls, max_tokens, max_cost)
    planned = _planned(made, "society run", folder, caps, concurrency)
    if plan:
        tell(planned, as_json=as_json)
        return
    outcome = _play(planned, quiet=quiet)
    if as_json:
        found = {**result_of(folder, spec.run_id), "usage": usage_of(folder)}
        typer.echo(json.dumps(found, indent=2))
    else:
        print_run(folder, spec.run_id, Console())
        if not quiet:
            print_usage(folder, Console())
        typer.echo(f"records: {folder}")
    _exit_code(outcome)


def sweep(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="an experiment file")],
    out: _Out = None,
    concurrency: Concurrency = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    plan: Plan = False,
    executor: Annotated[str, typer.Option(help="local")] = "local",
    replay: Annotated[bool, typer.Option("--replay", help="answer from recorded calls")] = False,
    unlocked: Annotated[
        bool, typer.Option("--unlocked", help="play although FILE.lock does not match")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Play all runs of an experiment file; the same command again goes on where it ended."""
    if executor != "local":
        raise ExperimentError(f"--executor {executor!r}: this version has only 'local'")
    made = experiments.read(file)
    folder = out or file.with_suffix("")
    caps = _Caps(max_calls, max_tokens, max_cost)
    planned = _planned(made, str(file), folder, caps, concurrency, replay=replay)
    if plan:
        tell(planned, as_json=as_json)
        return
    lock = None if unlocked else _lock(file, planned)
    outcome = _play(planned, quiet=quiet, lock=lock)
    _conclude(folder, outcome, None, as_json=as_json, quiet=quiet)


@dataclass(frozen=True, slots=True)
class _Caps:
    """What may be sent at most; None for no limit."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None


def _planned(
    made: Experiment,
    source: str,
    folder: Path,
    caps: _Caps,
    concurrency: int | None = None,
    *,
    replay: bool = False,
) -> Planned:
    """What is to be carried out, checked in full; nothing is begun.

    Raises:
        ExperimentError: something in it cannot be played or paid; names source, key and remedy.
    """
    check_primary(made, source)
    terms = Terms(**made.limits.model_dump())
    choice = ModelChoice(made.mind.model, made.mind.key_variable, concurrency, replay, terms=terms)
    _check_model(choice, source)
    specs = experiments.resolve(made, source)
    for line in warnings(specs):
        typer.echo(f"warning: {line}", err=True)
    price = price_of(made, choice)
    if price is None and caps.cost is not None:
        raise ExperimentError(
            f"{source}: --max-cost needs the price of {choice.label()!r} per million tokens;"
            f" an experiment file gives it in these lines:\n{lines_to_add(choice.label())}"
        )
    cost = None if caps.cost is None else Decimal(str(caps.cost))
    budget = Budget(caps.calls, caps.tokens, cost, price)
    return Planned(made, specs, folder, replace(choice, budget=budget))


def _lock(file: Path, planned: Planned) -> str | None:
    """The lock to put into the folder, checked; None without one."""
    if not path_of(file).exists():
        return None
    current = to_register(planned.experiment, planned.specs, planned.model)
    text, remark = to_keep(file, planned.folder, current)
    if remark is not None:
        typer.echo(f"warning: {remark}", err=True)
    return text


def _play(planned: Planned, *, quiet: bool, lock: str | None = None) -> Outcome:
    made, choice = planned.experiment, planned.model
    whole = Sweep(made, planned.specs, planned.folder, choice, score, lock)
    with (
        download_bar(quiet=quiet) as told,
        watching(planned, quiet=quiet) as watch,
    ):
        try:
            return asyncio.run(carry_out(whole, watch, told))
        except KeyboardInterrupt:  # The command line's library would end with a code of its own.
            stopped = StoppedError("interrupted; run the same command again to go on")
        except StoppedError as error:
            stopped = error
    left = len(planned.missing)
    done = len(planned.specs) - left
    raise StoppedError(f"{done} of {done + left} runs are complete, {left} are left; {stopped}")


def _check_model(choice: ModelChoice, source: str) -> None:
    if choice.name.startswith("scripted:"):
        return
    try:
        choice.addresses()
    except SimError as error:
        raise ExperimentError(f"{source}: mind.model: {error}") from None


def _memory(name: str) -> dict[str, object]:
    kind, _, rounds = name.partition("-")
    return {"kind": kind, "rounds": int(rounds)} if rounds.isdigit() else {"kind": name}


def _conclude(
    folder: Path, outcome: Outcome, report: Path | None, *, as_json: bool, quiet: bool
) -> None:
    if as_json:
        found = {
            "folder": str(folder),
            "report": None if report is None else str(report),
            "complete": len(open_folder(folder).runs) if Store(folder).runs.exists() else 0,
            "failures": outcome.failures,
            "overview": overview(folder),
            "usage": usage_of(folder),
        }
        typer.echo(json.dumps(found, indent=2))
    else:
        print_overview(folder, Console())
        if not quiet:
            print_usage(folder, Console())
        typer.echo(f"report: {report}" if report else f"records: {folder}")
    _exit_code(outcome)


def _exit_code(outcome: Outcome) -> None:
    if outcome.failures:
        first = next(iter(outcome.failures.values()))
        typer.echo(
            f"{len(outcome.failures)} runs failed, the others are kept; the first: {first};"
            " run the same command again to try them again",
            err=True,
        )
        raise typer.Exit(_SOME_FAILED)
