"""Does a dose-response have a tipping point? One break against a straight line."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_DOSES, _LEAST_BLOCKS = 4, 2
_ROUNDING = 1e-18
_SEED, _PERMUTATIONS, _RESAMPLES = 20260101, 999, 999
Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Form = Literal["jump", "bend"]


@dataclass(frozen=True, slots=True)
class Break:
    """The best single break in a line.

    Attributes:
        form: "jump", a change of level between two neighbouring doses; or "bend", a change of slope
            at a dose.
        at: the dose; of a jump the middle of the two between which it lies.
        between: the two doses of a jump; twice `at` of a bend.
        change: of the level, or of the slope per unit of dose, at the break.
        low: lower end of the bootstrap interval of `at`.
        high: its upper end.
        explained: share of the line's squared residuals that the break takes away.
        p: of that share under the line.
    """

    form: Form
    at: float
    between: tuple[float, float]
    change: float
    low: float
    high: float
    explained: float
    p: float


def one_break(
    doses: ArrayLike, values: ArrayLike, blocks: ArrayLike, alpha: float = 0.05
) -> Break | str:
    """The single break that leaves the least squares, tested against a straight line.

    Every block (a seed, for example) has a level of its own: all is measured within blocks. Each
    candidate has as many parameters as any other: the line, and a jump between two neighbouring
    doses or a bend at one between the ends. p permutes the residuals of the line within blocks and
    repeats the whole search (999 times, seed fixed), so that it has paid for the search. The
    interval resamples whole blocks (999 times, seed fixed), which keeps every dose as often as it
    was where blocks are complete.

    Args:
        doses: shape (n,).
        values: shape (n,).
        blocks: shape (n,), numbers or texts.
        alpha: the interval covers 1 - alpha.

    Returns:
        The break, or why none can be looked for.

    Sources: Hansen 2000, Econometrica 68(3):575-603 (threshold regression, search by least
        squares); Muggeo 2003, Statistics in Medicine 22(19):3055-3071 (bends); Andrews 1993,
        Econometrica 61(4):821-856 (the supremum as statistic); Freedman & Lane 1983, Journal of
        Business & Economic Statistics 1(4):292-298 (permuting residuals).
    """
    x, y, of, levels = _ordered(doses, values, blocks)
    if len(levels) < LEAST_DOSES:
        return f"{len(levels)} shares, and a break needs {LEAST_DOSES}"
    if of.max(initial=-1) + 1 < _LEAST_BLOCKS:
        return f"a single pair of runs, and a break needs {_LEAST_BLOCKS}"
    search = _Search.over(x, of, levels)
    even, generator = np.ones_like(x), np.random.Generator(np.random.PCG64(_SEED))
    own = search.off_the_line(search.within(y), even)
    gains, more = search.gains(own, even)
    best = _first_best(gains)
    if own @ own <= _ROUNDING * max(1.0, float(y @ y)):
        explained, p = 0.0, 1.0
    else:
        explained = float(gains[best] / (own @ own))
        p = _p(search, own, explained, generator)
    low, high = np.quantile(_resampled(search, y, generator), [alpha / 2, 1 - alpha / 2])
    form, place, between = search.candidates[best]
    change = float(more[best] @ own / (more[best] @ more[best]))
    return Break(form, place, between, change, float(low), float(high), explained, p)


_Candidate = tuple[Form, float, tuple[float, float]]


@dataclass(frozen=True)
class _Search:
    """All candidates over fixed doses and blocks.

    Attributes:
        of: shape (n,), the number of each value's block.
        straight: shape (n,), doses within blocks.
        candidates: form, place and the doses that it lies between.
        columns: shape (candidates, n), the regressor that each adds to the line, within blocks.
    """

    of: Whole
    straight: Real
    candidates: tuple[_Candidate, ...]
    columns: Real

    @classmethod
    def over(cls, x: Real, of: Whole, levels: Real) -> "_Search":
        found: list[tuple[_Candidate, Real]] = []
        for left, right in pairwise(levels.tolist()):
            found.append((("jump", (left + right) / 2, (left, right)), (x > left).astype(x.dtype)))
        for level in levels[1:-1].tolist():
            found.append((("bend", level, (level, level)), np.maximum(x - level, 0)))
        columns = np.array([_within(column, of) for _, column in found])
        return cls(of, _within(x, of), tuple(candidate for candidate, _ in found), columns)

    def within(self, values: Real) -> Real:
        """Without the mean of the block, all of whose values weigh the same."""
        return _within(values, self.of)

    def off_the_line(self, values: Real, weights: Real) -> Real:
        """What the straight line leaves of values, shape (..., n), by weighted least squares."""
        weighted = self.straight * weights
        slope = (values @ weighted) / (self.straight @ weighted)
        return np.asarray(values - slope[..., None] * self.straight, dtype=np.float64)

    def gains(self, residuals: Real, weights: Real) -> tuple[Real, Real]:
        """Squares that each candidate takes off the line's residuals, and its own such residuals.

        Args:
            residuals: shape (..., n), of the line.
            weights: shape (n,).

        Returns:
            Shapes (..., candidates) and (candidates, n).
        """
        more = self.off_the_line(self.columns, weights)
        sizes = (more * more) @ weights
        known = sizes > _ROUNDING
        shared = residuals @ (more * weights).T
        gains = np.divide(shared**2, sizes, out=np.zeros_like(shared), where=known)
        return gains, more


def _within(values: Real, of: Whole) -> Real:
    means = np.bincount(of, weights=values) / np.bincount(of)
    return np.asarray(values - means[of], dtype=np.float64)


def _first_best(gains: Real) -> int:
    """The candidate of the largest gain, the first of those that differ by rounding only."""
    return int(np.flatnonzero(gains >= gains.max() * (1 - 1e-9))[0])


def _p(search: _Search, own: Real, explained: float, generator: np.random.Generator) -> float:
    """Share of permutations of the line's residuals in which a break explains as much."""
    drawn = np.tile(own, (_PERMUTATIONS, 1))
    for block in range(int(search.of.max()) + 1):
        places = np.flatnonzero(search.of == block)
        drawn[:, places] = generator.permuted(drawn[:, places], axis=1)
    even = np.ones_like(own)
    drawn = search.off_the_line(drawn, even)
    totals = (drawn * drawn).sum(axis=1)
    best = search.gains(drawn, even)[0].max(axis=1)
    reached = np.divide(best, totals, out=np.zeros_like(best), where=totals > _ROUNDING)
    return (1 + int((reached >= explained - 1e-9).sum())) / (1 + _PERMUTATIONS)


def _resampled(search: _Search, y: Real, generator: np.random.Generator) -> list[float]:
    """The place of the break in each resample of the blocks; a block counts as often as drawn."""
    blocks, own = int(search.of.max()) + 1, search.within(y)
    found = []
    for counts in generator.multinomial(blocks, np.full(blocks, 1 / blocks), _RESAMPLES):
        weights = counts.astype(np.float64)[search.of]
        gains, _ = search.gains(search.off_the_line(own, weights), weights)
        found.append(search.candidates[_first_best(gains)][1])
    return found


def _ordered(
    doses: ArrayLike, values: ArrayLike, blocks: ArrayLike
) -> tuple[Real, Real, Whole, Real]:
    """Doses, values and numbers of blocks in an order that does not depend on the rows'."""
    x, y = np.asarray(doses, dtype=np.float64), np.asarray(values, dtype=np.float64)
    of = np.unique(np.asarray(blocks), return_inverse=True)[1].astype(np.int64)
    order = np.lexsort((y, x, of))
    return x[order], y[order], of[order], np.unique(x)
