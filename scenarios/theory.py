"""Theory of small games in normal form, by exhaustive check.

A profile is one action per seat. Everything here is exact for the finite forms that the
catalogue's one-phase games have; nothing is iterated or approximated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

from scenarios.catalogue import AnyGame
from scenarios.game import Parameters

Profile = tuple[str, ...]
Outside = tuple[tuple[str, float], ...]
"""As in `Welfare`: option keys with the expected points that they bring to people outside."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class NormalForm:
    """Actions of every seat and what each profile pays every seat.

    Attributes:
        actions: shape (seats, actions of that seat).
        payoffs: by profile; values of shape (seats,), in points.
    """

    actions: tuple[tuple[str, ...], ...]
    payoffs: Mapping[Profile, tuple[float, ...]]

    def after(self, profile: Profile, seat: int, action: str) -> float:
        """What a seat gets when it alone turns to another action."""
        return self.payoffs[(*profile[:seat], action, *profile[seat + 1 :])][seat]


def normal_form(
    actions: tuple[tuple[str, ...], ...], payoff: Callable[[Profile], tuple[float, ...]]
) -> NormalForm:
    """The form of a payoff function."""
    return NormalForm(actions, {profile: payoff(profile) for profile in product(*actions)})


def stage(
    game: AnyGame, parameters: Parameters, seats: int, chance: tuple[float, ...] | None = None
) -> NormalForm:
    """The normal form of a game's first round, played out by its own rules.

    Args:
        game: a game whose first round is a single phase with one ask per seat.
        parameters: of this game.
        seats: seats in the group.
        chance: what the round is handed; by default numbers just below 1, with which nothing
            unlikely happens.

    Raises:
        ValueError: the round has several phases or asks per seat.
    """
    state = game.start(parameters, seats)
    asks = game.asks(state)
    if [ask.seat for ask in asks] != list(range(seats)):
        raise ValueError(f"{game.name} does not ask each seat exactly once in its first phase")
    drawn = (1 - 2**-53,) * game.draws(state) if chance is None else chance

    def payoff(profile: Profile) -> tuple[float, ...]:
        paid = game.settle(state, profile, drawn).payoffs
        if any(points is None for points in paid):
            raise ValueError(f"the first phase of {game.name} does not close the round")
        return tuple(points for points in paid if points is not None)

    return normal_form(tuple(ask.menu for ask in asks), payoff)


def pure_equilibria(form: NormalForm) -> tuple[Profile, ...]:
    """Profiles from which no seat gains by turning alone (Nash 1950)."""
    return tuple(
        profile
        for profile, paid in form.payoffs.items()
        if all(
            form.after(profile, seat, action) <= paid[seat] + _TIE
            for seat, actions in enumerate(form.actions)
            for action in actions
        )
    )


def dominant(form: NormalForm, seat: int) -> str | None:
    """The action that is strictly best for a seat whatever the others do; None if none is."""
    for action in form.actions[seat]:
        others = [other for other in form.actions[seat] if other != action]
        if all(
            form.after(profile, seat, action) > form.after(profile, seat, other) + _TIE
            for profile in form.payoffs
            for other in others
        ):
            return action
    return None


def minmax(form: NormalForm, seat: int) -> float:
    """The least that the others can hold a seat to with pure actions, when it answers best."""
    return min(
        max(form.after(profile, seat, action) for action in form.actions[seat])
        for profile in form.payoffs
    )


def social_optima(form: NormalForm, outside: Outside = ()) -> tuple[Profile, ...]:
    """Profiles of the greatest sum, with what actions bring to people who have no seat."""
    totals = _totals(form, outside)
    best = max(totals.values())
    return tuple(profile for profile, total in totals.items() if total >= best - _TIE)


def extremes(form: NormalForm, outside: Outside = ()) -> tuple[float, float]:
    """The least and the greatest of these sums, in points; what `Game.welfare` says in short."""
    totals = _totals(form, outside).values()
    return min(totals), max(totals)


def _totals(form: NormalForm, outside: Outside) -> Mapping[Profile, float]:
    brought = dict(outside)
    return {
        profile: sum(paid) + sum(brought.get(action, 0) for action in profile)
        for profile, paid in form.payoffs.items()
    }


def symmetric_mixture(form: NormalForm) -> float | None:
    """Probability of the second action in the symmetric equilibrium that mixes both.

    With payoffs a (first against first), b (first against second), c (second against first) and
    d (second against second) the other is indifferent at q = (c - a) / (c - a + b - d).

    Args:
        form: two seats with the same two actions and symmetric payoffs.

    Returns:
        q, strictly between 0 and 1; None where no such equilibrium exists.
    """
    first, second = form.actions[0]
    a, b = form.payoffs[first, first][0], form.payoffs[first, second][0]
    c, d = form.payoffs[second, first][0], form.payoffs[second, second][0]
    gain_first, gain_second = b - d, c - a
    if gain_first * gain_second <= 0:
        return None
    return gain_second / (gain_second + gain_first)
