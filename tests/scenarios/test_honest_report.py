"""Honest report: a private roll, pay by the report alone, and what a report is after each roll."""

from collections import Counter
from math import nextafter

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Ask, Event
from scenarios.theory import dominant, extremes, pure_equilibria, stage
from scenarios.wording import load

GAME = game_of("honest_report")
MIDDLE = {die: (die - 0.5) / 6 for die in range(1, 7)}
"""A chance number in the middle of those that roll each number."""
CLASSES = {option.key: option.action_class for option in GAME.options}


def rolled(die, **given):
    return GAME.start(GAME.parameters(**given), 1, (MIDDLE[die],))


def reports(die, key, **given):
    """The round after this roll and report; the next roll is a three."""
    return GAME.settle(rolled(die, **given), (key,), (MIDDLE[3],))


@pytest.mark.parametrize(
    ("die", "menu"),
    [
        # Six pays nothing, so that after a six everything else pays more.
        (6, ("true_6", "claim_1", "claim_2", "claim_3", "claim_4", "claim_5")),
        (1, ("true_1", "forgo_6", "claim_2", "claim_3", "claim_4", "claim_5")),
        (3, ("true_3", "forgo_6", "forgo_1", "forgo_2", "claim_4", "claim_5")),
        # Five pays the most, so that after a five everything else pays less.
        (5, ("true_5", "forgo_6", "forgo_1", "forgo_2", "forgo_3", "forgo_4")),
    ],
)
def test_every_number_may_be_reported_and_its_key_says_what_that_is_after_the_roll(die, menu):
    assert GAME.asks(rolled(die)) == (Ask(0, "report", menu, facts=(("die", die),)),)


@pytest.mark.parametrize("die", range(1, 7))
def test_the_truth_is_cooperative_and_only_a_lie_that_pays_more_is_uncooperative(die):
    (ask,) = GAME.asks(rolled(die))
    truth = reports(die, ask.menu[0]).payoffs[0]
    for key in ask.menu[1:]:
        gain = reports(die, key).payoffs[0] - truth
        assert gain != 0
        assert CLASSES[key] == ("uncooperative" if gain > 0 else "neutral")


def test_lies_that_pay_more_are_the_ones_tagged_lying():
    tagged = {option.key for option in GAME.options if "lying" in option.tags}
    assert tagged == {f"claim_{number}" for number in range(1, 6)}
    assert {option.tags for option in GAME.options if option.key not in tagged} == {()}


@pytest.mark.parametrize("unit", [1, 3, 0.2])
@pytest.mark.parametrize(
    ("die", "key", "units"),
    [(4, "true_4", 4), (2, "claim_5", 5), (5, "forgo_6", 0), (6, "true_6", 0), (5, "forgo_1", 1)],
)
def test_a_report_pays_its_number_of_units_and_a_six_nothing(unit, die, key, units):
    assert reports(die, key, unit=unit).payoffs == (pytest.approx(units * unit),)


def test_the_seat_remembers_its_report_and_its_roll():
    assert reports(2, "claim_5").events == (Event(0, "report", (("own", "claim_5"), ("die", 2))),)


def test_each_round_has_its_own_roll_and_the_last_one_rolls_for_nobody():
    settlement = reports(2, "true_2", rounds=2)
    assert GAME.asks(settlement.state)[0].facts == (("die", 3),)
    assert GAME.draws(settlement.state) == 0
    closed = GAME.settle(settlement.state, ("true_3",), ())
    assert closed.state.over
    assert GAME.payoffs(closed.state) == (5,)


def test_without_an_answer_nothing_is_reported_and_the_die_is_rolled_anew():
    settlement = GAME.settle(rolled(5), (None,), (MIDDLE[1],))
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.events == ()
    assert GAME.payoffs(settlement.state) == (0,)
    assert GAME.asks(settlement.state)[0].facts == (("die", 1),)


def test_every_number_is_as_likely():
    steps = [step / 600 for step in range(600)]
    states = (GAME.start(GAME.parameters(), 1, (step,)) for step in steps)
    assert Counter(state.die for state in states) == dict.fromkeys(range(1, 7), 100)


def test_the_largest_chance_number_rolls_a_six():
    assert GAME.start(GAME.parameters(), 1, (nextafter(1, 0),)).die == 6


@pytest.mark.parametrize("die", range(1, 7))
def test_reporting_five_is_best_whatever_was_rolled(die):
    form = stage(GAME, GAME.parameters(), 1)
    best = "true_5" if die == 5 else "claim_5"
    assert GAME.scripts["selfish"](GAME.parameters(), GAME.asks(rolled(die))[0], []) == best
    assert dominant(form, 0) == "claim_5"  # After a six, which numbers just below 1 roll.
    assert pure_equilibria(form) == (("claim_5",),)


@pytest.mark.parametrize("name", ["social", "reciprocal"])
@pytest.mark.parametrize("die", range(1, 7))
def test_who_gains_nothing_from_lies_tells_the_truth(name, die):
    (ask,) = GAME.asks(rolled(die))
    assert GAME.scripts[name](GAME.parameters(), ask, []) == f"true_{die}"


def test_what_the_seat_gains_its_payer_loses():
    parameters = GAME.parameters(unit=3)
    welfare = GAME.welfare(parameters, 1)
    assert dict(welfare.outside)["claim_5"] == -15
    assert extremes(stage(GAME, parameters, 1), welfare.outside) == (0, 0)
    assert (welfare.worst, welfare.best) == (0, 0)


def test_the_paper_paid_a_franc_a_pip_once():
    preset = GAME.presets["fischbacher-2013"]
    assert (preset.rounds, preset.unit) == (1, 1)
    # The mean of an honest report is (1 + 2 + 3 + 4 + 5 + 0) / 6 = 2.5 francs.
    paid = [reports(die, f"true_{die}").payoffs[0] for die in range(1, 7)]
    assert sum(paid) / 6 == 2.5


def test_a_true_and_a_false_report_of_a_number_are_worded_alike():
    for wording in load("honest_report").wordings.values():
        for number in range(1, 7):
            said = {
                (option.phrase, option.past)
                for key, option in wording.options.items()
                if key.endswith(f"_{number}")
            }
            assert len(said) == 1


def test_the_seat_is_told_its_roll():
    wording = load("honest_report").wordings["cup"]
    (ask,) = GAME.asks(rolled(4))
    assert wording.tell_ask(ask.phase, ask.facts, {}) == "Today the die shows 4."
