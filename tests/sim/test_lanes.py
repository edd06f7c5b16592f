"""Claims about lanes: who is in flight, where, and in which order."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.lanes import OpenLanes, SlotLane


async def test_open_lanes_let_in_as_many_as_they_are_wide() -> None:
    lanes, inside, peak = OpenLanes(3), 0, 0

    async def use(number: int) -> None:
        nonlocal inside, peak
        async with lanes.hold("p", f"{number}") as lane:
            assert lane.slot is None
            inside += 1
            peak = max(peak, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(use(number) for number in range(20)))
    assert peak == 3


async def test_of_those_that_wait_the_most_urgent_goes_first_and_then_the_first_come() -> None:
    lanes, order = OpenLanes(1), []

    async def use(name: str, urgency: int) -> None:
        async with lanes.hold("", name, urgency):
            order.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(
        use("first", 0), use("b", 1), use("c", 5), use("d", 1), use("e", 5), use("f", -1)
    )
    assert order == ["first", "c", "e", "b", "d", "f"]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 10)), max_size=5),
)
def test_never_more_than_the_width_and_nobody_forgotten_whoever_is_cancelled(
    width: int, uses: list[tuple[int, int]], cancels: list[tuple[int, int]]
) -> None:
    inside = 0

    async def use(lanes: OpenLanes, urgency: int, turns: int) -> None:
        nonlocal inside
        async with lanes.hold("", "", urgency):
            inside += 1
            assert inside <= width
            try:
                for _ in range(turns):
                    await asyncio.sleep(0)
            finally:
                inside -= 1

    async def go() -> None:
        lanes = OpenLanes(width)
        tasks = [asyncio.create_task(use(lanes, *each)) for each in uses]
        for moment in range(11):
            await asyncio.sleep(0)
            for task, at in cancels:
                if at == moment and task < len(tasks):
                    tasks[task].cancel()
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 1)
        assert all(end is None or isinstance(end, asyncio.CancelledError) for end in done)
        for _ in range(width):  # All lanes are free again.
            await asyncio.wait_for(lanes.hold("", "").__aenter__(), 1)

    asyncio.run(go())


async def test_a_newcomer_does_not_take_the_lane_of_one_that_was_woken() -> None:
    lanes, order = OpenLanes(1), []

    async def use(name: str) -> None:
        async with lanes.hold("", name):
            order.append(name)

    async with lanes.hold("", ""):
        waiting = asyncio.create_task(use("waiting"))
        await asyncio.sleep(0)
    await use("newcomer")
    await waiting
    assert order == ["waiting", "newcomer"]


class Track:
    """Runs scorings on a lane and notes the order in which they got their turn."""

    def __init__(self, slots: int = 2) -> None:
        self.lane = SlotLane(slots)
        self.order: list[str] = []
        self.slots: list[int | None] = []
        self.inside = 0

    async def use(self, prompt: str, turns: int = 1) -> None:
        async with self.lane.hold(prompt[0], prompt) as lane:
            self.inside += 1
            assert self.inside == 1, "two holders"
            self.order.append(prompt)
            self.slots.append(lane.slot)
            try:
                for _ in range(turns):
                    await asyncio.sleep(0)
            finally:
                self.inside -= 1

    def start(self, *prompts: str) -> list["asyncio.Task[None]"]:
        return [asyncio.create_task(self.use(prompt)) for prompt in prompts]


async def test_next_comes_who_shares_the_prefix_and_most_of_the_prompt() -> None:
    track = Track()
    await asyncio.gather(*track.start("a123", "b1", "a9", "a12", "b2", "a13"))
    assert track.order == ["a123", "a12", "a13", "a9", "b1", "b2"]


async def test_a_prefix_keeps_its_slot_and_the_longest_unused_slot_is_given_on() -> None:
    track = Track(slots=2)
    for prompt in ("a", "b", "a", "c", "a", "b"):
        await track.use(prompt)
    # a: 0, b: 1, a: 0 again, c takes b's (a was used later), a stays, b takes c's.
    assert track.slots == [0, 1, 0, 1, 0, 1]


async def test_a_held_prefix_goes_before_one_that_must_be_read_anew() -> None:
    track = Track(slots=2)
    await track.use("a1")
    await track.use("b1")
    await asyncio.gather(*track.start("b2", "c1", "a2"))
    assert track.order == ["a1", "b1", "b2", "a2", "c1"]


@pytest.mark.parametrize("when", [0, 1, 2, 3])
async def test_nobody_is_forgotten_when_a_waiter_is_cancelled(when: int) -> None:
    track = Track()
    tasks = track.start("a1", "a2", "a3", "b1", "b2")
    for _ in range(when):
        await asyncio.sleep(0)
    tasks[1].cancel()  # before it waits, while it waits, or just as its turn comes
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 1)
    assert {"a1", "a3", "b1", "b2"} <= set(track.order)
    await asyncio.wait_for(track.use("z"), 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 12)), max_size=4),
)
def test_one_holder_and_nobody_forgotten_whoever_is_cancelled_whenever(
    scorings: list[tuple[str, int]], cancels: list[tuple[int, int]]
) -> None:
    async def go() -> None:
        track = Track()
        tasks = [
            asyncio.create_task(track.use(f"{prefix}{number}", turns=number % 4))
            for prefix, number in scorings
        ]
        for moment in range(13):
            await asyncio.sleep(0)
            for task, at in cancels:
                if at == moment and task < len(tasks):
                    tasks[task].cancel()
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 1)
        assert all(end is None or isinstance(end, asyncio.CancelledError) for end in done)
        uncancelled = [t for t, end in zip(tasks, done, strict=True) if end is None]
        assert len(track.order) >= len(uncancelled)
        await asyncio.wait_for(track.lane.hold("z", "z").__aenter__(), 1)

    asyncio.run(go())


async def test_a_newcomer_does_not_slip_in_before_the_one_that_was_woken() -> None:
    track = Track()
    async with track.lane.hold("a", "a0"):
        waiting = track.start("a1")
        await asyncio.sleep(0)  # it waits now
    # The lane was just given on, and the woken one has not run yet.
    async with asyncio.timeout(1):
        await track.use("a2", turns=3)  # not as a task, which would begin later
        await waiting[0]
    assert track.order == ["a1", "a2"]


async def test_a_failure_inside_gives_the_lane_on() -> None:
    track = Track()
    with pytest.raises(ValueError, match="broken"):
        async with track.lane.hold("a", "a"):
            waiting = track.start("b1")
            await asyncio.sleep(0)
            raise ValueError("broken")
    await asyncio.wait_for(waiting[0], 1)
