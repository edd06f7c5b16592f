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
class Checks:
    """Checks of one contrast; what cannot be computed is None.

    Attributes:
        p_permutation: over runs: sign flips of pairs, or splits of runs.
        bca_low: lower end of the BCa bootstrap over runs.
        bca_high: upper end.
        studentised_low: lower end of the bootstrap-t over runs.
        studentised_high: upper end.
        missing_a: answers that are missing at a.
        missing_b: at b.
        worst_low: least difference that the missing answers allow, with its own sampling error.
        worst_high: greatest.
    """

    p_permutation: float | None
    bca_low: float | None
    bca_high: float | None
    studentised_low: float | None
    studentised_high: float | None
    missing_a: int | None
    missing_b: int | None
    worst_low: float | None
    worst_high: float | None


def checks(folder: Folder, by: str, found: Sequence[Contrast]) -> list[Checks]:
    """Checks of contrasts over all scenarios.

    Args:
        folder: the experiment.
        by: the factor that they are of.
        found: contrasts of `analysis.contrasts.compare`.
    """
    values = samples(folder, by)
    alpha = float(folder.experiment.get("analysis", {}).get("alpha", 0.05))
    matched = is_matched(folder, by)
    worst = {
        name: (ends(folder, by, name), worst_case(folder, by, name))
        for name in dict.fromkeys(one.metric for one in found)
        if name in BOUNDED
    }
    rows = []
    for one in found:
        sides = [values.get((one.metric, level), Sample()) for level in (one.a, one.b)]
        over_runs = _over_runs(sides[0], sides[1], alpha)
        missing: tuple[int | None, int | None] = (None, None)
        bounds: tuple[float | None, float | None] = (None, None)
        if one.metric in worst:
            of, levels = worst[one.metric]
            told = of.contrast(one.a, one.b, alpha, matched=matched)
            bounds = told.interval_low, told.interval_high
            missing = levels[one.a].missing, levels[one.b].missing
        rows.append(Checks(*over_runs, *missing, *bounds))
    return rows


def _over_runs(
    first: Sample, second: Sample, alpha: float
) -> tuple[float | None, float | None, float | None, float | None, float | None]:
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
        return None, None, None, None, None
    one, other = groups[0], groups[1] if len(groups) > 1 else None
    return (
        resampling.permutation_p(one, other),
        *resampling.bca(one, other, alpha),
        *resampling.studentised(one, other, alpha),
    )
