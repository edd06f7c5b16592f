"""What is given in societies of the dictator game, worked by hand."""

import pytest

from analysis.metrics import outcomes

NAMES = ("share_given", "share_giving_nothing", "share_giving_half")


def values(frame, subject="run"):
    found = {
        name: (value, n)
        for name, value, n in frame.filter(subject=subject)
        .select("metric", "value", "n")
        .iter_rows()
    }
    return {name: found[name] for name in NAMES}


def gifts(synthetic, given):
    """Outcomes of three agents in one ring, from (agent, gift) pairs; None is a refusal."""
    run = synthetic.record(["tin-man"] * 3, scenario="dictator")
    menu = ["give_50", "give_40", "give_30", "give_20", "give_10", "give_0"]
    rows = [
        {"round": 1, "phase": "give", "group": "g0", "agent": agent, "partner": (agent + 1) % 3}
        | {"menu": menu, "action": gift, "answer": "decision" if gift else "refusal"}
        for agent, gift in given
    ]
    return outcomes(run, synthetic.tables(run, rows, []))


def test_the_mean_part_and_the_extremes(synthetic):
    # (0.5 + 0.1 + 0) / 3 = 0.2.
    frame = gifts(synthetic, [(0, "give_50"), (1, "give_10"), (2, "give_0")])
    assert values(frame) == {
        "share_given": (pytest.approx(0.2), 3),
        "share_giving_nothing": (1 / 3, 3),
        "share_giving_half": (1 / 3, 3),
    }
    assert values(frame, "1")["share_given"] == (pytest.approx(0.1), 1)


def test_a_refusal_is_no_gift_of_nothing(synthetic):
    frame = gifts(synthetic, [(0, "give_40"), (1, None), (2, "give_0")])
    assert values(frame) == {
        "share_given": (pytest.approx(0.2), 2),
        "share_giving_nothing": (1 / 2, 2),
        "share_giving_half": (0, 2),
    }
    assert set(values(frame, "1").values()) == {(None, 0)}


def test_a_society_that_gives_half_and_one_that_gives_nothing(played):
    social = played("dictator", "scripted:social", agents=6, rounds=2)
    selfish = played("dictator", "scripted:selfish", agents=6, rounds=2)
    assert [social[name, "run"] for name in NAMES] == [(0.5, 12), (0, 12), (1, 12)]
    assert [selfish[name, "run"] for name in NAMES] == [(0, 12), (1, 12), (0, 12)]
    assert social["welfare_efficiency", "run"] == (None, 0)


def test_the_reciprocal_learn_to_give_nothing_from_one_who_does(played):
    # In a ring of three the selfish one gives 0, 0, 0; the one after it 1/2, 0, 0; the one after
    # that 1/2, 1/2, 0: what it was given a round before. The sum over 9 gifts is 1.5.
    scenario = {"name": "dictator", "tells": True}
    mix = {"scripted:selfish": 1 / 3, "scripted:reciprocal": 2 / 3}
    value = played(scenario, {"name": "mixed", "mix": mix}, agents=3, rounds=3)
    assert value["share_given", "run"] == (pytest.approx(1.5 / 9), 9)
    assert value["share_given", "scripted:reciprocal"] == (pytest.approx(1.5 / 6), 6)


def test_other_games_have_no_gifts(played):
    value = played("ultimatum", "scripted:random", agents=2, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
