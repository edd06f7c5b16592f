"""The stag hunt, worked by hand at 4 for a stag, 3 for a hare and 0 for a stag missed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Event
from scenarios.strategies import strategy
from scenarios.theory import (
    dominant,
    minmax,
    pure_equilibria,
    social_optima,
    stage,
    symmetric_mixture,
)

GAME = game_of("stag_hunt")
STAGS, HARES = ("stag", "stag"), ("hare", "hare")
BATTALIO = [name for name in GAME.presets if name.startswith("battalio")]


def one_round(moves, chance=(), **given):
    return GAME.settle(GAME.start(GAME.parameters(**given), 2), moves, chance)


def form_of(preset):
    return stage(GAME, GAME.presets[preset], 2)


def answer_to_a_coin_toss(form):
    """What is best against an other that does either with equal chance: the risk dominant move."""
    return max(
        ("stag", "hare"),
        key=lambda own: form.payoffs[own, "stag"][0] + form.payoffs[own, "hare"][0],
    )


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        (("stag", "stag"), (4, 4)),
        (("stag", "hare"), (0, 3)),
        (("hare", "stag"), (3, 0)),
        (("hare", "hare"), (3, 3)),
    ],
)
def test_a_hare_is_worth_three_whatever_the_other_does(moves, points):
    assert one_round(moves).payoffs == points


@pytest.mark.parametrize(
    ("preset", "hare_with_hare", "hare_with_stag"),
    [
        ("battalio-2001-2r", 40, 35),
        ("battalio-2001-r", 20, 40),
        ("battalio-2001-06r", 12, 42),
    ],
)
def test_published_payoffs(preset, hare_with_hare, hare_with_stag):
    form = form_of(preset)
    assert form.payoffs[STAGS] == (45, 45)
    assert form.payoffs[HARES] == (hare_with_hare, hare_with_hare)
    assert form.payoffs["hare", "stag"] == (hare_with_stag, 0)


@pytest.mark.parametrize("preset", list(GAME.presets))
def test_both_stag_and_both_hare_are_equilibria_and_both_stag_is_the_optimum(preset):
    form = form_of(preset)
    assert pure_equilibria(form) == (STAGS, HARES)
    assert dominant(form, 0) is None
    assert social_optima(form) == (STAGS,)


@pytest.mark.parametrize("preset", list(GAME.presets))
def test_both_stag_pays_both_more_and_yet_hare_is_risk_dominant(preset):
    form = form_of(preset)
    assert form.payoffs[STAGS] > form.payoffs[HARES]
    assert answer_to_a_coin_toss(form) == "hare"


def test_stag_is_risk_dominant_where_missing_it_costs_little():
    # 4 + 2.5 against 3 + 3.
    form = stage(GAME, GAME.parameters(stag_alone=2.5), 2)
    assert answer_to_a_coin_toss(form) == "stag"
    assert pure_equilibria(form) == (STAGS, HARES)


def test_by_default_a_seat_is_indifferent_where_one_in_four_hunts_hare():
    # At q hares: 4 (1 - q) = 3.
    assert symmetric_mixture(form_of("one-shot")) == pytest.approx(1 / 4)


@pytest.mark.parametrize("preset", BATTALIO)
def test_published_games_are_indifferent_at_one_fifth_and_worth_36_there(preset):
    # Four in five stags: 0.8 * 45 = 36, the same in all three games, as the paper's design has it.
    form = form_of(preset)
    assert symmetric_mixture(form) == pytest.approx(1 / 5)
    mixed = 0.8 * form.payoffs["hare", "stag"][0] + 0.2 * form.payoffs[HARES][0]
    assert mixed == pytest.approx(0.8 * 45)


@pytest.mark.parametrize(("preset", "slope"), list(zip(BATTALIO, (50, 25, 15), strict=True)))
def test_published_games_differ_in_what_a_wrong_answer_costs(preset, slope):
    # How much better stag gets as the other goes from surely hare to surely stag: 2, 1 and 0.6 R.
    form = form_of(preset)
    gain = form.payoffs[STAGS][0] - form.payoffs["hare", "stag"][0]
    loss = form.payoffs["stag", "hare"][0] - form.payoffs[HARES][0]
    assert gain - loss == slope


@given(
    low=st.integers(0, 20),
    hares=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    more=st.integers(1, 20),
)
def test_every_stag_hunt_has_these_two_equilibria_and_one_mixed(low, hares, more):
    both, alone = low + hares[0], low + hares[1]
    given = {"both_stag": max(both, alone) + more, "both_hare": both, "hare_alone": alone}
    form = stage(GAME, GAME.parameters(stag_alone=low, **given), 2)
    assert pure_equilibria(form) == (STAGS, HARES)
    assert 0 < symmetric_mixture(form) < 1


def test_hare_secures_a_seat_what_the_other_cannot_take():
    assert minmax(form_of("one-shot"), 0) == 3


@pytest.mark.parametrize(
    "given", [{"both_stag": 3}, {"hare_alone": 4}, {"both_hare": 0}, {"stag_alone": 3}]
)
def test_what_is_no_stag_hunt_is_refused(given):
    with pytest.raises(ParameterError, match="a stag hunt needs both_stag > both_hare"):
        parameters(GAME, given)


def test_a_pair_is_refused_a_third():
    with pytest.raises(ValueError, match="is played by 2 seats, not 3"):
        GAME.start(GAME.parameters(), 3)


@pytest.mark.parametrize("silent", [0, 1])
def test_the_pair_skips_a_round_in_which_one_gives_no_answer(silent):
    settlement = one_round(tuple(None if seat == silent else "stag" for seat in (0, 1)))
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert settlement.state.round == 2


def test_each_sees_what_both_did():
    assert one_round(("stag", "hare")).events == (
        Event(0, "outcome", (("own", "stag"), ("other", "hare"))),
        Event(1, "outcome", (("own", "hare"), ("other", "stag"))),
    )


def test_noise_turns_a_stag_into_a_hare():
    settlement = one_round(STAGS, (0.05, 0.5, 0.5), noise=0.1)
    assert settlement.moves == ("hare", "stag")
    assert settlement.payoffs == (3, 0)


@pytest.mark.parametrize("name", ["selfish", "reciprocal", "tit_for_tat"])
def test_who_answers_what_the_other_did_hunts_hare_with_a_hare_hunter(name):
    # The best answer to stag is stag, and to hare hare: selfish and in kind are here the same.
    choose = strategy(name, GAME, GAME.parameters())
    ask = GAME.asks(GAME.start(GAME.parameters(), 2))[0]
    for other, expected in (("stag", (1, 0)), ("hare", (0, 1))):
        seen = [Event(0, "outcome", (("own", "stag"), ("other", other)))]
        assert choose(seen, ask) == expected
    assert choose([], ask) == (1, 0)


def test_the_social_script_hunts_stag_even_after_it_missed_one():
    choose = strategy("social", GAME, GAME.parameters())
    ask = GAME.asks(GAME.start(GAME.parameters(), 2))[0]
    assert choose([Event(0, "outcome", (("own", "stag"), ("other", "hare")))], ask) == (1, 0)


def test_welfare_is_worst_where_they_miss_each_other_by_default_and_not_always():
    # 0 + 3 < 3 + 3; in game 0.6R 12 + 12 < 42 + 0.
    welfare = GAME.welfare(GAME.parameters(), 2)
    assert (welfare.worst, welfare.best) == (3, 8)
    welfare = GAME.welfare(GAME.presets["battalio-2001-06r"], 2)
    assert (welfare.worst, welfare.best) == (24, 90)


def test_only_hunting_stag_bears_a_tag():
    assert {option.key: option.tags for option in GAME.options} == {"stag": ("trust",), "hare": ()}
