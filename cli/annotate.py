"""`society annotate`: a judge's pass over what was said, and how it agrees with people."""

import asyncio
import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from agents.judging import class_orders
from agents.readouts import DESCRIPTIONS
from agents.rubric import Rubric, load
from analysis import annotations
from analysis.errors import AnalysisError
from analysis.folder import open_folder
from analysis.labels import Held, hold, read_labels
from analysis.writing import write_whole
from cli.annotation_tables import print_agreement, print_pass
from cli.models import download_bar
from cli.options import AsJson, Concurrency, Folder, MaxCalls, MaxTokens, Quiet
from cli.progress import Tally, counting
from cli.sayings import KINDS, sayings
from scenarios.catalogue import nearest
from sim.annotating import Annotated as Found
from sim.annotating import Pass, Said, drawn
from sim.annotating import annotate as judge_all
from sim.budget import Budget
from sim.errors import ExperimentError, SimError, StoppedError
from sim.opening import SCRIPTED, ModelChoice

_READOUTS = ("auto", "cloze", "label", "json", "sample")
_SAME_JUDGE = ("rubric_sha256", "prompts", "model", "readout")
"""What an agreement is an agreement of; with another of these it is another judge's."""


def annotate(
    folder: Folder,
    rubric: Annotated[Path, typer.Option(metavar="FILE", help="the question and its classes")],
    model: Annotated[
        str, typer.Option(metavar="M", help="embedded, openai:NAME, http://HOST:PORT/v1#NAME")
    ] = "embedded",
    what: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND", help=f"{', '.join(KINDS)}; repeatable", show_default="messages"
        ),
    ] = None,
    readout: Annotated[str, typer.Option(metavar="X", help=", ".join(_READOUTS))] = "auto",
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="judge only this sample of the words")
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="CSV of item, label by people; repeatable"),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="write so many words to be labelled; ask nothing"),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="of --sample")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of the order of judging and of samples")] = 0,
    replay: Annotated[bool, typer.Option("--replay", help="answer from recorded calls")] = False,
    concurrency: Concurrency = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Let a model judge what was said, by a rubric, without knowing who said it."""
    asked = load(rubric)
    if (sample is None) != (out is None):
        raise ExperimentError("annotate: --sample N and --out FILE go together")
    if sample is not None and labels:
        raise ExperimentError("annotate: --sample is written to be labelled; give --labels after")
    if readout not in _READOUTS:
        known = {name: DESCRIPTIONS[name] for name in _READOUTS}
        raise ExperimentError(f"--readout {readout!r}: unknown to a judge{nearest(readout, known)}")
    kinds = tuple(dict.fromkeys(what or ["messages"]))
    for kind in kinds:
        if kind not in KINDS:
            raise ExperimentError(f"--what {kind!r}: unknown{nearest(kind, KINDS)}")
    opened = open_folder(folder)
    said = sayings(opened, asked, kinds)
    if sample is not None and out is not None:
        told = _write_sample(said, (sample, seed), asked, out)
        typer.echo(json.dumps(told, indent=2) if as_json else told["sample"])
        return
    given = read_labels(labels, tuple(asked.classes), _items(said)) if labels else None
    mind: Mapping[str, Any] = opened.experiment.get("mind", {})
    budget = Budget(max_calls, max_tokens)
    key = str(mind.get("key_variable", "OPENAI_API_KEY"))
    choice = ModelChoice(model, key, concurrency, replay, budget)
    _check(choice)
    found = _judged(Pass(asked, readout, choice, seed, limit), said, folder, quiet=quiet)
    held = None
    if given is not None:
        held = hold(given, _by_item(found.table), tuple(asked.classes), _said_by(said))
    _conclude(folder, asked, _write(folder, asked, found, held), as_json=as_json)


def _items(said: Sequence[Said]) -> dict[str, str]:
    """The item of each item's name and of each text; a text of several items names none."""
    of: dict[str, set[str]] = {}
    for each in said:
        for name in (each.words.item, each.words.text, each.text.strip()):
            of.setdefault(name, set()).add(each.words.item)
    return {name: items.pop() for name, items in of.items() if len(items) == 1}


def _said_by(said: Sequence[Said]) -> dict[str, set[str]]:
    """Items of each member of the populations."""
    of: dict[str, set[str]] = {}
    for each in said:
        of.setdefault(each.arm[1], set()).add(each.words.item)
    return of


def _check(choice: ModelChoice) -> None:
    if choice.name.startswith(SCRIPTED):
        raise ExperimentError(f"--model {choice.name!r}: a strategy judges nothing; give a model")
    try:
        choice.addresses()
    except SimError as error:
        raise ExperimentError(f"--model: {error}") from None


def _judged(task: Pass, said: Sequence[Said], folder: Path, *, quiet: bool) -> Found:
    """The pass, with a bar; its journal is in the folder of the annotations."""
    place = folder / annotations.FOLDER

    async def work(watch: Tally) -> Found:
        with download_bar(quiet=quiet) as told:
            return await judge_all(task, said, place, watch.prompt_scored, told)

    orders = 2 * len(class_orders(len(task.rubric.classes), "cloze"))
    expected = orders * len(drawn(said, task.limit, task.seed))
    budget = task.model.budget
    try:
        if quiet:
            return asyncio.run(work(Tally(expected, 0, budget)))
        with counting((expected, 0), budget, 1) as watch:
            return asyncio.run(work(watch))
    except KeyboardInterrupt:
        raise StoppedError("interrupted; run the same command again to go on") from None


def _by_item(table: pl.DataFrame) -> dict[str, str | None]:
    return dict(table.select("item", "class").unique().iter_rows())


def _write(
    folder: Path, rubric: Rubric, found: Found, held: Held | None
) -> annotations.Annotations:
    """Table and manifest; an agreement stays where the judge is the same."""
    place = folder / annotations.FOLDER / f"{rubric.name}.parquet"
    about = dict(found.about)
    about["agreement"] = _kept(folder, about) if held is None else held.document()
    write_whole(place, found.table.write_parquet)
    about["table_sha256"] = hashlib.sha256(place.read_bytes()).hexdigest()
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    write_whole(place.with_suffix(".json"), lambda file: file.write_text(text, encoding="utf-8"))
    return annotations.read(folder, rubric.name)


def _kept(folder: Path, about: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as it was written
    """The agreement of an earlier pass of the same judge; None without one."""
    try:
        before = annotations.read(folder, about["rubric"]).about
    except AnalysisError:
        return None
    is_same = all(before.get(key) == about[key] for key in _SAME_JUDGE)
    return before.get("agreement") if is_same else None


def _conclude(
    folder: Path, rubric: Rubric, told: annotations.Annotations, *, as_json: bool
) -> None:
    found = told.table["class"].to_list()
    classes = {name: found.count(name) for name in rubric.classes}
    records = str(folder / annotations.FOLDER / f"{rubric.name}.parquet")
    if as_json:
        document = {**told.about, "found": classes, "remark": told.remark, "records": records}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    print_pass(told.about, classes, told.remark)
    if told.about["agreement"]:
        print_agreement(told.about["agreement"], rubric.classes)
    about = told.about
    typer.echo(f"judged: {about['judged']} of {about['said']}, {about['different']} different")
    typer.echo(f"records: {records}")


def _write_sample(
    said: Sequence[Said], draw: tuple[int, int], rubric: Rubric, out: Path
) -> dict[str, Any]:
    """Words to be labelled, in the very form in which a judge is shown them."""
    chosen = drawn(said, *draw)
    with_rules = rubric.situation == "rules"

    def write(file: Path) -> None:
        with file.open("w", encoding="utf-8", newline="") as opened:
            rows = csv.writer(opened)
            rows.writerow(["item", *(["situation"] if with_rules else []), "text", "label"])
            for words in chosen:
                rules = [words.situation] if with_rules else []
                # In quotes, so that no spreadsheet takes a text for a formula.
                rows.writerow([words.item, *rules, f'"{words.text}"', ""])

    write_whole(out, write)
    classes = dict(rubric.classes)
    return {
        "sample": str(out),
        "items": len(chosen),
        "question": rubric.question,
        "classes": classes,
    }
