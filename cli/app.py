"""`society`: play societies of characters, and read what came of it."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from agents.errors import AgentError
from analysis.errors import AnalysisError
from scenarios.errors import ScenarioError
from sim.errors import SimError, StoppedError

BAD_INPUT, STOPPED = 2, 3

# Where each command is, and its help; the modules take seconds to import, so each waits its turn.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": (
        "cli.playing:demo",
        "Play the shipped experiment on the embedded model and write its report.",
    ),
    "run": ("cli.playing:run", "Play one society and show what came of it."),
    "sweep": (
        "cli.playing:sweep",
        "Play all runs of an experiment file; the same command again goes on where it ended.",
    ),
    "inventory": (
        "cli.inventory:inventory",
        "Put an inventory to characters; the same command again goes on where it ended.",
    ),
    "report": (
        "cli.reading:report",
        "Write the report, one self-contained page, and its figures.",
    ),
    "compare": (
        "cli.comparing:compare",
        "Contrasts between the levels of a factor, or main effects and interactions of several.",
    ),
    "components": (
        "cli.components:components",
        "How much of a metric varies between persons, wordings, scenarios and runs.",
    ),
    "power": (
        "cli.power:power",
        "Runs needed for an effect, or the smallest effect that an experiment would detect.",
    ),
    "lock": (
        "cli.lock:lock",
        "Register an experiment file before its runs: what is planned and what is declared.",
    ),
    "network": (
        "cli.networks:network",
        "Who does what to whom: reciprocity, mixing, clusters, standing and harm, against chance.",
    ),
    "claims": (
        "cli.claims:claims",
        "Verdicts on the nine claims: supported, contradicted, no meaningful effect or undecided.",
    ),
    "coherence": (
        "cli.coherence:coherence",
        "How coherent characters are: arbitrariness, discrimination, retest, strategies, tipping.",
    ),
    "mixed": (
        "cli.mixed:mixed",
        "Log-odds of cooperation with crossed random effects: a check on `society compare`.",
    ),
    "match": (
        "cli.rates:match",
        "Write how often a member chose what, for scripted seats that choose as often.",
    ),
    "surprisal": (
        "cli.surprisal:surprisal",
        "How surprising persona texts, or what was said in DIR, are to a model, in nats per token.",
    ),
    "annotate": (
        "cli.annotate:annotate",
        "Let a model judge what was said, by a rubric, without knowing who said it.",
    ),
    "export": (
        "cli.export:export_folder",
        "Write the tables, or the transcripts as Inspect logs, for other programs.",
    ),
    "graph": ("cli.reading:graph", "Write the interaction graph of one run."),
    "view": (
        "cli.view:view",
        "Watch a society while it is played, and look at stored runs, in the browser.",
    ),
    "list": (
        "cli.looking:list_kind",
        "List scenarios, personas, populations, models, metrics, claims or readouts.",
    ),
    "show": (
        "cli.looking:show",
        "Show one of them in full, or (`show matching`) how alike the texts of the personas are.",
    ),
    "models": ("cli.models:app", "Fetch, list and serve models on this machine."),
}


def command(name: str) -> TyperCommand | TyperGroup:
    """The command itself; imports its module."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    group = typer.Typer(add_completion=False, callback=_nothing)
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(found)
    made = cast("TyperGroup", typer.main.get_command(group))
    return cast("TyperCommand | TyperGroup", made.commands[name])


class _Waiting(TyperCommand):
    """Stands for a command in the list of all until it is called or its help is asked for."""

    def make_context(self, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401 - passed on
        return command(str(self.name)).make_context(*arguments, **settings)


class _Commands(TyperGroup):
    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(**settings)
        self.commands = {name: _Waiting(name, help=text) for name, (_, text) in COMMANDS.items()}


def _nothing() -> None:
    """Makes a group of a single command."""


app = typer.Typer(
    name="society",
    cls=_Commands,
    callback=_nothing,
    help="Societies of language-model characters, and measurements of what a persona does to them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; bad input is one line on standard error and exit code 2."""
    try:
        app()
    except StoppedError as error:
        _leave(f"stopped: {error}", STOPPED)
    except (SimError, AgentError, ScenarioError, AnalysisError) as error:
        _leave(f"error: {error}", BAD_INPUT)
    except KeyboardInterrupt:
        _leave("stopped: interrupted; run the same command again to go on", STOPPED)


def _leave(message: str, code: int) -> None:
    typer.echo(message, err=True)
    sys.exit(code)
