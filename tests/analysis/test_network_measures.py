"""Claims about reciprocity, mixing and clusters, by hand and against networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.networks import clusters, mixing
from analysis.networks.acts import Network
from analysis.networks.measures import measures
from analysis.networks.reciprocity import dyadic_reciprocity, reciprocity

OFF = 1 - np.eye(6, dtype=int)
COUNTS = arrays(int, (6, 6), elements=st.integers(0, 4)).map(lambda found: found * OFF)
LABELS = ["a", "a", "b", "b", "b", "c"]


def network(cooperative, acts, harms=None):
    cooperative, acts = np.array(cooperative), np.array(acts)
    nothing = np.zeros_like(acts)
    harm = nothing if harms is None else np.array(harms)
    return Network(acts, cooperative, acts - cooperative, nothing if harms is None else acts, harm)


def who(labels):
    return mixing.indicators(labels)[1]


def test_of_five_acts_four_come_back():
    # Between 0 and 1 two of three and two of two, so that two each way are returned; 2's is not.
    weights = np.array([[0, 3, 0], [2, 0, 0], [1, 0, 0]])
    assert reciprocity(weights) == pytest.approx(4 / 6)


def test_without_acts_nothing_comes_back():
    assert np.isnan(reciprocity(np.zeros((3, 3), dtype=int)))


@given(COUNTS)
def test_once_each_it_is_the_reciprocity_of_networkx(counts):
    ties = (counts > 2).astype(int)
    if ties.any():
        graph = nx.from_numpy_array(ties, create_using=nx.DiGraph)
        assert reciprocity(ties) == pytest.approx(nx.overall_reciprocity(graph))


def test_what_two_do_to_one_another_beyond_what_they_do_to_all():
    # Everybody is as kind to each as the two are in general, save that 0 and 1, and 2 and 3, are
    # kinder to one another: two dyads above and four below, the same both ways.
    rates = np.add.outer([0, 1, 2, 3], [3, 0, 2, 1]) + 2 * np.kron(
        np.eye(2, dtype=int), np.ones((2, 2), dtype=int)
    )
    acts = 20 * (1 - np.eye(4, dtype=int))
    assert dyadic_reciprocity(rates, acts) == pytest.approx(1)
    # Kinder to the next in a circle, who is kinder to the one after: never returned.
    circle = np.add.outer([0, 1, 2, 3], [3, 0, 2, 1]) + 2 * np.roll(np.eye(4, dtype=int), 1, axis=1)
    assert dyadic_reciprocity(circle, acts) < 0


def test_kindness_to_all_and_from_all_is_not_dyadic():
    acts = 20 * (1 - np.eye(5, dtype=int))
    assert np.isnan(dyadic_reciprocity(np.add.outer(range(5), range(5)), acts))
    assert np.isnan(dyadic_reciprocity(np.array([[0, 3, 1], [2, 0, 4], [1, 1, 0]]), acts[:3, :3]))


@given(arrays(int, (3, 5, 5), elements=st.integers(0, 6)))
def test_dyadic_reciprocity_is_the_correlation_of_residuals_of_least_squares(counts):
    off = ~np.eye(5, dtype=bool)
    giver, receiver = np.nonzero(off)
    frame = np.column_stack([giver[:, None] == range(5), receiver[:, None] == range(5)])
    for found, each in zip(dyadic_reciprocity(counts, 6 * off.astype(int)), counts, strict=True):
        rates = each[off] / 6
        left = rates - frame @ np.linalg.lstsq(frame.astype(float), rates, rcond=None)[0]
        table = np.zeros((5, 5))
        table[off] = left
        if not np.isnan(found):
            expected = (table * table.T).sum() / (table**2).sum()
            assert found == pytest.approx(expected, abs=1e-6)


@given(COUNTS)
def test_assortativity_is_that_of_the_multigraph_of_networkx(counts):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((agent, {"kind": label}) for agent, label in enumerate(LABELS))
    for giver, receiver in np.argwhere(counts):
        graph.add_edges_from([(giver, receiver)] * counts[giver, receiver])
    ours = mixing.assortativity(counts, who(LABELS))
    if not np.isnan(ours):
        assert ours == pytest.approx(nx.attribute_assortativity_coefficient(graph, "kind"))


def test_all_acts_inside_kinds_are_assortative_and_all_between_are_not():
    inside = np.kron(np.eye(2, dtype=int), np.ones((2, 2), dtype=int)) - np.eye(4, dtype=int)
    kinds = who(["a", "a", "b", "b"])
    assert mixing.assortativity(inside, kinds) == 1
    assert mixing.assortativity(1 - np.eye(4, dtype=int) - inside, kinds) == -1


def test_one_kind_has_no_assortativity_and_the_unlabelled_do_not_count():
    acts = 1 - np.eye(4, dtype=int)
    assert np.isnan(mixing.assortativity(acts, who(["a"] * 4)))
    assert mixing.between(acts, who(["a", "a", "b", None])).tolist() == [[2, 2], [2, 0]]


def test_own_minus_others_compares_each_giver_with_itself():
    # 0 harms its own kind in 1 of 2 acts and the others in 4 of 4; 3 met one side only.
    acts = np.array([[0, 2, 2, 2], [2, 0, 0, 0], [2, 0, 0, 2], [0, 0, 2, 0]])
    hits = np.array([[0, 1, 2, 2], [0, 0, 0, 0], [1, 0, 0, 2], [0, 0, 0, 0]])
    found = mixing.own_minus_others(hits, acts, who(["a", "a", "b", "b"]))
    assert found[[0, 2]].tolist() == [0.5 - 1, 1 - 0.5]
    assert np.isnan(found[[1, 3]]).all()


def test_a_kind_that_everybody_harms_shows_no_favour_of_kinds():
    # All harm a's in all acts and b's in none: a's are worse to their own, b's to the others.
    acts = 1 - np.eye(5, dtype=int)
    hits = acts * np.array([1, 1, 0, 0, 0])
    labels = who(["a", "a", "b", "b", "b"])
    found = mixing.own_minus_others(hits, acts, labels)
    assert found.tolist() == [1, 1, -1, -1, -1]
    assert mixing.mean_over_kinds(found, labels) == 0


def test_mutual_cooperation_needs_more_than_half_both_ways():
    acts = 4 * (1 - np.eye(4, dtype=int))
    cooperative = np.array([[0, 3, 4, 0], [3, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]])
    assert np.argwhere(clusters.mutual(cooperative, acts)).tolist() == [[0, 1], [1, 0]]
    assert clusters.largest_share(cooperative[None], acts) == [2 / 4]


def test_a_chain_is_one_cluster_and_a_loner_is_in_none():
    acts = 1 - np.eye(5, dtype=int)
    cooperative = np.zeros((5, 5), dtype=int)
    for one, other in ((0, 1), (1, 2)):
        cooperative[one, other] = cooperative[other, one] = 1
    assert clusters.largest_share(cooperative[None], acts) == [3 / 5]
    assert clusters.is_inside(network(cooperative, acts)).tolist() == [1, 1, 1, 0, 0]


def test_without_a_mutual_pair_the_largest_cluster_is_nobody():
    acts = 1 - np.eye(3, dtype=int)
    one_way = np.triu(acts)
    assert clusters.largest_share(one_way[None], acts) == [0]
    assert clusters.is_inside(network(one_way, acts)).tolist() == [0, 0, 0]
    assert np.isnan(clusters.largest_share(one_way[None], 0 * acts)).all()


@given(arrays(bool, (4, 6, 6)))
def test_clusters_are_the_components_of_networkx(found):
    ties = found & np.swapaxes(found, 1, 2)
    for sizes, each in zip(clusters.cluster_sizes(ties), ties, strict=True):
        graph = nx.from_numpy_array(each)
        assert sizes.tolist() == [len(nx.node_connected_component(graph, n)) for n in graph]


def test_two_triangles_joined_by_a_tie_are_two_communities():
    # Seven ties, three inside each: 2 (3/7 - (7/14)^2) = 5/14.
    ties = np.kron(np.eye(2, dtype=int), np.ones((3, 3), dtype=int)) - np.eye(6, dtype=int)
    ties[2, 3] = ties[3, 2] = 1
    assert clusters.communities(network(ties, OFF)) == (pytest.approx(5 / 14), 2)
    assert clusters.communities(network(0 * ties, OFF)) == (None, 0)


@settings(deadline=None, max_examples=25)
@given(COUNTS, COUNTS, st.permutations(range(6)))
def test_what_is_measured_does_not_depend_on_how_characters_are_numbered(some, more, order):
    acts = some + more
    place = np.ix_(order, order)
    before = measures(network(some, acts), LABELS, "run")
    after = measures(network(some[place], acts[place]), [LABELS[n] for n in order], "run")
    for one, other in zip(before, after, strict=True):
        assert (one.statistic, one.giver, one.receiver) == (
            other.statistic,
            other.giver,
            other.receiver,
        )
        if one.statistic not in ("modularity", "communities"):  # Louvain is a heuristic
            assert (one.n, one.hits) == (other.n, other.hits)
            assert one.tested.value == pytest.approx(other.tested.value, abs=1e-5)


def test_who_harms_whom_is_counted_by_giver_and_receiver():
    acts = 3 * (1 - np.eye(3, dtype=int))
    harms = np.array([[0, 0, 3], [0, 0, 2], [1, 0, 0]])
    found = {
        (one.giver, one.receiver): (one.hits, one.n, one.tested.value)
        for one in measures(network(acts, acts, harms), ["a", "a", "b"], "run")
        if one.statistic == "harm_rate"
    }
    assert found == {
        ("a", "a"): (0, 6, 0),
        ("a", "b"): (5, 6, 5 / 6),
        ("a", None): (5, 12, 5 / 12),
        ("b", "a"): (1, 6, 1 / 6),
        ("b", "b"): (0, 0, None),
        ("b", None): (1, 6, 1 / 6),
        (None, "a"): (1, 12, 1 / 12),
        (None, "b"): (5, 6, 5 / 6),
    }


def test_a_game_without_chances_to_harm_has_no_rates_of_harm():
    acts = 1 - np.eye(3, dtype=int)
    names = {one.statistic for one in measures(network(acts, acts), ["a", "a", "b"], "run")}
    assert not {name for name in names if name.startswith("harm")}
    assert "uncooperative_rate" in names


@pytest.mark.parametrize("agents", [1, 3])
def test_without_acts_all_is_undefined(agents):
    nothing = np.zeros((agents, agents), dtype=int)
    found = measures(network(nothing, nothing), ["a"] * agents, "run")
    assert found
    assert {(one.tested.value, one.n) for one in found} == {(None, 0)}
