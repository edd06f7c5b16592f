"""Budgets: what is reserved, paid and given back, and where they stop."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.budget import Budget, Reservation
from sim.errors import StoppedError
from sim.prices import Price

# 2 and 6 USD per million: 1,000 new tokens cost 0.002, 1,000 generated ones 0.006.
PRICE = Price("USD", Decimal(2), Decimal("0.5"), Decimal(6))


async def test_without_a_limit_requests_are_only_counted() -> None:
    budget = Budget(price=PRICE)
    for _ in range(3):
        (await budget.reserve(10**9, 10**9)).pay(1_000, 600, 100)
    assert (budget.calls, budget.tokens) == (3, 3_300)
    # 400 new at 2, 600 cached at 0.5, 100 generated at 6 a million: 0.0017 each.
    assert budget.cost == Decimal("0.0051")


async def test_every_request_counts_as_a_call_even_one_that_brought_nothing() -> None:
    budget = Budget(most_calls=2)
    (await budget.reserve(5, 1)).release()
    await budget.reserve(5, 1)
    with pytest.raises(StoppedError, match=r"budget of 2 calls is used up; run the same command"):
        await budget.reserve(5, 1)
    assert budget.calls == 2


async def test_a_request_that_might_pass_the_limit_waits_for_those_under_way() -> None:
    budget = Budget(most_tokens=100)
    first = await budget.reserve(59, 1)
    second = asyncio.create_task(budget.reserve(59, 1))
    await asyncio.sleep(0)
    assert not second.done()
    first.pay(19, 0, 1)  # It took 20 of its 60: now there is room for 80.
    reservation = await second
    reservation.pay(59, 0, 1)
    assert (budget.calls, budget.tokens) == (2, 80)
    with pytest.raises(StoppedError, match="80 tokens are spent, and the next question needs up"):
        await budget.reserve(20, 1)


async def test_a_stop_is_final_and_nothing_smaller_slips_through() -> None:
    budget = Budget(most_tokens=100)
    (await budget.reserve(90, 0)).pay(90, 0, 0)
    with pytest.raises(StoppedError):
        await budget.reserve(11, 0)
    with pytest.raises(StoppedError):
        await budget.reserve(1, 0)
    assert budget.calls == 1


async def test_who_came_first_is_served_first_even_where_a_smaller_one_would_fit() -> None:
    budget = Budget(most_tokens=100)
    first = await budget.reserve(60, 0)
    large, small = (asyncio.create_task(budget.reserve(n, 0)) for n in (50, 10))
    await asyncio.sleep(0)
    assert not large.done() and not small.done()
    first.pay(40, 0, 0)
    assert isinstance(await large, Reservation) and isinstance(await small, Reservation)


async def test_all_who_wait_are_told_when_the_last_one_under_way_leaves_no_room() -> None:
    budget = Budget(most_tokens=100)
    first = await budget.reserve(100, 0)
    waiting = [asyncio.create_task(budget.reserve(30, 0)) for _ in range(5)]
    await asyncio.sleep(0)
    first.pay(80, 0, 0)
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(end, StoppedError) for end in ends)
    assert (budget.calls, budget.tokens) == (1, 80)


async def test_one_that_waits_and_is_cancelled_leaves_its_place_to_the_next() -> None:
    budget = Budget(most_tokens=100)
    first = await budget.reserve(60, 0)
    large, small = (asyncio.create_task(budget.reserve(n, 0)) for n in (50, 10))
    await asyncio.sleep(0)
    large.cancel()
    (await small).pay(10, 0, 0)
    first.release()
    assert (budget.calls, budget.tokens) == (2, 10)


async def test_one_that_is_cancelled_as_its_turn_comes_gives_back_what_it_got() -> None:
    budget = Budget(most_tokens=100)
    first = await budget.reserve(100, 0)
    second = asyncio.create_task(budget.reserve(100, 0))
    await asyncio.sleep(0)
    first.release()  # The second one's turn comes, and before it can go on it is cancelled.
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    (await budget.reserve(100, 0)).pay(100, 0, 0)
    assert budget.tokens == 100


async def test_a_budget_smaller_than_one_question_says_so() -> None:
    with pytest.raises(StoppedError, match=r"smaller than one question .*51 tokens.*--max-tokens"):
        await Budget(most_tokens=50).reserve(50, 1)
    # 1,000 tokens at 2 a million, and 100 at 6: 0.0026.
    small = Budget(most_cost=Decimal("0.002"), price=PRICE)
    with pytest.raises(StoppedError, match=r"0\.002 USD is smaller .*0\.00260 USD.*--max-cost"):
        await small.reserve(1_000, 100)


async def test_the_worst_case_of_a_cost_is_that_nothing_is_cached() -> None:
    budget = Budget(most_cost=Decimal("0.004"), price=PRICE)
    (await budget.reserve(1_000, 0)).pay(1_000, 1_000, 0)  # Reserved 0.002, paid 0.0005.
    (await budget.reserve(1_000, 0)).pay(1_000, 0, 0)
    assert budget.cost == Decimal("0.0025")
    with pytest.raises(StoppedError, match=r"0\.004 USD is used up: 0\.00250 USD"):
        await budget.reserve(1_000, 0)


async def test_paying_twice_is_a_bug_and_releasing_twice_is_not() -> None:
    budget = Budget(most_tokens=10)
    reservation = await budget.reserve(6, 0)
    reservation.pay(6, 0, 0)
    reservation.release()
    with pytest.raises(RuntimeError, match="pays once"):
        reservation.pay(6, 0, 0)
    assert budget.tokens == 6
    (await budget.reserve(4, 0)).release()


def test_a_limit_of_cost_needs_a_price() -> None:
    with pytest.raises(ValueError, match="needs a price"):
        Budget(most_cost=Decimal(1))


class _Session:
    """Many requests at once, each with its size, its patience and its end."""

    def __init__(self, budget: Budget, ways: list[tuple[tuple[int, int], float, str]]) -> None:
        self.budget = budget
        self.ways = ways
        self.sent = 0
        self.calls_at_stops: set[int] = set()

    async def play(self, patience: list[int]) -> None:
        tasks = [
            asyncio.create_task(self._ask(number, patience)) for number in range(len(patience))
        ]
        for (_, _, end), task in zip(self.ways, tasks, strict=True):
            await asyncio.sleep(0)
            if end == "cancel":
                task.cancel()
        ends = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert all(end is None or isinstance(end, asyncio.CancelledError) for end in ends)

    async def _ask(self, number: int, patience: list[int]) -> None:
        (prompt, completion), share, end = self.ways[number]
        await _wait(patience[number])
        try:
            reservation = await self.budget.reserve(prompt, completion)
        except StoppedError:
            self.calls_at_stops.add(self.budget.calls)
            return
        self.sent += 1
        try:
            await _wait(patience[-number - 1])
            if end != "release":
                reservation.pay(round(prompt * share), 0, completion)
        finally:
            reservation.release()
        self.check()

    def check(self) -> None:
        limits, spent = self.budget, self.budget
        assert limits.most_calls is None or self.sent <= spent.calls <= limits.most_calls
        assert limits.most_tokens is None or spent.tokens <= limits.most_tokens
        assert limits.most_cost is None or spent.cost <= limits.most_cost


async def _wait(steps: int) -> None:
    for _ in range(steps):
        await asyncio.sleep(0)


_SIZES = st.tuples(st.integers(0, 40), st.integers(0, 10))
_WAYS = st.tuples(_SIZES, st.floats(0, 1), st.sampled_from(["pay", "release", "cancel"]))
_LIMITS = st.tuples(
    st.none() | st.integers(1, 20),
    st.none() | st.integers(1, 200),
    st.none() | st.decimals("0.000001", "0.0005", places=6),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_WAYS, min_size=1, max_size=25), _LIMITS, st.data())
def test_no_order_of_events_passes_a_limit_or_leaves_anyone_waiting(
    ways: list[tuple[tuple[int, int], float, str]],
    limits: tuple[int | None, int | None, Decimal | None],
    data: st.DataObject,
) -> None:
    steps = st.lists(st.integers(0, 6), min_size=len(ways), max_size=len(ways))
    session = _Session(Budget(*limits, PRICE), ways)
    asyncio.run(session.play(data.draw(steps)))
    session.check()
    # The stop is final: nothing is let in afterwards.
    assert session.calls_at_stops <= {session.budget.calls}
    assert session.budget.under_way == 0
