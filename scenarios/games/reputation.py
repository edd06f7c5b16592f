"""Reputation: give to whom one will not meet again, and tell the others what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

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

GIVE, KEEP = MEET = "give", "keep"
PRAISE, SLANDER = AFTER_GIFT = "praise", "slander"
EXPOSE, WHITEWASH = AFTER_KEEPING = "expose", "whitewash"
SAID: Mapping[str, str] = {PRAISE: GIVE, WHITEWASH: GIVE, EXPOSE: KEEP, SLANDER: KEEP}
"""What each telling says that the giver did."""
Points = tuple[float | None, ...]
"""Of a round, by seat; None for a seat that took part in no meeting."""


class ReputationParameters(Parameters):
    """Points. The defaults are this project's own; as published, a gift brings more than it costs.

    Attributes:
        cost: what a gift costs the giver, > 0.
        benefit: what it brings the receiver, more than `cost`.
        gossip: whether receivers tell the group what their givers did, truly or not; otherwise
            everybody knows what was done.
    """

    cost: float = Field(default=1, gt=0)
    benefit: float = 3
    gossip: bool = True

    @model_validator(mode="after")
    def _gifts_are_worth_their_cost(self) -> Self:
        if not self.benefit > self.cost:
            raise ValueError("reputation needs benefit > cost, so that all gain where all give")
        return self


@dataclass(frozen=True, slots=True)
class ReputationState:
    """Where a group stands.

    Attributes:
        parameters: the game's parameters.
        earned: points so far, by seat.
        known: what is told of each seat, `GIVE` or `KEEP`; None where nothing is.
        shift: how many places further each seat's receiver sits in this round.
        round: the round being played, 1-based.
        over: no more rounds.
        met: None while seats give; in the phase "tell", what each seat did, None where its
            meeting did not take place.
    """

    parameters: ReputationParameters
    earned: tuple[float, ...]
    known: tuple[Move, ...]
    shift: int
    round: int = 1
    over: bool = False
    met: tuple[Move, ...] | None = None


class Reputation:
    """Each round every seat meets one other, and may give to it, at a cost below the benefit.

    Chance draws a shift of the ring of seats: each seat is giver once and receiver once. Nobody
    learns whom it meets, only what was last told of it: nothing yet (phase "give_unknown"), or
    that it gave or kept ("give"). Without `gossip` that is what it last did, its image score of
    two values. With `gossip` each receiver tells the group what its giver did, truly or not, and
    what it tells is what is known of the giver from then on.

    Keeping is best for a seat in any one round, and telling brings it nothing; all giving is best
    for all.

    A meeting in which giver or receiver gave no answer does not take place: nothing is given, and
    what is known of the giver stays. A seat without any meeting is not paid. A receiver that
    tells nothing changes nothing of what is known.

    Presets:
        nowak-sigmund-1998: Nature 393:573-577, cost and benefit of their simulations, and deeds
            that everybody knows. There 125 chance meetings among 100 made a generation and images
            had eleven values, here everybody gives once a round and images have two.
    """

    name = "reputation"
    family: Family = "cooperation"
    citation = (
        "after Nowak & Sigmund 1998, Nature 393:573-577; gossip and defaults are this project's"
    )
    seats = SeatRange(least=3, most=12, default=4)
    options: tuple[Option, ...] = (
        Option(GIVE, "cooperative"),
        Option(KEEP, "uncooperative", tags=("free-riding",)),
        Option(PRAISE, "cooperative", says=True),
        Option(SLANDER, "uncooperative", tags=("slander", "deception", "harm"), says=True),
        Option(EXPOSE, "neutral", says=True),
        Option(WHITEWASH, "neutral", tags=("deception",), says=True),
    )
    parameters = ReputationParameters
    presets: Mapping[str, ReputationParameters] = {
        "nowak-sigmund-1998": ReputationParameters(cost=0.1, benefit=1, gossip=False),
    }

    # Telling brings no points: every script tells the truth, which is first in its menu.
    scripts: Mapping[str, Script[ReputationParameters]] = {
        "selfish": lambda parameters, ask, seen: KEEP if GIVE in ask.menu else ask.menu[0],
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: (
            KEEP if dict(ask.facts).get("said") == KEEP else ask.menu[0]
        ),
    }

    def opening(self, parameters: ReputationParameters, seats: int) -> int:
        """One number: who meets whom in the first round."""
        return 1

    def start(
        self, parameters: ReputationParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> ReputationState:
        """First state of a group.

        Raises:
            ValueError: fewer or more seats than the rules allow.
        """
        if not self.seats.least <= seats <= self.seats.most:
            raise ValueError(f"{self.name} is played by 3 to 12 seats, not {seats}")
        first = _shift(seats, chance[0]) if chance else 1
        return ReputationState(parameters, (0.0,) * seats, (None,) * seats, first)

    def asks(self, state: ReputationState) -> tuple[Ask, ...]:
        """Every seat may give; then every receiver whose meeting took place tells of it."""
        if state.over:
            return ()
        seats = len(state.earned)
        if state.met is None:
            receivers = [(seat + state.shift) % seats for seat in range(seats)]
            return tuple(_meeting(seat, to, state.known[to]) for seat, to in enumerate(receivers))
        received = _received(state.met, state.shift)
        return tuple(
            Ask(seat, "tell", AFTER_GIFT if did == GIVE else AFTER_KEEPING, facts=(("did", did),))
            for seat, did in enumerate(received)
            if did is not None
        )

    def draws(self, state: ReputationState) -> int:
        """One number: who meets whom in the next round, where this phase closes the round."""
        return 1

    def settle(
        self, state: ReputationState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        if state.met is None:
            return _give(state, moves, chance[0])
        return _tell(state, state.met, moves, chance[0])

    def payoffs(self, state: ReputationState) -> tuple[float, ...]:
        """Points of each seat so far; shape (seats,), may be negative."""
        return state.earned

    def terms(self, parameters: ReputationParameters, seats: int) -> Mapping[str, Value]:
        """Seats, what a gift costs and brings, and what giving and being given to comes to."""
        return {
            "seats": seats,
            "rounds": parameters.rounds,
            "cost": parameters.cost,
            "benefit": parameters.benefit,
            "net": exact(parameters.benefit - parameters.cost),
        }

    def notes(self, parameters: ReputationParameters) -> tuple[str, ...]:
        """How others learn of what was done, and how long it goes on."""
        length = "once" if parameters.rounds == 1 else "repeated"
        return ("gossip" if parameters.gossip else "record", length)

    def welfare(self, parameters: ReputationParameters, seats: int) -> Welfare:
        """Best where all give, worst where none does."""
        return Welfare(worst=0, best=exact(seats * (parameters.benefit - parameters.cost)))


def _meeting(seat: int, to: int, known: Move) -> Ask:
    if known is None:
        return Ask(seat, "give_unknown", MEET, about=to)
    return Ask(seat, "give", MEET, about=to, facts=(("said", known),))


def _give(state: ReputationState, moves: tuple[Move, ...], drawn: float) -> Settlement:
    """Gifts between all who meet and both answered; closes the round where there is no gossip."""
    seats = len(moves)
    met = tuple(
        None if moves[(seat + state.shift) % seats] is None else move
        for seat, move in enumerate(moves)
    )
    own = tuple(
        Event(seat, "own_turn", (("own", move),))
        for seat, move in enumerate(met)
        if move is not None
    )
    if state.parameters.gossip and own:
        return Settlement(replace(state, met=met), met, (None,) * seats, own)
    points = _round_points(state, met)
    known = tuple(was if move is None else move for was, move in zip(state.known, met, strict=True))
    following = _next_round(state, points, known, drawn)
    return Settlement(following, met, points, own + _others_turns(met, state.shift))


def _tell(
    state: ReputationState, met: tuple[Move, ...], moves: tuple[Move, ...], drawn: float
) -> Settlement:
    """What is told of a giver is known of it from now on."""
    seats = len(met)
    points = _round_points(state, met)
    tellers = [seat for seat, did in enumerate(_received(met, state.shift)) if did is not None]
    known = list(state.known)
    events = list(_others_turns(met, state.shift))
    for teller, move in zip(tellers, moves, strict=True):
        if move is not None:
            giver = (teller - state.shift) % seats
            known[giver] = SAID[move]
            events.append(Event(teller, "own_word", (("own", move),)))
            events.append(Event(giver, "word_of_you", (("said", SAID[move]),)))
    owed = tuple(
        (seat, earned)
        for seat, earned in enumerate(points)
        if earned is not None and seat not in tellers
    )
    following = _next_round(state, points, tuple(known), drawn)
    paid = tuple(points[seat] for seat in tellers)
    return Settlement(following, moves, paid, tuple(events), owed)


def _received(met: tuple[Move, ...], shift: int) -> tuple[Move, ...]:
    """What was done to each seat; None where its giver's meeting did not take place."""
    return tuple(met[(seat - shift) % len(met)] for seat in range(len(met)))


def _others_turns(met: tuple[Move, ...], shift: int) -> tuple[Event, ...]:
    return tuple(
        Event(seat, "other_turn", (("other", did),))
        for seat, did in enumerate(_received(met, shift))
        if did is not None
    )


def _round_points(state: ReputationState, met: tuple[Move, ...]) -> Points:
    """What each seat gave up and got in this round's meetings."""
    parameters = state.parameters
    return tuple(
        None
        if own is None and other is None
        else exact((other == GIVE) * parameters.benefit - (own == GIVE) * parameters.cost)
        for own, other in zip(met, _received(met, state.shift), strict=True)
    )


def _next_round(
    state: ReputationState, points: Points, known: tuple[Move, ...], drawn: float
) -> ReputationState:
    earned = tuple(before + (now or 0) for before, now in zip(state.earned, points, strict=True))
    return replace(
        state,
        earned=earned,
        known=known,
        shift=_shift(len(earned), drawn),
        round=state.round + 1,
        over=state.round >= state.parameters.rounds,
        met=None,
    )


def _shift(seats: int, drawn: float) -> int:
    """A shift from 1 to seats - 1, each equally likely."""
    return 1 + int(drawn * (seats - 1))


GAME: Game[ReputationParameters, ReputationState] = Reputation()
