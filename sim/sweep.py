"""A sweep: all runs of an experiment in one folder; the same call again goes on where it ended."""

import importlib.metadata
import platform
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents import templates
from agents.errors import AgentError
from agents.minds import Minds
from agents.persona import Casting
from agents.readouts import resolve as resolve_readout
from agents.readouts import sha256
from sim.calls import Journal
from sim.errors import SimError
from sim.executor import Outcome, Score, Stage, Watcher, play_all
from sim.experiment import Experiment, to_toml
from sim.opening import ModelChoice, OpenModel, open_model
from sim.plan import RunSpec
from sim.society import seats_of
from sim.sources import Progress
from sim.store import Store

_SERVED_BY = "what serves the model"
_PACKAGES = ("character-societies", "mesa", "networkx", "numpy", "openai", "polars", "xllamacpp")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to carry out, and where.

    Attributes:
        experiment: the experiment.
        specs: its runs.
        folder: the experiment folder.
        model: which model, and how it may be used.
        score: makes the outcomes table of a run.
    """

    experiment: Experiment
    specs: Sequence[RunSpec]
    folder: Path
    model: ModelChoice
    score: Score


async def carry_out(sweep: Sweep, watcher: Watcher, progress: Progress | None = None) -> Outcome:
    """Play what is not there yet, and keep the manifest.

    Raises:
        StoppedError: the budget is used up; the same call goes on.
        SimError, AgentError: it cannot begin (nothing is left behind) or cannot write.
    """
    store = Store(sweep.folder)
    store.claim(to_toml(sweep.experiment))
    missing = [spec for spec in sweep.specs if not store.has(spec.run_id)]
    if not missing and store.read_manifest():
        return Outcome()
    journal = Journal(sweep.folder / "calls.sqlite")
    try:
        return await _play_missing(sweep, missing, store, journal, (watcher, progress))
    finally:
        journal.close()


async def _play_missing(
    sweep: Sweep,
    missing: Sequence[RunSpec],
    store: Store,
    journal: Journal,
    tell: tuple[Watcher, Progress | None],
) -> Outcome:
    started = _now()
    outcome = Outcome()
    begun = False
    try:
        async with _opened(sweep, missing, journal, tell[1]) as (opened, readout):
            begun = True
            label = sweep.model.label()
            scorer = opened.scorer if opened else None
            minds = Minds(scorer, readout, tell[0].prompt_scored)
            models = {"model": label, "readout": readout}
            asks_quiz = sweep.experiment.design.comprehension
            stage = Stage(minds, store, sweep.score, models, asks_quiz, tell[0])
            try:
                outcome = await play_all(missing, stage)
            finally:
                manifest = _manifest(sweep, models, journal, outcome)
                times = {"started": started, "finished": _now()}
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
) -> AsyncIterator[tuple[OpenModel | None, str]]:
    """The model and the readout it can do; neither is needed where every seat is scripted."""
    if not any(spec.needs_model for spec in missing):
        yield None, "cloze"
        return
    async with open_model(sweep.model, journal, progress) as opened:
        able = await opened.scorer.capabilities()
        if opened.about["engine"] != "replay":
            journal.remember(_SERVED_BY, dict(opened.about))
        yield opened, resolve_readout(sweep.experiment.mind.readout, able)


def _manifest(
    sweep: Sweep, models: Mapping[str, str], journal: Journal, outcome: Outcome
) -> dict[str, Any]:
    """Everything that could change a number, and what it cost."""
    store = Store(sweep.folder)
    complete = [spec for spec in sweep.specs if store.has(spec.run_id)]
    asked = any(spec.needs_model for spec in sweep.specs)
    return {
        "name": sweep.experiment.name,
        "model": {
            "name": models["model"],
            "identity": sweep.model.identity() if asked else None,
            **(journal.recalled(_SERVED_BY) or {}),
        },
        "readout": models["readout"],
        "versions": _versions(),
        "personas": _persona_hashes(sweep.specs),
        "prompts": dict(templates.hashes()),
        "runs": {
            "planned": len(sweep.specs),
            "complete": len(complete),
            "failed": len(outcome.failures),
        },
        "failures": [
            {"run_id": run_id, "error": error} for run_id, error in sorted(outcome.failures.items())
        ],
        "usage": {"contexts": outcome.contexts, **journal.totals()},
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def _persona_hashes(specs: Sequence[RunSpec]) -> dict[str, str]:
    castings = {
        seat.casting
        for spec in specs
        for seat in seats_of(spec)
        if isinstance(seat.casting, Casting)
    }
    return dict(sorted((f"{c.persona.name}/{c.paraphrase}", sha256(c.text)) for c in castings))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
