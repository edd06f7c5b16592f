"""Claims about lanes whose width nobody set, on a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sim.lanes import AdaptiveLanes
from sim.streams import uniform
from sim.widths import Search

Played = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]


class Load:
    """Askers without end, and an endpoint that serves at most `slots` of them at once."""

    def __init__(self, slots: int, *, jitter: bool = False, most_inflight: int = 10**6) -> None:
        self.lanes = AdaptiveLanes(start=16)
        self.jitter = jitter
        self.most_inflight = most_inflight
        self.inflight = self.done = self.refused = 0
        self.widths: list[int] = []
        self._slots = asyncio.Semaphore(slots)

    async def run(self, seconds: float, askers: int = 2000) -> "Load":
        tasks = [asyncio.create_task(self._ask(number)) for number in range(askers)]
        for _ in range(int(seconds / 0.05)):
            await asyncio.sleep(0.05)
            self.widths.append(self.lanes.width)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return self

    async def _ask(self, number: int) -> None:
        for turn in range(10**6):
            async with self.lanes.hold("", ""):
                while not await self._served(number, turn):
                    self.lanes.throttled()
                    await asyncio.sleep(0.3)
            self.done += 1

    async def _served(self, number: int, turn: int) -> bool:
        if self.inflight >= self.most_inflight:
            self.refused += 1
            return False
        async with self._counted(), self._slots:
            factor = 0.5 + uniform(7, number, turn) if self.jitter else 1.0
            await asyncio.sleep(0.1 * factor)
        return True

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        self.inflight += 1
        try:
            yield
        finally:
            self.inflight -= 1


def test_an_endpoint_without_a_limit_is_used_in_full_within_two_seconds(played: Played) -> None:
    async def work() -> Load:
        return await Load(10_000).run(3)

    load = played(work)
    assert load.widths[40] == 1024
    assert set(load.widths[40:]) == {1024}


@pytest.mark.parametrize("jitter", [False, True])
@pytest.mark.parametrize("slots", [40, 100])
def test_the_width_settles_near_what_is_served_at_once(
    played: Played, slots: int, jitter: bool
) -> None:
    async def work() -> Load:
        return await Load(slots, jitter=jitter).run(6)

    load = played(work)
    settled = sorted(load.widths[60:])  # after three seconds
    assert 0.9 * slots <= settled[len(settled) // 2] <= 2.2 * slots
    # And nothing is lost meanwhile: `slots` at once, ten times a second.
    assert load.done >= 0.85 * slots * 10 * 6


def test_where_more_in_flight_gain_nothing_the_width_stays_small(played: Played) -> None:
    async def work() -> Load:
        return await Load(4).run(60)

    load = played(work)
    assert sorted(load.widths)[len(load.widths) // 2] <= 24


@pytest.mark.parametrize("most", [20, 100])
def test_the_width_stays_below_what_the_endpoint_refuses(played: Played, most: int) -> None:
    async def work() -> Load:
        return await Load(10_000, most_inflight=most).run(30)

    load = played(work)
    late = load.widths[200:]  # after ten seconds
    assert max(late) <= 1.3 * most
    assert 0.6 * most <= sorted(late)[len(late) // 2] <= 1.05 * most
    assert load.done >= 0.6 * most * 10 * 30
    assert load.refused <= 0.05 * load.done


def test_a_round_that_needs_few_lanes_widens_nothing(played: Played) -> None:
    async def work() -> Load:
        return await Load(10_000).run(3, askers=10)

    assert set(played(work).widths) == {16}


def test_the_width_falls_once_for_requests_that_were_sent_together() -> None:
    search = Search(100, 1024)
    for _ in range(30):
        search.throttled(now=5.0)
    assert search.width == 70
    search.throttled(now=6.1)  # a second later it is the present width that is too much
    assert search.width == 49
    for _ in range(200):
        search.throttled(now=6.1)
        for _ in range(49):
            search.note(0.1, is_telling=False)
    assert search.width == 1  # and never less
