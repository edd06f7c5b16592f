"""Metrics of raid: who arms, who raids, and who raids somebody who gave no cause."""

import polars as pl

from analysis.metrics.chosen import chosen_from, share
from analysis.metrics.metric import EVERY_SCOPE, Metric, Score
from analysis.metrics.rows import Rows
from scenarios.games.raid import ACT, ARM, GAME, PREPARE, RAID


def arming_rate(rows: Rows) -> list[Score]:
    """Share of choices between work and arms that are for arms."""
    return share(rows, chosen_from(rows, GAME.name, PREPARE), ARM)


def raid_rate(rows: Rows) -> list[Score]:
    """Share of chances to raid that were taken."""
    return share(rows, chosen_from(rows, GAME.name, ACT), RAID)


def unprovoked_raid_rate(rows: Rows) -> list[Score]:
    """Share of chances to raid a partner that never armed or raided so far that were taken."""
    chances = chosen_from(rows, GAME.name, ACT)
    given = chosen_from(rows, GAME.name, (ARM, RAID)).filter(pl.col("done").is_not_null())
    first = given.group_by("group", "agent").agg(
        armed=pl.col("round").filter(pl.col("done") == ARM).min(),
        raided=pl.col("round").filter(pl.col("done") == RAID).min(),
    )
    known = chances.join(first.rename({"agent": "partner"}), on=["group", "partner"], how="left")
    # Arms of this round are known by now; a raid of this round is not.
    now = pl.col("round")
    provoked = (pl.col("armed") <= now) | (pl.col("raided") < now)
    return share(rows, known.filter(~provoked.fill_null(value=False)), RAID)


RAIDING = (
    Metric(
        name="arming_rate",
        unit="share",
        definition="share of choices between work and arms that are for arms",
        denominator="decided answers of the phase in which one works or arms, in raid",
        undefined="another game, or no such answer",
        source="after Hirshleifer 1995, Journal of Political Economy 103(1) (fighting effort)",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=arming_rate,
    ),
    Metric(
        name="raid_rate",
        unit="share",
        definition="share of chances to raid the other that were taken",
        denominator="decided answers of the phase in which one may raid",
        undefined="another game, or no such answer",
        source="after Hirshleifer 1995, Journal of Political Economy 103(1) (attack)",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=raid_rate,
    ),
    Metric(
        name="unprovoked_raid_rate",
        unit="share",
        definition=(
            "share of chances to raid a partner that so far has neither armed, this round included,"
            " nor raided the agent in an earlier round, that were taken; deeds as done"
        ),
        denominator="decided answers of the phase in which one may raid, about such a partner",
        undefined="another game, or no such chance",
        source="this project's; after Axelrod 1984, ch. 2 (being the first to defect)",
        better="lower",
        scopes=EVERY_SCOPE,
        measure=unprovoked_raid_rate,
    ),
)
