"""Raid: work or arm, then leave the other alone or take what it made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
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

PRODUCE, ARM = PREPARE = "produce", "arm"
LEAVE, RAID = ACT = "leave", "raid"
Prepared = tuple[str, str]
"""What both seats prepared."""


class RaidParameters(Parameters):
    """Points. The numbers are this project's own; the structure is after Hirshleifer 1995.

    The defaults keep equal_armed_loot < cost < full - part < equal_unarmed_loot, where the equal
    loots are loot/2 of `part` and of `full`. So a raid on an unarmed neighbour pays, arms deter it
    and make it pay more, and two that arm have less than two that work, raided or not.

    Attributes:
        full: what a seat makes that puts all effort into work, > 1.
        part: what a seat makes that puts part of its effort into arms, less than `full`.
        loot: share of the other's produce that an armed seat takes from an unarmed one, in (0, 1].
        cost: what a raid costs the seat that makes it, won or lost.
    """

    full: float = Field(default=24, gt=1)
    part: float = Field(default=16, gt=0)
    loot: float = Field(default=0.75, gt=0, le=1)
    cost: float = Field(default=7, gt=0)

    @model_validator(mode="after")
    def _arms_are_paid_in_work(self) -> Self:
        if not self.part < self.full:
            raise ValueError("raid needs part < full, so that arming costs something")
        return self


@dataclass(frozen=True, slots=True)
class RaidState:
    """Where a pair stands.

    Attributes:
        parameters: the game's parameters.
        round: the round being played, 1-based.
        over: no more rounds.
        earned: points so far, by seat.
        prepared: None in the phase "prepare"; in "act", what each seat did then.
    """

    parameters: RaidParameters
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)
    prepared: Prepared | None = None


class Raid:
    """Two seats first produce or arm at once, then, knowing that, raid the other or leave it.

    A seat makes `full` points, or `part` if it armed. A raid costs the raider `cost` and takes a
    part of what the other made: the share `loot` where only the raider is armed, half of that
    where both or neither are, nothing where only the other is. Both may raid at once. This is a
    contest success function in its simplest form, without chance.

    At the default parameters self-interested seats both arm and then leave each other alone, and
    get `part` each; both producing and leaving is best for both together.

    A seat without an answer, in either phase, makes the pair skip the round: nobody is paid and
    nobody sees anything.

    Presets:
        one-shot: the default payoffs, played once.
    """

    name = "raid"
    family: Family = "conflict"
    citation = (
        "after Hirshleifer 1995, Anarchy and its Breakdown, Journal of Political Economy"
        " 103(1):26-52; payoffs are this project's"
    )
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(PRODUCE, "cooperative"),
        Option(ARM, "uncooperative", tags=("arms",)),
        Option(LEAVE, "cooperative"),
        Option(RAID, "uncooperative", tags=("aggression", "harm")),
    )
    parameters = RaidParameters
    presets: Mapping[str, RaidParameters] = {"one-shot": RaidParameters(rounds=1)}

    scripts: Mapping[str, Script[RaidParameters]] = {
        "selfish": lambda parameters, ask, seen: _selfish(parameters, ask),
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: _other_last(ask, seen) or ask.menu[0],
    }

    def opening(self, parameters: RaidParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: RaidParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> RaidState:
        """First state of a pair.

        Raises:
            ValueError: not two seats.
        """
        if seats != self.seats.default:
            raise ValueError(f"{self.name} is played by 2 seats, not {seats}")
        return RaidState(parameters)

    def asks(self, state: RaidState) -> tuple[Ask, ...]:
        """Both seats prepare; then both act, knowing what both prepared."""
        if state.over:
            return ()
        if state.prepared is None:
            return (Ask(0, "prepare", PREPARE, about=1), Ask(1, "prepare", PREPARE, about=0))
        first, second = state.prepared
        return (
            Ask(0, "act", ACT, about=1, facts=(("own", first), ("other", second))),
            Ask(1, "act", ACT, about=0, facts=(("own", second), ("other", first))),
        )

    def draws(self, state: RaidState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: RaidState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase; where one answer is missing, the pair skips the round."""
        first, second = moves
        if first is None or second is None:
            return Settlement(_next_round(state, (0.0, 0.0)), (None, None), (None, None))
        if state.prepared is None:
            return Settlement(replace(state, prepared=(first, second)), moves, (None, None))
        points = payoffs(state.parameters, state.prepared, (first, second))
        events = _seen(state.prepared, (first, second))
        return Settlement(_next_round(state, points), moves, points, events)

    def payoffs(self, state: RaidState) -> tuple[float, ...]:
        """Points of both seats so far; may be negative."""
        return state.earned

    def terms(self, parameters: RaidParameters, seats: int) -> Mapping[str, Value]:
        """What is made, what each kind of raid takes and costs, and the cases of the quiz."""
        full, cost = parameters.full, parameters.cost
        strong = taken(parameters, ARM, PRODUCE)
        return {
            "rounds": parameters.rounds,
            "full": full,
            "part": parameters.part,
            "cost": cost,
            "strong_loot": strong,
            "equal_unarmed_loot": taken(parameters, PRODUCE, PRODUCE),
            "equal_armed_loot": taken(parameters, ARM, ARM),
            "strong_raider": exact(parameters.part + strong - cost),
            "weak_raided": exact(full - strong),
            "weak_raider": exact(full - cost),
        }

    def notes(self, parameters: RaidParameters) -> tuple[str, ...]:
        """How long it goes on."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: RaidParameters, seats: int) -> Welfare:
        """Loot only changes hands: worst where both arm and raid, best where both just produce."""
        return Welfare(worst=2 * (parameters.part - parameters.cost), best=2 * parameters.full)


def taken(parameters: RaidParameters, raider: str, raided: str) -> float:
    """Points that a raid takes, by what the raider and the raided seat prepared.

    Source: the limits of Hirshleifer's contest success function, in which success depends on the
    ratio of fighting efforts; equal efforts divide what is contested equally.
    """
    made = parameters.part if raided == ARM else parameters.full
    if raider == raided:
        return exact(parameters.loot * made / 2)
    return exact(parameters.loot * made) if raider == ARM else 0.0


def payoffs(parameters: RaidParameters, prepared: Prepared, acted: Prepared) -> tuple[float, float]:
    """Points of both seats for one round."""
    made = [parameters.part if did == ARM else parameters.full for did in prepared]
    for raider, did in enumerate(acted):
        if did == RAID:
            raided = 1 - raider
            loot = taken(parameters, prepared[raider], prepared[raided])
            made[raider] += loot - parameters.cost
            made[raided] -= loot
    return exact(made[0]), exact(made[1])


def _seen(prepared: Prepared, acted: Prepared) -> tuple[Event, ...]:
    return tuple(
        Event(seat, kind, (("own", did[seat]), ("other", did[1 - seat])))
        for seat in (0, 1)
        for kind, did in (("prepared", prepared), ("outcome", acted))
    )


def _selfish(parameters: RaidParameters, ask: Ask) -> str:
    """Raid where it pays; produce where that is the best answer to itself, raids foreseen."""
    known = dict(ask.facts)
    if known:
        return _paying(parameters, str(known["own"]), str(known["other"]))
    foreseen = {
        (own, other): payoffs(
            parameters,
            (own, other),
            (_paying(parameters, own, other), _paying(parameters, other, own)),
        )[0]
        for own, other in product(PREPARE, repeat=2)
    }
    return PRODUCE if foreseen[PRODUCE, PRODUCE] >= foreseen[ARM, PRODUCE] else ARM


def _paying(parameters: RaidParameters, own: str, other: str) -> str:
    """What earns a seat the most in the phase "act", whatever the other does then."""
    return RAID if taken(parameters, own, other) > parameters.cost else LEAVE


def _other_last(ask: Ask, seen: Sequence[Event]) -> str | None:
    """What the other did in this phase when the pair last played; None before it did."""
    kind = "prepared" if ask.phase == "prepare" else "outcome"
    last = next((event for event in reversed(seen) if event.kind == kind), None)
    return None if last is None else str(dict(last.facts)["other"])


def _next_round(state: RaidState, points: tuple[float, float]) -> RaidState:
    earned = (state.earned[0] + points[0], state.earned[1] + points[1])
    over = state.round >= state.parameters.rounds
    return replace(state, round=state.round + 1, over=over, earned=earned, prepared=None)


GAME: Game[RaidParameters, RaidState] = Raid()
