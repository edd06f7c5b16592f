"""What exact distributions gain: the variance of expected cooperation beside that of drawn choices.

Expected cooperation has the mean of the drawn rate and leaves out the noise of the draw. How many
times more runs the drawn rate would need for an interval of the same width is the ratio of the two
squared standard errors over runs (the relative efficiency of estimators with one mean; Lehmann &
Casella 1998, Theory of Point Estimation, section 6.2). Both are taken of the same runs, scenario by
scenario. In games with memory the draws of earlier rounds move what is asked later, so that part
of the noise stays in both.
"""

from dataclasses import dataclass, replace
from itertools import combinations

from analysis.estimator import Sample, difference, mean
from analysis.folder import Folder
from analysis.samples import Samples, levels, samples
from analysis.statistics import Estimate

EXACT, DRAWN = "expected_cooperation", "cooperation_rate"
"""The two metrics of the same choices."""


@dataclass(frozen=True, slots=True)
class Gain:
    """Precision of one level, or of one contrast, by both metrics; what is undefined is None.

    Attributes:
        a: the level.
        b: the level that is subtracted; "" for the mean of a.
        exact_variance: squared standard error over runs of expected cooperation.
        drawn_variance: of the drawn rate.
        efficiency: drawn over exact, how many times more runs the drawn rate would need; None
            where expected cooperation does not vary at all.
        n: runs, or pairs, in which both are defined.
    """

    a: str
    b: str
    exact_variance: float | None
    drawn_variance: float | None
    efficiency: float | None
    n: int


def gains(folder: Folder, by: str) -> list[Gain]:
    """Gains of every level, then of every pair of levels; none where one metric is undefined.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.

    Raises:
        UnknownNameError: no such factor.
        AnalysisError: fewer than two levels.
    """
    found, values = levels(folder, by), samples(folder.narrowed([EXACT, DRAWN]), by)
    if not any((EXACT, level) in values for level in found):
        return []
    means = [gain(values, level) for level in found]
    return [*means, *(gain(values, a, b) for a, b in combinations(found, 2))]


def gain(values: Samples, a: str, b: str = "") -> Gain:
    """The gain in the mean of a level, or in the contrast of two.

    Args:
        values: samples of both metrics.
        a: a level.
        b: the level to subtract; "" for none.
    """
    first = _both(values, a)
    second = _both(values, b) if b else (None, None)
    exact, drawn = (_over_runs(*sides) for sides in zip(first, second, strict=True))
    return Gain(
        a=a,
        b=b,
        exact_variance=_square(exact.standard_error),
        drawn_variance=_square(drawn.standard_error),
        efficiency=_ratio(_square(exact.standard_error), _square(drawn.standard_error)),
        n=exact.n,
    )


def _over_runs(first: Sample, second: Sample | None) -> Estimate:
    """Alpha and matching have no part in a standard error over runs."""
    if second is None:
        return mean(first).over_runs
    return difference(first, second, 0.05, matched=False).over_runs


def _square(error: float | None) -> float | None:
    return None if error is None else error**2


def _both(values: Samples, level: str) -> tuple[Sample, Sample]:
    """Both metrics at a level, in the runs in which both are defined."""
    exact, drawn = (values.get((name, level), Sample()) for name in (EXACT, DRAWN))
    shared = exact.runs.keys() & drawn.runs.keys()
    first, second = (
        replace(one, runs={key: one.runs[key] for key in shared}) for one in (exact, drawn)
    )
    return first, second


def _ratio(exact: float | None, drawn: float | None) -> float | None:
    return drawn / exact if exact and drawn is not None else None
