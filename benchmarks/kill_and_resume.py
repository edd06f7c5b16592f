"""Kills and faults: nothing lost, nothing asked twice, nothing made up.

First a sweep is killed with SIGKILL at seeded moments, begun again each time, and compared with an
undisturbed one, table by table and byte by byte. A request that was in flight at a kill may be
asked again; one that was recorded may not. Then a sweep meets a fault in one request of five, and
every fault that the endpoint says it made must be found in the records.
"""

import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from side_by_side import ROOT, Endpoint, begun, digest_of, mock, requests_of

from sim.streams import uniform

EXPERIMENT = """
name = "killed"
[design]
scenarios = ["prisoners_dilemma", "public_goods", "oversight"]
populations = ["human-any", "rogue-mind", "denied"]
wordings = {wordings}
seeds = 2
agents = 6
rounds = {rounds}
comprehension = true
[mind]
model = "{model}"
readout = "label"
memory = {{kind = "last", rounds = 2}}
"""
_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.02
_LATENCY_MS = 20


@dataclass(frozen=True, slots=True)
class Kill:
    """When to kill.

    Attributes:
        number: of the kill, from 0; draws the moment.
        requests: it waits for more new requests than so many.
    """

    number: int
    requests: int


@dataclass
class Kills:
    """What came of killing a sweep again and again.

    Attributes:
        killed: how often it was killed while it ran.
        starting: how often of these before it had asked anything.
        recorded_again: requests that were asked although their replies were recorded.
        in_flight_again: requests that were asked again because a kill took their replies.
        requests: all requests, in all attempts together.
        recorded: calls in the journal at the end.
        differing: tables that are not those of the undisturbed sweep.
        tables: how many there are.
    """

    killed: int = 0
    starting: int = 0
    recorded_again: int = 0
    in_flight_again: int = 0
    requests: int = 0
    recorded: int = 0
    differing: list[str] = field(default_factory=list)
    tables: int = 0


def kill_and_resume(endpoint: Endpoint, text: str, folder: Path, kills: int) -> Kills:
    """Play a sweep undisturbed and killed `kills` times, and compare."""
    file = folder / "killed.toml"
    file.write_text(text, encoding="utf-8")
    _finish(_started(file, folder / "whole"))
    calls = len(digests(folder / "whole"))
    endpoint.configure(latency_ms=_LATENCY_MS)
    found = Kills()
    for number in range(kills):
        # Twice the even share of what is left, on average once: kills reach to the very end.
        left = calls - len(digests(folder / "killed"))
        share = 2 * left / (kills - number + 1)
        _play_on(endpoint, file, found, Kill(number, int(share * uniform(number, "kill"))))
    _play_on(endpoint, file, found, None)
    every = endpoint.log()["asked"]
    found.requests = len(every)
    found.recorded = len(digests(folder / "killed"))
    found.in_flight_again = len(every) - len(set(every)) - found.recorded_again
    whole, killed = tables(folder / "whole"), tables(folder / "killed")
    found.tables = len(whole)
    found.differing = sorted(n for n in whole.keys() | killed if whole.get(n) != killed.get(n))
    return found


def _play_on(endpoint: Endpoint, file: Path, found: Kills, kill: Kill | None) -> None:
    """Begin or go on, to the kill or to the end, and look for what was asked again."""
    out = file.parent / "killed"
    recorded = digests(out)
    before = len(endpoint.log()["asked"])
    process = _started(file, out)
    if kill is None:
        _finish(process)
    else:
        _kill(process, endpoint, kill, before)
        found.killed += process.returncode == -signal.SIGKILL
    # What was in flight reaches its end at the endpoint before anything is counted.
    while endpoint.log()["now"]:
        time.sleep(_POLL_SECONDS)
    asked = endpoint.log()["asked"][before:]
    found.starting += kill is not None and not asked
    found.recorded_again += sum(digest in recorded for digest in asked)


def _kill(process: "subprocess.Popen[bytes]", endpoint: Endpoint, kill: Kill, before: int) -> None:
    give_up = time.monotonic() + _WAIT_SECONDS
    moment = uniform(kill.number, "moment")
    if kill.number % 5 == 4:
        time.sleep(moment)  # While it still starts.
    else:
        while process.poll() is None and len(endpoint.log()["asked"]) - before <= kill.requests:
            if time.monotonic() > give_up:
                raise RuntimeError("the sweep asks nothing")
            time.sleep(_POLL_SECONDS)
        time.sleep(0.1 * moment)
    if process.poll() is None:
        process.kill()
    process.communicate()


def _started(file: Path, out: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "sim", "sweep", str(file), "--out", str(out), "--quiet"]
    return subprocess.Popen(
        [*command, "--concurrency", "8"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _finish(process: "subprocess.Popen[bytes]") -> None:
    _, error = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the sweep ended with {process.returncode}: {error.decode()}")


def digests(folder: Path) -> set[str]:
    """What the journal holds, by the names in the endpoint's log."""
    if not (folder / "calls.sqlite").is_file():
        return set()
    return {digest_of(body["messages"]) for body in requests_of(folder).values()}


def tables(folder: Path) -> dict[str, bytes]:
    """Every table below an experiment folder, by its name."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.parquet")}


def main() -> None:
    """Print counts; what must be none is said to be so."""
    quick = begun(__doc__)
    with mock(latency_ms=_LATENCY_MS) as endpoint, tempfile.TemporaryDirectory() as folder:
        text = EXPERIMENT.format(
            model=endpoint.model, wordings=1 if quick else 3, rounds=3 if quick else 6
        )
        found = kill_and_resume(endpoint, text, Path(folder), 3 if quick else 20)
    print(
        f"killed {found.killed} times, {found.starting} of them before the first request:"
        f" {found.requests} requests for {found.recorded} recorded calls"
    )
    print(f"  recorded calls that were asked again: {found.recorded_again} (must be 0)")
    print(f"  asked again because a kill took the reply: {found.in_flight_again}")
    print(f"  of {found.tables} tables not byte-identical: {len(found.differing)} (must be 0)")


if __name__ == "__main__":
    main()
