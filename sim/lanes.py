"""Lanes: how many scorings are in flight at once, and which prompt cache each one uses.

The embedded server reads some 250 new prompt tokens a second, and next to that nothing costs
anything. So one scoring at a time goes to it, to the slot that already holds the beginning of its
prompt, and next comes whoever shares most with the last one. (One at a time also keeps its numbers
bitwise reproducible; docs/decisions/0002 has the measurements.)
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol


class Lanes(Protocol):
    """A limit on what is in flight."""

    def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AbstractAsyncContextManager[int | None]:
        """Wait for a turn; gives the slot to use, None where the server chooses."""


class OpenLanes:
    """At most `width` scorings in flight, first come, first served."""

    def __init__(self, width: int) -> None:
        """Allow `width` > 0 at once."""
        self._turns = asyncio.Semaphore(width)

    @asynccontextmanager
    async def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AsyncIterator[int | None]:
        """Wait for a turn; the server chooses where to play it."""
        async with self._turns:
            yield None


class SlotLane:
    """One scoring at a time, on the slot that holds the beginning of its prompt."""

    def __init__(self, slots: int) -> None:
        """Use `slots` > 0 prompt caches, given to beginnings by least recent use."""
        self._holding: OrderedDict[str, int] = OrderedDict()
        self._free = deque(range(slots))
        self._waiting: dict[str, dict[asyncio.Future[None], str]] = {}
        self._busy = False
        self._last = ("", "")

    @asynccontextmanager
    async def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AsyncIterator[int | None]:
        """Wait for a turn and a slot."""
        if self._busy:
            await self._wait(prefix, prompt)
        self._busy = True
        self._last = (prefix, prompt)
        try:
            yield self._slot(prefix)
        finally:
            self._busy = False
            self._wake()

    async def _wait(self, prefix: str, prompt: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        group = self._waiting.setdefault(prefix, {})
        group[turn] = prompt
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._busy = False
                self._wake()
            raise
        finally:
            group.pop(turn, None)
            if not group and self._waiting.get(prefix) is group:
                del self._waiting[prefix]

    def _wake(self) -> None:
        """Give the turn to whoever shares most with the last prompt; else to the oldest group."""
        last_prefix, last_prompt = self._last
        held = [prefix for prefix in reversed(self._holding) if prefix in self._waiting]
        for prefix in (last_prefix, *held, *self._waiting):
            group = self._waiting.get(prefix, {})
            ready = {turn: prompt for turn, prompt in group.items() if not turn.done()}
            if ready:
                # Taken at once, so that nobody slips in before the woken one runs.
                self._busy = True
                max(ready, key=lambda turn: _shared(last_prompt, ready[turn])).set_result(None)
                return

    def _slot(self, prefix: str) -> int:
        if prefix in self._holding:
            self._holding.move_to_end(prefix)
        elif self._free:
            self._holding[prefix] = self._free.popleft()
        else:
            _, slot = self._holding.popitem(last=False)
            self._holding[prefix] = slot
        return self._holding[prefix]


def _shared(one: str, other: str) -> int:
    """Characters that two texts share at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
