"""The prisoner's dilemma: one-shot, repeated, noisy, or with a continuation probability."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

from scenarios.game import (
    Ask,
    Event,
    Move,
    Option,
    Parameters,
    SeatRange,
    Settlement,
    Value,
    Welfare,
)

COOPERATE, DEFECT = "cooperate", "defect"
_FLIPPED = {COOPERATE: DEFECT, DEFECT: COOPERATE}


class DilemmaParameters(Parameters):
    """Payoffs in points. Defaults: Axelrod 1980, p. 5, without noise, `rounds` rounds.

    Attributes:
        temptation: I defect, the other cooperates.
        reward: both cooperate.
        punishment: both defect.
        sucker: I cooperate, the other defects.
        noise: probability that a move comes out as the other one, in [0, 0.5].
        continuation: probability that another round follows, up to `rounds`; 1 for exactly
            `rounds` rounds.
    """

    temptation: float = 5
    reward: float = 3
    punishment: float = 1
    sucker: float = 0
    noise: float = Field(default=0, ge=0, le=0.5)
    continuation: float = Field(default=1, gt=0, le=1)

    @model_validator(mode="after")
    def _is_a_dilemma(self) -> Self:
        if not self.temptation > self.reward > self.punishment > self.sucker:
            raise ValueError("a prisoner's dilemma needs temptation > reward > punishment > sucker")
        return self


@dataclass(frozen=True, slots=True)
class DilemmaState:
    """Round being played, points of both seats, and whether the pair has finished."""

    parameters: DilemmaParameters
    round: int = 1
    over: bool = False
    earned: tuple[float, float] = (0.0, 0.0)


class PrisonersDilemma:
    """Two seats choose at the same time; an unanswered ask means the pair skips the round."""

    name = "prisoners_dilemma"
    family = "cooperation"
    citation = "Axelrod 1980, Journal of Conflict Resolution 24(1):3-25"
    seats = SeatRange(least=2, most=2, default=2)
    options = (
        Option(COOPERATE, "cooperative"),
        Option(DEFECT, "uncooperative", tags=("exploitation", "retaliation")),
    )
    parameters = DilemmaParameters
    presets: Mapping[str, DilemmaParameters] = {
        "one-shot": DilemmaParameters(rounds=1),
        # Table 2 of the paper, the treatment with R = 40 and delta = 3/4.
        "dal-bo-frechette-2011": DilemmaParameters(
            temptation=50, reward=40, punishment=25, sucker=12, continuation=0.75, rounds=50
        ),
    }

    def start(self, parameters: DilemmaParameters, seats: int) -> DilemmaState:
        """First state of a pair."""
        if seats != self.seats.default:
            raise ValueError(f"{self.name} is played by 2 seats, not {seats}")
        return DilemmaState(parameters)

    def asks(self, state: DilemmaState) -> tuple[Ask, ...]:
        """Both seats choose."""
        if state.over:
            return ()
        menu = (COOPERATE, DEFECT)
        return (Ask(0, "choose", menu, about=1), Ask(1, "choose", menu, about=0))

    def draws(self, state: DilemmaState) -> int:
        """One number per seat for noise, one for continuation."""
        return 3

    def settle(
        self, state: DilemmaState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round."""
        parameters = state.parameters
        first, second = moves
        following = replace(
            state,
            round=state.round + 1,
            over=state.round >= parameters.rounds or chance[2] >= parameters.continuation,
        )
        if first is None or second is None:
            return Settlement(following, (None, None), (None, None))
        done = (
            _FLIPPED[first] if chance[0] < parameters.noise else first,
            _FLIPPED[second] if chance[1] < parameters.noise else second,
        )
        points = (payoff(parameters, *done), payoff(parameters, *done[::-1]))
        earned = (state.earned[0] + points[0], state.earned[1] + points[1])
        events = tuple(
            Event(seat, "outcome", (("own", done[seat]), ("other", done[1 - seat])))
            for seat in (0, 1)
        )
        return Settlement(replace(following, earned=earned), done, points, events)

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
            "rounds": parameters.rounds,
            "continuation_percent": round(100 * parameters.continuation),
            "noise_percent": round(100 * parameters.noise),
        }

    def notes(self, parameters: DilemmaParameters) -> tuple[str, ...]:
        """How long it goes on, and whether moves can go wrong."""
        if parameters.rounds == 1:
            horizon = "once"
        elif parameters.continuation < 1:
            horizon = "open"
        else:
            horizon = "repeated"
        return (horizon, "noise") if parameters.noise else (horizon,)

    def welfare(self, parameters: DilemmaParameters, seats: int) -> Welfare:
        """The pair's worst and best sum; best may be to take turns where T + S > 2R."""
        sums = (
            2 * parameters.reward,
            2 * parameters.punishment,
            parameters.temptation + parameters.sucker,
        )
        return Welfare(worst=min(sums), best=max(sums))


def payoff(parameters: DilemmaParameters, own: str, other: str) -> float:
    """Points of a seat that did `own` against `other` (Axelrod 1980, p. 5)."""
    if own == COOPERATE:
        return parameters.reward if other == COOPERATE else parameters.sucker
    return parameters.temptation if other == COOPERATE else parameters.punishment


GAME = PrisonersDilemma()
