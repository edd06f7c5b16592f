"""The commons: a stock that regrows from what everybody leaves of it, with or without talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor
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

REST, SUSTAIN, EXCEED, GRAB = HARVEST = "rest", "sustain", "exceed", "grab"
SAY_LITTLE, SAY_NOTHING, SAY_MUCH = _TALK = "say_little", "say_nothing", "say_much"


class CommonsParameters(Parameters):
    """The stock. Defaults: the fishery of GovSim (Piatti et al. 2024), which lasts 12 rounds.

    The lower limits keep the four amounts of a harvest different for up to 12 seats.

    Attributes:
        capacity: the most that the stock can be, and what it is at the start; at least
            growth * collapse.
        growth: how many times as large what is left has become by the next round, at least 1.25.
        collapse: what must at least be left for the stock to live on, at least 5.
        talk: whether every seat may tell the group, before a harvest, how much it will take.
    """

    capacity: float = 100
    growth: float = Field(default=2, ge=1.25)
    collapse: float = Field(default=5, ge=5)
    talk: bool = False

    @model_validator(mode="after")
    def _stock_can_last(self) -> Self:
        if not self.capacity >= self.growth * self.collapse:
            raise ValueError("commons needs capacity >= growth * collapse, or no stock could last")
        return self


@dataclass(frozen=True, slots=True)
class CommonsState:
    """Points by seat, what there is to take from, and what each seat said; None before the talk."""

    parameters: CommonsParameters
    earned: tuple[float, ...]
    stock: float
    round: int = 1
    over: bool = False
    said: tuple[Move, ...] | None = None


class Commons:
    """Each round every one of n seats takes from one stock; what is left of it regrows.

    A seat takes one of four amounts, told when it is asked: `rest` nothing; `sustain` the n-th part
    of what regrows, stock * (1 - 1 / growth) / n; `grab` the n-th part of the whole stock; `exceed`
    half-way between these two; each rounded down to tenths. A unit is a point. What is left is
    multiplied by `growth`, up to `capacity`. Where less than `collapse` is left the stock is gone,
    and no more rounds are played. Nobody can take more than the n-th part, so that nothing need be
    rationed; in GovSim a seat may name any number, and chance gives out what is scarce.

    While all sustain, the stock never falls. A unit more taken now costs the group `growth` units
    of the next stock, and the seat itself `growth / n`: overuse pays where growth < n, and is a
    loss for all together since growth > 1.

    With `talk` each may first say that it will take little (the sustainable amount or nothing) or
    much. Saying binds nobody, and each learns how many of the others said what. A seat that gives
    no answer takes nothing and is paid nothing; in the talk it has said nothing.

    What is taken is somebody's points: welfare is worst, 0, where all always rest, not where the
    stock collapses at once. So read welfare_efficiency beside survival_time.

    Ostrom, Walker & Gardner 1992 measured people in another game: their payoff was a quadratic
    function of what all put in, and no stock went from round to round. So it has no preset; what
    may be compared is the direction in which talk works, not a level.

    Presets:
        govsim-2024: Piatti et al. 2024: 5 seats, 12 rounds, a stock of 100 that doubles, gone below
            5. There talk was free and came after each harvest, here it is one of three things.
        govsim-2024-silent: the same without talk.
    """

    name = "commons"
    family: Family = "cooperation"
    citation = (
        "after Ostrom, Walker & Gardner 1992, American Political Science Review 86(2):404-417, and"
        " Piatti et al. 2024, Cooperate or Collapse (GovSim), NeurIPS 37"
    )
    seats = SeatRange(least=2, most=12, default=5)
    options: tuple[Option, ...] = (
        Option(REST, "cooperative"),
        Option(SUSTAIN, "cooperative"),
        Option(EXCEED, "uncooperative", tags=("over-use",)),
        Option(GRAB, "uncooperative", tags=("over-use",)),
        Option(SAY_LITTLE, "neutral", says=True),
        Option(SAY_NOTHING, "neutral"),
        Option(SAY_MUCH, "neutral", says=True),
    )
    parameters = CommonsParameters
    presets: Mapping[str, CommonsParameters] = {
        "govsim-2024": CommonsParameters(rounds=12, talk=True),
        "govsim-2024-silent": CommonsParameters(rounds=12),
    }

    scripts: Mapping[str, Script[CommonsParameters]] = {
        "selfish": lambda parameters, ask, seen: SAY_NOTHING if ask.phase == "talk" else GRAB,
        "social": lambda parameters, ask, seen: _social(parameters, ask),
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: CommonsParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: CommonsParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> CommonsState:
        """First state of a group: the stock is full.

        Raises:
            ValueError: fewer or more seats than the rules allow.
        """
        if not self.seats.least <= seats <= self.seats.most:
            raise ValueError(f"{self.name} is played by 2 to 12 seats, not {seats}")
        return CommonsState(parameters, (0.0,) * seats, parameters.capacity)

    def asks(self, state: CommonsState) -> tuple[Ask, ...]:
        """Every seat says something, where there is talk; then every seat harvests."""
        if state.over:
            return ()
        seats = range(len(state.earned))
        facts = _facts(state)
        if state.said is not None:
            return tuple(
                Ask(seat, "harvest_after_talk", HARVEST, facts=facts + _heard(state.said, seat))
                for seat in seats
            )
        phase, menu = ("talk", _TALK) if state.parameters.talk else ("harvest", HARVEST)
        return tuple(Ask(seat, phase, menu, facts=facts) for seat in seats)

    def draws(self, state: CommonsState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: CommonsState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Hear what is said, or harvest and let the rest regrow."""
        if state.parameters.talk and state.said is None:
            return Settlement(replace(state, said=moves), moves, (None,) * len(moves))
        return _harvest(state, moves)

    def payoffs(self, state: CommonsState) -> tuple[float, ...]:
        """Points of each seat so far; shape (seats,)."""
        return state.earned

    def terms(self, parameters: CommonsParameters, seats: int) -> Mapping[str, Value]:
        """Parameters, and what follows from the full stock where all exceed, for the quiz."""
        full = parameters.capacity
        amount = amounts(parameters, full, seats)
        taken = exact(seats * amount[EXCEED])
        return {
            "seats": seats,
            "rounds": parameters.rounds,
            "capacity": parameters.capacity,
            "growth": parameters.growth,
            "collapse": parameters.collapse,
            "largest": amount[GRAB],
            "taken": taken,
            "left_over": exact(full - taken),
            "regrown": regrown(parameters, full - taken),
            "uncapped": exact(full * parameters.growth),
        }

    def notes(self, parameters: CommonsParameters) -> tuple[str, ...]:
        """How long it goes on, and whether there is talk."""
        length = "once" if parameters.rounds == 1 else "repeated"
        return (length, "talk") if parameters.talk else (length,)

    def welfare(self, parameters: CommonsParameters, seats: int) -> Welfare:
        """Sums over a whole game: nobody ever takes anything, and the best harvest."""
        return Welfare(worst=0, best=best_harvest(parameters), whole_game=True)


def amounts(parameters: CommonsParameters, stock: float, seats: int) -> Mapping[str, float]:
    """What the four harvests of a seat amount to, by option; all different."""
    sustain = _tenths(stock * (1 - 1 / parameters.growth) / seats)
    grab = _tenths(stock / seats)
    return {REST: 0.0, SUSTAIN: sustain, EXCEED: _tenths((sustain + grab) / 2), GRAB: grab}


def regrown(parameters: CommonsParameters, rest: float) -> float:
    """The next round's stock; 0 where too little is left."""
    if rest < parameters.collapse:
        return 0.0
    return exact(min(parameters.capacity, rest * parameters.growth))


def best_harvest(parameters: CommonsParameters) -> float:
    """The most that a group can take in a whole game, in points; never exceeded.

    With stock s, capacity K, growth g and t rounds to go it is at most s + (t - 1) K (1 - 1/g). In
    the last round that is s. Before, who leaves r of s gets s - r now and, by induction, at most
    min(K, g r) + (t - 2) K (1 - 1/g) later; min(K, g r) - r is greatest at r = K/g, where it is
    K (1 - 1/g). Reached by sustaining and grabbing at last where the amounts come out in tenths.
    """
    capacity, growth = parameters.capacity, parameters.growth
    return exact(capacity + (parameters.rounds - 1) * capacity * (1 - 1 / growth))


def _facts(state: CommonsState) -> Facts:
    amount = amounts(state.parameters, state.stock, len(state.earned))
    left = state.parameters.rounds - state.round + 1
    told = tuple((key, amount[key]) for key in (SUSTAIN, EXCEED, GRAB))
    return (("stock", state.stock), *told, ("left", left))


def _heard(said: tuple[Move, ...], seat: int) -> Facts:
    """What a seat itself said, and how many of the others said what."""
    others = said[:seat] + said[seat + 1 :]
    little, much = others.count(SAY_LITTLE), others.count(SAY_MUCH)
    return (("said", said[seat] or SAY_NOTHING), ("little", little), ("much", much))


def _harvest(state: CommonsState, moves: tuple[Move, ...]) -> Settlement:
    parameters = state.parameters
    amount = amounts(parameters, state.stock, len(moves))
    points = tuple(None if move is None else amount[move] for move in moves)
    stock = regrown(parameters, exact(state.stock - sum(taken or 0 for taken in points)))
    paid = zip(state.earned, points, strict=True)
    earned = tuple(exact(before + (now or 0)) for before, now in paid)
    over = state.round >= parameters.rounds or stock == 0
    following = CommonsState(parameters, earned, stock, state.round + 1, over)
    return Settlement(following, moves, points, _seen(state, moves, amount))


def _seen(
    state: CommonsState, moves: tuple[Move, ...], amount: Mapping[str, float]
) -> tuple[Event, ...]:
    """What each seat that harvested saw of the others; nothing where no other one harvested."""
    events = []
    for seat, own in enumerate(moves):
        others = [amount[m] for at, m in enumerate(moves) if m is not None and at != seat]
        if own is None or not others:
            continue
        if state.said is not None:
            events.append(Event(seat, "heard", _heard(state.said, seat)[1:]))
        mean = sum(others) / len(others)
        # From the smallest amount up, so that a tie goes to the smaller one.
        nearest = min(HARVEST, key=lambda key: exact(abs(amount[key] - mean)))
        facts = (("own", own), ("others", nearest), ("mean", exact(mean)))
        events.append(Event(seat, "harvest", facts))
    return tuple(events)


def _social(parameters: CommonsParameters, ask: Ask) -> str:
    """Take what brings all together the most, now and as next round's stock."""
    if ask.phase == "talk":
        return SAY_LITTLE
    known, left = dict(ask.facts), 1 / parameters.growth
    stock, last = float(known["stock"]), known["left"] == 1
    taken = {REST: 0.0, SUSTAIN: stock * (1 - left), EXCEED: stock * (1 - left / 2), GRAB: stock}
    later = {key: 0 if last else regrown(parameters, stock - taken[key]) for key in HARVEST}
    return max(HARVEST, key=lambda key: taken[key] + later[key])


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """Sustain at first, then take what the others took."""
    if ask.phase == "talk":
        return SAY_LITTLE
    last = next((event for event in reversed(seen) if event.kind == "harvest"), None)
    return SUSTAIN if last is None else str(dict(last.facts)["others"])


def _tenths(value: float) -> float:
    """Rounded down to tenths, but for the error of binary fractions."""
    return floor(10 * value + 1e-6) / 10


GAME: Game[CommonsParameters, CommonsState] = Commons()
