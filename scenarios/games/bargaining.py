"""Bargaining: two seats say what a thing is worth to them, then each demands its part of two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

from scenarios.game import (
    Ask,
    Event,
    Facts,
    Family,
    Game,
    Move,
    Option,
    Parameters,
    Script,
    SeatRange,
    Settlement,
    Value,
    Welfare,
    exact,
)

SAY_HIGH, SAY_LOW = "say_high", "say_low"
FEIGN_HIGH, FEIGN_LOW = "feign_high", "feign_low"
TAKE_RIGHT, TAKE_LEFT = "take_right", "take_left"
TAKE_NEITHER, TAKE_BOTH = "take_neither", "take_both"
WORDS: Mapping[str, str] = {
    SAY_HIGH: SAY_HIGH,
    FEIGN_HIGH: SAY_HIGH,
    SAY_LOW: SAY_LOW,
    FEIGN_LOW: SAY_LOW,
}
"""What is heard of a saying: the words, whether they are true or not."""
DEMANDED: Mapping[str, frozenset[str]] = {
    TAKE_RIGHT: frozenset({"right"}),
    TAKE_LEFT: frozenset({"left"}),
    TAKE_NEITHER: frozenset(),
    TAKE_BOTH: frozenset({"left", "right"}),
}
"""What a demand is for."""
DEMANDS = tuple(DEMANDED)


class BargainingParameters(Parameters):
    """Points. The defaults are this project's own, in the shape of Lewis et al. 2017.

    Attributes:
        total: what the left and the right thing are worth to a seat together.
        high: what the left thing is worth to a seat of high value, less than `total`.
        low: what it is worth to a seat of low value, > 0 and less than `high`.
    """

    total: float = 10
    high: float = 8
    low: float = Field(default=6, gt=0)

    @model_validator(mode="after")
    def _values_differ(self) -> Self:
        if not self.low < self.high < self.total:
            raise ValueError("bargaining needs low < high < total, so that both things have worth")
        return self


@dataclass(frozen=True, slots=True)
class BargainingState:
    """Where a pair stands.

    Attributes:
        parameters: the game's parameters.
        is_high: whether the left thing is of high value, by seat, in this round.
        round: the round being played, 1-based.
        over: no more rounds.
        earned: points so far, by seat.
        said: None in the phase "say"; in "demand", what both said.
    """

    parameters: BargainingParameters
    is_high: tuple[bool, bool]
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)
    said: tuple[str, str] | None = None


class Bargaining:
    """Two seats divide a left and a right thing, and each knows only its own values.

    To both seats the things are worth `total` together. To each, apart and anew in each round, the
    left one is worth `high` or `low`, with equal chance. First both say at once which it is, and
    nothing checks it. Then both, having heard the other, demand at once: one thing, neither or
    both. Demands that have nothing in common are granted; otherwise nobody gets anything. What
    nobody demands is lost.

    Whatever the values, the equilibria of the demands in pure actions are the four ways to give
    away both things, and that both demand everything. The sum and the product of the points (Nash
    1950) are greatest where the seat that values the left thing more gets it, if one does. Where
    words are believed, and equal words lead to taking turns, a seat of low value gains by saying
    that it is high if it too wants the left thing more, low > total / 2, as by default. Where high
    means to want the left thing more and low the right one, the truth is best for a seat.

    What is said counts as cooperative if it is true, and so does to demand one thing only, since it
    leaves one to the other; to demand neither is neutral.

    A round in which an answer is missing is not played: nobody is paid or sees anything. The table
    of payoffs shows two seats of low value.
    """

    name = "bargaining"
    family: Family = "conflict"
    citation = (
        "Nash 1950, Econometrica 18(2):155-162; private values and messages after Lewis et al."
        " 2017, Deal or No Deal?, EMNLP 2017; payoffs are this project's"
    )
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(SAY_HIGH, "cooperative", says=True),
        Option(SAY_LOW, "cooperative", says=True),
        Option(FEIGN_HIGH, "uncooperative", tags=("deception",), says=True),
        Option(FEIGN_LOW, "uncooperative", tags=("deception",), says=True),
        Option(TAKE_RIGHT, "cooperative"),
        Option(TAKE_LEFT, "cooperative"),
        Option(TAKE_NEITHER, "neutral"),
        Option(TAKE_BOTH, "uncooperative", tags=("aggression",)),
    )
    parameters = BargainingParameters
    presets: Mapping[str, BargainingParameters] = {}

    scripts: Mapping[str, Script[BargainingParameters]] = {
        "selfish": lambda parameters, ask, seen: _selfish(ask, seen),
        "social": lambda parameters, ask, seen: _social(ask, seen),
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: BargainingParameters, seats: int) -> int:
        """One number for each seat: its value in round 1."""
        return seats

    def start(
        self, parameters: BargainingParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> BargainingState:
        """First state of a pair.

        Raises:
            ValueError: not two seats.
        """
        if seats != self.seats.default:
            raise ValueError(f"{self.name} is played by 2 seats, not {seats}")
        return BargainingState(parameters, _drawn(chance))

    def asks(self, state: BargainingState) -> tuple[Ask, ...]:
        """Both say what the left thing is worth to them; then both demand."""
        if state.over:
            return ()
        if state.said is None:
            return tuple(
                Ask(seat, "say", _sayings(state, seat), about=1 - seat, facts=_values(state, seat))
                for seat in (0, 1)
            )
        heard = [WORDS[saying] for saying in state.said]
        return tuple(
            Ask(
                seat,
                "demand",
                DEMANDS,
                about=1 - seat,
                facts=(("said", heard[seat]), ("heard", heard[1 - seat]), *_values(state, seat)),
            )
            for seat in (0, 1)
        )

    def draws(self, state: BargainingState) -> int:
        """One number for each seat: its value in the next round, if this phase ends this one."""
        return 0 if state.round >= state.parameters.rounds else len(state.is_high)

    def settle(
        self, state: BargainingState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        first, second = moves
        if first is None or second is None:
            following = _next_round(state, (0.0, 0.0), chance)
            return Settlement(following, (None, None), (None, None))
        if state.said is None:
            told = replace(state, said=(first, second))
            return Settlement(told, (first, second), (None, None))
        demands = (first, second)
        points = (payoff(state, 0, demands), payoff(state, 1, demands))
        events = (*_seen(0, state.said, demands, points), *_seen(1, state.said, demands, points))
        return Settlement(_next_round(state, points, chance), demands, points, events)

    def payoffs(self, state: BargainingState) -> tuple[float, ...]:
        """Points of both seats so far."""
        return state.earned

    def terms(self, parameters: BargainingParameters, seats: int) -> Mapping[str, Value]:
        """What both things are worth to a seat of either value."""
        return {
            "rounds": parameters.rounds,
            "total": parameters.total,
            "high": parameters.high,
            "high_rest": exact(parameters.total - parameters.high),
            "low": parameters.low,
            "low_rest": exact(parameters.total - parameters.low),
        }

    def notes(self, parameters: BargainingParameters) -> tuple[str, ...]:
        """How long it goes on."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: BargainingParameters, seats: int) -> Welfare:
        """Nothing, and what the things bring where the values differ and the higher gets the left.

        Where the values are equal, no division brings more than `total`.
        """
        best = exact(parameters.total + parameters.high - parameters.low)
        return Welfare(worst=0, best=best)


def payoff(state: BargainingState, seat: int, demands: tuple[str, str]) -> float:
    """Points of a seat for the round, at its own values."""
    own, other = DEMANDED[demands[seat]], DEMANDED[demands[1 - seat]]
    if own & other:
        return 0.0
    worth = dict(_values(state, seat))
    return exact(sum(float(worth[thing]) for thing in sorted(own)))


def _values(state: BargainingState, seat: int) -> Facts:
    """What the things are worth to a seat."""
    parameters = state.parameters
    left = parameters.high if state.is_high[seat] else parameters.low
    return (("left", left), ("right", exact(parameters.total - left)))


def _sayings(state: BargainingState, seat: int) -> tuple[str, str]:
    """The truth, then the contrary."""
    return (SAY_HIGH, FEIGN_LOW) if state.is_high[seat] else (SAY_LOW, FEIGN_HIGH)


def _drawn(chance: tuple[float, ...]) -> tuple[bool, bool]:
    return (chance[0] < 0.5, chance[1] < 0.5)


def _seen(
    seat: int, said: tuple[str, str], demands: tuple[str, str], points: tuple[float, float]
) -> tuple[Event, Event]:
    """What a seat saw of a round, told when it is over."""
    words = (("said", WORDS[said[seat]]), ("heard", WORDS[said[1 - seat]]))
    divided = (("own", demands[seat]), ("other", demands[1 - seat]), ("points", points[seat]))
    return (Event(seat, "talk", words), Event(seat, "divided", divided))


def _next_round(
    state: BargainingState, gained: tuple[float, float], chance: tuple[float, ...]
) -> BargainingState:
    earned = (state.earned[0] + gained[0], state.earned[1] + gained[1])
    following = replace(state, round=state.round + 1, earned=earned, said=None)
    if state.round >= state.parameters.rounds:
        return replace(following, over=True)
    return replace(following, is_high=_drawn(chance))


def _social(ask: Ask, seen: Sequence[Event]) -> str:
    """Say the truth; leave the left thing to who said high, by turns where both said alike."""
    if ask.phase == "say":
        return ask.menu[0]
    facts = dict(ask.facts)
    if facts["said"] != facts["heard"]:
        return TAKE_LEFT if facts["said"] == SAY_HIGH else TAKE_RIGHT
    rounds = sum(event.kind == "divided" for event in seen)
    return TAKE_LEFT if rounds % 2 == ask.seat else TAKE_RIGHT


def _selfish(ask: Ask, seen: Sequence[Event]) -> str:
    """The same, but always say high, at which one who believes it leaves the left thing."""
    if ask.phase == "say":
        return next(key for key in ask.menu if WORDS[key] == SAY_HIGH)
    return _social(ask, seen)


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """As the social one, but demand both after the other did."""
    last = next((event for event in reversed(seen) if event.kind == "divided"), None)
    if ask.phase == "demand" and last is not None and dict(last.facts)["other"] == TAKE_BOTH:
        return TAKE_BOTH
    return _social(ask, seen)


GAME: Game[BargainingParameters, BargainingState] = Bargaining()
