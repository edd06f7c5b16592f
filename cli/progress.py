"""Progress of a sweep on standard error: a bar on a terminal, a line now and then in a log.

What takes time is prompts that the model has not scored yet; so the bar counts those, against a
forecast, and a wholly scripted sweep counts its rounds.
"""

import time
from collections.abc import Iterator, Sequence
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

from sim import forecast
from sim.budget import Budget
from sim.plan import RunSpec

_SECONDS_BETWEEN_LINES = 15.0


class Tally:
    """What has happened so far; what is told of it is up to the subclasses' `_tell`."""

    def __init__(self, prompts: int, rounds: int, budget: Budget) -> None:
        """Count toward so many prompts, or so many rounds where no prompt is expected."""
        self.unit = "prompts" if prompts else "rounds"
        self.total = prompts or rounds
        self.done = 0
        self.ended = self.failed = 0
        self._budget = budget
        self._started = time.monotonic()

    def prompt_scored(self) -> None:
        """Count a prompt."""
        self._advance("prompts")

    def round_played(self, run_id: str) -> None:
        """Count a round."""
        self._advance("rounds")

    def run_ended(self, run_id: str, error: str | None) -> None:
        """Count a run; say at once why one failed."""
        self.ended += 1
        if error is not None:
            self.failed += 1
            self._complain(f"run {run_id} failed: {error}")
        self._tell()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return max(time.monotonic() - self._started, 1e-9)

    def told(self) -> str:
        """Runs, failures and calls."""
        calls = self._budget.calls
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.ended} runs ended{failed}, {calls} calls ({calls / self.seconds:.0f}/s)"

    def _advance(self, unit: str) -> None:
        if unit == self.unit:
            self.done += 1
            # The forecast is a sample; it must not end before the work does.
            self.total = max(self.total, self.done)
            self._tell()

    def _tell(self) -> None:
        """Show nothing."""

    def _complain(self, text: str) -> None:
        """Show nothing."""


class Bar(Tally):
    """A bar with rate and time left."""

    def attach(self, bar: Progress) -> None:
        """Draw on this bar."""
        self._bar = bar
        self._task: TaskID = bar.add_task(self.unit, total=self.total, told="")

    def _tell(self) -> None:
        self._bar.update(self._task, completed=self.done, total=self.total, told=self.told())

    def _complain(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False)


class Lines(Tally):
    """A line now and then, for logs."""

    _last = 0.0

    def _tell(self) -> None:
        if self.seconds - self._last >= _SECONDS_BETWEEN_LINES and self.done:
            self._last = self.seconds
            left = self.seconds * (self.total - self.done) / self.done
            self._complain(
                f"{self.done} of {self.total} {self.unit}, {self.told()}, about {left:.0f} s left"
            )

    def _complain(self, text: str) -> None:
        Console(stderr=True).print(text, markup=False, highlight=False)


@contextmanager
def watching(
    specs: Sequence[RunSpec], budget: Budget, *, comprehension: bool, quiet: bool
) -> Iterator[Tally]:
    """What tells of a sweep for as long as the block lasts."""
    console = Console(stderr=True)
    rounds = sum(spec.condition.parameters.rounds for spec in specs)
    if quiet or not specs:
        yield Tally(0, rounds, budget)
        return
    prompts = forecast.prompts(specs, comprehension=comprehension)
    if not console.is_terminal:
        yield Lines(prompts, rounds, budget)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    watch = Bar(prompts, rounds, budget)
    with Progress(*columns, console=console) as bar:
        watch.attach(bar)
        yield watch
