"""The one estimator of contrasts and of the means of a level, with the widest of its errors.

The estimate is a mean over runs in which all scenarios weigh the same. Runs repeat texts, wordings
and scenarios, so that they are no independent evidence about these. Hence up to four standard
errors of the same estimate are computed, and the widest interval is given, with its own p:

- over runs: noise between seeds, within scenarios;
- over scenarios, where at least two are pooled: each scenario's own estimate is a unit;
- over wordings, where a scenario was put in at least two: each wording's estimate is a unit;
- over personas: each persona's mean is a unit, or, where a member has fewer than
  `LEAST_PERSONAS` personas, each of their texts.

The members of a mix are fixed by the design, so only the variance within members counts, weighted
by each member's share. What has a single unit adds nothing: the claim is about that one only.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Literal, NamedTuple

from analysis.statistics import Estimate, interval, mean_interval, splits, weighted

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
    """

    runs: Mapping[Key, float] = field(default_factory=dict)
    texts: Mapping[Text, Mapping[str, float]] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    personas: int = 0


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
    """

    over_runs: Estimate
    clustered: Mapping[Cluster, Estimate]

    @property
    def cluster(self) -> Cluster:
        """Whose interval is the widest; runs where none is wider."""
        names: tuple[Cluster, ...] = ("run", *self.clustered)
        return max(names, key=lambda name: _width(self.over(name)))

    def error(self, *clusters: Cluster) -> float | None:
        """Standard error over the first of these that there is."""
        known = [self.clustered[name] for name in clusters if name in self.clustered]
        return known[0].standard_error if known else None

    def over(self, cluster: Cluster) -> Estimate:
        """The estimate with one of its intervals."""
        return self.over_runs if cluster == "run" else self.clustered[cluster]

    @property
    def decisive(self) -> Estimate:
        """The estimate with the interval that is given."""
        return self.over(self.cluster)


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
    return _estimation(sides, texts, alpha, floor)


def mean(sample: Sample, alpha: float = 0.05) -> Estimation:
    """The mean of one level."""
    scenarios = {key.scenario for key in sample.runs}
    texts = _text_parts(1, _text_means(sample, scenarios), sample.shares)
    return _estimation([Side(1, sample.runs)], texts, alpha, 1.0)


def linear(
    sides: Sequence[tuple[float, Mapping[Key, float]]], parts: Sequence[Part], alpha: float
) -> Estimation:
    """A weighted sum of means.

    Args:
        sides: weight and replicates of every mean; a single one where replicates were combined
            pair by pair.
        parts: weight and values, one for each person, of groups of persons; none for no interval
            over persons.
        alpha: intervals cover 1 - alpha.
    """
    least = 2.0 ** (1 - len(sides[0][1])) if len(sides) == 1 else 1.0
    persons: list[_Named] = [("persona", (weight, list(values))) for weight, values in parts]
    return _estimation([Side(*side) for side in sides], persons, alpha, min(1.0, least))


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


def _estimation(
    sides: Sequence[Side], texts: Sequence[_Named], alpha: float, floor: float
) -> Estimation:
    if not all(side.values for side in sides):
        n = sum(len(side.values) for side in sides)
        return Estimation(Estimate(None, None, None, None, None, None, n), {})
    over_runs = weighted(_parts(sides, lambda key: key.pair), alpha, floor)
    found: dict[Cluster, Estimate] = {}
    scenarios = [_grouped(side.values, lambda key: key.scenario) for side in sides]
    names = sorted(scenarios[0])
    if len(names) >= _LEAST and all(names == sorted(one) for one in scenarios):
        pairs = [
            sum(side.sign * _mean(one[name]) for side, one in zip(sides, scenarios, strict=True))
            for name in names
        ]
        found["scenario"] = mean_interval(pairs, alpha)
    wordings = [part for part in _parts(sides, lambda key: key.wording) if len(part[1]) >= _LEAST]
    if wordings:
        found["wording"] = _about(over_runs.value, wordings, alpha)
    if texts:
        cluster: Cluster = "text" if any(name == "text" for name, _ in texts) else "persona"
        found[cluster] = _about(over_runs.value, [part for _, part in texts], alpha)
    return Estimation(over_runs, found)


def _about(value: float | None, parts: Sequence[_Part], alpha: float) -> Estimate:
    """The interval of these parts about the one estimate."""
    of = weighted(parts, alpha)
    return interval(value or 0.0, of.standard_error or 0.0, of.degrees or 1.0, of.n, (alpha, 1.0))


def _parts(sides: Sequence[Side], unit: Callable[[Key], str]) -> list[_Part]:
    """Means of units within each scenario of each side; scenarios weigh the same."""
    found = []
    for side in sides:
        scenarios = {key.scenario for key in side.values}
        for scenario in sorted(scenarios):
            within = {key: one for key, one in side.values.items() if key.scenario == scenario}
            means = [_mean(values) for values in _grouped(within, unit).values()]
            found.append((side.sign / len(scenarios), means))
    return found


def _grouped(values: Mapping[Key, float], by: Callable[[Key], str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
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
