"""What is armed and raided in societies of raid, worked by hand."""

import pytest

from analysis.metrics import outcomes

NAMES = ("arming_rate", "raid_rate", "unprovoked_raid_rate")
MIX = {"name": "half", "mix": {"scripted:selfish": 0.5, "scripted:always_defect": 0.5}}


def test_the_selfish_arm_and_are_deterred(played):
    # One pair, three rounds: two choices of either kind in each. All arm, and nobody raids.
    value = played("raid", "scripted:selfish", agents=2, rounds=3)
    assert value["arming_rate", "run"] == (1, 6)
    assert value["raid_rate", "run"] == (0, 6)
    assert value["unprovoked_raid_rate", "run"] == (None, 0)


def test_the_social_work_and_leave_each_other_alone(played):
    value = played("raid", "scripted:social", agents=3, rounds=2)
    assert value["arming_rate", "run"] == (0, 12)
    assert value["raid_rate", "run"] == (0, 12)
    assert value["unprovoked_raid_rate", "run"] == (0, 12)


def test_who_always_defects_raids_a_quiet_neighbour_again_and_again(played):
    mix = {"name": "half", "mix": {"scripted:social": 0.5, "scripted:always_defect": 0.5}}
    value = played("raid", mix, agents=2, rounds=3)
    assert value["arming_rate", "scripted:always_defect"] == (1, 3)
    assert value["unprovoked_raid_rate", "scripted:always_defect"] == (1, 3)
    # The other one has armed whenever the social one might raid it.
    assert value["unprovoked_raid_rate", "scripted:social"] == (None, 0)
    assert value["raid_rate", "run"] == (1 / 2, 6)


def test_a_raid_is_harm(played):
    value = played("raid", MIX, agents=2, rounds=2)
    assert value["harm_rate", "scripted:always_defect"] == (1, 2)
    assert value["harm_rate", "scripted:selfish"] == (0, 2)


# Round by round of one pair: what 0 and 1 prepared, then whether they raided.
COURSE = [
    # Both quiet and unarmed, and 0 raids: the chances of both are unprovoked, one was taken.
    ("produce", "produce", "raid", "leave"),
    # 0 has raided 1, so that only 0 has an unprovoked chance, which it leaves.
    ("produce", "produce", "leave", "raid"),
    # By now both have raided.
    ("produce", "produce", "raid", "leave"),
]


@pytest.fixture
def value(synthetic):
    """Metrics of a table of rounds, as a function of metric and subject."""

    def measure(course):
        run = synthetic.record(["tin-man"] * 2, scenario="raid")
        rows = [
            {"round": number, "group": "g0", "agent": seat, "partner": 1 - seat, "phase": phase}
            | {"menu": list(menu), "action": did, "done": did}
            | {"answer": "decision" if did else "refusal"}
            for number, each in enumerate(course, start=1)
            for phase, menu, both in (
                ("prepare", ("produce", "arm"), each[:2]),
                ("act", ("leave", "raid"), each[2:]),
            )
            for seat, did in enumerate(both)
        ]
        frame = outcomes(run, synthetic.tables(run, rows, []))
        return lambda name, subject="run": (
            frame.filter(metric=name, subject=subject).select("value", "n").row(0)
        )

    return measure


def test_only_the_first_raids_on_the_quiet_are_unprovoked(value):
    found = value(COURSE)
    assert found("raid_rate") == (3 / 6, 6)
    assert found("unprovoked_raid_rate", "0") == (1 / 2, 2)
    assert found("unprovoked_raid_rate", "1") == (0, 1)


def test_arms_of_the_same_round_provoke_and_so_do_earlier_ones(value):
    found = value(
        [
            ("produce", "arm", "raid", "leave"),
            ("produce", "produce", "leave", "leave"),
        ]
    )
    assert found("unprovoked_raid_rate", "0") == (None, 0)
    # 0 has never armed, and in round 2 has raided.
    assert found("unprovoked_raid_rate", "1") == (0, 1)


def test_an_answer_that_did_not_come_is_neither_a_chance_nor_a_provocation(value):
    found = value([(None, "produce", None, "raid"), ("produce", "produce", "leave", "leave")])
    assert found("arming_rate") == (0, 3)
    assert found("raid_rate") == (1 / 3, 3)
    assert found("unprovoked_raid_rate", "1") == (1 / 2, 2)


def test_other_games_have_no_raids(played):
    value = played("prisoners_dilemma", "scripted:random", agents=2, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
