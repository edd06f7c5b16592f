"""Estimates against textbook values, against scipy, and at their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import (
    benjamini_hochberg,
    hedges_g,
    holm,
    mean_interval,
    satterthwaite,
    splits,
    weighted,
)

NUMBERS = st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=2, max_size=8)
SHARES = st.lists(st.floats(0, 1), max_size=12)


def welch(one, other):
    floor = splits(len(one), len(other))
    return weighted([(1, one), (-1, other)], floor=floor)


def test_mean_interval_agrees_with_scipy():
    data = [0.1, 0.4, 0.35, 0.8]
    found, expected = mean_interval(data, 0.1), stats.ttest_1samp(data, 0)
    low, high = expected.confidence_interval(0.9)
    assert (found.value, found.n, found.degrees) == (pytest.approx(0.4125), 4, 3)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p == pytest.approx(expected.pvalue)


def test_welch_agrees_with_scipy():
    one, other = [1.0, 2.0, 4.0], [2.0, 7.0, 8.0, 11.0]
    found, expected = welch(one, other), stats.ttest_ind(one, other, equal_var=False)
    low, high = expected.confidence_interval()
    assert found.degrees == pytest.approx(expected.df)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p == pytest.approx(expected.pvalue)


def test_no_variance_and_no_difference_is_a_sure_zero():
    for found in (mean_interval([0, 0, 0]), welch([0.5, 0.5], [0.5, 0.5])):
        assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_equal_differences_get_the_p_of_sign_flips_not_zero():
    found = mean_interval([0.2] * 5)
    assert (found.value, found.low, found.high, found.p) == (0.2, 0.2, 0.2, 1 / 16)


def test_equal_values_in_both_groups_get_the_p_of_all_splits():
    # Of the 6 splits of 2 + 2, the actual one and its mirror are as extreme; of 10 of 2 + 3, one.
    assert welch([1, 1], [0, 0]).p == pytest.approx(2 / 6)
    assert welch([1, 1], [0, 0, 0]).p == pytest.approx(1 / 10)


def test_rounding_is_not_variance():
    assert mean_interval([0.1 + 0.2, 0.3, 0.3]).standard_error == 0


def test_a_single_value_has_no_interval_and_none_has_no_estimate():
    alone = mean_interval([0.7])
    assert (alone.value, alone.low, alone.p, alone.n) == (0.7, None, None, 1)
    assert (welch([1.0], [0.25, 0.75]).value, welch([1.0], [0.25, 0.75]).p) == (0.5, None)
    assert (mean_interval([]).value, welch([], [1.0]).value) == (None, None)


@given(NUMBERS, NUMBERS)
def test_welch_is_antisymmetric(one, other):
    there, back = welch(one, other), welch(other, one)
    assert there.value == pytest.approx(-back.value)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    assert there.p == pytest.approx(back.p)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_estimates_do_not_depend_on_order(values, order):
    shuffled = list(values)
    order.shuffle(shuffled)
    assert mean_interval(values) == mean_interval(shuffled)


@given(NUMBERS)
def test_the_interval_holds_the_estimate_and_p_is_positive(values):
    found = mean_interval(values)
    assert found.low <= found.value <= found.high
    assert 0 <= found.p <= 1


def test_intervals_cover_as_often_as_they_say():
    draws = np.random.default_rng(1).normal(0.3, 1, size=(2000, 6))
    covered = [found.low <= 0.3 <= found.high for found in map(mean_interval, draws)]
    # 2000 trials at .95: standard error .005.
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_p_is_uniform_where_nothing_differs():
    draws = np.random.default_rng(2).normal(size=(2000, 9))
    found = [welch(draw[:4], draw[4:]).p for draw in draws]
    assert stats.kstest(found, "uniform").statistic < 0.04


def test_satterthwaite_of_equal_parts_adds_the_degrees():
    assert satterthwaite([1.0, 1.0], [4, 4]) == pytest.approx(8)
    assert satterthwaite([1.0, 0.0], [4, 9]) == pytest.approx(4)
    assert satterthwaite([0.0, 0.0], [4, 9]) == 13


def test_hedges_g_by_hand():
    # Means 3 and 1, both variances 1, 4 degrees of freedom: 2 * (1 - 3 / 15).
    assert hedges_g([2, 3, 4], [0, 1, 2]) == pytest.approx(1.6)


def test_hedges_g_is_undefined_without_variance_or_replicates():
    assert hedges_g([1, 1], [0, 0]) is None
    assert hedges_g([1], [0, 2]) is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, None, 0.03]) == [pytest.approx(0.03), 0.06, None, 0.06]


def test_benjamini_hochberg_by_hand():
    adjusted = benjamini_hochberg([0.01, None, 0.04, 0.03])
    assert adjusted == [pytest.approx(0.03), None, pytest.approx(0.04), pytest.approx(0.04)]


@given(SHARES)
def test_adjusted_values_are_never_smaller_and_holm_is_the_stricter(values):
    severe, lenient = holm(values), benjamini_hochberg(values)
    for p, by_holm, by_rate in zip(values, severe, lenient, strict=True):
        assert p <= by_rate + 1e-12
        assert by_rate <= by_holm + 1e-12
        assert by_holm <= 1


def test_nothing_to_adjust_stays_nothing():
    assert holm([]) == benjamini_hochberg([]) == []
    assert holm([None]) == benjamini_hochberg([None]) == [None]


def test_a_mean_over_strata_has_the_error_of_its_strata():
    # Means .2 and .6, half weight each; variances .02 and .08 of 2: error^2 = (.01 + .04) / 4.
    found = weighted([(0.5, [0.1, 0.3]), (0.5, [0.4, 0.8])])
    assert found.value == pytest.approx(0.4)
    assert found.standard_error == pytest.approx(0.0125**0.5)
    assert found.degrees == pytest.approx(0.0125**2 / (0.0025**2 + 0.01**2))
