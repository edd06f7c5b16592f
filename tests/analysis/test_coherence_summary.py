"""Claims about what is said of whole levels: a planted arbitrary kind of character is found so."""

import pytest

from analysis.coherence.summary import coherence
from analysis.errors import UnknownNameError

SHIFT = {"a": -0.3, "b": 0.3}
BASE = {"prisoners_dilemma": 0.35, "chicken": 0.65}


@pytest.fixture
def planted(asked, first_choices):
    """Four people whose cooperation follows the scenario, four machines' the wording."""
    people = [f"human-benevolent/respondent-{i}" for i in range(4)]
    machines = ["tin-man", "guardian", "rogue-mind", "none"]
    rows = [
        asked(who, share + 0.02 * number, scenario=scenario, wording=wording)
        for scenario, base in BASE.items()
        for wording, shift in SHIFT.items()
        for kind, share in ((people, base), (machines, 0.5 + shift))
        for number, who in enumerate(kind)
    ]
    return first_choices(rows)


def levels_of(found, metric):
    rows = found.levels.filter(metric=metric).iter_rows(named=True)
    return {row["level"]: row for row in rows}


def test_a_planted_arbitrary_kind_is_arbitrary_and_tells_no_situations_apart(planted):
    found = coherence(planted, "identity")
    wording, icc = (levels_of(found, f) for f in ("arbitrariness_wording", "discrimination"))
    assert wording["human"]["value"] == pytest.approx(0)
    assert wording["ai"]["low"] > 0.2
    assert icc["human"]["value"] == pytest.approx(1)
    assert icc["ai"]["high"] < 0
    assert (wording["human"]["personas"], wording["ai"]["personas"]) == (4, 3)
    # "none" is of identity none: a level of its own, without an interval.
    assert (wording["none"]["personas"], wording["none"]["low"]) == (1, None)


def test_people_who_keep_their_place_are_reliable_at_their_level(planted):
    found = levels_of(coherence(planted, "identity"), "split_half_reliability")
    assert found["human"]["value"] == pytest.approx(1)
    assert found["human"]["personas"] == 4


def test_levels_are_held_against_each_other(planted):
    found = coherence(planted, "identity")
    ((model, readout, one),) = found.separations
    assert (model, readout, one.personas) == ("embedded", "cloze", 8)
    assert one.means["ai", "human"] > max(one.means["ai", "ai"], one.means["human", "human"])
    assert one.p < 0.05


def test_a_persona_of_several_levels_is_held_against_nobody(asked, first_choices):
    rows = [asked("tin-man", 0.5, more={"population": name}) for name in ("tin-man", "half")]
    ((_, _, one),) = coherence(first_choices(rows)).separations
    assert one.why_not == "some persona is of several levels of population"


def test_the_document_has_every_personas_values(planted):
    document = coherence(planted, "persona").document()
    assert {row["level"] for row in document["levels"]} == {
        "human-benevolent",
        "tin-man",
        "guardian",
        "rogue-mind",
        "none",
    }
    measured = {row["metric"] for row in document["personas"] if row["persona"] == "respondent-3"}
    assert {"arbitrariness_all", "discrimination", "policy_entropy", "retest_kappa"} <= measured
    assert document["series"] == []


def test_an_unknown_grouping_is_named(planted):
    with pytest.raises(UnknownNameError, match="did you mean 'persona'"):
        coherence(planted, "personas")
