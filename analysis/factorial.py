"""The factorial: main effects and interactions of several factors at once.

Every effect is a linear contrast of cell means: the mean of one level minus that of another, all
cells of the other factors weighing the same; an interaction is the difference of such differences.
For factors of more than two levels every pair of levels makes one contrast (Maxwell & Delaney 2004,
chapters 7 and 8, on effects as contrasts of cell means).

Errors are those of `analysis.estimator`. A person who plays several cells, such as a respondent and
the same answers told as an artificial mind's, is one unit: differences inside a person do not count
as differences between persons.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod

import polars as pl

from analysis.cell_means import CellMeans, Levels, Weights
from analysis.errors import AnalysisError
from analysis.estimator import Cluster, Estimation
from analysis.folder import Folder
from analysis.metrics import known, metric
from analysis.samples import observed
from analysis.statistics import benjamini_hochberg

_LEAST = 2


@dataclass(frozen=True, slots=True)
class Effect:
    """A main effect or an interaction in one metric; what cannot be computed is None.

    Attributes:
        metric: name.
        effect: the factors, for example "identity" or "identity x affect".
        a: the level, or the levels, of what is positive.
        b: of what is negative; "" for the mean of a cell.
        estimate: a minus b; of an interaction, the difference of the differences.
        low: lower end of the interval.
        high: upper end.
        p: two-sided; None for the mean of a cell.
        p_adjusted: by Benjamini and Hochberg over the contrasts of the metric.
        n: replicates used.
        cluster: whose standard error made the interval and p.
        units: how many of these there were.
        errors: standard error by cluster.
    """

    metric: str
    effect: str
    a: str
    b: str
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    n: int
    cluster: Cluster
    units: int
    errors: Mapping[str, float | None]


def factorial(folder: Folder, by: Sequence[str], metrics: Sequence[str]) -> list[Effect]:
    """Means of all cells, then main effects, then interactions from two factors up.

    Args:
        folder: the experiment.
        by: at least two of the design's factors and of identity, affect, stance, persona.
        metrics: names; measured for agents.

    Returns:
        In order of metric; the controls, which are at none of the levels of some factor, stand
        behind the cells.

    Raises:
        AnalysisError: a factor with one level, or a cell that nobody played.
        UnknownNameError: no factor or metric of that name.
    """
    for name in metrics:
        if "agent" not in metric(name, known(folder)).scopes:
            raise AnalysisError(
                f"{name!r} is a metric of whole runs, and a factorial needs one of agents"
            )
    narrowed = folder.narrowed(metrics)
    return [effect for name in metrics for effect in _of_metric(narrowed, by, name)]


def _of_metric(folder: Folder, by: Sequence[str], name: str) -> list[Effect]:
    rows = observed(folder, by, name)
    whole = rows.filter(pl.all_horizontal(pl.col(list(by)).is_not_null()))
    levels = [_levels(folder, whole, factor) for factor in by]
    table = CellMeans.of(whole, by)
    _check_complete(folder, by, levels, table)
    alpha = float(folder.experiment.get("analysis", {}).get("alpha", 0.05))
    cells = [
        _effect((name, "mean", ", ".join(cell), ""), table.estimated({cell: 1.0}, alpha))
        for cell in product(*levels)
    ]
    beside = rows.filter(pl.any_horizontal(pl.col(list(by)).is_null()))
    for (member,), part in sorted(beside.group_by("member"), key=lambda each: str(each[0][0])):
        alone = CellMeans.of(part.with_columns(control=pl.col("member")), ["control"])
        mean = alone.estimated({(str(member),): 1.0}, alpha)
        cells.append(_effect((name, "control", str(member), ""), mean))
    contrasts = [
        _effect((name, *told), table.estimated(weights, alpha))
        for told, weights in _contrasts(by, levels)
    ]
    adjusted = benjamini_hochberg([one.p for one in contrasts])
    return [
        *(_as_mean(cell, metric(name, known(folder)).unit) for cell in cells),
        *(replace(one, p_adjusted=p) for one, p in zip(contrasts, adjusted, strict=True)),
    ]


def _as_mean(cell: Effect, unit: str) -> Effect:
    """A mean: not tested against 0, and no interval beyond what shares can be."""
    low, high = cell.low, cell.high
    if unit in ("share", "probability") and low is not None:
        low, high = max(low, 0.0), None if high is None else min(high, 1.0)
    return replace(cell, low=low, high=high, p=None)


def _levels(folder: Folder, rows: pl.DataFrame, factor: str) -> list[str]:
    found = sorted(rows[factor].unique().to_list())
    if len(found) < _LEAST:
        has = f"only {found[0]!r}" if found else "no value"
        raise AnalysisError(
            f"{folder.path}: {factor!r} has {has} where the other factors have a level; leave it"
            " out of --by"
        )
    return found


def _check_complete(
    folder: Folder, by: Sequence[str], levels: Sequence[Sequence[str]], table: "CellMeans"
) -> None:
    missing = [cell for cell in product(*levels) if cell not in table.cells]
    if missing:
        raise AnalysisError(
            f"{folder.path}: {len(missing)} of {prod(map(len, levels))} cells of"
            f" {' x '.join(by)} are empty, such as {_named(by, missing[0])}; a factorial needs"
            " all: add the populations, or compare by one factor"
        )


def _contrasts(
    by: Sequence[str], levels: Sequence[Sequence[str]]
) -> Iterator[tuple[tuple[str, str, str], Weights]]:
    """(effect, a, b) and the weights of the cells, main effects first."""
    for order in range(1, len(by) + 1):
        for chosen in combinations(range(len(by)), order):
            pairs = [list(combinations(levels[place], 2)) for place in chosen]
            for picked in product(*pairs):
                told = _told(picked)
                effect = " x ".join(by[place] for place in chosen)
                yield (effect, *told), _weights(levels, dict(zip(chosen, picked, strict=True)))


def _told(picked: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What is positive and what is negative, in words."""
    if len(picked) == 1:
        return picked[0]
    *rest, (high, low) = picked
    differences = " x ".join(f"({a} - {b})" for a, b in rest)
    return f"{differences} at {high}", f"{differences} at {low}"


def _weights(levels: Sequence[Sequence[str]], picked: Mapping[int, tuple[str, str]]) -> Weights:
    """1 and -1 along the factors picked, an equal share along all others."""
    weights = {}
    for cell in product(*levels):
        parts = [
            _sign(cell[place], picked[place]) if place in picked else 1 / len(of_factor)
            for place, of_factor in enumerate(levels)
        ]
        weights[cell] = float(prod(parts))
    return {cell: weight for cell, weight in weights.items() if weight}


def _sign(level: str, pair: tuple[str, str]) -> int:
    return 1 if level == pair[0] else -1 if level == pair[1] else 0


def _named(by: Sequence[str], cell: Levels) -> str:
    return ", ".join(f"{factor}={level}" for factor, level in zip(by, cell, strict=True))


def _effect(told: tuple[str, str, str, str], found: Estimation) -> Effect:
    name, effect, a, b = told
    widest = found.decisive
    return Effect(
        metric=name,
        effect=effect,
        a=a,
        b=b,
        estimate=found.over_runs.value,
        low=widest.low,
        high=widest.high,
        p=widest.p,
        p_adjusted=None,
        n=found.over_runs.n,
        cluster=found.cluster,
        units=widest.n,
        errors={
            "run": found.over_runs.standard_error,
            **{cluster: one.standard_error for cluster, one in found.clustered.items()},
        },
    )
