"""Who did what to whom: directed pairs and rounds, from notes."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.game import Move
from sim.notes import Columns, Notes, Real, Whole, whole


def happened(notes: Notes, noted: Columns, options: tuple[str, ...]) -> pl.DataFrame:
    """One row a directed pair and round: what was done, and the points that came with it.

    What a member does toward its whole group is done toward each other member, and what it earns in
    the round, later phases included, is divided equally over them, so that sums add up. Between two
    it is the last act of the round toward the other.

    Args:
        notes: what happened.
        noted: the same in columns.
        options: keys of all options.

    Returns:
        round, source, target, option (its place in `options`) and payoff, by the first three.
    """
    option = done(notes, options)
    agents = 1 + noted.agent.max(initial=0)
    # A source in a round.
    turn = noted.round * agents + noted.agent
    settled = np.repeat(
        np.arange(len(notes.settled)), whole([len(one.asks) for one in notes.settled])
    )
    company = whole([len(one.members) for one in notes.settled])[settled] > 1
    to_all = _last(turn, (noted.partner < 0) & (option >= 0) & company)
    alone = (noted.partner >= 0) & (option >= 0) & ~np.isin(turn, turn[to_all])
    to_one = _last(turn * agents + noted.partner, alone)
    others = [
        [member for member in notes.settled[settled[act]].members if member != noted.agent[act]]
        for act in to_all
    ]
    sizes = whole(map(len, others))
    act = np.concatenate([np.repeat(to_all, sizes), to_one])
    target = np.concatenate([whole(m for each in others for m in each), noted.partner[to_one]])
    shares = np.repeat(_earned(noted, turn)[to_all] / sizes, sizes)
    payoff = np.concatenate([shares, noted.payoff[to_one]])
    order = np.lexsort((target, noted.agent[act], noted.round[act]))
    return pl.DataFrame(
        {
            "round": noted.round[act][order],
            "source": noted.agent[act][order],
            "target": target[order],
            "option": option[act][order],
            "payoff": pl.Series(payoff[order], nan_to_null=True),
        }
    )


def done(notes: Notes, options: tuple[str, ...]) -> Whole:
    """What was really done, as a place in `options`; -1 where a choice took no effect."""
    places: dict[Move, int] = {None: -1, **{key: place for place, key in enumerate(options)}}
    return whole([places[move] for one in notes.settled for move in one.moves])


def _earned(noted: Columns, turn: Whole) -> Real:
    """What the source of every act earned in its round in all; NaN where nothing was paid."""
    paid = ~np.isnan(noted.payoff)
    size = turn.max(initial=0) + 1
    sums = np.bincount(turn[paid], weights=noted.payoff[paid], minlength=size)
    times = np.bincount(turn[paid], minlength=size)
    return np.where(times > 0, sums, np.nan)[turn]


def _last(keys: Whole, among: NDArray[np.bool_]) -> Whole:
    """Places of the last of every key, among those that are marked."""
    places = np.flatnonzero(among)[::-1]
    return places[np.unique(keys[places], return_index=True)[1]]
