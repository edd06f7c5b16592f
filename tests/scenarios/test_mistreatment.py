"""Mistreatment, worked by hand at 5 a round and 1 for helping as for worsening."""

from itertools import combinations

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters as parameters_of
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.theory import backward_induction
from scenarios.wording import load

GAME = game_of("mistreatment")
TREATMENTS = ("rightless", "respected", "unmentioned")
MENUS = {
    "treater": ("help_treater", "leave_treater", "worsen_treater"),
    "stranger": ("help_stranger", "leave_stranger", "worsen_stranger"),
}
HELP, LEAVE, WORSEN = (tuple(menu[place] for menu in MENUS.values()) for place in range(3))


def begun(**given):
    return GAME.start(GAME.parameters(**given), 1)


def toward(done, **given):
    """The close of a round in which this was done to the treater and to the stranger."""
    first = GAME.settle(begun(**given), done[:1], ())
    return first, GAME.settle(first.state, done[1:], ())


def test_the_seat_is_asked_about_the_treater_and_then_about_the_stranger():
    assert GAME.asks(begun()) == (Ask(0, "treater", MENUS["treater"]),)
    first, _ = toward(LEAVE)
    assert GAME.asks(first.state) == (Ask(0, "stranger", MENUS["stranger"]),)
    assert first.state.round == 1


@pytest.mark.parametrize(
    ("done", "points"),
    [
        (LEAVE, 5),
        (HELP, 3),
        (WORSEN, 3),
        ((HELP[0], WORSEN[1]), 3),
        ((WORSEN[0], LEAVE[1]), 4),
        ((LEAVE[0], HELP[1]), 4),
    ],
)
def test_helping_and_worsening_cost_the_same_and_leaving_costs_nothing(done, points):
    first, closed = toward(done)
    assert first.payoffs == (None,)
    assert closed.payoffs == (points,)
    assert GAME.payoffs(closed.state) == (points,)
    assert closed.state.round == 2


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_the_treatment_changes_no_points_and_no_questions(treatment):
    plain, treated = toward((HELP[0], WORSEN[1])), toward((HELP[0], WORSEN[1]), treatment=treatment)
    assert [step.payoffs for step in plain] == [step.payoffs for step in treated]
    assert GAME.asks(plain[0].state) == GAME.asks(treated[0].state)


def test_what_was_done_to_both_is_seen_when_the_round_closes():
    first, closed = toward((WORSEN[0], HELP[1]))
    assert first.events == ()
    assert closed.events == (
        Event(0, "treater", (("own", "worsen_treater"),)),
        Event(0, "stranger", (("own", "help_stranger"),)),
    )


@pytest.mark.parametrize(
    ("done", "points", "seen"),
    [
        ((HELP[0], None), 4, ["treater"]),
        ((None, WORSEN[1]), 4, ["stranger"]),
        ((None, LEAVE[1]), 5, ["stranger"]),
    ],
)
def test_an_unanswered_choice_does_nothing(done, points, seen):
    _, closed = toward(done)
    assert closed.moves == done[1:]
    assert closed.payoffs == (points,)
    assert [event.kind for event in closed.events] == seen


def test_a_round_in_which_both_are_unanswered_earns_nothing():
    _, closed = toward((None, None))
    assert closed.payoffs == closed.moves == (None,)
    assert closed.events == ()
    assert GAME.payoffs(closed.state) == (0,)
    assert GAME.asks(closed.state)[0].phase == "treater"


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_own_points_alone_leave_both(treatment):
    solution = backward_induction(GAME, begun(treatment=treatment))
    assert tuple(key for _, key in solution.path) == LEAVE
    assert solution.points == (5,)
    assert solution.is_unique


def total(done, **given):
    """What a round brings to everybody, people outside included."""
    outside = dict(GAME.welfare(GAME.parameters(**given), 1).outside)
    return toward(done, **given)[1].payoffs[0] + sum(outside.get(key, 0) for key in done)


def test_helping_both_is_best_for_all_and_worsening_both_the_worst():
    # 5 - 2 + 6 = 9; 5 - 2 - 6 = -3; nothing done: 5.
    totals = {
        (one, other): total((one, other)) for one in MENUS["treater"] for other in MENUS["stranger"]
    }
    welfare = GAME.welfare(GAME.parameters(), 1)
    assert max(totals, key=totals.get) == HELP and totals[HELP] == welfare.best == 9
    assert min(totals, key=totals.get) == WORSEN and totals[WORSEN] == welfare.worst == -3
    assert totals[LEAVE] == 5


def test_help_that_costs_more_than_it_brings_is_not_best_for_all():
    welfare = GAME.welfare(GAME.parameters(cost=2, benefit=1), 1)
    assert welfare.best == total(LEAVE, cost=2, benefit=1) == 5


def test_only_worsening_harms_and_the_tag_says_whom():
    tags = {option.key: set(option.tags) for option in GAME.options if option.tags}
    assert tags == {
        "worsen_treater": {"retaliation", "harm"},
        "worsen_stranger": {"displaced harm", "harm"},
    }


@pytest.mark.parametrize(
    ("name", "given", "done"),
    [
        ("selfish", {}, LEAVE),
        ("social", {}, HELP),
        ("social", {"cost": 3}, LEAVE),
        ("reciprocal", {"treatment": "rightless"}, (WORSEN[0], HELP[1])),
        ("reciprocal", {"treatment": "respected"}, HELP),
        ("reciprocal", {"treatment": "unmentioned"}, HELP),
    ],
)
def test_scripts(name, given, done):
    parameters = GAME.parameters(**given)
    asks = (Ask(0, phase, menu) for phase, menu in MENUS.items())
    assert tuple(GAME.scripts[name](parameters, ask, []) for ask in asks) == done


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_the_rules_tell_one_treatment(treatment):
    assert GAME.notes(GAME.parameters(treatment=treatment)) == (treatment, "repeated")


@pytest.mark.parametrize("wording", load("mistreatment").wordings.values(), ids=lambda w: w.name)
def test_the_three_treatments_are_equally_long_and_begin_alike(wording):
    told = [wording.notes[treatment] for treatment in TREATMENTS]
    for one, other in combinations(told, 2):
        assert abs(len(one.split()) - len(other.split())) <= 1
        assert abs(len(one) - len(other)) <= 10
    assert len({text.partition(" do, ")[0] for text in told}) == 1


@pytest.mark.parametrize("wording", load("mistreatment").wordings.values(), ids=lambda w: w.name)
def test_the_same_is_done_to_the_treater_and_to_the_stranger(wording):
    for one, other in zip(MENUS["treater"], MENUS["stranger"], strict=True):
        assert wording.options[one] == wording.options[other]
    assert wording.asks["treater"] != wording.asks["stranger"]


def test_an_unknown_treatment_is_refused():
    with pytest.raises(ParameterError, match="treatment = 'kindly'"):
        parameters_of(GAME, {"treatment": "kindly"})


def test_the_quiz_numbers_are_what_the_rules_pay():
    terms = GAME.terms(GAME.parameters(), 1)
    assert terms["income"] == toward(LEAVE)[1].payoffs[0]
    assert terms["net"] == toward((HELP[0], LEAVE[1]))[1].payoffs[0]
    assert terms["net_both"] == toward(WORSEN)[1].payoffs[0]
