"""The dictator game in a ring, worked by hand at an endowment of 10."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Ask, Event
from scenarios.theory import dominant, extremes, pure_equilibria, social_optima, stage
from scenarios.wording import load

GAME = game_of("dictator")
MENU = ("give_50", "give_40", "give_30", "give_20", "give_10", "give_0")


def given(*moves, **parameters):
    state = GAME.start(GAME.parameters(**parameters), len(moves))
    return GAME.settle(state, moves, ())


def test_every_seat_gives_to_the_next_and_the_last_to_the_first():
    state = GAME.start(GAME.parameters(), 3)
    assert GAME.asks(state) == (
        Ask(0, "give", MENU, about=1),
        Ask(1, "give", MENU, about=2),
        Ask(2, "give", MENU, about=0),
    )


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        # Seat 0 gives 5 and is given nothing by seat 2; seat 1 is given 5.
        (("give_50", "give_0", "give_0"), (5, 15, 10)),
        # 10 - 4 + 1, 10 - 2 + 4, 10 - 1 + 2.
        (("give_40", "give_20", "give_10"), (7, 12, 11)),
        (("give_30", "give_30", "give_30"), (10, 10, 10)),
        # Two seats give to each other: 10 - 5 + 2.
        (("give_50", "give_20"), (7, 13)),
    ],
)
def test_each_has_what_it_kept_and_what_the_seat_before_gave(moves, points):
    settlement = given(*moves)
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


def test_what_is_given_to_a_seat_without_an_answer_is_lost():
    # Seat 0 gives 5 to seat 1, which sits out; seat 2 is given nothing and gives 3 to seat 0.
    settlement = given("give_50", None, "give_30")
    assert settlement.moves == ("give_50", None, "give_30")
    assert settlement.payoffs == (10 - 5 + 3, None, 10 - 3)
    assert GAME.payoffs(settlement.state) == (8, 0, 7)
    assert {event.seat for event in settlement.events} == {0, 2}


def test_nobody_learns_what_it_was_given():
    assert given("give_50", "give_0", "give_20").events == (
        Event(0, "gave", (("own", "give_50"),)),
        Event(1, "gave", (("own", "give_0"),)),
        Event(2, "gave", (("own", "give_20"),)),
    )


def test_where_it_is_told_each_learns_what_it_was_given_if_anything_came():
    assert given("give_50", None, "give_20", tells=True).events == (
        Event(0, "gave", (("own", "give_50"),)),
        Event(0, "received", (("other", "give_20"),)),
        Event(2, "gave", (("own", "give_20"),)),
    )


@pytest.mark.parametrize("seats", [2, 3, 4])
def test_giving_nothing_is_dominant_and_no_gift_changes_the_sum(seats):
    form = stage(GAME, GAME.parameters(), seats)
    assert all(dominant(form, seat) == "give_0" for seat in range(seats))
    assert pure_equilibria(form) == (("give_0",) * seats,)
    assert len(social_optima(form)) == len(MENU) ** seats
    welfare = GAME.welfare(GAME.parameters(), seats)
    assert extremes(form) == (welfare.worst, welfare.best) == (10 * seats, 10 * seats)


def test_the_parts_next_to_the_human_average_of_28_percent_are_neutral():
    classes = {option.key: option.action_class for option in GAME.options}
    assert [key for key, kind in classes.items() if kind == "neutral"] == ["give_30", "give_20"]
    assert [key for key, kind in classes.items() if kind == "cooperative"] == list(MENU[:2])


def test_scripts_give_nothing_half_or_what_they_were_given():
    parameters = GAME.parameters(tells=True)
    state = GAME.start(parameters, 3)
    ask = GAME.asks(state)[0]
    seen = [e for e in given("give_0", "give_0", "give_20", tells=True).events if e.seat == 0]
    assert GAME.scripts["selfish"](parameters, ask, []) == "give_0"
    assert GAME.scripts["social"](parameters, ask, []) == "give_50"
    assert GAME.scripts["reciprocal"](parameters, ask, []) == "give_50"
    assert GAME.scripts["reciprocal"](parameters, ask, seen) == "give_20"


def test_one_gift_out_of_a_hundred_is_what_people_were_measured_on():
    preset = GAME.presets["mei-2024"]
    settlement = GAME.settle(GAME.start(preset, 3), ("give_40", "give_0", "give_10"), ())
    assert settlement.payoffs == (100 - 40 + 10, 100 + 40, 100 - 10)
    assert settlement.state.over


@pytest.mark.parametrize(("own", "received"), [(0, 30), (30, 0), (50, 10), (20, 50)])
def test_the_quiz_numbers_are_what_the_rules_pay(own, received):
    terms = GAME.terms(GAME.parameters(), 3)
    paid = given(f"give_{own}", "give_0", f"give_{received}").payoffs
    assert terms[f"after_{own}_{received}"] == paid[0]


@pytest.mark.parametrize(
    ("parameters", "notes"),
    [
        ({}, ("repeated", "untold")),
        ({"tells": True}, ("repeated", "told")),
        ({"rounds": 1}, ("once", "untold")),
    ],
)
def test_the_rules_say_what_is_learnt(parameters, notes):
    assert GAME.notes(GAME.parameters(**parameters)) == notes


def test_what_was_received_is_told_without_a_name():
    told = (
        load("dictator")
        .wordings["sacks"]
        .tell_event(Event(0, "received", (("other", "give_10"),)), GAME.terms(GAME.parameters(), 3))
    )
    assert told == "Last month somebody sent one sack to you."
