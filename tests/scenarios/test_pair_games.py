"""The prisoner's dilemma and chicken: payoffs, noise, horizon, missing answers."""

import pytest

from scenarios.catalogue import game as game_of

GAMES = {"prisoners_dilemma": ("cooperate", "defect"), "chicken": ("yield", "escalate")}
QUIET = (0.5, 0.5, 0.5)


def one_round(name, moves, chance=QUIET, **given):
    game = game_of(name)
    return game.settle(game.start(game.parameters(**given), 2), moves, chance)


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        (("cooperate", "cooperate"), (3, 3)),
        (("cooperate", "defect"), (0, 5)),
        (("defect", "cooperate"), (5, 0)),
        (("defect", "defect"), (1, 1)),
    ],
)
def test_payoffs_of_the_dilemma_are_axelrods(moves, points):
    assert one_round("prisoners_dilemma", moves).payoffs == points


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        (("yield", "yield"), (3, 3)),
        (("yield", "escalate"), (0, 6)),
        (("escalate", "yield"), (6, 0)),
        (("escalate", "escalate"), (-2, -2)),
    ],
)
def test_payoffs_of_chicken_are_halves_of_value_and_of_value_less_cost(moves, points):
    assert one_round("chicken", moves).payoffs == points


def test_published_chicken_pays_thirty_for_yielding_and_minus_twenty_for_escalating():
    preset = game_of("chicken").presets["maynard-smith-price-1973"].model_dump()
    assert one_round("chicken", ("yield", "yield"), **preset).payoffs == (30, 30)
    assert one_round("chicken", ("escalate", "escalate"), **preset).payoffs == (-20, -20)


@pytest.mark.parametrize("name", GAMES)
def test_noise_turns_the_move_of_the_seat_that_it_hits(name):
    kind, harsh = GAMES[name]
    settlement = one_round(name, (kind, kind), (0.05, 0.5, 0.5), noise=0.1)
    assert settlement.moves == (harsh, kind)
    assert settlement.events[1].facts == (("own", kind), ("other", harsh))
    assert settlement.payoffs == one_round(name, (harsh, kind)).payoffs


@pytest.mark.parametrize("name", GAMES)
def test_a_number_at_the_noise_level_is_no_noise(name):
    moves = GAMES[name]
    assert one_round(name, moves, (0.1, 0.1, 0.5), noise=0.1).moves == moves


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize(("number", "over"), [(0.74, False), (0.75, True)])
def test_the_pair_ends_where_chance_reaches_the_continuation_probability(name, number, over):
    settlement = one_round(name, GAMES[name], (0.5, 0.5, number), continuation=0.75)
    assert settlement.state.over is over


@pytest.mark.parametrize("name", GAMES)
def test_without_continuation_probability_the_pair_plays_exactly_its_rounds(name):
    game = game_of(name)
    state, played = game.start(game.parameters(rounds=3), 2), 0
    while not state.over:
        state, played = game.settle(state, GAMES[name], (0.999, 0.999, 0.999)).state, played + 1
    assert played == 3


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("silent", [0, 1])
def test_the_pair_skips_a_round_in_which_one_gives_no_answer(name, silent):
    moves = tuple(None if seat == silent else GAMES[name][1] for seat in (0, 1))
    settlement = one_round(name, moves)
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert settlement.state.round == 2
    assert game_of(name).payoffs(settlement.state) == (0, 0)


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize(
    ("given", "notes"),
    [
        ({"rounds": 1}, ("once",)),
        ({}, ("repeated",)),
        ({"continuation": 0.9}, ("open",)),
        ({"noise": 0.1}, ("repeated", "noise")),
    ],
)
def test_the_rules_tell_horizon_and_noise(name, given, notes):
    game = game_of(name)
    assert game.notes(game.parameters(**given)) == notes


def test_the_terms_of_chicken_are_what_the_text_needs():
    game = game_of("chicken")
    terms = game.terms(game.parameters(noise=0.05), 2)
    assert (terms["value"], terms["half"], terms["loss"]) == (6, 3, 2)
    assert terms["noise_percent"] == 5
