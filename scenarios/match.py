"""A match: strategies play a game by its rules alone, without characters, notes and tables.

played = play(game, parameters, (tit_for_tat, grim), draw)
played.points                          # (30.0, 30.0)
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, product
from typing import Any, NamedTuple

from scenarios.game import Ask, Event, Game, Parameters, Value
from scenarios.pairs import PairParameters, PairState

Distribution = tuple[float, ...]
"""A probability for every option of a menu, in its order."""
Strategy = Callable[[Sequence[Event], Ask], Distribution]
"""What a seat does, from what it saw in this group, oldest first, and the ask."""
Draw = Callable[[], float]
"""Gives the next uniform number in [0, 1)."""


class Record(list[Event]):
    """What a seat saw, oldest first; a list that is only ever appended to.

    It knows how often the other did what without reading everything again in every round: rules
    over a whole history would else take time that grows with the square of the rounds.
    """

    __slots__ = ("_counted", "_counts")

    def __init__(self, events: Iterable[Event] = ()) -> None:
        """Begin with some events, or with none."""
        super().__init__(events)
        self._counted = 0
        self._counts: defaultdict[Value, int] = defaultdict(int)

    def others(self) -> Mapping[Value, int]:
        """How often the other did what, by option key; for games of two who choose at once."""
        place, counts = self._counted, self._counts
        while place < len(self):
            event = self[place]
            place += 1
            if event.kind == "outcome":
                counts[event.facts[1][1]] += 1
        self._counted = place
        return counts


class Match(NamedTuple):
    """A match that was played.

    Attributes:
        points: of every seat, summed over the rounds.
        seen: what every seat saw.
    """

    points: tuple[float, ...]
    seen: tuple[Record, ...]


def play(
    game: Game[Any, Any], parameters: Parameters, strategies: Sequence[Strategy], draw: Draw
) -> Match:
    """Play a game to its end, one strategy on every seat.

    Args:
        game: the rules.
        parameters: of this game.
        strategies: by seat.
        draw: chance. Numbers are taken in this order: what the start needs; then in every phase
            one for each ask whose answer is uncertain, and what the rules need to settle it.

    Raises:
        ValueError: as many seats are not allowed.
    """
    if isinstance(parameters, PairParameters) and len(strategies) == 2:
        state = game.start(parameters, 2)
        if isinstance(state, PairState) and not game.draws(state):
            return _play_certain_pair(state, game.asks(state), strategies, draw)
    return play_step_by_step(game, parameters, strategies, draw)


def play_step_by_step(
    game: Game[Any, Any], parameters: Parameters, strategies: Sequence[Strategy], draw: Draw
) -> Match:
    """As `play`, for any game: from state to state, as a Society goes."""
    opening = game.opening(parameters, len(strategies))
    state = game.start(parameters, len(strategies), tuple([draw() for _ in range(opening)]))
    seen = tuple([Record() for _ in strategies])
    while not state.over:
        moves = tuple(
            [
                _chosen(ask.menu, strategies[ask.seat](seen[ask.seat], ask), draw)
                for ask in game.asks(state)
            ]
        )
        drawn = game.draws(state)
        chance = tuple([draw() for _ in range(drawn)]) if drawn else ()
        settlement = game.settle(state, moves, chance)
        for event in settlement.events:
            seen[event.seat].append(event)
        state = settlement.state
    return Match(game.payoffs(state), seen)


def _play_certain_pair(
    state: PairState[Any], asks: tuple[Ask, ...], strategies: Sequence[Strategy], draw: Draw
) -> Match:
    """The same for two who choose at once where no chance settles anything.

    The state then holds all that may come of a round, and nothing is left of the rules but to look
    it up: several times as fast as going from state to state, as the benchmark of the rules shows.
    """
    (ask, other_ask), (choose, other_choose) = asks, strategies
    came = {moves: (*come.points, *come.events) for moves, come in state.outcomes.items()}
    mutual, betrayed, betraying, hostile = (
        came[own, other] for own, other in product(ask.menu, repeat=2)
    )
    seen, other_seen = Record(), Record()
    see, other_see = seen.append, other_seen.append
    earned = other_earned = 0.0
    for _ in range(state.parameters.rounds):
        # Of two options, the probability of the first says it all.
        willing, other_willing = choose(seen, ask)[0], other_choose(other_seen, other_ask)[0]
        first = willing == 1 or (willing > 0 and draw() < willing)
        if other_willing == 1 or (other_willing > 0 and draw() < other_willing):
            points, other_points, event, other_event = mutual if first else betraying
        else:
            points, other_points, event, other_event = betrayed if first else hostile
        earned += points
        other_earned += other_points
        see(event)
        other_see(other_event)
    return Match((earned, other_earned), (seen, other_seen))


def _chosen(menu: tuple[str, ...], distribution: Distribution, draw: Draw) -> str:
    """The option that a distribution points to, for certain or by the next number.

    By the number it is the last one also where rounding leaves a gap.
    """
    if 1.0 in distribution:
        return menu[distribution.index(1.0)]
    return menu[bisect_right(list(accumulate(distribution[:-1])), draw())]
