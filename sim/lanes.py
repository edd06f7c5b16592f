"""Lanes: how many scorings are in flight at once, and which prompt cache each one uses.

The embedded server reads some 250 new prompt tokens a second, and next to that nothing costs
anything. So one scoring at a time goes to it, to the slot that already holds the beginning of its
prompt, and next comes whoever shares most with the last one. (One at a time also keeps its numbers
bitwise reproducible; docs/decisions/0002 has the measurements.)

Other endpoints decide themselves where to play a scoring; there only how many matters, and who is
most urgent. What nobody set is found out (`sim/widths.py`). No result depends on any of it.
"""

import asyncio
import heapq
import itertools
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from sim.widths import Search


class Lane:
    """The right to have one scoring in flight.

    Attributes:
        slot: the server's prompt cache to use; None where the server chooses.
    """

    __slots__ = ("_leave", "slot")

    def __init__(self, slot: int | None, leave: Callable[[], None]) -> None:
        """Made by `Lanes.hold`."""
        self.slot = slot
        self._leave: Callable[[], None] | None = leave

    def leave(self) -> None:
        """Let somebody else have it: the reply is there. May be repeated."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


class Lanes(Protocol):
    """A limit on what is in flight."""

    def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AbstractAsyncContextManager[Lane]:
        """Wait for a turn; the lane is left at the end at the latest.

        Args:
            prefix: the beginning of the prompt that others share.
            prompt: the whole prompt.
            urgency: of those that wait, the one with the highest goes first.
        """


class OpenLanes:
    """At most `width` scorings in flight; the most urgent first, and of those the first come."""

    def __init__(self, width: int) -> None:
        """Allow `width` > 0 at once."""
        self.width = width
        self._taken = 0
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AsyncIterator[Lane]:
        """Wait for a turn; the server chooses where to play it."""
        await self._enter(urgency)
        lane = Lane(None, self._leave)
        try:
            yield lane
        finally:
            lane.leave()

    async def _enter(self, urgency: int) -> bool:
        """Take a lane; whether it had to be waited for."""
        if self._taken < self.width and not self._waiting:
            self._taken += 1
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-urgency, next(self._order), turn))
        self._hand_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise
        return True

    def _leave(self) -> None:
        self._taken -= 1
        self._hand_on()

    def _hand_on(self) -> None:
        """Give free lanes to those that wait; taken at once, so that nobody slips in between."""
        while self._waiting and self._taken < self.width:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():  # Else it was cancelled while it waited.
                self._taken += 1
                turn.set_result(None)


class AdaptiveLanes(OpenLanes):
    """As many in flight as the endpoint answers faster for; the width is found while it works."""

    def __init__(self, start: int = 16, most: int = 1024) -> None:
        """Begin with `start` > 0 at once; never more than `most`."""
        super().__init__(start)
        self._search = Search(start, most)

    def throttled(self) -> None:
        """The endpoint says that it is asked too much (429, 503)."""
        self._search.throttled(asyncio.get_running_loop().time())
        self.width = self._search.width

    @asynccontextmanager
    async def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AsyncIterator[Lane]:
        """Wait for a turn; how long it lasts tells how busy the endpoint is."""
        waited = await self._enter(urgency)
        # Only who waited and fills the last lane meets an endpoint as busy as the width allows.
        is_full = waited and self._taken >= self.width
        clock = asyncio.get_running_loop()
        began, epoch = clock.time(), self._search.epoch

        def leave() -> None:
            is_telling = is_full and epoch == self._search.epoch
            self._search.note(clock.time() - began, is_telling=is_telling)
            self.width = self._search.width
            self._leave()

        lane = Lane(None, leave)
        try:
            yield lane
        finally:
            lane.leave()


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
    async def hold(self, prefix: str, prompt: str, urgency: int = 0) -> AsyncIterator[Lane]:
        """Wait for a turn and a slot; sharing a beginning counts here, urgency does not."""
        if self._busy:
            await self._wait(prefix, prompt)
        self._busy = True
        self._last = (prefix, prompt)
        lane = Lane(self._slot(prefix), self._leave)
        try:
            yield lane
        finally:
            lane.leave()

    def _leave(self) -> None:
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
