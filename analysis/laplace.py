"""Logistic models with crossed random intercepts, by nested Laplace approximation.

successes ~ Binomial(trials, p), logit p = fixed . beta + the sum of one intercept per grouping;
intercepts ~ Normal(0, sd of the grouping). Weak priors keep everything finite where a level only
ever cooperates: beta ~ Normal(0, 5), sd ~ half-normal(1), in log-odds.

Given the sds, effects are taken as normal about their mode (Laplace). The sds are sampled about
their own mode from Student's t and weighted by their Laplace posterior, so that what is not known
about them widens the intervals of effects (Rue, Martino & Chopin 2009, Journal of the Royal
Statistical Society B 71(2):319-392, with importance sampling in place of the grid).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse, special
from scipy.sparse.linalg import SuperLU, splu
from scipy.stats import qmc

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
_BETA_SD, _SD_SCALE = 5.0, 1.0
_START, _LEAST_LOG, _MOST_LOG = -1.0, -8.0, 3.0
_POINTS, _DRAWS, _DEGREES = 128, 10_000, 5
_STEP, _SEED = 0.1, 20090401
_TOLERANCE, _NEWTON = 1e-8, 100


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws from the posterior.

    Attributes:
        beta: shape (draws, effects).
        sds: shape (draws, groupings).
        is_converged: whether the mode of the sds was found.
        effective: of the sampled points of the sds, how many equal ones they are worth.
        points: how many were sampled.
    """

    beta: Real
    sds: Real
    is_converged: bool
    effective: float
    points: int


@dataclass(frozen=True)
class Cells:
    """Counts and where they belong.

    Attributes:
        successes: shape (cells,); may be sums of probabilities.
        trials: shape (cells,), > 0.
        fixed: shape (cells, effects).
        groupings: by name the group of every cell, shape (cells,), numbered from 0 without gaps.
    """

    successes: Real
    trials: Real
    fixed: Real
    groupings: Mapping[str, Whole]

    @cached_property
    def sizes(self) -> list[int]:
        """Groups of each grouping."""
        return [int(codes.max()) + 1 for codes in self.groupings.values()]

    @cached_property
    def design(self) -> sparse.csr_array:
        """Effects, then an indicator of every group; shape (cells, effects + groups)."""
        rows = np.arange(len(self.trials))
        parts = [sparse.csr_array(self.fixed)]
        for codes, size in zip(self.groupings.values(), self.sizes, strict=True):
            ones = np.ones(len(rows))
            parts.append(sparse.csr_array((ones, (rows, codes)), shape=(len(rows), size)))
        return sparse.csr_array(sparse.hstack(parts))

    def precisions(self, log_sds: Real) -> Real:
        """Of the prior of every column of the design."""
        effects = np.full(self.fixed.shape[1], _BETA_SD**-2.0)
        return np.concatenate([effects, np.repeat(np.exp(-2 * log_sds), self.sizes)])


@dataclass(frozen=True, slots=True)
class Mode:
    """Where the effects are most likely, given the sds.

    Attributes:
        at: effects, then intercepts.
        factor: of the negative Hessian there.
        log_marginal: Laplace's log posterior of the log sds, up to a constant.
    """

    at: Real
    factor: SuperLU
    log_marginal: float


def fit(cells: Cells) -> Posterior:
    """The posterior of the effects and of the groupings' standard deviations.

    Args:
        cells: at least one.
    """
    found = _Search(cells)
    middle, is_converged = found.mode()
    log_sds, weights = _sampled(found, middle)
    draw = np.random.Generator(np.random.PCG64(_SEED))
    # Systematic: every point as often as its weight says, give or take one.
    places = (np.arange(_DRAWS) + draw.random()) / _DRAWS
    picked = np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
    effects = cells.fixed.shape[1]
    noise = draw.standard_normal((_DRAWS, effects))
    beta = np.empty((_DRAWS, effects))
    for point in np.unique(picked):
        mean, root = _effects(found.given(log_sds[point]), effects)
        mine = picked == point
        beta[mine] = mean + noise[mine] @ root.T
    worth = float(1 / (weights**2).sum())
    return Posterior(beta, np.exp(log_sds[picked]), is_converged, worth, len(weights))


def _effects(mode: Mode, effects: int) -> tuple[Real, Real]:
    """Mean of the effects given the sds, and a root of their covariance."""
    unit = np.eye(len(mode.at), effects)
    covariance = mode.factor.solve(unit)[:effects]
    return mode.at[:effects], np.linalg.cholesky((covariance + covariance.T) / 2)


class _Search:
    """Modes given sds, each sought from the last one found."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self._last = np.zeros(cells.design.shape[1])

    def mode(self) -> tuple[Real, bool]:
        """The most likely log sds, and whether the search ended there."""
        start = np.full(len(self.cells.sizes), _START)
        if not len(start):
            return start, True
        found = optimize.minimize(
            lambda log_sds: -self.given(log_sds).log_marginal,
            start,
            method="L-BFGS-B",
            bounds=[(_LEAST_LOG, _MOST_LOG)] * len(start),
            options={"eps": 1e-4, "ftol": 1e-10, "gtol": 1e-3},
        )
        return np.asarray(found.x), bool(found.success)

    def given(self, log_sds: Real) -> Mode:
        """The mode of effects and intercepts, by Newton's method with halved steps."""
        precisions, at = self.cells.precisions(log_sds), self._last
        value = self._log_joint(at, precisions)
        slope, factor = self._around(at, precisions)
        for _ in range(_NEWTON):
            step = factor.solve(slope)
            if float(slope @ step) < _TOLERANCE:
                break
            size = 1.0
            while (new := self._log_joint(at + size * step, precisions)) < value and size > 1e-6:
                size /= 2
            at, value = at + size * step, new
            slope, factor = self._around(at, precisions)
        self._last = at
        determinant = float(np.log(np.abs(factor.U.diagonal())).sum())
        prior = float((log_sds - np.exp(2 * log_sds) / (2 * _SD_SCALE**2)).sum())
        spread = float(np.log(precisions).sum())
        return Mode(at, factor, value + prior + spread / 2 - determinant / 2)

    def _around(self, at: Real, precisions: Real) -> tuple[Real, SuperLU]:
        """Gradient of the log density, and the factor of its negative Hessian."""
        cells = self.cells
        chance = special.expit(cells.design @ at)
        slope = cells.design.T @ (cells.successes - cells.trials * chance) - precisions * at
        weights = cells.trials * chance * (1 - chance)
        return np.asarray(slope), _factor(cells.design, weights, precisions)

    def _log_joint(self, at: Real, precisions: Real) -> float:
        odds = self.cells.design @ at
        told = self.cells.successes @ odds - self.cells.trials @ np.logaddexp(0, odds)
        return float(told - precisions @ at**2 / 2)


def _factor(design: sparse.csr_array, weights: Real, precisions: Real) -> SuperLU:
    """Of the negative Hessian, which is symmetric and positive definite."""
    hessian = design.T @ (design * weights[:, None]) + sparse.diags_array(precisions)
    return splu(
        sparse.csc_array(hessian),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )


def _sampled(found: _Search, middle: Real) -> tuple[Real, Real]:
    """Points of the log sds, shape (points, groupings), and their weights, which sum to 1."""
    size = len(middle)
    if not size:
        return np.zeros((1, 0)), np.ones(1)
    root = np.linalg.cholesky(np.linalg.inv(_curvature(found, middle)))
    even = _even(size + 1)
    scale = np.sqrt(_DEGREES / special.chdtri(_DEGREES, even[:, 0]))
    points = middle + (scale[:, None] * special.ndtri(even[:, 1:])) @ root.T
    points = np.clip(points, 2 * _LEAST_LOG, _MOST_LOG)
    squares = (np.linalg.solve(root, (points - middle).T) ** 2).sum(axis=0)
    proposed = -(_DEGREES + size) / 2 * np.log1p(squares / _DEGREES)
    target = np.array([found.given(point).log_marginal for point in points])
    weights = special.softmax(target - proposed)
    return points, weights


def _even(dimensions: int) -> Real:
    """Points that fill the unit cube evenly, shifted as one (Cranley & Patterson 1976)."""
    shift = np.random.Generator(np.random.PCG64(_SEED + 1)).random(dimensions)
    return np.asarray((qmc.Sobol(dimensions, scramble=False).random(_POINTS) + shift) % 1)


def _curvature(found: _Search, middle: Real) -> Real:
    """Negative Hessian of the log posterior at its mode, by differences, made positive."""
    size = len(middle)
    steps = _STEP * np.eye(size)
    center = found.given(middle).log_marginal
    once = [found.given(middle + step).log_marginal for step in steps]
    back = [found.given(middle - step).log_marginal for step in steps]
    curvature = np.empty((size, size))
    for i in range(size):
        curvature[i, i] = (2 * center - once[i] - back[i]) / _STEP**2
        for j in range(i):
            both = found.given(middle + steps[i] + steps[j]).log_marginal
            curvature[i, j] = curvature[j, i] = (once[i] + once[j] - center - both) / _STEP**2
    values, vectors = np.linalg.eigh(curvature)
    # Where the data tell nothing, the prior of a log sd has a curvature of about one quarter.
    return np.asarray((vectors * np.maximum(values, 0.25)) @ vectors.T)
