"""A strategy in a character's seats: it plays in every group for itself."""

from collections import defaultdict

from agents.memory import WORDS
from scenarios.catalogue import game
from scenarios.game import Ask, Event
from scenarios.match import Distribution, Record, Strategy
from scenarios.strategies import strategy
from sim.plan import RunSpec
from sim.rated import rates_of
from sim.streams import uniform


class Scripted:
    """What a scripted character does, group by group; what one group did is nothing to another."""

    def __init__(self, name: str, spec: RunSpec, index: int) -> None:
        """Take a strategy by name.

        Args:
            name: of the strategy.
            spec: what is played; its seed is that of strategies which draw by themselves.
            index: the character's.
        """
        self._name = name
        self._rates = rates_of(name, spec.condition.rates)
        self._spec = spec
        self._index = index
        self._strategies: dict[int, Strategy] = {}
        self._records: defaultdict[int, Record] = defaultdict(Record)

    def see(self, group: int, event: Event) -> None:
        """Keep what it saw; free words say nothing to a strategy."""
        if event.kind != WORDS:
            self._records[group].append(event)

    def choose(self, group: int, ask: Ask, now: int) -> Distribution:
        """A probability for every option, in round `now`."""
        if self._rates is not None:
            return self._rates.distribution(self._spec.condition.game, ask, now)
        chosen = self._strategies.get(group) or self._begin(group)
        return chosen(self._records[group], ask)

    def _begin(self, group: int) -> Strategy:
        condition = self._spec.condition
        seed = int(2**32 * uniform(self._spec.seed, "strategy", group, self._index))
        begun = strategy(self._name, game(condition.game), condition.parameters, seed)
        self._strategies[group] = begun
        return begun
