"""Claims about rates, on a clock that jumps to the next thing that happens."""

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from sim.rates import Rates

Played = Callable[[Callable[[], Coroutine[Any, Any, list[float]]]], list[float]]


async def sent_at(takes: list[Callable[[], Awaitable[object]]]) -> list[float]:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def send(take: Callable[[], Awaitable[object]]) -> None:
        await take()
        times.append(loop.time())

    await asyncio.gather(*map(send, takes))
    return sorted(times)


def most_within(times: list[float], seconds: float, weight: float = 1) -> float:
    """The most that any window of so many seconds holds."""
    return weight * max(bisect_left(times, t + seconds) - at for at, t in enumerate(times))


@pytest.mark.parametrize("limit", [6, 60, 600, 6_000])
def test_no_minute_holds_more_requests_than_the_limit_and_none_wastes_many(
    played: Played, limit: int
) -> None:
    async def work() -> list[float]:
        rates = Rates(limit, None)
        return await sent_at([lambda: rates.take(100, 1)] * (3 * limit))

    times = played(work)
    assert 0.99 * limit <= most_within(times, 60) <= limit
    # Evenly: no second holds more than its share and one bucket, a tenth of a second's worth.
    assert most_within(times, 1) <= limit / 60 + max(limit / 600, 1) + 1


def test_no_minute_holds_more_tokens_than_the_limit(played: Played) -> None:
    async def work() -> list[float]:
        rates = Rates(None, 60_000)

        async def take() -> None:
            counted = await rates.take(900, 100)  # a token a byte, as long as nothing is known
            rates.settle(counted, 900, 900, 100)

        return await sent_at([take] * 180)

    times = played(work)
    assert 57_000 <= most_within(times, 60, weight=1000) <= 60_000


def test_what_a_token_weighs_is_learned_from_replies(played: Played) -> None:
    async def work() -> list[float]:
        rates = Rates(None, 60_000)
        counted = [await rates.take(4000, 0)]
        rates.settle(counted[0], 4000, 1000, 0)
        counted.append(await rates.take(4000, 0))
        return counted

    assert played(work) == [4000, pytest.approx(1100)]


def test_replies_that_took_more_than_was_counted_slow_down_the_next(played: Played) -> None:
    async def work() -> list[float]:
        rates = Rates(None, 6_000)
        loop = asyncio.get_running_loop()
        counted = await rates.take(100, 0)
        rates.settle(counted, 100, 100, 1000)
        began = loop.time()
        await rates.take(100, 0)
        return [loop.time() - began]

    # 1000 tokens owed at 100 a second, save the bucket of 10.
    assert played(work) == [pytest.approx(11.0, abs=0.5)]


def test_a_request_larger_than_a_minute_is_late_but_not_lost(played: Played) -> None:
    async def work() -> list[float]:
        rates = Rates(None, 6_000)
        return await sent_at([lambda: rates.take(12_000, 0), lambda: rates.take(10, 0)])

    first, second = played(work)
    # Two minutes' worth; what comes after it waits for its turn.
    assert first - 1000 == pytest.approx(120, rel=0.02)
    assert second >= first


def test_both_limits_hold_together(played: Played) -> None:
    async def work() -> list[float]:
        rates = Rates(60, 1_000_000)
        return await sent_at([lambda: rates.take(100, 1)] * 90)

    assert most_within(played(work), 60) <= 60


async def test_who_is_cancelled_while_waiting_does_not_stop_the_others() -> None:
    rates = Rates(6000, 60_000)
    waiting = [asyncio.create_task(rates.take(200, 0)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    waiting[1].cancel()
    assert await asyncio.wait_for(waiting[2], 5) == 200
