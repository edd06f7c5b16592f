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


def _dal_bo(reward: float, continuation: float) -> DilemmaParameters:
    """A treatment of Dal Bó & Fréchette 2011, which differ in these two only."""
    return DilemmaParameters(
        temptation=50,
        reward=reward,
        punishment=25,
        sucker=12,
        continuation=continuation,
        rounds=50,
    )


def _fudenberg(benefit: float, noise: float) -> DilemmaParameters:
    """A treatment of Fudenberg, Rand & Dreber 2012 with a cost of 10 points.

    All four payoffs are raised by that cost, so that no story has to tell of a loss.
    """
    cost = 10
    return DilemmaParameters(
        temptation=benefit + cost,
        reward=benefit,
        punishment=cost,
        sucker=0,
        noise=noise,
        continuation=0.875,
        rounds=105,
    )


_RULES: PairRules[DilemmaParameters] = PairRules(_MENU, payoff)


class PrisonersDilemma:
    """Two seats choose at the same time; an unanswered ask means the pair skips the round.

    Each earns more by defecting whatever the other does, and both earn less when both defect.

    Presets:
        one-shot: the default payoffs, played once.
        mei-2024: Mei et al. 2024, PNAS 121(9):e2313925121, the classroom game of pushing and
            pulling, played once. Classes played it for a round or several.
        dal-bo-frechette-2011: American Economic Review 101(1):411-429, the treatment with a
            reward of 40 and a continuation probability of 3/4; capped at 50 rounds, which fewer
            than one pair in a million reaches.
        dal-bo-frechette-2011-d75-r32: the same with a reward of 32.
        dal-bo-frechette-2011-d75-r48: the same with a reward of 48.
        dal-bo-frechette-2011-d50-r32: continuation probability 1/2, reward 32.
        dal-bo-frechette-2011-d50-r40: continuation probability 1/2, reward 40.
        dal-bo-frechette-2011-d50-r48: continuation probability 1/2, reward 48.
        andreoni-miller-1993: Economic Journal 103:570-585, partners for exactly ten rounds.
        fudenberg-2012-b40: Fudenberg, Rand & Dreber, American Economic Review 102(2):720-749,
            cooperating brings the other four times what it costs, continuation probability 7/8,
            no errors; capped at 105 rounds, which fewer than one pair in a million reaches. Only
            the ratio of benefit and cost is theirs: here a cost is always 10 points, and 10 points
            are added to every payoff so that none is a loss.
        fudenberg-2012-b40-error-1of16: the same where one move in sixteen comes out as the other.
        fudenberg-2012-b40-error-1of8: the same with one in eight.
        fudenberg-2012-b25-error-1of8: benefit 2.5 times the cost, one in eight.
        fudenberg-2012-b20-error-1of8: benefit twice the cost, one in eight.
        fudenberg-2012-b15-error-1of8: benefit 1.5 times the cost, one in eight.
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
        "mei-2024": DilemmaParameters(
            temptation=700, reward=400, punishment=300, sucker=0, rounds=1
        ),
        "dal-bo-frechette-2011": _dal_bo(reward=40, continuation=0.75),
        "dal-bo-frechette-2011-d75-r32": _dal_bo(reward=32, continuation=0.75),
        "dal-bo-frechette-2011-d75-r48": _dal_bo(reward=48, continuation=0.75),
        "dal-bo-frechette-2011-d50-r32": _dal_bo(reward=32, continuation=0.5),
        "dal-bo-frechette-2011-d50-r40": _dal_bo(reward=40, continuation=0.5),
        "dal-bo-frechette-2011-d50-r48": _dal_bo(reward=48, continuation=0.5),
        "andreoni-miller-1993": DilemmaParameters(
            temptation=12, reward=7, punishment=4, sucker=0, rounds=10
        ),
        "fudenberg-2012-b40": _fudenberg(benefit=40, noise=0),
        "fudenberg-2012-b40-error-1of16": _fudenberg(benefit=40, noise=1 / 16),
        "fudenberg-2012-b40-error-1of8": _fudenberg(benefit=40, noise=1 / 8),
        "fudenberg-2012-b25-error-1of8": _fudenberg(benefit=25, noise=1 / 8),
        "fudenberg-2012-b20-error-1of8": _fudenberg(benefit=20, noise=1 / 8),
        "fudenberg-2012-b15-error-1of8": _fudenberg(benefit=15, noise=1 / 8),
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
