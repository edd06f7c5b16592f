"""Collective risk: pay into one account in time, or all may lose what they have kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

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

ALL, HALF, NOTHING = _MENU = "all", "half", "nothing"
PART: Mapping[str, float] = {ALL: 1.0, HALF: 0.5, NOTHING: 0.0}
"""Part of a round's allotment that each option pays in."""


class CollectiveRiskParameters(Parameters):
    """Points and chances. Defaults: Milinski et al. 2008, the treatment of 90 percent.

    Attributes:
        allotment: what each seat receives in a round, at least 2.
        target_share: the target, as a part of all allotments of all seats and rounds, in (0, 0.5],
            so that half of every allotment is enough.
        risk: probability that all lose what they have kept, where the target is missed.
    """

    allotment: float = Field(default=4, ge=2)
    target_share: float = Field(default=0.5, gt=0, le=0.5)
    risk: float = Field(default=0.9, ge=0, le=1)


@dataclass(frozen=True, slots=True)
class CollectiveRiskState:
    """Points that each seat has kept, what the account holds, and the round being played."""

    parameters: CollectiveRiskParameters
    kept: tuple[float, ...]
    account: float = 0
    round: int = 1
    over: bool = False


class CollectiveRisk:
    """Each round every one of n seats pays all, half or nothing of its allotment into one account.

    What a seat does not pay in it keeps. If the account holds less than the target after the last
    round, then with probability `risk` all seats lose all that they have kept; one draw decides for
    the whole group. The payoff of a round is what was kept in it; in the last round what is lost
    comes off it. The target is the same part of all allotments for every size of group: 120 of 240
    for six seats, ten rounds and four points.

    Nobody paying is an equilibrium wherever no seat can reach the target alone. All paying half is
    one at the default target where risk >= 0.5: who pays nothing instead keeps twice as much, with
    probability 1 - risk. The group gains by reaching the target where risk > target_share.

    A seat that gives no answer keeps nothing and pays nothing in that round. In the last round it
    can then be paid nothing, and so also loses nothing.

    Welfare is what was really kept, and luck is part of it: the best is that nobody pays and the
    loss does not come; where it is sure to come, that the target is just reached. The worst is 0.
    By default all paying half is therefore an efficiency of 0.5, and nobody paying 0.1 on average.

    In the experiment every member saw what each of the others had paid. Here a seat is told what
    the others paid by and large, and what the account holds.

    Presets:
        milinski-2008-90: Milinski, Sommerfeld, Krambeck, Reed & Marotzke, PNAS 105(7):2291-2294:
            groups of 6, ten rounds, 0, 2 or 4 euros of 4, target 120, loss with 90 percent.
        milinski-2008-50: the same, loss with 50 percent.
        milinski-2008-10: the same, loss with 10 percent.
    """

    name = "collective_risk"
    family: Family = "cooperation"
    citation = "Milinski et al. 2008, PNAS 105(7):2291-2294"
    seats = SeatRange(least=2, most=12, default=6)
    options: tuple[Option, ...] = (
        Option(ALL, "cooperative", tags=("responsibility",)),
        Option(HALF, "cooperative", tags=("responsibility",)),
        Option(NOTHING, "uncooperative", tags=("free-riding",)),
    )
    parameters = CollectiveRiskParameters
    presets: Mapping[str, CollectiveRiskParameters] = {
        f"milinski-2008-{percent}": CollectiveRiskParameters(
            rounds=10, allotment=4, target_share=0.5, risk=percent / 100
        )
        for percent in (90, 50, 10)
    }

    scripts: Mapping[str, Script[CollectiveRiskParameters]] = {
        "selfish": lambda parameters, ask, seen: NOTHING,
        "social": lambda parameters, ask, seen: _social(parameters, ask),
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: CollectiveRiskParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: CollectiveRiskParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> CollectiveRiskState:
        """First state of a group: the account is empty.

        Raises:
            ValueError: fewer or more seats than the rules allow.
        """
        if not self.seats.least <= seats <= self.seats.most:
            raise ValueError(f"{self.name} is played by 2 to 12 seats, not {seats}")
        return CollectiveRiskState(parameters, (0.0,) * seats)

    def asks(self, state: CollectiveRiskState) -> tuple[Ask, ...]:
        """Every seat pays in, knowing the account and what itself has kept."""
        if state.over:
            return ()
        missing = max(0, target(state.parameters, len(state.kept)) - state.account)
        known = (("account", state.account), ("missing", exact(missing)))
        left = ("left", state.parameters.rounds - state.round + 1)
        return tuple(
            Ask(seat, "pay", _MENU, facts=(*known, ("kept", kept), left))
            for seat, kept in enumerate(state.kept)
        )

    def draws(self, state: CollectiveRiskState) -> int:
        """One number in the last round: whether the loss comes."""
        return int(state.round == state.parameters.rounds)

    def settle(
        self, state: CollectiveRiskState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Pay in; after the last round all may lose what they have kept."""
        parameters, allotment = state.parameters, state.parameters.allotment
        parts = tuple(None if move is None else PART[move] for move in moves)
        account = exact(state.account + allotment * sum(part or 0 for part in parts))
        over = state.round >= parameters.rounds
        is_lost = over and account < target(parameters, len(moves)) and chance[0] < parameters.risk
        points = tuple(
            None if part is None else 0 - before if is_lost else exact(allotment * (1 - part))
            for part, before in zip(parts, state.kept, strict=True)
        )
        kept = tuple(
            exact(before + (now or 0)) for before, now in zip(state.kept, points, strict=True)
        )
        following = CollectiveRiskState(parameters, kept, account, state.round + 1, over)
        return Settlement(following, moves, points, _seen(allotment, moves))

    def payoffs(self, state: CollectiveRiskState) -> tuple[float, ...]:
        """Points that each seat has kept; shape (seats,)."""
        return state.kept

    def terms(self, parameters: CollectiveRiskParameters, seats: int) -> Mapping[str, Value]:
        """Parameters, and what is paid in in all where every seat does the same in every round."""
        return {
            "seats": seats,
            "rounds": parameters.rounds,
            "allotment": parameters.allotment,
            "half": parameters.allotment / 2,
            "target": target(parameters, seats),
            "risk_percent": round(100 * parameters.risk, 2),
            "sum_if_all": exact(seats * parameters.rounds * parameters.allotment),
            "sum_if_half": exact(seats * parameters.rounds * parameters.allotment / 2),
        }

    def notes(self, parameters: CollectiveRiskParameters) -> tuple[str, ...]:
        """How long it goes on."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: CollectiveRiskParameters, seats: int) -> Welfare:
        """Sums over a whole game: all is paid in or lost, and the most that can be kept."""
        everything = exact(seats * parameters.rounds * parameters.allotment)
        step = parameters.allotment / 2
        needed = step * ceil(target(parameters, seats) / step - 1e-9)
        best = everything if parameters.risk < 1 else exact(everything - needed)
        return Welfare(worst=0, best=best, whole_game=True)


def target(parameters: CollectiveRiskParameters, seats: int) -> float:
    """What the account must hold at the end, in points."""
    allotments = seats * parameters.rounds * parameters.allotment
    return exact(parameters.target_share * allotments)


def _seen(allotment: float, moves: tuple[Move, ...]) -> tuple[Event, ...]:
    """What each seat that paid saw of the others; nothing where no other one answered."""
    events = []
    for seat, own in enumerate(moves):
        others = [PART[move] for at, move in enumerate(moves) if move is not None and at != seat]
        if own is None or not others:
            continue
        mean = sum(others) / len(others)
        # From the smallest payment up, so that a tie goes to the smaller one.
        nearest = min((NOTHING, HALF, ALL), key=lambda key: abs(PART[key] - mean))
        facts = (("own", own), ("others", nearest), ("mean", exact(allotment * mean)))
        events.append(Event(seat, "paid", facts))
    return tuple(events)


def _social(parameters: CollectiveRiskParameters, ask: Ask) -> str:
    """Pay the least with which all doing so still reach the target; nothing where it is no gain."""
    known = dict(ask.facts)
    account, missing, left = (float(known[name]) for name in ("account", "missing", "left"))
    if missing <= 0 or parameters.risk <= parameters.target_share:
        return NOTHING
    allotments = (account + missing) / parameters.target_share
    needed = missing / (allotments / parameters.rounds * left)
    return next((key for key in (HALF, ALL) if PART[key] >= needed - 1e-9), NOTHING)


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """Pay half at first, then as the others did; nothing once the target is reached."""
    if dict(ask.facts)["missing"] == 0:
        return NOTHING
    last = next((event for event in reversed(seen) if event.kind == "paid"), None)
    return HALF if last is None else str(dict(last.facts)["others"])


GAME: Game[CollectiveRiskParameters, CollectiveRiskState] = CollectiveRisk()
