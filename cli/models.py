"""`society models`: fetch, list and serve the models that run on this machine."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from agents.readouts import possible
from agents.readouts import resolve as resolve_readout
from sim import download, sources
from sim.calls import Journal
from sim.embedded import EmbeddedServer
from sim.opening import ModelChoice, open_model
from sim.probing import replies_per_second
from sim.registry import RegisteredModel, registered, resolve

app = typer.Typer(no_args_is_help=True, help="Fetch, list and serve models on this machine.")

_LASTING_SECONDS = 1.0
_LEVELS = (1, 4, 16)
_STRUCTURES = {"schema": "by schema", "object": "as any object", "none": "asked for in words"}
_Name = Annotated[
    str, typer.Argument(metavar="NAME", help="a name or alias of `society models list`")
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress on standard error")]
_Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]


@app.command("list")
def list_models(quiet: _Quiet = False, as_json: _Json = False) -> None:
    """List the models that can be fetched, and which are here."""
    models = tuple(registered().values())
    if as_json:
        typer.echo(json.dumps(described_models(), indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("name", "parameters", "size", "licence", "here"):
        table.add_column(heading, no_wrap=True)
    for model in models:
        here = "yes" if download.model_path(model).is_file() else ""
        size = _megabytes(model.size_bytes)
        names = "\n".join((model.name, *(f"  = {alias}" for alias in model.aliases)))
        table.add_row(*map(Text, (names, model.parameters, size, model.licence, here)))
    Console().print(table)


@app.command()
def pull(
    name: _Name = "embedded",
    force: Annotated[bool, typer.Option("--force", help="fetch again, over what is here")] = False,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Fetch a model's file, verify its SHA-256 and print where it is."""
    model = resolve(name)
    with download_bar(quiet=quiet) as tell:
        path = download.ensure(model, force=force, progress=tell)
    typer.echo(json.dumps(_described(model), indent=2) if as_json else str(path))


@app.command()
def serve(
    name: _Name = "embedded",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for a free one")] = 0,
    threads: Annotated[
        int | None, typer.Option(min=1, max=512, help="how many compute", show_default="by machine")
    ] = None,
    quiet: _Quiet = False,
) -> None:
    """Serve a model on loopback, OpenAI-compatible, until Ctrl-C."""
    with download_bar(quiet=quiet) as tell:
        path = download.ensure(resolve(name), progress=tell)
    with EmbeddedServer.start(path, threads=threads, port=port) as server:
        typer.echo(server.base_url)
        typer.echo(_example(server))
        try:
            server.wait()
        except KeyboardInterrupt:
            if not quiet:
                typer.echo("stopped", err=True)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="embedded, openai:NAME, http://HOST:PORT/v1#NAME")
    ] = "embedded",
    concurrency: Annotated[
        bool, typer.Option("--concurrency", help="measure replies per second, by 42 short requests")
    ] = False,
    quiet: _Quiet = False,
    as_json: _Json = False,
) -> None:
    """Ask an endpoint what it can do: log-probabilities, JSON, and which readouts follow."""
    with download_bar(quiet=quiet) as tell:
        found = asyncio.run(_probed(name, tell, measure=concurrency))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    for key, value in found.items():
        table.add_row(key.replace("_", " "), Text(_told(value)))
    Console().print(table)


def _told(value: object) -> str:
    match value:
        case None | [] | 0 | False:
            return "none" if not isinstance(value, bool) else "no"
        case True:
            return "yes"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{number:g} with {at} at once" for at, number in value.items())
        case _:
            return str(value)


async def _probed(name: str, tell: sources.Progress, *, measure: bool) -> dict[str, object]:
    """What a probe found, with a journal that is thrown away."""
    choice = ModelChoice(name, concurrency=_LEVELS[-1] if measure else None)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "calls.sqlite")
        try:
            async with open_model(choice, journal, tell) as opened:
                able = await opened.scorer.capabilities()
                found = await opened.scorer.probed()
                speeds = [await replies_per_second(opened.scorer, n) for n in _LEVELS if measure]
        finally:
            journal.close()
    can = possible(able)
    told: dict[str, object] = {
        "model": name,
        "engine": opened.about["engine"],
        "chat_replies": able.chat,
        "log_probabilities_of_a_chat_reply": able.top_logprobs,
        "log_probabilities_of_continuations": found["cloze"],
        "json_replies": _STRUCTURES[able.structure] if able.chat else None,
        "temperature": found.get("temperature", True),
        "most_tokens_sent_as": found.get("length", "max_tokens"),
        "readouts": list(can),
        "auto": resolve_readout("auto", able) if can else None,
    }
    if measure:
        told["replies_per_second"] = {
            str(n): round(speed, 2) for n, speed in zip(_LEVELS, speeds, strict=True)
        }
    return told


@contextmanager
def download_bar(*, quiet: bool = False) -> Iterator[sources.Progress]:
    """A bar on standard error while a model is fetched and verified; nothing where all is quick.

    Args:
        quiet: show nothing.
    """
    console = Console(stderr=True)
    if quiet:
        yield download.silent
    elif not console.is_terminal:
        yield _told_in_lines()
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            yield _told_by(bar)


def _told_by(bar: Progress) -> sources.Progress:
    step = bar.add_task("", visible=False)

    def tell(label: str, done_bytes: int, total_bytes: int) -> None:
        if bar.tasks[0].description != label:
            bar.reset(step, description=label, visible=True)
        bar.update(step, completed=done_bytes, total=total_bytes)

    return tell


def _told_in_lines() -> sources.Progress:
    """One line for each step that lasts, for logs."""
    began: dict[str, float] = {}
    told: set[str] = set()

    def tell(label: str, done_bytes: int, total_bytes: int) -> None:
        lasted = time.monotonic() - began.setdefault(label, time.monotonic())
        if lasted > _LASTING_SECONDS and label not in told:
            told.add(label)
            typer.echo(f"{label} ({_megabytes(total_bytes)})", err=True)

    return tell


def described_models() -> list[dict[str, object]]:
    """Every registered model, and whether it is here."""
    return [_described(model) for model in registered().values()]


def _described(model: RegisteredModel) -> dict[str, object]:
    path = download.model_path(model)
    return {
        **model.model_dump(mode="json"),
        "downloaded": path.is_file(),
        "path": str(path),
    }


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.0f} MB"


def _example(server: EmbeddedServer) -> str:
    body = json.dumps(
        {"model": server.model, "messages": [{"role": "user", "content": "Who are you?"}]}
    )
    return (
        f"curl {server.base_url}/chat/completions"
        f" -H 'Content-Type: application/json' -d '{body}'\n"
        f"society run prisoners_dilemma --population tin-man"
        f" --model {server.base_url}#{server.model}"
    )
