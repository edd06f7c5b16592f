"""The public goods game: pay into what everybody gains from, with or without punishment."""

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

ALL, HALF, NOTHING = "all", "half", "nothing"
LEAVE, DEDUCT = "leave", "deduct"
_PART: Mapping[str, float] = {ALL: 1, HALF: 0.5, NOTHING: 0}


class PublicGoodsParameters(Parameters):
    """Points. Defaults: Fehr & Gächter 2000; of punishment: Fehr & Gächter 2002.

    Attributes:
        endowment: what each seat has at the start of a round, > 0.
        mpcr: marginal per-capita return: what one point paid in brings to every seat, in (0, 1).
        punishment: whether a second phase follows in which seats may deduct from one another.
        deduction_cost: what one deduction costs the seat that makes it.
        deduction: what one deduction takes from the seat that it is aimed at.
    """

    endowment: float = Field(default=20, gt=0)
    mpcr: float = Field(default=0.4, gt=0, lt=1)
    punishment: bool = False
    deduction_cost: float = Field(default=1, gt=0)
    deduction: float = Field(default=3, gt=0)


@dataclass(frozen=True, slots=True)
class PublicGoodsState:
    """Where a group stands.

    Attributes:
        parameters: the game's parameters.
        earned: points so far, by seat.
        round: the round being played, 1-based.
        over: no more rounds.
        contributed: None in the phase "contribute"; in "punish", what each seat did, None for a
            seat that sits this round out.
    """

    parameters: PublicGoodsParameters
    earned: tuple[float, ...]
    round: int = 1
    over: bool = False
    contributed: tuple[Move, ...] | None = None


class PublicGoods:
    """Each of n seats has an endowment and pays in all, half or nothing of it.

    Each point paid in brings every seat `mpcr` points, whoever paid. Paying nothing is best for
    a seat whatever the others do; all paying everything is best for the group if mpcr * n > 1.

    A seat that gives no answer sits the round out: nothing is paid in by it or to it. With fewer
    than two answers the round is not played.

    With `punishment` each seat that played is then asked about each other one, and may pay to
    deduct from it; an unanswered ask deducts nothing. The round's payoff of a seat (stage payoff
    less all deductions made and suffered) stands on its first ask of that phase, also where that
    ask went unanswered, since the points were earned before; its further asks carry 0, or None
    where unanswered.

    Presets:
        fehr-gachter-2000: American Economic Review 90(4):980-994, the ten periods without
            punishment, groups of 4.
        herrmann-2008: Herrmann, Thöni & Gächter, Science 319:1362-1367, ten periods without
            punishment, groups of 4.
        herrmann-2008-punishment: the same with punishment at 1:3. There up to ten points could be
            given to each member, here one or none.
    """

    name = "public_goods"
    family: Family = "cooperation"
    citation = "Fehr & Gächter 2000, American Economic Review 90(4):980-994"
    seats = SeatRange(least=2, most=20, default=4)
    options: tuple[Option, ...] = (
        Option(ALL, "cooperative"),
        Option(HALF, "neutral"),
        Option(NOTHING, "uncooperative", tags=("free-riding",)),
        Option(LEAVE, "neutral"),
        Option(DEDUCT, "neutral", tags=("punishment",)),
    )
    parameters = PublicGoodsParameters
    presets: Mapping[str, PublicGoodsParameters] = {
        "fehr-gachter-2000": PublicGoodsParameters(rounds=10, endowment=20, mpcr=0.4),
        "herrmann-2008": PublicGoodsParameters(rounds=10, endowment=20, mpcr=0.4),
        "herrmann-2008-punishment": PublicGoodsParameters(
            rounds=10, endowment=20, mpcr=0.4, punishment=True, deduction_cost=1, deduction=3
        ),
    }

    scripts: Mapping[str, Script[PublicGoodsParameters]] = {
        "selfish": lambda parameters, ask, seen: LEAVE if ask.about is not None else NOTHING,
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: PublicGoodsParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: PublicGoodsParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> PublicGoodsState:
        """First state of a group.

        Raises:
            ValueError: fewer or more seats than the rules allow.
        """
        if not self.seats.least <= seats <= self.seats.most:
            raise ValueError(f"{self.name} is played by 2 to 20 seats, not {seats}")
        return PublicGoodsState(parameters, earned=(0.0,) * seats)

    def asks(self, state: PublicGoodsState) -> tuple[Ask, ...]:
        """Every seat pays in; then every seat that played is asked about every other."""
        if state.over:
            return ()
        if state.contributed is None:
            return tuple(
                Ask(seat, "contribute", (ALL, HALF, NOTHING)) for seat in range(len(state.earned))
            )
        played = [(seat, did) for seat, did in enumerate(state.contributed) if did is not None]
        return tuple(
            Ask(seat, "punish", (LEAVE, DEDUCT), about=other, facts=(("did", did),))
            for seat, _ in played
            for other, did in played
            if other != seat
        )

    def draws(self, state: PublicGoodsState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: PublicGoodsState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        if state.contributed is None:
            return _contribute(state, moves)
        return _punish(state, state.contributed, moves, self.asks(state))

    def payoffs(self, state: PublicGoodsState) -> tuple[float, ...]:
        """Points of each seat so far; shape (seats,)."""
        return state.earned

    def terms(self, parameters: PublicGoodsParameters, seats: int) -> Mapping[str, Value]:
        """Parameters, and what a seat ends a round with in the cases that the quiz asks for."""
        endowment, mpcr = parameters.endowment, parameters.mpcr
        return {
            "seats": seats,
            "rounds": parameters.rounds,
            "endowment": endowment,
            "mpcr": mpcr,
            "return_per_ten": round(10 * mpcr, 4),
            "each_if_all": exact(endowment * mpcr * seats),
            "each_if_half": exact(endowment * (0.5 + 0.5 * mpcr * seats)),
            "sole_keeper": exact(endowment * (1 + mpcr * (seats - 1))),
            "sole_payer": exact(endowment * mpcr),
            "deduction_cost": parameters.deduction_cost,
            "deduction": parameters.deduction,
        }

    def notes(self, parameters: PublicGoodsParameters) -> tuple[str, ...]:
        """How long it goes on, and whether a second phase follows."""
        length = "once" if parameters.rounds == 1 else "repeated"
        return (length, "punishment") if parameters.punishment else (length,)

    def welfare(self, parameters: PublicGoodsParameters, seats: int) -> Welfare:
        """Sums where everybody pays nothing or everything; all deductions come off the worst."""
        sums = [seats * stage_payoff(parameters, part, part * seats) for part in (0, 1)]
        each = parameters.deduction_cost + parameters.deduction
        deductions = seats * (seats - 1) * each if parameters.punishment else 0
        return Welfare(worst=min(sums) - deductions, best=max(sums))


def stage_payoff(parameters: PublicGoodsParameters, own: float, together: float) -> float:
    """Points of a seat before any deduction.

    Args:
        parameters: the game's parameters.
        own: part of its endowment that the seat paid in, in [0, 1].
        together: the sum of these parts over the group.

    Source: Fehr & Gächter 2000, equation 1.
    """
    return exact(parameters.endowment * (1 - own + parameters.mpcr * together))


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """Pay in everything at first, then as the others did; deduct from who paid in nothing."""
    if ask.about is not None:
        return DEDUCT if dict(ask.facts)["did"] == NOTHING else LEAVE
    last = next((event for event in reversed(seen) if event.kind == "others"), None)
    return ALL if last is None else str(dict(last.facts)["others"])


def _contribute(state: PublicGoodsState, moves: tuple[Move, ...]) -> Settlement:
    parameters = state.parameters
    none = (None,) * len(moves)
    if sum(move is not None for move in moves) < 2:
        return Settlement(_next_round(state, none), none, none)
    events = _contributions_seen(parameters, moves)
    if parameters.punishment:
        return Settlement(replace(state, contributed=moves), moves, none, events)
    points = _stage_payoffs(parameters, moves)
    return Settlement(_next_round(state, points), moves, points, events)


def _punish(
    state: PublicGoodsState,
    contributed: tuple[Move, ...],
    moves: tuple[Move, ...],
    asks: tuple[Ask, ...],
) -> Settlement:
    parameters = state.parameters
    points = list(_stage_payoffs(parameters, contributed))
    suffered = [0.0] * len(points)
    for ask, move in zip(asks, moves, strict=True):
        if move == DEDUCT and ask.about is not None:
            points[ask.seat] = (points[ask.seat] or 0) - parameters.deduction_cost
            suffered[ask.about] += parameters.deduction
    totals = tuple(
        None if earned is None else exact(earned - lost)
        for earned, lost in zip(points, suffered, strict=True)
    )
    events = tuple(
        Event(seat, "deducted", (("lost", lost),)) for seat, lost in enumerate(suffered) if lost
    )
    return Settlement(_next_round(state, totals), moves, _carried(asks, moves, totals), events)


def _carried(
    asks: tuple[Ask, ...], moves: tuple[Move, ...], totals: tuple[float | None, ...]
) -> tuple[float | None, ...]:
    """The round's payoff of a seat on its first ask, 0 on its further answered ones."""
    paid: set[int] = set()
    carried: list[float | None] = []
    for ask, move in zip(asks, moves, strict=True):
        if ask.seat not in paid:
            carried.append(totals[ask.seat])
            paid.add(ask.seat)
        else:
            carried.append(None if move is None else 0.0)
    return tuple(carried)


def _stage_payoffs(
    parameters: PublicGoodsParameters, moves: tuple[Move, ...]
) -> tuple[float | None, ...]:
    together = sum(_PART[move] for move in moves if move is not None)
    return tuple(
        None if move is None else stage_payoff(parameters, _PART[move], together) for move in moves
    )


def _contributions_seen(
    parameters: PublicGoodsParameters, moves: tuple[Move, ...]
) -> tuple[Event, ...]:
    events = []
    for seat, own in enumerate(moves):
        if own is None:
            continue
        others = [_PART[move] for at, move in enumerate(moves) if move is not None and at != seat]
        mean = sum(others) / len(others)
        # From the smallest contribution up, so that a tie goes to the smaller one.
        nearest = min((NOTHING, HALF, ALL), key=lambda key: abs(_PART[key] - mean))
        facts = (("own", own), ("others", nearest), ("mean", exact(parameters.endowment * mean)))
        events.append(Event(seat, "others", facts))
    return tuple(events)


def _next_round(state: PublicGoodsState, points: tuple[float | None, ...]) -> PublicGoodsState:
    earned = tuple(before + (now or 0) for before, now in zip(state.earned, points, strict=True))
    over = state.round >= state.parameters.rounds
    return replace(state, earned=earned, round=state.round + 1, over=over, contributed=None)


GAME: Game[PublicGoodsParameters, PublicGoodsState] = PublicGoods()
