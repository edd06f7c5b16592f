"""Mutual cooperation: which characters hang together by it, and how clearly in communities."""

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.networks.acts import Counts, Network, Real

LOUVAIN_SEEDS = tuple(range(10))
_Flags = NDArray[np.bool_]


def mutual(cooperative: Counts, acts: Counts) -> _Flags:
    """Pairs in which both cooperate in more than half of their acts; shape (..., n, n)."""
    mostly: _Flags = 2 * cooperative > acts
    return mostly & np.swapaxes(mostly, -1, -2)


def cluster_sizes(ties: _Flags) -> Counts:
    """For every character the size of its connected cluster; 1 for one without a tie.

    Args:
        ties: shape (networks, agents, agents), symmetric.

    Returns:
        Shape (networks, agents).
    """
    networks, agents, _ = ties.shape
    place, giver, receiver = np.nonzero(ties)
    # All networks side by side in one graph.
    nodes = networks * agents
    ends = (place * agents + giver, place * agents + receiver)
    graph = coo_array((np.ones(len(place), dtype=np.int8), ends), shape=(nodes, nodes))
    number = connected_components(graph, directed=False)[1]
    sizes: Counts = np.bincount(number)[number].reshape(networks, agents)
    return sizes


def largest_share(cooperative: Counts, acts: Counts) -> Real:
    """Share of those who acted that are in the largest cluster; 0 where nobody has a tie.

    Args:
        cooperative: shape (networks, agents, agents).
        acts: shape (agents, agents).

    Returns:
        Shape (networks,); NaN where nobody acted.
    """
    acted = int((acts.sum(axis=1) > 0).sum())
    if not acted:
        return np.full(len(cooperative), np.nan)
    largest = cluster_sizes(mutual(cooperative, acts)).max(axis=-1)
    return np.where(largest > 1, largest, 0) / acted


def is_inside(network: Network) -> Real:
    """1 for those in a largest cluster, 0 for others who acted, NaN for who did not.

    Returns:
        Shape (agents,). Where several clusters are largest, all of them count.
    """
    acted = network.acts.sum(axis=1) > 0
    sizes = cluster_sizes(mutual(network.cooperative, network.acts)[None])[0]
    inside = (sizes == sizes.max(initial=0)) & (sizes > 1)
    return np.where(acted, inside.astype(np.float64), np.nan)


def communities(network: Network) -> tuple[float | None, int]:
    """Modularity of the best partition found, and its number of communities of at least two.

    Edges are weighted by the smaller of both cooperation rates. Louvain is a heuristic that
    depends on the order of nodes; the best of ten seeds (0 to 9) is taken.

    Returns:
        None without any mutual cooperation.

    Source: Blondel, Guillaume, Lambiotte & Lefebvre 2008, J. Stat. Mech. P10008; Newman 2006,
        PNAS 103(23):8577-8582.
    """
    share = np.nan_to_num(network.cooperation)
    weights = np.minimum(share, share.T)
    graph = nx.from_numpy_array(weights)
    if not graph.number_of_edges():
        return None, 0
    found = [nx.community.louvain_communities(graph, seed=seed) for seed in LOUVAIN_SEEDS]
    scored = [(float(nx.community.modularity(graph, parts)), parts) for parts in found]
    value, best = max(scored, key=lambda pair: pair[0])
    return value, sum(len(part) > 1 for part in best)
