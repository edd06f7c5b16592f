"""Agreement of labels: of a judge with people, and of people with each other. Pure functions.

Intervals cover 95%. What is not defined is None: kappa where both give one and the same class to
everything; its interval where the large-sample error is 0, as where they agree throughout or one of
them gives one class to everything. The interval of the raw agreement tells how little that means.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.proportions import proportion

_NO_ERROR = 1e-12


@dataclass(frozen=True, slots=True)
class Share:
    """A share with Wilson's interval, or a kappa with its large-sample interval.

    Attributes:
        value: None where it is not defined.
        low: lower end, None likewise.
        high: upper end.
        n: what it is a share of.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of two who labelled the same things.

    Attributes:
        n: labelled by both.
        confusion: counts, the first one's classes in rows, the second one's in columns.
        raw: share of equal labels.
        kappa: Cohen's.
        precision: by class, of what the first calls so the share that the second calls so.
        recall: by class, of what the second calls so the share that the first calls so.
    """

    n: int
    confusion: tuple[tuple[int, ...], ...]
    raw: Share
    kappa: Share
    precision: Mapping[str, Share]
    recall: Mapping[str, Share]


def agreement(first: Sequence[str], second: Sequence[str], classes: Sequence[str]) -> Agreement:
    """Agreement of two sequences of labels of the same things.

    Args:
        first: shape (n,), a judge's.
        second: shape (n,), a person's, in the same order.
        classes: all that there are, in the order of the confusion matrix.

    Source: Cohen 1960, Educational and Psychological Measurement 20(1):37-46, with the standard
        error of Fleiss, Cohen & Everitt 1969, as statsmodels has both; Wilson 1927.
    """
    place = {name: at for at, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    same, rows, columns = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    return Agreement(
        n=int(table.sum()),
        confusion=tuple(tuple(int(count) for count in row) for row in table),
        raw=share(int(same.sum()), int(table.sum())),
        kappa=kappa(table),
        precision={name: share(int(same[at]), int(rows[at])) for name, at in place.items()},
        recall={name: share(int(same[at]), int(columns[at])) for name, at in place.items()},
    )


def share(count: int, of: int) -> Share:
    """A share with Wilson's interval; None of nothing."""
    found = proportion(count, of)
    return Share(found.value, found.low, found.high, found.n)


def kappa(table: NDArray[np.int64]) -> Share:
    """Cohen's kappa of a confusion matrix, shape (k, k)."""
    n = int(table.sum())
    by_chance = float((table.sum(axis=0) * table.sum(axis=1)).sum())
    if n == 0 or by_chance == n * n:
        return Share(None, None, None, n)
    # Its test of no agreement, which nobody asked for, divides by an error that may be 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = cohens_kappa(table)
    value, variance = float(found.kappa), float(found.var_kappa)
    if variance <= _NO_ERROR:
        return Share(value, None, None, n)
    ends = (float(found.kappa_low), float(found.kappa_upp))
    return Share(value, max(-1.0, ends[0]), min(1.0, ends[1]), n)


def krippendorff(units: Sequence[Sequence[str]]) -> float | None:
    """Krippendorff's alpha for nominal labels, any number of labellers, some of them missing.

    Args:
        units: the labels of each thing; things with fewer than two tell nothing.

    Returns:
        None where nothing was labelled twice or all labels are the same.

    Source: Krippendorff 2019, Content Analysis, 4th edition, section 12.3.
    """
    paired = [Counter(labels) for labels in units if len(labels) > 1]
    totals: Counter[str] = sum(paired, Counter())
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if expected == 0:
        return None
    observed = sum(
        (labels.total() ** 2 - sum(count * count for count in labels.values()))
        / (labels.total() - 1)
        for labels in sorted(paired, key=lambda one: sorted(one.items()))
    )
    return 1 - (n - 1) * observed / expected


def consensus(labels: Sequence[str]) -> str | None:
    """What more of the labellers say than anything else; None where there is no such class."""
    ranked = Counter(labels).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]
