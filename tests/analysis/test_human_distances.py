"""Distances between people and characters, and how sure they are."""

import numpy as np
import polars as pl
import pytest

from analysis.human.distances import distance
from analysis.human.pooling import Pool, aligned, pool, reach, widening

ONE = np.array


def test_a_share_is_as_far_as_the_difference():
    assert distance("absolute", ONE([0.7]), ONE([0.45])) == pytest.approx(0.25)


def test_a_curve_is_as_far_as_its_places_on_average():
    # Gaps .1, .3 and .2.
    found = distance("mean absolute", ONE([0.1, 0.5, 0.2]), ONE([0.2, 0.2, 0.4]))
    assert found == pytest.approx(0.2)


def test_undefined_places_are_left_out_and_too_few_leave_nothing():
    people = ONE([0.2, 0.2, 0.4, 0.0])
    assert distance("mean absolute", ONE([0.1, 0.5, np.nan, np.nan]), people) == pytest.approx(0.2)
    assert np.isnan(distance("mean absolute", ONE([0.1, np.nan, np.nan, np.nan]), people))


def test_a_histogram_is_as_far_as_its_mass_must_be_moved():
    # A half must be moved by three of ten classes: .5 * .3.
    one, other = np.zeros(10), np.zeros(10)
    one[0], other[0], other[3] = 1, 0.5, 0.5
    assert distance("wasserstein", one, other) == pytest.approx(0.15)
    # From one end to the other: nine classes of a tenth.
    first, last = np.eye(10)[0], np.eye(10)[9]
    assert distance("wasserstein", first, last) == pytest.approx(0.9)


def test_classes_without_overlap_are_as_far_as_can_be():
    assert distance("jensen-shannon", ONE([1.0, 0.0]), ONE([0.0, 1.0])) == pytest.approx(1)
    # Of (1, 0) and (1/2, 1/2) the middle is (3/4, 1/4), and the divergence
    # (log2(4/3) + (log2(2/3) + log2(2)) / 2) / 2 = (.41504 + .20752) / 2 = .31128 bits.
    half = distance("jensen-shannon", ONE([1.0, 0.0]), ONE([0.5, 0.5]))
    assert half == pytest.approx(0.31128**0.5, abs=1e-5)


@pytest.mark.parametrize("kind", ["absolute", "mean absolute", "wasserstein", "jensen-shannon"])
def test_they_are_metrics_that_work_on_many_at_once(kind):
    source = np.random.default_rng(1)
    one, other, third = source.dirichlet(np.ones(4), size=(3, 50))
    apart = distance(kind, one, other)
    assert apart.shape == (50,)
    assert np.allclose(distance(kind, other, one), apart)
    assert np.allclose(distance(kind, one, one), 0)
    assert (apart >= 0).all()
    assert (apart <= 1).all()
    detour = distance(kind, one, third) + distance(kind, third, other)
    assert (apart <= detour + 1e-12).all()


def made(**given):
    units = given.get("units", 4)
    weights = np.full((units, 1), 10.0)
    totals = given["shares"] * weights
    return Pool(tuple(map(str, range(units))), ("all",) * units, totals, weights)


def test_units_weigh_by_what_they_observed():
    table = pl.DataFrame(
        {
            "unit": ["a", "b"],
            "stratum": ["all", "all"],
            "x": ["", ""],
            "total": [3.0, 0.0],
            "weight": [4.0, 6.0],
        }
    )
    found = pool(table, ("", "elsewhere"))
    assert found.values[0] == pytest.approx(0.3)
    assert np.isnan(found.values[1])
    assert found.observations == 10


def test_equal_units_leave_no_doubt_and_a_single_one_leaves_all():
    equal = made(shares=np.full((4, 1), 0.3))
    assert reach(np.abs(equal.resampled() - equal.values), equal.least) == pytest.approx(0)
    one = made(shares=np.full((1, 1), 0.3), units=1)
    assert reach(np.abs(one.resampled() - one.values), one.least) is None


def test_few_units_widen_the_reach_as_students_interval():
    # 12.706 / 1.960 * sqrt(2) and 2.093 / 1.960 * sqrt(20 / 19).
    assert widening(2) == pytest.approx(12.706 / 1.95996 * 2**0.5, abs=1e-3)
    assert widening(20) == pytest.approx(2.093 / 1.95996 * (20 / 19) ** 0.5, abs=1e-3)


def test_reach_agrees_with_students_interval_for_a_mean():
    shares = np.random.default_rng(5).random((30, 1))
    found = made(shares=shares, units=30)
    student = 2.0452 * shares.std(ddof=1) / 30**0.5
    told = reach(np.abs(found.resampled() - found.values), found.least)
    assert told[0] == pytest.approx(student, rel=0.06)


def test_strata_are_resampled_each_for_itself():
    # Within strata nothing varies, so that nothing is in doubt, though strata differ.
    weights = np.ones((4, 1))
    totals = ONE([[1.0], [1.0], [0.0], [0.0]])
    found = Pool(("a", "b", "c", "d"), ("x", "x", "y", "y"), totals, weights)
    assert found.least == 2
    assert np.allclose(found.resampled(), 0.5)


def test_pools_of_the_same_runs_are_laid_side_by_side():
    one = Pool(("a", "c"), ("s", "s"), ONE([[1.0], [2.0]]), ONE([[2.0], [2.0]]))
    other = Pool(("b",), ("s",), ONE([[1.0]]), ONE([[1.0]]))
    first, second = aligned(one, other)
    assert first.units == second.units == ("a", "b", "c")
    assert first.totals[:, 0].tolist() == [1, 0, 2]
    assert second.weights[:, 0].tolist() == [0, 1, 0]


def test_the_interval_of_a_distance_holds_the_truth_about_as_often_as_it_says():
    # Characters whose true histogram is .1 off the people's; 12 runs of 8 choices each.
    people, truth = ONE([0.4, 0.3, 0.2, 0.1]), ONE([0.2, 0.3, 0.3, 0.2])
    true = float(distance("wasserstein", truth, people))
    source, held, tries = np.random.default_rng(7), 0, 200
    for _ in range(tries):
        counts = source.multinomial(8, truth, size=12).astype(float)
        found = Pool(tuple("abcdefghijkl"), ("all",) * 12, counts, np.full((12, 4), 8.0))
        apart = float(distance("wasserstein", found.values, people))
        off = reach(distance("wasserstein", found.resampled(), found.values), found.least)
        held += abs(apart - true) <= off
    assert held / tries >= 0.93


def test_people_within_the_noise_leave_zero_in_the_interval():
    # Where the truth is the people's own histogram, the distance must not exclude 0.
    people = ONE([0.4, 0.3, 0.2, 0.1])
    source, held, tries = np.random.default_rng(8), 0, 200
    for _ in range(tries):
        counts = source.multinomial(8, people, size=12).astype(float)
        found = Pool(tuple("abcdefghijkl"), ("all",) * 12, counts, np.full((12, 4), 8.0))
        apart = float(distance("wasserstein", found.values, people))
        off = reach(distance("wasserstein", found.resampled(), found.values), found.least)
        held += apart <= off
    assert held / tries >= 0.93
