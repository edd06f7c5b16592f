"""Metrics of the dictator game: how much is given, and how often nothing or half."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, means
from analysis.metrics.rows import Rows
from scenarios.games.dictator import GAME, PARTS

_NOTHING: Mapping[str, float] = {key: float(part == 0) for key, part in PARTS.items()}
_HALF: Mapping[str, float] = {key: float(part == 0.5) for key, part in PARTS.items()}


def share_given(rows: Rows) -> list[Score]:
    """Mean part of the endowment that was given."""
    return _mean(rows, PARTS)


def share_giving_nothing(rows: Rows) -> list[Score]:
    """Share of gifts that are nothing."""
    return _mean(rows, _NOTHING)


def share_giving_half(rows: Rows) -> list[Score]:
    """Share of gifts that are half of the endowment."""
    return _mean(rows, _HALF)


def _mean(rows: Rows, values: Mapping[str, float]) -> list[Score]:
    """Mean value of the decided gifts; there are none in other games."""
    counted = rows.decided & (rows.run.game == GAME.name)
    if not counted.any():
        return means(rows, rows.agent[counted], np.zeros(0))
    given = rows.decisions["action"].filter(counted)
    worth = given.replace_strict(dict(values), return_dtype=pl.Float64)
    return means(rows, rows.agent[counted], worth.to_numpy())


DICTATOR = (
    Metric(
        name="share_given",
        unit="share of the endowment",
        definition="mean part of the endowment that was given",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_given,
    ),
    Metric(
        name="share_giving_nothing",
        unit="share",
        definition="share of gifts that are nothing",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=share_giving_nothing,
    ),
    Metric(
        name="share_giving_half",
        unit="share",
        definition="share of gifts that are half of the endowment, the most that can be given",
        denominator="decided gifts in the dictator game, nothing included",
        undefined="no such gift",
        source="Engel 2011, Experimental Economics 14(4):583-610",
        better="higher",
        scopes=EVERY_SCOPE,
        measure=share_giving_half,
    ),
)
