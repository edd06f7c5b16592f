"""Claims about networks and groups."""

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import NetworkError
from sim.topology import (
    Blocks,
    Complete,
    FromFile,
    Lattice,
    Network,
    Ring,
    ScaleFree,
    SmallWorld,
    build,
    cut_into_groups,
    edges,
    name,
)


def test_in_a_complete_network_everyone_meets_everyone() -> None:
    assert edges(build(Complete(), 4, 0)) == ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def test_a_ring_links_each_with_its_nearest() -> None:
    assert edges(build(Ring(), 5, 0)) == ((0, 1), (0, 4), (1, 2), (2, 3), (3, 4))
    assert len(edges(build(Ring(k=4), 7, 0))) == 7 * 4 // 2


def test_a_lattice_is_a_grid_that_wraps_around() -> None:
    graph = build(Lattice(), 12, 0)  # 3 rows of 4
    assert {degree for _, degree in graph.degree} == {4}
    assert sorted(graph[0]) == [1, 3, 4, 8]


def test_a_lattice_of_two_rows_has_no_double_edges() -> None:
    assert edges(build(Lattice(), 4, 0)) == ((0, 1), (0, 2), (1, 3), (2, 3))


def test_a_small_world_without_rewiring_is_a_ring() -> None:
    assert edges(build(SmallWorld(k=4, p=0), 9, 3)) == edges(build(Ring(k=4), 9, 0))


def test_rewiring_keeps_the_number_of_edges() -> None:
    graph = build(SmallWorld(k=4, p=0.5), 20, 1)
    assert graph.number_of_edges() == 40
    assert edges(graph) != edges(build(Ring(k=4), 20, 0))


def test_a_scale_free_network_adds_m_edges_a_node() -> None:
    assert build(ScaleFree(m=2), 10, 0).number_of_edges() == (10 - 2) * 2


def test_blocks_with_sure_edges_within_and_none_between_fall_apart() -> None:
    graph = build(Blocks(blocks=2, p_in=1, p_out=0), 5, 0)
    assert sorted(map(sorted, nx.connected_components(graph))) == [[0, 1, 2], [3, 4]]
    assert graph.number_of_edges() == 3 + 1


def test_blocks_with_edges_between_only_are_bipartite() -> None:
    graph = build(Blocks(blocks=2, p_in=0, p_out=1), 5, 0)
    assert edges(graph) == ((0, 3), (0, 4), (1, 3), (1, 4), (2, 3), (2, 4))


KINDS: list[Network] = [
    Complete(),
    Ring(),
    Lattice(),
    SmallWorld(p=0.5),
    ScaleFree(),
    Blocks(),
]


@pytest.mark.parametrize("network", KINDS, ids=name)
def test_nodes_are_the_agents_and_the_seed_fixes_the_edges(network: Network) -> None:
    graph = build(network, 12, 5)
    assert sorted(graph) == list(range(12))
    assert edges(graph) == edges(build(network, 12, 5))


@pytest.mark.parametrize("network", [SmallWorld(p=0.5), ScaleFree(), Blocks()], ids=name)
def test_another_seed_gives_another_random_network(network: Network) -> None:
    assert len({edges(build(network, 12, seed)) for seed in range(5)}) == 5


@pytest.mark.parametrize(
    ("network", "agents", "words"),
    [
        (Ring(k=4), 4, ["k = 4", "not 4", "lower k or raise agents"]),
        (SmallWorld(k=6), 5, ["k = 6", "not 5", "lower k or raise agents"]),
        (ScaleFree(m=3), 3, ["m = 3", "not 3", "lower m or raise agents"]),
        (Lattice(), 7, ["7 is prime", "use 8"]),
        (Blocks(blocks=5), 4, ["blocks = 5"]),
    ],
    ids=lambda value: name(value) if not isinstance(value, int | list) else None,
)
def test_an_impossible_network_is_refused_with_value_and_remedy(
    network: Network, agents: int, words: list[str]
) -> None:
    with pytest.raises(NetworkError) as caught:
        build(network, agents, 0)
    assert all(word in str(caught.value) for word in words)


def test_a_network_file_is_read_in_the_order_of_its_nodes_numbers(tmp_path: Path) -> None:
    drawn = nx.path_graph(12)  # as text, 10 and 11 would come before 2
    nx.write_graphml(drawn, tmp_path / "path.graphml")
    graph = build(FromFile(kind="file", file=tmp_path / "path.graphml"), 12, 0)
    assert edges(graph) == tuple((n, n + 1) for n in range(11))


def test_a_network_file_with_another_head_count_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "path.graphml"
    nx.write_graphml(nx.path_graph(3), file)
    with pytest.raises(NetworkError, match=r"path.graphml has 3 nodes, but agents = 4"):
        build(FromFile(kind="file", file=file), 4, 0)


@pytest.mark.parametrize("text", [None, "", "not xml", "<xml/>", "<graphml/>"])
def test_an_unreadable_network_file_is_refused_by_name(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "broken.graphml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(NetworkError, match=r"broken\.graphml"):
        build(FromFile(kind="file", file=file), 3, 0)


@given(
    st.sampled_from(KINDS), st.sampled_from([6, 8, 9, 12, 15]), st.integers(2, 5), st.integers(0, 9)
)
def test_groups_hold_everybody_once_and_differ_by_at_most_one(
    network: Network, agents: int, size: int, seed: int
) -> None:
    groups = cut_into_groups(build(network, agents, seed), size, seed)
    assert sorted(member for group in groups for member in group) == list(range(agents))
    sizes = {len(group) for group in groups}
    assert max(sizes) - min(sizes) <= 1
    assert len(groups) == max(1, round(agents / size))


def test_on_a_ring_groups_are_made_of_neighbours() -> None:
    ring = build(Ring(), 12, 0)
    for seed in range(20):
        first, *_ = cut_into_groups(ring, 4, seed)
        assert nx.is_connected(ring.subgraph(first))


def test_on_a_complete_network_the_cut_depends_on_the_seed() -> None:
    assert len({cut_into_groups(build(Complete(), 12, 0), 4, seed) for seed in range(5)}) == 5
    assert cut_into_groups(build(Complete(), 12, 0), 4, 3) == cut_into_groups(
        build(Complete(), 12, 0), 4, 3
    )


def test_parts_without_a_link_are_all_seated() -> None:
    parts = build(Blocks(blocks=4, p_in=0, p_out=0), 8, 0)
    assert sorted(sum(cut_into_groups(parts, 4, 0), ())) == list(range(8))
