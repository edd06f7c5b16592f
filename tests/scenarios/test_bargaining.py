"""Bargaining, worked by hand: the left thing is worth 8 or 6 of 10, the right one 2 or 4."""

from itertools import product
from statistics import mean

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters as check
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.games.bargaining import WORDS, payoff
from scenarios.theory import backward_induction, extremes, normal_form, pure_equilibria
from scenarios.wording import load

GAME = game_of("bargaining")
DEMANDS = ("take_right", "take_left", "take_neither", "take_both")
HIGH, LOW = 0.1, 0.9
TRUTH = {HIGH: "say_high", LOW: "say_low"}
VALUES = list(product((HIGH, LOW), repeat=2))
AGAIN = (0.2, 0.7)


def begun(values=(HIGH, LOW), **given):
    return GAME.start(GAME.parameters(**given), 2, values)


def talked(values=(HIGH, LOW), sayings=None, **given):
    """The state after both said something, by default the truth."""
    state = begun(values, **given)
    said = sayings or tuple(TRUTH[value] for value in values)
    return GAME.settle(state, said, AGAIN[: GAME.draws(state)]).state


def demanded(demands, values=(HIGH, LOW), sayings=None, **given):
    state = talked(values, sayings, **given)
    return GAME.settle(state, demands, AGAIN[: GAME.draws(state)])


def demand_form(values, **given):
    state = talked(values, **given)
    return normal_form(
        (DEMANDS, DEMANDS), lambda both: (payoff(state, 0, both), payoff(state, 1, both))
    )


def test_each_seat_knows_its_own_values_and_may_say_the_truth_or_the_contrary():
    assert GAME.asks(begun((HIGH, LOW))) == (
        Ask(0, "say", ("say_high", "feign_low"), 1, (("left", 8), ("right", 2))),
        Ask(1, "say", ("say_low", "feign_high"), 0, (("left", 6), ("right", 4))),
    )


def test_a_demand_knows_the_words_and_not_whether_they_are_true():
    asks = GAME.asks(talked((HIGH, LOW), ("say_high", "feign_high")))
    facts = (("said", "say_high"), ("heard", "say_high"))
    assert asks == (
        Ask(0, "demand", DEMANDS, 1, (*facts, ("left", 8), ("right", 2))),
        Ask(1, "demand", DEMANDS, 0, (*facts, ("left", 6), ("right", 4))),
    )


def test_true_and_false_words_are_told_alike():
    for wording in load("bargaining").wordings.values():
        for saying, words in WORDS.items():
            assert wording.options[saying] == wording.options[words]


@pytest.mark.parametrize(
    ("demands", "points"),
    [
        # The left one is worth 8 to seat 0, and the right one 4 to seat 1.
        (("take_left", "take_right"), (8, 4)),
        (("take_right", "take_left"), (2, 6)),
        (("take_both", "take_neither"), (10, 0)),
        (("take_neither", "take_right"), (0, 4)),
        (("take_neither", "take_neither"), (0, 0)),
        (("take_left", "take_left"), (0, 0)),
        (("take_both", "take_right"), (0, 0)),
        (("take_both", "take_both"), (0, 0)),
    ],
)
def test_demands_without_overlap_are_granted_and_others_bring_nothing(demands, points):
    settlement = demanded(demands)
    assert settlement.moves == demands
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


def test_values_are_drawn_anew_for_each_round():
    second = demanded(("take_left", "take_right")).state
    assert second.round == 2
    # 0.2 is high for seat 0 and 0.7 low for seat 1.
    assert [dict(ask.facts)["left"] for ask in GAME.asks(second)] == [8, 6]


def test_nothing_is_drawn_that_no_round_needs():
    assert GAME.opening(GAME.parameters(), 2) == 2
    assert GAME.draws(begun()) == GAME.draws(talked()) == 2
    assert GAME.draws(begun(rounds=1)) == GAME.draws(talked(rounds=1)) == 0


def test_both_see_the_words_and_the_demands_when_the_round_is_over():
    assert GAME.settle(begun(), ("feign_low", "say_low"), AGAIN).events == ()
    settlement = demanded(("take_right", "take_both"), sayings=("feign_low", "feign_high"))
    assert settlement.events == (
        Event(0, "talk", (("said", "say_low"), ("heard", "say_high"))),
        Event(0, "divided", (("own", "take_right"), ("other", "take_both"), ("points", 0))),
        Event(1, "talk", (("said", "say_high"), ("heard", "say_low"))),
        Event(1, "divided", (("own", "take_both"), ("other", "take_right"), ("points", 0))),
    )


@pytest.mark.parametrize("answers", [(None, "say_low"), ("say_high", None)])
def test_without_a_saying_the_round_is_not_played(answers):
    settlement = GAME.settle(begun(), answers, AGAIN)
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert {ask.phase for ask in GAME.asks(settlement.state)} == {"say"}
    assert settlement.state.round == 2


def test_without_a_demand_nobody_is_paid():
    settlement = demanded(("take_left", None))
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert GAME.payoffs(settlement.state) == (0, 0)


@pytest.mark.parametrize("values", VALUES)
def test_equilibria_of_the_demands_give_both_things_away_or_nothing(values):
    assert set(pure_equilibria(demand_form(values))) == {
        ("take_left", "take_right"),
        ("take_right", "take_left"),
        ("take_both", "take_neither"),
        ("take_neither", "take_both"),
        ("take_both", "take_both"),
    }


@pytest.mark.parametrize(
    ("values", "product_of_points", "best"),
    [
        # 8 * 4 against 2 * 6, and 8 * 2 = 16, 6 * 4 = 24 whoever gets the left one.
        ((HIGH, LOW), 32, [("take_left", "take_right")]),
        ((LOW, HIGH), 32, [("take_right", "take_left")]),
        ((HIGH, HIGH), 16, [("take_right", "take_left"), ("take_left", "take_right")]),
        ((LOW, LOW), 24, [("take_right", "take_left"), ("take_left", "take_right")]),
    ],
)
def test_the_nash_product_is_greatest_where_the_higher_value_gets_the_left(
    values, product_of_points, best
):
    payoffs = demand_form(values).payoffs
    products = {demands: one * other for demands, (one, other) in payoffs.items()}
    assert max(products.values()) == product_of_points
    assert [demands for demands, value in products.items() if value == product_of_points] == best


def test_welfare_spans_all_values_and_demands():
    spans = [extremes(demand_form(values)) for values in VALUES]
    # Equal values: 10. Different ones: 8 + 4.
    assert [best for _, best in spans] == [10, 12, 12, 10]
    welfare = GAME.welfare(GAME.parameters(), 2)
    assert (welfare.worst, welfare.best) == (min(low for low, _ in spans), 12)


def test_backward_induction_finds_talk_that_changes_nothing():
    # Every demand phase has the same equilibria whatever was said, so the first one is played.
    solution = backward_induction(GAME, begun((HIGH, LOW), rounds=1))
    assert [key for ask, key in solution.path if ask.phase == "demand"] == [
        "take_right",
        "take_left",
    ]
    assert solution.points == (2, 6)
    assert not solution.is_unique


def play(values, scripts, turn, **given):
    """Points of one round in which scripts of these names play; `turn` rounds were before it."""
    before = [Event(0, "divided", (("other", "take_right"),))] * turn
    state = begun(values, rounds=1, **given)
    while not state.over:
        moves = tuple(
            GAME.scripts[name](state.parameters, ask, before)
            for name, ask in zip(scripts, GAME.asks(state), strict=True)
        )
        state = GAME.settle(state, moves, ()).state
    return GAME.payoffs(state)


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("values", VALUES)
def test_social_scripts_divide_everything_as_is_best(values, turn):
    best = max(map(sum, demand_form(values).payoffs.values()))
    assert sum(play(values, ("social", "social"), turn)) == best


@pytest.mark.parametrize(
    ("given", "own", "gain"),
    [
        # A low seat against one who believes, values 6 and 4. Truth: 4 against a high one, and by
        # turns 6 or 4 against a low one: (4 + 5) / 2. Saying high: by turns 6 or 4 against a high
        # one, 6 against a low one: (5 + 6) / 2.
        ({}, LOW, 1),
        # A high seat says high in any case.
        ({}, HIGH, 0),
        # Low means to want the right one, which is worth 7. Truth: 7, and by turns 3 or 7:
        # (7 + 5) / 2. Saying high: by turns 3 or 7, and 3: (5 + 3) / 2.
        ({"high": 7, "low": 3}, LOW, -2),
    ],
)
def test_saying_high_pays_a_low_seat_that_wants_the_left_thing(given, own, gain):
    def expected(script):
        cases = product((HIGH, LOW), (0, 1))
        return mean(
            play((own, other), (script, "social"), turn, **given)[0] for other, turn in cases
        )

    assert expected("selfish") - expected("social") == pytest.approx(gain)


def test_the_reciprocal_script_demands_both_after_the_other_did():
    script, ask = GAME.scripts["reciprocal"], GAME.asks(talked())[0]
    aggressor = [Event(0, "divided", (("own", "take_left"), ("other", "take_both")))]
    assert script(GAME.parameters(), ask, []) == "take_left"
    assert script(GAME.parameters(), ask, aggressor) == "take_both"
    assert script(GAME.parameters(), GAME.asks(begun())[0], aggressor) == "say_high"


@pytest.mark.parametrize("given", [{"high": 6}, {"high": 10}, {"low": 9}])
def test_values_must_differ_and_leave_something_to_the_right(given):
    with pytest.raises(ParameterError, match="low < high < total"):
        check(GAME, given)


def test_a_demand_is_asked_for_with_all_words_and_values():
    wording = load("bargaining").wordings["fields"]
    ask = GAME.asks(talked((HIGH, LOW), ("feign_low", "feign_high")))[0]
    assert wording.tell_ask(ask.phase, ask.facts, GAME.terms(GAME.parameters(), 2)) == (
        "You named the lower figure for the meadow, and your neighbour named the higher figure."
        " To you the meadow is worth 8 and the hill 2."
    )
