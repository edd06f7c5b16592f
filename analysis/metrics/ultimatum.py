"""Metrics of the ultimatum game: what is offered, and what is rejected."""

import polars as pl

from analysis.metrics.chosen import chosen_from, mean_worth, share
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score
from analysis.metrics.rows import Rows
from scenarios.games.ultimatum import GAME, OFFERS, PARTS, REJECT, REPLIES

_LOW = 0.3
"""A part below this is low; the limit is this project's own."""


def offer_share(rows: Rows) -> list[Score]:
    """Mean part of the pie that was offered."""
    return mean_worth(rows, chosen_from(rows, GAME.name, OFFERS), PARTS)


def rejection_rate(rows: Rows) -> list[Score]:
    """Share of offers that were rejected."""
    return share(rows, chosen_from(rows, GAME.name, REPLIES), REJECT)


def low_offer_rejection_rate(rows: Rows) -> list[Score]:
    """Share of low offers that were rejected."""
    part = pl.col("facts").str.json_path_match("$.part").cast(pl.Float64)
    return share(rows, chosen_from(rows, GAME.name, REPLIES).filter(part < _LOW), REJECT)


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
