"""Progress of a sweep on standard error: a bar on a terminal, a line now and then in a log.

What takes time is prompts that the model has not scored yet; so the bar counts those, against a
forecast, and a wholly scripted sweep counts its rounds.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from analysis.looks import visible
from cli.planning import Planned
from sim.budget import Budget
from sim.prices import money

_SECONDS_BETWEEN_LINES = 15.0
_SECONDS_BETWEEN_UPDATES = 0.2
_MOST_DECISIONS = 20_000
"""Played for the forecast; fewer than for a plan, since someone waits for the sweep to begin."""


class Tally:
    """What has happened so far; what is told of it is up to the subclasses' `_tell`."""

    _seconds_between = float("inf")

    def __init__(self, prompts: int, rounds: int, budget: Budget, runs: int = 0) -> None:
        """Count toward so many prompts, or so many rounds where no prompt is expected."""
        self.unit = "prompts" if prompts else "rounds"
        self.total = prompts or rounds
        self.runs = runs
        self.done = 0
        self.ended = self.failed = 0
        self._budget = budget
        self._started = self._told = time.monotonic()

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
        self._tell_in_time()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return max(time.monotonic() - self._started, 1e-9)

    def told(self) -> str:
        """Runs, failures, calls, and what they brought and cost."""
        budget = self._budget
        failed = f" ({self.failed} failed)" if self.failed else ""
        parts = [
            f"{self.ended} of {max(self.runs, self.ended)} runs{failed}",
            f"{budget.calls} calls ({budget.calls / self.seconds:.0f}/s)",
        ]
        if budget.under_way:
            parts.append(f"{budget.under_way} in flight")
        if budget.cached_tokens:
            parts.append(f"{budget.cached_tokens / budget.prompt_tokens:.0%} cached")
        if budget.in_vain:
            parts.append(f"{budget.in_vain} faults")
        if budget.price is not None and budget.cost:
            parts.append(money(budget.cost, budget.price.currency))
        return ", ".join(parts)

    def _advance(self, unit: str) -> None:
        if unit == self.unit:
            self.done += 1
            # The forecast is a sample; it must not end before the work does.
            self.total = max(self.total, self.done)
            self._tell_in_time()

    def _tell_in_time(self) -> None:
        """Tell now and then: a thousand events a second must cost next to nothing."""
        now = time.monotonic()
        if now - self._told >= self._seconds_between:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        """Show nothing."""

    def _complain(self, text: str) -> None:
        """Show nothing."""


class _TwoLines(Progress):
    """The bar, and below it what is told: beside it there would be no room for both."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """What is drawn."""
        yield from super().get_renderables()
        yield from (Text(task.fields["told"]) for task in self.tasks if task.fields["told"])


class Bar(Tally):
    """A bar with rate and time left."""

    _seconds_between = _SECONDS_BETWEEN_UPDATES

    def attach(self, bar: Progress) -> None:
        """Draw on this bar."""
        self._bar = bar
        self._task: TaskID = bar.add_task(self.unit, total=self.total, told="")

    def finish(self) -> None:
        """Show the last state."""
        self._tell()

    def _tell(self) -> None:
        self._bar.update(self._task, completed=self.done, total=self.total, told=self.told())

    def _complain(self, text: str) -> None:
        self._bar.console.print(visible(text), markup=False, highlight=False)


class Lines(Tally):
    """A line now and then, for logs."""

    _seconds_between = _SECONDS_BETWEEN_LINES

    def _tell(self) -> None:
        if self.done:
            left = self.seconds * (self.total - self.done) / self.done
            self._complain(
                f"{self.done} of {self.total} {self.unit}, {self.told()}, about {left:.0f} s left"
            )

    def _complain(self, text: str) -> None:
        Console(stderr=True).print(visible(text), markup=False, highlight=False)


@contextmanager
def watching(planned: Planned, *, quiet: bool) -> Iterator[Tally]:
    """What tells of a sweep for as long as the block lasts."""
    specs, budget = planned.missing, planned.model.budget
    rounds = sum(spec.condition.parameters.rounds for spec in specs)
    if quiet or not specs:
        yield Tally(0, rounds, budget)
        return
    found, _ = planned.forecast(_MOST_DECISIONS)
    with counting((found.prompts.least, rounds), budget, len(specs)) as watch:
        yield watch


@contextmanager
def counting(expected: tuple[int, int], budget: Budget, runs: int) -> Iterator[Tally]:
    """A bar where a terminal can draw one, else a line now and then, until the block ends.

    Args:
        expected: prompts and rounds.
        budget: what may be sent, and what was.
        runs: how many.
    """
    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(*expected, budget, runs)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    watch = Bar(*expected, budget, runs)
    with _TwoLines(*columns, console=console, refresh_per_second=5) as bar:
        watch.attach(bar)
        try:
            yield watch
        finally:
            watch.finish()
