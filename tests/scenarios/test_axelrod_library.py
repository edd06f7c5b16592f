"""The adapter for the Axelrod library's strategies, on a small library of the same shape.

That it plays the real ones as the library's own matches do is checked where that is installed, see
docs/decisions/0007-axelrod-referee.md.
"""

import math
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.catalogue import game as game_of
from scenarios.errors import StrategyError
from scenarios.game import Ask, Event
from scenarios.match import Record, play
from scenarios.strategies import STRATEGIES, check, strategy

GAME = game_of("prisoners_dilemma")
ASK = Ask(0, "choose", ("cooperate", "defect"), about=1)
KEYS = {"C": "cooperate", "D": "defect"}


def outcomes(*pairs):
    return [Event(0, "outcome", (("own", KEYS[a]), ("other", KEYS[b]))) for a, b in pairs]


def adapted(name, seed=1, **given_parameters):
    return strategy(f"axelrod.{name}", GAME, GAME.parameters(**given_parameters), seed)


def moves(played):
    return "".join(str(event.facts[0][1])[0] for event in played.seen[0])


def chance(step=0.31):
    place = 0
    while True:
        place += 1
        yield (0.07 + step * place) % 1


@pytest.mark.parametrize("noise", [0, 0.2])
def test_a_strategy_that_both_have_plays_the_same(axelrod_library, noise):
    parameters = GAME.parameters(rounds=40, noise=noise)
    for other in STRATEGIES.values():
        theirs = play(GAME, parameters, (adapted("Copycat"), other), chance().__next__)
        ours = play(GAME, parameters, (STRATEGIES["tit_for_tat"], other), chance().__next__)
        assert theirs == ours


def test_a_player_learns_what_was_really_done(axelrod_library):
    stubborn = adapted("Stubborn")
    assert stubborn([], ASK) == (1, 0)
    # It wanted to cooperate, noise turned that over, and it goes on with what was done.
    assert stubborn(outcomes("DC"), ASK) == (0, 1)


def test_a_player_is_asked_once_in_every_round(axelrod_library):
    moody = adapted("Moody")
    seen = Record()
    for _ in range(50):
        # Twice, as where a round was skipped for want of the other's answer.
        assert moody(seen, ASK) == moody(seen, ASK)
        seen.append(outcomes("CD")[0])
    assert axelrod_library.Moody.asked_in_all == 50


HISTORIES = st.lists(st.sampled_from(["CC", "CD", "DC", "DD"]), max_size=6)


@given(st.lists(HISTORIES, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_depends_on_history_and_seed_alone(axelrod_library, histories):
    for name in ("Moody", "Stubborn", "Copycat"):
        one = adapted(name)
        for pairs in histories:
            seen = outcomes(*pairs)
            assert one(seen, ASK) == adapted(name)(tuple(seen), ASK)


def test_a_seed_fixes_what_a_player_draws(axelrod_library):
    def played(seed):
        pair = (adapted("Moody", seed), STRATEGIES["always_defect"])
        return moves(play(GAME, GAME.parameters(rounds=30), pair, chance().__next__))

    assert played(5) == played(5)
    assert len({played(seed) for seed in range(8)}) == 8
    assert set(played(5)) == {"c", "d"}


def test_events_that_are_no_rounds_are_nothing_to_a_player(axelrod_library):
    seen = [Event(0, "said", (("what", "defect"),)), *outcomes("CD"), Event(0, "said", ())]
    assert adapted("Copycat")(seen, ASK) == (0, 1)


def test_a_player_knows_the_end_only_where_it_is_certain(axelrod_library):
    def last(**settings):
        parameters = GAME.parameters(rounds=4, **settings)
        player = strategy("axelrod.LastWord", GAME, parameters)
        pair = (player, STRATEGIES["always_cooperate"])
        return moves(play(GAME, parameters, pair, lambda: 0.5))

    assert last() == "cccd"
    assert last(continuation=0.9) == "cccc"


@pytest.mark.parametrize(
    ("given_parameters", "cooperates"),
    [({}, True), ({"temptation": 7}, False), ({"noise": 0.2}, False), ({"noise": 0.1}, True)],
)
def test_a_player_knows_payoffs_and_noise(axelrod_library, given_parameters, cooperates):
    assert adapted("Gambler", **given_parameters)([], ASK) == ((1, 0) if cooperates else (0, 1))


def test_the_four_payoffs_are_told_by_the_letters_of_the_dilemma(axelrod_library):
    told = []
    axelrod_library.Game = lambda **payoffs: told.append(payoffs)
    adapted("Copycat", noise=0.5)
    chicken = game_of("chicken")
    strategy("axelrod.Copycat", chicken, chicken.parameters())
    assert told == [{"r": 3, "s": 0, "t": 5, "p": 1}, {"r": 3, "s": 0, "t": 6, "p": -2}]


def test_an_open_end_is_told_as_endless(axelrod_library):
    told = []
    axelrod_library.Copycat.set_match_attributes = lambda self, **given: told.append(given)
    adapted("Copycat", rounds=9, continuation=0.9)([], ASK)
    adapted("Copycat", rounds=9)([], ASK)
    assert {given["length"] for given in told} == {math.inf, 9}


def test_an_unknown_name_is_refused_with_the_nearest(axelrod_library):
    with pytest.raises(StrategyError, match=r"'axelrod\.Copycta'; did you mean 'axelrod\.Copycat'"):
        check("axelrod.Copycta")
    with pytest.raises(StrategyError, match=r"'axelrod\.Zz'; see axelrod\.strategies"):
        check("axelrod.Zz")


def test_it_plays_two_who_choose_at_once_only(axelrod_library):
    with pytest.raises(StrategyError, match="public_goods is not one"):
        strategy("axelrod.Copycat", game_of("public_goods"), game_of("public_goods").parameters())


def test_without_the_library_one_line_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "axelrod", None)
    with pytest.raises(StrategyError) as refused:
        check("axelrod.Gradual")
    assert str(refused.value) == (
        "strategy 'axelrod.Gradual' needs the Axelrod library:"
        " pip install 'character-societies[axelrod]'"
    )


def test_a_library_that_cannot_be_imported_says_why(monkeypatch, tmp_path):
    (tmp_path / "axelrod.py").write_text("import a_part_that_is_not_there")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "axelrod", raising=False)
    with pytest.raises(StrategyError, match=r"\(No module named 'a_part_that_is_not_there'\)"):
        check("axelrod.Gradual")


def test_our_own_strategies_need_no_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "axelrod", None)
    assert strategy("tit_for_tat", GAME, GAME.parameters())([], ASK) == (1, 0)
