"""The public goods game, worked by hand at an endowment of 20 and a return of 0.4."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Event

GAME = game_of("public_goods")


def contributed(moves, **given):
    state = GAME.start(GAME.parameters(**given), len(moves))
    return GAME.settle(state, tuple(moves), ())


def punished(moves, deductions, **given):
    """Second phase after these contributions; `deductions` are (who, whom) that deduct."""
    state = contributed(moves, punishment=True, **given).state
    asks = GAME.asks(state)
    answers = tuple("deduct" if (a.seat, a.about) in deductions else "leave" for a in asks)
    return asks, GAME.settle(state, answers, ())


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        # 0.4 * 80 = 32 for each.
        (("all", "all", "all", "all"), (32, 32, 32, 32)),
        # 0.4 * 60 = 24 for each, and 20 kept by the last.
        (("all", "all", "all", "nothing"), (24, 24, 24, 44)),
        (("all", "nothing", "nothing", "nothing"), (8, 28, 28, 28)),
        # 0.4 * 30 = 12.
        (("half", "half", "half", "nothing"), (22, 22, 22, 32)),
        (("nothing", "nothing", "nothing", "nothing"), (20, 20, 20, 20)),
    ],
)
def test_each_keeps_the_rest_and_gets_the_return_on_everything(moves, points):
    settlement = contributed(moves)
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


def test_a_seat_without_an_answer_sits_the_round_out():
    # 0.4 * (20 + 20) = 16 for the two that paid, and the third kept 20.
    settlement = contributed(("all", None, "all", "nothing"))
    assert settlement.payoffs == (16, None, 16, 36)
    assert {event.seat for event in settlement.events} == {0, 2, 3}


@pytest.mark.parametrize("punishment", [False, True])
def test_one_answer_is_no_round(punishment):
    settlement = contributed(("all", None, None, None), punishment=punishment)
    assert settlement.moves == settlement.payoffs == (None,) * 4
    assert settlement.events == ()
    assert settlement.state.round == 2


@pytest.mark.parametrize(
    ("others", "nearest", "mean"),
    [
        (("all", "all", "half"), "all", 50 / 3),
        (("all", "half", "nothing"), "half", 10),
        # 5 is as near to 0 as to 10, 15 as near to 10 as to 20: the smaller one is told.
        (("half", "nothing"), "nothing", 5),
        (("all", "half"), "half", 15),
    ],
)
def test_each_seat_learns_what_the_others_paid_on_average(others, nearest, mean):
    event = contributed(("half", *others)).events[0]
    assert (event.seat, event.kind) == (0, "others")
    assert event.facts[:2] == (("own", "half"), ("others", nearest))
    assert event.facts[2] == ("mean", pytest.approx(mean))


def test_every_seat_that_played_is_asked_about_every_other_that_played():
    settlement = contributed(("all", None, "half", "nothing"), punishment=True)
    asks = GAME.asks(settlement.state)
    assert settlement.payoffs == (None,) * 4
    assert settlement.state.round == 1
    assert [(a.seat, a.about) for a in asks] == [(0, 2), (0, 3), (2, 0), (2, 3), (3, 0), (3, 2)]
    assert asks[0].facts == (("did", "half"),)
    assert {ask.menu for ask in asks} == {("leave", "deduct")}


def test_a_deduction_costs_one_and_takes_three():
    # Stage: 24 24 24 44. Seats 0 and 1 deduct from 3, and 3 from 0.
    _, settlement = punished(("all", "all", "all", "nothing"), {(0, 3), (1, 3), (3, 0)})
    assert GAME.payoffs(settlement.state) == (24 - 1 - 3, 24 - 1, 24, 44 - 6 - 1)
    assert settlement.events == (
        Event(0, "deducted", (("lost", 3),)),
        Event(3, "deducted", (("lost", 6),)),
    )


def test_the_first_ask_of_the_last_phase_carries_the_payoff_of_the_round():
    asks, settlement = punished(("all", "all", "nothing"), {(0, 2)})
    # Stage: 16 16 36.
    assert [(a.seat, p) for a, p in zip(asks, settlement.payoffs, strict=True)] == [
        (0, 15),
        (0, 0),
        (1, 16),
        (1, 0),
        (2, 33),
        (2, 0),
    ]


def test_an_unanswered_question_of_deduction_deducts_nothing_and_costs_no_earned_points():
    state = contributed(("all", "all", "nothing"), punishment=True).state
    settlement = GAME.settle(state, (None, None, "leave", None, "deduct", "leave"), ())
    assert settlement.moves == (None, None, "leave", None, "deduct", "leave")
    assert settlement.payoffs == (16 - 3, None, 16, None, 36 - 1, 0)


def test_after_the_second_phase_the_next_round_begins():
    _, settlement = punished(("all", "all"), set(), rounds=2)
    assert settlement.state.round == 2
    assert {ask.phase for ask in GAME.asks(settlement.state)} == {"contribute"}


@pytest.mark.parametrize("preset", list(GAME.presets))
def test_published_groups_of_four_play_ten_rounds_at_twenty_and_four_tenths(preset):
    parameters = GAME.presets[preset]
    assert (parameters.rounds, parameters.endowment, parameters.mpcr) == (10, 20, 0.4)
    assert GAME.seats.default == 4


def test_welfare_with_punishment_counts_every_deduction_at_worst():
    # 80 less 12 deductions of 1 + 3 each.
    welfare = GAME.welfare(GAME.parameters(punishment=True), 4)
    assert (welfare.worst, welfare.best) == (80 - 48, 128)


def test_the_quiz_numbers_are_what_the_rules_pay():
    terms = GAME.terms(GAME.parameters(), 4)
    assert terms["each_if_all"] == contributed(("all",) * 4).payoffs[0]
    assert terms["each_if_half"] == contributed(("half",) * 4).payoffs[0]
    assert terms["sole_keeper"] == contributed(("nothing", "all", "all", "all")).payoffs[0]
    assert terms["sole_payer"] == contributed(("all", *("nothing",) * 3)).payoffs[0]


def test_the_rules_tell_of_the_second_phase_only_where_there_is_one():
    assert GAME.notes(GAME.parameters()) == ("repeated",)
    assert GAME.notes(GAME.parameters(rounds=1, punishment=True)) == ("once", "punishment")
