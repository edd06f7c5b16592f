"""Contrasts between the levels of a factor, with the wider of two intervals.

The unit is the run. Runs that share seed and all other factors are paired, since they were played
with common random numbers; where fewer than two such pairs exist, the levels are compared as
independent samples. Beside that stands the standard error over personas, since runs that repeat a
persona repeat its contexts: levels played by the same personas are paired by persona, others are
not. A level with fewer than `LEAST_PERSONAS` personas adds nothing to it: a claim about that level
is a claim about those personas only. The wider interval is the one that is given, with its p.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder
from analysis.metrics import METRICS, metric
from analysis.samples import COORDINATES, PERSONAL, Sample, levels, samples, scenarios
from analysis.statistics import (
    Estimate,
    benjamini_hochberg,
    hedges_g,
    holm,
    interval,
    mean_interval,
    satterthwaite,
    welch,
)
from scenarios.catalogue import nearest

LEAST_PERSONAS = 3
"""Fewer personas than this say nothing about personas in general."""
_LEAST_PAIRS = 2


@dataclass(frozen=True, slots=True)
class Contrast:
    """One metric at two levels; what cannot be computed is None.

    Attributes:
        metric: name.
        a: first level.
        b: second level.
        scenario: the one scenario it is about, None where several are pooled.
        estimate: a minus b.
        low: lower end of the interval.
        high: upper end.
        p: two-sided.
        p_adjusted: by Holm among primary contrasts, by Benjamini-Hochberg among the others.
        n: pairs used, or runs of both levels where unpaired.
        n_a: replicates of a with a defined value.
        n_b: replicates of b with a defined value.
        effect_size: Hedges' g, by the pooled standard deviation between replicates.
        paired: whether by common random numbers.
        cluster: whose standard error made the interval.
        run_error: standard error over runs.
        persona_error: standard error over personas.
        personas_a: personas of a.
        personas_b: personas of b.
        family: "primary" where the experiment file declared it, else "secondary".
    """

    metric: str
    a: str
    b: str
    scenario: str | None
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    n: int
    n_a: int
    n_b: int
    effect_size: float | None
    paired: bool
    cluster: Literal["run", "persona"]
    run_error: float | None
    persona_error: float | None
    personas_a: int
    personas_b: int
    family: Literal["primary", "secondary"]


def compare(
    folder: Folder,
    by: str,
    metrics: Sequence[str] | None = None,
    baseline: str | None = None,
    *,
    per_scenario: bool = False,
) -> list[Contrast]:
    """Contrasts between every pair of levels, or of each level with a baseline.

    Args:
        folder: the experiment.
        by: a factor of the design, or identity, affect, stance or persona.
        metrics: names; None for all that are defined somewhere.
        baseline: the level that becomes `b` of every contrast; None for every pair.
        per_scenario: also each scenario by itself, after the pooled contrast.

    Returns:
        In order of metric, scenario (pooled first), levels.

    Raises:
        UnknownNameError: no factor, metric or level of that name; names the nearest.
        AnalysisError: nothing to compare.
    """
    pairs = _pairs(folder, by, baseline)
    played = scenarios(folder)
    pooled = played[0] if len(played) == 1 else None
    asked = [pooled, *(played if per_scenario and len(played) > 1 and by != "scenario" else ())]
    values = {scenario: samples(folder, by, scenario) for scenario in asked}
    declared = _declared(folder)
    found = [
        replace(
            contrast(values[scenario], (name, *pair), declared.alpha, matched=by not in PERSONAL),
            scenario=scenario,
            family=declared.family(name, pair) if scenario == pooled else "secondary",
        )
        for name in _names(by, metrics, {name for name, _ in values[pooled]})
        for scenario in asked
        for pair in pairs
    ]
    # A metric that a scenario does not have is no contrast of that scenario.
    return list(_adjusted([one for one in found if one.scenario == pooled or one.n_a or one.n_b]))


def _pairs(folder: Folder, by: str, baseline: str | None) -> list[tuple[str, str]]:
    found = levels(folder, by)
    if baseline is None:
        return list(combinations(found, 2))
    if baseline not in found:
        hint = nearest(baseline, dict.fromkeys(found))
        raise UnknownNameError(f"{folder.path}: {by!r} has no level {baseline!r}{hint}")
    return [(level, baseline) for level in found if level != baseline]


def _names(by: str, metrics: Sequence[str] | None, defined: set[str]) -> list[str]:
    """Names of the metrics to compare, in the order given or declared."""
    if metrics is None:
        return [name for name in METRICS if name in defined]
    for name in metrics:
        if by in COORDINATES and "agent" not in metric(name).scopes:
            raise AnalysisError(
                f"{name!r} is a metric of whole runs and cannot be told apart by {by!r};"
                " compare it by a factor of the design"
            )
        metric(name)
    return list(dict.fromkeys(metrics))


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the experiment file fixed before the runs."""

    alpha: float
    primary: frozenset[str]
    contrasts: frozenset[frozenset[str]]

    def family(self, name: str, pair: tuple[str, str]) -> Literal["primary", "secondary"]:
        wanted = not self.contrasts or frozenset(pair) in self.contrasts
        return "primary" if name in self.primary and wanted else "secondary"


def _declared(folder: Folder) -> _Declared:
    plan: Mapping[str, Any] = folder.experiment.get("analysis", {})
    primary = plan.get("primary", ())
    return _Declared(
        alpha=float(plan.get("alpha", 0.05)),
        primary=frozenset([primary] if isinstance(primary, str) else primary),
        contrasts=frozenset(frozenset(pair) for pair in plan.get("contrasts", ())),
    )


def contrast(
    values: Mapping[tuple[str, str], Sample],
    which: tuple[str, str, str],
    alpha: float,
    *,
    matched: bool,
) -> Contrast:
    """One contrast, not yet adjusted.

    Args:
        values: samples by metric and level.
        which: metric, a, b.
        alpha: the interval covers 1 - alpha.
        matched: whether both levels are played by the same personas.
    """
    name, a, b = which
    first, second = values.get((name, a), Sample()), values.get((name, b), Sample())
    shared = sorted(first.runs.keys() & second.runs.keys())
    paired = len(shared) >= _LEAST_PAIRS
    one = [first.runs[key] for key in shared] if paired else list(first.runs.values())
    other = [second.runs[key] for key in shared] if paired else list(second.runs.values())
    by_run = (
        mean_interval([x - y for x, y in zip(one, other, strict=True)], alpha)
        if paired
        else welch(one, other, alpha)
    )
    by_persona = _over_personas(first, second, by_run, alpha, matched=matched)
    wider = by_persona if _width(by_persona) > _width(by_run) else by_run
    return Contrast(
        metric=name,
        a=a,
        b=b,
        scenario=None,
        estimate=by_run.value,
        low=wider.low,
        high=wider.high,
        p=wider.p,
        p_adjusted=None,
        n=by_run.n,
        n_a=len(first.runs),
        n_b=len(second.runs),
        effect_size=hedges_g(one, other),
        paired=paired,
        cluster="persona" if wider is by_persona else "run",
        run_error=by_run.standard_error,
        persona_error=by_persona.standard_error,
        personas_a=len(first.personas),
        personas_b=len(second.personas),
        family="secondary",
    )


def _over_personas(
    first: Sample, second: Sample, by_run: Estimate, alpha: float, *, matched: bool
) -> Estimate:
    """The same estimate with its standard error over personas."""
    nothing = replace(by_run, low=None, high=None, p=None, standard_error=None)
    shared = sorted(first.personas.keys() & second.personas.keys())
    if by_run.value is None:
        return nothing
    if matched and len(shared) >= LEAST_PERSONAS:
        parts = [mean_interval([first.personas[who] - second.personas[who] for who in shared])]
    else:
        parts = [
            mean_interval(list(sample.personas.values()))
            for sample in (first, second)
            if len(sample.personas) >= LEAST_PERSONAS
        ]
    if not parts:
        return nothing
    variances = [(part.standard_error or 0.0) ** 2 for part in parts]
    degrees = satterthwaite(variances, [part.n - 1 for part in parts])
    error = float(sum(variances)) ** 0.5
    return interval(by_run.value, error, degrees, by_run.n, (alpha, 1.0))


def _width(estimate: Estimate) -> float:
    if estimate.low is None or estimate.high is None:
        return -1.0
    return estimate.high - estimate.low


def _adjusted(found: Sequence[Contrast]) -> Iterator[Contrast]:
    corrections = {"primary": holm, "secondary": benjamini_hochberg}
    adjusted = {
        family: iter(correct([one.p for one in found if one.family == family]))
        for family, correct in corrections.items()
    }
    for one in found:
        yield replace(one, p_adjusted=next(adjusted[one.family]))
