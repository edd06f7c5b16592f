"""Metrics of what is earned, and by whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.metrics.metric import RUN_ONLY, Metric, Score, whole
from analysis.metrics.rows import Real, Rows, Whole
from scenarios.catalogue import game, parameters
from scenarios.game import Welfare


def welfare_efficiency(rows: Rows) -> list[Score]:
    """Where the groups' sums of payoffs lie between the worst and the best feasible."""
    rules = game(rows.run.game)
    given = parameters(rules, rows.run.parameters)
    reached = []
    settled = _settled(rows)
    for seats in dict.fromkeys(settled.seats.tolist()):
        bounds = rules.welfare(given, seats)
        if bounds.best > bounds.worst:
            earned = (settled.payoff + _outside(settled, bounds))[settled.seats == seats]
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


@dataclass(frozen=True)
class _Settled:
    """Group-rounds in which all seats were paid; arrays of shape (group-rounds,).

    Attributes:
        seats: how many there are.
        payoff: their sum.
        place: shape (choices,), the group-round of every choice that was paid in one of them.
        action: these choices.
    """

    seats: Whole
    payoff: Real
    place: Whole
    action: pl.Series


def _settled(rows: Rows) -> _Settled:
    """Every group-round in which all seats were paid, in the order of play."""
    table, size = rows.decisions, len(rows.members)
    group = table["group"].cast(pl.Enum(table["group"].unique())).to_physical().to_numpy()
    group, round_ = group.astype(np.int64), table["round"].to_numpy()
    turn = round_ * (1 + group.max(initial=0)) + group
    paid = table["payoff"].is_not_null().to_numpy()
    _, first, place = np.unique(turn[paid], return_index=True, return_inverse=True)
    seats = _seats(rows, group)[group[paid][first]]
    everyone = _distinct(place * size + rows.agent[paid]) // size
    whole_ones = np.bincount(everyone, minlength=len(first)) == seats
    # Group-rounds in the order of play; -1 where a seat was not paid.
    order = np.argsort(first)
    order = order[whole_ones[order]]
    number = np.full(len(first), -1)
    number[order] = np.arange(len(order))
    place = number[place]
    counted = place >= 0
    payoff = table["payoff"].to_numpy()[paid][counted]
    return _Settled(
        seats=seats[order],
        payoff=_sums(place[counted], payoff, len(order)),
        place=place[counted],
        action=table["action"].filter(paid).filter(counted),
    )


def _seats(rows: Rows, group: Whole) -> Whole:
    """Seats of every group: the one size that all have, or how many members were asked."""
    sizes, groups, size = set(rows.run.group_sizes), 1 + group.max(initial=-1), len(rows.members)
    if len(sizes) == 1:
        return np.full(groups, sizes.pop())
    return np.bincount(_distinct(group * size + rows.agent) // size, minlength=groups)


def _distinct(values: Whole) -> Whole:
    """The different values; sorted, since telling them apart by hash takes four times as long."""
    ordered = np.sort(values)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _outside(settled: _Settled, bounds: Welfare) -> Real:
    """What each group-round's choices are expected to bring to people who have no seat."""
    points = dict(bounds.outside)
    if not points:
        return np.zeros(len(settled.seats))
    values = np.array([points.get(action, 0.0) for action in settled.action.to_list()])
    return _sums(settled.place, values, len(settled.seats))


def _sums(place: Whole, values: Real, size: int) -> Real:
    """Sum of the values of each place; shape (size,)."""
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)


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
