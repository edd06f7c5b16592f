"""Decisions answered from known contexts, through the whole Society with its records.

Side by side in one process, taken in turns: plain Mesa agents that play tit for tat, our Society
with the same strategy, and our Society with a model whose answers are known; each as one large run
and as many small ones. A Society's time is all of it: casting, play, tables, metrics and Parquet
files. Prints rates and their ratios; a ratio is what to compare between machines.
"""

import asyncio
import importlib.metadata
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mesa

from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest
from agents.minds import Minds
from analysis.metrics import score
from cli.progress import Tally
from sim import experiment as experiments
from sim.budget import Budget
from sim.executor import Reader, Stage, play_all
from sim.plan import RunSpec
from sim.store import Store

TURNS = 3
EXPERIMENT = """
name = "known contexts"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["{population}"]
wordings = 1
seeds = {runs}
agents = {agents}
rounds = {rounds}
pool = 2
comprehension = false
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played: everybody meets everybody in every round."""

    name: str
    agents: int
    rounds: int
    runs: int

    @property
    def decisions(self) -> int:
        """Of all runs together."""
        return self.agents * (self.agents - 1) * self.rounds * self.runs


SIZES = (Size("large", 40, 20, 2), Size("small", 8, 6, 40))


class Player(mesa.Agent):
    """Plain Mesa: tit for tat toward every other player."""

    def __init__(self, model: mesa.Model) -> None:
        """Begin without a history."""
        super().__init__(model)
        self.payoff = 0
        self.done: dict[int, bool] = {}
        self.suffered: dict[int, bool] = {}

    def choose(self) -> None:
        """Cooperate first, then do what the other did last."""
        others = self.model.agents
        self.done = {
            other.unique_id: self.suffered.get(other.unique_id, True)
            for other in others
            if other is not self
        }

    def settle(self) -> None:
        """Take the points, remember, and leave a row for every decision."""
        for other in self.model.agents:
            if other is not self:
                own, their = self.done[other.unique_id], other.done[self.unique_id]
                points = (3 if their else 0) if own else (5 if their else 1)
                self.payoff += points
                self.suffered[other.unique_id] = their
                row = (self.model.steps, self.unique_id, other.unique_id, own, points)
                self.model.rows.append(row)


class Players(mesa.Model):
    """Plain Mesa: as many decisions as our Society takes."""

    def __init__(self, agents: int) -> None:
        """Create the players."""
        super().__init__(rng=1)
        self.rows: list[tuple[int, int, int, bool, int]] = []
        Player.create_agents(self, agents)

    def step(self) -> None:
        """One round: all choose, then all is settled."""
        self.agents.do("choose")
        self.agents.do("settle")


class KnownModel:
    """A completer that knows every answer at once."""

    name = "known"

    async def capabilities(self) -> Capabilities:
        """It can do everything."""
        return Capabilities(cloze=True, label=True, top_logprobs=20)

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        """Even odds."""
        return Scores((-1.0, -1.0), "exact", (request.prompt[-8:],), 1, 1)

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        """Never wanted by cloze."""
        raise RuntimeError("this model only scores")


def plain(size: Size) -> int:
    """Decisions of plain Mesa."""
    rows = 0
    for _ in range(size.runs):
        model = Players(size.agents)
        for _ in range(size.rounds):
            model.step()
        rows += len(model.rows)
    return rows


def society(population: str) -> Callable[[Size], int]:
    """Decisions of Societies, tables written."""

    def play(size: Size) -> int:
        numbers = {"agents": size.agents, "rounds": size.rounds, "runs": size.runs}
        text = EXPERIMENT.format(population=population, **numbers)
        specs = experiments.resolve(experiments.parse(text, "benchmark"), "benchmark")
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(_play(specs, Path(folder)))

    return play


async def _play(specs: tuple[RunSpec, ...], folder: Path) -> int:
    models = {"model": "known", "readout": "cloze"}
    readers = {"cloze": Reader(Minds(KnownModel(), "cloze"), models)}
    stage = Stage(readers, Store(folder), score, False, Tally(0, 1, Budget()))
    outcome = await play_all(specs, stage)
    if outcome.failures:
        raise RuntimeError(str(outcome.failures))
    return outcome.decisions


def rate(work: Callable[[Size], int], size: Size) -> float:
    """Decisions per CPU second."""
    started = time.process_time()
    decisions = work(size)
    elapsed = time.process_time() - started
    if decisions != size.decisions:
        raise RuntimeError(f"{decisions} decisions instead of {size.decisions}")
    return decisions / elapsed


def main() -> None:
    """Print rates and ratios, each the median of several turns."""
    versions = {name: importlib.metadata.version(name) for name in ("mesa", "polars", "numpy")}
    print(f"python {platform.python_version()}, {versions}")
    works = {
        "plain mesa": plain,
        "society, scripted": society("scripted:tit_for_tat"),
        "society, known contexts": society("human-any"),
    }
    for size in SIZES:
        print(
            f"{size.name}: {size.runs} runs of {size.agents} agents and {size.rounds} rounds,"
            f" {size.decisions // size.runs:,} decisions a run"
        )
        rates: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(TURNS):
            for name, work in works.items():
                rates[name].append(rate(work, size))
        for name, found in rates.items():
            ratios = [one / other for one, other in zip(found, rates["plain mesa"], strict=True)]
            print(
                f"  {name:24} {statistics.median(found):>12,.0f} decisions per CPU second,"
                f" {statistics.median(ratios):.3f} of plain mesa"
            )


if __name__ == "__main__":
    main()
