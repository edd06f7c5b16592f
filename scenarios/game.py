"""The one small protocol that every game speaks, and the frozen values that flow through it.

A game is a state machine of pure functions. `start` gives a state; as long as the state is not
over, `asks` says who must choose now and from what; `settle` takes the moves and gives the next
state. Chance is data: the caller draws as many uniform numbers as `opening` and `draws` ask for.

    state = game.start(parameters, seats, chance)    # as many numbers as game.opening(...)
    while not state.over:
        asks = game.asks(state)
        moves = ...                          # one option key per ask, None where no answer came
        settlement = game.settle(state, moves, chance)   # len(chance) == game.draws(state)
        state = settlement.state

A round is one phase or several. Seats may have roles, know what others do not (`Ask.facts`), speak
before they act (`Option.says`), and be third parties. A seat that is not asked in a round earns
nothing in it; what a seat earns in a round is recorded once.
"""

from collections.abc import Callable, Mapping, Sequence
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
SCRIPTS = ("selfish", "social", "reciprocal")
"""Names of the scripted baselines that every game has."""


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
        says: choosing it is saying it, to the seat that the choice is about or to the whole group;
            such choices are rows of the messages table, not of interactions.
    """

    key: str
    action_class: ActionClass
    tags: tuple[str, ...] = ()
    says: bool = False


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
        owed: (seat, points) of seats that are paid when the round closes though this phase did
            not ask them; an earlier phase of the round did, and is where the points are recorded.
    """

    state: "State"
    moves: tuple[Move, ...]
    payoffs: tuple[float | None, ...]
    events: tuple[Event, ...] = ()
    owed: tuple[tuple[int, float], ...] = ()


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
        whole_game: both sums are over all rounds of a game, since what a round can bring depends
            on the rounds before it.
    """

    worst: float
    best: float
    outside: tuple[tuple[str, float], ...] = ()
    whole_game: bool = False


P = TypeVar("P", bound=Parameters)
S = TypeVar("S", bound=State)
Script = Callable[[P, Ask, Sequence[Event]], str]
"""A rule of play: the key that it chooses, from the parameters, an ask, and what its seat saw in
this group so far, oldest first."""


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
        scripts: baselines that need no model, one for each of SCRIPTS: "selfish" earns itself the
            most where all others do the same, round by round; "social" brings everybody together,
            people without a seat included, the most where all do the same; "reciprocal" begins
            cooperatively and answers what was done to it in kind.
    """

    name: str
    family: Family
    citation: str
    seats: SeatRange
    options: tuple[Option, ...]
    parameters: type[P]
    presets: Mapping[str, P]
    scripts: Mapping[str, Script[P]]

    def opening(self, parameters: P, seats: int) -> int:
        """How many uniform numbers in [0, 1) `start` needs; 0 where nothing is drawn then."""

    def start(self, parameters: P, seats: int, chance: tuple[float, ...] = ()) -> S:
        """First state of a group of that many seats.

        Args:
            parameters: of this game.
            seats: seats in the group.
            chance: `opening(parameters, seats)` uniform numbers in [0, 1).

        Raises:
            ValueError: a group size that the rules do not allow.
        """

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


def exact(points: float) -> float:
    """Points without the error of binary fractions, so that what is told is what is paid."""
    return round(points, 9)
