"""Claims about when the next round of a live run may begin."""

import asyncio

from view.pace import Pace


async def _begins(pace: Pace, seconds: float = 0.2) -> bool:
    """Whether the next round begins within that time."""
    try:
        await asyncio.wait_for(pace.turn(), seconds)
    except TimeoutError:
        return False
    return True


async def test_a_paused_run_plays_one_round_for_each_step_and_then_waits_again() -> None:
    pace = Pace(paused=True)
    assert not await _begins(pace)
    pace.step()
    pace.step()
    assert not pace.is_paused
    assert await _begins(pace, 60)
    assert await _begins(pace, 60)
    assert pace.is_paused
    assert not await _begins(pace)


async def test_a_pause_takes_back_steps_that_were_not_played_yet() -> None:
    pace = Pace(paused=True)
    pace.step()
    pace.pause()
    assert not await _begins(pace)


async def test_going_on_lets_rounds_follow_each_other() -> None:
    pace = Pace(paused=True)
    pace.go()
    assert [await _begins(pace, 60) for _ in range(3)] == [True] * 3


async def test_a_slow_pace_holds_each_round_and_a_change_of_speed_counts_at_once() -> None:
    pace = Pace(seconds=3600)
    assert not await _begins(pace)
    waiting = asyncio.create_task(pace.turn())
    await asyncio.sleep(0)
    pace.seconds = 0
    await asyncio.wait_for(waiting, 60)


async def test_a_held_run_waits_only_once_its_round_is_settled() -> None:
    pace = Pace()
    pace.pause()
    assert pace.is_paused
    assert not pace.is_waiting  # the round is still being played
    waiting = asyncio.create_task(pace.turn())
    await asyncio.sleep(0.1)
    assert pace.is_waiting
    pace.step()
    await asyncio.wait_for(waiting, 60)
    assert pace.is_paused
    assert not pace.is_waiting
