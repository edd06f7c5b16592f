"""How far characters' answers are from those of the people behind them, and of other people.

Both are taken over the same items of the same character. The null is another person of the same
group, as the mean over all of them, so nothing is drawn.
"""

from dataclasses import dataclass

import numpy as np

from analysis.inventory.answers import Answers, Part, Real
from analysis.inventory.reliability import row_means
from analysis.statistics import Estimate, mean_interval

LEAST_ITEMS = 3
"""That a profile correlation is taken over; with two it is 1 or -1 whatever they say."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near characters are to their own person and to others; intervals over personas.

    Attributes:
        own: from the own person.
        other: from another person of the group.
        nearer: how much nearer the own person is than another.
    """

    own: Estimate
    other: Estimate
    nearer: Estimate


def by_difference(answers: Answers, part: Part) -> Nearness:
    """Mean absolute difference an item, in points of the scale."""
    scores, human = answers.part(part), answers.human()
    pairs = np.array([_differences(row, human) for row in scores]).reshape(len(scores), -1)
    return _nearness(answers, pairs, sign=-1)


def by_profile(answers: Answers, part: Part) -> Nearness:
    """Correlation over items between what was answered and what the person had answered.

    People's profiles resemble one another, since everybody finds some statements truer than
    others; so it is read against another person's, not against 0.
    """
    scores, human = answers.part(part), answers.human()
    pairs = np.array([profiles(row, human) for row in scores]).reshape(len(scores), -1)
    return _nearness(answers, pairs, sign=1)


def _differences(row: Real, human: Real) -> Real:
    return row_means(np.abs(human - row))


def profiles(row: Real, others: Real) -> Real:
    """Correlation over items of one profile with each of several.

    Args:
        row: shape (items,), NaN where there is no answer.
        others: shape (profiles, items), likewise.

    Returns:
        Shape (profiles,); NaN over fewer than LEAST_ITEMS common items, or where one of the two
        profiles is flat.
    """
    common = ~np.isnan(row) & ~np.isnan(others)
    counts = common.sum(axis=1)
    one = np.where(common, row, np.nan)
    one, other = (
        np.where(common, each - row_means(each)[:, None], 0.0)
        for each in (one, np.where(common, others, np.nan))
    )
    products = (one * other).sum(axis=1)
    lengths = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    is_defined = (counts >= LEAST_ITEMS) & (lengths > 1e-12)
    return np.where(is_defined, products / np.where(is_defined, lengths, 1.0), np.nan)


def _nearness(answers: Answers, pairs: Real, sign: int) -> Nearness:
    """From shape (characters, people behind characters) to means over personas."""
    personas = answers.personas
    same = personas[:, None] == personas[None, :]
    own = np.diag(pairs)
    other = row_means(np.where(same, np.nan, pairs))
    nearer = sign * (own - other)
    return Nearness(*(over_personas(values, personas) for values in (own, other, nearer)))


def over_personas(values: Real, personas: np.ndarray) -> Estimate:
    """Mean over personas of their characters' means, with its interval.

    Args:
        values: shape (characters,), NaN where undefined.
        personas: shape (characters,), names.
    """
    known = ~np.isnan(values)
    names = sorted(set(personas[known].tolist()))
    return mean_interval([float(values[known & (personas == name)].mean()) for name in names])
