"""Annotating: a judge's pass over what was said, recorded, and blind to who said it.

The order of judging is drawn by a seed, so that an endpoint that drifts does not drift along with
the arms. What is drawn to be labelled by people is drawn likewise, evenly from all arms, and what
they see bears no arm.
"""

import math
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from agents.judging import OUTCOMES, Judgement, Words, class_orders, judge
from agents.minds import Minds
from agents.reading import sha256
from agents.readouts import Manner
from agents.readouts import resolve as resolve_readout
from agents.rubric import Rubric, prompts
from sim.calls import Journal
from sim.opening import ModelChoice, open_model
from sim.provenance import versions
from sim.records import ANNOTATIONS
from sim.sources import Progress
from sim.streams import uniform

JOURNAL = "calls.sqlite"
"""In the folder of the annotations: a journal of their own, so that what a play took and cost stays
what it was."""
_TABLES = {"message": "messages"}


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance.

    Attributes:
        place: run_id, round, agent, kind, and the call_key of messages or decisions.
        text: as it was said.
        words: all that a judge is shown of it.
        arm: condition and member; looked at to draw evenly, and never shown to who judges.
    """

    place: tuple[str, int, int, str, str]
    text: str
    words: Words
    arm: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pass:
    """A judge's pass.

    Attributes:
        rubric: what is asked.
        readout: as asked for.
        model: the judge.
        seed: of the order, and of what a limit leaves.
        limit: different words at most; None for all.
    """

    rubric: Rubric
    readout: str
    model: ModelChoice
    seed: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Annotated:
    """What came of a pass.

    Attributes:
        table: columns of `sim.records.ANNOTATIONS`, by place.
        about: all that could change a number, and the counts; ready for JSON.
    """

    table: pl.DataFrame
    about: Mapping[str, Any]


def drawn(said: Sequence[Said], number: int | None, seed: int) -> list[Words]:
    """Different words in an order drawn by the seed; all of them, or a sample.

    A sample takes from every arm in turn, so that all have about as many; words that several arms
    said are one.

    Args:
        said: in any order.
        number: how many; None for all.
        seed: other seeds draw other orders.
    """
    known = {each.words.item: each.words for each in said}

    def ranked(items: set[str]) -> list[str]:
        return sorted(items, key=lambda item: (uniform(seed, "judge", item), item))

    if number is None or number >= len(known):
        return [known[item] for item in ranked(set(known))]
    arms: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in said:
        arms[each.arm].add(each.words.item)
    queues = [ranked(arms[arm])[::-1] for arm in sorted(arms)]
    taken: set[str] = set()
    while len(taken) < number:
        for queue in queues:
            while queue and queue[-1] in taken:
                queue.pop()
            if queue and len(taken) < number:
                taken.add(queue.pop())
    return [known[item] for item in ranked(taken)]


async def annotate(
    task: Pass,
    said: Sequence[Said],
    folder: Path,
    on_score: Callable[[], None],
    progress: Progress | None = None,
) -> Annotated:
    """Judge what was said; what is recorded is not asked again.

    Args:
        task: what is asked of whom.
        said: every utterance; those that a limit leaves out are not judged.
        folder: of the annotations, where the journal is.
        on_score: called whenever a prompt has been answered.
        progress: told of a download.

    Raises:
        StoppedError: the budget is used up; the same call goes on.
        SimError, AgentError: it cannot begin or cannot be carried out.
    """
    asked = drawn(said, task.limit, task.seed)
    is_new = not folder.exists()
    folder.mkdir(exist_ok=True)
    journal = Journal(folder / JOURNAL)
    begun = False
    try:
        async with open_model(task.model, journal, progress) as opened:
            readout = resolve_readout(task.readout, await opened.scorer.capabilities())
            begun = True
            minds = Minds(opened.scorer, readout, Manner(temperature=0.0), on_score)
            try:
                judged = await judge(minds, task.rubric, asked, readout)
            finally:
                await minds.finish()
            by = {"model": opened.scorer.name, "readout": readout}
    finally:
        journal.close()
        if is_new and not begun:  # Nothing was asked, and nothing is to be left behind.
            shutil.rmtree(folder, ignore_errors=True)
    found = {words.item: one for words, one in zip(asked, judged, strict=True)}
    table = _table(task.rubric, said, found, by)
    return Annotated(table, _about(task, said, table, by))


def _table(
    rubric: Rubric,
    said: Sequence[Said],
    found: Mapping[str, Judgement],
    by: Mapping[str, str],
) -> pl.DataFrame:
    rows = []
    for each in sorted(said, key=lambda one: (one.place, one.text)):
        one = found.get(each.words.item)
        if one is None:
            continue
        run_id, at, agent, kind, key = each.place
        place = (run_id, _TABLES.get(kind, "decisions"), at, agent, kind, key)
        likely = None if one.probabilities is None else list(one.probabilities)
        told = (each.words.item, sha256(each.text), rubric.name, one.outcome, one.found, likely)
        evidence = (one.mass, one.level, one.prompt_sha256, one.call_key)
        rows.append((*place, *told, *evidence, by["model"], by["readout"]))
    return pl.DataFrame(rows, schema=dict(ANNOTATIONS), orient="row")


def _about(
    task: Pass, said: Sequence[Said], table: pl.DataFrame, by: Mapping[str, str]
) -> dict[str, Any]:
    rubric = task.rubric
    outcomes = table["outcome"].to_list()
    each = table.unique("item").sort("item")
    masses = each["mass"].drop_nulls().to_list()
    return {
        "rubric": rubric.name,
        "rubric_sha256": rubric.sha256,
        "question": rubric.question,
        "classes": dict(rubric.classes),
        "situation": rubric.situation,
        "prompts": dict(prompts()),
        **by,
        "orders": len(class_orders(len(rubric.classes), by["readout"])),
        "seed": task.seed,
        "limit": task.limit,
        "said": len(said),
        "judged": len(table),
        "different": len(each),
        "outcomes": {name: outcomes.count(name) for name in OUTCOMES},
        "mass": math.fsum(masses) / len(masses) if masses else None,
        "says_one_class": len(each) > 1 and each["class"].drop_nulls().n_unique() == 1,
        "versions": versions(),
    }
