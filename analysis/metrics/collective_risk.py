"""Metrics of collective risk: whether groups reached the target, and who paid how much."""

import numpy as np
import polars as pl

from analysis.metrics.metric import EVERY_SCOPE, RUN_ONLY, Metric, Score, means, whole
from analysis.metrics.rows import Rows
from scenarios.games.collective_risk import GAME, PART, CollectiveRiskParameters, target


def target_reached(rows: Rows) -> list[Score]:
    """Share of groups whose account held the target in the end."""
    accounts = _accounts(rows)
    if accounts.is_empty():
        return whole(None, 0)
    given = _parameters(rows)
    reached = [
        account >= target(given, seats) - 1e-9
        for account, seats in accounts.select("account", "seats").iter_rows()
    ]
    return whole(sum(reached) / len(reached), len(reached))


def account_at_end(rows: Rows) -> list[Score]:
    """Mean of what the groups' accounts held in the end."""
    accounts = _accounts(rows)["account"].to_list()
    return whole(sum(accounts) / len(accounts) if accounts else None, len(accounts))


def mean_paid(rows: Rows) -> list[Score]:
    """Mean part of the allotment that was paid in."""
    if rows.run.game != GAME.name:
        return means(rows, np.zeros(0, dtype=np.int64), np.zeros(0))
    paid = _payments(rows).filter(pl.col("part").is_not_null())
    return means(rows, paid["agent"].to_numpy(), paid["part"].to_numpy())


def _payments(rows: Rows) -> pl.DataFrame:
    """Group, agent and part of the allotment that was paid, null where no answer came."""
    part = pl.col("done").replace_strict(PART, default=None, return_dtype=pl.Float64)
    return rows.decisions.select("group", "agent", part.alias("part"))


def _accounts(rows: Rows) -> pl.DataFrame:
    """Seats of each group, and what all its payments come to, in points; none in other games."""
    if rows.run.game != GAME.name:
        return pl.DataFrame(schema={"seats": pl.Int64(), "account": pl.Float64()})
    allotment = _parameters(rows).allotment
    return (
        _payments(rows)
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("agent").n_unique().cast(pl.Int64).alias("seats"),
            (allotment * pl.col("part").sum()).alias("account"),
        )
    )


def _parameters(rows: Rows) -> CollectiveRiskParameters:
    return CollectiveRiskParameters.model_validate(dict(rows.run.parameters))


COLLECTIVE_RISK = (
    Metric(
        name="target_reached",
        unit="share",
        definition="share of groups whose account held at least the target after the last round",
        denominator="groups",
        undefined="the game is not collective risk",
        source="Milinski et al. 2008, PNAS 105(7):2291-2294",
        better="higher",
        scopes=RUN_ONLY,
        measure=target_reached,
    ),
    Metric(
        name="account_at_end",
        unit="points",
        definition="mean of what the groups' accounts held after the last round",
        denominator="groups",
        undefined="the game is not collective risk",
        source="Milinski et al. 2008, PNAS 105(7):2291-2294 (a group's total)",
        better=None,
        scopes=RUN_ONLY,
        measure=account_at_end,
    ),
    Metric(
        name="mean_paid",
        unit="share",
        definition=(
            "mean part of a round's allotment that was paid in; the part that everybody would have"
            " to pay is the parameter target_share"
        ),
        denominator="payments that were decided, of nothing included",
        undefined="the game is not collective risk, or nobody decided",
        source="Milinski et al. 2008, PNAS 105(7):2291-2294",
        better=None,
        scopes=EVERY_SCOPE,
        measure=mean_paid,
    ),
)
