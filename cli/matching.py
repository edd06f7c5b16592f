"""`society show matching`: how alike the personas' texts are, in length and in valence."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from agents import matching
from agents.matching import Difference, Measured
from cli.models import download_bar
from sim import sources
from sim.calls import Journal
from sim.errors import ExperimentError
from sim.opening import ModelChoice, open_model

BEGIN, END = "<!-- matching: begin -->", "<!-- matching: end -->"
NOTE = (
    "The largest difference of a paraphrase is shown, of the first minus the second. Stances are"
    " not matched with each other on valence: how pleasant a disposition is, is what a stance"
    " consists of. Single tropes must match in length paraphrase by paraphrase, in valence in the"
    " mean of their three texts; the placebo, which speaks of a room, in length only. Spread: mean"
    " absolute distance of a text's valence from its cell's mean."
)
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Output:
    """Where the tables go.

    Attributes:
        write: a Markdown page with a place for them; None for the terminal.
        quiet: no progress.
        as_json: one JSON document instead.
    """

    write: Path | None
    quiet: bool
    as_json: bool


def show(model: str | None, output: Output) -> None:
    """Measure every cell, judge every comparison, and tell.

    Args:
        model: whose tokens are counted; None for words.
        output: where it goes.

    Raises:
        ExperimentError: the page has no place for the tables, or the model no tokenizer.
    """
    page = None if output.write is None else _page(output.write)
    counts = None if model is None else _counted(model, quiet=output.quiet)
    count = None if counts is None else counts.__getitem__
    measured = {name: matching.measure(g, count) for name, g in matching.groups().items()}
    differences = matching.compare(measured)
    if output.write is not None and page is not None:
        before, after = page
        block = markdown(measured, differences, model)
        output.write.write_text(f"{before}{block}{after}", encoding="utf-8")
    if output.as_json:
        typer.echo(json.dumps(document(measured, differences, model), indent=2))
    elif output.write is not None:
        typer.echo(str(output.write))
    else:
        _print(measured, differences, "words" if model is None else "tokens")


def _page(path: Path) -> tuple[str, str]:
    """What stands before and after the tables, the marks included."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentError(f"{path}: cannot be read: {error}") from None
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ExperimentError(f"{path}: has no place for the tables: write {BEGIN} and {END}")
    return text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]


def _counted(model: str, *, quiet: bool) -> Mapping[str, int]:
    """Tokens of every text of every group."""
    everything = (
        text for group in matching.groups().values() for texts in group.texts for text in texts
    )
    distinct = list(dict.fromkeys(everything))
    console = Console(stderr=True)
    hidden = quiet or not console.is_terminal
    with download_bar(quiet=quiet) as tell, Progress(console=console, disable=hidden) as bar:
        step = bar.add_task("counting tokens", total=len(distinct))
        counts = asyncio.run(_asked(model, distinct, (tell, lambda: bar.advance(step))))
    told = {text: number for text, number in zip(distinct, counts, strict=True) if number}
    if len(told) < len(distinct):
        raise ExperimentError(
            f"model {model!r} does not tell its tokens: leave out --model to count words"
        )
    return told


async def _asked(
    model: str, texts: Sequence[str], tell: tuple[sources.Progress, Callable[[], None]]
) -> list[int | None]:
    """Ask the model's server, with a journal that is thrown away.

    Args:
        model: by name.
        texts: to count.
        tell: told of a model that is fetched, and of every text counted.
    """
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "calls.sqlite")
        turns = asyncio.Semaphore(_AT_ONCE)
        try:
            async with open_model(ModelChoice(model), journal, tell[0]) as opened:

                async def count(text: str) -> int | None:
                    async with turns:
                        found = await opened.scorer.count_tokens(text)
                    tell[1]()
                    return found

                return await asyncio.gather(*map(count, texts))
        finally:
            journal.close()


def document(
    measured: Mapping[str, Measured], differences: Sequence[Difference], model: str | None
) -> dict[str, Any]:
    """All of it as one JSON document."""
    return {
        "length": "words" if model is None else "tokens",
        "model": model,
        "cells": [
            {
                **asdict(each),
                "mean_words": fmean(each.words),
                "mean_tokens": None if each.tokens is None else fmean(each.tokens),
                "mean_valence": fmean(each.valence),
                "within": matching.matched(each.name, differences),
            }
            for each in measured.values()
        ],
        "comparisons": [asdict(each) for each in differences],
        "note": NOTE,
    }


_WHERE: Mapping[bool | None, str] = MappingProxyType({True: "yes", False: "no", None: ""})


def _cell_rows(
    measured: Mapping[str, Measured], differences: Sequence[Difference], *, in_full: bool
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heading and rows; a cell that others are held against has no judgement of its own.

    Args:
        measured: the cells.
        differences: by which they are judged.
        in_full: every paraphrase, where there is room, else the mean over them.
    """
    counted = all(each.tokens is not None for each in measured.values())
    told = _paraphrases if in_full else _mean
    order = " 1 / 2 / 3" if in_full else ""
    tokens = (f"tokens{order}",) if counted else ()
    head = ("", "texts", f"words{order}", *tokens, f"valence{order}", "spread", "alike")
    rows = [
        (
            each.name,
            str(each.personas * len(each.words)),
            told(each.words, 1),
            *((told(each.tokens, 1),) if counted and each.tokens is not None else ()),
            told(each.valence, 2),
            f"{each.spread:.2f}",
            _WHERE[matching.matched(each.name, differences)],
        )
        for each in measured.values()
    ]
    return head, rows


def _pair_rows(
    differences: Sequence[Difference], unit: str
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heading and rows, one a comparison: the mean difference, and the largest of a paraphrase."""
    found: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        found.setdefault((each.a, each.b), []).append(each)
    rows: list[tuple[str, ...]] = []
    for (a, b), several in found.items():
        by = {each.measure: _difference(each) for each in several}
        within = all(each.within for each in several)
        length, valence = by.get("length", ""), by.get("valence", "not compared")
        rows.append((a, b, length, valence, _WHERE[within]))
    return ("", "held against", f"in {unit} (bound)", "in valence (bound)", "alike"), rows


def _paraphrases(values: Sequence[float], digits: int) -> str:
    return " / ".join(_plain(value, digits) for value in values)


def _mean(values: Sequence[float], digits: int) -> str:
    return _plain(fmean(values), digits)


def _plain(value: float, digits: int) -> str:
    """A number without a negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _difference(of: Difference) -> str:
    """What is judged, and its bound."""
    value = of.mean if of.judged == "mean" else of.largest
    if of.measure == "length":
        return f"{round(value, 3) + 0.0:+.1%} ({of.bound:.0%})"
    return f"{round(value, 2) + 0.0:+.2f} ({of.bound:.2f})"


def markdown(
    measured: Mapping[str, Measured], differences: Sequence[Difference], model: str | None
) -> str:
    """Both tables for a page."""
    unit = "words" if model is None else "tokens"
    tables = (_cell_rows(measured, differences, in_full=True), _pair_rows(differences, unit))
    blocks = []
    for head, rows in tables:
        lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
        blocks.append("\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]))
    return "\n" + "\n\n".join(blocks) + "\n"


def _print(measured: Mapping[str, Measured], differences: Sequence[Difference], unit: str) -> None:
    console = Console()
    cells = _cell_rows(measured, differences, in_full=False)
    console.print(_table(cells, "The texts, means over paraphrases"))
    console.print(_table(_pair_rows(differences, unit), "What must match"))
    console.print(NOTE)


def _table(of: tuple[tuple[str, ...], list[tuple[str, ...]]], title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    head, rows = of
    for place, heading in enumerate(head):
        table.add_column(heading, no_wrap=place == 0)
    for row in rows:
        table.add_row(*map(Text, row))
    return table
