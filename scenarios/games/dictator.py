"""The dictator game: give somebody a part of what one has, who cannot answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import Field

from scenarios.game import (
    Ask,
    Event,
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

PARTS: Mapping[str, float] = {
    "give_50": 0.5,
    "give_40": 0.4,
    "give_30": 0.3,
    "give_20": 0.2,
    "give_10": 0.1,
    "give_0": 0.0,
}
"""What may be given, and which part of the endowment it is."""
MENU = tuple(PARTS)


class DictatorParameters(Parameters):
    """Points. Default: the larger of the two sums of Forsythe et al. 1994, in dollars.

    Attributes:
        endowment: what each seat has at the start of a round, > 0.
        tells: whether a seat learns each round what it was given.
    """

    endowment: float = Field(default=10, gt=0)
    tells: bool = False


@dataclass(frozen=True, slots=True)
class DictatorState:
    """Round being played, whether it is over, and points so far by seat."""

    parameters: DictatorParameters
    earned: tuple[float, ...]
    round: int = 1
    over: bool = False


class Dictator:
    """Seats in a ring: each has an endowment and gives a part of it to the next seat.

    Nobody can answer a gift, since the one who gets it gives to somebody else; with two seats,
    who do give to each other, only what is told afterwards could be answered. Nobody is told who
    gave to whom. What a seat gives is lost to it, so giving nothing is best for a seat whatever the
    others do; all together always have the same, whatever is given.

    Half and 40 percent count as cooperative, 10 percent and nothing as uncooperative. What lies
    between is next to what people give on average, 28 percent (Engel 2011), and is neutral; to cut
    there is this project's choice. More than half, which hardly anybody gives, is not offered.

    A seat that gives no answer sits the round out: it has no endowment and is paid nothing, and
    what is given to it is lost.

    Presets:
        one-shot: Forsythe et al. 1994, one gift out of 10. There half of the people only received.
        mei-2024: Mei et al. 2024, PNAS 121(9):e2313925121, one gift out of 100.
    """

    name = "dictator"
    family: Family = "cooperation"
    citation = (
        "Forsythe, Horowitz, Savin & Sefton 1994, Games and Economic Behavior 6(3):347-369;"
        " Engel 2011, Experimental Economics 14(4):583-610"
    )
    seats = SeatRange(least=2, most=12, default=3)
    options: tuple[Option, ...] = (
        Option("give_50", "cooperative", tags=("generosity",)),
        Option("give_40", "cooperative", tags=("generosity",)),
        Option("give_30", "neutral"),
        Option("give_20", "neutral"),
        Option("give_10", "uncooperative"),
        Option("give_0", "uncooperative"),
    )
    parameters = DictatorParameters
    presets: Mapping[str, DictatorParameters] = {
        "one-shot": DictatorParameters(rounds=1),
        "mei-2024": DictatorParameters(rounds=1, endowment=100),
    }

    scripts: Mapping[str, Script[DictatorParameters]] = {
        "selfish": lambda parameters, ask, seen: "give_0",
        "social": lambda parameters, ask, seen: "give_50",
        "reciprocal": lambda parameters, ask, seen: _reciprocal(seen),
    }

    def opening(self, parameters: DictatorParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: DictatorParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> DictatorState:
        """First state of a ring.

        Raises:
            ValueError: fewer or more seats than the rules allow.
        """
        if not self.seats.least <= seats <= self.seats.most:
            raise ValueError(f"{self.name} is played by 2 to 12 seats, not {seats}")
        return DictatorState(parameters, earned=(0.0,) * seats)

    def asks(self, state: DictatorState) -> tuple[Ask, ...]:
        """Every seat gives to the next one."""
        if state.over:
            return ()
        seats = len(state.earned)
        return tuple(Ask(seat, "give", MENU, about=(seat + 1) % seats) for seat in range(seats))

    def draws(self, state: DictatorState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: DictatorState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round."""
        parameters = state.parameters
        points = tuple(
            None if own is None else payoff(parameters, own, moves[seat - 1])
            for seat, own in enumerate(moves)
        )
        earned = tuple(was + (now or 0) for was, now in zip(state.earned, points, strict=True))
        over = state.round >= parameters.rounds
        following = replace(state, earned=earned, round=state.round + 1, over=over)
        return Settlement(following, moves, points, tuple(_seen(parameters, moves)))

    def payoffs(self, state: DictatorState) -> tuple[float, ...]:
        """Points of each seat so far; shape (seats,)."""
        return state.earned

    def terms(self, parameters: DictatorParameters, seats: int) -> Mapping[str, Value]:
        """The endowment, and what a seat ends a round with in the cases that the quiz asks for."""
        return {
            "seats": seats,
            "rounds": parameters.rounds,
            "endowment": parameters.endowment,
            "after_0_30": payoff(parameters, "give_0", "give_30"),
            "after_30_0": payoff(parameters, "give_30", "give_0"),
            "after_50_10": payoff(parameters, "give_50", "give_10"),
            "after_20_50": payoff(parameters, "give_20", "give_50"),
        }

    def notes(self, parameters: DictatorParameters) -> tuple[str, ...]:
        """How long it goes on, and what is told afterwards."""
        length = "once" if parameters.rounds == 1 else "repeated"
        return (length, "told" if parameters.tells else "untold")

    def welfare(self, parameters: DictatorParameters, seats: int) -> Welfare:
        """The endowments: gifts change hands, their sum does not change."""
        total = exact(seats * parameters.endowment)
        return Welfare(worst=total, best=total)


def payoff(parameters: DictatorParameters, own: str, received: Move) -> float:
    """Points of a seat that gives the first, and is given the second (None: nothing came)."""
    gift = 0.0 if received is None else PARTS[received]
    return exact(parameters.endowment * (1 - PARTS[own] + gift))


def _reciprocal(seen: Sequence[Event]) -> str:
    """Give half at first, then what one was given last, where that is told."""
    last = next((event for event in reversed(seen) if event.kind == "received"), None)
    return MENU[0] if last is None else str(dict(last.facts)["other"])


def _seen(parameters: DictatorParameters, moves: tuple[Move, ...]) -> list[Event]:
    """Each that played sees what it gave, and where that is told what it was given."""
    events = []
    for seat, own in enumerate(moves):
        if own is None:
            continue
        events.append(Event(seat, "gave", (("own", own),)))
        received = moves[seat - 1]
        if parameters.tells and received is not None:
            events.append(Event(seat, "received", (("other", received),)))
    return events


GAME: Game[DictatorParameters, DictatorState] = Dictator()
