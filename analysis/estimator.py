"""The one estimator of contrasts and of the means of a level, with the error of all its samples.

The estimate is a mean over runs in which all scenarios weigh the same. Runs repeat texts, wordings
and scenarios, so that they are no independent evidence about these. What was sampled is

- situations: scenarios where at least two are pooled, else wordings where there are at least two,
  else runs. Each situation's own estimate is a unit, and holds all that varies inside it;
- persons: each persona's mean is a unit, or, where a member has fewer than `LEAST_PERSONAS`
  personas, each of their texts.

Both are crossed, and both count: `analysis.uncertainty` combines them. Which units are used is
fixed by the design, not by what they gave. Errors over each sample alone are kept beside.

The members of a mix are fixed by the design, so only the variance within members counts, weighted
by each member's share. What has a single unit adds nothing: the claim is about that one only.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from typing import Literal, NamedTuple

from analysis.cells import Cells, Contributions, shared_variance
from analysis.statistics import Estimate, interval, mean_interval, splits, weighted
from analysis.uncertainty import Source, Uncertainty

LEAST_PERSONAS = 3
"""With fewer personas than this the texts are the units."""
_LEAST = 2
Cluster = Literal["run", "persona", "text", "scenario", "wording"]


class Key(NamedTuple):
    """What a replicate shares with its pair at another level."""

    scenario: str
    wording: str
    pair: str


Part = tuple[float, Sequence[float]]
"""A weight, and the values of units."""


class Text(NamedTuple):
    """A unit that personas are drawn in."""

    member: str
    cluster: Literal["persona", "text"]
    name: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One metric at one level.

    Attributes:
        runs: value of each replicate.
        texts: mean of each persona or text in each scenario, weighted by observations.
        shares: share of observations of each member; scripted seats count in the whole only.
        personas: how many personas were played.
        cells: observations of texts in runs.
    """

    runs: Mapping[Key, float] = field(default_factory=dict)
    texts: Mapping[Text, Mapping[str, float]] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    personas: int = 0
    cells: Cells[Text, Key] = field(default_factory=Cells)


class Side(NamedTuple):
    """Values that are added (sign 1), subtracted (-1) or weighted; paired differences are added."""

    sign: float
    values: Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Estimation:
    """An estimate with all its errors.

    Attributes:
        over_runs: with the interval over runs; n is the number of runs or pairs.
        clustered: the same estimate with the other intervals; n is the number of units.
        sources: whose units it rests on, situations first; none where nothing has two.
        uncertainty: that over all sources, None without any.
        alpha: intervals cover 1 - alpha.
    """

    over_runs: Estimate
    clustered: Mapping[Cluster, Estimate]
    sources: tuple[Cluster, ...] = ()
    uncertainty: Uncertainty | None = None
    alpha: float = 0.05

    @property
    def cluster(self) -> Cluster:
        """Whose interval alone is the widest of the sources; runs without any."""
        return max(self.sources, key=lambda name: _width(self.over(name)), default="run")

    def error(self, *clusters: Cluster) -> float | None:
        """Standard error over the first of these that there is."""
        known = [self.clustered[name] for name in clusters if name in self.clustered]
        return known[0].standard_error if known else None

    def over(self, cluster: Cluster) -> Estimate:
        """The estimate with the interval over one sample alone."""
        return self.over_runs if cluster == "run" else self.clustered[cluster]

    @property
    def decisive(self) -> Estimate:
        """The estimate with the interval that is given; n is of the widest of the sources."""
        value, whole = self.over_runs.value, self.uncertainty
        if whole is None or value is None:
            return self.over_runs
        half, n = whole.half_width(self.alpha), self.over(self.cluster).n
        return Estimate(
            value,
            value - half,
            value + half,
            whole.p(value),
            whole.standard_error,
            whole.degrees,
            n,
        )


def difference(first: Sample, second: Sample, alpha: float, *, matched: bool) -> Estimation:
    """First minus second, paired where at least two replicates have a counterpart.

    Args:
        first: of one level.
        second: of the other.
        alpha: intervals cover 1 - alpha.
        matched: whether both levels are played by the same personas.
    """
    sides, floor = _sides(first, second)
    scenarios = {key.scenario for side in sides for key in side.values}
    means = [_text_means(one, scenarios) for one in (first, second)]
    shared = sorted(means[0].keys() & means[1].keys()) if matched else []
    if len(shared) >= _LEAST:
        gaps = {text: means[0][text] - means[1][text] for text in shared}
        texts = _text_parts(1, gaps, first.shares)
    else:
        texts = _text_parts(1, means[0], first.shares) + _text_parts(-1, means[1], second.shares)

    def cells(situation: Situation) -> list[Contributions]:
        # Paired differences are of both samples.
        used = run_weights(sides[0].values), run_weights(sides[-1].values, -1.0)
        one, other = (
            of.cells.contributions(weights, situation, _member)
            for of, weights in zip((first, second), used, strict=True)
        )
        return [one, other] if len(shared) >= _LEAST else [one, _others(other)]

    return _estimation(sides, _Persons(texts, cells), alpha, floor)


def mean(sample: Sample, alpha: float = 0.05) -> Estimation:
    """The mean of one level."""
    scenarios = {key.scenario for key in sample.runs}
    texts = _text_parts(1, _text_means(sample, scenarios), sample.shares)

    def cells(situation: Situation) -> list[Contributions]:
        return [sample.cells.contributions(run_weights(sample.runs), situation, _member)]

    return _estimation([Side(1, sample.runs)], _Persons(texts, cells), alpha, 1.0)


def linear(
    sides: Sequence[tuple[float, Mapping[Key, float]]],
    parts: Sequence[Part],
    alpha: float,
    cells: "Shared | None" = None,
) -> Estimation:
    """A weighted sum of means.

    Args:
        sides: weight and replicates of every mean; a single one where replicates were combined
            pair by pair.
        parts: weight and values, one for each person, of groups of persons; none for no interval
            over persons.
        alpha: intervals cover 1 - alpha.
        cells: what persons add in situations, by what tells the situation of a run; None for no
            part that both count.
    """
    least = 2.0 ** (1 - len(sides[0][1])) if len(sides) == 1 else 1.0
    persons: list[_Named] = [("persona", (weight, list(values))) for weight, values in parts]
    told = _Persons(persons, cells or (lambda _: []))
    return _estimation([Side(*side) for side in sides], told, alpha, min(1.0, least))


def run_weights(runs: Collection[Key], sign: float = 1.0) -> dict[Key, float]:
    """Weight of each run in a mean over runs in which all scenarios weigh the same."""
    sizes = Counter(key.scenario for key in runs)
    return {key: sign / (len(sizes) * sizes[key.scenario]) for key in sorted(runs)}


def _others(cells: Contributions) -> Contributions:
    """The same of other people, however they are called."""
    return {(("other", unit), situation): value for (unit, situation), value in cells.items()}


def _member(text: Text) -> str:
    return text.member


def is_paired(first: Sample, second: Sample) -> bool:
    """Whether at least two replicates have a counterpart at the other level."""
    return len(first.runs.keys() & second.runs.keys()) >= _LEAST


def _sides(first: Sample, second: Sample) -> tuple[list[Side], float]:
    """The values to use, and the least p that a permutation of them gives."""
    if is_paired(first, second):
        shared = first.runs.keys() & second.runs.keys()
        gaps = {key: first.runs[key] - second.runs[key] for key in shared}
        return [Side(1, gaps)], 2.0 ** (1 - len(shared))
    both = {key.scenario for key in first.runs} & {key.scenario for key in second.runs}
    sides = [
        Side(sign, {key: one for key, one in of.runs.items() if not both or key.scenario in both})
        for sign, of in ((1, first), (-1, second))
    ]
    return sides, splits(len(sides[0].values), len(sides[1].values))


_Part = tuple[float, list[float]]
_Named = tuple[Cluster, _Part]
Situation = Callable[[Key], Hashable]
"""Tells the situation that a run belongs to."""
Shared = Callable[[Situation], Collection[Contributions]]
"""What persons add in every situation."""


class _Persons(NamedTuple):
    """The sample of persons or texts."""

    parts: Sequence[_Named]
    cells: Shared


def _estimation(sides: Sequence[Side], persons: _Persons, alpha: float, floor: float) -> Estimation:
    if not all(side.values for side in sides):
        n = sum(len(side.values) for side in sides)
        return Estimation(Estimate(None, None, None, None, None, None, n), {})
    over_runs = weighted(_parts(sides, _pair), alpha, floor)
    found: dict[Cluster, Estimate] = {}
    scenarios = [_grouped(side.values, lambda key: key.scenario) for side in sides]
    names = list(scenarios[0])
    if len(names) >= _LEAST and all(names == list(one) for one in scenarios):
        pairs = [
            sum(side.sign * _mean(one[name]) for side, one in zip(sides, scenarios, strict=True))
            for name in names
        ]
        found["scenario"] = mean_interval(pairs, alpha)
    situation, several = _wordings(sides)
    if several:
        found["wording"] = _about(over_runs.value, _parts(sides, situation), alpha)
    if persons.parts:
        cluster: Cluster = "text" if any(name == "text" for name, _ in persons.parts) else "persona"
        found[cluster] = _about(over_runs.value, [part for _, part in persons.parts], alpha)
    return _combined(Estimation(over_runs, found, alpha=alpha), situation, persons, floor)


def _combined(
    found: Estimation, situation: Situation, persons: _Persons, floor: float
) -> Estimation:
    """With the uncertainty over situations and persons together."""
    names: list[Cluster] = [name for name in ("scenario", "wording") if name in found.clustered]
    kinds: list[Cluster] = [name for name in ("persona", "text") if name in found.clustered]
    chosen = [name for name in [*names, "run"][:1] + kinds if _has_error(found.over(name))]
    if not chosen:
        return found
    parts = [
        Source((one.standard_error or 0.0) ** 2, one.degrees or 1.0)
        for one in map(found.over, chosen)
    ]
    is_crossed = len(chosen) > 1 and all(part.variance for part in parts)
    by: Situation = (lambda key: key.scenario) if chosen[0] == "scenario" else situation
    shared = shared_variance(persons.cells(by)) if is_crossed else 0.0
    return replace(found, sources=tuple(chosen), uncertainty=Uncertainty(parts, shared, floor))


def _has_error(one: Estimate) -> bool:
    return one.standard_error is not None


def _wordings(sides: Sequence[Side]) -> tuple[Situation, bool]:
    """What tells a run's wording, or the run where its scenario has one; whether any has two."""
    wordings: dict[str, set[str]] = {}
    for side in sides:
        for key in side.values:
            wordings.setdefault(key.scenario, set()).add(key.wording)
    several = {scenario for scenario, names in wordings.items() if len(names) >= _LEAST}

    def situation(key: Key) -> Hashable:
        return (key.scenario, key.wording if key.scenario in several else key.pair)

    return situation, bool(several)


def _pair(key: Key) -> Hashable:
    return key.pair


def _about(value: float | None, parts: Sequence[_Part], alpha: float) -> Estimate:
    """The interval of these parts about the one estimate."""
    of = weighted(parts, alpha)
    return interval(value or 0.0, of.standard_error or 0.0, of.degrees or 1.0, of.n, (alpha, 1.0))


def _parts(sides: Sequence[Side], unit: Situation) -> list[_Part]:
    """Means of units within each scenario of each side; scenarios weigh the same."""
    found = []
    for side in sides:
        scenarios = {key.scenario for key in side.values}
        for scenario in sorted(scenarios):
            within = {key: one for key, one in side.values.items() if key.scenario == scenario}
            means = [_mean(values) for values in _grouped(within, unit).values()]
            found.append((side.sign / len(scenarios), means))
    return found


def _grouped(values: Mapping[Key, float], by: Situation) -> dict[Hashable, list[float]]:
    found: dict[Hashable, list[float]] = {}
    for key in sorted(values):
        found.setdefault(by(key), []).append(values[key])
    return found


def _text_means(sample: Sample, scenarios: Collection[str]) -> dict[Text, float]:
    """Mean of each text over the scenarios that it played, all weighing the same."""
    played = {
        text: [one for scenario, one in sorted(found.items()) if scenario in scenarios]
        for text, found in sample.texts.items()
    }
    return {text: _mean(values) for text, values in sorted(played.items()) if values}


def _text_parts(
    sign: int, means: Mapping[Text, float], shares: Mapping[str, float]
) -> list[_Named]:
    """A part for each member with at least two units, weighted by its share."""
    members: dict[tuple[str, Cluster], list[float]] = {}
    for text, one in means.items():
        members.setdefault((text.member, text.cluster), []).append(one)
    return [
        (cluster, (sign * shares.get(member, 1.0), values))
        for (member, cluster), values in sorted(members.items())
        if len(values) >= _LEAST
    ]


def _mean(values: Collection[float]) -> float:
    return fsum(values) / len(values)


def _width(estimate: Estimate) -> float:
    if estimate.low is None or estimate.high is None:
        return -1.0
    return estimate.high - estimate.low
