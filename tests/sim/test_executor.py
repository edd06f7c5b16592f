"""Claims about all runs at once: what was begun to be written is, and what failed is noted."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agents.errors import CompleterError
from agents.memory import Last
from agents.minds import Minds
from agents.populations import parse
from scenarios import catalogue
from scenarios.wording import load
from sim.errors import StoppedError
from sim.executor import Outcome, Reader, Stage, play_all
from sim.plan import Condition, RunSpec
from sim.records import table
from sim.store import Store
from sim.topology import Complete


class Quiet:
    """A watcher that tells nobody."""

    def prompt_scored(self) -> None: ...

    def round_played(self, run_id: str) -> None: ...

    def run_ended(self, run_id: str, error: str | None) -> None: ...


def spec(population: str, game: str) -> RunSpec:
    condition = Condition(
        situation=game,
        game=game,
        wording=next(iter(load(game).wordings)),
        parameters=catalogue.parameters(catalogue.game(game), {"rounds": 2}),
        population=parse(population),
        agents=4,
        network=Complete(),
        memory=Last(rounds=1),
        model="fake",
        readout="cloze",
        pool=None,
    )
    return RunSpec(condition, 0)


def stage(minds: Minds, store: Store) -> Stage:
    def score(about: Any, frames: Any) -> pl.DataFrame:
        return table("outcomes", [])

    models = {"model": "fake", "readout": "cloze"}
    readers = {"cloze": Reader(minds, models)}
    return Stage(readers, store, score, comprehension=False, watcher=Quiet())


async def test_a_run_that_is_being_written_is_whole_before_a_cancelled_sweep_ends(
    tmp_path: Path,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    class Slow(Store):
        def write_run(self, *arguments: Any) -> None:
            begun.set()
            may_end.wait(10)
            super().write_run(*arguments)

    store = Slow(tmp_path)
    only = spec("scripted:tit_for_tat=1", "prisoners_dilemma")
    sweep = asyncio.create_task(play_all([only], stage(Minds(None, "cloze"), store)))
    await asyncio.to_thread(begun.wait, 10)
    sweep.cancel()
    await asyncio.sleep(0.05)
    assert not sweep.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await sweep
    assert store.has(only.run_id)


async def test_what_failed_before_the_budget_stopped_the_sweep_is_noted(
    tmp_path: Path, fake_completer: Any
) -> None:
    class Failing(fake_completer):  # type: ignore[misc]
        async def score(self, request: Any, urgency: int = 0) -> Any:
            self.asked.append(request)
            if request.prefix == self.asked[0].prefix:
                raise CompleterError("nothing there")
            await asyncio.sleep(0.05)
            raise StoppedError("used up")

    failing, stopped = (spec("guardian", game) for game in ("prisoners_dilemma", "public_goods"))
    outcome = Outcome()
    on_stage = stage(Minds(Failing(lambda request: ()), "cloze"), Store(tmp_path))
    with pytest.raises(StoppedError):
        await play_all([failing, stopped], on_stage, outcome)
    assert outcome.failures == {failing.run_id: "nothing there"}
