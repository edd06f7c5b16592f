"""How well an endpoint is used: the wall time beside what the endpoint's own latencies allow.

A call is one HTTP request and its reply; the label readout makes two for a decision, one for either
order of the and both are counted. How long the endpoint takes over each request is a
function of the request, known from its log, and the best schedule is simulated with just that. It
knows all latencies beforehand, which no client can; what a client can do that knows none, and loses
no time, is simulated beside it.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from bare import Body, aiohttp_loop, openai_loop
from best_schedule import (
    Runs,
    best,
    bound,
    first_come,
    most_rounds_left,
    one_after_another,
    played,
    work,
)
from side_by_side import Endpoint, begun, digest_of, mock, play, requests_of, show

from agents.choice import Choice
from agents.minds import Minds, Posed
from sim import experiment as experiments
from sim.calls import Journal
from sim.collector import patient_collector
from sim.opening import ModelChoice, open_model
from sim.seating import seats_of

WIDTH = 64
FIXED_SECONDS = 0.3
EXPERIMENT = """
name = "endpoint"
[design]
scenarios = ["oversight"]
populations = ["human-any"]
wordings = {wordings}
seeds = {seeds}
agents = {agents}
rounds = {rounds}
comprehension = false
[mind]
model = "{model}"
readout = "json"
memory = {{kind = "last", rounds = 10}}
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A sweep without a context that occurs twice.

    Attributes:
        wordings: cover stories.
        runs: of every cover story.
        agents: of every run, each another respondent told in another way.
        rounds: of every run; every round is remembered.
    """

    wordings: int
    runs: int
    agents: int
    rounds: int

    def text(self, endpoint: Endpoint, name: str = "") -> str:
        """The experiment file, with seeds by which no casting occurs twice."""
        values = {"wordings": self.wordings, "agents": self.agents, "rounds": self.rounds}
        seeds: list[int] = []
        taken: set[str] = set()
        for seed in range(10_000):
            text = EXPERIMENT.format(model=endpoint.model, seeds=[seed], **values)
            spec = experiments.resolve(experiments.parse(text, "benchmark"), "benchmark")[0]
            texts = {seat.casting.text for seat in seats_of(spec) if seat.casting}
            if len(texts) == self.agents and not texts & taken:
                seeds.append(seed)
                taken |= texts
            if len(seeds) == self.runs:
                break
        return EXPERIMENT.format(model=endpoint.model, seeds=seeds, **values)


def bodies_of(folder: Path) -> list[list[list[Body]]]:
    """What was sent: runs, rounds, requests; from the records.

    Raises:
        RuntimeError: a context was shared, so that this is not the load that it should be.
    """
    sent = requests_of(folder)
    rows = pl.read_parquet(folder / "runs" / "*" / "readings.parquet")
    keys = rows.select("run_id", "round", "call_keys").explode("call_keys")
    if keys["call_keys"].n_unique() < len(keys):
        raise RuntimeError("contexts are shared between decisions")
    runs: dict[str, dict[int, list[Body]]] = {}
    for run, number, key in keys.sort("run_id", "round", maintain_order=True).iter_rows():
        runs.setdefault(run, {}).setdefault(number, []).append(sent[key])
    return [list(rounds.values()) for rounds in runs.values()]


def timed(bodies: list[list[list[Body]]], seconds: Mapping[str, float]) -> Runs:
    """The endpoint's own latency of every request."""
    return [[[seconds[digest_of(b["messages"])] for b in now] for now in run] for run in bodies]


async def many_runs(endpoint: Endpoint, folder: Path, shape: Shape) -> None:
    """Runs side by side on an endpoint of log-normal latency."""
    text = shape.text(endpoint)
    endpoint.configure(latency_ms=100, latency="lognormal", sigma=1.0)
    ours = await play(text, folder, WIDTH)
    log = endpoint.log()
    runs = timed(bodies_of(folder), log["seconds"])
    print(
        f"{len(runs)} runs x {shape.agents} characters x {shape.rounds} rounds, log-normal latency"
        f" (median 100 ms, sigma 1), {WIDTH} in flight: {int(ours.totals()['calls'])} calls for"
        f" {ours.outcome.decisions} decisions, {ours.seconds:.2f} s, peak {log['peak']};"
        f" probing before that {ours.probing_seconds:.2f} s"
    )
    shortest = best(runs, WIDTH)
    show("ours / best schedule", ours.seconds / shortest, "<= 1.05")
    show("ours / lower bound of any schedule", ours.seconds / bound(runs, WIDTH))
    for rule in (first_come, most_rounds_left):
        name = rule.__name__.replace("_", " ")
        loss = played(runs, WIDTH, rule) / shortest
        show(f"no overhead, no latency known, {name} / best schedule", loss)
    show("runs one after another / best schedule", one_after_another(runs, WIDTH) / shortest)


async def one_run(endpoint: Endpoint, folder: Path, agents: int, rounds: int) -> None:
    """One society on an endpoint of even latency, beside a bare loop with the same requests."""
    text = Shape(1, 1, agents, rounds).text(endpoint)
    endpoint.configure(latency_ms=100, latency="fixed")
    ours = await play(text, folder, WIDTH)
    bodies = bodies_of(folder)
    runs = timed(bodies, endpoint.log()["seconds"])
    bare = await openai_loop(f"{endpoint.root}/v1", bodies[0], WIDTH)
    least = await aiohttp_loop(f"{endpoint.root}/v1", bodies[0], WIDTH)
    ideal = work(runs) / WIDTH
    print(
        f"{agents} characters x {rounds} rounds at 100 ms, {WIDTH} in flight:"
        f" {int(ours.totals()['calls'])} calls for {ours.outcome.decisions} decisions,"
        f" {ours.seconds:.2f} s"
    )
    show("ours / ideal (all work on all places)", ours.seconds / ideal, "<= 1.40")
    show("bare openai loop / ideal", bare.seconds / ideal)
    show("bare aiohttp loop / ideal", least.seconds / ideal)
    show("ours / bare openai loop", ours.seconds / bare.seconds)
    show("floor that the rounds impose / ideal", best(runs, WIDTH) / ideal)


async def no_rounds(endpoint: Endpoint, folder: Path, calls: int) -> None:
    """Readings that wait for nothing, where the client's processor is not the limit."""
    endpoint.configure(latency_ms=1000 * FIXED_SECONDS, latency="fixed")
    model = ModelChoice(endpoint.model, concurrency=WIDTH)
    choices = [
        Choice("You work at a mill.", f"This is day {day}.", "", "", ("stop the mill", "go on"))
        for day in range(calls // 2)
    ]
    folder.mkdir()
    journal = Journal(folder / "calls.sqlite")
    async with open_model(model, journal) as opened:
        minds = Minds(opened.scorer, "label")
        clock = asyncio.get_running_loop().time()
        with patient_collector():  # As a sweep does.
            await minds.answer([Posed(choice, 0.5) for choice in choices])
        seconds = asyncio.get_running_loop().time() - clock
    journal.close()
    ideal = calls * FIXED_SECONDS / WIDTH
    print(f"{calls} calls of {FIXED_SECONDS} s without rounds, {WIDTH} in flight: {seconds:.2f} s")
    show("ours / ideal", seconds / ideal, "<= 1.05")


async def measure(endpoint: Endpoint, folder: Path, *, quick: bool) -> None:
    """All cases, after what is read once in a process has been read."""
    await play(Shape(8, 1, 2, 1).text(endpoint), folder / "warm")
    many = Shape(4, 1, 5, 3) if quick else Shape(8, 2, 20, 10)
    await many_runs(endpoint, folder / "many", many)
    await one_run(endpoint, folder / "one", *((20, 3) if quick else (100, 10)))
    await no_rounds(endpoint, folder / "none", 640 if quick else 10_000)


def main() -> None:
    """Print ratios."""
    quick = begun(__doc__)
    with mock() as endpoint, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(endpoint, Path(folder), quick=quick))


if __name__ == "__main__":
    main()
