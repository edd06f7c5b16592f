"""A run's rows as arrays, made once and shared by all metrics; independent of the rows' order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.networks.acts import Network, tally
from analysis.run_record import RunRecord
from analysis.utterances import utterances
from scenarios.catalogue import game

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flag = NDArray[np.bool_]

_ORDER = ["round", "phase", "group", "agent", "partner"]
_USED = (
    *_ORDER,
    "facts",
    "menu",
    "answer",
    "action",
    "action_class",
    "done",
    "probabilities",
    "mass",
    "payoff",
    "prompt_sha256",
)


@dataclass(frozen=True)
class Acts:
    """What was really done between pairs; arrays of shape (acts,), by pair, then by round.

    Acts from menus without a cooperative option are left out; of several acts of a round the
    last one stands.

    Attributes:
        pair: source * agents + target.
        round: 1-based.
        cooperative: whether the act counts as cooperative.
        uncooperative: whether it counts as uncooperative.
    """

    pair: Whole
    round: Whole
    cooperative: Flag
    uncooperative: Flag


@dataclass(frozen=True)
class Replies:
    """Decided choices that answer a partner met before; arrays of shape (replies,).

    Attributes:
        agent: who chose.
        cooperative: whether the choice is cooperative.
        uncooperative: whether it is uncooperative.
        after_cooperation: whether the partner's last act toward this agent was cooperative.
        after_defection: whether it was uncooperative.
        defected_before: whether the partner has ever been uncooperative toward this agent.
    """

    agent: Whole
    cooperative: Flag
    uncooperative: Flag
    after_cooperation: Flag
    after_defection: Flag
    defected_before: Flag


@dataclass(frozen=True)
class Rows:
    """A run and its rows.

    Attributes:
        run: who played what.
        tables: the run's tables by name.
    """

    run: RunRecord
    tables: Mapping[str, pl.DataFrame]

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The population's member that each agent was cast for; shape (agents,)."""
        return tuple(character.member for character in self.run.characters)

    @cached_property
    def decisions(self) -> pl.DataFrame:
        """The choices asked, in a fixed order; the columns that metrics look at."""
        table = self.tables["decisions"].select(_USED)
        return table.sort(_ORDER, nulls_last=True, maintain_order=True)

    @cached_property
    def utterances(self) -> pl.DataFrame:
        """What was said and thought in own words: columns of `analysis.utterances.SCHEMA`."""
        return utterances(self.tables)

    @cached_property
    def agent(self) -> Whole:
        """Who was asked; shape (decisions,)."""
        return self.decisions["agent"].to_numpy()

    @cached_property
    def partner(self) -> tuple[Whole, Flag]:
        """Whom the choice is about, 0 where nobody, and whether anybody; shape (decisions,)."""
        partner = self.decisions["partner"]
        return partner.fill_null(0).to_numpy(), partner.is_not_null().to_numpy()

    @cached_property
    def decided(self) -> Flag:
        """Whether the answer is a decision; shape (decisions,)."""
        return is_equal(self.decisions["answer"], "decision")

    @cached_property
    def cooperative(self) -> Flag:
        """Whether a cooperative option was chosen; shape (decisions,)."""
        return is_equal(self.decisions["action_class"], "cooperative")

    @cached_property
    def uncooperative(self) -> Flag:
        """Whether an uncooperative option was chosen; shape (decisions,)."""
        return is_equal(self.decisions["action_class"], "uncooperative")

    @cached_property
    def social(self) -> Flag:
        """Whether the menu holds a cooperative option at all; shape (decisions,)."""
        return self.offered(self.cooperative_keys)

    @cached_property
    def cooperative_keys(self) -> frozenset[str]:
        """Options that the game classes as cooperative."""
        options = game(self.run.game).options
        return frozenset(option.key for option in options if option.action_class == "cooperative")

    @cached_property
    def social_keys(self) -> list[str]:
        """Options of the menus that hold a cooperative option."""
        menus = (menu for menu in self._menus[1] if not self.cooperative_keys.isdisjoint(menu))
        return sorted({key for menu in menus for key in menu})

    def offered(self, keys: frozenset[str]) -> Flag:
        """Whether the menu holds one of these options; shape (decisions,)."""
        number, menus = self._menus
        return np.array([not keys.isdisjoint(menu) for menu in menus], dtype=bool)[number]

    @cached_property
    def _menus(self) -> tuple[Whole, list[tuple[str, ...]]]:
        """The number of every decision's menu, and the different menus."""
        column = self.decisions["menu"]
        menus = [tuple(menu) for menu in column.unique().to_list()]
        if len(menus) == 1:
            return np.zeros(len(column), dtype=np.int64), menus
        numbers = {menu: number for number, menu in enumerate(menus)}
        found = (numbers[tuple(menu)] for menu in column.to_list())
        return np.fromiter(found, np.int64, len(column)), menus

    @cached_property
    def is_dyadic(self) -> bool:
        """Whether all groups are pairs."""
        return bool(self.run.group_sizes) and set(self.run.group_sizes) == {2}

    @cached_property
    def acts(self) -> Acts:
        """What was done between pairs; empty in games of one seat."""
        table = self.tables["interactions"].filter(pl.col("action").is_in(self.social_keys))
        table = table.sort("source", "target", "round", maintain_order=True)
        pair = (table["source"] * len(self.members) + table["target"]).to_numpy()
        round_ = table["round"].to_numpy()
        last = np.ones(len(pair), dtype=bool)
        last[:-1] = (pair[1:] != pair[:-1]) | (round_[1:] != round_[:-1])
        action_class = table["action_class"]
        return Acts(
            pair[last],
            round_[last],
            is_equal(action_class, "cooperative")[last],
            is_equal(action_class, "uncooperative")[last],
        )

    @cached_property
    def network(self) -> Network:
        """What was done toward single others, as `analysis.networks.acts.read` without harm."""
        acts, size = self.acts, len(self.members)
        toward_one = np.ones(len(acts.pair), dtype=bool)
        if not self.is_dyadic:
            partner, has_partner = self.partner
            stamp = self.decisions["round"].to_numpy()
            span = 1 + max(int(stamp.max(initial=0)), int(acts.round.max(initial=0)))
            chosen = ((self.agent * size + partner) * span + stamp)[has_partner]
            toward_one = np.isin(acts.pair * span + acts.round, chosen)
        nothing = np.zeros((size, size), dtype=np.int64)
        return Network(
            acts=tally(acts.pair[toward_one], size),
            cooperative=tally(acts.pair[toward_one & acts.cooperative], size),
            uncooperative=tally(acts.pair[toward_one & acts.uncooperative], size),
            harm_chances=nothing,
            harms=nothing,
        )

    @cached_property
    def replies(self) -> Replies:
        """Decided choices toward a partner that acted toward this agent in an earlier round."""
        acts, size = self.acts, len(self.members)
        partner, has_partner = self.partner
        chosen = self.decided & self.social & has_partner
        toward = partner * size + self.agent
        stamp = self.decisions["round"].to_numpy()
        span = 1 + max(int(stamp.max(initial=0)), int(acts.round.max(initial=0)))
        clock = acts.pair * span + acts.round
        before = np.searchsorted(clock, toward * span + stamp) - 1
        seen = chosen & (before >= 0)
        seen[seen] = acts.pair[before[seen]] == toward[seen]
        last = before[seen]
        first = np.full(size * size, span)
        np.minimum.at(first, acts.pair[acts.uncooperative], acts.round[acts.uncooperative])
        return Replies(
            agent=self.agent[seen],
            cooperative=self.cooperative[seen],
            uncooperative=self.uncooperative[seen],
            after_cooperation=acts.cooperative[last],
            after_defection=acts.uncooperative[last],
            defected_before=first[toward[seen]] < stamp[seen],
        )


def is_equal(column: pl.Series, text: str) -> Flag:
    """Whether each value equals a text; false for null."""
    equal = column == text
    return (equal.fill_null(value=False) if equal.null_count() else equal).to_numpy()
