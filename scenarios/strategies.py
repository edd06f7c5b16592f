"""Scripted strategies: baselines that need no model, and the referee of our rules.

A strategy is a function of what its seat saw and the ask; it returns a probability for every option
of the menu. `always_cooperate`, `always_defect` and `random` play every game, and so do `selfish`,
`social` and `reciprocal`, which every game defines for itself. Those of `pair_strategies` answer
the other's moves and play every game of two seats and two options; so does `axelrod.NAME`, any
strategy of the Axelrod library where that is installed. `rates:FILE` plays every option as often as
the file says (scenarios/rates.py); a society plays it, since it must know the round.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from scenarios.axelrod_library import PREFIX, library_strategy, named
from scenarios.catalogue import AnyGame, nearest
from scenarios.errors import StrategyError
from scenarios.game import SCRIPTS, Ask, Event, Parameters
from scenarios.match import Distribution, Strategy
from scenarios.pair_strategies import PAIR_STRATEGIES
from scenarios.rates import PREFIX as RATES


def always_cooperate(seen: Sequence[Event], ask: Ask) -> Distribution:
    """The most cooperative option, always."""
    return _surely(len(ask.menu), 0)


def always_defect(seen: Sequence[Event], ask: Ask) -> Distribution:
    """The least cooperative option, always."""
    return _surely(len(ask.menu), len(ask.menu) - 1)


def random(seen: Sequence[Event], ask: Ask) -> Distribution:
    """Every option with the same probability."""
    return (1 / len(ask.menu),) * len(ask.menu)


_ALWAYS_THE_SAME: Mapping[str, Strategy] = MappingProxyType(
    {strategy.__name__: strategy for strategy in (always_cooperate, always_defect, random)}
)
STRATEGIES: Mapping[str, Strategy] = MappingProxyType({**_ALWAYS_THE_SAME, **PAIR_STRATEGIES})
_PLAY_EVERYTHING = frozenset({*_ALWAYS_THE_SAME, *SCRIPTS})


def names() -> tuple[str, ...]:
    """Every strategy by name, but for those of the Axelrod library."""
    return (*STRATEGIES, *SCRIPTS)


def check(name: str) -> None:
    """Refuse a name that no strategy has.

    Raises:
        StrategyError: unknown, or of a library that is not installed.
    """
    if name.startswith(PREFIX):
        named(name)
    elif name.startswith(RATES) and name != RATES:
        return  # The file is read with the experiment, whose folder says where it is.
    elif name not in names():
        raise StrategyError(f"unknown strategy {name!r}{nearest(name, dict.fromkeys(names()))}")


def strategy(name: str, game: AnyGame, parameters: Parameters, seed: int = 0) -> Strategy:
    """A strategy that can play this game.

    Args:
        name: of the strategy.
        game: the rules.
        parameters: of this game.
        seed: in [0, 2**32), for what a strategy of the Axelrod library draws by itself.

    Raises:
        StrategyError: unknown, or it answers moves that this game does not have.
    """
    check(name)
    if name.startswith(RATES):
        raise StrategyError(f"strategy {name!r} plays in societies only, where rounds are known")
    if name not in _PLAY_EVERYTHING and (game.seats.most != 2 or len(game.options) != 2):
        raise StrategyError(
            f"strategy {name!r} answers the moves of one other seat in games of two options;"
            f" {game.name} is not one: use {', '.join(sorted(_PLAY_EVERYTHING))}"
        )
    if name.startswith(PREFIX):
        return library_strategy(name, game, parameters, seed)
    return STRATEGIES[name] if name in STRATEGIES else _scripted(game, name, parameters)


def _scripted(game: AnyGame, name: str, parameters: Parameters) -> Strategy:
    """One of the game's own scripts, as a strategy."""
    script = game.scripts[name]

    def choose(seen: Sequence[Event], ask: Ask) -> Distribution:
        return _surely(len(ask.menu), ask.menu.index(script(parameters, ask, seen)))

    return choose


@cache
def _surely(options: int, index: int) -> Distribution:
    return tuple(1.0 if position == index else 0.0 for position in range(options))
