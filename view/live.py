"""A society played in a thread of its own while the page looks on.

It is played and stored as any sweep of one run is; between two rounds its notes become plain
values, and the page reads these. No page ever touches the society.
"""

import asyncio
import contextlib
import itertools
import shutil
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.errors import AgentError
from analysis.metrics import score
from analysis.play import layout
from scenarios.errors import ScenarioError
from sim import experiment as experiments
from sim.budget import Budget
from sim.describing import character
from sim.errors import ExperimentError, SimError
from sim.opening import SCRIPTED, ModelChoice
from sim.plan import RunSpec
from sim.schema import Experiment
from sim.society import Society
from sim.sweep import Sweep, carry_out
from view.offer import SOURCE
from view.pace import Pace
from view.told import Told, by_round, class_of, links, tell, tell_words

MOST_ROWS = 300
"""Of the stream, in one look; the page keeps no more either."""
MOST_LINKS = 4_000
"""Of the picture; more could not be told apart."""
_SECONDS_TO_END = 30.0


class LiveRun:
    """One run, from its opening to its end.

    Attributes:
        number: of the run, since the app was started.
        folder: where it is stored once it is whole.
        pace: when rounds may begin.
        status: opening, playing, finished, failed or stopped.
        message: what is being done, or what went wrong; empty where there is nothing to say.
    """

    def __init__(self, number: int, experiment: Experiment, folder: Path, pace: Pace) -> None:
        """Check what is to be played; nothing is begun.

        Raises:
            ExperimentError: something in it cannot be played.
        """
        self.number, self.folder, self.pace = number, folder, pace
        self.status, self.message = "opening", "opening the model"
        self._experiment = experiment
        self._spec: RunSpec = experiments.resolve(experiment, SOURCE)[0]
        self._budget = Budget()
        self._model = ModelChoice(
            experiment.mind.model, experiment.mind.key_variable, budget=self._budget
        )
        if not self._model.name.startswith(SCRIPTED):
            _check_model(self._model)
        self._cast: Mapping[str, Any] = {}
        self._rows: list[Told] = []
        self._points: dict[int, float] = {}
        self._answers: Counter[str] = Counter()
        self._settled: dict[str, Any] = {"round": 0, "links": [], "points": {}, "last": {}}
        self._series: list[dict[str, Any]] = []
        self._noted = self._heard = self._prompts = 0
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._play, name="live run", daemon=True)

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether nothing is being played any more."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """End it; a run that is not whole leaves nothing behind. Waits until it has ended."""
        if self._thread.is_alive() and self._task is not None:
            with contextlib.suppress(RuntimeError):  # It ended by itself just now.
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_SECONDS_TO_END)

    def state(self, since: int) -> dict[str, Any]:
        """What the page shows.

        Args:
            since: how many rows of the stream the page has had.
        """
        rows = self._rows  # Only ever appended to, by the other thread.
        have = len(rows)
        first = max(min(since, have), have - MOST_ROWS)
        budget = self._budget
        return {
            "number": self.number,
            "status": self._told_status(),
            "message": self.message,
            "rounds": self._spec.condition.parameters.rounds,
            "run_id": self._spec.run_id,
            "folder": str(self.folder),
            "cast": self._cast,
            "settled": self._settled,
            "series": self._series,
            "counters": {
                "decisions": sum(self._answers.values()),
                "prompts scored": self._prompts,
                "calls": budget.calls,
                "in flight": budget.under_way,
                "prompt tokens": budget.prompt_tokens,
                "generated tokens": budget.completion_tokens,
                "refusals": self._answers["refusal"],
                "unparsed": self._answers["unparsed"],
                "failed": self._answers["failed"],
            },
            "rows": [row.as_json() for row in rows[first:have]],
            "seen": have,
        }

    def _told_status(self) -> str:
        """The status, and of a run that is held whether its round is still being played."""
        if self.status != "playing" or not self.pace.is_paused:
            return self.status
        return "paused" if self.pace.is_waiting else "pausing"

    # What follows happens in the run's own thread.

    def _play(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._carry_out())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            self.status, self.message = "stopped", "reset before its end; nothing of it is kept"
            shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _carry_out(self) -> None:
        whole = Sweep(
            self._experiment, [self._spec], self.folder, self._model, score, onlooker=self._look
        )
        try:
            outcome = await carry_out(whole, self, self.fetched)
        except (SimError, AgentError, ScenarioError) as error:
            self.status, self.message = "failed", str(error)
        except Exception as error:
            self.status, self.message = "failed", f"a fault of the program: {type(error).__name__}"
            raise
        else:
            failures = list(outcome.failures.values())
            self.status = "failed" if failures else "finished"
            self.message = failures[0] if failures else f"stored in {self.folder}"

    async def _look(self, society: Society, settled: int) -> None:
        """Between two rounds: note what was settled, then wait for the next round's turn."""
        classes = class_of(society.game.options)
        if settled == 0:
            self._cast = _cast(society)
            self.status, self.message = "playing", ""
        else:
            self._note(society, settled, classes)
        if not society.over:
            await self.pace.turn()

    def _note(self, society: Society, settled: int, classes: Mapping[str, str]) -> None:
        new = [row for one in society.notes.settled[self._noted :] for row in tell(one, classes)]
        new += [tell_words(one) for one in society.notes.uttered[self._heard :]]
        self._noted, self._heard = len(society.notes.settled), len(society.notes.uttered)
        self._answers.update(row.answer for row in new if row.answer != "said")
        members = [each.seat.member for each in society.characters]
        acts = links(new)
        self._rows.extend(new)
        self._series = [*self._series, *by_round(new, members, classes)]
        self._settled = {
            "round": settled,
            "links": acts if len(acts) <= MOST_LINKS else [],
            "pairs": len(acts),
            "points": {each.index: each.payoff for each in society.characters},
            "last": {row.agent: [row.answer, row.action, row.action_class] for row in new},
        }

    # Told by the executor.

    def prompt_scored(self) -> None:
        """Count a prompt."""
        self._prompts += 1

    def round_played(self, run_id: str) -> None:
        """The onlooker has seen it."""

    def run_ended(self, run_id: str, error: str | None) -> None:
        """The outcome tells."""

    def fetched(self, label: str, done_bytes: int, total_bytes: int) -> None:
        """How far a model's file is."""
        self.message = f"{label}: {done_bytes / 1e6:.0f} of {total_bytes / 1e6:.0f} MB"


class Live:
    """The one run that the app plays at a time.

    Attributes:
        home: in whose folder `live` runs are stored.
    """

    def __init__(self, home: Path) -> None:
        """Play nothing yet."""
        self.home = home
        self._numbers = itertools.count(1)
        self._run: LiveRun | None = None
        self._lock = threading.Lock()

    def start(self, experiment: Experiment, pace: Pace) -> None:
        """Play an experiment of one run.

        Raises:
            ExperimentError: it cannot be played, or another run is not over.
        """
        with self._lock:
            if self._run is not None and not self._run.is_over:
                raise ExperimentError(f"{SOURCE}: one is being played: reset it first")
            self._run = LiveRun(next(self._numbers), experiment, self._free_folder(), pace)
            self._run.start()

    @property
    def pace(self) -> Pace:
        """Of the run that is being played.

        Raises:
            ExperimentError: none is.
        """
        if self._run is None or self._run.is_over:
            raise ExperimentError(f"{SOURCE}: nothing is being played: start a run first")
        return self._run.pace

    def reset(self) -> None:
        """End what is being played, and show nothing."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.stop()

    def state(self, number: int, since: int) -> dict[str, Any]:
        """What the page shows; `since` counts rows of the run that the page knows by `number`."""
        run = self._run
        if run is None:
            return {"number": 0, "status": "idle", "message": ""}
        return run.state(since if number == run.number else 0)

    def _free_folder(self) -> Path:
        places = (self.home / f"live-{number}" for number in itertools.count(1))
        return next(place for place in places if not place.exists())


def _check_model(choice: ModelChoice) -> None:
    try:
        choice.addresses()
    except SimError as error:
        raise ExperimentError(f"{SOURCE}: model: {error}") from None


def _cast(society: Society) -> dict[str, Any]:
    """Who plays, where each is drawn, who can meet whom."""
    agents = [each.index for each in society.characters]
    edges = sorted((min(edge), max(edge)) for edge in society.network.edges)
    places = layout(agents, set(edges))
    people = [character(each.index, each.seat) for each in society.characters]
    kept = ("agent", "member", "persona", "identity", "affect", "stance", "text", "strategy")
    return {
        "characters": [
            {**{key: who.get(key) for key in kept}, "x": place[0], "y": place[1]}
            for who in people
            for place in [places[who["agent"]]]
        ],
        "edges": edges if len(edges) <= MOST_LINKS else [],
    }
