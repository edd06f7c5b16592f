"""Notes: what happens in a run, kept as plain tuples while it is played."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from agents.minds import Answer, Decision, Refusal, Unparsed
from agents.readouts import Reading
from scenarios.game import Ask, Move

Payoff = float | None
_Noted = TypeVar("_Noted", str, tuple[str, ...])
_ANSWERS = {Decision: "decision", Refusal: "refusal", Unparsed: "unparsed"}


@dataclass
class Notes:
    """Rows in the making; readings, menus and phases are noted once and referred to by number.

    Attributes:
        decisions: (round, phase, group, agent, partner, menu, reading, answer, position, payoff).
        interactions: (round, source, target, action, payoff).
        readings: every different reading met.
        menus: every different menu met.
        phases: every different phase met, in order of first use.
    """

    decisions: list[tuple[object, ...]] = field(default_factory=list)
    interactions: list[tuple[object, ...]] = field(default_factory=list)
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
        """Note what was really done, toward whom; in a group, toward every other member.

        A payoff earned in a group is divided equally over the pairs, so that sums add up.
        """
        if move is None:
            return
        source = members[ask.seat]
        if ask.about is not None:
            targets = [members[ask.about]]
        else:
            targets = [member for member in members if member != source]
        share = None if payoff is None or not targets else payoff / len(targets)
        self.interactions.extend((now, source, target, move, share) for target in targets)

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
