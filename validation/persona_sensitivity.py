"""How well each readout tells a benevolent respondent from a hostile one.

Within an item, a readout that is moved by who is asked puts the benevolent above the hostile; the
area under the ROC curve (AUC) is the share of pairs in which it does (Hanley & McNeil 1982), ties
counting half. 0.5 is what chance gives, 1 is perfect.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

DRAWS = 4000
SEED = 0
Numbers = NDArray[np.float64]
Statistic = Callable[[Numbers, Numbers, Numbers], float]
"""Of how often each benevolent persona, hostile persona and item counts."""


@dataclass(frozen=True)
class Readings:
    """Log-odds of the cooperative option, by one readout.

    Attributes:
        benevolent: shape (personas, items), nats.
        hostile: shape (personas, items), nats.
        games: shape (items,), the game of every item.
        mass: mean probability of both options together.
        lacking: readings that gave no probabilities; their items are left out for that persona.
    """

    benevolent: Numbers
    hostile: Numbers
    games: NDArray[np.str_]
    mass: float
    lacking: int

    @cached_property
    def wins(self) -> Numbers:
        """Shape (benevolent, hostile, items): 1 where the benevolent is above, 0.5 where equal."""
        above = self.benevolent[:, None, :] - self.hostile[None, :, :]
        return np.asarray((1 + np.sign(above)) / 2)

    @cached_property
    def overall_wins(self) -> Numbers:
        """Shape (benevolent, hostile): the same for every persona's mean over all items."""
        above = np.nanmean(self.benevolent, axis=1)[:, None] - np.nanmean(self.hostile, axis=1)
        return np.asarray((1 + np.sign(above)) / 2)


def of_readouts(table: pl.DataFrame) -> Mapping[str, Readings]:
    """Readings by readout, in the order of the table."""
    return {
        str(name): _readings(part)
        for (name,), part in table.group_by("readout", maintain_order=True)
    }


def _readings(part: pl.DataFrame) -> Readings:
    items = part.select("game", "wording").unique(maintain_order=True)
    wide = (
        part.with_columns(item=pl.concat_str("game", "wording", separator="/"))
        .pivot("item", index=["stance", "persona"], values="log_odds")
        .sort("stance", "persona")
    )
    names = [f"{game}/{wording}" for game, wording in items.rows()]
    by_stance = {
        stance: wide.filter(pl.col("stance") == stance).select(names).to_numpy().astype(float)
        for stance in ("benevolent", "hostile")
    }
    return Readings(
        **by_stance,
        games=items["game"].to_numpy().astype(np.str_),
        mass=float(part.select(pl.col("mass").mean()).item()),
        lacking=part["log_odds"].null_count(),
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def told(self) -> str:
        """For example ".71 [.60, .80]"."""
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


def _short(value: float) -> str:
    rounded = round(value, 2) + 0.0  # without a negative zero
    told = f"{rounded:.2f}"
    return told.replace("0.", ".", 1) if abs(rounded) < 1 else told


def within_items(readings: Readings) -> Estimate:
    """Mean AUC over items; personas of each stance and games are resampled."""
    return _resampled(readings, lambda b, h, i: _mean(readings.wins, b, h, i))


def between_personas(readings: Readings) -> Estimate:
    """AUC of the personas' means over all items; personas are resampled."""
    return _resampled(
        readings,
        lambda b, h, i: float(
            np.einsum("b,h,bh->", b, h, readings.overall_wins) / (b.sum() * h.sum())
        ),
    )


def gap(readings: Readings) -> Estimate:
    """Benevolent minus hostile in nats, mean over items; personas and games are resampled."""
    difference = readings.benevolent[:, None, :] - readings.hostile[None, :, :]
    return _resampled(readings, lambda b, h, i: _mean(difference, b, h, i))


def by_game(readings: Readings) -> Mapping[str, float]:
    """Mean AUC over the wordings of every game."""
    each = np.nanmean(readings.wins, axis=(0, 1))
    return {
        str(game): float(each[readings.games == game].mean())
        for game in dict.fromkeys(readings.games)
    }


def _mean(values: Numbers, benevolent: Numbers, hostile: Numbers, items: Numbers) -> float:
    """Weighted mean of (benevolent, hostile, items) that leaves out what is missing."""
    weights = benevolent[:, None, None] * hostile[None, :, None] * items[None, None, :]
    known = np.isfinite(values)
    total = float((weights * known).sum())
    # A draw may hold nothing but what is missing; it then says nothing.
    return float((weights * np.where(known, values, 0)).sum()) / total if total else math.nan


def _resampled(readings: Readings, statistic: Statistic) -> Estimate:
    """Percentile interval of a bootstrap that draws personas within stances, and whole games.

    Both are samples from more (Owen 2007, the pigeonhole bootstrap for crossed factors); with ten
    games it is rough, and errs to the wide side.
    """
    rng = np.random.default_rng(SEED)
    kinds, of_item = np.unique(readings.games, return_inverse=True)
    sizes = (len(readings.benevolent), len(readings.hostile), len(kinds))
    ones = [np.ones(size) for size in (*sizes[:2], len(of_item))]
    drawn = []
    for _ in range(DRAWS):
        b, h, g = (rng.multinomial(size, np.full(size, 1 / size)).astype(float) for size in sizes)
        drawn.append(statistic(b, h, g[of_item]))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Estimate(statistic(*ones), float(low), float(high))
