"""What stands beside a contrast: other intervals and ps, and what missing answers could do.

None of them replaces the interval that is given; where they disagree with it, that is worth saying.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis import resampling
from analysis.bounds import BOUNDED, ends, worst_case
from analysis.contrasts import Contrast, is_matched
from analysis.estimator import Sample, is_paired
from analysis.folder import Folder
from analysis.samples import samples


@dataclass(frozen=True, slots=True)
class Worst:
    """What missing answers could do to one contrast; None where its metric has no worst case.

    Attributes:
        missing_a: answers that are missing at a.
        missing_b: at b.
        worst_low: least difference that the missing answers allow, with its own sampling error.
        worst_high: greatest.
    """

    missing_a: int | None = None
    missing_b: int | None = None
    worst_low: float | None = None
    worst_high: float | None = None


@dataclass(frozen=True, slots=True)
class Resampled:
    """Other ways to one contrast's interval and p, over runs alone; None where undefined.

    Attributes:
        p_permutation: sign flips of pairs, or splits of runs.
        bca_low: lower end of the BCa bootstrap.
        bca_high: upper end.
        studentised_low: lower end of the bootstrap-t.
        studentised_high: upper end.
    """

    p_permutation: float | None = None
    bca_low: float | None = None
    bca_high: float | None = None
    studentised_low: float | None = None
    studentised_high: float | None = None


def worst(folder: Folder, by: str, found: Sequence[Contrast]) -> list[Worst]:
    """The worst cases of contrasts over all scenarios.

    Args:
        folder: the experiment.
        by: the factor that they are of.
        found: contrasts of `analysis.contrasts.compare`.
    """
    alpha, matched = _alpha(folder), is_matched(folder, by)
    names = dict.fromkeys(one.metric for one in found if one.metric in BOUNDED)
    cases = {name: (ends(folder, by, name), worst_case(folder, by, name)) for name in names}
    rows = []
    for one in found:
        if one.metric not in cases:
            rows.append(Worst())
            continue
        of, levels = cases[one.metric]
        bounds = of.contrast(one.a, one.b, alpha, matched=matched)
        missing = levels[one.a].missing, levels[one.b].missing
        rows.append(Worst(*missing, bounds.interval_low, bounds.interval_high))
    return rows


def resampled(folder: Folder, by: str, found: Sequence[Contrast]) -> list[Resampled]:
    """Permutation tests and bootstraps of contrasts over all scenarios.

    Args:
        folder: the experiment.
        by: the factor that they are of.
        found: contrasts of `analysis.contrasts.compare`.
    """
    values, alpha = samples(folder, by), _alpha(folder)
    sides = [
        [values.get((one.metric, level), Sample()) for level in (one.a, one.b)] for one in found
    ]
    return [_over_runs(first, second, alpha) for first, second in sides]


def _alpha(folder: Folder) -> float:
    return float(folder.experiment.get("analysis", {}).get("alpha", 0.05))


def _over_runs(first: Sample, second: Sample, alpha: float) -> Resampled:
    """Permutation p, BCa and bootstrap-t.

    Where scenarios have different numbers of runs their means are no plain means of runs, and there
    is none.
    """
    if is_paired(first, second):
        keys = sorted(first.runs.keys() & second.runs.keys())
        groups = [[first.runs[key] - second.runs[key] for key in keys]]
    else:
        groups = [[side.runs[key] for key in sorted(side.runs)] for side in (first, second)]
        keys = [key for side in (first, second) for key in sorted(side.runs)]
    scenarios = [key.scenario for key in keys]
    if len({scenarios.count(name) for name in set(scenarios)}) != 1:
        return Resampled()
    one, other = groups[0], groups[1] if len(groups) > 1 else None
    return Resampled(
        resampling.permutation_p(one, other),
        *resampling.bca(one, other, alpha),
        *resampling.studentised(one, other, alpha),
    )
