"""Scripted strategies against one another, with scores worked by hand."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.errors import StrategyError
from scenarios.game import SCRIPTS, Ask, Event
from scenarios.strategies import STRATEGIES, names, strategy

EVERYWHERE = ("always_cooperate", "always_defect", "random", *SCRIPTS)
ASK = Ask(0, "choose", ("cooperate", "defect"), about=1)


def outcomes(*pairs):
    """What a seat saw, from pairs such as "CD": own move, other's move."""
    key = {"C": "cooperate", "D": "defect"}
    return [Event(0, "outcome", (("own", key[own]), ("other", key[other]))) for own, other in pairs]


def match(game_name, both, rounds):
    """Points of two strategies that never draw."""
    game = game_of(game_name)
    parameters = game.parameters(rounds=rounds)
    minds = [strategy(name, game, parameters) for name in both]
    state = game.start(parameters, 2)
    seen = ([], [])
    while not state.over:
        moves = []
        for ask in game.asks(state):
            distribution = minds[ask.seat](seen[ask.seat], ask)
            moves.append(ask.menu[distribution.index(1)])
        settlement = game.settle(state, tuple(moves), (0.5,) * game.draws(state))
        for event in settlement.events:
            seen[event.seat].append(event)
        state = settlement.state
    return game.payoffs(state)


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [
        # Sucker once, then four mutual defections: 0 + 4 * 1 against 5 + 4 * 1.
        ("tit_for_tat", "always_defect", (4, 9)),
        ("grim", "always_defect", (4, 9)),
        # Sucker twice before it answers: 0 + 0 + 3 * 1 against 5 + 5 + 3 * 1.
        ("tit_for_two_tats", "always_defect", (3, 13)),
        # C D C D C against D: 0 1 0 1 0 against 5 1 5 1 5.
        ("win_stay_lose_shift", "always_defect", (2, 17)),
        ("always_cooperate", "always_defect", (0, 25)),
        ("always_defect", "always_defect", (5, 5)),
        ("tit_for_tat", "tit_for_tat", (15, 15)),
        ("win_stay_lose_shift", "grim", (15, 15)),
        ("generous_tit_for_tat", "always_cooperate", (15, 15)),
    ],
)
def test_five_rounds_of_the_dilemma(first, second, points):
    assert match("prisoners_dilemma", (first, second), 5) == points
    assert match("prisoners_dilemma", (second, first), 5) == points[::-1]


def test_tit_for_tat_meets_an_escalator_on_the_bridge():
    # 0, then -2 twice; 6, then -2 twice.
    assert match("chicken", ("tit_for_tat", "always_defect"), 3) == (-4, 2)


@pytest.mark.parametrize("name", sorted(set(STRATEGIES) - {"always_defect", "random"}))
def test_nice_strategies_cooperate_first(name):
    assert STRATEGIES[name]([], ASK) == (1, 0)


def test_generous_tit_for_tat_forgives_one_defection_in_three():
    assert STRATEGIES["generous_tit_for_tat"](outcomes("CD"), ASK) == pytest.approx((1 / 3, 2 / 3))
    assert STRATEGIES["generous_tit_for_tat"](outcomes("CD", "DC"), ASK) == (1, 0)


def test_tit_for_two_tats_needs_two_defections_in_a_row():
    tolerant = STRATEGIES["tit_for_two_tats"]
    assert tolerant(outcomes("CD", "CC", "CD"), ASK) == (1, 0)
    assert tolerant(outcomes("CC", "CD", "CD"), ASK) == (0, 1)


def test_grim_never_forgives():
    assert STRATEGIES["grim"](outcomes("CD", "DC", "DC"), ASK) == (0, 1)


@pytest.mark.parametrize(
    ("round_before", "then"), [("CC", (1, 0)), ("DD", (1, 0)), ("CD", (0, 1)), ("DC", (0, 1))]
)
def test_win_stay_lose_shift_repeats_what_paid(round_before, then):
    assert STRATEGIES["win_stay_lose_shift"](outcomes(round_before), ASK) == then


def test_other_events_are_no_moves():
    seen = [Event(0, "others", (("other", "defect"),))]
    assert STRATEGIES["tit_for_tat"](seen, ASK) == (1, 0)


@pytest.mark.parametrize("name", EVERYWHERE)
def test_some_strategies_play_every_game(name, case):
    chosen = strategy(name, case.game, case.parameters)
    for step in case.play((0,), (0.5,)):
        for ask in step.asks:
            distribution = chosen((), ask)
            assert len(distribution) == len(ask.menu)
            assert sum(distribution) == pytest.approx(1)


@pytest.mark.parametrize("name", sorted(set(names()) - set(EVERYWHERE)))
def test_the_others_play_games_of_two_seats_and_two_options_only(name, game):
    if game.seats.most == 2 and len(game.options) == 2:
        assert strategy(name, game, game.parameters()) is STRATEGIES[name]
    else:
        with pytest.raises(StrategyError, match="answers the moves of one other seat"):
            strategy(name, game, game.parameters())


def test_an_unknown_strategy_is_refused_with_the_nearest_name():
    with pytest.raises(StrategyError, match="did you mean 'tit_for_tat'"):
        strategy("tit_for_tet", game_of("chicken"), game_of("chicken").parameters())
