"""Least squares over persons who met the same situations, with both as crossed samples."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.cells import shared_variance
from analysis.claims.finding import Finding, missing
from analysis.uncertainty import Source, Uncertainty

Real = NDArray[np.float64]
_LEAST_SITUATIONS = 2


def slope(
    values: Mapping[str, Mapping[str, float]],
    predictors: Mapping[str, Sequence[float]],
    which: int,
    unit: str,
) -> Finding:
    """The slope on one predictor, all predictors and a constant in the model.

    Args:
        values: by situation, then by person.
        predictors: of each person, the same number for all.
        which: place of the predictor whose slope is wanted.
        unit: what a situation is.

    Returns:
        The slope of persons' means. Its variance over persons is HC3 (MacKinnon & White 1985,
        Journal of Econometrics 29:305-325), over situations that of the slopes of each; what both
        count is taken off (`analysis.uncertainty`).
    """
    persons = sorted(set.intersection(*map(set, values.values()))) if values else []
    width = len(next(iter(predictors.values()), ()))
    if len(persons) <= width + 2:
        return missing(f"{len(persons)} persons in every {unit}, and {width + 3} are needed")
    design = np.array([[1.0, *predictors[person]] for person in persons])
    if np.linalg.matrix_rank(design) < width + 1:
        return missing("the predictors do not differ, or are one")
    table = np.array([[of[person] for person in persons] for _, of in sorted(values.items())])
    inverse = np.linalg.pinv(design)
    weights = inverse[which + 1]
    leverage = np.einsum("pk,kp->p", design, inverse)
    mean = table.mean(axis=0)
    residual = mean - design @ (inverse @ mean)
    over_persons = float((weights**2 * (residual / (1 - leverage)) ** 2).sum())
    free = len(persons) - width - 1
    sources, shared = [Source(over_persons, free)], 0.0
    if len(table) >= _LEAST_SITUATIONS:
        slopes = table @ weights
        sources.insert(0, Source(float(slopes.var(ddof=1)) / len(slopes), len(slopes) - 1))
        apart = table - (design @ (inverse @ table.T)).T
        parts = apart * weights / len(table)
        cells = {(p, s): float(parts[s, p]) for s, p in np.ndindex(*parts.shape)}
        shared = shared_variance([cells]) * len(persons) / free
    whole = Uncertainty(sources, shared)
    widest = unit if len(sources) > 1 and sources[0].variance > over_persons else "persona"
    n = len(table) if widest == unit else len(persons)
    return Finding(float(weights @ mean), whole, n, widest)
