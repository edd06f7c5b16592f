"""Rounds of two seats that choose at the same time from the same two options.

What the prisoner's dilemma, chicken and their like have in common: a horizon, moves that may come
out as the other one, and a closing event "outcome" with `own` and `other`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from pydantic import Field

from scenarios.game import Ask, Event, Move, Parameters, Script, Settlement


class PairParameters(Parameters):
    """How long a pair plays and how surely a choice becomes a move.

    Attributes:
        noise: probability that a move comes out as the other one, in [0, 0.5].
        continuation: probability that another round follows, up to `rounds`; 1 for exactly
            `rounds` rounds.
    """

    noise: float = Field(default=0, ge=0, le=0.5)
    continuation: float = Field(default=1, gt=0, le=1)


P = TypeVar("P", bound=PairParameters)
Payoff = Callable[[P, str, str], float]
"""Points of a seat that did the first key against the second."""


class Outcome(NamedTuple):
    """What two moves lead to: the moves, the points of both seats, and what each saw."""

    moves: tuple[str, str]
    points: tuple[float, float]
    events: tuple[Event, Event]


class PairState(NamedTuple, Generic[P]):
    """Round being played, whether the pair has finished, points so far, and all that may come."""

    parameters: P
    outcomes: Mapping[tuple[str, str], Outcome]
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PairRules(Generic[P]):
    """The part of a game that all games of this kind share.

    Attributes:
        menu: the cooperative option's key, then the other's.
        payoff: points of a seat from its own move and the other's.
    """

    menu: tuple[str, str]
    payoff: Payoff[P]

    def start(self, parameters: P, seats: int) -> PairState[P]:
        """First state of a pair; no chance is needed.

        Raises:
            ValueError: not two seats.
        """
        if seats != 2:
            raise ValueError(f"this game is played by 2 seats, not {seats}")
        return PairState(parameters, self._outcomes(parameters))

    def asks(self, state: PairState[P]) -> tuple[Ask, ...]:
        """Both seats choose."""
        if state.over:
            return ()
        return _both(self.menu)

    def draws(self, state: PairState[P]) -> int:
        """One number per seat for noise, one for continuation; none where nothing is uncertain."""
        return 3 if state.parameters.noise or state.parameters.continuation < 1 else 0

    def settle(
        self, state: PairState[P], moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round; where one answer is missing, the pair skips it."""
        parameters, outcomes, now, _, earned = state
        over = now >= parameters.rounds
        first, second = moves
        if chance:
            over = over or chance[2] >= parameters.continuation
            if first is not None and chance[0] < parameters.noise:
                first = self._other(first)
            if second is not None and chance[1] < parameters.noise:
                second = self._other(second)
        if first is None or second is None:
            skipped = PairState(parameters, outcomes, now + 1, over, earned)
            return Settlement(skipped, (None, None), (None, None))
        done, points, events = outcomes[first, second]
        earned = (earned[0] + points[0], earned[1] + points[1])
        following = PairState(parameters, outcomes, now + 1, over, earned)
        return Settlement(following, done, points, events)

    def _outcomes(self, parameters: P) -> Mapping[tuple[str, str], Outcome]:
        """The four ways in which a round may come out, worked out once a pair."""
        points = {moves: self.payoff(parameters, *moves) for moves in product(self.menu, repeat=2)}
        return {
            (own, other): Outcome(
                (own, other), (points[own, other], points[other, own]), _seen(own, other)
            )
            for own, other in points
        }

    def _other(self, move: str) -> str:
        return self.menu[1 - self.menu.index(move)]


@cache
def _both(menu: tuple[str, ...]) -> tuple[Ask, Ask]:
    """Both seats are asked about the other one."""
    return (Ask(0, "choose", menu, about=1), Ask(1, "choose", menu, about=0))


@cache
def _seen(first: str, second: str) -> tuple[Event, Event]:
    """What both seats saw; made once, since rounds come out in four ways only."""
    return (
        Event(0, "outcome", (("own", first), ("other", second))),
        Event(1, "outcome", (("own", second), ("other", first))),
    )


def horizon(parameters: PairParameters) -> dict[str, str | int | float]:
    """Terms of every pair game: rounds, and continuation and noise in percent."""
    return {
        "rounds": parameters.rounds,
        "continuation_percent": round(100 * parameters.continuation, 2),
        "noise_percent": round(100 * parameters.noise, 2),
    }


def horizon_notes(parameters: PairParameters) -> tuple[str, ...]:
    """Notes on how long it goes on, and on moves that go wrong."""
    if parameters.rounds == 1:
        length = "once"
    elif parameters.continuation < 1:
        length = "open"
    else:
        length = "repeated"
    return (length, "noise") if parameters.noise else (length,)


def other_last(seen: Sequence[Event]) -> str | None:
    """What the other did in the last round that was played; None before there was one."""
    for event in reversed(seen):
        if event.kind == "outcome":
            return str(dict(event.facts)["other"])
    return None


def best_reply(payoff: Payoff[P], menu: tuple[str, str]) -> Script[P]:
    """Expect what the other did last, cooperation at first, and earn the most against that."""

    def choose(parameters: P, ask: Ask, seen: Sequence[Event]) -> str:
        expected = other_last(seen) or menu[0]
        return max(menu, key=lambda own: payoff(parameters, own, expected))

    return choose


def tit_for_tat(menu: tuple[str, str]) -> Script[P]:
    """Cooperate first, then do what the other did last."""
    return lambda parameters, ask, seen: other_last(seen) or menu[0]
