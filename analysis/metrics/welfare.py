"""Metrics of what is earned, and by whom."""

import numpy as np
import polars as pl

from analysis.metrics.metric import RUN_ONLY, Metric, Score, whole
from analysis.metrics.rows import Real, Rows
from scenarios.catalogue import game, parameters
from scenarios.game import Welfare


def welfare_efficiency(rows: Rows) -> list[Score]:
    """Where the groups' sums of payoffs lie between the worst and the best feasible."""
    rules = game(rows.run.game)
    given = parameters(rules, rows.run.parameters)
    reached = []
    for (seats,), settled in _settled(rows).group_by("seats", maintain_order=True):
        bounds = rules.welfare(given, int(str(seats)))
        if bounds.best > bounds.worst:
            earned = settled["payoff"].to_numpy() + _outside(settled, bounds)
            reached.append((earned - bounds.worst) / (bounds.best - bounds.worst))
    shares = np.concatenate(reached) if reached else np.array([])
    return whole(float(shares.mean()) if len(shares) else None, len(shares))


def gini(rows: Rows) -> list[Score]:
    """Gini coefficient of the agents' total payoffs."""
    paid = rows.decisions.filter(pl.col("payoff").is_not_null())
    if paid.is_empty():
        return whole(None, 0)
    size = len(rows.members)
    agents = paid["agent"].to_numpy()
    earned = np.bincount(agents, weights=paid["payoff"].to_numpy(), minlength=size)
    return whole(*_gini(np.sort(earned[np.bincount(agents, minlength=size) > 0])))


def _settled(rows: Rows) -> pl.DataFrame:
    """Seats, sum of payoffs and choices of every group-round in which all seats were paid."""
    sizes = set(rows.run.group_sizes)
    seats = pl.lit(next(iter(sizes))) if len(sizes) == 1 else pl.col("members")
    members = rows.decisions.group_by("group").agg(members=pl.col("agent").n_unique())
    return (
        rows.decisions.filter(pl.col("payoff").is_not_null())
        .group_by("group", "round", maintain_order=True)
        .agg(pl.col("payoff").sum(), pl.col("action"), paid=pl.col("agent").n_unique())
        .join(members, on="group", maintain_order="left")
        .with_columns(seats=seats)
        .filter(pl.col("paid") == pl.col("seats"))
        .select("seats", "payoff", "action")
    )


def _outside(settled: pl.DataFrame, bounds: Welfare) -> Real:
    """What each group-round's choices are expected to bring to people who have no seat."""
    points = dict(bounds.outside)
    if not points:
        return np.zeros(len(settled))
    chosen = settled["action"].to_list()
    return np.array([sum(points.get(action, 0.0) for action in actions) for actions in chosen])


def _gini(earned: Real) -> tuple[float | None, int]:
    """Mean absolute difference over twice the mean, from ascending totals."""
    n = len(earned)
    total = float(earned.sum())
    if n < 2 or earned[0] < 0 or total <= 0:
        return None, n
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ earned) / (n * total), n


WELFARE = (
    Metric(
        name="welfare_efficiency",
        unit="share",
        definition=(
            "mean over group-rounds of (welfare - worst feasible) / (best - worst feasible);"
            " welfare is the sum of payoffs and of what the choices are expected to bring to"
            " people outside"
        ),
        denominator="group-rounds in which every seat was paid",
        undefined="no such round, or the game's best and worst are equal",
        source="Ledyard 1995, Handbook of Experimental Economics, ch. 2 (efficiency)",
        better="higher",
        scopes=RUN_ONLY,
        measure=welfare_efficiency,
    ),
    Metric(
        name="gini",
        unit="coefficient",
        definition="mean absolute difference of the agents' total payoffs over twice their mean",
        denominator="agents that were paid at least once",
        undefined="fewer than two such agents, a negative total, or nothing earned in all",
        source="Sen 1973, On Economic Inequality, section 2.8 (population form)",
        better="lower",
        scopes=RUN_ONLY,
        measure=gini,
    ),
)
