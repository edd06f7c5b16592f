"""Variance components by the method of moments, for crossed, nested and unbalanced data.

The model is y = X b + sum of Z_k u_k + e, where X says which cell of the fixed design a value is
in, each Z_k which level of a random term, and u_k and e have variances of their own. With r the
values minus the mean of their cell and M the projection that does this, the sums of squares
q_k = |Z_k' r|^2 have expectations F v, where F_kl = |Z_k' M Z_l|^2 and v are the variances; so v is
the solution of F v = q. That is MIVQUE(0) (Rao 1971, Journal of Multivariate Analysis 1:445-456;
Hartley, Rao & LaMotte 1978, Biometrics 34:233-242): unbiased whatever the imbalance, without
iteration, and the analysis of variance where data are balanced. An estimate can be negative, and is
given as it is.

Intervals invert a parametric bootstrap: the limits are those values of a variance at which the
estimate would come out as far away as it did in alpha / 2 of all samples, the other variances being
as estimated. One normal sample serves every value, since it only scales the term's part in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
RESIDUAL = "residual"
SAMPLES = 1000
"""Samples of the bootstrap."""
_SEED = 20_240_607
_AT_A_TIME = 100
_LEAST_SHARE = 1e-8
"""Of a term that the terms before it do not tell already; less counts as nothing."""
_WIDEST = 2.0**40


@dataclass(frozen=True, slots=True)
class Moment:
    """One variance.

    Attributes:
        name: of the term.
        variance: the unbiased estimate, may be negative; None where it cannot be told.
        low: lower end of the interval, 0 or more; None where there is none.
        high: upper end; None where no value is too large.
        units: levels of the term.
        within: the terms from which it cannot be told apart; empty where it can.
    """

    name: str
    variance: float | None
    low: float | None
    high: float | None
    units: int
    within: tuple[str, ...] = ()


def fit(
    values: Real, cells: Whole, terms: Mapping[str, Whole], alpha: float = 0.05
) -> list[Moment]:
    """The variance of every term and of the residual, in that order.

    A term that the fixed cells and the terms before it tell already, as wordings do where each
    scenario has one, has no variance of its own here, and says with which terms it coincides.

    Args:
        values: shape (n,); in an order that does not depend on how they were stored.
        cells: shape (n,), the cell of the fixed design, numbered from 0.
        terms: shape (n,) each, the level of every random term, numbered from 0; an earlier one is
            kept where two cannot be told apart.
        alpha: intervals cover 1 - alpha.
    """
    projected = _Projected.of(cells, {**terms, RESIDUAL: np.arange(len(values))})
    kept, aliases = projected.separable()
    names = [*(name for name in terms if name in kept), *([RESIDUAL] if RESIDUAL in kept else [])]
    found: dict[str, tuple[float | None, float | None, float | None]] = {}
    if names:
        solver: Real = np.linalg.inv(projected.expectations(names)).astype(np.float64)
        estimates = solver @ projected.squares(names, values)
        limits = _limits(projected, names, (solver, estimates), alpha)
        found = {
            name: (float(estimate), *limit)
            for name, estimate, limit in zip(names, estimates, limits, strict=True)
        }
    return [
        Moment(name, variance, low, high, projected.levels(name), aliases[name])
        for name in (*terms, RESIDUAL)
        for variance, low, high in [found.get(name, (None, None, None))]
    ]


@dataclass(frozen=True, slots=True)
class _Projected:
    """Terms, with what the fixed cells say taken out of them.

    Attributes:
        incidence: n x levels of every term.
        part: levels x cells, the share of the projection on the cells, of every term.
        cells: n x cells, each column of length 1.
    """

    incidence: Mapping[str, sparse.csr_array]
    part: Mapping[str, sparse.csr_array]
    cells: sparse.csr_array

    @classmethod
    def of(cls, cells: Whole, terms: Mapping[str, Whole]) -> "_Projected":
        own = {name: incidence(codes) for name, codes in terms.items()}
        counts = np.bincount(cells).astype(np.float64)
        scaled = incidence(cells) @ sparse.diags_array(1 / np.sqrt(np.maximum(counts, 1)))
        scaled = sparse.csr_array(scaled)
        part = {name: sparse.csr_array(one.T @ scaled) for name, one in own.items()}
        return cls(own, part, scaled)

    def levels(self, name: str) -> int:
        return int(self.incidence[name].shape[1])

    def within(self, sample: Real) -> Real:
        """What is left of columns when the means of the cells are taken out."""
        left: Real = sample - self.cells @ (self.cells.T @ sample)
        return left

    def squares(self, names: Sequence[str], values: Real) -> Real:
        left = self.within(values)
        return np.array([float(np.sum((self.incidence[name].T @ left) ** 2)) for name in names])

    def expectations(self, names: Sequence[str]) -> Real:
        """|Z_k' M Z_l|^2 for every two terms, without making M."""
        own = {name: self.part[name].T @ self.part[name] for name in names}
        found = np.empty((len(names), len(names)))
        for i, one in enumerate(names):
            for j, other in enumerate(names[: i + 1]):
                joint = self.incidence[one].T @ self.incidence[other]
                across = self.part[one].multiply(joint @ self.part[other]).sum()
                fixed = own[one].multiply(own[other]).sum()
                found[i, j] = found[j, i] = joint.multiply(joint).sum() - 2 * across + fixed
        return found

    def separable(self) -> tuple[set[str], dict[str, tuple[str, ...]]]:
        """Terms with a variance of their own, and with what each of the others coincides."""
        names = list(self.incidence)
        products = self.expectations(names)
        sizes = [float((one.T @ one).power(2).sum()) for one in self.incidence.values()]
        # The residual comes first, for what repeats nothing is the residual.
        order = [len(names) - 1, *range(len(names) - 1)]
        kept: list[int] = []
        aliases: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
        for place in order:
            if products[place, place] <= _LEAST_SHARE * sizes[place]:
                aliases[names[place]] = ("the fixed design",)
                continue
            among = products[np.ix_(kept, kept)]
            weights = np.linalg.solve(among, products[kept, place]) if kept else np.empty(0)
            left = products[place, place] - weights @ products[kept, place]
            if left <= _LEAST_SHARE * products[place, place]:
                same = [names[k] for k, w in zip(kept, weights, strict=True) if abs(w) > 1e-6]
                aliases[names[place]] = tuple(same)
            else:
                kept.append(place)
        return {names[place] for place in kept}, aliases


def incidence(codes: Whole) -> sparse.csr_array:
    """One column for each level, with a 1 in the rows that are at it."""
    n = len(codes)
    shape = (n, int(codes.max(initial=-1)) + 1)
    return sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=shape)


def _limits(
    projected: _Projected, names: Sequence[str], fitted: tuple[Real, Real], alpha: float
) -> list[tuple[float, float | None]]:
    """Lower and upper limit of every variance."""
    solver, estimates = fitted
    scales = np.sqrt(np.maximum(estimates, 0))
    forms = _forms(projected, names, solver)
    largest = float(np.abs(estimates).max(initial=0.0))
    found: list[tuple[float, float | None]] = []
    for place, estimate in enumerate(estimates):
        form, others = forms[place], np.delete(scales, place)
        apart = np.delete(np.arange(len(names)), place)
        rest = np.einsum("ijs,i,j->s", form[np.ix_(apart, apart)], others, others)
        mixed = 2 * np.einsum("is,i->s", form[apart, place], others)
        polynomial = (rest, mixed, form[place, place])
        start = np.sqrt(largest) or 1.0
        low = _reached(polynomial, float(estimate), 1 - alpha / 2, start)
        high = _reached(polynomial, float(estimate), alpha / 2, start)
        found.append((0.0 if low is None else low**2, None if high is None else high**2))
    return found


def _forms(projected: _Projected, names: Sequence[str], solver: Real) -> Real:
    """The estimate of variance k in a sample as a quadratic form of the terms' scales.

    Returns:
        Shape (terms, terms, terms, samples).
    """
    generator = np.random.Generator(np.random.Philox(_SEED))
    found = np.empty((len(names), len(names), len(names), SAMPLES))
    for first in range(0, SAMPLES, _AT_A_TIME):
        drawn = [
            projected.within(
                projected.incidence[name]
                @ generator.standard_normal((projected.levels(name), _AT_A_TIME))
            )
            for name in names
        ]
        squares = np.empty((len(names), len(names), len(names), _AT_A_TIME))
        for place, name in enumerate(names):
            sums = [projected.incidence[name].T @ one for one in drawn]
            for i, one in enumerate(sums):
                for j, other in enumerate(sums[: i + 1]):
                    squares[place, i, j] = squares[place, j, i] = np.sum(one * other, axis=0)
        found[..., first : first + _AT_A_TIME] = np.tensordot(solver, squares, axes=1)
    return found


def _reached(
    polynomial: tuple[Real, Real, Real], estimate: float, quantile: float, start: float
) -> float | None:
    """The scale at which a quantile of the estimates is what was estimated."""
    rest, mixed, own = polynomial

    def beyond(scale: float) -> float:
        estimates = rest + mixed * scale + own * scale**2
        return float(np.quantile(estimates, quantile)) - estimate

    if beyond(0.0) >= 0:
        return 0.0
    widest = start
    while beyond(widest) < 0:
        widest *= 2
        if widest > _WIDEST * start:
            return None
    return float(optimize.brentq(beyond, 0.0, widest, xtol=1e-9 * start))
