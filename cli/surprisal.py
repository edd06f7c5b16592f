"""`society surprisal`: how surprising texts are to a model: personas, or what characters said."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich import box
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from agents.authored import tropes
from agents.completer import Surprisal, SurprisalRequest, Unmeasurable
from agents.own import Own, load
from agents.persona import Casting
from agents.populations import Pool, counts, parse, pooled
from agents.reading import sha256
from agents.statements import being_clause
from agents.templates import template
from analysis import surprisal as analysed
from analysis.folder import open_folder
from analysis.writing import write_whole
from cli.models import download_bar
from cli.options import AsJson, Concurrency, MaxCalls, MaxTokens, Personas, Quiet
from cli.spoken import Spoken, spoken
from sim.budget import Budget
from sim.calls import Journal
from sim.errors import ExperimentError
from sim.gauging import gauge_all
from sim.opening import ModelChoice, open_model
from sim.streams import keyed

TROPES = "tropes"
DEFAULT = ("human-any", "ai-any", "human-scrambled", TROPES)
FRAME = template("who").partition("{persona}")[0]
"""What stands before every persona's text, fixed and neutral: the interview's turn."""
_FIRST = 5
_GENERATED = frozenset({"respondent", "scrambled", "trope"})
_DASH = "\u2013"
_JOURNAL = "surprisal.sqlite"
Found = Surprisal | Unmeasurable


@dataclass(frozen=True, slots=True)
class _Way:
    """How it is asked and told."""

    model: ModelChoice
    quiet: bool
    as_json: bool


def surprisal(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="score what was said in this folder's runs")
    ] = None,
    population: Annotated[
        list[str] | None,
        typer.Option(
            metavar="P",
            help="score persona texts: a persona, a population, a mix, or `tropes` for all of them;"
            " repeatable",
            show_default=", ".join(DEFAULT),
        ),
    ] = None,
    agents: Annotated[int, typer.Option(min=1, help="personas of each population")] = 20,
    model: Annotated[
        str | None, typer.Option(metavar="M", help="embedded, or that of DIR", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="draws the personas")] = 0,
    personas: Personas = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="records", show_default="surprisal, or DIR")
    ] = None,
    replay: Annotated[bool, typer.Option("--replay", help="answer from recorded calls")] = False,
    concurrency: Concurrency = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """How surprising persona texts, or what was said in DIR, are to a model, in nats per token."""
    if folder is not None and population:
        raise ExperimentError("surprisal: either DIR or --population: what was said, or personas")
    if folder is not None and personas:
        raise ExperimentError("surprisal: --personas goes with --population, not with DIR")
    budget = Budget(max_calls, max_tokens)
    if folder is None:
        choice = ModelChoice(
            model or "embedded", concurrency=concurrency, replay=replay, budget=budget
        )
        own = load(personas or ())
        names = tuple(dict.fromkeys(population or DEFAULT))
        cast = [(name, each) for name in names for each in _castings(name, (agents, seed), own)]
        _personas(cast, seed, _Way(choice, quiet, as_json), out or Path("surprisal"))
        return
    opened = open_folder(folder)
    mind = opened.experiment.get("mind", {})
    choice = ModelChoice(
        model or str(mind.get("model", "embedded")),
        str(mind.get("key_variable", "OPENAI_API_KEY")),
        concurrency,
        replay,
        budget,
    )
    _speech(spoken(opened), _Way(choice, quiet, as_json), out or folder)


def _personas(cast: Sequence[tuple[str, Casting]], seed: int, way: _Way, out: Path) -> None:
    requests = [SurprisalRequest("", FRAME, casting.text) for _, casting in cast]
    found = _gauged(requests, way, out)
    told = (_text_row(*each, measured) for each, measured in zip(cast, found, strict=True))
    rows = pl.DataFrame(list(told), schema=dict(analysed.TEXTS), orient="row")
    _conclude(rows, way, out, {"frame": FRAME, "seed": seed})


def _castings(name: str, drawn: tuple[int, int], own: Own) -> list[Casting]:
    """Different personas of a population, paraphrases in turn; of tropes every text.

    Args:
        name: of the population.
        drawn: how many, and the seed that draws them.
        own: the user's own personas and people.
    """
    agents, seed = drawn
    if name == TROPES:
        return [Casting(trope, i) for trope in tropes().values() for i in range(len(trope.texts))]
    found = parse(name, own)
    seats = zip(found.members, counts(found, agents), strict=True)
    draw = keyed(seed)
    castings = [
        casting
        for member, count in seats
        if member.found is not None and count
        for casting in pooled(member.found, Pool(count, draw))
    ]
    if not castings:
        raise ExperimentError(f"surprisal: {name!r} has no persona whose text could be scored")
    return castings


def _text_row(name: str, casting: Casting, found: Found) -> tuple[object, ...]:
    persona = casting.persona
    common = _common(casting.text, found)
    place = (name, persona.name, persona.kind, casting.paraphrase)
    if isinstance(found, Unmeasurable):
        return (*place, *common, None, None, None, None)
    being: tuple[int | None, float | None] = (None, None)
    if persona.kind in _GENERATED:
        being = _within(found, being_clause(casting.text, casting.paraphrase))
    first = (list(found.tokens[:_FIRST]), [-value for value in found.log_probabilities[:_FIRST]])
    return (*place, *common, *being, *first)


def _common(text: str, found: Found) -> tuple[object, ...]:
    """The columns that both tables have."""
    if isinstance(found, Unmeasurable):
        return (text, sha256(text), None, None, None, found.reason, None)
    key = sha256("\n".join(found.call_keys))
    return (text, sha256(text), len(found.tokens), found.nats, found.level, None, key)


def _within(found: Surprisal, span: tuple[int, int]) -> tuple[int, float]:
    """Number and nats of the tokens whose first letter lies in a span of characters."""
    at, inside = 0, []
    for token, value in zip(found.tokens, found.log_probabilities, strict=True):
        # A token begins with the blank before its word.
        if span[0] <= at + len(token) - len(token.lstrip()) < span[1]:
            inside.append(value)
        at += len(token)
    return len(inside), -sum(inside)


def _speech(said: Sequence[Spoken], way: _Way, out: Path) -> None:
    if not said:
        raise ExperimentError(
            f"{out}: nothing was said or thought in own words in these runs: play with"
            " mind.speech = 'words' or readout = 'deliberate'"
        )
    requests = [each.request for each in said if each.request is not None]
    found = iter(_gauged(requests, way, out))
    rows = []
    for each in said:
        got = next(found) if each.request is not None else Unmeasurable(str(each.reason))
        names = ("run_id", "population", "round", "agent", "persona", "kind")
        rows.append((*(each.row[name] for name in names), *_common(each.row["text"], got)))
    table = pl.DataFrame(rows, schema=dict(analysed.SPEECH), orient="row")
    _conclude(table, way, out, {"frame": "the situation without the persona's turn"})


def _gauged(requests: Sequence[SurprisalRequest], way: _Way, out: Path) -> list[Found]:
    """Measure with a journal in the folder, so that the same command goes on."""
    out.mkdir(parents=True, exist_ok=True)
    journal = Journal(out / _JOURNAL)
    try:
        with download_bar(quiet=way.quiet) as told, _bar(len(set(requests)), way) as advance:

            async def ask() -> list[Found]:
                async with open_model(way.model, journal, told) as opened:
                    return await gauge_all(opened.scorer, requests, advance)

            return asyncio.run(ask())
    finally:
        journal.close()


@contextmanager
def _bar(total: int, way: _Way) -> Iterator[Any]:
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    hidden = way.quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as bar:
        step = bar.add_task("texts", total=total)
        yield lambda: bar.advance(step)


def _conclude(rows: pl.DataFrame, way: _Way, out: Path, about: Mapping[str, Any]) -> None:
    """Write the table; tell groups and differences."""
    write_whole(out / analysed.FILE, rows.write_parquet)
    groups, apart = analysed.levels(rows), analysed.differences(rows)
    if way.as_json:
        texts = rows.drop("text").to_dicts()
        told = {
            **about,
            "model": way.model.label(),
            "groups": [_flat(each) for each in groups],
            "differences": [_flat(each) for each in apart],
            "texts": texts,
            "records": str(out / analysed.FILE),
        }
        typer.echo(json.dumps(told, indent=2))
        return
    _print(groups, apart)
    reasons = rows["reason"].drop_nulls().unique().sort().to_list()
    for reason in reasons:
        number = len(rows.filter(pl.col("reason") == reason))
        typer.echo(f"not measurable, {number} of {len(rows)} texts: {reason}", err=True)
    typer.echo(f"records: {out / analysed.FILE}")


def _flat(each: analysed.Level | analysed.Difference) -> dict[str, Any]:
    """One level, for JSON."""
    told = asdict(each)
    estimate = told.pop("estimate")
    return {**told, "value": estimate.pop("value"), **estimate}


def _print(groups: Sequence[analysed.Level], apart: Sequence[analysed.Difference]) -> None:
    title = "Surprisal: mean over personas, or over texts or runs of few; 95% interval"
    heads = ("", "of", "nats per token", "over", "texts", "tokens", "missing")
    rows = [
        (
            each.group,
            each.measure,
            _interval(each.estimate.value, each.estimate.low, each.estimate.high),
            f"{each.estimate.n} {each.cluster}s",
            str(each.texts),
            _DASH if each.tokens is None else f"{each.tokens:.1f}",
            str(each.missing),
        )
        for each in groups
    ]
    console = Console()
    console.print(_table(title, heads, rows))
    if not apart:
        return
    heads_apart = ("a minus b", "of", "difference", "p corrected", "n")
    pairs = [
        (
            f"{each.a} minus {each.b}",
            each.measure,
            _interval(each.estimate.value, each.estimate.low, each.estimate.high),
            _DASH if each.p_adjusted is None else f"{each.p_adjusted:.3f}",
            f"{each.estimate.n}{' pairs' if each.paired else ''}",
        )
        for each in apart
    ]
    console.print(_table("Differences", heads_apart, pairs))


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return _DASH
    return f"{value:.3f}" + ("" if low is None or high is None else f" [{low:.3f}, {high:.3f}]")


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for heading in heads:
        table.add_column(heading)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
