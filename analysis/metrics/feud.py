"""Metrics of feud: strikes, revenge, intervention, and how long it goes on."""

import polars as pl

from analysis.metrics.chosen import chosen_from, share
from analysis.metrics.metric import EVERY_SCOPE, RUN_ONLY, Metric, Score, whole
from analysis.metrics.rows import Rows
from scenarios.games.feud import ANSWER, BYSTANDER, FIRST, GAME, STEP_IN, STRIKE, STRIKE_BACK


def strike_rate(rows: Rows) -> list[Score]:
    """Share of turns in which the one whose turn it is strikes."""
    return share(rows, chosen_from(rows, GAME.name, FIRST), STRIKE)


def revenge_rate(rows: Rows) -> list[Score]:
    """Share of those struck who want to strike back."""
    return share(rows, chosen_from(rows, GAME.name, ANSWER), STRIKE_BACK)


def intervention_rate(rows: Rows) -> list[Score]:
    """Share of thirds who step in before a blow falls."""
    return share(rows, chosen_from(rows, GAME.name, BYSTANDER), STEP_IN)


def feud_length(rows: Rows) -> list[Score]:
    """Mean number of successive rounds in which somebody of a group strikes."""
    if rows.run.game != GAME.name:
        return whole(None, 0)
    # The striker of a round that was skipped later on is not paid: no strike took place.
    strikes = rows.decisions.filter(pl.col("payoff").is_not_null(), phase="first", done=STRIKE)
    # In a run of successive rounds, round less rank stays the same.
    rank = pl.col("round").rank("ordinal").over("group").cast(pl.Int64)
    runs = strikes.group_by("group", start=pl.col("round") - rank).len()
    return whole(len(strikes) / len(runs) if len(runs) else None, len(runs))


FEUDING = (
    Metric(
        name="strike_rate",
        unit="share",
        definition="share of turns in which the one whose turn it is strikes its neighbour",
        denominator="decided answers of those whose turn it is, in feud",
        undefined="another game, or no such answer",
        source="after Fehr & Fischbacher 2004, Evolution and Human Behavior 25(2):63-87",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=strike_rate,
    ),
    Metric(
        name="revenge_rate",
        unit="share",
        definition=(
            "share of those struck who want to strike back, whether or not a third then steps in"
        ),
        denominator="decided answers of those who were struck",
        undefined="another game, or nobody was struck and answered",
        source=(
            "after Fehr & Fischbacher 2004, Evolution and Human Behavior 25(2):63-87"
            " (second-party punishment)"
        ),
        better="lower",
        scopes=EVERY_SCOPE,
        measure=revenge_rate,
    ),
    Metric(
        name="intervention_rate",
        unit="share",
        definition="share of thirds who pay to step in before a blow falls",
        denominator="decided answers of thirds, asked only where the struck want to strike back",
        undefined="another game, or no third was asked and answered",
        source=(
            "after Fehr & Fischbacher 2004, Evolution and Human Behavior 25(2):63-87 (third parties"
            " who act at their own cost)"
        ),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=intervention_rate,
    ),
    Metric(
        name="feud_length",
        unit="rounds",
        definition=(
            "mean number of successive rounds of a group in which somebody strikes; a round without"
            " a strike, or one that was skipped, ends a feud, and so does the end of the game"
        ),
        denominator="feuds: unbroken successions of rounds with a strike",
        undefined="another game, or nobody ever struck",
        source="this project's; after Fehl et al. 2012, PLoS ONE 7(9):e45093 (vendettas)",
        better="lower",
        scopes=RUN_ONLY,
        measure=feud_length,
    ),
)
