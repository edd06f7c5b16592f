"""A sweep: all runs of an experiment in one folder; the same call again goes on where it ended."""

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents import interventions, templates
from agents.errors import AgentError
from agents.inventory import digest
from agents.minds import Minds
from agents.own import remarks
from agents.persona import Casting
from agents.populations import Seat
from agents.reading import sha256
from agents.readouts import check_speech
from agents.readouts import resolve as resolve_readout
from scenarios.wording import load
from sim.calls import Journal
from sim.changing import planned
from sim.errors import RecordError, SimError
from sim.executor import Onlooker, Outcome, Reader, Score, Stage, Watcher, play_all
from sim.experiment import schedule_of, to_toml
from sim.opening import SCRIPTED, ModelChoice, OpenModel, open_model
from sim.plan import RunSpec
from sim.provenance import hashes, keep_to, note_served, now, served, versions
from sim.schema import Experiment
from sim.seating import seats_of
from sim.sources import Progress
from sim.store import Store, same_tables
from sim.topology import FromFile
from sim.usage import usage

_INPUTS = "what the runs are played with"
_READ_BY = "readout of the model"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to carry out, and where.

    Attributes:
        experiment: the experiment.
        specs: its runs.
        folder: the experiment folder.
        model: which model, and how it may be used.
        score: makes the outcomes table of a run.
        lock: text of the lock that the runs were registered by; None without one, or where the
            folder has it already.
        onlooker: looks at every society between its rounds; None for nobody.
    """

    experiment: Experiment
    specs: Sequence[RunSpec]
    folder: Path
    model: ModelChoice
    score: Score
    lock: str | None = None
    onlooker: Onlooker | None = None


async def carry_out(sweep: Sweep, watcher: Watcher, progress: Progress | None = None) -> Outcome:
    """Play what is not there yet, and keep the manifest.

    Raises:
        StoppedError: the budget is used up; the same call goes on.
        SimError, AgentError: it cannot begin (nothing is left behind) or cannot write.
    """
    store = Store(sweep.folder)
    store.claim(to_toml(sweep.experiment))
    try:
        if sweep.lock is not None:
            store.write_lock(sweep.lock)
        missing = [spec for spec in sweep.specs if not store.has(spec.run_id)]
        if not missing and store.read_manifest() and not sweep.model.replay:
            return Outcome()
        return await _carry_on(sweep, missing, store, (watcher, progress))
    finally:
        store.release()


async def _carry_on(
    sweep: Sweep,
    missing: Sequence[RunSpec],
    store: Store,
    tell: tuple[Watcher, Progress | None],
) -> Outcome:
    """Play what is missing, or replay all, with the folder's journal open."""
    journal = Journal(sweep.folder / "calls.sqlite")
    try:
        keep_to(all_inputs(sweep.experiment, sweep.specs), _INPUTS, sweep.folder, journal)
        if sweep.model.replay:
            return await _replay(sweep, store, journal, tell[0])
        return await _play_missing(sweep, missing, store, journal, tell)
    finally:
        journal.close()


async def _replay(sweep: Sweep, store: Store, journal: Journal, watcher: Watcher) -> Outcome:
    """Derive every run again from the recorded calls; runs that are there must be the same.

    Raises:
        MissingCallError: a call was never recorded.
        RecordError: a run that is there differs from what the recorded calls give.
    """
    again = Store(store.runs / ".replay")
    again.claim(to_toml(sweep.experiment))
    try:
        outcome = await _play_missing(sweep, sweep.specs, again, journal, (watcher, None))
        for spec in sweep.specs:
            _keep_or_compare(again.runs / spec.run_id, store.runs / spec.run_id)
        store.write_manifest(again.read_manifest())
    except (SimError, AgentError):
        journal.close()
        store.abandon()
        raise
    finally:
        again.release()
        shutil.rmtree(again.folder, ignore_errors=True)
    return outcome


def _keep_or_compare(derived: Path, recorded: Path) -> None:
    if not derived.is_dir():
        return  # It failed, and is named in the manifest.
    if not recorded.is_dir():
        derived.rename(recorded)
    elif not same_tables(derived, recorded):
        raise RecordError(
            f"run {recorded} is not what the recorded calls give: it was changed, or played by"
            " another version"
        )


async def _play_missing(
    sweep: Sweep,
    missing: Sequence[RunSpec],
    store: Store,
    journal: Journal,
    tell: tuple[Watcher, Progress | None],
) -> Outcome:
    started = now()
    outcome = Outcome()
    begun = False
    try:
        async with _opened(sweep, missing, journal, tell[1]) as (opened, readouts):
            begun = True
            readers = _readers(sweep, opened, readouts, tell[0])
            asks_quiz = sweep.experiment.design.comprehension
            schedule = schedule_of(sweep.experiment)
            stage = Stage(readers, store, sweep.score, asks_quiz, tell[0], schedule, sweep.onlooker)
            try:
                await play_all(missing, stage, outcome)
            finally:
                manifest = _manifest(sweep, store, journal, outcome)
                times = {"started": started, "finished": now()}
                store.write_manifest(manifest | times)
    except (SimError, AgentError):
        if not begun:
            journal.close()
            store.abandon()
        raise
    return outcome


@asynccontextmanager
async def _opened(
    sweep: Sweep, missing: Sequence[RunSpec], journal: Journal, progress: Progress | None
) -> AsyncIterator[tuple[OpenModel | None, Mapping[str, str]]]:
    """The model and the readouts it can do; neither is needed where every seat is scripted."""
    wanted = dict.fromkeys(spec.condition.readout for spec in sweep.specs)
    if not any(spec.needs_model for spec in missing):
        yield None, dict.fromkeys(wanted, "scripted")
        return
    async with open_model(sweep.model, journal, progress) as opened:
        able = await opened.scorer.capabilities()
        readouts = {name: resolve_readout(name, able) for name in wanted}
        check_speech(sweep.specs[0].condition.manner, able)
        note_served(opened, journal)
        if opened.about["engine"] != "replay":
            journal.remember(_READ_BY, ", ".join(readouts.values()))
        yield opened, readouts


def _readers(
    sweep: Sweep, opened: OpenModel | None, readouts: Mapping[str, str], watcher: Watcher
) -> dict[str, Reader]:
    """The model behind each readout; all share its journal."""
    scorer = opened.scorer if opened else None
    manner, model = sweep.specs[0].condition.manner, _label(sweep)
    return {
        name: Reader(
            Minds(scorer, readout if opened else "cloze", manner, watcher.prompt_scored),
            {"model": model, "readout": readout},
        )
        for name, readout in readouts.items()
    }


def _label(sweep: Sweep) -> str:
    """The model's name in the records, whatever is left to be played."""
    asked = any(spec.needs_model for spec in sweep.specs)
    return sweep.model.label() if asked or sweep.model.name.startswith(SCRIPTED) else "scripted"


def _manifest(sweep: Sweep, store: Store, journal: Journal, outcome: Outcome) -> dict[str, Any]:
    """Everything that could change a number, and what it cost, over all sessions of the sweep."""
    complete = [spec for spec in sweep.specs if store.has(spec.run_id)]
    asked = any(spec.needs_model for spec in sweep.specs)
    return {
        "name": sweep.experiment.name,
        "model": {
            "name": _label(sweep),
            "identity": sweep.model.identity() if asked else None,
            **served(journal),
        },
        "readout": journal.recalled(_READ_BY) or "scripted",
        "versions": versions(),
        **all_inputs(sweep.experiment, sweep.specs),
        "runs": {
            "planned": len(sweep.specs),
            "complete": len(complete),
            "failed": len(outcome.failures),
        },
        **_warnings(sweep.specs),
        "failures": [
            {"run_id": run_id, "error": error} for run_id, error in sorted(outcome.failures.items())
        ],
        "usage": usage(store.runs, sweep.folder / "calls.sqlite", sweep.model.budget.price),
    }


def warnings(specs: Sequence[RunSpec]) -> tuple[str, ...]:
    """What is to be said about the user's own people in these runs, each once."""
    played = [spec.condition.population for spec in specs]
    for spec in specs:
        for change in spec.condition.intervention.changes:
            played += [come for come in (change.persona, change.yoke) if come is not None]
    members = (member for population in played for member in population.members)
    return remarks({member.source: member.found for member in members}.values())


def _warnings(specs: Sequence[RunSpec]) -> dict[str, list[str]]:
    found = warnings(specs)
    return {"warnings": list(found)} if found else {}


def all_inputs(experiment: Experiment, specs: Sequence[RunSpec]) -> dict[str, Any]:
    """Everything that a sweep is begun with, what characters are asked beside the play included."""
    schedule = schedule_of(experiment)
    asked = {} if schedule is None else {"inventory": digest(schedule.instrument)}
    return {**inputs(specs), **asked}


def inputs(specs: Sequence[RunSpec]) -> dict[str, Any]:
    """Hashes of the texts and files that the runs are played with."""
    castings = {
        seat.casting
        for spec in specs
        for seat in _all_seats(spec)
        if isinstance(seat.casting, Casting)
    }
    rates = {each.name: sha256(repr(each.table)) for s in specs for each in s.condition.rates}
    told = {sha256(interventions.source()) for s in specs if s.condition.intervention.changes}
    games = sorted({spec.condition.game for spec in specs})
    networks = {spec.condition.network for spec in specs}
    files = sorted(network.file for network in networks if isinstance(network, FromFile))
    return {
        "personas": hashes(castings),
        "panel": sorted({sha256(text) for s in specs for text in s.condition.manner.panel}),
        "prompts": dict(templates.hashes()),
        "wordings": {game: sha256(load(game).model_dump_json()) for game in games},
        "networks": {str(file): sha256(file.read_text(encoding="utf-8")) for file in files},
        **({"interventions": sorted(told)} if told else {}),
        **({"rates": dict(sorted(rates.items()))} if rates else {}),
    }


def _all_seats(spec: RunSpec) -> tuple[Seat, ...]:
    """Everybody who sits somewhere at some time in a run."""
    seats = seats_of(spec)
    return (*seats, *(change.after for change in planned(spec, seats, ())))
