"""The directed acts of one run, counted by giver and receiver."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.run_record import RunRecord
from scenarios.catalogue import game

Counts = NDArray[np.int64]
Real = NDArray[np.float64]
HARM = "harm"
"""The tag of options that harm somebody who does not attack."""
_PLACE = ["round", "source", "target"]


@dataclass(frozen=True)
class Network:
    """Acts of one run; integer matrices of shape (agents, agents), [giver, receiver].

    Attributes:
        acts: acts from menus that hold a cooperative option.
        cooperative: those of them that are cooperative.
        uncooperative: those of them that are uncooperative.
        harm_chances: acts from menus that hold an option tagged harm.
        harms: those of them that are tagged so.
    """

    acts: Counts
    cooperative: Counts
    uncooperative: Counts
    harm_chances: Counts
    harms: Counts

    @property
    def agents(self) -> int:
        """How many characters there are, those without acts among them."""
        return len(self.acts)

    @cached_property
    def cooperation(self) -> Real:
        """Share of cooperative acts of every ordered pair; NaN where the giver never acted."""
        empty = np.full(self.acts.shape, np.nan)
        found: Real = np.divide(self.cooperative, self.acts, out=empty, where=self.acts > 0)
        return found


def read(run: RunRecord, tables: Mapping[str, pl.DataFrame]) -> Network:
    """The directed acts of a run: those about which their giver chose for that receiver alone.

    What is done to a whole group at once (a contribution, a harvest) is no act of one to another
    and is left out; so is what was said. Of several acts of a pair in a round the last stands.

    Args:
        run: who played what.
        tables: at least "decisions" and "interactions", in any row order.
    """
    menus = tables["decisions"]["menu"].unique().to_list()
    options = game(run.game).options
    cooperative = {each.key for each in options if each.action_class == "cooperative"}
    harmful = {each.key for each in options if HARM in each.tags}
    done = tables["interactions"].filter(pl.col("action").is_not_null())
    if set(run.group_sizes) != {2}:
        chosen = tables["decisions"].filter(pl.col("partner").is_not_null())
        done = done.join(
            chosen.select("round", source="agent", target="partner"), on=_PLACE, how="semi"
        )
    size = len(run.characters)
    social = done.filter(pl.col("action").is_in(_offered_with(cooperative, menus)))
    social = social.unique(_PLACE, keep="last", maintain_order=True)
    dangerous = done.filter(pl.col("action").is_in(_offered_with(harmful, menus)))
    kinds = social["action_class"]
    return Network(
        acts=_counted(social, size),
        cooperative=_counted(social.filter(kinds == "cooperative"), size),
        uncooperative=_counted(social.filter(kinds == "uncooperative"), size),
        harm_chances=_counted(dangerous, size),
        harms=_counted(dangerous.filter(pl.col("action").is_in(list(harmful))), size),
    )


def _offered_with(keys: set[str], menus: Iterable[Iterable[str]]) -> list[str]:
    """Options of the menus that hold one of these keys."""
    return sorted({key for menu in menus if not keys.isdisjoint(menu) for key in menu})


def _counted(acts: pl.DataFrame, size: int) -> Counts:
    return tally((acts["source"] * size + acts["target"]).to_numpy(), size)


def tally(pair: Counts, size: int) -> Counts:
    """How often each ordered pair occurs; shape (size, size).

    Args:
        pair: shape (acts,), giver * size + receiver.
        size: how many characters there are.
    """
    return np.bincount(pair, minlength=size * size).reshape(size, size).astype(np.int64)
