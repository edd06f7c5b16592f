"""The prisoner's dilemma: one-shot, repeated, noisy, or with a continuation probability."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

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

COOPERATE, DEFECT = _MENU = "cooperate", "defect"


class DilemmaParameters(PairParameters):
    """Payoffs in points. Defaults: Axelrod 1980, p. 5, without noise, `rounds` rounds.

    Attributes:
        temptation: I defect, the other cooperates.
        reward: both cooperate.
        punishment: both defect.
        sucker: I cooperate, the other defects.
    """

    temptation: float = 5
    reward: float = 3
    punishment: float = 1
    sucker: float = 0

    @model_validator(mode="after")
    def _is_a_dilemma(self) -> Self:
        if not self.temptation > self.reward > self.punishment > self.sucker:
            raise ValueError("a prisoner's dilemma needs temptation > reward > punishment > sucker")
        return self


DilemmaState = PairState[DilemmaParameters]


def payoff(parameters: DilemmaParameters, own: str, other: str) -> float:
    """Points of a seat that did `own` against `other` (Axelrod 1980, p. 5)."""
    if own == COOPERATE:
        return parameters.reward if other == COOPERATE else parameters.sucker
    return parameters.temptation if other == COOPERATE else parameters.punishment


_RULES: PairRules[DilemmaParameters] = PairRules(_MENU, payoff)


class PrisonersDilemma:
    """Two seats choose at the same time; an unanswered ask means the pair skips the round.

    Each earns more by defecting whatever the other does, and both earn less when both defect.

    Presets:
        one-shot: the default payoffs, played once.
        dal-bo-frechette-2011: American Economic Review 101(1):411-429, the treatment with a
            reward of 40 and a continuation probability of 3/4; capped at 50 rounds, which fewer
            than one pair in a million reaches.
    """

    name = "prisoners_dilemma"
    family: Family = "cooperation"
    citation = "Axelrod 1980, Journal of Conflict Resolution 24(1):3-25"
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(COOPERATE, "cooperative"),
        Option(DEFECT, "uncooperative", tags=("exploitation", "retaliation")),
    )
    parameters = DilemmaParameters
    presets: Mapping[str, DilemmaParameters] = {
        "one-shot": DilemmaParameters(rounds=1),
        "dal-bo-frechette-2011": DilemmaParameters(
            temptation=50, reward=40, punishment=25, sucker=12, continuation=0.75, rounds=50
        ),
    }

    scripts: Mapping[str, Script[DilemmaParameters]] = {
        "selfish": best_reply(payoff, _MENU),
        "social": lambda parameters, ask, seen: COOPERATE,
        "reciprocal": tit_for_tat(_MENU),
    }

    def opening(self, parameters: DilemmaParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: DilemmaParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> DilemmaState:
        """First state of a pair."""
        return _RULES.start(parameters, seats)

    def asks(self, state: DilemmaState) -> tuple[Ask, ...]:
        """Both seats choose."""
        return _RULES.asks(state)

    def draws(self, state: DilemmaState) -> int:
        """One number per seat for noise, one for continuation."""
        return _RULES.draws(state)

    def settle(
        self, state: DilemmaState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round."""
        return _RULES.settle(state, moves, chance)

    def payoffs(self, state: DilemmaState) -> tuple[float, ...]:
        """Points of both seats so far."""
        return state.earned

    def terms(self, parameters: DilemmaParameters, seats: int) -> Mapping[str, Value]:
        """The four payoffs, the horizon and the noise in percent."""
        return {
            "temptation": parameters.temptation,
            "reward": parameters.reward,
            "punishment": parameters.punishment,
            "sucker": parameters.sucker,
            **horizon(parameters),
        }

    def notes(self, parameters: DilemmaParameters) -> tuple[str, ...]:
        """How long it goes on, and whether moves can go wrong."""
        return horizon_notes(parameters)

    def welfare(self, parameters: DilemmaParameters, seats: int) -> Welfare:
        """The pair's worst and best sum; best may be to take turns where T + S > 2R."""
        sums = (
            2 * parameters.reward,
            2 * parameters.punishment,
            parameters.temptation + parameters.sucker,
        )
        return Welfare(worst=min(sums), best=max(sums))


GAME: Game[DilemmaParameters, DilemmaState] = PrisonersDilemma()
