"""Situations and persons both count, each with its own degrees of freedom."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.cells import Cells, shared_variance
from analysis.estimator import Key, Sample, Text, difference
from analysis.uncertainty import Source, Uncertainty

T4, T9, T13 = (float(stats.t.ppf(0.975, free)) for free in (4, 9, 13))
variances = st.floats(1e-6, 10)
freedoms = st.floats(1, 200)


def test_one_source_gives_student_s_interval():
    alone = Uncertainty([Source(0.04, 4)])
    assert alone.half_width(0.05) == pytest.approx(T4 * 0.2)
    assert alone.p(0.5) == pytest.approx(2 * stats.t.sf(2.5, 4))


def test_two_sources_add_their_squares_and_what_both_count_is_taken_off():
    both = Uncertainty([Source(0.04, 4), Source(0.01, 9)], shared=0.005)
    wanted = sqrt(T4**2 * 0.04 + T9**2 * 0.01 - T13**2 * 0.005)
    assert both.half_width(0.05) == pytest.approx(wanted)
    assert both.standard_error == pytest.approx(sqrt(0.045))


def test_the_interval_is_never_narrower_than_the_better_known_sample_alone():
    # Noise alone: what both count is as large as either.
    both = Uncertainty([Source(0.01, 4), Source(0.01, 9)], shared=0.03)
    assert both.half_width(0.05) == pytest.approx(T9 * 0.1)


@given(st.lists(st.builds(Source, variances, freedoms), min_size=1, max_size=2), variances)
def test_p_is_the_level_at_which_the_interval_just_reaches(sources, distance):
    whole = Uncertainty(sources, shared=0.5 * min(source.variance for source in sources))
    p = whole.p(distance)
    if 1e-12 < p < 0.999:
        assert whole.half_width(p) == pytest.approx(distance, rel=1e-5)


@given(st.builds(Source, variances, freedoms), st.floats(0.001, 5))
def test_p_falls_with_distance(source, distance):
    whole = Uncertainty([source, Source(0.5, 7)], 0.1)
    assert whole.p(2 * distance) <= whole.p(distance)


def test_equivalence_is_two_one_sided_tests():
    alone = Uncertainty([Source(0.0004, 10)])
    upper = stats.t.sf((0.05 - 0.01) / 0.02, 10)
    assert alone.p_equivalent(0.01, 0.05) == pytest.approx(upper)
    # An estimate on the margin is equivalent with p one half, beyond it with more.
    assert alone.p_equivalent(0.05, 0.05) == pytest.approx(0.5)
    assert alone.p_equivalent(-0.07, 0.05) == pytest.approx(stats.t.cdf(0.02 / 0.02, 10))


def test_no_variance_gives_what_a_permutation_can_honestly_give():
    certain = Uncertainty([Source(0.0, 2)], floor=0.25)
    assert (certain.p(0.3), certain.p(0.0), certain.half_width(0.05)) == (0.25, 1.0, 0.0)


def test_shared_variance_by_hand():
    # Two persons in two runs: values 0, 2 and 4, 6; each weighs 1/4. From the means 1 and 5 of the
    # runs all are 1 off, and deviations of two are too small by half.
    cells = Cells.of(
        ["a", "b", "a", "b"],
        [0, 0, 1, 1],
        np.array([0.0, 2.0, 4.0, 6.0]),
        np.array([0.5, 0.5, 0.5, 0.5]),
    )
    found = cells.contributions({0: 0.5, 1: 0.5}, lambda run: run, lambda _: "all")
    off = 0.25 * sqrt(2)
    wanted = {("a", 0): -off, ("b", 0): off, ("a", 1): -off, ("b", 1): off}
    assert found == {key: pytest.approx(value) for key, value in wanted.items()}
    assert shared_variance([found]) == pytest.approx(4 * off**2)


def test_cells_of_both_levels_that_are_one_person_s_are_one():
    side = {("a", 0): 0.5, ("b", 0): -0.5}
    other = {("a", 0): -0.5, ("b", 0): 0.5}
    assert shared_variance([side, other]) == 0
    assert shared_variance([side]) == pytest.approx(0.5)


def _crossed(generator, spread, wordings=5, seeds=4, persons=12):
    """Two levels with persons, wordings and noise, and no difference between them.

    Both meet the same wordings, which move them alike much more than apart.
    """
    sd_persons, sd_wordings = spread
    common = np.repeat(generator.normal(0, 0.2, wordings), seeds)[:, None]
    samples = []
    for name in "ab":
        who = generator.normal(0, sd_persons, persons)
        told = generator.normal(0, sd_wordings, wordings)
        keys = [Key("game", f"w{w}", f"w{w}s{s}") for w in range(wordings) for s in range(seeds)]
        values = (
            who[None, :]
            + common
            + np.repeat(told, seeds)[:, None]
            + generator.normal(0, 0.1, (len(keys), persons))
        )
        texts = [Text(name, "persona", f"{name}{n}") for n in range(persons)]
        cells = Cells.of(
            texts * len(keys),
            [key for key in keys for _ in texts],
            values.ravel(),
            np.full(values.size, 1 / persons),
        )
        means = {text: {"game": float(values[:, n].mean())} for n, text in enumerate(texts)}
        runs = dict(zip(keys, values.mean(axis=1).tolist(), strict=True))
        samples.append(Sample(runs, means, {name: 1.0}, persons, cells))
    return samples


@pytest.mark.parametrize("spread", [(0.0, 0.0), (0.1, 0.0), (0.0, 0.05), (0.1, 0.04)])
def test_intervals_cover_whatever_varies(spread):
    generator = np.random.default_rng(11)
    covered = []
    for _ in range(400):
        found = difference(*_crossed(generator, spread), 0.05, matched=False).decisive
        covered.append(found.low <= 0 <= found.high)
    # 400 trials at .95: standard error .011. One sample alone covers .5 to .9 in some of these.
    assert 0.92 <= np.mean(covered) <= 0.98


def test_one_sample_alone_does_not_cover_what_the_other_varies_in():
    generator = np.random.default_rng(12)
    covered = []
    for _ in range(150):
        found = difference(*_crossed(generator, (0.1, 0.04)), 0.05, matched=False)
        alone = found.over("run")
        covered.append(alone.low <= 0 <= alone.high)
    assert np.mean(covered) < 0.7
