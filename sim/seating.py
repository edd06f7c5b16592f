"""Who sits where in a run, and who plays with whom."""

from agents.populations import Pool, Population, Seat, cast
from scenarios.catalogue import AnyGame
from sim import placing, topology
from sim.plan import RunSpec
from sim.streams import Key, keyed, uniform


def seat_groups(
    played: AnyGame, network: topology.Graph, agents: int, seed: int
) -> tuple[tuple[int, ...], ...]:
    """Who plays with whom: single seats, the edges of the network, or groups cut from it."""
    if played.seats.most == 1:
        return tuple((index,) for index in range(agents))
    if played.seats.most == 2:
        return topology.edges(network)
    return topology.cut_into_groups(network, played.seats.default, seed)


def seats_of(spec: RunSpec) -> tuple[Seat, ...]:
    """Who sits where in a run: the population, drawn and placed by the run's seed.

    Raises:
        PopulationError: too few people where all of a run are to differ.
    """
    condition = spec.condition
    draw = keyed(condition.pool_seed)
    pool = None if condition.pool is None else Pool(condition.pool, draw)
    order = placing.order(condition, spec.seed)
    return cast(condition.population, condition.agents, keyed(spec.seed), pool, order)


def cast_all(spec: RunSpec, population: Population, *apart: Key) -> tuple[Seat, ...]:
    """Who would sit where if the whole run were cast from one population.

    Args:
        spec: what is played; its seed and its pool are those of the run's own seats.
        population: who is cast.
        apart: key of draws of their own; without it the same draws give each seat the same rank.
    """
    condition = spec.condition

    def draw(*key: Key) -> float:
        return uniform(spec.seed, *apart, *key)

    shared = keyed(condition.pool_seed)
    pool = None if condition.pool is None else Pool(condition.pool, shared)
    return cast(population, condition.agents, draw, pool)
