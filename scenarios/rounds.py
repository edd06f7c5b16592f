"""Ways through the rounds of a game, as its pages tell them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenarios.catalogue import AnyGame
from scenarios.game import Ask, Move, State

_UNLIKELY = 1 - 2**-53


@dataclass(frozen=True, slots=True)
class Row:
    """One way through a round.

    Attributes:
        own: what seat 0 did, phase by phase.
        others: what all other seats did; empty where there are none.
        payoff: points of seat 0 for the round.
        others_payoff: mean points of the others; None where there are none.
    """

    own: tuple[str, ...]
    others: tuple[str, ...]
    payoff: float
    others_payoff: float | None


def payoff_rows(game: AnyGame, state: State) -> Iterator[Row]:
    """Every way through one round in which all other seats do the same, and nothing unlikely.

    Args:
        game: the rules.
        state: the state at the beginning of the round.
    """
    before = game.payoffs(state)

    def walk(now: State, own: tuple[str, ...], others: tuple[str, ...]) -> Iterator[Row]:
        if now.over or now.round > state.round:
            gained = [after - was for after, was in zip(game.payoffs(now), before, strict=True)]
            mean = sum(gained[1:]) / len(gained[1:]) if gained[1:] else None
            yield Row(own, others, gained[0], mean)
            return
        asks = game.asks(now)
        for mine in _choices(ask for ask in asks if ask.seat == 0):
            for theirs in _choices(ask for ask in asks if ask.seat != 0):
                moves = tuple(mine if ask.seat == 0 else theirs for ask in asks)
                yield from walk(_after(game, now, moves), own + _said(mine), others + _said(theirs))

    yield from walk(state, (), ())


def phases(game: AnyGame) -> tuple[str, ...]:
    """The phases of the rounds that come when everybody does the first thing offered."""
    found: dict[str, None] = {}
    for state in rounds_of_each_kind(game):
        now = state
        while not now.over and now.round == state.round:
            asks = game.asks(now)
            found |= dict.fromkeys(ask.phase for ask in asks)
            now = _after(game, now, tuple(ask.menu[0] for ask in asks))
    return tuple(found)


def rounds_of_each_kind(game: AnyGame) -> Iterator[State]:
    """States at the beginning of rounds whose first phase was not seen before."""
    parameters, seats = game.parameters(), game.seats.default
    drawn = (_UNLIKELY,) * game.opening(parameters, seats)
    state: State = game.start(parameters, seats, drawn)
    seen: set[str] = set()
    while not state.over:
        asks = game.asks(state)
        if asks[0].phase in seen:
            return
        seen.add(asks[0].phase)
        yield state
        beginning = state.round
        while not state.over and state.round == beginning:
            state = _after(game, state, tuple(ask.menu[0] for ask in game.asks(state)))


def _after(game: AnyGame, state: State, moves: tuple[Move, ...]) -> State:
    return game.settle(state, moves, (_UNLIKELY,) * game.draws(state)).state


def _choices(asks: Iterable[Ask]) -> tuple[Move, ...]:
    menus = [ask.menu for ask in asks]
    return menus[0] if menus else (None,)


def _said(move: Move) -> tuple[str, ...]:
    return () if move is None else (move,)
