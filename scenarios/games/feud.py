"""Feud: one may strike, the struck may strike back, and a third may step in between."""

from collections.abc import Mapping, Sequence
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

LEAVE, STRIKE = FIRST = "leave", "strike"
LET_REST, STRIKE_BACK = ANSWER = "let_rest", "strike_back"
STEP_IN, LOOK_ON = BYSTANDER = "step_in", "look_on"
_SEATS = 3
_YOU, _RIGHT, _LEFT = range(_SEATS)
"""Where one sits as seen from a seat: how many places to its right, around the ring."""
_WHERE = {_YOU: "you", _RIGHT: "right", _LEFT: "left"}
_SAID = ("first", "answered", "third")
"""How events tell the phases, in their order."""
_SELFISH: Mapping[str, str] = {"first": STRIKE, "answer": LET_REST, "bystander": LOOK_ON}


class FeudParameters(Parameters):
    """Points won and lost. All numbers are this project's own.

    Only cost to blow is as published: 1 to 3, as sanctions in Fehr & Fischbacher 2004.

    Attributes:
        take: what a strike wins the one who strikes, > 1.
        loss: what it costs the one who is struck, more than `take`.
        cost: what striking back costs the one who does it.
        blow: what being struck back costs.
        price: what stepping in costs the third, less than `cost` + `blow`, which it saves.
    """

    take: float = Field(default=5, gt=1)
    loss: float = Field(default=7, gt=0)
    cost: float = Field(default=3, gt=0)
    blow: float = Field(default=9, gt=0)
    price: float = Field(default=4, gt=0)

    @model_validator(mode="after")
    def _only_strikes_pay_and_only_for_one(self) -> Self:
        if not self.loss > self.take:
            raise ValueError("feud needs loss > take, so that a strike destroys more than it wins")
        if not self.price < self.cost + self.blow:
            raise ValueError("feud needs price < cost + blow, so that stepping in saves points")
        return self


@dataclass(frozen=True, slots=True)
class FeudState:
    """Where a ring of three stands.

    Attributes:
        parameters: the game's parameters.
        round: the round being played, 1-based.
        over: no more rounds.
        earned: points so far, by seat.
        done: what was done in the round so far, phase by phase.
    """

    parameters: FeudParameters
    round: int = 1
    over: bool = False
    earned: tuple[float, ...] = (0.0,) * _SEATS
    done: tuple[str, ...] = ()


class Feud:
    """Three seats in a ring; in each round the next one may strike its right neighbour.

    The striker wins `take`, its right neighbour loses `loss`. The struck may let it rest or strike
    back at its left neighbour: it loses `cost`, the striker `blow`. If it wants to strike back, the
    third seat is asked before that happens: if it steps in it loses `price`, nobody is struck back,
    and the striker gives what it took to the struck; else it looks on and the blow falls.

    Points are what is won and lost against being left in peace, which is 0: a seat that is not
    asked in a round neither wins nor loses in it. Roles turn from round to round, left and right
    stay the same, so that every seat knows who did what: it can be struck by its left neighbour,
    and struck back by its right one, which is also the third where it was struck itself.

    For its own points alone a seat looks on, lets rest, and therefore strikes. Leaving is best for
    all; after a strike letting rest is; before a blow stepping in is.

    A round in which an answer is missing, in any phase, is skipped: nobody wins or loses, and
    nobody sees anything of it.

    Presets:
        one-cycle: the default points, each seat's turn once.
    """

    name = "feud"
    family: Family = "conflict"
    citation = (
        "after Fehr & Fischbacher 2004, Third-party punishment and social norms, Evolution and"
        " Human Behavior 25(2):63-87; rules and points are this project's"
    )
    seats = SeatRange(least=_SEATS, most=_SEATS, default=_SEATS)
    options: tuple[Option, ...] = (
        Option(LEAVE, "cooperative"),
        Option(STRIKE, "uncooperative", tags=("escalation", "harm")),
        Option(LET_REST, "cooperative", tags=("forgiveness",)),
        Option(STRIKE_BACK, "uncooperative", tags=("revenge", "retaliation")),
        Option(STEP_IN, "cooperative"),
        Option(LOOK_ON, "neutral"),
    )
    parameters = FeudParameters
    presets: Mapping[str, FeudParameters] = {"one-cycle": FeudParameters(rounds=3)}

    scripts: Mapping[str, Script[FeudParameters]] = {
        "selfish": lambda parameters, ask, seen: _SELFISH[ask.phase],
        "social": lambda parameters, ask, seen: ask.menu[0],
        "reciprocal": lambda parameters, ask, seen: _reciprocal(ask, seen),
    }

    def opening(self, parameters: FeudParameters, seats: int) -> int:
        """None: seats take turns in their order."""
        return 0

    def start(
        self, parameters: FeudParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> FeudState:
        """First state of a ring.

        Raises:
            ValueError: not three seats.
        """
        if seats != _SEATS:
            raise ValueError(f"{self.name} is played by 3 seats, not {seats}")
        return FeudState(parameters)

    def asks(self, state: FeudState) -> tuple[Ask, ...]:
        """The one whose turn it is, then the struck, then the third where a blow would fall."""
        if state.over:
            return ()
        striker, struck, third = _roles(state.round)
        asked = (
            Ask(striker, "first", FIRST, about=struck),
            Ask(struck, "answer", ANSWER, about=striker),
            Ask(third, "bystander", BYSTANDER),
        )
        return (asked[len(state.done)],)

    def draws(self, state: FeudState) -> int:
        """None: the rules hold no chance."""
        return 0

    def settle(
        self, state: FeudState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one phase."""
        (move,) = moves
        if move is None:
            return Settlement(_next_round(state, (0.0,) * _SEATS), (None,), (None,))
        done = (*state.done, move)
        if move in (STRIKE, STRIKE_BACK):
            return Settlement(replace(state, done=done), moves, (None,))
        by_role = changes(state.parameters, done)
        roles = _roles(state.round)
        points = {seat: by_role[role] for role, seat in enumerate(roles)}
        following = _next_round(state, tuple(points[seat] for seat in range(_SEATS)))
        *earlier, last = roles[: len(done)]
        owed = tuple((seat, points[seat]) for seat in earlier)
        return Settlement(following, moves, (points[last],), _seen(roles, done), owed)

    def payoffs(self, state: FeudState) -> tuple[float, ...]:
        """Points of each seat so far; shape (3,), may be negative."""
        return state.earned

    def terms(self, parameters: FeudParameters, seats: int) -> Mapping[str, Value]:
        """What strikes, blows and stepping in bring and cost, and the cases of the quiz."""
        take, loss = parameters.take, parameters.loss
        return {
            "rounds": parameters.rounds,
            "take": take,
            "loss": loss,
            "cost": parameters.cost,
            "blow": parameters.blow,
            "price": parameters.price,
            "loss_and_cost": exact(loss + parameters.cost),
            "loss_after_return": exact(loss - take),
        }

    def notes(self, parameters: FeudParameters) -> tuple[str, ...]:
        """How long it goes on."""
        return ("once",) if parameters.rounds == 1 else ("repeated",)

    def welfare(self, parameters: FeudParameters, seats: int) -> Welfare:
        """Best where nobody strikes, worst where a strike is struck back."""
        return Welfare(worst=sum(changes(parameters, (STRIKE, STRIKE_BACK, LOOK_ON))), best=0)


def changes(parameters: FeudParameters, done: tuple[str, ...]) -> tuple[float, float, float]:
    """Points of striker, struck and third, from what they did in their order.

    Args:
        parameters: the game's parameters.
        done: of one round, up to the move that closes it.
    """
    take, loss = parameters.take, parameters.loss
    if done == (LEAVE,):
        return 0.0, 0.0, 0.0
    if done == (STRIKE, LET_REST):
        return take, -loss, 0.0
    if done == (STRIKE, STRIKE_BACK, STEP_IN):
        return 0.0, exact(take - loss), -parameters.price
    return exact(take - parameters.blow), exact(-loss - parameters.cost), 0.0


def _roles(number: int) -> tuple[int, int, int]:
    """Seats of striker, struck and third in a round."""
    striker = (number - 1) % _SEATS
    return striker, (striker + _RIGHT) % _SEATS, (striker + _LEFT) % _SEATS


def _seen(roles: tuple[int, ...], done: tuple[str, ...]) -> tuple[Event, ...]:
    """What each seat saw of a round; kinds of events tell where the one sat who did it."""
    return tuple(
        Event(
            seat,
            f"{_WHERE[where]}_{phase}",
            (("own" if where == _YOU else "other", move),),
        )
        for seat in range(_SEATS)
        for phase, actor, move in zip(_SAID, roles, done, strict=False)
        for where in [(actor - seat) % _SEATS]
    )


def _reciprocal(ask: Ask, seen: Sequence[Event]) -> str:
    """Strike back; strike first whom struck back last; look on if the last third did so for it."""
    if ask.phase == "answer":
        return STRIKE_BACK
    # The right neighbour alone can strike back at this seat, and is the third where it was struck.
    if ask.phase == "first":
        return STRIKE if _last(seen, "right_answered") == STRIKE_BACK else LEAVE
    return LOOK_ON if _last(seen, "right_third") == LOOK_ON else STEP_IN


def _last(seen: Sequence[Event], kind: str) -> str | None:
    """What another last did in an event of this kind; None before there was one."""
    last = next((event for event in reversed(seen) if event.kind == kind), None)
    return None if last is None else str(dict(last.facts)["other"])


def _next_round(state: FeudState, points: tuple[float, ...]) -> FeudState:
    earned = tuple(before + now for before, now in zip(state.earned, points, strict=True))
    over = state.round >= state.parameters.rounds
    return replace(state, round=state.round + 1, over=over, earned=earned, done=())


GAME: Game[FeudParameters, FeudState] = Feud()
