"""Slopes over persons and situations, held against statsmodels where both can say it."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.claims.regression import slope


def _planted(generator, persons=60, situations=1, spread=0.0, noise=0.05):
    traits = {f"p{n:02}": tuple(generator.normal(4, 1, 2)) for n in range(persons)}
    slopes = 0.1 + spread * generator.normal(size=situations)
    own = {who: 0.1 * generator.normal() for who in traits}
    values = {
        f"s{number}": {
            who: 0.5 + each * a - 0.05 * b + own[who] + noise * generator.normal()
            for who, (a, b) in traits.items()
        }
        for number, each in enumerate(slopes)
    }
    return values, traits


def test_one_situation_is_ordinary_least_squares_with_hc3():
    values, traits = _planted(np.random.default_rng(1))
    found = slope(values, traits, 0, "scenario")
    people = sorted(traits)
    fit = sm.OLS(
        [values["s0"][who] for who in people], sm.add_constant([traits[who] for who in people])
    ).fit(cov_type="HC3")
    assert found.value == pytest.approx(fit.params[1])
    assert found.uncertainty.standard_error == pytest.approx(fit.bse[1])
    assert (found.n, found.unit) == (60, "persona")


def test_a_slope_that_differs_between_situations_is_uncertain_by_them():
    generator = np.random.default_rng(2)
    values, traits = _planted(generator, situations=6, spread=0.1)
    found = slope(values, traits, 0, "scenario")
    assert (found.n, found.unit) == (6, "scenario")
    assert found.uncertainty.standard_error > 0.02


def test_planted_slopes_are_covered_over_persons_and_situations():
    generator = np.random.default_rng(3)
    covered = []
    for _ in range(300):
        values, traits = _planted(generator, 40, situations=6, spread=0.05)
        low, high = slope(values, traits, 0, "scenario").interval(0.05)
        covered.append(low <= 0.1 <= high)
    # 300 trials at .95: standard error .013.
    assert 0.915 <= np.mean(covered) <= 0.985


def test_too_few_people_or_equal_ones_have_no_slope():
    values, traits = _planted(np.random.default_rng(4), persons=4)
    assert "4 persons" in slope(values, traits, 0, "scenario").reason
    values, traits = _planted(np.random.default_rng(4), persons=9)
    same = dict.fromkeys(traits, (3.0, 4.0))
    assert "do not differ" in slope(values, same, 0, "scenario").reason
