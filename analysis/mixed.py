"""Crossed random effects for decisions: a sensitivity analysis beside the contrasts.

Every decided answer is cooperative or not. Its log-odds are those of its level, plus an intercept
of its scenario, its wording within the scenario, its person and its run, and of each of these at
its level, which are random slopes of the level: without them intervals are too narrow where effects
differ between scenarios or persons (Barr, Levy, Scheepers & Tily 2013, Journal of Memory and
Language 68(3):255-278; Baayen, Davidson & Bates 2008, the same 59(4):390-412). Equal rows are
counted first, one cell a character and run, so that the size of the model is that of the design.

The average difference in probability standardises over the same random effects for both levels:
each level's probability is averaged over persons, wordings, scenarios and runs like these
(g-computation; Snowden, Rose & Mortimer 2011, American Journal of Epidemiology 173(7):731-738).

With exact distributions the sums of probabilities take the place of counts (a quasi-likelihood,
Papke & Wooldridge 1996, Journal of Applied Econometrics 11(6):619-632); intervals then are too
wide, since the noise of a draw is assumed that is not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy import special

from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder
from analysis.laplace import Cells, Posterior, fit
from analysis.placed import placed
from analysis.samples import levels
from analysis.tallies import counts
from scenarios.catalogue import nearest

Real = NDArray[np.float64]
ROLE = "a sensitivity analysis: the interval of `society compare` decides"
FEW = 5
"""Below so many groups the prior has a say in how wide an interval is."""
_LEAST_POINTS, _NODES = 30.0, 20
_LEVELS = "level"
_GROUPINGS = ("scenario", "wording", "person", "run")


@dataclass(frozen=True, slots=True)
class Between:
    """Level a against level b: medians with equal-tailed intervals.

    Attributes:
        a: first level.
        b: second level.
        log_odds: difference of the log-odds, a minus b.
        low: lower end of its interval.
        high: upper end.
        difference: average difference in probability.
        difference_low: lower end of its interval.
        difference_high: upper end.
    """

    a: str
    b: str
    log_odds: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation of random intercepts, in log-odds.

    Attributes:
        grouping: "scenario", "wording", "person", "run", or one of these "at level".
        groups: how many.
        sd: median.
        low: lower end of its interval.
        high: upper end.
    """

    grouping: str
    groups: int
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mixed:
    """A fitted model.

    Attributes:
        metric: what was counted.
        by: the factor.
        contrasts: of every pair of levels, or of each with the baseline.
        spreads: of the random intercepts.
        left_out: groupings that cannot be told from another one or from the levels.
        warnings: what speaks against trusting the fit; empty where nothing does.
        answers: decided answers, or exact distributions.
        cells: rows after counting.
        runs: that they come from.
        role: what it is for.
    """

    metric: str
    by: str
    contrasts: tuple[Between, ...]
    spreads: tuple[Spread, ...]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    answers: int
    cells: int
    runs: int
    role: str = ROLE


def mixed(
    folder: Folder, by: str, metric: str = "cooperation_rate", baseline: str | None = None
) -> Mixed:
    """The model of one metric with the levels of one factor.

    Args:
        folder: the experiment; of one member only where it is focused.
        by: a factor of the design or a coordinate.
        metric: a key of `analysis.tallies.COUNTED`.
        baseline: the level that becomes `b` of every contrast; None for every pair.

    Raises:
        UnknownNameError: no such factor or level.
        AnalysisError: another metric, or fewer than two levels with an answer.
    """
    alpha = float(folder.experiment.get("analysis", {}).get("alpha", 0.05))
    every = levels(folder, by)
    rows = _rows(folder, by, metric)
    found = [level for level in every if (rows["level"] == level).any()]
    if len(found) < 2:
        raise AnalysisError(
            f"{folder.path}: {metric!r} is defined at {len(found)} levels of {by!r}; a model needs"
            " two"
        )
    if baseline is not None and baseline not in found:
        hint = nearest(baseline, dict.fromkeys(found))
        raise UnknownNameError(f"{folder.path}: {by!r} has no level {baseline!r}{hint}")
    groupings, left_out = _groupings(rows)
    posterior = fit(_cells(rows, found, groupings))
    pairs = combinations(found, 2) if baseline is None else _against(found, baseline)
    return Mixed(
        metric=metric,
        by=by,
        contrasts=tuple(_contrasts(posterior, found, pairs, alpha)),
        spreads=tuple(_spreads(posterior, groupings, alpha)),
        left_out=left_out,
        warnings=tuple(_warnings(posterior, rows, groupings)),
        answers=int(rows["known"].sum()),
        cells=len(rows),
        runs=rows["run"].n_unique(),
    )


def _rows(folder: Folder, by: str, metric: str) -> pl.DataFrame:
    """level, the groupings, total, known; in a fixed order."""
    counted = counts(folder, metric).filter(pl.col("known") > 0)
    rows = counted.join(placed(folder, by), on=["run_id", "agent"])
    where = pl.concat_str("scenario", "wording", separator="\x1f")
    keys = [_LEVELS, *_GROUPINGS]
    return (
        rows.with_columns(wording=where, run="run_id")
        .group_by(keys)
        .agg(pl.col("total").sort().sum(), pl.col("known").sum())
        .sort(keys)
    )


def _groupings(rows: pl.DataFrame) -> tuple[dict[str, pl.Series], tuple[str, ...]]:
    """Groups of every row by grouping, and what was left out because it says nothing new."""
    at_level = pl.concat_str(_LEVELS, pl.col("group"), separator="\x1f")
    kept: dict[str, pl.Series] = {}
    left_out = []
    for name in _GROUPINGS:
        named = rows.select(_LEVELS, group=name)
        for title, groups in (
            (name, named["group"]),
            (f"{name} at level", named.select(at_level.alias("group"))["group"]),
        ):
            alone = _pairs(groups, rows[_LEVELS]) == rows[_LEVELS].n_unique()
            same = any(_is_same(groups, other) for other in kept.values())
            if groups.n_unique() < 2 or alone or same:
                left_out.append(title)
            else:
                kept[title] = groups
    return kept, tuple(left_out)


def _is_same(one: pl.Series, other: pl.Series) -> bool:
    """Whether two groupings part the rows in the same way."""
    return _pairs(one, other) == one.n_unique() == other.n_unique()


def _pairs(one: pl.Series, other: pl.Series) -> int:
    return pl.DataFrame({"one": one, "other": other}).n_unique()


def _cells(rows: pl.DataFrame, found: Sequence[str], groupings: Mapping[str, pl.Series]) -> Cells:
    fixed = np.stack([(rows[_LEVELS] == level).to_numpy() for level in found], axis=1)
    return Cells(
        rows["total"].to_numpy(),
        rows["known"].to_numpy().astype(np.float64),
        fixed.astype(np.float64),
        {
            name: groups.rank("dense").cast(pl.Int64).to_numpy() - 1
            for name, groups in groupings.items()
        },
    )


def _against(found: Sequence[str], baseline: str) -> Iterator[tuple[str, str]]:
    return ((level, baseline) for level in found if level != baseline)


def _contrasts(
    posterior: Posterior,
    found: Sequence[str],
    pairs: Iterator[tuple[str, str]],
    alpha: float,
) -> Iterator[Between]:
    averages = averaged(posterior)
    for a, b in pairs:
        i, j = found.index(a), found.index(b)
        log_odds = _told(posterior.beta[:, i] - posterior.beta[:, j], alpha)
        yield Between(a, b, *log_odds, *_told(averages[:, i] - averages[:, j], alpha))


def averaged(posterior: Posterior) -> Real:
    """Probability of every effect averaged over the random intercepts; shape (draws, effects)."""
    nodes, weights = hermegauss(_NODES)
    spread = np.sqrt((posterior.sds**2).sum(axis=1))
    odds = posterior.beta[:, :, None] + spread[:, None, None] * nodes
    return np.asarray(special.expit(odds) @ (weights / weights.sum()))


def _spreads(
    posterior: Posterior, groupings: Mapping[str, pl.Series], alpha: float
) -> Iterator[Spread]:
    for place, (name, groups) in enumerate(groupings.items()):
        yield Spread(name, groups.n_unique(), *_told(posterior.sds[:, place], alpha))


def _told(draws: Real, alpha: float) -> tuple[float, float, float]:
    """Median, lower and upper end."""
    middle, low, high = np.quantile(draws, [0.5, alpha / 2, 1 - alpha / 2])
    return float(middle), float(low), float(high)


def _warnings(
    posterior: Posterior, rows: pl.DataFrame, groupings: Mapping[str, pl.Series]
) -> Iterator[str]:
    if not posterior.is_converged:
        yield "the most likely spreads were not found: do not use these numbers"
    if posterior.effective < _LEAST_POINTS:
        yield (
            f"the {posterior.points} points of the spreads are worth {posterior.effective:.0f}:"
            " intervals are rough"
        )
    few = [name for name, groups in groupings.items() if groups.n_unique() < FEW]
    if few:
        yield f"fewer than {FEW} groups of {', '.join(few)}: the prior has a say in the intervals"
    shares = rows.group_by(_LEVELS).agg(pl.col("total").sum() / pl.col("known").sum())
    for level, share in shares.sort(_LEVELS).iter_rows():
        if share in (0.0, 1.0):
            yield f"{level!r} always does the same: its log-odds are held by the prior alone"
