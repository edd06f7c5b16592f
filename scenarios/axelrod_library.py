"""Strategies of the Axelrod library as strategies of ours: one adapter, and an optional extra.

A player of that library keeps a state and draws from a generator of its own; ours is a function of
what its seat saw. The adapter holds a player that has lived through exactly that: it lets it live
on where the history goes on, else begins again with the same seed. So what it answers depends on
the history and the seed alone, whatever it was asked before.

The library is imported when one of its strategies is first named, since its import takes seconds
and its installation brings gigabytes (see docs/decisions/0007-axelrod-referee.md).
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import product
from types import MappingProxyType
from typing import Any

from scenarios.catalogue import AnyGame
from scenarios.errors import StrategyError
from scenarios.game import Ask, Event, Parameters
from scenarios.match import Distribution, Strategy
from scenarios.pairs import PairParameters

PREFIX = "axelrod."
SAME: Mapping[str, str] = MappingProxyType(
    {
        "always_cooperate": "Cooperator",
        "always_defect": "Defector",
        "random": "Random",
        "tit_for_tat": "TitForTat",
        "generous_tit_for_tat": "GTFT",
        "tit_for_two_tats": "TitFor2Tats",
        "win_stay_lose_shift": "WinStayLoseShift",
        "grim": "Grudger",
        "suspicious_tit_for_tat": "SuspiciousTitForTat",
        "two_tits_for_tat": "TwoTitsForTat",
        "hard_tit_for_tat": "HardTitForTat",
        "forgiving_tit_for_tat": "ForgivingTitForTat",
        "fool_me_once": "FoolMeOnce",
        "go_by_majority": "GoByMajority",
        "hard_go_by_majority": "HardGoByMajority",
        "alternator": "Alternator",
        "periodic_ccd": "CyclerCCD",
        "prober": "Prober",
        "bully": "Bully",
    }
)
"""Our strategies and the classes that are the same in the library."""
_LATE = 1 - 2**-53
"""The last number in [0, 1): nothing that happens with a probability below 1 happens by it."""


def named(name: str) -> Callable[[], Any]:
    """The library's strategy of this name, such as "axelrod.Gradual": what makes a player.

    Raises:
        StrategyError: the library is not installed, or has no such strategy. Those that look into
            the other player or tamper with it are not among them: nothing here can be looked into.
    """
    known = {kind.__name__: kind for kind in _library(name).strategies}
    wanted = name.removeprefix(PREFIX)
    if wanted not in known:
        close = get_close_matches(wanted, known, n=1, cutoff=0.5)
        hint = f"did you mean {PREFIX + close[0]!r}?" if close else "see axelrod.strategies"
        raise StrategyError(f"unknown strategy {name!r}; {hint}")
    found: Callable[[], Any] = known[wanted]
    return found


def library_strategy(name: str, game: AnyGame, parameters: Parameters, seed: int) -> Strategy:
    """A strategy of the library for one seat of a game of two seats and two options.

    It is told payoffs, noise and, where it is certain, the number of rounds, as in a match of the
    library.

    Args:
        name: "axelrod." and the name of the library's class.
        game: the rules.
        parameters: of this game.
        seed: of the player's generator, in [0, 2**32).

    Raises:
        StrategyError: as `named`; or the two do not choose at once.
    """
    library, make = _library(name), named(name)
    if not isinstance(parameters, PairParameters):
        raise StrategyError(
            f"strategy {name!r} plays games of two who choose at once; {game.name} is not one"
        )
    reward, sucker, temptation, punishment = _payoffs(game, parameters)
    open_end = parameters.continuation < 1
    attributes = {
        "length": float("inf") if open_end else parameters.rounds,
        "game": library.Game(r=reward, s=sucker, t=temptation, p=punishment),
        "noise": parameters.noise,
    }

    def begin() -> tuple[Any, Any]:
        player = make()
        player.set_match_attributes(**attributes)
        player.set_seed(seed)
        return player, library.Player()

    return _Adapter(begin, (library.Action.C, library.Action.D))


class _Adapter:
    """A player that has lived through what its seat saw."""

    def __init__(
        self, begin: Callable[[], tuple[Any, Any]], actions: tuple[object, object]
    ) -> None:
        """Keep how to begin: it gives a new player, and one that stands for the other."""
        self._begin = begin
        self._actions = actions
        self._start()

    def __call__(self, seen: Sequence[Event], ask: Ask) -> Distribution:
        """What the player does now, for certain: it has drawn already where it draws."""
        lived = len(self._lived)
        if self._lived != list(seen[:lived]):
            self._start()
            lived = 0
        for event in seen[lived:]:
            self._live(event, ask.menu)
        return (1.0, 0.0) if self._intended() is self._actions[0] else (0.0, 1.0)

    def _start(self) -> None:
        self._player, self._other = self._begin()
        self._lived: list[Event] = []
        self._intention: object = None

    def _intended(self) -> object:
        """What it wants to do now; asked once a round, because asking may change its state."""
        if self._intention is None:
            self._intention = self._player.strategy(self._other)
        return self._intention

    def _live(self, event: Event, menu: tuple[str, ...]) -> None:
        """Let a round come to pass: it chose, and this is what was really done."""
        self._lived.append(event)
        if event.kind != "outcome":
            return
        self._intended()
        own, other = (self._actions[menu.index(str(key))] for _, key in event.facts)
        self._player.update_history(own, other)
        self._other.update_history(other, own)
        self._intention = None


def _payoffs(game: AnyGame, parameters: PairParameters) -> tuple[float, float, float, float]:
    """Points of the first seat: reward, sucker, temptation, punishment."""
    state = game.start(parameters, 2)
    chance = (_LATE,) * game.draws(state)
    menu = game.asks(state)[0].menu
    reward, sucker, temptation, punishment = (
        game.payoffs(game.settle(state, moves, chance).state)[0]
        for moves in product(menu, repeat=2)
    )
    return reward, sucker, temptation, punishment


def _library(name: str) -> Any:  # noqa: ANN401 - a module without types
    try:
        return import_module("axelrod")
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "axelrod"
        raise StrategyError(
            f"strategy {name!r} needs the Axelrod library"
            + ("" if missing else f", which cannot be imported ({error})")
            + ": pip install 'character-societies[axelrod]'"
        ) from None
