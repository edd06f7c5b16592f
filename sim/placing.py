"""Which seats of a network the members of a population are laid on, one member after another."""

from collections.abc import Sequence

from agents.populations import counts
from sim import topology
from sim.errors import ExperimentError
from sim.plan import RANDOM, Condition
from sim.streams import uniform
from sim.topology import Blocks, Graph


def order(condition: Condition, seed: int) -> Sequence[int] | None:
    """All seats, in the order in which members are laid on them; None where it is drawn.

    "blocks" gives every member a neighbourhood: whole blocks of a network of blocks, else what a
    breadth-first walk reaches from a drawn seat, each member's walk beginning beside the last one's
    where it can. "hubs" and "leaves" take the seats of highest and lowest degree first. Ties are
    broken by the same draw as at random.
    """
    if condition.placement == RANDOM:
        return None
    graph = topology.build(condition.network, condition.agents, seed)
    rank = {seat: uniform(seed, "placement", seat) for seat in range(condition.agents)}
    if condition.placement != "blocks":
        sign = -1 if condition.placement == "hubs" else 1
        return sorted(rank, key=lambda seat: (sign * graph.degree(seat), rank[seat]))
    if isinstance(condition.network, Blocks):
        block = topology.blocks_of(condition.network, condition.agents)
        turn = {each: uniform(seed, "placement-block", each) for each in set(block)}
        return sorted(rank, key=lambda seat: (turn[block[seat]], rank[seat]))
    return _neighbourhoods(graph, counts(condition.population, condition.agents), rank)


def _neighbourhoods(graph: Graph, sizes: Sequence[int], rank: dict[int, float]) -> Sequence[int]:
    """Seats, member by member, each member's next to one another as far as seats are left."""
    placed: list[int] = []
    for size in sizes:
        left = graph.subgraph(set(graph) - set(placed))
        beside = {seat for taken in placed for seat in graph[taken]}
        # Beginning where the last member ends leaves the rest in one piece more often.
        starts = sorted(left, key=lambda seat: (seat not in beside, rank[seat]))
        placed += topology.walk(left, starts, rank)[:size]
    return placed


def check(condition: Condition, seed: int) -> None:
    """Refuse a placement that means nothing on this network.

    Raises:
        ExperimentError: everyone has as many neighbours, or everyone is everyone's neighbour.
    """
    if condition.placement == RANDOM:
        return
    graph = topology.build(condition.network, condition.agents, seed)
    degrees = {degree for _, degree in graph.degree}
    network = topology.name(condition.network)
    told = f"design.placement = {condition.placement!r}: in a network {network}"
    if condition.placement == "blocks" and min(degrees) >= condition.agents - 1:
        raise ExperimentError(
            f"{told} everyone is everyone's neighbour; use 'random', or a network with"
            " neighbourhoods such as ring, lattice or blocks"
        )
    if condition.placement != "blocks" and len(degrees) == 1:
        raise ExperimentError(
            f"{told} everyone has as many neighbours as anyone; use 'random', or a network with"
            " hubs such as scale_free"
        )
