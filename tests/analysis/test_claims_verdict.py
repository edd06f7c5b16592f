"""The rules that decide: both sides can win, nothing is decided that is not shown."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.claims import CLAIMS, claim
from analysis.claims.finding import Finding
from analysis.claims.verdict import combined, needed, of_part, turned, violated
from analysis.errors import UnknownNameError
from analysis.uncertainty import Source, Uncertainty

SURE, OPEN = 0.001, 0.5


def found(value, error=0.01, n=20):
    return Finding(value, Uncertainty([Source(error**2, n - 1)]), n, "persona")


@pytest.mark.parametrize(
    ("expects", "value", "apart", "alike", "verdict"),
    [
        ("higher", 0.2, SURE, OPEN, "supported"),
        ("higher", -0.2, SURE, OPEN, "contradicted"),
        ("lower", -0.2, SURE, OPEN, "supported"),
        ("lower", 0.2, SURE, OPEN, "contradicted"),
        ("higher", 0.2, OPEN, OPEN, "undecided"),
        ("higher", 0.001, OPEN, SURE, "no meaningful effect"),
        # Told from 0, and yet too small to matter.
        ("higher", 0.004, SURE, SURE, "no meaningful effect"),
        ("either", -0.2, SURE, OPEN, "supported"),
        ("either", 0.001, OPEN, SURE, "no meaningful effect"),
        # A claim that there is nothing wins by showing that there is nothing.
        ("none", 0.001, OPEN, SURE, "supported"),
        ("none", 0.2, SURE, OPEN, "contradicted"),
        ("none", 0.05, OPEN, OPEN, "undecided"),
    ],
)
def test_a_part_is_decided_by_what_is_shown(expects, value, apart, alike, verdict):
    assert of_part(found(value), expects, (apart, alike), 0.05) == verdict


def test_what_was_not_measured_is_not_undecided():
    nothing = Finding(None, None, 0, "", "nobody")
    assert of_part(nothing, "higher", (None, None), 0.05) == "not measured"


def test_a_direction_that_the_personas_fix_turns_what_is_expected():
    turned = Finding(-0.2, Uncertainty([Source(1e-4, 9)]), 10, "persona", sign=-1)
    assert of_part(turned, "higher", (SURE, OPEN), 0.05) == "supported"


@pytest.mark.parametrize(
    ("parts", "rule", "verdict"),
    [
        (["supported", "supported"], "each", "supported"),
        (["supported", "undecided"], "each", "undecided"),
        (["supported", "undecided"], "none_against", "supported"),
        (["supported", "not measured"], "none_against", "supported"),
        (["supported", "not measured"], "each", "undecided"),
        (["supported", "contradicted"], "none_against", "undecided"),
        (["supported", "no meaningful effect"], "none_against", "supported"),
        (["supported", "no meaningful effect"], "each", "undecided"),
        (["contradicted", "undecided"], "each", "contradicted"),
        (["no meaningful effect"] * 2, "each", "no meaningful effect"),
        (["no meaningful effect", "undecided"], "none_against", "undecided"),
        (["not measured", "not measured"], "each", "not measured"),
    ],
)
def test_parts_combine_as_the_claim_fixed(parts, rule, verdict):
    assert combined(parts, rule)[0] == verdict


def test_a_guard_stops_what_it_must_not_see_and_what_it_must():
    assert violated(found(0.2), "higher", 0.05)
    assert not violated(found(-0.2), "higher", 0.05)
    assert not violated(found(0.001), "higher", 0.05)
    # What must be shown, and is not.
    assert violated(found(0.001), "either", 0.05)
    assert violated(Finding(None, None, 0, ""), "either", 0.05)
    assert not violated(Finding(None, None, 0, ""), "higher", 0.05)


def test_the_number_that_would_decide_by_hand():
    # SE .1 at n = 20, effect .2: sd .4472, and n = (.4472 (z + z) / .2)^2 = 39.2 by the normal,
    # 41.2 and so 42 by t.
    assert needed(found(0.2, error=0.1), sesoi=0.05, alpha=0.05) in (41, 42)
    # An effect that is nearly 0 needs many to be shown to be small.
    many = needed(found(0.0, error=0.1), sesoi=0.05, alpha=0.05)
    assert many == pytest.approx(20 * (0.1 * (1.645 + 0.8416) / 0.05) ** 2, rel=0.02)


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.integers(3, 500))
def test_more_are_needed_than_there_are(value, error, n):
    number = needed(found(value, error, n), 0.05, 0.05)
    assert number is None or number > n


@given(st.floats(0.01, 1), st.floats(0.02, 1))
def test_twice_the_spread_needs_about_four_times_as_many(value, error):
    few, many = (needed(found(value, each, 100), 1e-9, 0.05) for each in (error, 2 * error))
    if few is not None and many is not None and few > 400:
        assert many / few == pytest.approx(4, rel=0.05)


def test_every_claim_fixes_its_numbers_beforehand():
    assert list(CLAIMS) == [f"C{number}" for number in range(1, 10)]
    for each in CLAIMS.values():
        assert any(part.role == "primary" for part in each.parts)
        assert all(part.sesoi > 0 for part in each.parts)
        assert each.overturned_by
        assert each.alpha == 0.05
    assert [name for name, each in CLAIMS.items() if each.formats] == ["C1", "C3", "C5"]


def test_no_part_can_speak_for_its_claim_alone_and_never_against_it():
    # A part that is for the claim in either direction can be lost only as "no meaningful effect",
    # which counts for nothing where one part for it is enough.
    for each in CLAIMS.values():
        if each.combine == "none_against":
            assert all(p.expects in ("higher", "lower") for p in each.parts if p.role == "primary")


def test_an_unknown_claim_names_the_nearest():
    with pytest.raises(UnknownNameError, match="C10"):
        claim("C10")
    assert claim("c4").title == "Stability"


def test_the_standard_error_behind_a_finding_is_that_of_both_samples():
    crossed = Uncertainty([Source(0.04, 4), Source(0.01, 9)], 0.005)
    low, high = Finding(0.3, crossed, 5, "wording").interval(0.05)
    assert (low + high) / 2 == pytest.approx(0.3)
    assert crossed.standard_error == pytest.approx(sqrt(0.045))


def test_a_guard_is_turned_where_its_claim_is_contradicted():
    # Tropes are less arbitrary, and tell situations apart better: nothing stands against that.
    better = found(0.3, error=0.05)
    assert violated(better, "higher", 0.05)
    assert not violated(better, turned("higher"), 0.05)
    # They are less arbitrary and tell situations apart less: they may just always do the same.
    worse = found(-0.3, error=0.05)
    assert violated(worse, turned("higher"), 0.05)
    assert (turned("lower"), turned("either")) == ("higher", "either")
