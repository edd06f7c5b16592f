"""What is given by what is told, and what is told of it, worked by hand."""

import json

import pytest

from analysis.metrics import outcomes

NAMES = ("reputation_discrimination", "slander_rate", "false_gossip_rate")


def test_who_keeps_is_told_of_and_nobody_gives_to_anybody(played):
    # Four who keep, three rounds: from the second on all are told to have kept.
    value = played("reputation", "scripted:selfish", agents=4, rounds=3)
    assert value["cooperation_rate", "run"] == (0, 12)
    # Nobody is told to have given, so that there is nothing to tell apart.
    assert value["reputation_discrimination", "run"] == (None, 8)
    assert value["slander_rate", "run"] == (None, 0)
    assert value["false_gossip_rate", "run"] == (0, 12)


def test_image_scorers_among_keepers_give_to_givers_alone(played):
    # In every round after the first, 3 who give by reputation and 3 who keep meet both kinds.
    mix = {"name": "half", "mix": {"scripted:reciprocal": 0.5, "scripted:selfish": 0.5}}
    value = played("reputation", mix, agents=6, rounds=8)
    assert value["reputation_discrimination", "scripted:reciprocal"][0] == 1
    assert value["reputation_discrimination", "scripted:selfish"][0] == 0
    assert value["false_gossip_rate", "run"] == (0, 48)


def test_who_always_defects_never_gives_and_whitewashes_those_who_keep(played):
    value = played("reputation", "scripted:always_defect", agents=3, rounds=2)
    assert value["false_gossip_rate", "run"] == (1, 6)
    assert value["slander_rate", "run"] == (None, 0)
    # Being told to have given, without having given: 3 chances of the second round.
    assert value["reputation_discrimination", "run"] == (None, 3)


def test_slander_is_harm_done_to_those_who_gave(played):
    # Two of four always give; who always defects slanders every one of the gifts it gets.
    mix = {"name": "half", "mix": {"scripted:social": 0.5, "scripted:always_defect": 0.5}}
    value = played("reputation", mix, agents=4, rounds=6)
    rate, n = value["slander_rate", "scripted:always_defect"]
    assert rate == 1 and n > 0
    assert value["harm_rate", "scripted:always_defect"] == (rate, n)
    assert value["slander_rate", "scripted:social"][0] == 0


def test_without_gossip_nothing_is_told(played):
    value = played({"name": "reputation", "gossip": False}, "scripted:random", agents=4, rounds=4)
    assert value["slander_rate", "run"] == value["false_gossip_rate", "run"] == (None, 0)
    assert value["reputation_discrimination", "run"][1] == 12


@pytest.fixture
def value(synthetic):
    """Metrics of rows of (phase, menu, facts, action), as (metric, subject) -> value."""

    def measure(rows):
        run = synthetic.record(["tin-man"] * 4, scenario="reputation")
        made = [
            {"round": number, "group": "g0", "agent": 0, "phase": phase, "menu": list(menu)}
            | {"facts": json.dumps(facts) if facts else None, "action": action, "done": action}
            | {"answer": "decision" if action else "refusal"}
            for number, (phase, menu, facts, action) in enumerate(rows, start=1)
        ]
        frame = outcomes(run, synthetic.tables(run, made, []))
        return lambda name: frame.filter(metric=name, scope="run").select("value", "n").row(0)

    return measure


MEET = ("give", "keep")


def test_discrimination_is_the_difference_between_two_shares(value):
    found = value(
        [
            # 2 of 3 gifts to givers, 1 of 2 to keepers; nothing is told of the first one.
            ("give_unknown", MEET, {}, "give"),
            ("give", MEET, {"said": "give"}, "give"),
            ("give", MEET, {"said": "give"}, "give"),
            ("give", MEET, {"said": "give"}, "keep"),
            ("give", MEET, {"said": "keep"}, "give"),
            ("give", MEET, {"said": "keep"}, "keep"),
            ("give", MEET, {"said": "keep"}, None),
        ]
    )
    assert found("reputation_discrimination") == (pytest.approx(2 / 3 - 1 / 2), 5)


def test_false_gossip_is_slander_and_whitewash(value):
    found = value(
        [
            ("tell", ("praise", "slander"), {"did": "give"}, "praise"),
            ("tell", ("praise", "slander"), {"did": "give"}, "slander"),
            ("tell", ("praise", "slander"), {"did": "give"}, None),
            ("tell", ("expose", "whitewash"), {"did": "keep"}, "expose"),
            ("tell", ("expose", "whitewash"), {"did": "keep"}, "whitewash"),
            ("tell", ("expose", "whitewash"), {"did": "keep"}, "whitewash"),
        ]
    )
    assert found("slander_rate") == (1 / 2, 2)
    assert found("false_gossip_rate") == (3 / 5, 5)


def test_other_games_have_no_gossip(played):
    value = played("prisoners_dilemma", "scripted:random", agents=2, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
