"""Which groups reach the target and who pays, worked by hand."""

import pytest

from analysis.metrics import outcomes

NAMES = ("target_reached", "account_at_end", "mean_paid")
MENU = ["all", "half", "nothing"]


def test_all_paying_half_reach_the_target_exactly(played):
    value = played("collective_risk", "scripted:social", agents=6, rounds=10)
    assert value["target_reached", "run"] == (1, 1)
    assert value["account_at_end", "run"] == (120, 1)
    assert value["mean_paid", "run"] == (0.5, 60)


def test_who_pays_nothing_reaches_nothing(played):
    value = played("collective_risk", "scripted:selfish", agents=6, rounds=10)
    assert value["target_reached", "run"] == (0, 1)
    assert value["account_at_end", "run"] == (0, 1)
    assert value["mean_paid", "2"] == (0, 10)


def test_three_of_six_cannot_pay_for_all(played):
    # They pay half once, and all when that is not enough: 3 * (2 + 9 * 4) = 114 of 120.
    mix = {"name": "half", "mix": {"scripted:social": 0.5, "scripted:selfish": 0.5}}
    value = played("collective_risk", mix, agents=6, rounds=10)
    assert value["target_reached", "run"] == (0, 1)
    assert value["account_at_end", "run"] == (114, 1)
    assert value["mean_paid", "scripted:social"] == (pytest.approx(0.95), 30)
    assert value["mean_paid", "scripted:selfish"] == (0, 30)
    assert value["mean_paid", "run"] == (pytest.approx(0.475), 60)


def test_smaller_groups_have_smaller_targets_and_the_risk_changes_none(played):
    # Two of four: 40; the social pay half each, since 0.9 is more than a half.
    scenario = {"name": "collective_risk", "risk": 1.0}
    value = played(scenario, "scripted:social", agents=2, rounds=10)
    assert value["target_reached", "run"] == (1, 1)
    assert value["account_at_end", "run"] == (40, 1)


def test_groups_are_counted_one_by_one_and_a_missing_answer_pays_nothing(synthetic):
    # One round, two seats, 8 points: the target is 4. Half twice is 4, half once is 2.
    run = synthetic.record(["tin-man"] * 4, scenario="collective_risk", rounds=1)
    rows = [
        {"round": 1, "phase": "pay", "group": group, "agent": agent, "menu": MENU}
        | {"answer": "decision" if done else "refusal", "action": done, "done": done}
        for group, agent, done in (
            ("a", 0, "half"),
            ("a", 1, "half"),
            ("b", 2, "half"),
            ("b", 3, None),
        )
    ]
    frame = outcomes(run, synthetic.tables(run, rows, []))
    found = {
        name: frame.filter(metric=name, scope="run").select("value", "n").row(0) for name in NAMES
    }
    assert found == {
        "target_reached": (1 / 2, 2),
        "account_at_end": (3, 2),
        "mean_paid": (0.5, 3),
    }
    assert frame.filter(metric="mean_paid", subject="3").select("value", "n").row(0) == (None, 0)


def test_other_games_have_no_account(played):
    # The public goods game has options of the same names.
    value = played("public_goods", "scripted:random", agents=4, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
