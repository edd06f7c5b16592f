"""Contrasts between the levels of a factor, with an interval over situations and personas.

Runs that share seed and all other factors are paired, since they were played with common random
numbers; where fewer than two such pairs exist, the levels are compared as independent samples.
Estimate and intervals are those of `analysis.estimator`.

P-values are corrected over all pairs of levels of the factor, whatever is asked for or shown: by
Holm over the declared contrasts in all primary metrics, by Benjamini and Hochberg over the other
pairs of each metric (and scenario).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

from analysis.errors import AnalysisError, UnknownNameError
from analysis.estimator import Cluster, Estimation, Sample, difference, is_paired
from analysis.folder import Folder
from analysis.metrics import known, metric
from analysis.samples import COORDINATES, PERSONAL, levels, samples, scenarios
from analysis.statistics import benjamini_hochberg, hedges_g, holm
from scenarios.catalogue import nearest


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
        cluster: whose standard error made the interval and p.
        units: how many of these there were; of both levels where they are not paired.
        run_error: standard error over runs.
        persona_error: standard error over personas, or over texts where these are few.
        scenario_error: standard error over scenarios.
        wording_error: standard error over wordings.
        personas_a: personas of a.
        personas_b: personas of b.
        family: "primary" where the experiment file declared it, else "secondary".
        corrected_for: how many contrasts p was corrected for.
        p_equivalent: that the difference lies outside the declared smallest effect of interest;
            None where the metric's unit is not that of the declared primary one.
        registered: whether a lock declared it before the runs; else it is exploratory.
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
    cluster: Cluster
    units: int
    run_error: float | None
    persona_error: float | None
    scenario_error: float | None
    wording_error: float | None
    personas_a: int
    personas_b: int
    family: Literal["primary", "secondary"]
    corrected_for: int = 1
    p_equivalent: float | None = None
    registered: bool = False

    def turned(self) -> "Contrast":
        """The same contrast as b minus a."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            estimate=_minus(self.estimate),
            low=_minus(self.high),
            high=_minus(self.low),
            effect_size=_minus(self.effect_size),
            n_a=self.n_b,
            n_b=self.n_a,
            personas_a=self.personas_b,
            personas_b=self.personas_a,
        )


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


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
        folder: the experiment; of one member only where it is focused.
        by: a factor of the design, or identity, affect, stance or persona.
        metrics: names, the user's own among them; None for all that are defined somewhere.
        baseline: the level that becomes `b` of every contrast; None for every pair.
        per_scenario: also each scenario by itself, after the pooled contrast.

    Returns:
        In order of metric, scenario (pooled first), levels.

    Raises:
        UnknownNameError: no factor, metric or level of that name; names the nearest.
        AnalysisError: nothing to compare.
    """
    found = levels(folder, by)
    _check(folder, by, baseline, found)
    declared = _declared(folder)
    if metrics is not None:
        _check_metrics(folder, by, metrics)
        folder = folder.narrowed({*metrics, *declared.primary})
    played = scenarios(folder)
    pooled = played[0] if len(played) == 1 else None
    asked = [pooled, *(played if per_scenario and len(played) > 1 and by != "scenario" else ())]
    values = {scenario: samples(folder, by, scenario) for scenario in asked}
    defined = {name for name, _ in values[pooled]}
    shown = list(dict.fromkeys(metrics or (name for name in known(folder) if name in defined)))
    matched = is_matched(folder, by)
    every = [
        replace(
            contrast(
                values[scenario],
                (name, *pair),
                declared.alpha,
                matched=matched,
                sesoi=declared.margin(metric(name, known(folder)).unit),
            ),
            scenario=scenario,
            family=declared.family(name, pair) if scenario == pooled else "secondary",
        )
        for name in dict.fromkeys([*shown, *sorted(declared.primary)])
        for scenario in asked
        for pair in combinations(found, 2)
    ]
    # A metric that a scenario does not have is no contrast of that scenario.
    real = [one for one in every if one.scenario == pooled or one.n_a or one.n_b]
    if folder.lock.holds:
        real = [replace(one, registered=one.family == "primary") for one in real]
    facing = (one.turned() if one.a == baseline else one for one in _adjusted(real))
    return [one for one in facing if one.metric in shown and baseline in (None, one.b)]


def is_matched(folder: Folder, by: str) -> bool:
    """Whether the same personas play all levels of a factor."""
    # One member is played by the same personas at every level of what others do.
    return by not in PERSONAL or (folder.of is not None and by not in COORDINATES)


def _check(folder: Folder, by: str, baseline: str | None, found: Sequence[str]) -> None:
    if baseline is not None and baseline not in found:
        hint = nearest(baseline, dict.fromkeys(found))
        raise UnknownNameError(f"{folder.path}: {by!r} has no level {baseline!r}{hint}")


def _check_metrics(folder: Folder, by: str, metrics: Sequence[str]) -> None:
    for name in metrics:
        apart = by if by in COORDINATES else folder.of
        if "agent" not in metric(name, known(folder)).scopes and apart is not None:
            raise AnalysisError(
                f"{name!r} is a metric of whole runs and cannot be told apart by {apart!r};"
                " compare it by a factor of the design, and of everybody"
            )


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the experiment file fixed before the runs."""

    alpha: float
    primary: frozenset[str]
    contrasts: frozenset[frozenset[str]]
    sesoi: float | None
    units: frozenset[str]

    def margin(self, unit: str) -> float | None:
        """The smallest effect of interest in this unit."""
        return self.sesoi if unit in self.units else None

    def family(self, name: str, pair: tuple[str, str]) -> Literal["primary", "secondary"]:
        wanted = not self.contrasts or frozenset(pair) in self.contrasts
        return "primary" if name in self.primary and wanted else "secondary"


def _declared(folder: Folder) -> _Declared:
    plan: Mapping[str, Any] = folder.experiment.get("analysis", {})
    given = plan.get("primary", ())
    names = frozenset([given] if isinstance(given, str) else given)
    among = known(folder)
    sesoi = plan.get("sesoi")
    return _Declared(
        alpha=float(plan.get("alpha", 0.05)),
        # What was declared is about everybody.
        primary=frozenset() if folder.of else names,
        contrasts=frozenset(frozenset(pair) for pair in plan.get("contrasts", ())),
        sesoi=None if sesoi is None else float(sesoi),
        units=frozenset(among[name].unit for name in names if name in among),
    )


def contrast(
    values: Mapping[tuple[str, str], Sample],
    which: tuple[str, str, str],
    alpha: float,
    *,
    matched: bool,
    sesoi: float | None = None,
) -> Contrast:
    """One contrast, not yet adjusted.

    Args:
        values: samples by metric and level.
        which: metric, a, b.
        alpha: the interval covers 1 - alpha.
        matched: whether both levels are played by the same personas.
        sesoi: smallest effect of interest, for the test of equivalence.
    """
    name, a, b = which
    first, second = values.get((name, a), Sample()), values.get((name, b), Sample())
    found = difference(first, second, alpha, matched=matched)
    paired = is_paired(first, second)
    shared = sorted(first.runs.keys() & second.runs.keys())
    used = [[one.runs[key] for key in (shared if paired else one.runs)] for one in (first, second)]
    return Contrast(
        metric=name,
        a=a,
        b=b,
        scenario=None,
        estimate=found.over_runs.value,
        low=found.decisive.low,
        high=found.decisive.high,
        p=found.decisive.p,
        p_adjusted=None,
        n=found.over_runs.n,
        n_a=len(first.runs),
        n_b=len(second.runs),
        effect_size=hedges_g(*used),
        paired=paired,
        cluster=found.cluster,
        units=found.decisive.n,
        run_error=found.over_runs.standard_error,
        persona_error=found.error("persona", "text"),
        scenario_error=found.error("scenario"),
        wording_error=found.error("wording"),
        personas_a=first.personas,
        personas_b=second.personas,
        family="secondary",
        p_equivalent=_equivalent(found, sesoi),
    )


def _equivalent(found: Estimation, sesoi: float | None) -> float | None:
    value, error = found.over_runs.value, found.uncertainty
    if sesoi is None or value is None or error is None:
        return None
    return error.p_equivalent(value, sesoi)


def _adjusted(found: Sequence[Contrast]) -> Iterator[Contrast]:
    families: dict[object, list[Contrast]] = {}
    for one in found:
        families.setdefault(_family(one), []).append(one)
    adjusted = {
        key: iter((holm if key == "primary" else benjamini_hochberg)([one.p for one in ones]))
        for key, ones in families.items()
    }
    for one in found:
        key = _family(one)
        yield replace(
            one,
            p_adjusted=next(adjusted[key]),
            corrected_for=sum(other.p is not None for other in families[key]),
        )


def _family(one: Contrast) -> object:
    return "primary" if one.family == "primary" else (one.metric, one.scenario)
