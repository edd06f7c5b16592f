"""Scripted strategies against one another, with scores worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.catalogue import game as game_of
from scenarios.errors import StrategyError
from scenarios.game import SCRIPTS, Ask, Event
from scenarios.match import Record, play
from scenarios.pair_strategies import PAIR_STRATEGIES
from scenarios.strategies import STRATEGIES, names, strategy

DEFECT_FIRST = {
    "always_defect",
    "suspicious_tit_for_tat",
    "bully",
    "hard_go_by_majority",
    "prober",
}
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
    players = [strategy(name, game, parameters) for name in both]
    return play(game, parameters, players, iter(()).__next__).points


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
        # D C D C D against C D C D C: 5 0 5 0 5 against 0 5 0 5 0.
        ("suspicious_tit_for_tat", "tit_for_tat", (15, 10)),
        # D D C C D against C D D C C: 5 1 0 3 5 against 0 1 5 3 0.
        ("bully", "tit_for_tat", (14, 9)),
        # C C C D D against C C D C C: 3 3 0 5 5 against 3 3 5 0 0.
        ("two_tits_for_tat", "periodic_ccd", (16, 11)),
        # D C C C C against C D C C C: tit for tat struck back in the second round, so it is spared.
        ("prober", "tit_for_tat", (14, 14)),
        # D C C D D against C C C C C: 5 3 3 5 5, patience is exploited from the fourth round on.
        ("prober", "always_cooperate", (21, 6)),
        # C D D D D: 0 1 1 1 1 against 5 1 1 1 1.
        ("go_by_majority", "always_defect", (4, 9)),
        # D C C C C: of no rounds there are equally many of both, afterwards all were cooperation.
        ("hard_go_by_majority", "always_cooperate", (17, 12)),
        # Two defections must be seen: 0 0 1 1 1.
        ("fool_me_once", "always_defect", (3, 13)),
        # C D C D C: 3 5 3 5 3 against 3 0 3 0 3.
        ("alternator", "always_cooperate", (19, 9)),
    ],
)
def test_five_rounds_of_the_dilemma(first, second, points):
    assert match("prisoners_dilemma", (first, second), 5) == points
    assert match("prisoners_dilemma", (second, first), 5) == points[::-1]


def test_tit_for_tat_meets_an_escalator_on_the_bridge():
    # 0, then -2 twice; 6, then -2 twice.
    assert match("chicken", ("tit_for_tat", "always_defect"), 3) == (-4, 2)


@pytest.mark.parametrize("name", sorted(set(STRATEGIES) - {"random"}))
def test_only_strategies_that_are_not_nice_defect_first(name):
    assert STRATEGIES[name]([], ASK) == ((0, 1) if name in DEFECT_FIRST else (1, 0))


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


@pytest.mark.parametrize(
    ("name", "seen", "then"),
    [
        ("two_tits_for_tat", ["CD", "DC"], (0, 1)),
        ("two_tits_for_tat", ["CD", "DC", "DC"], (1, 0)),
        ("hard_tit_for_tat", ["CD", "DC", "DC"], (0, 1)),
        ("hard_tit_for_tat", ["CD", "DC", "DC", "DC"], (1, 0)),
        ("go_by_majority", ["CD", "DC"], (1, 0)),
        ("hard_go_by_majority", ["CD", "DC"], (0, 1)),
        ("go_by_majority", ["CD", "DC", "DD"], (0, 1)),
        ("hard_go_by_majority", ["CD", "DC", "DC"], (1, 0)),
        # One defection in ten rounds is tolerated, one in nine is answered.
        ("forgiving_tit_for_tat", ["CC"] * 9 + ["CD"], (1, 0)),
        ("forgiving_tit_for_tat", ["CC"] * 8 + ["CD"], (0, 1)),
        ("forgiving_tit_for_tat", ["CD", "CD", "CC"], (1, 0)),
        ("fool_me_once", ["CD", "CC"], (1, 0)),
        ("fool_me_once", ["CD", "CC", "CD", "DC"], (0, 1)),
        ("bully", ["DC"], (0, 1)),
        ("bully", ["DD"], (1, 0)),
        ("suspicious_tit_for_tat", ["DC"], (1, 0)),
        ("alternator", ["CD"], (0, 1)),
        # What was really done counts: a cooperation that came out as defection is followed by one.
        ("alternator", ["DC"], (1, 0)),
        ("periodic_ccd", ["CC", "CC"], (0, 1)),
        ("periodic_ccd", ["CC", "CC", "DC"], (1, 0)),
        ("prober", ["DC", "CC"], (1, 0)),
        ("prober", ["DC", "CC", "CC"], (0, 1)),
        ("prober", ["DC", "CC", "CC", "DD", "DD"], (0, 1)),
        ("prober", ["DC", "CD", "CC"], (1, 0)),
        ("prober", ["DC", "CD", "CC", "CD"], (0, 1)),
    ],
)
def test_what_answers_what(name, seen, then):
    assert STRATEGIES[name](outcomes(*seen), ASK) == then


@given(
    st.sampled_from(sorted(PAIR_STRATEGIES)),
    st.lists(st.sampled_from(["CC", "CD", "DC", "DD"]), max_size=12),
    st.integers(0, 12),
)
def test_a_record_that_grows_is_read_as_the_whole_list_is(name, pairs, other_event_after):
    events = outcomes(*pairs)
    events.insert(other_event_after, Event(0, "said", (("what", "defect"),)))
    record = Record()
    for place, event in enumerate(events):
        record.append(event)
        assert STRATEGIES[name](record, ASK) == STRATEGIES[name](events[: place + 1], ASK)
    without = [event for event in events if event.kind == "outcome"]
    assert STRATEGIES[name](record, ASK) == STRATEGIES[name](without, ASK)


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
