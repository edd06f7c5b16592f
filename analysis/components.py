"""How much of a metric varies between what: persons, wordings, scenarios, runs.

A row is one character's mean in one run. What the design fixes, arm and member of the population,
is taken out; the rest is parted into variances by `analysis.moments`. Of these the interactions
with the arm are what blurs a contrast: where persons, wordings or runs are shared by both arms,
what they have in common drops out of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import polars as pl

from analysis.errors import AnalysisError
from analysis.folder import Folder
from analysis.metrics import METRICS, known
from analysis.metrics import metric as metric_named
from analysis.moments import Moment, Whole, fit
from analysis.outcomes import Declared
from analysis.samples import MIXES, PERSONAL, observed

LABELS: Mapping[str, str] = {
    "scenario": "scenario",
    "scenario_arm": "scenario x arm",
    "wording": "wording",
    "wording_arm": "wording x arm",
    "persona": "persona",
    "persona_arm": "persona x arm",
    "text": "text of a persona",
    "persona_wording": "persona x wording",
    "run": "seed",
    "run_arm": "seed x arm",
    "residual": "residual",
}
"""Every component by its key, as it is shown; other factors of the design come beside these."""
_LEVELS: Mapping[str, Sequence[str]] = {
    "scenario": ("in scenario",),
    "scenario_arm": ("in scenario", "arm"),
    "wording": ("in scenario", "in wording"),
    "wording_arm": ("in scenario", "in wording", "arm"),
    "persona": ("person",),
    "persona_arm": ("person", "member", "arm"),
    "text": ("person", "paraphrase"),
    "persona_wording": ("person", "member", "arm", "in scenario", "in wording"),
    "run": ("pair",),
    "run_arm": ("pair", "arm"),
}
_LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Component:
    """One variance component.

    Attributes:
        component: key, of LABELS or the name of a further factor.
        label: as it is shown.
        variance: unbiased estimate, in squares of the metric's unit; negative where less varies
            than chance alone would; None where it cannot be told from others.
        low: lower end of the interval.
        high: upper end; None where no value is too large.
        share: of the sum of all variances, negative ones counted as 0; None without variance.
        units: levels that were observed.
        within: components that it cannot be told from.
    """

    component: str
    label: str
    variance: float | None
    low: float | None
    high: float | None
    share: float | None
    units: int
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Components:
    """All components of one metric.

    Attributes:
        metric: name.
        by: the factor whose levels are the arms.
        arms: its levels.
        n: characters in runs that the variances are of.
        left_out: characters in runs without a persona, whose moves are scripted.
        found: the components; those with a single level are not among them.
    """

    metric: str
    by: str
    arms: tuple[str, ...]
    n: int
    left_out: int
    found: tuple[Component, ...]

    def variance(self, component: str) -> float | None:
        """One of them; None where it is not known here."""
        known = {one.component: one.variance for one in self.found}
        return known.get(component)


def components(
    folder: Folder,
    metric: str,
    by: str = "population",
    alpha: float = 0.05,
    arms: Sequence[str] | None = None,
) -> Components:
    """The variance components of a metric, as observed in a folder.

    Args:
        folder: the experiment.
        metric: one that is measured for agents.
        by: a factor of the design or a coordinate; its levels are the arms.
        alpha: intervals cover 1 - alpha.
        arms: only these levels; None for all.

    Raises:
        UnknownNameError: no metric or factor of that name.
        AnalysisError: a metric of whole runs, or too few values.
    """
    check_metric(metric, known(folder))
    others = [name for name in _others(folder, by) if folder.metadata[name].n_unique() > 1]
    seen = observed(folder, [by, *others], metric).rename({by: "arm"})
    seen = seen.filter(pl.col("arm").is_not_null())
    if arms is not None:
        seen = seen.filter(pl.col("arm").is_in(list(arms)))
    rows = seen.filter(pl.col("person").is_not_null())
    # Sums must not depend on the order of rows.
    rows = rows.select(sorted(rows.columns)).sort(pl.all())
    if len(rows) < _LEAST_ROWS:
        raise AnalysisError(
            f"{folder.path}: {metric!r} has {len(rows)} values of characters with a persona;"
            f" variances need at least {_LEAST_ROWS}"
        )
    codes = {**term_codes(rows), **{name: _codes(rows, (name,)) for name in others}}
    varied = {name: code for name, code in codes.items() if code.max() > 0}
    found = fit(rows["value"].to_numpy(), _codes(rows, ("arm", "member")), varied, alpha)
    levels = tuple(rows["arm"].unique().sort().to_list())
    return Components(metric, by, levels, len(rows), len(seen) - len(rows), _shared(found))


def check_metric(name: str, among: Mapping[str, Declared] = METRICS) -> None:
    """Refuse a metric that says nothing of single characters.

    Raises:
        UnknownNameError: no such metric; names the nearest.
        AnalysisError: it is one of whole runs.
    """
    if "agent" not in metric_named(name, among).scopes:
        raise AnalysisError(
            f"{name!r} is a metric of whole runs, and variances between personas need one of agents"
        )


def term_codes(rows: pl.DataFrame) -> dict[str, Whole]:
    """The level of every component in every row, numbered from 0; the residual is not among them.

    Args:
        rows: columns arm, member, person, paraphrase, "in scenario", "in wording", pair.
    """
    return {name: _codes(rows, levels) for name, levels in _LEVELS.items()}


def _others(folder: Folder, by: str) -> list[str]:
    """Factors that are neither the arm nor told by the population, scenario or wording."""
    apart = {by, "scenario", "wording", *(MIXES if by in PERSONAL else ())}
    return [name for name in folder.factors if name not in apart]


def _codes(rows: pl.DataFrame, levels: Sequence[str]) -> Whole:
    """Numbers from 0 for the combinations of levels, in their order."""
    told = [pl.col(name).cast(pl.String).fill_null("") for name in levels]
    combined = rows.select(level=pl.concat_str(told, separator="\x1f"))["level"].to_numpy()
    return np.unique(combined, return_inverse=True)[1].astype(np.int64)


def _shared(found: Sequence[Moment]) -> tuple[Component, ...]:
    total = fsum(max(one.variance or 0.0, 0.0) for one in found)
    return tuple(
        Component(
            component=one.name,
            label=LABELS.get(one.name, one.name),
            variance=one.variance,
            low=one.low,
            high=one.high,
            share=None if one.variance is None or not total else max(one.variance, 0.0) / total,
            units=one.units,
            within=tuple(LABELS.get(name, name) for name in one.within),
        )
        for one in found
    )
