"""`society`: play societies of characters, and read what came of it."""

import sys

import typer

from agents.errors import AgentError
from analysis.errors import AnalysisError
from cli import looking, models, playing, reading
from scenarios.errors import ScenarioError
from sim.errors import SimError, StoppedError

BAD_INPUT, STOPPED = 2, 3

app = typer.Typer(
    name="society",
    help="Societies of language-model characters, and measurements of what a persona does to them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(playing.demo)
app.command("run")(playing.run)
app.command("sweep")(playing.sweep)
app.command("report")(reading.report)
app.command("compare")(reading.compare)
app.command("graph")(reading.graph)
app.command("list")(looking.list_kind)
app.command("show")(looking.show)
app.add_typer(models.app, name="models")


def main() -> None:
    """Run the command line; bad input is one line on standard error and exit code 2."""
    try:
        app()
    except StoppedError as error:
        _leave(f"stopped: {error}; run the same command again to go on", STOPPED)
    except (SimError, AgentError, ScenarioError, AnalysisError) as error:
        _leave(f"error: {error}", BAD_INPUT)
    except KeyboardInterrupt:
        _leave("stopped: interrupted; run the same command again to go on", STOPPED)


def _leave(message: str, code: int) -> None:
    typer.echo(message, err=True)
    sys.exit(code)
