"""Whether characters answer apart whose people stood apart: top against bottom third of a trait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.inventory.answers import Answers, Part, Real, reversed_where_keyed
from analysis.inventory.reliability import bootstrap, row_means
from analysis.statistics import hedges_g

Verdict = Literal["separates", "separates the wrong way", "does not separate", "undecided"]
SMALLEST = 0.64
"""Area under the curve that two normal groups half a standard deviation apart have: the smallest
that matters here, this project's choice."""
LEAST_PERSONAS = 5
"""In each third, for an interval."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Top against bottom third.

    Attributes:
        top: personas whose people are in the top third.
        bottom: likewise.
        difference: standardised (Hedges' g); None where it is undefined.
        area: probability that one of the top third scores above one of the bottom third, ties
            half; None without personas on both sides.
        low: lower end of its 95% interval over personas.
        high: upper end.
        verdict: what the interval says.
    """

    top: int
    bottom: int
    difference: float | None
    area: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def separation(
    answers: Answers, trait: str, cuts: Mapping[str, int], part: Part = "all"
) -> Separation:
    """Scores of characters in a trait, by the third that their people's answers are in.

    Args:
        answers: of one group.
        trait: first letter.
        cuts: "bottom", the highest sum of the bottom third, and "top", the lowest of the top one,
            over the five items of the scale.
        part: which items the scores are taken from.
    """
    columns = answers.trait(trait)
    scores = reversed_where_keyed(answers.part(part), answers.keyed)[:, columns]
    means = row_means(scores)
    sums: dict[str, float] = {}
    found: dict[str, list[float]] = {}
    for who, mean in zip(answers.who, means, strict=True):
        human = person_sum(who.answers, trait, cuts)
        if human is not None and not np.isnan(mean):
            sums[who.persona] = human
            found.setdefault(who.persona, []).append(float(mean))
    by_persona = {name: float(np.mean(values)) for name, values in sorted(found.items())}
    top = np.array([v for name, v in by_persona.items() if sums[name] >= cuts["top"]])
    bottom = np.array([v for name, v in by_persona.items() if sums[name] <= cuts["bottom"]])
    area = auc(top, bottom)
    low, high = _bounds(top, bottom)
    difference = hedges_g(top, bottom)
    return Separation(len(top), len(bottom), difference, area, low, high, verdict(low, high))


def person_sum(human: Mapping[str, float], trait: str, cuts: Mapping[str, int]) -> float | None:
    """Sum of a person's five answers of a trait, reversed where keyed so; None without answers.

    Args:
        human: answers by item.
        trait: first letter.
        cuts: holds under every item of the trait its key, 1 or -1.
    """
    own = {item: value for item, value in human.items() if item[0] == trait}
    if len(own) < 5:
        return None
    return sum(value if cuts[item] > 0 else 7 - value for item, value in own.items())


def auc(top: Real, bottom: Real) -> float | None:
    """Share of pairs in which the one of the top is higher; ties count half."""
    if not len(top) or not len(bottom):
        return None
    return float(_wins(top, bottom).mean())


def verdict(low: float | None, high: float | None) -> Verdict:
    """What an interval of the area says."""
    if low is None or high is None:
        return "undecided"
    if low > 0.5:
        return "separates"
    if high < 0.5:
        return "separates the wrong way"
    return "does not separate" if high < SMALLEST and low > 1 - SMALLEST else "undecided"


def _wins(top: Real, bottom: Real) -> Real:
    apart = top[:, None] - bottom[None, :]
    return np.where(np.abs(apart) < 1e-12, 0.5, (apart > 0).astype(np.float64))


def _bounds(top: Real, bottom: Real) -> tuple[float | None, float | None]:
    """Percentile interval over personas, resampled within each third."""
    if min(len(top), len(bottom)) < LEAST_PERSONAS:
        return None, None
    wins = _wins(top, bottom)

    def measure(draws: np.random.Generator) -> float:
        chosen = [draws.integers(0, len(third), len(third)) for third in (top, bottom)]
        return float(wins[np.ix_(*chosen)].mean())

    return bootstrap(measure, "separation")
