"""Notes: what happens in a run, kept as plain tuples while it is played."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from agents.minds import Answer, Decision, Failed, Refusal, Unparsed
from agents.reading import Reading
from scenarios.game import Ask, Move

Payoff = float | None
_Noted = TypeVar("_Noted", str, tuple[str, ...])
_ANSWERS = {Decision: "decision", Refusal: "refusal", Unparsed: "unparsed", Failed: "failed"}


class Act(NamedTuple):
    """Something done in a round.

    Attributes:
        round: 1-based.
        source: who did it.
        partner: toward whom; None toward the whole group.
        others: the other members of the group.
        move: what was done; None where the choice took no effect.
        payoff: points that came with it; None in a phase that does not close the round.
    """

    round: int
    source: int
    partner: int | None
    others: tuple[int, ...]
    move: Move
    payoff: Payoff


@dataclass
class Notes:
    """Rows in the making; readings, menus and phases are noted once and referred to by number.

    Attributes:
        decisions: (round, phase, group, agent, partner, menu, reading, answer, position, payoff).
        acts: everything that was really done.
        readings: every different reading met.
        menus: every different menu met.
        phases: every different phase met, in order of first use.
    """

    decisions: list[tuple[object, ...]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    menus: list[tuple[str, ...]] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    _reading_numbers: dict[int, int] = field(default_factory=dict)
    _menu_numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _phase_numbers: dict[str, int] = field(default_factory=dict)

    def decided(
        self, now: int, place: tuple[int, Sequence[int]], ask: Ask, answer: Answer, payoff: Payoff
    ) -> None:
        """Note one answer and what it earned.

        Args:
            now: the round.
            place: number and members of the group.
            ask: what was asked.
            answer: what came back.
            payoff: points, None in a phase that does not close the round.
        """
        group, members = place
        self.decisions.append(
            (
                now,
                _number(ask.phase, self._phase_numbers, self.phases),
                group,
                members[ask.seat],
                None if ask.about is None else members[ask.about],
                _number(ask.menu, self._menu_numbers, self.menus),
                self._reading(answer.reading),
                _ANSWERS[type(answer)],
                answer.position if isinstance(answer, Decision) else None,
                payoff,
            )
        )

    def done(self, now: int, members: Sequence[int], ask: Ask, move: Move, payoff: Payoff) -> None:
        """Note what was really done and earned, toward one partner or toward the whole group."""
        source = members[ask.seat]
        others = tuple(member for member in members if member != source)
        partner = None if ask.about is None else members[ask.about]
        self.acts.append(Act(now, source, partner, others, move, payoff))

    def _reading(self, reading: Reading) -> int:
        # By identity: a reading is one object for as long as the sweep lasts.
        number = self._reading_numbers.get(id(reading))
        if number is None:
            number = self._reading_numbers[id(reading)] = len(self.readings)
            self.readings.append(reading)
        return number


def _number(value: _Noted, numbers: dict[_Noted, int], values: list[_Noted]) -> int:
    if value not in numbers:
        numbers[value] = len(values)
        values.append(value)
    return numbers[value]
