"""Intervals of a share, beside published values and other implementations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analysis.proportions import clustered_proportion, design_effect, proportion


def test_wilson_is_the_published_one():
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I: 81 of 263, 15 of 148, 0 of 20.
    for successes, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        found = proportion(successes, n)
        assert (found.low, found.high) == (
            pytest.approx(low, abs=6e-5),
            pytest.approx(high, abs=6e-5),
        )
    assert proportion(0, 20).high == pytest.approx(0.1611, abs=6e-5)


@given(st.integers(0, 40), st.integers(1, 40))
def test_all_three_are_those_of_statsmodels(successes, n):
    successes = min(successes, n)
    for method, name in (("wilson", "wilson"), ("exact", "beta")):
        low, high = proportion_confint(successes, n, method=name)
        found = proportion(successes, n, method=method)
        assert (found.low, found.high) == (
            pytest.approx(low, abs=1e-9),
            pytest.approx(high, abs=1e-9),
        )
    low, high = proportion_confint(successes, n, method="jeffreys")
    found = proportion(successes, n, method="jeffreys")
    if successes > 0:
        assert found.low == pytest.approx(low)
    if successes < n:
        assert found.high == pytest.approx(high)


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from(["wilson", "exact", "jeffreys"]))
def test_counting_failures_turns_the_interval_round(successes, n, method):
    successes = min(successes, n)
    one, other = (
        proportion(successes, n, method=method),
        proportion(n - successes, n, method=method),
    )
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)
    assert 0 <= one.low <= one.value <= one.high <= 1


def test_nothing_asked_is_undefined():
    assert proportion(0, 0).value is None
    assert clustered_proportion([0, 0], [0, 0]).value is None


def test_more_successes_than_trials_is_a_bug():
    with pytest.raises(ValueError, match="3 successes of 2"):
        proportion(3, 2)
    with pytest.raises(ValueError, match="cluster"):
        clustered_proportion([3, 1], [2, 2])


def test_clusters_that_agree_within_make_as_many_trials_as_there_are_clusters_or_so():
    # Ten runs of 20 equal answers, five of each kind: the share's variance is .25 / 9.
    assert design_effect([20] * 5 + [0] * 5, [20] * 10) == pytest.approx(200 * 0.25 / 9 / 0.25)
    found = clustered_proportion([20] * 5 + [0] * 5, [20] * 10)
    assert (found.n, found.effective_n) == (200, pytest.approx(9))
    assert found.high - found.low > proportion(100, 200).high - proportion(100, 200).low


def test_clusters_with_equal_shares_hide_nothing_but_few_of_them_tell_little():
    found = clustered_proportion([5, 10, 15], [10, 20, 30])
    assert found.effective_n == 60
    # Student's quantiles 2.001 at 59 and 4.303 at 2 degrees of freedom leave 12.98 trials.
    low, high = proportion_confint(12.98 / 2, 12.98, method="beta")
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    many = clustered_proportion([5] * 400, [10] * 400)
    exact = proportion(2000, 4000, method="exact")
    assert (many.low, many.high) == (
        pytest.approx(exact.low, abs=1e-3),
        pytest.approx(exact.high, abs=1e-3),
    )


def test_where_all_agree_only_the_clusters_count():
    found = clustered_proportion([50, 50, 50, 50], [50, 50, 50, 50])
    assert (found.effective_n, found.high) == (4, 1.0)
    assert design_effect([50, 50], [50, 50]) is None
    assert found.low < 0.85


def test_one_cluster_has_no_interval():
    found = clustered_proportion([3], [10])
    assert (found.value, found.low, found.effective_n) == (0.3, None, None)


def test_the_order_of_clusters_does_not_matter():
    done, asked = [3, 7, 1, 9], [10, 9, 8, 30]
    assert clustered_proportion(done, asked) == clustered_proportion(done[::-1], asked[::-1])


def test_clustered_intervals_cover_where_plain_ones_do_not():
    # Shares of 20 runs from Beta(2, 2), 30 answers each: intraclass correlation 1/5.
    draw = np.random.Generator(np.random.PCG64(1))
    covered = {"plain": 0, "clustered": 0}
    for _ in range(400):
        done = draw.binomial(30, draw.beta(2, 2, size=20))
        plain, clustered = proportion(int(done.sum()), 600), clustered_proportion(done, [30] * 20)
        covered["plain"] += plain.low <= 0.5 <= plain.high
        covered["clustered"] += clustered.low <= 0.5 <= clustered.high
    assert covered["clustered"] / 400 > 0.92
    assert covered["plain"] / 400 < 0.7
