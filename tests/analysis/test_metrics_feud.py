"""What is struck, struck back and stopped in societies of feud, worked by hand."""

import pytest

from analysis.metrics import outcomes

NAMES = ("strike_rate", "revenge_rate", "intervention_rate", "feud_length")


def test_the_selfish_strike_in_every_turn_and_let_rest(played):
    # One ring, six rounds: one strike and one answer in each, an unbroken succession.
    value = played("feud", "scripted:selfish", agents=3, rounds=6)
    assert value["strike_rate", "run"] == (1, 6)
    assert value["revenge_rate", "run"] == (0, 6)
    assert value["intervention_rate", "run"] == (None, 0)
    assert value["feud_length", "run"] == (6, 1)


def test_two_rings_are_two_feuds(played):
    value = played("feud", "scripted:always_defect", agents=6, rounds=4)
    assert value["strike_rate", "run"] == (1, 8)
    assert value["revenge_rate", "run"] == (1, 8)
    assert value["intervention_rate", "run"] == (0, 8)
    assert value["feud_length", "run"] == (4, 2)


def test_the_social_never_begin(played):
    value = played("feud", "scripted:social", agents=3, rounds=6)
    assert value["strike_rate", "run"] == (0, 6)
    assert value["revenge_rate", "run"] == (None, 0)
    assert value["feud_length", "run"] == (None, 0)


def test_a_strike_is_harm_and_revenge_is_not(played):
    # Who looks on has no option tagged harm either: 4 strikes of 4 chances.
    value = played("feud", "scripted:always_defect", agents=3, rounds=4)
    assert value["harm_rate", "run"] == (1, 4)


@pytest.fixture
def value(synthetic):
    """Metrics of rounds, each a tuple of what was done in turn, as (metric, subject) -> value."""
    menus = {
        "first": ["leave", "strike"],
        "answer": ["let_rest", "strike_back"],
        "bystander": ["step_in", "look_on"],
    }

    def measure(course):
        run = synthetic.record(["tin-man"] * 3, scenario="feud")
        rows = [
            {"round": number, "group": "g0", "agent": (number - 1 + place) % 3, "phase": phase}
            | {"menu": menus[phase], "action": did, "done": did}
            | {"answer": "decision" if did else "refusal"}
            # Points do not matter here, only whether the round was played to its end.
            | {"payoff": None if None in each else 0.0}
            for number, each in enumerate(course, start=1)
            for place, (phase, did) in enumerate(zip(menus, each, strict=False))
        ]
        frame = outcomes(run, synthetic.tables(run, rows, []))
        return lambda name, subject="run": (
            frame.filter(metric=name, subject=subject).select("value", "n").row(0)
        )

    return measure


def test_a_round_without_a_strike_ends_a_feud(value):
    found = value(
        [
            ("strike", "strike_back", "look_on"),
            ("strike", "let_rest"),
            ("leave",),
            ("strike", "strike_back", "step_in"),
            ("leave",),
        ]
    )
    # Two rounds, then one: 3 / 2.
    assert found("feud_length") == (1.5, 2)
    assert found("strike_rate") == (3 / 5, 5)
    assert found("revenge_rate") == (2 / 3, 3)
    assert found("intervention_rate") == (1 / 2, 2)


def test_shares_belong_to_who_chose(value):
    found = value([("strike", "strike_back", "step_in"), ("leave",)])
    assert found("strike_rate", "0") == (1, 1)
    assert found("strike_rate", "1") == (0, 1)
    assert found("revenge_rate", "1") == (1, 1)
    assert found("intervention_rate", "2") == (1, 1)
    assert found("intervention_rate", "0") == (None, 0)


def test_a_round_that_was_skipped_ends_a_feud_and_its_missing_answer_is_not_counted(value):
    found = value([("strike", "let_rest"), ("strike", None), ("strike", "let_rest")])
    assert found("feud_length") == (1, 2)
    assert found("strike_rate") == (1, 3)
    assert found("revenge_rate") == (0, 2)


def test_other_games_have_no_feuds(played):
    value = played("prisoners_dilemma", "scripted:random", agents=2, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
