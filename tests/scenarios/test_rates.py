"""Claims about rates: played as they stand, and nothing is made up where they say nothing."""

import pytest

from scenarios.errors import StrategyError
from scenarios.game import Ask
from scenarios.rates import parse
from scenarios.strategies import check

FILE = """
member = "tin-man"
[[rates]]
game = "prisoners_dilemma"
phase = "choose"
round = 1
n = 20
options = {cooperate = 0.75, defect = 0.25}
[[rates]]
game = "prisoners_dilemma"
phase = "choose"
round = 2
n = 4
options = {cooperate = 0.5, defect = 0.5}
[[rates]]
game = "chicken"
phase = "choose"
n = 9
options = {swerve = 1.0, straight = 0.0}
"""
ASK = Ask(0, "choose", ("cooperate", "defect"), about=1)


def test_a_round_has_its_own_rates() -> None:
    rates = parse(FILE, "r.toml")
    assert rates.distribution("prisoners_dilemma", ASK, 1) == (0.75, 0.25)
    assert rates.distribution("prisoners_dilemma", ASK, 2) == (0.5, 0.5)


def test_without_a_round_they_are_for_every_round() -> None:
    ask = Ask(0, "choose", ("swerve", "straight"), about=1)
    assert parse(FILE, "r.toml").distribution("chicken", ask, 77) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("of_game", "ask", "now", "words"),
    [
        ("stag_hunt", ASK, 1, ["no rates of game 'stag_hunt'"]),
        ("prisoners_dilemma", ASK._replace(phase="chose"), 1, ["'chose'", "'choose'"]),
        ("prisoners_dilemma", ASK._replace(menu=("defect", "cooperate")), 1, ["menu"]),
        ("prisoners_dilemma", ASK, 3, ["round 3", "last is of round 2"]),
    ],
)
def test_what_was_never_recorded_is_refused(
    of_game: str, ask: Ask, now: int, words: list[str]
) -> None:
    with pytest.raises(StrategyError, match=r"^r\.toml: ") as caught:
        parse(FILE, "r.toml").distribution(of_game, ask, now)
    assert not [word for word in words if word not in str(caught.value)], caught.value


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.75", "0.85", ["rates.0", "sum to 1, not to 1.1"]),
        ("n = 4", "n = 0", ["rates.1.n = 0"]),
        ("phase", "phas", ["rates.0.phas"]),
        ("round = 2", "round = 1", ["round 1 occurs twice"]),
        ('member = "tin-man"', "member = ", ["not valid TOML"]),
    ],
)
def test_a_broken_file_is_refused_with_key_and_value(old: str, new: str, words: list[str]) -> None:
    with pytest.raises(StrategyError, match=r"^r\.toml: ") as caught:
        parse(FILE.replace(old, new), "r.toml")
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_a_name_of_rates_needs_a_file() -> None:
    check("rates:r.toml")
    with pytest.raises(StrategyError, match="unknown strategy 'rates:'"):
        check("rates:")
