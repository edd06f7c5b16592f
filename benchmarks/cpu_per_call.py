"""Client CPU per call: ours with everything that it does, beside bare loops with the same bodies.

Ours is a whole sweep: readouts, journal, societies, tables, outcomes, manifest. One call is one
HTTP request and its reply. Repeats are interleaved and the median counts.
"""

import asyncio
import tempfile
from pathlib import Path

from bare import aiohttp_loop, openai_loop
from side_by_side import Endpoint, begun, median, mock, play, requests_of, show

WIDTH = 32
EXPERIMENT = """
name = "client CPU"
[design]
scenarios = ["oversight"]
populations = ["human-any"]
wordings = 4
seeds = {seeds}
agents = 20
rounds = 10
comprehension = false
[mind]
model = "{model}"
readout = "label"
memory = {{kind = "last", rounds = 10}}
"""


async def measured(
    endpoint: Endpoint, folder: Path, seeds: int, repeats: int
) -> dict[str, list[float]]:
    """Milliseconds of CPU per call, by loop."""
    text = EXPERIMENT.format(model=endpoint.model, seeds=seeds)
    # Not counted: what is read once in a process, such as personas and wordings.
    warm = await play(text, folder / "warm", WIDTH)
    bodies = list(requests_of(warm.folder).values())
    base_url = f"{endpoint.root}/v1"
    found: dict[str, list[float]] = {"ours": [], "openai": [], "aiohttp": []}
    for number in range(repeats):
        ours = await play(text, folder / str(number), WIDTH)
        found["ours"].append(1000 * ours.cpu_seconds / ours.totals()["calls"])
        for name, loop in (("openai", openai_loop), ("aiohttp", aiohttp_loop)):
            took = await loop(base_url, [bodies], WIDTH)
            found[name].append(1000 * took.cpu_seconds / len(bodies))
    decisions = warm.outcome.decisions
    print(f"{len(bodies)} calls for {decisions} decisions, {WIDTH} in flight, {repeats} repeats")
    return found


def main() -> None:
    """Print the medians and their ratios."""
    quick = begun(__doc__)
    seeds, repeats = (1, 1) if quick else (3, 5)
    with mock() as endpoint, tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(endpoint, Path(folder), seeds, repeats))
    middle = {name: median(values) for name, values in found.items()}
    for name, value in middle.items():
        print(f"  {name:<66} {value:>8.3f} ms of CPU per call")
    show("ours / bare openai loop", middle["ours"] / middle["openai"], "<= 1.25")
    show("ours / bare aiohttp loop", middle["ours"] / middle["aiohttp"])


if __name__ == "__main__":
    main()
