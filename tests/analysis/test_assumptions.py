"""Claims about what is reckoned with: given before a pilot before the defaults."""

import pytest

from analysis.assumptions import DEFAULTS, assumptions, deviations
from analysis.components import LABELS, Component, Components


def pilot(*found: Component) -> Components:
    return Components("expected_cooperation", "population", ("a", "b"), 10, 0, found)


def one(name: str, variance: float | None, within: tuple[str, ...] = ()) -> Component:
    return Component(name, LABELS[name], variance, 0.0, None, None, 4, within)


def test_without_a_pilot_everything_is_assumed_and_says_so() -> None:
    found = assumptions(None, {})
    assert deviations(found) == DEFAULTS
    assert {each.origin for each in found} == {"assumed"}
    assert DEFAULTS.keys() == LABELS.keys()


def test_a_pilot_gives_roots_and_negative_estimates_are_zero_and_say_so() -> None:
    found = {
        each.component: each
        for each in assumptions(pilot(one("persona", 0.04), one("run", -0.01)), {})
    }
    assert (found["persona"].sd, found["persona"].origin) == (pytest.approx(0.2), "pilot")
    assert (found["run"].sd, found["run"].note) == (0, "estimated below 0")


def test_what_a_pilot_cannot_tell_is_assumed_not_zero() -> None:
    found = {
        each.component: each
        for each in assumptions(pilot(one("wording_arm", None, ("scenario x arm",))), {})
    }
    for name in ("wording_arm", "scenario_arm"):  # the latter was not varied at all
        assert (found[name].sd, found[name].origin) == (DEFAULTS[name], "assumed")


def test_what_is_part_of_another_counts_once() -> None:
    found = {
        each.component: each
        for each in assumptions(pilot(one("persona_arm", None, ("persona",))), {})
    }
    assert (found["persona_arm"].sd, found["persona_arm"].note) == (0, "is in persona")


def test_what_is_given_comes_before_the_pilot() -> None:
    found = deviations(assumptions(pilot(one("persona", 0.04)), {"persona": 0.3}))
    assert found["persona"] == 0.3
