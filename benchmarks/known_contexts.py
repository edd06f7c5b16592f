"""Decisions answered from known contexts, through the whole Society with its records.

Side by side in one process: plain Mesa agents that draw numbers, our Society scripted, and it with
a model whose every context is known. Prints rates and their ratio; the ratio is what to compare
between machines.
"""

import asyncio
import importlib.metadata
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import mesa

from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest
from agents.minds import Minds
from analysis.metrics import score
from cli.progress import Tally
from sim import experiment as experiments
from sim.budget import Budget
from sim.executor import Stage, play_all
from sim.plan import RunSpec
from sim.store import Store

AGENTS, ROUNDS = 40, 20
EXPERIMENT = """
name = "known contexts"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["{population}"]
wordings = 1
seeds = 3
agents = {agents}
rounds = {rounds}
pool = 2
comprehension = false
"""


class CoinAgent(mesa.Agent):
    """Plain Mesa: one drawn number for every neighbour."""

    def play(self) -> None:
        """Decide toward everyone else."""
        self.chosen = [self.random.random() < 0.5 for _ in range(AGENTS - 1)]


class CoinModel(mesa.Model):
    """Plain Mesa: as many decisions as our Society takes."""

    def __init__(self) -> None:
        """Create the agents."""
        super().__init__(rng=1)
        CoinAgent.create_agents(self, AGENTS)

    def step(self) -> None:
        """One round."""
        self.agents.shuffle_do("play")


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
        """It only scores."""
        raise NotImplementedError


def plain() -> int:
    """Decisions of plain Mesa."""
    model = CoinModel()
    for _ in range(ROUNDS):
        model.step()
    return AGENTS * (AGENTS - 1) * ROUNDS


def society(population: str) -> Callable[[], int]:
    """Decisions of a Society, tables written."""

    def play() -> int:
        text = EXPERIMENT.format(population=population, agents=AGENTS, rounds=ROUNDS)
        specs = experiments.resolve(experiments.parse(text, "benchmark"), "benchmark")
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(_play(specs, Path(folder)))

    return play


async def _play(specs: tuple[RunSpec, ...], folder: Path) -> int:
    minds = Minds(KnownModel(), "cloze")
    models = {"model": "known", "readout": "cloze"}
    stage = Stage(minds, Store(folder), score, models, False, Tally(0, 1, Budget()))
    outcome = await play_all(specs, stage)
    if outcome.failures:
        raise RuntimeError(str(outcome.failures))
    return outcome.decisions


def main() -> None:
    """Print rates and ratios, each the median of three."""
    versions = {name: importlib.metadata.version(name) for name in ("mesa", "polars", "openai")}
    print(f"python {platform.python_version()}, {versions}")
    rates = {}
    for name, work in {
        "plain mesa": plain,
        "society, scripted": society("scripted:tit_for_tat"),
        "society, known contexts": society("human-any"),
    }.items():
        times = []
        for _ in range(3):
            started = time.process_time()
            decisions = work()
            times.append(decisions / (time.process_time() - started))
        rates[name] = sorted(times)[1]
        print(f"{name:28} {rates[name]:>12,.0f} decisions per CPU second")
    for name in ("society, scripted", "society, known contexts"):
        print(f"{name} / plain mesa: {rates[name] / rates['plain mesa']:.3f}")


if __name__ == "__main__":
    main()
