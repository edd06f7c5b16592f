"""Checks over runs: what permutations can honestly give, and bootstraps held against theory."""

import numpy as np
import pytest

from analysis.resampling import bca, permutation_p, studentised


def test_three_pairs_that_agree_cannot_give_less_than_a_quarter():
    # 2 of 8 sign flips are as extreme.
    assert permutation_p([0.1, 0.2, 0.3]) == pytest.approx(0.25)


def test_two_groups_of_three_apart_give_two_of_twenty_splits():
    assert permutation_p([1, 2, 3], [7, 8, 9]) == pytest.approx(0.1)


def test_the_order_of_runs_does_not_matter():
    values = np.random.default_rng(1).normal(size=20)
    assert permutation_p(values) == permutation_p(values[::-1])
    assert bca(values) == bca(values[::-1])
    assert studentised(values) == studentised(values[::-1])


def test_a_permutation_test_finds_at_its_level_where_there_is_nothing():
    draws = np.random.default_rng(2).normal(size=(400, 8))
    found = np.mean([permutation_p(one) <= 0.05 for one in draws])
    # 256 flips: at most .05 is found; standard error .011.
    assert found == pytest.approx(0.047, abs=0.03)


def test_bootstraps_of_many_values_are_near_student_s_interval():
    values = np.random.default_rng(3).normal(0.5, 0.1, 200)
    reach = 1.972 * values.std(ddof=1) / 200**0.5
    for bounds in (bca(values), studentised(values)):
        assert bounds.low == pytest.approx(values.mean() - reach, abs=0.002)
        assert bounds.high == pytest.approx(values.mean() + reach, abs=0.002)


def test_bootstrap_t_leans_where_values_do():
    values = np.random.default_rng(4).exponential(size=30)
    low, high = studentised(values)
    assert high - values.mean() > values.mean() - low


@pytest.mark.parametrize("measure", [bca, studentised])
def test_equal_or_few_values_have_no_bootstrap(measure):
    assert measure([0.5, 0.5, 0.5]) == (None, None)
    assert measure([0.1, 0.5]) == (None, None)


def test_differences_of_groups_turn_with_the_groups():
    one, other = np.random.default_rng(5).normal(size=(2, 12))
    there, back = bca(one, other), bca(other, one)
    assert there.low == pytest.approx(-back.high, abs=0.05)
