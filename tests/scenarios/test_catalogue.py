"""Every game is complete, and what does not exist is refused with a hint."""

import re
from pathlib import Path

import pytest

from scenarios.catalogue import catalogue, game, parameters
from scenarios.errors import ParameterError, UnknownScenarioError
from scenarios.game import SCRIPTS
from scenarios.page import described, index, page
from scenarios.wording import load

GOLDEN = Path(__file__).parent / "golden"
PAGES = Path(__file__).parents[2] / "docs" / "scenarios"


def test_the_first_games_are_there():
    first = {"prisoners_dilemma", "public_goods", "chicken", "oversight"}
    assert first <= set(catalogue())
    assert list(catalogue()) == sorted(catalogue())


def test_every_game_says_what_it_is_and_where_it_comes_from(game):
    assert type(game).__module__ == f"scenarios.games.{game.name}"
    assert game.family in {"cooperation", "conflict", "alignment"}
    assert re.search(r"\b(19|20)\d\d\b", game.citation)
    assert 1 <= game.seats.least <= game.seats.default <= game.seats.most


def test_every_game_has_options_of_both_classes(game):
    keys = [option.key for option in game.options]
    assert len(set(keys)) == len(keys)
    assert {"cooperative", "uncooperative"} <= {option.action_class for option in game.options}
    assert any(option.tags for option in game.options)


def test_every_preset_names_its_source_and_can_be_played(game):
    sources = described(type(game), "Presets")
    assert sources.keys() == game.presets.keys()
    for name, preset in game.presets.items():
        assert parameters(game, {}, name) == preset
        drawn = (0.5,) * game.opening(preset, game.seats.default)
        assert game.start(preset, game.seats.default, drawn).round == 1


def test_every_game_has_the_three_scripts_and_each_chooses_from_the_menu(case):
    assert tuple(case.game.scripts) == SCRIPTS
    seen = [[] for _ in range(case.seats)]
    for step in case.play((0, 1, 5, 2, 3), (0.4, 0.9, 0.1)):
        for ask in step.asks:
            for script in case.game.scripts.values():
                assert script(case.parameters, ask, seen[ask.seat]) in ask.menu
        for event in step.settlement.events:
            seen[event.seat].append(event)


def test_every_parameter_is_described(game):
    assert game.parameters.model_fields.keys() <= described(game.parameters, "Attributes").keys()


def test_every_game_has_wordings_in_different_domains_and_an_abstract_one(game):
    wordings = load(game.name).wordings
    stories = [wording.domain for name, wording in wordings.items() if name != "abstract"]
    assert "abstract" in wordings
    assert len(set(stories)) == len(stories) >= 5


def test_every_game_has_a_quiz_a_playthrough_and_a_page(game):
    assert 3 <= len(load(game.name).quiz) <= 5
    assert (GOLDEN / f"{game.name}.txt").is_file()
    assert (GOLDEN / f"{game.name}.wordings.txt").is_file()
    assert (PAGES / f"{game.name}.md").is_file()


def test_the_committed_page_is_what_the_code_says(game):
    """To renew: `python -m scenarios.page docs/scenarios`."""
    assert (PAGES / f"{game.name}.md").read_text(encoding="utf-8") == page(game)


def test_the_committed_index_is_what_the_code_says():
    """To renew: `python -m scenarios.page docs/scenarios`."""
    assert (PAGES / "index.md").read_text(encoding="utf-8") == index()


def test_no_page_describes_a_game_that_is_gone():
    assert {path.stem for path in PAGES.glob("*.md")} - {"index"} == set(catalogue())


def test_an_unknown_game_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownScenarioError, match="did you mean 'chicken'"):
        game("chiken")


def test_an_unknown_parameter_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match="did you mean 'temptation'"):
        parameters(game("prisoners_dilemma"), {"temptatoin": 5})


def test_an_unknown_preset_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match="did you mean 'one-shot'"):
        parameters(game("prisoners_dilemma"), {}, "oneshot")


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("prisoners_dilemma", {"reward": 9}, "temptation > reward"),
        ("chicken", {"cost": 6}, "cost > value"),
        ("oversight", {"cost": 5}, "output > cost"),
        ("public_goods", {"mpcr": 1}, "mpcr"),
        ("public_goods", {"rounds": 0}, "rounds"),
    ],
)
def test_an_impossible_parameter_is_refused_with_the_reason(name, given, told):
    with pytest.raises(ParameterError, match=told):
        parameters(game(name), given)


def test_what_is_given_goes_on_top_of_the_preset():
    chosen = parameters(game("prisoners_dilemma"), {"noise": 0.1}, "one-shot")
    assert (chosen.rounds, chosen.noise) == (1, 0.1)


@pytest.mark.parametrize(
    ("name", "seats"),
    [("prisoners_dilemma", 3), ("chicken", 1), ("oversight", 2), ("public_goods", 21)],
)
def test_a_group_of_the_wrong_size_is_refused(name, seats):
    with pytest.raises(ValueError, match="is played by"):
        game(name).start(game(name).parameters(), seats)
