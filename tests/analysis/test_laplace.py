"""The nested Laplace approximation beside numerical integration, and what it must not depend on."""

import numpy as np
import pytest
from scipy import special

from analysis.laplace import Cells, fit


def cells(successes, trials, fixed, **groupings):
    return Cells(
        np.asarray(successes, float),
        np.asarray(trials, float),
        np.asarray(fixed, float),
        {name: np.asarray(codes, np.int64) for name, codes in groupings.items()},
    )


def integrated(successes, trials):
    """Posterior of beta and of the sd where every cell is a group, by brute force on a grid."""
    beta, log_sd = np.linspace(-4, 4, 161), np.linspace(-9, 2, 111)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    odds = beta[:, None, None] + np.exp(log_sd)[None, :, None] * nodes
    log = np.zeros((len(beta), len(log_sd)))
    for done, asked in zip(successes, trials, strict=True):
        told = np.exp(done * odds - asked * np.logaddexp(0, odds))
        log += np.log(told @ (weights / weights.sum()))
    log += -(beta[:, None] ** 2) / 50 + log_sd - np.exp(2 * log_sd) / 2
    joint = np.exp(log - log.max())
    joint /= joint.sum()
    return (beta, joint.sum(axis=1)), (np.exp(log_sd), joint.sum(axis=0))


def quantiles(values, masses):
    return np.interp([0.025, 0.5, 0.975], np.cumsum(masses) - masses / 2, values)


@pytest.mark.parametrize(
    ("successes", "trials"),
    [([3, 9, 14, 6, 11], [20] * 5), ([18, 2, 15, 9, 20, 3], [20] * 6), ([2, 3, 1, 4], [5] * 4)],
)
def test_effects_and_spreads_are_those_of_numerical_integration(successes, trials):
    found = fit(cells(successes, trials, [[1]] * len(trials), group=range(len(trials))))
    of_beta, of_sd = integrated(successes, trials)
    told = np.quantile(found.beta[:, 0], [0.025, 0.5, 0.975])
    assert told == pytest.approx(quantiles(*of_beta), abs=0.12)
    assert np.median(found.sds) == pytest.approx(quantiles(*of_sd)[1], abs=0.12)
    assert found.is_converged
    assert found.effective > 60


def test_without_groupings_it_is_the_ordinary_logistic_estimate():
    found = fit(cells([300, 600], [1000, 1000], [[1, 0], [0, 1]]))
    assert found.beta.mean(axis=0) == pytest.approx(special.logit([0.3, 0.6]), abs=0.01)
    # The error of a log-odds is 1 / sqrt(n p (1 - p)).
    assert found.beta.std(axis=0) == pytest.approx(
        [1000**-0.5 / 0.21**0.5, 0.24**-0.5 / 1000**0.5], rel=0.05
    )


def test_equal_rows_may_be_counted_first():
    one = cells([0, 1, 1, 0, 1, 1], [1] * 6, [[1]] * 6, group=[0, 0, 1, 1, 2, 2])
    whole = cells([1, 1, 2], [2] * 3, [[1]] * 3, group=[0, 1, 2])
    assert fit(one).beta == pytest.approx(fit(whole).beta, abs=1e-6)


def test_one_thing_always_done_stays_finite():
    found = fit(cells([50, 25], [50, 50], [[1, 0], [0, 1]]))
    assert 2 < np.median(found.beta[:, 0]) < 15


def test_the_same_data_give_the_same_draws():
    given = cells([3, 9, 14], [20] * 3, [[1]] * 3, group=[0, 1, 2])
    assert (fit(given).beta == fit(given).beta).all()
