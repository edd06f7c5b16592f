"""Drift: whether characters stay who they are while they play.

Adherence is how near a character's answers at some round are to the human answers behind its
persona, or, for a persona without any, to its own answers before play. Its slope over rounds is
taken character by character, averaged within personas, and the interval is over personas, since
characters of one persona tell the same twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.inventory.answers import Answers, Part, Who
from analysis.inventory.distances import over_personas, profiles
from analysis.inventory.reliability import row_means
from analysis.statistics import Estimate

Kept = Literal["person", "itself"]
_LEAST_ROUNDS = 2
_Values = Mapping[tuple[str, int, str], float]
"""By run, number and persona of the character."""


@dataclass(frozen=True, slots=True)
class Adherence:
    """A group's adherence over rounds.

    Attributes:
        group: the population's member, or everyone.
        to: whose answers it is taken to: those of the person behind the persona, or those that the
            character gave before play.
        part: which items.
        rounds: after which rounds they were asked; 0 is before play.
        profile: correlation with these answers at each round.
        distance: mean absolute difference from them at each round, in points.
        profile_slope: change of the correlation a round.
        distance_slope: change of the distance a round; above 0 is away from these answers.
    """

    group: str
    to: Kept
    part: Part
    rounds: tuple[int, ...]
    profile: tuple[Estimate, ...]
    distance: tuple[Estimate, ...]
    profile_slope: Estimate
    distance_slope: Estimate


def drift(by_round: Mapping[int, Answers], group: str, part: Part) -> tuple[Adherence, ...]:
    """Adherence of one group over rounds, one for each kind of answers it is taken to.

    To its own answers before play a character adheres perfectly before play; so that round is no
    part of such an adherence.

    Args:
        by_round: answers by round, 0 before play.
        group: a member of the population, or EVERYONE.
        part: "stated" and "unseen" are told of characters with human answers only.
    """
    of_group = {settled: answers.of(group) for settled, answers in by_round.items()}
    start = of_group.get(0)
    found = []
    for to in ("person", "itself"):
        if to == "itself" and (part != "all" or start is None):
            continue
        kept = {
            settled: _with_answers(answers, to, start)
            for settled, answers in of_group.items()
            if to == "person" or settled > 0
        }
        if any(answers.who for answers in kept.values()):
            found.append(_adherence(kept, (group, "person" if to == "person" else "itself", part)))
    return tuple(found)


def _with_answers(answers: Answers, to: str, start: Answers | None) -> Answers:
    """Those who have answers to adhere to, with these as the answers behind them."""
    chosen: list[int] = []
    who: list[Who] = []
    before = _by_character(start) if start is not None else {}
    for number, one in enumerate(answers.who):
        if bool(one.answers) != (to == "person"):
            continue
        own: Mapping[str, float] = one.answers or before.get((one.run_id, one.agent), {})
        if own:
            chosen.append(number)
            who.append(replace(one, answers=own))
    return Answers(answers.items, answers.keyed, tuple(who), answers.scores[chosen])


def _by_character(start: Answers) -> dict[tuple[str, int], dict[str, float]]:
    return {
        (who.run_id, who.agent): {
            item: float(score)
            for item, score in zip(start.items, row, strict=True)
            if not np.isnan(score)
        }
        for who, row in zip(start.who, start.scores, strict=True)
    }


def _adherence(kept: Mapping[int, Answers], told: tuple[str, Kept, Part]) -> Adherence:
    group, to, part = told
    measured = {settled: _measured(answers, part) for settled, answers in kept.items()}
    levels, slopes = [], []
    for number in (0, 1):
        values = {settled: both[number] for settled, both in measured.items()}
        levels.append(tuple(_mean(each) for each in values.values()))
        slopes.append(_slope(values))
    return Adherence(group, to, part, tuple(kept), levels[0], levels[1], slopes[0], slopes[1])


def _measured(answers: Answers, part: Part) -> tuple[_Values, _Values]:
    """Profile correlation and mean absolute difference of each character, where defined."""
    scores, human = answers.part(part), answers.human()
    pairs = list(zip(scores, human, strict=True))
    profile = [profiles(row, own[None, :])[0] for row, own in pairs]
    return _known(answers, profile), _known(answers, row_means(np.abs(scores - human)))


def _known(answers: Answers, values: Iterable[float]) -> _Values:
    return {
        (who.run_id, who.agent, who.persona): float(value)
        for who, value in zip(answers.who, values, strict=True)
        if not np.isnan(value)
    }


def _mean(values: _Values) -> Estimate:
    numbers = np.array(list(values.values()), np.float64)
    return over_personas(numbers, np.array([persona for _, _, persona in values], dtype=str))


def _slope(values: Mapping[int, _Values]) -> Estimate:
    """Mean slope over personas, of least squares in each character.

    Source: Matthews, Altman, Campbell & Royston 1990, BMJ 300:230-235 (summary measures).
    """
    series: dict[tuple[str, int, str], list[tuple[int, float]]] = {}
    for settled, row in values.items():
        for who, value in row.items():
            series.setdefault(who, []).append((settled, value))
    slopes = {who: slope(points) for who, points in series.items()}
    known = {who: value for who, value in slopes.items() if value is not None}
    return _mean(known)


def slope(points: Sequence[tuple[int, float]]) -> float | None:
    """Least-squares slope of (round, value) pairs; None with fewer than two rounds."""
    if len({settled for settled, _ in points}) < _LEAST_ROUNDS:
        return None
    rounds, values = np.array(points, np.float64).T
    centred = rounds - rounds.mean()
    return float((centred * (values - values.mean())).sum() / (centred**2).sum())
