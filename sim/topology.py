"""Interaction networks: who can meet whom. Nodes are 0 to n - 1."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import networkx as nx
from pydantic import BaseModel, ConfigDict, Field

from sim.errors import NetworkError
from sim.streams import generator, uniform

Graph = nx.Graph


class _Network(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Complete(_Network):
    """Everyone meets everyone."""

    kind: Literal["complete"] = "complete"


class Ring(_Network):
    """Each node meets its `k` nearest on a circle; k even."""

    kind: Literal["ring"] = "ring"
    k: int = Field(default=2, ge=2, multiple_of=2)


class Lattice(_Network):
    """A square grid that wraps around, as near to square as the head count allows."""

    kind: Literal["lattice"] = "lattice"


class SmallWorld(_Network):
    """A ring of `k` neighbours, each edge rewired with probability `p` (Watts & Strogatz 1998)."""

    kind: Literal["small_world"] = "small_world"
    k: int = Field(default=4, ge=2, multiple_of=2)
    p: float = Field(default=0.1, ge=0, le=1)


class ScaleFree(_Network):
    """Growth with preferential attachment of `m` edges (Barabási & Albert 1999)."""

    kind: Literal["scale_free"] = "scale_free"
    m: int = Field(default=2, ge=1)


class Blocks(_Network):
    """A stochastic block model: `blocks` equal blocks, edge probabilities within and between."""

    kind: Literal["blocks"] = "blocks"
    blocks: int = Field(default=2, ge=1)
    p_in: float = Field(default=0.8, ge=0, le=1)
    p_out: float = Field(default=0.1, ge=0, le=1)


class FromFile(_Network):
    """A network from a GraphML file, as many nodes as there are characters."""

    kind: Literal["file"] = "file"
    file: Path


Network = Annotated[
    Complete | Ring | Lattice | SmallWorld | ScaleFree | Blocks | FromFile,
    Field(discriminator="kind"),
]


def build(network: Network, agents: int, seed: int) -> nx.Graph:
    """The graph of one run, with nodes 0 to agents - 1.

    Raises:
        NetworkError: a network that this many characters cannot form.
    """
    chance = generator(seed, "network")
    match network:
        case Complete():
            return nx.complete_graph(agents)
        case Ring(k=k):
            _need_more_than(k, agents, "k")
            return nx.circulant_graph(agents, range(1, k // 2 + 1))
        case Lattice():
            return _lattice(agents)
        case SmallWorld(k=k, p=p):
            _need_more_than(k, agents, "k")
            return nx.watts_strogatz_graph(agents, k, p, seed=chance)
        case ScaleFree(m=m):
            _need_more_than(m, agents, "m")
            return nx.barabasi_albert_graph(agents, m, seed=chance)
        case Blocks():
            return _blocks(network, agents, seed)
        case FromFile(file=file):
            return _from_file(file, agents)


def name(network: Network) -> str:
    """A short name with the parameters, for conditions: small_world(k=4, p=0.1)."""
    values = network.model_dump(mode="json", exclude={"kind"})
    inside = ", ".join(f"{key}={value}" for key, value in values.items())
    return f"{network.kind}({inside})" if inside else network.kind


def edges(graph: nx.Graph) -> tuple[tuple[int, int], ...]:
    """Edges as sorted pairs in ascending order."""
    return tuple(sorted((min(a, b), max(a, b)) for a, b in graph.edges if a != b))


def cut_into_groups(graph: nx.Graph, size: int, seed: int) -> tuple[tuple[int, ...], ...]:
    """Groups for games of many seats, cut from a seeded breadth-first walk.

    Members are neighbours where the network lets them; on a complete network the cut is random.
    Sizes are as near to `size` as the head count allows and differ by at most one.
    """
    rank = {node: uniform(seed, "groups", node) for node in graph}
    walked = walk(graph, sorted(graph, key=rank.__getitem__), rank)
    return _cut(walked, max(1, round(len(walked) / size)))


def walk(graph: nx.Graph, starts: Sequence[int], rank: Mapping[int, float]) -> list[int]:
    """All nodes breadth first, from the first of `starts`, then from the next not reached.

    Args:
        graph: what is walked.
        starts: all its nodes.
        rank: neighbours are met in this order.
    """
    walked: list[int] = []
    seen: set[int] = set()
    for start in starts:
        queue = [] if start in seen else [start]
        seen.add(start)
        while queue:
            node = queue.pop(0)
            walked.append(node)
            fresh = sorted((n for n in graph[node] if n not in seen), key=rank.__getitem__)
            seen.update(fresh)
            queue.extend(fresh)
    return walked


def blocks_of(network: Blocks, agents: int) -> tuple[int, ...]:
    """The block of every node of a network of blocks; shape (agents,)."""
    cut = _cut(range(agents), network.blocks)
    return tuple(number for number, block in enumerate(cut) for _ in block)


def _cut(walk: Sequence[int], count: int) -> tuple[tuple[int, ...], ...]:
    base, extra = divmod(len(walk), count)
    groups, at = [], 0
    for index in range(count):
        size = base + (1 if index < extra else 0)
        groups.append(tuple(sorted(walk[at : at + size])))
        at += size
    return tuple(groups)


def _need_more_than(least: int, agents: int, parameter: str) -> None:
    if agents <= least:
        raise NetworkError(
            f"network {parameter} = {least} needs more than {least} agents, not {agents}:"
            f" lower {parameter} or raise agents"
        )


def _lattice(agents: int) -> nx.Graph:
    rows = next(r for r in range(int(agents**0.5), 0, -1) if agents % r == 0)
    if rows == 1 and agents > 3:
        raise NetworkError(
            f"a lattice needs agents = rows x columns; {agents} is prime: use {agents + 1}"
        )
    graph = nx.grid_2d_graph(rows, agents // rows, periodic=True)
    return nx.convert_node_labels_to_integers(graph, ordering="sorted")


def _blocks(network: Blocks, agents: int, seed: int) -> nx.Graph:
    if network.blocks > agents:
        raise NetworkError(f"network blocks = {network.blocks} needs at least that many agents")
    sizes = [len(block) for block in _cut(range(agents), network.blocks)]
    within, between = network.p_in, network.p_out
    density = [
        [within if a == b else between for b in range(network.blocks)]
        for a in range(network.blocks)
    ]
    seed_number = int(uniform(seed, "blocks") * 2**32)
    return nx.stochastic_block_model(sizes, density, seed=seed_number)


def _from_file(file: Path, agents: int) -> nx.Graph:
    try:
        graph = nx.Graph(nx.read_graphml(file))
    except (OSError, nx.NetworkXError, SyntaxError) as error:
        raise NetworkError(f"network file {file}: cannot be read as GraphML: {error}") from None
    if len(graph) != agents:
        raise NetworkError(f"network file {file} has {len(graph)} nodes, but agents = {agents}")
    order = sorted(graph, key=lambda node: (len(str(node)), str(node)))
    return nx.relabel_nodes(graph, {node: index for index, node in enumerate(order)})
