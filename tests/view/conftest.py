"""A live run played to its end or held, without a browser."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from view.live import Live
from view.offer import experiment_of
from view.pace import Pace

FORM = {
    "scenario": "prisoners_dilemma",
    "population": "scripted:tit_for_tat=0.5,scripted:always_defect=0.5",
    "wording": "stream",
    "network": "complete",
    "placement": "random",
    "memory": "last-1",
    "model": "embedded",
    "readout": "auto",
    "agents": 4,
    "rounds": 3,
    "seed": 0,
}
_SECONDS = 120.0


@pytest.fixture
def form() -> Callable[..., dict[str, Any]]:
    """The form of the page, filled in; a scripted society of four if nothing else is given."""
    return lambda **given: {**FORM, **given}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    made = Live(tmp_path)
    yield made
    made.reset()


@pytest.fixture
def begin(live: Live, form: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """`begin(paused=True, agents=2)` starts a live run."""

    def go(*, paused: bool = False, **given: Any) -> None:
        live.start(experiment_of(form(**given)), Pace(paused=paused))

    return go


@pytest.fixture
def wait(live: Live) -> Callable[..., dict[str, Any]]:
    """Waits until the page would be told something; gives what it is told."""

    def until(is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            told = live.state(0, 0)
            if is_so(told):
                return told
            time.sleep(0.02)
        raise AssertionError(live.state(0, 0))

    return until
