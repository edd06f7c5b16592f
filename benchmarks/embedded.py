"""The embedded model: a society's decisions per second, beside plain ways to use the same server.

One question at a time is how most simulations ask: one chat request a decision, answered with 40
tokens of JSON. The bare loop sends our own requests all at once, as many as the server has slots,
and keeps nothing. Each gets a fresh server with the same file and settings. A context is a
question in both orders of its options; a decision is what one character did once, and characters
that meet the same context share its reading.

Needs an idle machine, since the server computes on all processors that it may use.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import polars as pl
from side_by_side import begun, play, requests_of, show

from sim.download import ensure
from sim.embedded import EmbeddedServer
from sim.registry import resolve

ANSWER_TOKENS = 40
EXPERIMENT = """
name = "embedded"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["human-any"]
wordings = 1
seeds = {seeds}
agents = 6
rounds = 4
pool = {pool}
comprehension = false
[mind]
model = "embedded"
readout = "cloze"
memory = {{kind = "last", rounds = 1}}
"""
_FORM = '\n\nAnswer with JSON only: {"reason": "...", "action": "..."}'


@dataclass(frozen=True, slots=True)
class Ours:
    """A sweep on the embedded model.

    Attributes:
        decisions: of all characters.
        contexts: distinct ones.
        seconds: from the first request to the last reply.
        bodies: what was sent, in that order.
    """

    decisions: int
    contexts: int
    seconds: float
    bodies: Sequence[Mapping[str, Any]]


async def society(text: str, folder: Path) -> Ours:
    """Play it, its own server included."""
    await play(text, folder)
    rows = pl.read_parquet(folder / "runs" / "*" / "decisions.parquet")["prompt_sha256"]
    with closing(sqlite3.connect(folder / "calls.sqlite")) as journal:
        between = "SELECT MAX(started + seconds) - MIN(started) FROM calls"
        ((seconds,),) = journal.execute(between).fetchall()
    return Ours(len(rows), rows.n_unique(), seconds, tuple(requests_of(folder).values()))


async def one_at_a_time(base_url: str, prompts: Sequence[str]) -> float:
    """Questions per second, each answered before the next is asked."""
    async with aiohttp.ClientSession() as session:
        clock = time.perf_counter()
        for prompt in prompts:
            body = {
                "messages": [{"role": "user", "content": prompt + _FORM}],
                "max_tokens": ANSWER_TOKENS,
                "ignore_eos": True,
            }
            async with session.post(f"{base_url}/chat/completions", json=body) as response:
                tokens = (await response.json())["usage"]["completion_tokens"]
                if tokens != ANSWER_TOKENS:
                    raise RuntimeError(f"an answer of {tokens} tokens, not {ANSWER_TOKENS}")
        return len(prompts) / (time.perf_counter() - clock)


async def bare_loop(base_url: str, bodies: Sequence[Mapping[str, Any]], width: int) -> float:
    """Seconds for all our requests, `width` in flight, the server left to choose its slots."""
    turns = asyncio.Semaphore(width)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(body: Mapping[str, Any]) -> None:
            async with turns, session.post(f"{base_url}/completions", json=body) as response:
                response.raise_for_status()
                await response.json()

        clock = time.perf_counter()
        await asyncio.gather(*(send(body) for body in bodies))
        return time.perf_counter() - clock


def main() -> None:
    """Print rates and ratios."""
    quick = begun(__doc__)
    model = ensure(resolve("embedded"))
    text = EXPERIMENT.format(seeds=1 if quick else 4, pool=2 if quick else 6)
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(society(text, Path(folder) / "ours"))
    with EmbeddedServer.start(model) as server:
        loop = asyncio.run(bare_loop(server.base_url, ours.bodies, server.slots))
    longest_first = sorted({str(body["prompt"]) for body in ours.bodies}, key=len)
    prompts = longest_first[:: max(1, len(longest_first) // 12)]
    with EmbeddedServer.start(model) as server:
        single = asyncio.run(one_at_a_time(server.base_url, prompts))
    calls = len(ours.bodies)
    print(
        f"{ours.decisions} decisions in {ours.contexts} distinct contexts: {calls} calls in"
        f" {ours.seconds:.1f} s; bare loop {loop:.1f} s; one at a time {single:.2f} questions a"
        " second"
    )
    show(
        "decisions a second / questions one at a time",
        ours.decisions / ours.seconds / single,
        ">= 5",
    )
    show("distinct contexts a second / the same", ours.contexts / ours.seconds / single)
    show("ours / bare concurrent loop, requests a second", loop / ours.seconds, ">= 0.9")


if __name__ == "__main__":
    main()
