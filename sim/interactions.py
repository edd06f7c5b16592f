"""Who did what to whom: directed pairs and rounds, from notes."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.game import Move
from sim.notes import Columns, Notes, Real, Whole, whole


def happened(
    notes: Notes, noted: Columns, acted: Whole, sayings: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """One row a directed pair and round: what was done, and the points that came with it.

    What a member does toward its whole group is done toward each other member. Between two it is
    the last act of the round toward the other. What a member earns in the round, earlier and later
    phases included, is divided equally over those of its group toward whom it acted, so that sums
    add up. What is said or left unsaid is no act: menus that hold a saying are passed over.

    Args:
        notes: what happened.
        noted: the same in columns.
        acted: as `done` gives it.
        sayings: keys of the options that are said.

    Returns:
        round, source, target, option (as a place, like in `acted`) and payoff, by the first three.
    """
    talk = np.array([not sayings.isdisjoint(menu) for menu in noted.menus], dtype=bool)
    option = np.where(talk[noted.menu], -1, acted)
    agents = 1 + noted.agent.max(initial=0)
    # A source in a round, and in a group.
    turn = noted.round * agents + noted.agent
    here = turn * (1 + noted.group.max(initial=0)) + noted.group
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
    act = np.concatenate([np.repeat(to_all, whole(map(len, others))), to_one])
    target = np.concatenate([whole(m for each in others for m in each), noted.partner[to_one]])
    payoff = _shares(noted, here, act)
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


def _shares(noted: Columns, here: Whole, act: Whole) -> Real:
    """What came with every act: the source's points there, in equal parts; NaN where unpaid.

    Args:
        noted: what happened.
        here: shape (answers,), the number of each answer's source, round and group.
        act: shape (acts,), places of answers.
    """
    paid = ~np.isnan(noted.payoff)
    places, number = np.unique(here, return_inverse=True)
    sums = np.bincount(number[paid], weights=noted.payoff[paid], minlength=len(places))
    times = np.bincount(number[paid], minlength=len(places))
    acts = np.bincount(number[act], minlength=len(places))
    return (np.where(times > 0, sums, np.nan) / np.maximum(acts, 1))[number[act]]


def _last(keys: Whole, among: NDArray[np.bool_]) -> Whole:
    """Places of the last of every key, among those that are marked."""
    places = np.flatnonzero(among)[::-1]
    return places[np.unique(keys[places], return_index=True)[1]]
