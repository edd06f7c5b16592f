"""Other libraries that let language models act in a society, beside ours, on the same endpoint.

Each peer gets an environment of its own in a cache folder, filled from the package index on first
use (more than 1 GB in all); nothing of it is imported here. The drivers in `peers/` say how a peer
is used: in the parallel mode that it offers, with as few calls for a decision as it allows.

Ours writes its journal, tables and manifest in the time measured, the peers write nothing. Prompts
differ in length, so the tokens of a call's messages and reply are told.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from endpoint import WIDTH, Shape
from side_by_side import Endpoint, mock, parser, play, print_versions

LATENCY_SECONDS = 0.1
DRIVERS = Path(__file__).resolve().parent / "peers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
ENVIRONMENTS = CACHE / "character-societies" / "peers"
LEAST_PYTHON = (3, 12)
INSTALL_SECONDS, PLAY_SECONDS = 1200, 900
_HEADS = (
    *("calls each", "tokens/call", "CPU ms/call", "CPU ms each"),
    *("in flight", "/ ideal", "/ own ideal"),
)


class NoEnvironmentError(Exception):
    """An environment could not be made, such as without a network."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A library.

    Attributes:
        name: of the environment's folder.
        requirements: what is installed there. Litellm wants mcp for calls with tools, and does
            not say so to pip.
        driver: the file that plays it.
        ways: to decide, each measured for itself.
    """

    name: str
    requirements: tuple[str, ...]
    driver: str
    ways: tuple[str, ...]


PEERS = (
    Peer("mesa-llm", ("mesa-llm==0.3.2", "mcp"), "play_mesa_llm.py", ("least", "thought")),
    Peer("concordia", ("gdm-concordia[openai]==2.4.0",), "play_concordia.py", ("least",)),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One society that was played.

    Attributes:
        name: whose it is.
        seconds: wall time.
        cpu_seconds: of the client.
        log: the endpoint's.
        versions: of what played it.
    """

    name: str
    seconds: float
    cpu_seconds: float
    log: Mapping[str, Any]
    versions: Mapping[str, str]


def interpreter(named: str | None) -> str:
    """An interpreter that the peers take.

    Raises:
        NoEnvironmentError: there is none.
    """
    paths = (sys.executable, which("python3.12"), which("python3.13"), which("python3"))
    for path in [named] if named else paths:
        said = _run([path, "-c", "import sys; print(*sys.version_info[:2])"], 20) if path else None
        if said and said.returncode == 0 and tuple(map(int, said.stdout.split())) >= LEAST_PYTHON:
            return str(path)
    raise NoEnvironmentError("the peers want Python 3.12 or newer; name one with --python")


def environment(peer: Peer, python: str | None) -> Path:
    """The interpreter of a peer's environment, which is made if it is not there.

    Raises:
        NoEnvironmentError: it cannot be made.
    """
    folder = ENVIRONMENTS / peer.name
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done, wanted = folder / "installed.txt", "\n".join(peer.requirements)
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return inside
    base = interpreter(python)
    print(f"installing {', '.join(peer.requirements)} in {folder} ...", flush=True)
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    for command in (
        [base, "-m", "venv", "--clear", str(folder)],
        [str(inside), *pip, *peer.requirements],
    ):
        said = _run(command, INSTALL_SECONDS)
        if said is None or said.returncode:
            raise NoEnvironmentError(_last_line(said))
    done.write_text(wanted, encoding="utf-8")
    return inside


def _run(
    command: Sequence[str], seconds: float, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str] | None:
    """What a program said, or none where it did not end or is not there."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, env=variables, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None


def _last_line(said: subprocess.CompletedProcess[str] | None) -> str:
    lines = said.stderr.strip().splitlines() if said else ["it did not end in time"]
    return next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "")


def peer_played(
    peer: Peer, way: str, inside: Path, endpoint: Endpoint, size: tuple[int, int]
) -> Measured:
    """One peer, in a process of its environment that gets no keys.

    Raises:
        RuntimeError: it did not play, or not as it should.
    """
    driver = str(DRIVERS / peer.driver)
    command = [str(inside), driver, endpoint.root, *map(str, size), way]
    variables = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    variables |= {"HOME": str(ENVIRONMENTS), "NO_PROXY": "127.0.0.1", "OPENAI_API_KEY": "none"}
    variables |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # Or it fetches a list as it starts.
    said = _run(command, PLAY_SECONDS, variables)
    if said is None or said.returncode:
        raise RuntimeError(f"{peer.name} did not play: {_last_line(said)}")
    found, log = json.loads(said.stdout.splitlines()[-1]), endpoint.log()
    if len(log["asked"]) < size[0] * size[1]:
        raise RuntimeError(f"{peer.name} asked {len(log['asked'])} times only")
    return Measured(f"{peer.name}, {way}", log=log, **found)


def ours_played(endpoint: Endpoint, folder: Path, size: tuple[int, int], width: int) -> Measured:
    """Ours, with the json readout, no context shared; what it probes beforehand counts as calls."""
    text = Shape(1, 1, *size).text(endpoint)
    endpoint.configure(latency_ms=1000 * LATENCY_SECONDS, latency="fixed")
    played = asyncio.run(play(text, folder / f"ours-{width}", width))
    name = f"ours, at most {width} in flight"
    return Measured(name, played.seconds, played.cpu_seconds, endpoint.log(), {})


def tell(rows: Sequence[Measured], size: tuple[int, int]) -> None:
    """One line for each, beside ours."""
    decisions = size[0] * size[1]
    places = min(WIDTH, size[0])
    ideal = decisions * LATENCY_SECONDS / places
    print(f"\n{'':<28}" + "".join(f"{head:>13}" for head in _HEADS))
    for row in rows:
        calls, peak = len(row.log["asked"]), row.log["peak"]
        values = (
            f"{calls / decisions:.2f}",
            f"{row.log['tokens'] / calls:.0f}",
            f"{1000 * row.cpu_seconds / calls:.2f}",
            f"{1000 * row.cpu_seconds / decisions:.2f}",
            str(peak),
            f"{row.seconds / ideal:.2f}",
            f"{row.seconds / (calls * LATENCY_SECONDS / peak):.2f}",
        )
        print(f"{row.name:<28}" + "".join(f"{value:>13}" for value in values))
    print(
        f"\neach: for one decision of {decisions}. / ideal: wall time beside one call for each on"
        f" {places} places\n/ own ideal: beside the calls it made on as many places as it had in"
        " flight at most,\nwhich flatters what keeps few in flight"
    )
    for row in rows:
        if row.versions:
            print(f"{row.name}: " + ", ".join(f"{k} {v}" for k, v in row.versions.items()))


def measure(endpoint: Endpoint, folder: Path, size: tuple[int, int], python: str | None) -> None:
    """Ours and all peers that there is an environment for."""
    asyncio.run(play(Shape(8, 1, 2, 1).text(endpoint), folder / "warm"))
    rows = [
        ours_played(endpoint, folder, size, width) for width in sorted({WIDTH, max(WIDTH, size[0])})
    ]
    for peer in PEERS:
        try:
            inside = environment(peer, python)
        except NoEnvironmentError as error:
            print(f"{peer.name} is left out: no environment (no network?): {error}")
            continue
        rows += [peer_played(peer, way, inside, endpoint, size) for way in peer.ways]
    tell(rows, size)


def main() -> None:
    """Print ratios."""
    options = parser(__doc__)
    options.add_argument("--python", help="an interpreter for the environments, 3.12 or newer")
    chosen = options.parse_args()
    print_versions()
    size = (20, 3) if chosen.quick else (100, 10)
    note = " (scaled down: it shows, it does not measure)" if chosen.quick else ""
    print(f"{size[0]} characters x {size[1]} rounds, replies after 100 ms{note}", flush=True)
    with mock() as endpoint, tempfile.TemporaryDirectory() as folder:
        measure(endpoint, Path(folder), size, chosen.python)


if __name__ == "__main__":
    main()
