"""The trust game: what is sent grows on the way, and only the receiver can give any of it back."""

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

SEND_ALL, SEND_HALF, SEND_SOME, SEND_NOTHING = SENDS = (
    "send_all",
    "send_half",
    "send_some",
    "send_nothing",
)
RETURN_HALF, RETURN_PART, RETURN_NOTHING = RETURNS = (
    "return_half",
    "return_part",
    "return_nothing",
)
PARTS: Mapping[str, float] = {
    SEND_ALL: 1,
    SEND_HALF: 0.5,
    SEND_SOME: 0.2,
    SEND_NOTHING: 0,
    RETURN_HALF: 1 / 2,
    RETURN_PART: 1 / 3,
    RETURN_NOTHING: 0,
}
"""Part of the endowment that is sent, and part of what arrived that is returned."""


class TrustParameters(Parameters):
    """Points. Defaults: Berg, Dickhaut & McCabe 1995.

    Attributes:
        endowment: what the sender of a round has, > 0.
        multiplier: how many points arrive for each that is sent, > 1.
    """

    endowment: float = Field(default=10, gt=0)
    multiplier: float = Field(default=3, gt=1)


@dataclass(frozen=True, slots=True)
class TrustState:
    """Where a pair stands.

    Attributes:
        parameters: the game's parameters.
        round: the round being played, 1-based.
        over: no more rounds.
        earned: points so far, by seat.
        sent: None in the phase "send"; in "return", what the sender did.
    """

    parameters: TrustParameters
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)
    sent: Move = None

    @property
    def sender(self) -> int:
        """Seat 0 in odd rounds, seat 1 in even ones."""
        return (self.round - 1) % 2


class Trust:
    """A sender may send all, half, a fifth or nothing of an endowment; the receiver may return.

    What is sent is multiplied on the way. The receiver returns half, a third or nothing of what
    arrived; at the default multiplier a third is as much as was sent. Seat 0 sends in odd rounds,
    seat 1 in even ones. Returning nothing is best for a receiver, and so sending nothing for a
    sender who foresees it; both together have the most where everything is sent.

    Where nothing is sent, the receiver is not asked and the round closes. A missing answer of
    either seat voids the round: nothing is paid to either, and neither sees anything.

    Unlike in Berg et al., the receiver has no endowment of its own, and the amounts are few: there
    any whole number of dollars could be sent and returned. The parts are this project's.

    Presets:
        berg-1995: Berg, Dickhaut & McCabe, Games and Economic Behavior 10(1):122-142, the treatment
            without social history: one round, ten dollars, tripled.
    """

    name = "trust"
    family: Family = "cooperation"
    citation = "Berg, Dickhaut & McCabe 1995, Games and Economic Behavior 10(1):122-142"
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(SEND_ALL, "cooperative", tags=("trust",)),
        Option(SEND_HALF, "neutral"),
        Option(SEND_SOME, "neutral"),
        Option(SEND_NOTHING, "uncooperative"),
        Option(RETURN_HALF, "cooperative"),
        Option(RETURN_PART, "neutral"),
        Option(RETURN_NOTHING, "uncooperative", tags=("betrayal",)),
    )
    parameters = TrustParameters
    presets: Mapping[str, TrustParameters] = {
        "berg-1995": TrustParameters(rounds=1, endowment=10, multiplier=3)
    }

    scripts: Mapping[str, Script[TrustParameters]] = {
        "selfish": lambda parameters, ask, seen: ask.menu[-1],
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: _in_kind(ask, seen),
    }

    def opening(self, parameters: TrustParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: TrustParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> TrustState:
        """First state of a pair.

        Raises:
            ValueError: not two seats.
        """
        if seats != self.seats.default:
            raise ValueError(f"{self.name} is played by 2 seats, not {seats}")
        return TrustState(parameters)

    def asks(self, state: TrustState) -> tuple[Ask, ...]:
        """The sender; then, where something was sent, the receiver, who knows what arrived."""
        if state.over:
            return ()
        sender, receiver = state.sender, 1 - state.sender
        if state.sent is None:
            return (Ask(sender, "send", SENDS, about=receiver),)
        arrived = _arrived(state.parameters, state.sent)
        facts = (
            ("sent", state.sent),
            ("arrived", arrived),
            ("half_of_it", exact(arrived * PARTS[RETURN_HALF])),
            ("part_of_it", exact(arrived * PARTS[RETURN_PART])),
        )
        return (Ask(receiver, "return", RETURNS, about=sender, facts=facts),)

    def draws(self, state: TrustState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: TrustState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        (move,) = moves
        if move is None:
            return Settlement(_next_round(state), (None,), (None,))
        if state.sent is not None:
            return _return(state, state.sent, move)
        if move == SEND_NOTHING:
            return _keep(state)
        return Settlement(replace(state, sent=move), moves, (None,))

    def payoffs(self, state: TrustState) -> tuple[float, ...]:
        """Points of both seats so far."""
        return state.earned

    def terms(self, parameters: TrustParameters, seats: int) -> Mapping[str, Value]:
        """Parameters, what half and some are, and what the quiz asks for."""
        endowment = parameters.endowment
        everything, half = _arrived(parameters, SEND_ALL), _arrived(parameters, SEND_HALF)
        return {
            "rounds": parameters.rounds,
            "endowment": endowment,
            "multiplier": parameters.multiplier,
            "half": exact(endowment * PARTS[SEND_HALF]),
            "some": exact(endowment * PARTS[SEND_SOME]),
            "all_arrived": everything,
            "half_arrived": half,
            "half_of_all": exact(everything * PARTS[RETURN_HALF]),
            "part_of_all": exact(everything * PARTS[RETURN_PART]),
        }

    def notes(self, parameters: TrustParameters) -> tuple[str, ...]:
        """How long it goes on, and that roles alternate where it does."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: TrustParameters, seats: int) -> Welfare:
        """Worst where nothing is sent, best where everything is; what is returned only moves."""
        return Welfare(worst=parameters.endowment, best=_arrived(parameters, SEND_ALL))


def payoff(parameters: TrustParameters, sent: str, returned: str) -> tuple[float, float]:
    """Points of sender and receiver for one round in which something was sent.

    Source: Berg, Dickhaut & McCabe 1995, without the receiver's endowment.
    """
    arrived = _arrived(parameters, sent)
    back = arrived * PARTS[returned]
    kept = parameters.endowment * (1 - PARTS[sent])
    return exact(kept + back), exact(arrived - back)


def _arrived(parameters: TrustParameters, sent: str) -> float:
    return exact(parameters.endowment * PARTS[sent] * parameters.multiplier)


def _keep(state: TrustState) -> Settlement:
    """Nothing was sent: the receiver is not asked and gets nothing."""
    sender, kept = state.sender, state.parameters.endowment
    events = (
        Event(sender, "kept", (("own", SEND_NOTHING),)),
        Event(1 - sender, "missed", (("other", SEND_NOTHING),)),
    )
    return Settlement(_next_round(state, kept), (SEND_NOTHING,), (kept,), events)


def _return(state: TrustState, sent: str, returned: str) -> Settlement:
    sender, receiver = state.sender, 1 - state.sender
    to_sender, to_receiver = payoff(state.parameters, sent, returned)
    events = (
        Event(sender, "returned", (("own", sent), ("other", returned))),
        Event(receiver, "received", (("other", sent), ("own", returned))),
    )
    return Settlement(
        _next_round(state, to_sender, to_receiver),
        (returned,),
        (to_receiver,),
        events,
        owed=((sender, to_sender),),
    )


def _next_round(state: TrustState, to_sender: float = 0, to_receiver: float = 0) -> TrustState:
    gained = (to_sender, to_receiver) if state.sender == 0 else (to_receiver, to_sender)
    earned = (exact(state.earned[0] + gained[0]), exact(state.earned[1] + gained[1]))
    over = state.round >= state.parameters.rounds
    return replace(state, round=state.round + 1, over=over, earned=earned, sent=None)


_ANSWERS: Mapping[str, str] = {
    SEND_ALL: RETURN_HALF,
    SEND_HALF: RETURN_PART,
    SEND_SOME: RETURN_PART,
    RETURN_HALF: SEND_ALL,
    RETURN_PART: SEND_HALF,
    RETURN_NOTHING: SEND_NOTHING,
}
"""What answers in kind; what was sent is sent back in the same part when roles have changed."""


def _in_kind(ask: Ask, seen: Sequence[Event]) -> str:
    """Send everything first; then do as was done to one last. Return more to who sent more."""
    if ask.phase == "return":
        return _ANSWERS[str(dict(ask.facts)["sent"])]
    done = (str(did) for event in reversed(seen) for name, did in event.facts if name == "other")
    last = next(done, SEND_ALL)
    return last if last in SENDS else _ANSWERS[last]


GAME: Game[TrustParameters, TrustState] = Trust()
