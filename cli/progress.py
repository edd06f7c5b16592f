"""Progress of a sweep on standard error: a bar on a terminal, a line now and then in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.budget import Budget
from sim.plan import RunSpec

_SECONDS_BETWEEN_LINES = 15.0


class Silent:
    """Shows nothing."""

    def round_played(self, run_id: str) -> None:
        """Nothing is shown."""

    def run_ended(self, run_id: str, error: str | None) -> None:
        """Nothing is shown."""


class Bar:
    """Rounds, runs, calls a second and time left."""

    def __init__(self, bar: Progress, task: TaskID, budget: Budget) -> None:
        """Watch what is spent of the budget."""
        self._bar, self._task, self._budget = bar, task, budget
        self._started = time.monotonic()
        self._ended = self._failed = 0

    def round_played(self, run_id: str) -> None:
        """Move on by one round."""
        self._bar.update(self._task, advance=1, told=self._told())

    def run_ended(self, run_id: str, error: str | None) -> None:
        """Count the run; say at once why one failed."""
        self._ended += 1
        if error is not None:
            self._failed += 1
            self._bar.console.print(f"run {run_id} failed: {error}", markup=False, highlight=False)
        self._bar.update(self._task, told=self._told())

    def _told(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-9)
        calls = self._budget.calls
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._ended} runs{failed}, {calls} calls ({calls / seconds:.0f}/s)"


class Lines:
    """A line now and then, for logs."""

    def __init__(self, console: Console, rounds: int, budget: Budget) -> None:
        """Watch a sweep of so many rounds."""
        self._console, self._rounds, self._budget = console, rounds, budget
        self._started = self._last = time.monotonic()
        self._played = self._ended = 0

    def round_played(self, run_id: str) -> None:
        """Say how far it is, if it is time to."""
        self._played += 1
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            share = self._played / self._rounds
            left = (now - self._started) * (1 - share) / share
            self._say(
                f"{share:.0%} of {self._rounds} rounds, {self._ended} runs ended,"
                f" {self._budget.calls} calls, about {left:.0f} s left"
            )

    def run_ended(self, run_id: str, error: str | None) -> None:
        """Count the run; say at once why one failed."""
        self._ended += 1
        if error is not None:
            self._say(f"run {run_id} failed: {error}")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)


@contextmanager
def watching(
    specs: list[RunSpec], budget: Budget, *, quiet: bool
) -> Iterator[Silent | Bar | Lines]:
    """What tells of a sweep for as long as the block lasts."""
    console = Console(stderr=True)
    rounds = sum(spec.condition.parameters.rounds for spec in specs)
    if quiet or not specs:
        yield Silent()
    elif not console.is_terminal:
        yield Lines(console, rounds, budget)
    else:
        columns = (
            TextColumn("rounds"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as bar:
            yield Bar(bar, bar.add_task("", total=rounds, told=""), budget)
