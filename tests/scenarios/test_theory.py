"""The theory of every game agrees with its rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.catalogue import game as game_of
from scenarios.theory import (
    backward_induction,
    dominant,
    extremes,
    minmax,
    normal_form,
    pure_equilibria,
    social_optima,
    stage,
    symmetric_mixture,
)


def first_round(name, seats=None, **given):
    game = game_of(name)
    return stage(game, game.parameters(**given), seats or game.seats.default)


def matrix(table):
    """A symmetric two-seat form from {(own, other): points}."""
    actions = tuple(dict.fromkeys(own for own, _ in table))
    return normal_form((actions, actions), lambda p: (table[p], table[p[::-1]]))


def test_mutual_defection_is_the_only_equilibrium_of_the_dilemma():
    form = first_round("prisoners_dilemma")
    assert pure_equilibria(form) == (("defect", "defect"),)
    assert dominant(form, 0) == dominant(form, 1) == "defect"
    assert social_optima(form) == (("cooperate", "cooperate"),)
    assert minmax(form, 0) == 1


def test_taking_turns_beats_mutual_cooperation_where_temptation_is_high():
    form = first_round("prisoners_dilemma", temptation=9)
    assert social_optima(form) == (("cooperate", "defect"), ("defect", "cooperate"))


def test_chicken_has_two_lopsided_equilibria_and_nothing_dominant():
    form = first_round("chicken")
    assert pure_equilibria(form) == (("yield", "escalate"), ("escalate", "yield"))
    assert dominant(form, 0) is None
    assert minmax(form, 0) == 0


@given(value=st.integers(1, 50), surplus=st.integers(1, 50))
def test_chicken_is_mixed_at_value_over_cost(value, surplus):
    form = first_round("chicken", value=value, cost=value + surplus)
    assert symmetric_mixture(form) == pytest.approx(value / (value + surplus))


def test_the_dilemma_has_no_mixed_equilibrium():
    assert symmetric_mixture(first_round("prisoners_dilemma")) is None


def test_a_coordination_game_is_mixed_where_both_actions_pay_the_same():
    # Stag 4, hare 3 whatever the other does: at q hares, 4 (1 - q) = 3.
    stag_hunt = matrix(
        {
            ("stag", "stag"): 4,
            ("stag", "hare"): 0,
            ("hare", "stag"): 3,
            ("hare", "hare"): 3,
        }
    )
    assert symmetric_mixture(stag_hunt) == pytest.approx(0.25)
    assert len(pure_equilibria(stag_hunt)) == 2


def test_matching_pennies_has_no_pure_equilibrium():
    form = normal_form(
        (("heads", "tails"), ("heads", "tails")),
        lambda p: (1.0, -1.0) if p[0] == p[1] else (-1.0, 1.0),
    )
    assert pure_equilibria(form) == ()
    assert minmax(form, 0) == 1


@pytest.mark.parametrize("seats", [3, 4, 5])
def test_paying_nothing_is_dominant_and_paying_everything_the_optimum(seats):
    form = first_round("public_goods", seats)
    assert all(dominant(form, seat) == "nothing" for seat in range(seats))
    assert pure_equilibria(form) == (("nothing",) * seats,)
    assert social_optima(form) == (("all",) * seats,)
    assert minmax(form, 0) == 20


def test_paying_is_wasted_in_a_group_too_small_for_its_return():
    assert social_optima(first_round("public_goods", 2)) == (("nothing", "nothing"),)


@pytest.mark.parametrize(("fault", "best"), [(0.19, "carry_on"), (0.21, "stop")])
def test_complying_is_best_for_all_where_the_expected_loss_exceeds_the_cost(fault, best):
    game = game_of("oversight")
    parameters = game.parameters(fault=fault)
    outside = game.welfare(parameters, 1).outside
    form = stage(game, parameters, 1)
    assert dominant(form, 0) == "carry_on"
    assert social_optima(form, outside) == ((best,),)


def test_welfare_agrees_with_exhaustive_search_where_a_round_is_one_phase(case):
    if not _is_one_phase(case):
        return
    form = stage(case.game, case.parameters, case.seats)
    welfare = case.game.welfare(case.parameters, case.seats)
    assert (welfare.worst, welfare.best) == pytest.approx(extremes(form, welfare.outside))


def _is_one_phase(case):
    """Whether the first phase asks every seat once and closes a round that welfare is about."""
    game, parameters = case.game, case.parameters
    state = game.start(parameters, case.seats, (0.5,) * game.opening(parameters, case.seats))
    asks = game.asks(state)
    drawn = (0.5,) * game.draws(state)
    # What all do may decide whether a further phase follows.
    ends = [game.settle(state, tuple(ask.menu[at] for ask in asks), drawn) for at in (0, -1)]
    return (
        [ask.seat for ask in asks] == list(range(case.seats))
        and not any(None in settlement.payoffs for settlement in ends)
        and not game.welfare(parameters, case.seats).whole_game
    )


def test_a_round_of_several_phases_has_no_stage_form():
    game = game_of("public_goods")
    with pytest.raises(ValueError, match="does not close the round"):
        stage(game, game.parameters(punishment=True), 4)


def test_backward_induction_of_a_single_phase_is_its_equilibrium():
    game = game_of("prisoners_dilemma")
    found = backward_induction(game, game.start(game.parameters(), 2))
    assert [key for _, key in found.path] == ["defect", "defect"]
    assert found.points == (1, 1) and found.is_unique


def test_backward_induction_says_where_there_is_more_than_one_equilibrium():
    game = game_of("chicken")
    found = backward_induction(game, game.start(game.parameters(), 2))
    assert [key for _, key in found.path] == ["yield", "escalate"]
    assert found.points == (0, 6) and not found.is_unique


def test_nobody_pays_to_deduct_and_so_nobody_pays_in():
    game = game_of("public_goods")
    found = backward_induction(game, game.start(game.parameters(punishment=True), 2))
    assert [key for _, key in found.path] == ["nothing", "nothing", "leave", "leave"]
    assert found.points == (20, 20) and found.is_unique
