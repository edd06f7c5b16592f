from dataclasses import replace

import pytest

from analysis.contrasts import Contrast
from analysis.report import words
from analysis.report.answer import answer, verdict

KIND_MINUS_TIN = Contrast(
    metric="cooperation_rate",
    a="human-benevolent",
    b="tin-man",
    scenario=None,
    estimate=0.2,
    low=0.1,
    high=0.3,
    p=0.01,
    p_adjusted=0.02,
    n=20,
    n_a=20,
    n_b=20,
    effect_size=0.9,
    paired=True,
    cluster="scenario",
    units=4,
    run_error=0.05,
    persona_error=None,
    scenario_error=None,
    wording_error=None,
    personas_a=20,
    personas_b=1,
    family="primary",
)
UNDERSTOOD = {"right": 7, "n": 18, "chance": 1 / 3}


def measured(estimate, low, high):
    return replace(KIND_MINUS_TIN, estimate=estimate, low=low, high=high)


@pytest.mark.parametrize(
    ("ends", "decided"),
    [
        ((0.1, 0.3), "supported"),
        ((0.01, 0.3), "supported"),
        ((-0.3, -0.1), "opposite"),
        ((-0.04, 0.04), "no meaningful effect"),
        ((0.01, 0.04), "no meaningful effect"),
        ((-0.04, 0.05), "undecided"),
        ((-0.1, 0.3), "undecided"),
        ((None, None), None),
    ],
)
def test_each_verdict_can_be_reached(ends, decided):
    assert verdict(measured(0.0, *ends), sesoi=0.05) == decided


def test_without_smallest_effect_nothing_is_called_meaningless():
    assert verdict(measured(0.0, -0.01, 0.01), sesoi=None) == "undecided"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.2, 0.1, 0.3), "Yes: the interval excludes zero, on the side of human-benevolent, and"),
        ((0.2, 0.01, 0.3), "Yes: the interval excludes zero, on the side of human-benevolent, but"),
        (
            (-0.2, -0.3, -0.1),
            "No, the other way round: the interval excludes zero, on the side of t",
        ),
        ((0.0, -0.02, 0.02), "No meaningful difference: the whole interval is smaller than 0.05"),
        (
            (0.1, -0.1, 0.3),
            "Undecided: the interval includes zero and differences as large as 0.05",
        ),
        ((0.1, None, None), "It cannot be said: one replicate gives no interval"),
    ],
)
def test_finding_says_what_the_interval_means(values, said):
    found = answer(measured(*values), 0.05, "SmolLM2", UNDERSTOOD)
    meaning = found.finding.split("; ")[1]
    assert f"{found.opening}: {meaning}".startswith(said)


def test_finding_gives_estimate_interval_and_n():
    found = answer(KIND_MINUS_TIN, 0.05, "SmolLM2", UNDERSTOOD)
    assert found.finding.startswith(
        "cooperation rate of human-benevolent minus tin-man is +0.20, interval [0.10, 0.30]"
        " over 4 scenarios, n = 20 pairs of runs;"
    )


def test_a_corrected_p_above_alpha_decides_nothing():
    weak = replace(KIND_MINUS_TIN, p=0.02, p_adjusted=0.08, corrected_for=4)
    found = answer(weak, 0.05, "m", None)
    assert (found.verdict, found.opening) == ("undecided", "Undecided")
    assert "corrected for the 4 declared contrasts p is 0.080" in found.finding
    assert verdict(weak, 0.05, alpha=0.1) == "supported"


def test_limit_names_the_model_and_what_it_understood():
    found = answer(KIND_MINUS_TIN, 0.05, "SmolLM2-135M", UNDERSTOOD)
    assert "SmolLM2-135M, that answered 7 of 18 comprehension questions right" in found.limit
    assert "guessing gives 33%" in found.limit


def test_limit_says_when_nothing_was_asked():
    assert "asked no comprehension questions" in answer(KIND_MINUS_TIN, None, "m", None).limit


def test_undefined_contrast_is_not_a_zero():
    found = answer(replace(measured(None, None, None), n=0), 0.05, "m", None)
    assert found.opening == "It cannot be said"
    assert "undefined in these runs (n = 0)" in found.finding


def test_without_declared_contrast_nothing_is_decided():
    found = answer(None, 0.05, "m", None)
    assert found.verdict is None
    assert "decides nothing" in found.finding


def test_turning_a_contrast_swaps_sides_and_signs():
    other = KIND_MINUS_TIN.turned()
    assert (other.a, other.b) == ("tin-man", "human-benevolent")
    assert (other.estimate, other.low, other.high) == (-0.2, -0.3, -0.1)
    assert (other.personas_a, other.personas_b) == (1, 20)
    assert other.turned() == KIND_MINUS_TIN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, words.DASH),
        (float("nan"), words.DASH),
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (-0.5, f"{words.MINUS}0.50"),
        (1234.5, "1,234.50"),
    ],
)
def test_numbers_are_printed_with_a_dash_where_undefined(value, shown):
    assert words.number(value) == shown


def test_signs_spans_and_shares():
    assert words.signed(0.1) == "+0.10"
    assert words.signed(None) == words.DASH
    assert words.span(-0.1, 0.2) == f"[{words.MINUS}0.10, 0.20]"
    assert words.span(None, None) == words.DASH
    assert [words.percent(share) for share in (0.5, 0.012, 0.0, None)] == [
        "50%",
        "1.2%",
        "0%",
        words.DASH,
    ]
    assert words.chance(0.00001) == "< 0.001"


def test_own_populations_are_quoted_and_unknown_metrics_asked_plainly():
    assert "\N{LEFT DOUBLE QUOTATION MARK}half" in words.question("alignment", "half", "none")
    assert words.question("gini", "tin-man", "none").startswith("Is gini higher for")
