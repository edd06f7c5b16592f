"""Metrics of what is earned, and by whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.metrics.metric import RUN_ONLY, Metric, Score, whole
from analysis.metrics.rows import Real, Rows, Whole
from scenarios.catalogue import AnyGame, game, parameters
from scenarios.game import Parameters, Welfare


def welfare_efficiency(rows: Rows) -> list[Score]:
    """Where the groups' sums of payoffs lie between the worst and the best feasible."""
    rules = game(rows.run.game)
    given = parameters(rules, rows.run.parameters)
    reached = []
    settled = _settled(rows, by_round=not _is_over_whole_games(rules, given, rows))
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


def _is_over_whole_games(rules: AnyGame, given: Parameters, rows: Rows) -> bool:
    return any(rules.welfare(given, seats).whole_game for seats in set(rows.run.group_sizes))


@dataclass(frozen=True)
class _Settled:
    """Turns (rounds or whole games of a group) in which every seat that was asked was paid.

    Arrays of shape (turns,).

    Attributes:
        seats: how many there are.
        payoff: their sum.
        place: shape (choices,), the turn of every choice that took part in one of them.
        action: these choices.
    """

    seats: Whole
    payoff: Real
    place: Whole
    action: pl.Series


def _settled(rows: Rows, *, by_round: bool) -> _Settled:
    """Every turn in which all seats that were asked were paid, in the order of play."""
    table, size = rows.decisions, len(rows.members)
    group = table["group"].cast(pl.Enum(table["group"].unique())).to_physical().to_numpy()
    group, round_ = group.astype(np.int64), table["round"].to_numpy()
    stride = 1 + group.max(initial=0)
    paid = table["payoff"].is_not_null().to_numpy()
    turn, first, place = np.unique(round_ * stride + group, return_index=True, return_inverse=True)
    asked = np.bincount(_distinct(place * size + rows.agent) // size, minlength=len(turn))
    earned = _distinct(place[paid] * size + rows.agent[paid]) // size
    is_whole = np.bincount(earned, minlength=len(turn)) == asked
    seats = _seats(rows, group)[group[first]]
    if not by_round:
        # A game is whole where all its rounds are.
        games, first, game_of = np.unique(turn % stride, return_index=True, return_inverse=True)
        is_whole = np.bincount(game_of, weights=~is_whole, minlength=len(games)) == 0
        seats, place = seats[first], game_of[place]
    # Turns in the order of play; -1 where a seat was not paid.
    order = np.argsort(first)
    order = order[is_whole[order]]
    number = np.full(len(is_whole), -1)
    number[order] = np.arange(len(order))
    place = number[place]
    counted = place >= 0
    payoff = table["payoff"].fill_null(0).to_numpy()[counted]
    return _Settled(
        seats=seats[order],
        payoff=_sums(place[counted], payoff, len(order)),
        place=place[counted],
        action=table["action"].filter(counted),
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
            " people outside; over whole games where what a round can bring depends on the rounds"
            " before it (commons, collective_risk, orders)"
        ),
        denominator="group-rounds, or groups, in which every seat that was asked was paid",
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
