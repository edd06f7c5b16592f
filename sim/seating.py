"""Who sits where in a run, and who plays with whom."""

from agents.populations import Pool, Seat, cast
from scenarios.catalogue import AnyGame
from sim import topology
from sim.plan import RunSpec
from sim.streams import keyed


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
    """Who sits where in a run: the population, drawn and placed by the run's seed."""
    condition = spec.condition
    draw = keyed(condition.pool_seed)
    pool = None if condition.pool is None else Pool(condition.pool, draw)
    return cast(condition.population, condition.agents, keyed(spec.seed), pool)
