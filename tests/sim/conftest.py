"""Time that takes no time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop on which waiting takes no time: its clock moves to the next timer instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None) -> Any:
            if timeout is None:
                raise RuntimeError("nobody will ever wake anybody")
            self.now += max(timeout, 1e-7)  # Any clock moves on.
            return select(0)

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.now


@pytest.fixture
def played() -> Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]:
    """Runs a coroutine function on such a loop."""

    def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work())

    return run
