"""The one small protocol that every game speaks, and the frozen values that flow through it.

A game is a state machine of pure functions. `start` gives a state; as long as the state is not
over, `asks` says who must choose now and from what; `settle` takes the moves and gives the next
state. Chance is data: the caller draws as many uniform numbers as `draws` asks for.

    state = game.start(parameters, seats)
    while not state.over:
        asks = game.asks(state)
        moves = ...                          # one option key per ask, None where no answer came
        settlement = game.settle(state, moves, chance)   # len(chance) == game.draws(state)
        state = settlement.state
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

ActionClass = Literal["cooperative", "neutral", "uncooperative"]
Family = Literal["cooperation", "conflict", "alignment"]
Value = str | int | float
Facts = tuple[tuple[str, Value], ...]
"""Named facts. A text value is always an option's key, and is told by that option's wording."""
Move = str | None
"""An option's key, or None where no usable answer came."""


class Parameters(BaseModel):
    """Parameters of a game; each game adds its own with published defaults.

    Attributes:
        rounds: rounds played, > 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rounds: int = Field(default=10, ge=1)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a seat may do.

    Attributes:
        key: name in the records.
        action_class: what choosing it counts as.
        tags: alignment tags that choosing it bears, for example "exploitation".
    """

    key: str
    action_class: ActionClass
    tags: tuple[str, ...] = ()


class Ask(NamedTuple):
    """A seat must choose now.

    Attributes:
        seat: who chooses, 0-based.
        phase: name of the phase within the round.
        menu: option keys from the most to the least cooperative, at least two.
        about: the one other seat that the choice is about, None in n-seat games.
        facts: what the seat must know now beyond rules and memory.
    """

    seat: int
    phase: str
    menu: tuple[str, ...]
    about: int | None = None
    facts: Facts = ()


class Event(NamedTuple):
    """Something a seat saw, to be remembered or not.

    In two-seat games where both move at once, the event that closes a round is
    `Event(seat, "outcome", (("own", key), ("other", key)))`: memory tallies and scripted
    strategies rely on it.
    """

    seat: int
    kind: str
    facts: Facts


class Settlement(NamedTuple):
    """What followed from one phase.

    Attributes:
        state: the next state.
        moves: what was really done, aligned with the asks (differs from the choice under noise);
            None where the choice did not take effect.
        payoffs: points, aligned with the asks; None in a phase that does not close the round and
            where the seat did not play.
        events: what each seat saw.
    """

    state: "State"
    moves: tuple[Move, ...]
    payoffs: tuple[float | None, ...]
    events: tuple[Event, ...] = ()


class State(Protocol):
    """A frozen state of a game."""

    @property
    def round(self) -> int:
        """The round being played, 1-based."""

    @property
    def over(self) -> bool:
        """True when nobody is asked any more."""


@dataclass(frozen=True, slots=True)
class SeatRange:
    """How many seats a group of this game may have."""

    least: int
    most: int
    default: int


@dataclass(frozen=True, slots=True)
class Welfare:
    """Sum of payoffs of one group in one round, in points: the worst and the best feasible.

    Attributes:
        worst: the least that everybody together can get when every seat answers.
        best: the most.
        outside: option keys with the expected points that choosing them brings to people who
            have no seat; other options bring them nothing. Part of both sums.
    """

    worst: float
    best: float
    outside: tuple[tuple[str, float], ...] = ()


P = TypeVar("P", bound=Parameters)
S = TypeVar("S", bound=State)


class Game(Protocol[P, S]):
    """Rules without model and wording.

    Attributes:
        name: catalogue name.
        family: "cooperation", "conflict" or "alignment".
        citation: where the rules and default parameters were published.
        seats: group sizes that the rules allow; 1, 2 or n.
        options: every option, from the most to the least cooperative inside each menu.
        parameters: the parameter class.
        presets: named parameter sets of published experiments.
    """

    name: str
    family: Family
    citation: str
    seats: SeatRange
    options: tuple[Option, ...]
    parameters: type[P]
    presets: Mapping[str, P]

    def start(self, parameters: P, seats: int) -> S:
        """First state of a group of that many seats."""

    def asks(self, state: S) -> tuple[Ask, ...]:
        """Who must choose now; never empty while the state is not over."""

    def draws(self, state: S) -> int:
        """How many uniform numbers in [0, 1) the next `settle` needs."""

    def settle(self, state: S, moves: tuple[Move, ...], chance: tuple[float, ...]) -> Settlement:
        """Apply one phase.

        Args:
            state: the current state.
            moves: aligned with `asks(state)`.
            chance: `draws(state)` uniform numbers in [0, 1).
        """

    def payoffs(self, state: S) -> tuple[float, ...]:
        """Points earned so far by each seat; shape (seats,)."""

    def terms(self, parameters: P, seats: int) -> Mapping[str, Value]:
        """Numbers that wordings may name in braces, for example {reward}."""

    def notes(self, parameters: P) -> tuple[str, ...]:
        """Keys of the wording's `notes` that these parameters make part of the rules."""

    def welfare(self, parameters: P, seats: int) -> Welfare:
        """Worst and best feasible sum of payoffs of a group in one round."""
