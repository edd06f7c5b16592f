"""Where the points of a round stand when it closes without asking everybody again."""

import pytest

from agents.answers import Decision
from agents.minds import scripted
from scenarios.game import Ask
from sim.notes import Notes, Settled

ASK_FIRST = (Ask(0, "offer", ("half", "none"), about=1),)
ASK_SECOND = (Ask(1, "respond", ("accept", "reject"), about=0),)


def settled(round_, asks, payoffs, group=0):
    answers = tuple(Decision(0, scripted((1.0, 0.0))) for _ in asks)
    moves = tuple(ask.menu[0] for ask in asks)
    return Settled(round_, group, (4, 7), asks, answers, moves, payoffs)


def test_a_seat_that_only_an_earlier_phase_asked_is_paid_there():
    notes = Notes()
    notes.add(settled(1, ASK_FIRST, (None,)))
    notes.add(settled(1, ASK_SECOND, (4.0,)), owed=((0, 6.0),))
    assert [one.payoffs for one in notes.settled] == [(6.0,), (4.0,)]
    columns = notes.columns()
    assert columns.agent.tolist() == [4, 7]
    assert columns.payoff.tolist() == [6, 4]


def test_of_several_phases_the_last_one_that_asked_the_seat_bears_its_points():
    notes = Notes()
    notes.add(settled(1, ASK_FIRST, (None,)))
    notes.add(settled(1, ASK_FIRST, (None,)))
    notes.add(settled(1, ASK_SECOND, (4.0,)), owed=((0, 6.0),))
    assert [one.payoffs for one in notes.settled] == [(None,), (6.0,), (4.0,)]


def test_of_several_asks_at_once_the_first_bears_the_points():
    notes = Notes()
    notes.add(settled(1, ASK_FIRST * 2, (None, None)))
    notes.add(settled(1, ASK_SECOND, (4.0,)), owed=((0, 6.0),))
    assert notes.settled[0].payoffs == (6.0, None)


def test_neither_an_earlier_round_nor_another_group_bears_them():
    notes = Notes()
    notes.add(settled(1, ASK_FIRST, (1.0,)))
    notes.add(settled(2, ASK_FIRST, (None,), group=1))
    with pytest.raises(ValueError, match="seat 0 is paid in a round in which it was not asked"):
        notes.add(settled(2, ASK_SECOND, (4.0,)), owed=((0, 6.0),))
