"""Claims about which seats of a network the members of a population get."""

import networkx as nx
import pytest

from sim import topology
from sim.errors import ExperimentError
from sim.experiment import parse, resolve
from sim.seating import seats_of

DESIGN = """
name = "placed"
[design]
scenarios = ["prisoners_dilemma"]
populations = [{name = "mix", mix = {"scripted:grim" = 1, "scripted:random" = 3}}]
wordings = 1
seeds = 5
agents = 16
rounds = 1
"""


def runs(network, placement, text=DESIGN):
    more = f"network = {network}\nplacement = {placement}\n"
    return resolve(parse(text + more, "x.toml"), "x.toml")


def holding(spec, member):
    return {seat for seat, each in enumerate(seats_of(spec)) if each.member == member}


def graph_of(spec):
    return topology.build(spec.condition.network, spec.condition.agents, spec.seed)


@pytest.mark.parametrize("network", ['{kind = "ring"}', '{kind = "lattice"}'])
def test_blocks_put_each_member_into_one_neighbourhood(network):
    for spec in runs(network, '"blocks"'):
        graph = graph_of(spec)
        for member in ("scripted:grim", "scripted:random"):
            assert nx.is_connected(graph.subgraph(holding(spec, member)))


def test_three_members_share_a_ring_as_three_arcs():
    three = DESIGN.replace(
        '"scripted:random" = 3', '"scripted:random" = 1, "scripted:reciprocal" = 2'
    )
    for spec in runs('{kind = "ring"}', '"blocks"', three):
        graph = graph_of(spec)
        for member in ("scripted:grim", "scripted:random", "scripted:reciprocal"):
            assert nx.is_connected(graph.subgraph(holding(spec, member)))


def test_a_network_of_blocks_gives_whole_blocks():
    # 16 seats in 4 blocks are 0-3, 4-7, 8-11, 12-15; the first member has a quarter.
    for spec in runs('{kind = "blocks", blocks = 4}', '"blocks"'):
        held = holding(spec, "scripted:grim")
        assert held in [set(range(first, first + 4)) for first in (0, 4, 8, 12)]
    assert (
        len(
            {
                min(holding(spec, "scripted:grim"))
                for spec in runs('{kind = "blocks", blocks = 4}', '"blocks"')
            }
        )
        > 1
    )


@pytest.mark.parametrize(("placement", "sign"), [("hubs", 1), ("leaves", -1)])
def test_the_first_member_gets_the_highest_or_the_lowest_degrees(placement, sign):
    for spec in runs('{kind = "scale_free", m = 1}', f'"{placement}"'):
        graph, held = graph_of(spec), holding(spec, "scripted:grim")
        inside = [sign * graph.degree(seat) for seat in held]
        outside = [sign * graph.degree(seat) for seat in set(graph) - held]
        assert min(inside) >= max(outside)


def test_random_placement_is_what_it_was_and_is_not_named():
    network = '{kind = "scale_free"}'
    plain = resolve(parse(DESIGN + f"network = {network}\n", "x.toml"), "x.toml")
    random = runs(network, '"random"')
    assert random == plain
    assert "placement" not in plain[0].condition.factors()


def test_placement_is_a_factor_that_moves_members_and_changes_the_run_id():
    both = runs('{kind = "scale_free", m = 1}', '["random", "hubs", "leaves"]')
    assert len({spec.run_id for spec in both}) == len(both) == 15
    named = [spec.condition.factors().get("placement") for spec in both[:3]]
    assert named == [None, "hubs", "leaves"]
    assert len({frozenset(holding(spec, "scripted:grim")) for spec in both[:3]}) == 3


def test_people_are_keyed_on_the_seat_whatever_the_placement():
    text = DESIGN.replace('"scripted:grim" = 1, "scripted:random" = 3', '"human-any" = 1')
    one, other = runs('{kind = "scale_free"}', '["random", "hubs"]', text)[:2]
    assert seats_of(one) == seats_of(other)


@pytest.mark.parametrize(
    ("network", "placement", "words"),
    [
        ('{kind = "complete"}', "blocks", ["everyone is everyone's neighbour", "ring"]),
        ('{kind = "ring"}', "hubs", ["ring", "as many neighbours", "scale_free"]),
        ('{kind = "complete"}', "leaves", ["as many neighbours"]),
        ('{kind = "ring"}', "hub", ["design.placement = 'hub'"]),
    ],
)
def test_a_placement_that_means_nothing_is_refused(network, placement, words):
    with pytest.raises(ExperimentError) as caught:
        runs(network, f'"{placement}"')
    assert not [word for word in words if word not in str(caught.value)], caught.value
