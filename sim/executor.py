"""The local executor: all runs of a sweep at once on one event loop, under one limit.

A run that waits for a slow reply never holds up the others. A run is written when it is over, and
appears whole; a run that fails is named in the manifest, and the sweep goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from agents.errors import CompleterError
from agents.minds import Minds, Posed
from sim import tables
from sim.changing import as_table
from sim.collector import patient_collector
from sim.describing import describe
from sim.errors import RecordError, StoppedError
from sim.inquiry import Inquiry, due
from sim.plan import RunSpec
from sim.records import table
from sim.schedule import Schedule
from sim.society import Society
from sim.store import Store

_MOST_OPEN_RUNS = 512
"""Runs that are played at the same time; more only cost memory."""

Score = Callable[[Mapping[str, Any], Mapping[str, pl.DataFrame]], pl.DataFrame]
"""Makes the outcomes table from `run.json` and the other tables."""
Onlooker = Callable[[Society, int], Awaitable[None]]
"""Looks at a society before its first round, with 0, and once each round is settled; the play waits
until it has looked."""


class Watcher(Protocol):
    """Told how the sweep goes."""

    def prompt_scored(self) -> None:
        """One more prompt of a context has been scored."""

    def round_played(self, run_id: str) -> None:
        """One more round of a run is settled."""

    def run_ended(self, run_id: str, error: str | None) -> None:
        """A run is written, or has failed."""


@dataclass
class Outcome:
    """How a sweep ended.

    Attributes:
        complete: runs written now.
        failures: error by run.
        decisions: answers given in the runs written now.
    """

    complete: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """A model behind one readout.

    Attributes:
        minds: who answers.
        models: "model" and "readout" as resolved.
    """

    minds: Minds
    models: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """What all runs of a sweep share.

    Attributes:
        readers: by readout, as the conditions ask for it.
        store: where runs are written.
        score: makes the outcomes table.
        comprehension: whether the quiz is asked.
        watcher: told how it goes.
        schedule: when an inventory is asked; None for never.
        onlooker: looks at every society between its rounds; None for nobody.
    """

    readers: Mapping[str, Reader]
    store: Store
    score: Score
    comprehension: bool
    watcher: Watcher
    schedule: Schedule | None = None
    onlooker: Onlooker | None = None

    def reader(self, spec: RunSpec) -> Reader:
        """Who answers in a run."""
        return self.readers[spec.condition.readout]


async def play_all(
    specs: Sequence[RunSpec], stage: Stage, outcome: Outcome | None = None
) -> Outcome:
    """Play every run that is not there yet.

    Args:
        specs: the runs.
        stage: what they share.
        outcome: where it is noted how they end, for who wants to know it also after an error.

    Raises:
        StoppedError: the budget is used up; whole runs and recorded calls are kept.
        RecordError: nothing can be written any more.
    """
    noted = Outcome() if outcome is None else outcome
    turns = asyncio.Semaphore(_MOST_OPEN_RUNS)

    async def play_in_turn(spec: RunSpec) -> None:
        async with turns:
            await _play_one(spec, stage, noted)

    try:
        with patient_collector():
            async with asyncio.TaskGroup() as group:
                for spec in specs:
                    group.create_task(play_in_turn(spec))
    except BaseExceptionGroup as several:
        # Runs that stop for the same reason say so one by one; once is enough.
        first = several.exceptions[0]
        if isinstance(first, StoppedError):
            await asyncio.gather(*(reader.minds.finish() for reader in stage.readers.values()))
        raise first from None
    return noted


async def play(
    society: Society,
    minds: Minds,
    watcher: Watcher | None = None,
    between: Callable[[int], Awaitable[None]] | None = None,
) -> None:
    """Play a society to its end.

    Args:
        society: who plays.
        minds: who answers.
        watcher: told of every round.
        between: called before the first round with 0, and with every round once it is settled.
    """
    now = society.round
    if between is not None:
        await between(0)
    while asks := society.asks():
        if society.round != now and watcher is not None:
            now = society.round
            watcher.round_played(society.spec.run_id)
        left = society.spec.condition.parameters.rounds - society.round
        society.settle(await minds.answer(asks, left))
        if between is not None and society.is_settled:
            await between(society.round)
    if watcher is not None:
        watcher.round_played(society.spec.run_id)


async def _play_one(spec: RunSpec, stage: Stage, outcome: Outcome) -> None:
    """Play and write one run: the one place where any fault of a run is caught and kept."""
    try:
        minds = stage.reader(spec).minds
        society = Society(spec, minds)
        try:
            probes = await _quiz(society, stage)
            inquiry = _inquiry(spec, stage)
            await play(society, minds, stage.watcher, _between(society, stage, inquiry))
            about = describe(society)
            tables_beside = {}
            if inquiry is not None:
                probes = [*probes, *inquiry.rows]
                tables_beside["probe_readings"] = inquiry.table()
            # Off the loop: writing takes as long as several replies.
            writing = asyncio.ensure_future(
                asyncio.to_thread(_write, society, about, (probes, tables_beside), stage)
            )
            await _ended(writing)
        finally:
            society.dissolve()
    except (StoppedError, RecordError):
        raise
    except Exception as error:  # noqa: BLE001 - a run's boundary: the sweep goes on without it
        known = isinstance(error, CompleterError)
        message = str(error) if known else f"{type(error).__name__}: {error}"
        outcome.failures[spec.run_id] = message
        stage.watcher.run_ended(spec.run_id, message)
    else:
        outcome.complete += 1
        outcome.decisions += society.notes.decisions
        stage.watcher.run_ended(spec.run_id, None)


async def _ended(writing: asyncio.Future[None]) -> None:
    """Wait for it, also when cancelled: a run may not appear after the manifest and the lock."""
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait((writing,))
        raise


async def _quiz(society: Society, stage: Stage) -> list[tuple[object, ...]]:
    """Comprehension of the game in this wording, asked of the model without a persona."""
    if not stage.comprehension or not society.spec.needs_model:
        return []
    teller = next(iter(society.tellers.values()))
    asked = teller.quiz()
    await society.minds.answer([Posed(choice, 0.0) for _, choice in asked])
    rows: list[tuple[object, ...]] = []
    for question, choice in asked:
        reading = society.minds.read(choice).result()
        distribution, chosen = reading.distribution, reading.chosen
        answer = expected = None
        if chosen is not None:
            answer, expected = question.answers[chosen], float(chosen == question.correct)
        if distribution is not None:
            answer = question.answers[distribution.index(max(distribution))]
            expected = distribution[question.correct]
        rows.append(
            (
                society.spec.run_id,
                0,
                None,
                "none",
                "comprehension",
                question.item,
                question.answers[question.correct],
                answer,
                expected,
                None if distribution is None else list(distribution),
            )
        )
    return rows


def _inquiry(spec: RunSpec, stage: Stage) -> Inquiry | None:
    if stage.schedule is None:
        return None
    return Inquiry(spec.run_id, spec.seed, stage.schedule.instrument)


def _between(
    society: Society, stage: Stage, inquiry: Inquiry | None
) -> Callable[[int], Awaitable[None]] | None:
    """Asks between the rounds, where anything is asked, and lets an onlooker look."""
    onlooker = stage.onlooker
    if inquiry is None and onlooker is None:
        return None

    async def ask_and_look(settled: int) -> None:
        if inquiry is not None:
            left = society.spec.condition.parameters.rounds - settled
            await inquiry.ask(society.minds, due(society, stage.schedule, settled), settled, left)
        if onlooker is not None:
            await onlooker(society, settled)

    return ask_and_look


def _write(
    society: Society,
    about: Mapping[str, Any],
    probes: tuple[list[tuple[object, ...]], Mapping[str, pl.DataFrame]],
    stage: Stage,
) -> None:
    spec = society.spec
    models = stage.reader(spec).models
    frames = tables.build(spec, society.seats, society.game.options, society.notes, models)
    rows, beside = probes
    frames["probes"] = table("probes", rows)
    if spec.condition.intervention.changes:
        frames["interventions"] = as_table(spec, society.notes.changed)
    frames["outcomes"] = stage.score(about, frames)
    stage.store.write_run(spec.run_id, {**frames, **beside}, about)
