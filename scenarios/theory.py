"""Theory of small games, by exhaustive check: normal forms of one phase, rounds of several phases.

A profile is one action per seat. Everything here is exact for the finite forms that the
catalogue's games have; nothing is iterated or approximated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from scenarios.catalogue import AnyGame
from scenarios.game import Ask, Parameters, State

Profile = tuple[str, ...]
Outside = tuple[tuple[str, float], ...]
"""As in `Welfare`: option keys with the expected points that they bring to people outside."""
_TIE = 1e-9
Atom = tuple[float, float]
"""A number that chance may bring, and its probability."""
SURELY: tuple[Atom, ...] = ((1 - 2**-53, 1.0),)
"""Chance in which nothing unlikely happens."""


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
    drawn_before = (1 - 2**-53,) * game.opening(parameters, seats)
    state = game.start(parameters, seats, drawn_before)
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


@dataclass(frozen=True, slots=True)
class Solution:
    """How a round is played where everybody seeks the own points and foresees the rest of it.

    Attributes:
        points: expected points of the round, shape (seats,).
        path: what is asked and chosen, phase by phase; where chance branches, on its first branch.
        is_unique: no phase on the way, reached or not, has another equilibrium.
    """

    points: tuple[float, ...]
    path: tuple[tuple[Ask, str], ...]
    is_unique: bool


def backward_induction(
    game: AnyGame, state: State, atoms: Sequence[Atom] = SURELY
) -> Solution | None:
    """Subgame-perfect equilibrium of one round in pure actions (Selten 1965).

    Phases in which several seats choose at once are solved by exhaustive search; of several
    equilibria the first in the order of the menus is taken. Chance numbers of one phase are
    independent, and each is one of `atoms`.

    Args:
        game: the rules.
        state: at the beginning of the round.
        atoms: what each chance number may be; probabilities sum to 1.

    Returns:
        The solution; None where a phase has no equilibrium in pure actions.
    """
    before = game.payoffs(state)

    def solve(now: State) -> Solution | None:
        if now.over or now.round > state.round:
            gained = (after - was for after, was in zip(game.payoffs(now), before, strict=True))
            return Solution(tuple(gained), (), True)
        asks = game.asks(now)
        reached = {
            profile: _expected(game, now, profile, atoms, solve)
            for profile in product(*(ask.menu for ask in asks))
        }
        followed = {profile: found for profile, found in reached.items() if found is not None}
        if len(followed) < len(reached):
            return None
        stable = [profile for profile in followed if _is_stable(profile, asks, followed)]
        if not stable:
            return None
        chosen = followed[stable[0]]
        unique = len(stable) == 1 and all(found.is_unique for found in followed.values())
        return Solution(chosen.points, (*zip(asks, stable[0], strict=True), *chosen.path), unique)

    return solve(state)


def _expected(
    game: AnyGame,
    state: State,
    profile: Profile,
    atoms: Sequence[Atom],
    solve: Callable[[State], Solution | None],
) -> Solution | None:
    """What follows a profile, over all that chance may bring."""
    branches = []
    for drawn in product(atoms, repeat=game.draws(state)):
        found = solve(game.settle(state, profile, tuple(number for number, _ in drawn)).state)
        if found is None:
            return None
        branches.append((prod(probability for _, probability in drawn), found))
    columns = zip(*(found.points for _, found in branches), strict=True)
    weights = [weight for weight, _ in branches]
    points = tuple(
        sum(weight * value for weight, value in zip(weights, column, strict=True))
        for column in columns
    )
    return Solution(points, branches[0][1].path, all(found.is_unique for _, found in branches))


def _is_stable(
    profile: Profile, asks: tuple[Ask, ...], followed: Mapping[Profile, Solution]
) -> bool:
    """Whether no seat gains by choosing otherwise, in all that it is asked at once."""
    for seat in {ask.seat for ask in asks}:
        others = (
            other
            for other in followed
            if all(
                a == b for a, b, ask in zip(profile, other, asks, strict=True) if ask.seat != seat
            )
        )
        if any(
            followed[other].points[seat] > followed[profile].points[seat] + _TIE for other in others
        ):
            return False
    return True


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
