"""The stag hunt: what pays best takes both, and what is safe takes nobody else."""

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

STAG, HARE = _MENU = "stag", "hare"


class StagHuntParameters(PairParameters):
    """Payoffs in points.

    The form is that of Skyrms 2004: a hare is worth the same whatever the other does, half a stag
    is worth more, and a stag missed is worth nothing. The numbers 4 and 3 are this project's.

    Attributes:
        both_stag: both hunt stag.
        both_hare: both hunt hare.
        hare_alone: I hunt hare, the other hunts stag.
        stag_alone: I hunt stag, the other hunts hare.
    """

    both_stag: float = 4
    both_hare: float = 3
    hare_alone: float = 3
    stag_alone: float = 0

    @model_validator(mode="after")
    def _stag_is_best_and_hare_is_safe(self) -> Self:
        hares = (self.both_hare, self.hare_alone)
        if not self.both_stag > max(hares) or not min(hares) > self.stag_alone:
            raise ValueError(
                "a stag hunt needs both_stag > both_hare and hare_alone, and both > stag_alone"
            )
        return self


StagHuntState = PairState[StagHuntParameters]


def payoff(parameters: StagHuntParameters, own: str, other: str) -> float:
    """Points of a seat that did `own` against `other` (the form of Skyrms 2004, ch. 1)."""
    if own == STAG:
        return parameters.both_stag if other == STAG else parameters.stag_alone
    return parameters.hare_alone if other == STAG else parameters.both_hare


_RULES: PairRules[StagHuntParameters] = PairRules(_MENU, payoff)


class StagHunt:
    """Two seats choose at the same time; an unanswered ask means the pair skips the round.

    Doing what the other does is best for a seat, so both stag and both hare are equilibria. Stag is
    payoff dominant: both earn the most there. Hare is the safe choice, and nothing worse than that.
    It is risk dominant (Harsanyi & Selten 1988) where it is the better answer to an other that does
    either with equal chance: where hare_alone + both_hare > both_stag + stag_alone, as by default.
    A seat is indifferent where the other hunts stag with probability 3/4 by default, and 4/5 in the
    presets of Battalio et al.

    Presets:
        one-shot: the default payoffs, played once.
        battalio-2001-2r: Battalio, Samuelson & Van Huyck, Econometrica 69(3):749-764, game 2R, the
            greatest loss from a wrong answer. There cohorts of eight were matched at random over 75
            periods; here a pair stays together.
        battalio-2001-r: the same, game R.
        battalio-2001-06r: the same, game 0.6R, the smallest loss from a wrong answer.
    """

    name = "stag_hunt"
    family: Family = "cooperation"
    citation = (
        "Skyrms 2004, The Stag Hunt and the Evolution of Social Structure, Cambridge University"
        " Press"
    )
    seats = SeatRange(least=2, most=2, default=2)
    options: tuple[Option, ...] = (
        Option(STAG, "cooperative", tags=("trust",)),
        Option(HARE, "uncooperative"),
    )
    parameters = StagHuntParameters
    presets: Mapping[str, StagHuntParameters] = {
        "one-shot": StagHuntParameters(rounds=1),
        "battalio-2001-2r": StagHuntParameters(
            both_stag=45, both_hare=40, hare_alone=35, stag_alone=0, rounds=75
        ),
        "battalio-2001-r": StagHuntParameters(
            both_stag=45, both_hare=20, hare_alone=40, stag_alone=0, rounds=75
        ),
        "battalio-2001-06r": StagHuntParameters(
            both_stag=45, both_hare=12, hare_alone=42, stag_alone=0, rounds=75
        ),
    }

    scripts: Mapping[str, Script[StagHuntParameters]] = {
        "selfish": best_reply(payoff, _MENU),
        "social": lambda parameters, ask, seen: STAG,
        "reciprocal": tit_for_tat(_MENU),
    }

    def opening(self, parameters: StagHuntParameters, seats: int) -> int:
        """None: nothing is drawn before play."""
        return 0

    def start(
        self, parameters: StagHuntParameters, seats: int, chance: tuple[float, ...] = ()
    ) -> StagHuntState:
        """First state of a pair."""
        return _RULES.start(parameters, seats)

    def asks(self, state: StagHuntState) -> tuple[Ask, ...]:
        """Both seats choose."""
        return _RULES.asks(state)

    def draws(self, state: StagHuntState) -> int:
        """One number per seat for noise, one for continuation."""
        return _RULES.draws(state)

    def settle(
        self, state: StagHuntState, moves: tuple[Move, ...], chance: tuple[float, ...]
    ) -> Settlement:
        """Play one round."""
        return _RULES.settle(state, moves, chance)

    def payoffs(self, state: StagHuntState) -> tuple[float, ...]:
        """Points of both seats so far."""
        return state.earned

    def terms(self, parameters: StagHuntParameters, seats: int) -> Mapping[str, Value]:
        """The four payoffs, the horizon and the noise in percent."""
        return {
            "both_stag": parameters.both_stag,
            "both_hare": parameters.both_hare,
            "hare_alone": parameters.hare_alone,
            "stag_alone": parameters.stag_alone,
            **horizon(parameters),
        }

    def notes(self, parameters: StagHuntParameters) -> tuple[str, ...]:
        """How long it goes on, and whether moves can go wrong."""
        return horizon_notes(parameters)

    def welfare(self, parameters: StagHuntParameters, seats: int) -> Welfare:
        """Best where both hunt stag; worst where they miss each other, or where both hunt hare."""
        apart = parameters.hare_alone + parameters.stag_alone
        return Welfare(worst=min(apart, 2 * parameters.both_hare), best=2 * parameters.both_stag)


GAME: Game[StagHuntParameters, StagHuntState] = StagHunt()
