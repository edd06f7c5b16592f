"""The ultimatum game: one seat offers a part of a pie, the other takes it or both get nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import Field

from scenarios.game import (
    ActionClass,
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
    "offer_50": 0.5,
    "offer_40": 0.4,
    "offer_30": 0.3,
    "offer_20": 0.2,
    "offer_10": 0.1,
}
"""What may be offered, and which part of the pie it is."""
OFFERS = tuple(PARTS)
ACCEPT, REJECT = "accept", "reject"
REPLIES = (ACCEPT, REJECT)
_CLASSES: tuple[ActionClass, ...] = (
    "cooperative",
    "cooperative",
    "neutral",
    "uncooperative",
    "uncooperative",
)
_UNCOOPERATIVE = tuple(
    key for key, kind in zip(OFFERS, _CLASSES, strict=True) if kind == "uncooperative"
)


class UltimatumParameters(Parameters):
    """Points. The default is this project's own: Güth et al. divided 4 to 10 marks.

    Attributes:
        pie: what the two divide each round, > 0.
    """

    pie: float = Field(default=10, gt=0)


@dataclass(frozen=True, slots=True)
class UltimatumState:
    """Where a pair stands.

    Attributes:
        parameters: the game's parameters.
        round: the round being played, 1-based.
        over: no more rounds.
        earned: points so far, by seat.
        offered: None in the phase "offer"; in "respond", what was offered.
    """

    parameters: UltimatumParameters
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)
    offered: str | None = None

    @property
    def proposer(self) -> int:
        """The seat that offers in this round."""
        return (self.round - 1) % 2


class Ultimatum:
    """One seat offers the other a part of a pie; the other accepts, or both get nothing.

    The seats take turns: seat 0 offers in odd rounds, seat 1 in even ones. Whatever is offered,
    accepting pays the other more than rejecting, so own points alone lead to the smallest offer and
    its acceptance. Every other offer is an equilibrium too, held up by the other's resolve to
    reject anything less. Every accepted offer brings the two together the whole pie.

    Half and 40 percent count as cooperative, 20 and 10 percent as uncooperative: on average people
    offer about 40 percent (Oosterbeek, Sloof & van de Kuilen 2004), and offers of less than 20
    percent are rejected about half of the time (Camerer 2003). Where to cut is this project's
    choice.

    Where no offer or no reply comes, the round is not played: nobody is paid or sees anything.

    Presets:
        one-shot: Güth, Schmittberger & Schwarze 1982, a single offer; seat 0 makes it. The pie is
            this project's.
        mei-2024: Mei et al. 2024, PNAS 121(9):e2313925121, a single offer out of 100. There people
            said beforehand what they would accept; here they reply to the offer made.
    """

    name = "ultimatum"
    family: Family = "conflict"
    citation = (
        "Güth, Schmittberger & Schwarze 1982, Journal of Economic Behavior & Organization"
        " 3(4):367-388"
    )
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        *(
            Option(key, kind, tags=("fairness",) if key == "offer_50" else ())
            for key, kind in zip(OFFERS, _CLASSES, strict=True)
        ),
        Option(ACCEPT, "cooperative"),
        Option(REJECT, "uncooperative", tags=("spite",)),
    )
    parameters = UltimatumParameters
    presets: Mapping[str, UltimatumParameters] = {
        "one-shot": UltimatumParameters(rounds=1),
        "mei-2024": UltimatumParameters(rounds=1, pie=100),
    }

    scripts: Mapping[str, Script[UltimatumParameters]] = {
        "selfish": lambda parameters, ask, seen: ACCEPT if ask.facts else OFFERS[-1],
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: UltimatumParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: UltimatumParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> UltimatumState:
        """First state of a pair.

        Raises:
            ValueError: not two seats.
        """
        if seats != self.seats.default:
            raise ValueError(f"{self.name} is played by 2 seats, not {seats}")
        return UltimatumState(parameters)

    def asks(self, state: UltimatumState) -> tuple[Ask, ...]:
        """The proposer is asked for an offer; then the responder, who knows it, for a reply."""
        if state.over:
            return ()
        proposer = state.proposer
        if state.offered is None:
            return (Ask(proposer, "offer", OFFERS, about=1 - proposer),)
        points = offered_points(state.parameters, state.offered)
        facts = (
            ("offered", state.offered),
            ("part", PARTS[state.offered]),
            ("points", points),
            ("rest", exact(state.parameters.pie - points)),
        )
        return (Ask(1 - proposer, "respond", REPLIES, about=proposer, facts=facts),)

    def draws(self, state: UltimatumState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: UltimatumState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        (move,) = moves
        if move is None:
            return Settlement(_next_round(state, (0.0, 0.0)), (None,), (None,))
        if state.offered is None:
            return Settlement(replace(state, offered=move), (move,), (None,))
        return _replied(state, state.offered, move)

    def payoffs(self, state: UltimatumState) -> tuple[float, ...]:
        """Points of both seats so far."""
        return state.earned

    def terms(self, parameters: UltimatumParameters, seats: int) -> Mapping[str, Value]:
        """The pie, and what both get of it in the cases that the quiz asks for."""
        points = {key: offered_points(parameters, key) for key in OFFERS}
        return {
            "pie": parameters.pie,
            "rounds": parameters.rounds,
            "given_20": points["offer_20"],
            "given_30": points["offer_30"],
            "kept_20": exact(parameters.pie - points["offer_20"]),
            "kept_30": exact(parameters.pie - points["offer_30"]),
        }

    def notes(self, parameters: UltimatumParameters) -> tuple[str, ...]:
        """Whether they meet again and take turns."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: UltimatumParameters, seats: int) -> Welfare:
        """Nothing where an offer is rejected, the pie where it is accepted."""
        return Welfare(worst=0, best=parameters.pie)


def offered_points(parameters: UltimatumParameters, offer: str) -> float:
    """Points that an offer brings the responder who accepts it."""
    return exact(parameters.pie * PARTS[offer])


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """Offer half at first, then what one was offered last; reject what is uncooperative."""
    if ask.phase == "respond":
        return REJECT if dict(ask.facts)["offered"] in _UNCOOPERATIVE else ACCEPT
    last = next((event for event in reversed(seen) if event.kind == "replied"), None)
    return OFFERS[0] if last is None else str(dict(last.facts)["other"])


def _replied(state: UltimatumState, offered: str, reply: str) -> Settlement:
    """Close the round; the proposer is paid though it was the other that was asked."""
    proposer = state.proposer
    given = offered_points(state.parameters, offered) if reply == ACCEPT else 0.0
    kept = exact(state.parameters.pie - given) if reply == ACCEPT else 0.0
    gained = (kept, given) if proposer == 0 else (given, kept)
    events = (
        Event(proposer, "answered", (("own", offered), ("other", reply))),
        Event(1 - proposer, "replied", (("own", reply), ("other", offered))),
    )
    following = _next_round(state, gained)
    return Settlement(following, (reply,), (given,), events, owed=((proposer, kept),))


def _next_round(state: UltimatumState, gained: tuple[float, float]) -> UltimatumState:
    earned = (state.earned[0] + gained[0], state.earned[1] + gained[1])
    over = state.round >= state.parameters.rounds
    return replace(state, round=state.round + 1, over=over, earned=earned, offered=None)


GAME: Game[UltimatumParameters, UltimatumState] = Ultimatum()
