"""Metrics of the ultimatum game: what is offered, and what is rejected."""

import numpy as np
import polars as pl

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, means
from analysis.metrics.rows import Rows
from scenarios.games.ultimatum import GAME, PARTS, REJECT

_LOW = 0.3
"""A part below this is low; the limit is this project's own."""


def offer_share(rows: Rows) -> list[Score]:
    """Mean part of the pie that was offered."""
    return _mean(rows, _decided(rows, "offer"), pl.col("action").replace_strict(dict(PARTS)))


def rejection_rate(rows: Rows) -> list[Score]:
    """Share of offers that were rejected."""
    return _mean(rows, _decided(rows, "respond"), pl.col("action") == REJECT)


def low_offer_rejection_rate(rows: Rows) -> list[Score]:
    """Share of low offers that were rejected."""
    part = pl.col("facts").str.json_path_match("$.part").cast(pl.Float64)
    return _mean(rows, _decided(rows, "respond").filter(part < _LOW), pl.col("action") == REJECT)


def _decided(rows: Rows, phase: str) -> pl.DataFrame:
    """Decided answers of one phase; none in other games."""
    if rows.run.game != GAME.name:
        return rows.decisions.clear()
    return rows.decisions.filter(answer="decision", phase=phase)


def _mean(rows: Rows, among: pl.DataFrame, value: pl.Expr) -> list[Score]:
    """Mean of a value over these decisions."""
    if among.is_empty():
        return means(rows, np.zeros(0, dtype=np.int64), np.zeros(0))
    values = among.select(value.cast(pl.Float64)).to_series().to_numpy()
    return means(rows, among["agent"].to_numpy(), values)


ULTIMATUM = (
    Metric(
        name="offer_share",
        unit="share of the pie",
        definition="mean part of the pie that was offered",
        denominator="decided offers in the ultimatum game",
        undefined="no such offer",
        source="Oosterbeek, Sloof & van de Kuilen 2004, Experimental Economics 7(2):171-188",
        better=None,
        scopes=EVERY_SCOPE,
        measure=offer_share,
    ),
    Metric(
        name="rejection_rate",
        unit="share",
        definition="share of offers that were rejected, at a cost to both",
        denominator="decided replies to offers in the ultimatum game",
        undefined="no such reply",
        source="Oosterbeek, Sloof & van de Kuilen 2004, Experimental Economics 7(2):171-188",
        better=None,
        scopes=EVERY_SCOPE,
        measure=rejection_rate,
    ),
    Metric(
        name="low_offer_rejection_rate",
        unit="share",
        definition="share of offers of less than 30 percent of the pie that were rejected",
        denominator="decided replies to such offers in the ultimatum game",
        undefined="no such reply",
        source=(
            "after Camerer 2003, Behavioral Game Theory (rejections of offers below a fifth); the"
            " limit of 30 percent is this project's"
        ),
        better=None,
        scopes=EVERY_SCOPE,
        measure=low_offer_rejection_rate,
    ),
)
