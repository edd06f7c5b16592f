"""Notes: what happens in a run, kept as it was settled while it is played."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.answers import Answer, Decision
from agents.reading import Reading
from scenarios.game import Ask, Facts, Move
from sim.changing import Changed

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


class Settled(NamedTuple):
    """One phase of one group.

    Attributes:
        round: 1-based.
        group: number of the group.
        members: who sits where, as indices of characters.
        asks: what was asked.
        answers: what came back, aligned with `asks`.
        moves: what was really done, aligned with `asks`; None where a choice took no effect.
        payoffs: points, aligned with `asks`; None in a phase that does not close the round, save
            for a seat that was not asked in the phase that did.
    """

    round: int
    group: int
    members: tuple[int, ...]
    asks: tuple[Ask, ...]
    answers: tuple[Answer, ...]
    moves: tuple[Move, ...]
    payoffs: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Every answer of a run in arrays of shape (answers,), in the order of play.

    What is met again and again is numbered in the order of first use, and kept once beside.

    Attributes:
        round: 1-based.
        group: number of the group.
        agent: who chose.
        partner: whom the choice is about; -1 where it is about the whole group.
        phase: place in `phases`.
        facts: place in `facts_told`.
        menu: place in `menus`.
        reading: place in `readings`.
        kind: place in `kinds`.
        position: of the option chosen, in the menu; -1 where none was.
        payoff: points; NaN in a phase that does not close the round.
        phases: names of phases.
        facts_told: what seats knew beyond rules and memory.
        menus: option keys.
        readings: one for each object, which lasts as long as the sweep.
        kinds: kinds of answer.
    """

    round: Whole
    group: Whole
    agent: Whole
    partner: Whole
    phase: Whole
    facts: Whole
    menu: Whole
    reading: Whole
    kind: Whole
    position: Whole
    payoff: Real
    phases: tuple[str, ...]
    facts_told: tuple[Facts, ...]
    menus: tuple[tuple[str, ...], ...]
    readings: tuple[Reading, ...]
    kinds: tuple[type[Answer], ...]


class Uttered(NamedTuple):
    """What somebody said in its own words.

    Attributes:
        round: 1-based.
        source: who said it, as an index of characters.
        targets: who heard it.
        words: what was said; None where nothing could be delivered.
        call_key: of the recorded calls behind it.
    """

    round: int
    source: int
    targets: tuple[int, ...]
    words: str | None
    call_key: str | None


@dataclass
class Notes:
    """Everything that was settled, in the order of play.

    Attributes:
        settled: phase by phase.
        uttered: what was said in own words.
        changed: what an intervention changed.
    """

    settled: list[Settled] = field(default_factory=list)
    uttered: list[Uttered] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    _newest: dict[int, list[int]] = field(default_factory=dict, repr=False)

    def add(self, settled: Settled, owed: tuple[tuple[int, float], ...] = ()) -> None:
        """Note what was settled, and what that brings to seats which an earlier phase asked.

        Args:
            settled: the phase.
            owed: (seat, points); they stand on the seat's first ask of the last phase of the round
                that asked it.

        Raises:
            ValueError: a seat that no phase of the round has asked.
        """
        places = self._newest.get(settled.group, [])
        if places and self.settled[places[-1]].round != settled.round:
            places = []
        for seat, points in owed:
            self._pay(places, seat, points)
        self._newest[settled.group] = [*places, len(self.settled)]
        self.settled.append(settled)

    def _pay(self, places: Sequence[int], seat: int, points: float) -> None:
        for place in reversed(places):
            settled = self.settled[place]
            asked = next((i for i, ask in enumerate(settled.asks) if ask.seat == seat), None)
            if asked is not None:
                payoffs = (*settled.payoffs[:asked], points, *settled.payoffs[asked + 1 :])
                self.settled[place] = settled._replace(payoffs=payoffs)
                return
        raise ValueError(f"seat {seat} is paid in a round in which it was not asked")

    @property
    def decisions(self) -> int:
        """How many answers were given."""
        return sum(len(one.asks) for one in self.settled)

    @property
    def contexts(self) -> int:
        """How many different readings of a model were met."""
        readings = {id(a.reading): a.reading for one in self.settled for a in one.answers}
        return sum(reading.call_key is not None for reading in readings.values())

    def columns(self) -> Columns:
        """All answers, column by column."""
        # The same objects come again and again: what one says is looked up by its number.
        answer, answers = _objects([answer for one in self.settled for answer in one.answers])
        ask, asks = _objects([ask for one in self.settled for ask in one.asks])
        reading, readings = _objects([each.reading for each in answers])
        kind, kinds = _numbered([type(each) for each in answers])
        position = whole([a.position if isinstance(a, Decision) else -1 for a in answers])
        phase, phases = _numbered([each.phase for each in asks])
        facts, facts_told = _numbered([each.facts for each in asks])
        menu, menus = _numbered([each.menu for each in asks])
        sizes = whole([len(one.asks) for one in self.settled])
        group = np.repeat(whole([one.group for one in self.settled]), sizes)
        members = self._members()
        about = whole([-1 if each.about is None else each.about for each in asks])[ask]
        return Columns(
            round=np.repeat(whole([one.round for one in self.settled]), sizes),
            group=group,
            agent=members[group, whole([each.seat for each in asks])[ask]],
            partner=members[group, about],
            phase=phase[ask],
            facts=facts[ask],
            menu=menu[ask],
            reading=reading[answer],
            kind=kind[answer],
            position=position[answer],
            payoff=np.array([p for one in self.settled for p in one.payoffs], dtype=np.float64),
            phases=tuple(phases),
            facts_told=tuple(facts_told),
            menus=tuple(menus),
            readings=tuple(readings),
            kinds=tuple(kinds),
        )

    def _members(self) -> Whole:
        """Who sits where; shape (groups, most seats + 1), -1 where nobody does."""
        groups = {one.group: one.members for one in self.settled}
        most = max(map(len, groups.values()), default=0)
        table = np.full((max(groups, default=-1) + 1, most + 1), -1)
        for group, members in groups.items():
            table[group, : len(members)] = members
        return table


def whole(values: Iterable[int]) -> Whole:
    """Whole numbers as an array."""
    return np.fromiter(values, np.int64)


_Value = TypeVar("_Value")


def _objects(values: Sequence[_Value]) -> tuple[Whole, list[_Value]]:
    """The number of every object in the order of first use, and the different objects."""
    places = list(map(id, values))
    objects = dict(zip(places, values, strict=True))
    numbers = {place: number for number, place in enumerate(objects)}
    return whole([numbers[place] for place in places]), list(objects.values())


def _numbered(values: Sequence[_Value]) -> tuple[Whole, list[_Value]]:
    """The number of every value in the order of first use, and the different values."""
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return whole([numbers[value] for value in values]), list(numbers)
