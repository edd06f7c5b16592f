"""Feud, worked by hand: a strike 5 and -7, striking back -3 and -9, stepping in -4."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.theory import backward_induction

GAME = game_of("feud")


def ring(**given):
    return GAME.start(GAME.parameters(**given), 3)


def after(state, *moves):
    """The settlement of the last of these moves, one each phase."""
    for move in moves:
        settlement = GAME.settle(state, (move,), ())
        state = settlement.state
    return settlement


def in_round(number):
    state = ring()
    for _ in range(number - 1):
        state = after(state, "leave").state
    return state


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        (("leave",), (0, 0, 0)),
        (("strike", "let_rest"), (5, -7, 0)),
        # Stepped in: the 5 go to the struck, nobody is struck back.
        (("strike", "strike_back", "step_in"), (0, -7 + 5, -4)),
        (("strike", "strike_back", "look_on"), (5 - 9, -7 - 3, 0)),
    ],
)
def test_points_of_striker_struck_and_third(moves, points):
    settlement = after(ring(), *moves)
    assert GAME.payoffs(settlement.state) == points
    assert settlement.state.round == 2


def test_a_round_is_one_question_after_another():
    state = ring()
    assert GAME.asks(state) == (Ask(0, "first", ("leave", "strike"), about=1),)
    struck = after(state, "strike")
    assert struck.payoffs == (None,)
    assert struck.events == ()
    assert GAME.asks(struck.state) == (Ask(1, "answer", ("let_rest", "strike_back"), about=0),)
    wanted = after(struck.state, "strike_back")
    assert wanted.payoffs == (None,)
    assert GAME.asks(wanted.state) == (Ask(2, "bystander", ("step_in", "look_on")),)


@pytest.mark.parametrize(
    ("number", "striker", "struck", "third"),
    [(1, 0, 1, 2), (2, 1, 2, 0), (3, 2, 0, 1), (4, 0, 1, 2)],
)
def test_roles_turn_around_the_ring(number, striker, struck, third):
    state = in_round(number)
    asked = []
    for move in ("strike", "strike_back", "look_on"):
        (ask,) = GAME.asks(state)
        asked.append(ask.seat)
        state = after(state, move).state
    assert asked == [striker, struck, third]


def test_who_closes_the_round_carries_its_points_and_the_others_are_owed():
    left = after(ring(), "leave")
    assert (left.payoffs, left.owed) == ((0,), ())
    rested = after(ring(), "strike", "let_rest")
    assert (rested.payoffs, rested.owed) == ((-7,), ((0, 5),))
    stopped = after(ring(), "strike", "strike_back", "step_in")
    assert (stopped.payoffs, stopped.owed) == ((-4,), ((0, 0), (1, -2)))


def test_every_seat_sees_from_left_or_right_what_was_done():
    # Seat 1 sits to the right of 0, seat 2 to its left; 2 is to the right of 1, 0 to that of 2.
    assert set(after(ring(), "strike", "strike_back", "step_in").events) == {
        Event(0, "you_first", (("own", "strike"),)),
        Event(0, "right_answered", (("other", "strike_back"),)),
        Event(0, "left_third", (("other", "step_in"),)),
        Event(1, "left_first", (("other", "strike"),)),
        Event(1, "you_answered", (("own", "strike_back"),)),
        Event(1, "right_third", (("other", "step_in"),)),
        Event(2, "right_first", (("other", "strike"),)),
        Event(2, "left_answered", (("other", "strike_back"),)),
        Event(2, "you_third", (("own", "step_in"),)),
    }


def test_a_seat_that_is_left_in_peace_sees_it_too():
    assert after(in_round(2), "leave").events == (
        Event(0, "right_first", (("other", "leave"),)),
        Event(1, "you_first", (("own", "leave"),)),
        Event(2, "left_first", (("other", "leave"),)),
    )


@pytest.mark.parametrize("given", [(), ("strike",), ("strike", "strike_back")])
def test_a_round_without_an_answer_is_skipped(given):
    settlement = after(ring(), *given, None)
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.events == settlement.owed == ()
    assert GAME.payoffs(settlement.state) == (0, 0, 0)
    assert settlement.state.round == 2


def test_foresight_of_own_points_alone_strikes_and_lets_rest():
    found = backward_induction(GAME, ring(rounds=1))
    assert [(ask.seat, key) for ask, key in found.path] == [(0, "strike"), (1, "let_rest")]
    assert found.points == (5, -7, 0)
    assert found.is_unique


def test_a_third_with_own_points_alone_looks_on():
    wanted = after(ring(rounds=1), "strike", "strike_back").state
    found = backward_induction(GAME, wanted)
    assert [key for _, key in found.path] == ["look_on"]


def test_what_is_sure_to_be_struck_back_does_not_pay():
    assert GAME.payoffs(after(ring(), "strike", "strike_back", "look_on").state)[0] < 0


def test_at_every_point_the_cooperative_option_is_best_for_all():
    def together(*moves):
        return sum(GAME.payoffs(after(ring(), *moves).state))

    blow = together("strike", "strike_back", "look_on")
    stopped = together("strike", "strike_back", "step_in")
    rested = together("strike", "let_rest")
    # -10 - 4, 0 - 2 - 4, 5 - 7.
    assert (blow, stopped, rested, together("leave")) == (-14, -6, -2, 0)
    welfare = GAME.welfare(GAME.parameters(), 3)
    assert (welfare.worst, welfare.best) == (-14, 0)


@pytest.mark.parametrize(
    ("given", "told"), [({"loss": 5}, "loss > take"), ({"price": 12}, "price < cost \\+ blow")]
)
def test_points_for_which_a_strike_or_a_blow_would_be_best_are_refused(given, told):
    with pytest.raises(ParameterError, match=told):
        parameters(GAME, given)


def scripted(name, phase, seen=()):
    menus = {
        "first": ("leave", "strike"),
        "answer": ("let_rest", "strike_back"),
        "bystander": ("step_in", "look_on"),
    }
    return GAME.scripts[name](GAME.parameters(), Ask(0, phase, menus[phase]), seen)


def test_the_reciprocal_strike_first_only_at_whom_struck_back_last():
    assert scripted("reciprocal", "first") == "leave"
    struck_back = Event(0, "right_answered", (("other", "strike_back"),))
    rested = Event(0, "right_answered", (("other", "let_rest"),))
    assert scripted("reciprocal", "first", [struck_back]) == "strike"
    assert scripted("reciprocal", "first", [struck_back, rested]) == "leave"


def test_the_reciprocal_strike_back_and_step_in_as_was_done_for_them():
    looked_on = Event(0, "right_third", (("other", "look_on"),))
    assert scripted("reciprocal", "answer") == "strike_back"
    assert scripted("reciprocal", "bystander") == "step_in"
    assert scripted("reciprocal", "bystander", [looked_on]) == "look_on"


def test_the_numbers_told_are_those_lost():
    terms = GAME.terms(GAME.parameters(), 3)
    struck_back = GAME.payoffs(after(ring(), "strike", "strike_back", "look_on").state)
    stopped = GAME.payoffs(after(ring(), "strike", "strike_back", "step_in").state)
    assert terms["loss_and_cost"] == -struck_back[1]
    assert terms["loss_after_return"] == -stopped[1]


def test_only_the_first_strike_is_harm():
    tags = {option.key: option.tags for option in GAME.options}
    assert [key for key, tag in tags.items() if "harm" in tag] == ["strike"]
    assert "revenge" in tags["strike_back"]
