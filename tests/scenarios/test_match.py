"""A match is what the rules give, step by step, whichever loop plays it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.catalogue import catalogue
from scenarios.catalogue import game as game_of
from scenarios.match import play, play_step_by_step
from scenarios.pairs import PairParameters
from scenarios.strategies import STRATEGIES, strategy

PAIR_GAMES = [game for game in catalogue().values() if issubclass(game.parameters, PairParameters)]


def numbers(start=0.07, step=0.31):
    """Numbers in [0, 1) that go on for ever; the same ones each time."""
    place = -1
    while True:
        place += 1
        yield (start + step * place) % 1


@given(
    st.sampled_from(PAIR_GAMES),
    st.tuples(*[st.sampled_from(sorted(STRATEGIES))] * 2),
    st.integers(1, 30),
    st.sampled_from([{}, {"noise": 0.2}, {"continuation": 0.9}]),
)
@settings(max_examples=300)
def test_both_loops_play_the_same_match(game, names, rounds, given_parameters):
    parameters = game.parameters(rounds=rounds, **given_parameters)
    players = [strategy(name, game, parameters) for name in names]
    quick = play(game, parameters, players, numbers().__next__)
    assert quick == play_step_by_step(game, parameters, players, numbers().__next__)


def test_there_are_pair_games_to_play():
    assert {"prisoners_dilemma", "chicken"} <= {game.name for game in PAIR_GAMES}


def test_a_certain_match_draws_nothing():
    game = game_of("prisoners_dilemma")
    grim, alternator = STRATEGIES["grim"], STRATEGIES["alternator"]
    played = play(game, game.parameters(rounds=3), (grim, alternator), iter(()).__next__)
    # C C D against C D C.
    assert played.points == (3 + 0 + 5, 3 + 5 + 0)
    assert [dict(event.facts)["own"] for event in played.seen[0]] == [
        "cooperate",
        "cooperate",
        "defect",
    ]


def test_an_uncertain_answer_takes_one_number():
    game = game_of("prisoners_dilemma")
    pair = (STRATEGIES["random"], STRATEGIES["always_defect"])
    # Below one half is the first of two options: C then D against D D.
    played = play(game, game.parameters(rounds=2), pair, iter([0.49, 0.5]).__next__)
    assert played.points == (0 + 1, 5 + 1)


def test_noise_is_drawn_after_the_answers_of_a_round():
    game = game_of("prisoners_dilemma")
    pair = (STRATEGIES["random"], STRATEGIES["always_cooperate"])
    # The answer, then noise for both and the number for going on: D, both turned over, so C and D.
    draw = iter([0.9, 0.01, 0.01, 0.5]).__next__
    assert play(game, game.parameters(rounds=1, noise=0.1), pair, draw).points == (0, 5)


def test_a_pair_is_two():
    game = game_of("chicken")
    with pytest.raises(ValueError, match="2 seats, not 3"):
        play(game, game.parameters(), [STRATEGIES["random"]] * 3, iter(()).__next__)


@pytest.mark.parametrize("name", ["selfish", "social", "reciprocal", "random"])
def test_every_game_can_be_played_as_a_match(name, case):
    players = [strategy(name, case.game, case.parameters)] * case.seats
    played = play(case.game, case.parameters, players, numbers().__next__)
    assert len(played.points) == case.seats
