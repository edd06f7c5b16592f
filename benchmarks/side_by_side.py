"""What the benchmarks share: an endpoint in its own process, sweeps played on it, and the printing.

A benchmark prints ratios of what was measured side by side in one run: they can be compared between
machines, seconds cannot. It exits with another code than 0 only where it cannot measure.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import platform
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.metrics import score
from sim import experiment as experiments
from sim.executor import Outcome
from sim.opening import ModelChoice
from sim.sweep import Sweep, carry_out

ROOT = Path(__file__).resolve().parent.parent
_MOCK = ROOT / "tests" / "mock_openai.py"
_SHOWN = ("character-societies", "openai", "aiohttp", "mesa", "polars")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running mock endpoint."""

    root: str

    @property
    def model(self) -> str:
        """Its name for an experiment file."""
        return f"{self.root}/v1#mock"

    def configure(self, **settings: object) -> None:
        """Change its settings; it forgets what it was asked."""
        body = json.dumps(settings).encode()
        _fetch(urllib.request.Request(f"{self.root}/config", body, method="POST"))

    def log(self) -> Mapping[str, Any]:
        """What it was asked, and what faults it made."""
        return _fetch(urllib.request.Request(f"{self.root}/log"))


def _fetch(request: urllib.request.Request) -> Mapping[str, Any]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        found: Mapping[str, Any] = json.load(reply)
        return found


@contextmanager
def mock(**settings: object) -> Iterator[Endpoint]:
    """An endpoint for as long as the block lasts."""
    command = [sys.executable, str(_MOCK), json.dumps(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline().strip() if process.stdout else ""
            if not line:
                raise RuntimeError("the mock endpoint did not start")
            yield Endpoint(line)
        finally:
            process.kill()


class Unwatched:
    """Nobody is told how a sweep goes."""

    def prompt_scored(self) -> None:
        """Nothing."""

    def round_played(self, run_id: str) -> None:
        """Nothing."""

    def run_ended(self, run_id: str, error: str | None) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Played:
    """A sweep that was carried out.

    Attributes:
        folder: its records.
        outcome: how it ended.
        seconds: from the first recorded call to the end, tables and manifest written.
        probing_seconds: before that: what the endpoint can do is found out, once a folder.
        cpu_seconds: of this process, from the beginning to the end.
    """

    folder: Path
    outcome: Outcome
    seconds: float
    probing_seconds: float
    cpu_seconds: float

    def totals(self) -> Mapping[str, float]:
        """Calls and tokens, from the manifest."""
        text = (self.folder / "manifest.json").read_text(encoding="utf-8")
        usage: Mapping[str, float] = json.loads(text)["usage"]
        return usage


async def play(text: str, folder: Path, concurrency: int | None = None) -> Played:
    """Carry out an experiment as `society sweep` does, without the bar and the report.

    Raises:
        RuntimeError: a run failed, so that the figures would be of something else.
    """
    made = experiments.parse(text, "benchmark")
    model = ModelChoice(made.mind.model, made.mind.key_variable, concurrency)
    sweep = Sweep(made, experiments.resolve(made, "benchmark"), folder, model, score)
    clock, cpu = time.time(), time.process_time()
    outcome = await carry_out(sweep, Unwatched())
    ended, cpu_seconds = time.time(), time.process_time() - cpu
    if outcome.failures:
        raise RuntimeError(f"runs failed: {sorted(set(outcome.failures.values()))}")
    with closing(sqlite3.connect(folder / "calls.sqlite")) as journal:
        ((first,),) = journal.execute("SELECT MIN(started) FROM calls").fetchall()
    return Played(folder, outcome, ended - first, first - clock, cpu_seconds)


def requests_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The body of every recorded call as it was sent, by its key, in the order sent."""
    with closing(sqlite3.connect(folder / "calls.sqlite")) as journal:
        rows = journal.execute("SELECT key, request FROM calls ORDER BY started").fetchall()
    bodies = {key: json.loads(request) for key, request in rows}
    for body in bodies.values():
        for ours in ("kind", "sample"):
            body.pop(ours, None)
    return bodies


def digest_of(messages: object) -> str:
    """The name of a request in the endpoint's log."""
    canonical = json.dumps(messages, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number, the upper of the two."""
    return sorted(values)[len(values) // 2]


def parser(about: str) -> argparse.ArgumentParser:
    """Arguments that every benchmark takes."""
    arguments = argparse.ArgumentParser(description=about.split("\n", 1)[0])
    arguments.add_argument("--quick", action="store_true", help="small: it shows, not measures")
    return arguments


def begun(about: str) -> bool:
    """Print the versions; whether only the quick version is wanted."""
    quick: bool = parser(about).parse_args().quick
    print_versions()
    return quick


def print_versions() -> None:
    """Versions, and how busy the machine is: figures beside a high load are worth little."""
    versions = ", ".join(f"{name} {_version(name)}" for name in _SHOWN)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"python {platform.python_version()}, {versions}")
    print(f"{os.cpu_count()} processors, load average {load:.1f}")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def show(what: str, value: float, target: str = "") -> None:
    """One ratio in a line."""
    wanted = f"   (target {target})" if target else ""
    print(f"  {what:<66} {value:>8.3f}{wanted}", flush=True)
