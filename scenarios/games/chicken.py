"""Chicken, the hawk-dove game: two want one thing, and pressing on together costs both."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from scenarios.game import (
    Ask,
    Family,
    Game,
    Move,
    Option,
    Script,
    SeatRange,
    Settlement,
    Value,
    Welfare,
)
from scenarios.pairs import (
    PairParameters,
    PairRules,
    PairState,
    best_reply,
    horizon,
    horizon_notes,
    tit_for_tat,
)

YIELD, ESCALATE = _MENU = "yield", "escalate"


class ChickenParameters(PairParameters):
    """Points at stake.

    Defaults: a tenth of what Maynard Smith & Price 1973 give for winning (+60) and for serious
    injury (-100), which keeps the numbers small and every half whole.

    Attributes:
        value: what the contested thing is worth, > 0.
        cost: what losing a fight costs, > `value`.
    """

    value: float = Field(default=6, gt=0)
    cost: float = 10

    @model_validator(mode="after")
    def _fighting_does_not_pay(self) -> Self:
        if not self.cost > self.value:
            raise ValueError("chicken needs cost > value; otherwise it is a prisoner's dilemma")
        return self


ChickenState = PairState[ChickenParameters]


def payoff(parameters: ChickenParameters, own: str, other: str) -> float:
    """Expected points of a seat that did `own` against `other`.

    Two that escalate win or are hurt with equal chance, two that yield get the thing with equal
    chance; both are paid in expectation, (V - C)/2 and V/2.

    Source: Maynard Smith & Price 1973, in the two-strategy form of Maynard Smith 1982, ch. 2.
    """
    if own == ESCALATE:
        both = (parameters.value - parameters.cost) / 2
        return both if other == ESCALATE else parameters.value
    return 0 if other == ESCALATE else parameters.value / 2


_RULES: PairRules[ChickenParameters] = PairRules(_MENU, payoff)


class Chicken:
    """Two seats choose at the same time; an unanswered ask means the pair skips the round.

    Escalating is the best answer to a seat that yields, yielding to one that escalates; in the
    symmetric equilibrium each escalates with probability value / cost.

    Presets:
        one-shot: the default payoffs, played once.
        maynard-smith-price-1973: Nature 246:15-18, winning +60 and serious injury -100; the
            paper's time saved and scratches are left out.
    """

    name = "chicken"
    family: Family = "conflict"
    citation = "Maynard Smith & Price 1973, Nature 246:15-18"
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(YIELD, "cooperative"),
        Option(ESCALATE, "uncooperative", tags=("escalation",)),
    )
    parameters = ChickenParameters
    presets: Mapping[str, ChickenParameters] = {
        "one-shot": ChickenParameters(rounds=1),
        "maynard-smith-price-1973": ChickenParameters(value=60, cost=100),
    }

    scripts: Mapping[str, Script[ChickenParameters]] = {
        "selfish": best_reply(payoff, _MENU),
        "social": lambda parameters, ask, seen: YIELD,
        "reciprocal": tit_for_tat(_MENU),
    }

    def opening(self, parameters: ChickenParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: ChickenParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> ChickenState:
        """First state of a pair."""
        return _RULES.start(parameters, seats)

    def asks(self, state: ChickenState) -> tuple[Ask, ...]:
        """Both seats choose."""
        return _RULES.asks(state)

    def draws(self, state: ChickenState) -> int:
        """One number per seat for noise, one for continuation."""
        return _RULES.draws(state)

    def settle(
        self, state: ChickenState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round."""
        return _RULES.settle(state, moves, chance)

    def payoffs(self, state: ChickenState) -> tuple[float, ...]:
        """Points of both seats so far; may be negative."""
        return state.earned

    def terms(self, parameters: ChickenParameters, seats: int) -> Mapping[str, Value]:
        """What one and what both get, what each loses, the horizon and the noise in percent."""
        return {
            "value": parameters.value,
            "half": parameters.value / 2,
            "loss": (parameters.cost - parameters.value) / 2,
            **horizon(parameters),
        }

    def notes(self, parameters: ChickenParameters) -> tuple[str, ...]:
        """How long it goes on, and whether moves can go wrong."""
        return horizon_notes(parameters)

    def welfare(self, parameters: ChickenParameters, seats: int) -> Welfare:
        """Worst where both escalate; any other outcome hands out the whole value."""
        return Welfare(worst=parameters.value - parameters.cost, best=parameters.value)


GAME: Game[ChickenParameters, ChickenState] = Chicken()
