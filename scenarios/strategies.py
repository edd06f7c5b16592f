"""Scripted strategies: baselines that need no model, and the referee of our rules.

A strategy is a function of what its seat saw and the ask; it returns a probability for every option
of the menu. `always_cooperate`, `always_defect` and `random` play every game, and so do `selfish`,
`social` and `reciprocal`, which every game defines for itself; the others answer the other's last
moves and play every game of two seats and two options.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from scenarios.catalogue import AnyGame, nearest
from scenarios.errors import StrategyError
from scenarios.game import SCRIPTS, Ask, Event, Parameters

Distribution = tuple[float, ...]
Strategy = Callable[[Sequence[Event], Ask], Distribution]

_GENEROSITY = 1 / 3


def always_cooperate(seen: Sequence[Event], ask: Ask) -> Distribution:
    """The most cooperative option, always."""
    return _surely(ask.menu, 0)


def always_defect(seen: Sequence[Event], ask: Ask) -> Distribution:
    """The least cooperative option, always."""
    return _surely(ask.menu, len(ask.menu) - 1)


def random(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Every option with the same probability."""
    return (1 / len(ask.menu),) * len(ask.menu)


def tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate first, then do what the other did last (Rapoport, in Axelrod 1980)."""
    past = _past(seen, "other", ask.menu)
    return _surely(ask.menu, past[-1] if past else 0)


def generous_tit_for_tat(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Tit for tat that forgives one defection in three.

    1/3 is min(1 - (T - R)/(R - S), (R - P)/(T - P)) at 5, 3, 1, 0 (Nowak & Sigmund 1992).
    """
    past = _past(seen, "other", ask.menu)
    if not past or past[-1] == 0:
        return _surely(ask.menu, 0)
    return (_GENEROSITY, 1 - _GENEROSITY)


def tit_for_two_tats(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Defect only after two defections in a row (Axelrod 1984)."""
    past = _past(seen, "other", ask.menu)
    return _surely(ask.menu, 1 if past[-2:] == (1, 1) else 0)


def win_stay_lose_shift(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate first, then after the same moves, defect after different ones.

    Pavlov of Nowak & Sigmund 1993: repeat a move that paid reward or temptation, else change.
    """
    own, other = _past(seen, "own", ask.menu), _past(seen, "other", ask.menu)
    return _surely(ask.menu, 0 if not own or own[-1] == other[-1] else 1)


def grim(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Cooperate until the other first defects, then never again (Friedman 1971)."""
    return _surely(ask.menu, 1 if 1 in _past(seen, "other", ask.menu) else 0)


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        strategy.__name__: strategy
        for strategy in (
            always_cooperate,
            always_defect,
            tit_for_tat,
            generous_tit_for_tat,
            tit_for_two_tats,
            win_stay_lose_shift,
            grim,
            random,
        )
    }
)
_PLAY_EVERYTHING = frozenset({"always_cooperate", "always_defect", "random", *SCRIPTS})


def names() -> tuple[str, ...]:
    """Every strategy by name."""
    return (*STRATEGIES, *SCRIPTS)


def strategy(name: str, game: AnyGame, parameters: Parameters) -> Strategy:
    """A strategy that can play this game.

    Raises:
        StrategyError: unknown, or it answers moves that this game does not have.
    """
    if name not in names():
        raise StrategyError(f"unknown strategy {name!r}{nearest(name, dict.fromkeys(names()))}")
    if name not in _PLAY_EVERYTHING and (game.seats.most != 2 or len(game.options) != 2):
        raise StrategyError(
            f"strategy {name!r} answers the moves of one other seat in games of two options;"
            f" {game.name} is not one: use {', '.join(sorted(_PLAY_EVERYTHING))}"
        )
    return STRATEGIES[name] if name in STRATEGIES else _scripted(game, name, parameters)


def _scripted(game: AnyGame, name: str, parameters: Parameters) -> Strategy:
    """One of the game's own scripts, as a strategy."""
    script = game.scripts[name]

    def choose(seen: Sequence[Event], ask: Ask) -> Distribution:
        return _surely(ask.menu, ask.menu.index(script(parameters, ask, seen)))

    return choose


def _surely(menu: tuple[str, ...], index: int) -> Distribution:
    return tuple(1.0 if position == index else 0.0 for position in range(len(menu)))


def _past(seen: Sequence[Event], fact: str, menu: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(
        menu.index(str(value))
        for event in seen
        if event.kind == "outcome"
        for name, value in event.facts
        if name == fact
    )
