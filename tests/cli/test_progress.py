"""Progress: what is told of a sweep while it is played, and how often."""

import io
import re
from decimal import Decimal

import pytest
from rich.console import Console

from cli.progress import Bar, Lines, Tally, counting
from sim.budget import Budget
from sim.prices import Price


class Clock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("cli.progress.time.monotonic", lambda: self.now)


async def test_it_tells_runs_calls_flight_cache_faults_and_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    budget = Budget(price=Price("USD", Decimal(2), Decimal(1), Decimal(8)))
    tally = Tally(10, 0, budget, 4)
    clock.now += 2
    (await budget.reserve(1_000, 1)).pay(1_000, 750, 10)
    (await budget.reserve(1_000, 1)).release()
    await budget.reserve(1_000, 1)
    tally.run_ended("one", None)
    tally.run_ended("two", "the server went away")
    # 250 at 2, 750 at 1 and 10 at 8: 1,330 millionths. 3 calls in 2 seconds.
    assert tally.told() == (
        "2 of 4 runs (1 failed), 3 calls (2/s), 1 in flight, 75% cached, 1 faults, 0.00133 USD"
    )


def test_what_is_not_known_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    assert Tally(0, 10, Budget(), 4).told() == "0 of 4 runs, 0 calls (0/s)"


@pytest.mark.parametrize(("kind", "seconds"), [(Bar, 0.2), (Lines, 15.0)])
def test_however_many_events_it_tells_only_now_and_then(
    kind: type[Tally], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    told: list[int] = []
    monkeypatch.setattr(kind, "_tell", lambda self: told.append(self.done))
    tally = kind(2_500, 0, Budget())
    for _ in range(2_500):
        clock.now += seconds / 1_000
        tally.prompt_scored()
    assert len(told) == 2


def test_the_forecast_never_ends_before_the_work_does() -> None:
    tally = Tally(2, 0, Budget())
    for _ in range(3):
        tally.prompt_scored()
        tally.round_played("one")  # Rounds are counted only where no prompt is expected.
    assert (tally.unit, tally.done, tally.total) == ("prompts", 3, 3)


def test_a_log_gets_plain_lines_and_failures_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(monkeypatch)
    lines = Lines(10, 0, Budget(), 2)
    lines.run_ended("one", "[red]the server went away[/red]\x1b[2J")
    said = "run one failed: [red]the server went away[/red]\u2039U+001B\u203a[2J"
    assert said in " ".join(capsys.readouterr().err.split())
    clock.now += 20
    lines.prompt_scored()
    told = " ".join(capsys.readouterr().err.split())
    # One prompt in 20 seconds: the other nine take 180.
    assert told.startswith("1 of 10 prompts, 1 of 2 runs") and told.endswith("about 180 s left")
    assert "\x1b" not in told


def _drawn(monkeypatch: pytest.MonkeyPatch, width: int, **environment: str) -> str:
    """What a terminal gets of a sweep of 32 runs, 300 of its 1,200 prompts scored."""
    file = io.StringIO()

    def console(*, stderr: bool) -> Console:
        assert stderr  # Standard output is for the result.
        return Console(file=file, force_terminal=True, width=width, _environ=environment)

    monkeypatch.setattr("cli.progress.Console", console)
    with counting((1_200, 0), Budget(), 32) as watch:
        for _ in range(300):
            watch.prompt_scored()
        watch.run_ended("one", None)
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 100, 160])
def test_a_terminal_shows_the_bar_the_time_left_and_what_is_told_at_any_width(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", _drawn(monkeypatch, width, TERM="xterm-256color"))
    last = drawn.split("\r")[-1]
    bar, told, *_ = last.splitlines()
    assert re.search(r"prompts \S+ +300/1200 +0:00:0\d left ", bar), bar
    assert told.startswith("1 of 32 runs, 0 calls (0/s)")


def test_without_colour_it_is_the_same_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.search(r"\x1b\[[0-9;]+m", _drawn(monkeypatch, 100, TERM="xterm-256color"))
    plain = _drawn(monkeypatch, 100, TERM="xterm-256color", NO_COLOR="1")
    assert "300/1200" in plain and not re.search(r"\x1b\[[0-9;]+m", plain)


def test_a_terminal_that_cannot_draw_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in _drawn(monkeypatch, 100, TERM="dumb")
