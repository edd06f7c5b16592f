"""A fault in one request of five: nothing lost, nothing made up, every fault accounted for.

The endpoint draws 429, 500, time-outs, dropped connections, truncated bodies, and replies that
arrive whole with empty or garbled words. What the line does to a request is retried, and must be in
the journal's table of faults. What a model says is an answer, whatever it is worth: those replies
must be decisions without an action, and each is one call, since no context occurs twice.
"""

import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from endpoint import Shape
from side_by_side import ROOT, Endpoint, begun, mock

RATE = 0.2
LIMITS = """
[limits]
timeout_seconds = 3.0
attempts = 10
"""
RECORDED_AS = {
    "429": "429",
    "500": "500",
    "timeout": "timeout",
    "drop": "connection",
    "truncated": "unreadable",
}
"""What the journal calls a fault of the line, by what the endpoint calls it."""
SAID = ("empty", "garbled")
"""Faults of what is said."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the endpoint did, and what the records say.

    Attributes:
        made: faults that the endpoint made, by its kinds.
        requests: that it was sent, those that found out what it can do included.
        faults: of the journal, by the journal's kinds.
        attempts: that the journal counts, over calls and failures.
        failures: requests that were given up.
        rows: decisions by answer.
        planned: decisions that there must be.
        made_up: rows with an action and no decision, or a decision without an action or call.
    """

    made: Counter[str]
    requests: int
    faults: Counter[str]
    attempts: int
    failures: int
    rows: Counter[str]
    planned: int
    made_up: int


def meet_faults(endpoint: Endpoint, shape: Shape, folder: Path) -> Account:
    """Play a sweep on an endpoint that fails in one request of five."""
    file, out = folder / "faults.toml", folder / "faults"
    file.write_text(shape.text(endpoint) + LIMITS, encoding="utf-8")
    # Spared are those that find out what the endpoint can do: their faults are no sweep's.
    endpoint.configure(latency_ms=5, fault_rate=RATE, timeout_seconds=10, spared=20)
    command = [sys.executable, "-m", "sim", "sweep", str(file), "--out", str(out), "--quiet"]
    done = subprocess.run(
        [*command, "--concurrency", "64"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the sweep ended with {done.returncode}: {done.stderr}")
    log = endpoint.log()
    rows = pl.read_parquet(out / "runs" / "*" / "decisions.parquet")
    decided = pl.col("answer") == "decision"
    made_up = rows.filter(
        (decided & (pl.col("action").is_null() | pl.col("call_key").is_null()))
        | (~decided & pl.col("action").is_not_null())
    )
    with closing(sqlite3.connect(out / "calls.sqlite")) as journal:
        faults = journal.execute("SELECT kind, COUNT(*) FROM faults GROUP BY kind").fetchall()
        ((attempts,),) = journal.execute("SELECT SUM(attempts) FROM calls").fetchall()
        given_up = journal.execute("SELECT COUNT(*), SUM(attempts) FROM failures").fetchall()
    return Account(
        made=Counter(log["faults"]),
        requests=len(log["asked"]),
        faults=Counter(dict(faults)),
        attempts=attempts + (given_up[0][1] or 0),
        failures=given_up[0][0],
        rows=Counter(rows["answer"].to_list()),
        planned=shape.wordings * shape.runs * shape.agents * shape.rounds,
        made_up=len(made_up),
    )


def tell(account: Account) -> None:
    """Print both sides."""
    print(
        f"{sum(account.rows.values())} of {account.planned} decisions,"
        f" {account.requests} requests, {account.attempts} attempts in the journal"
        f" (and {account.requests - account.attempts} that found out what the endpoint can do)"
    )
    print(f"  {'fault':<24}{'made by the endpoint':>22}{'in the records':>18}")
    for kind, ours in RECORDED_AS.items():
        print(f"  {kind:<24}{account.made[kind]:>22}{account.faults[ours]:>18}")
    said = sum(account.made[kind] for kind in SAID)
    lacking = sum(account.rows.values()) - account.rows["decision"]
    print(f"  {' or '.join(SAID):<24}{said:>22}{lacking:>18}  {dict(account.rows)}")
    others = account.faults.keys() - set(RECORDED_AS.values())
    print(f"  faults of other kinds in the records: {sum(account.faults[k] for k in others)}")
    print(f"  requests given up: {account.failures}")
    print(f"  decisions lost: {account.planned - sum(account.rows.values())} (must be 0)")
    print(f"  answers made up: {account.made_up} (must be 0)")


def main() -> None:
    """Print the account."""
    quick = begun(__doc__)
    shape = Shape(2, 2, 5, 10) if quick else Shape(5, 5, 20, 10)
    with mock() as endpoint, tempfile.TemporaryDirectory() as folder:
        tell(meet_faults(endpoint, shape, Path(folder)))


if __name__ == "__main__":
    main()
