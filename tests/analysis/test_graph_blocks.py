import math

import pytest

from analysis.folder import open_folder
from analysis.graph import blocks as by_member
from analysis.graph.blocks import blocks, flows, is_large
from analysis.graph.geometry import beside, curve, loop, marker
from analysis.graph.payload import payload, ring
from analysis.graph.picture import drawing
from analysis.looks import PALETTE
from analysis.play import MOST_SPRINGS, layout, read_play


@pytest.fixture
def play(synthetic, tmp_path):
    """Guardians 0 and 1, tin men 2 and 3: one round of five meetings, one of a single one."""
    turns = [
        synthetic.turn(1, (0, 1), ("cooperate", "cooperate")),
        synthetic.turn(1, (0, 2), ("cooperate", "defect")),
        synthetic.turn(1, (0, 3), ("defect", "defect")),
        synthetic.turn(1, (1, 2), ("cooperate", "cooperate")),
        synthetic.turn(1, (1, 3), ("cooperate", "refusal")),
        synthetic.turn(2, (2, 3), ("defect", "cooperate")),
    ]
    run = synthetic.run(["guardian", "guardian", "tin-man", "tin-man"], turns)
    folder = open_folder(synthetic.write(tmp_path / "experiment", [run]))
    return read_play(folder, folder.runs[0].run_id)


@pytest.fixture
def large(play, monkeypatch):
    monkeypatch.setattr(by_member, "MOST_CHARACTERS", 3)
    return play


def test_acts_between_members_are_counted_by_class_and_round(play):
    counted = {
        (flow.round, flow.source, flow.target): (flow.cooperative, flow.uncooperative)
        for flow in flows(play)
    }
    # A pair of whom one refused did not play: of three meetings with 3 one is missing.
    assert counted == {
        (0, 0, 0): (2, 0),
        (0, 0, 1): (2, 1),
        (0, 1, 0): (1, 2),
        (0, 1, 1): (1, 1),
        (1, 0, 0): (2, 0),
        (1, 0, 1): (2, 1),
        (1, 1, 0): (1, 2),
        (2, 1, 1): (1, 1),
    }


def test_every_share_has_its_n_and_wilsons_interval(play):
    (flow,) = [one for one in flows(play) if (one.round, one.source, one.target) == (1, 0, 1)]
    assert flow.n == 3
    z, p, n = 1.959964, 2 / 3, 3
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (flow.low, flow.high) == pytest.approx((centre - half, centre + half), abs=1e-5)


def test_a_member_has_the_mean_points_of_its_characters_up_to_each_round(play):
    guardian, tin_man = blocks(play)
    assert (guardian.member, guardian.size) == ("guardian", 2)
    # Round 1: guardians 3 + 3 + 0 + 1 + 3, tin men 5 + 1 + 3; round 2: tin men 5 + 0.
    assert guardian.points == (5.0, 5.0)
    assert tin_man.points == (4.5, 7.0)


def test_of_equally_many_acts_the_less_cooperative_class_is_shown(play):
    assert [flow.mostly for flow in flows(play) if flow.source == flow.target == 1] == [
        "uncooperative",
        "uncooperative",
    ]


def test_a_large_society_is_shown_by_member(large):
    assert is_large(large)
    held = payload(large)
    assert [block[:2] for block in held["blocks"]] == [["guardian", 2], ["tin-man", 2]]
    assert [1, 0, 1, 2, 0, 1] in [flow[:6] for flow in held["flows"]]
    assert "characters" not in held
    assert "67% (3)" in drawing(large)


def test_a_small_one_is_shown_by_character(play):
    assert not is_large(play)
    assert "character 3: tin-man" in drawing(play)


def test_the_way_back_lies_beside_the_way_there():
    there, _ = curve((0, 0), (100, 0), 5)
    back, _ = curve((100, 0), (0, 0), 5)
    assert there == "M0.0,0.0Q50.0,-16.0 100.0,0.0"
    assert back == "M100.0,0.0Q50.0,16.0 0.0,0.0"


def test_a_loop_begins_and_ends_at_its_node_and_looks_away():
    line, head = loop((100, 50), (50, 50), 5)
    assert line.startswith("M100.0,50.0C195.0,")
    assert line.endswith(" 100.0,50.0")
    assert float(head[1:].split(",")[0]) > 100


def test_a_word_lies_on_the_side_that_its_edge_is_bent_to():
    # An edge upwards is bent to the left, one downwards to the right, one to the right upwards.
    for ends, place, anchor in [
        (((0, 100), (0, 0)), (-21, 48), "end"),
        (((0, 0), (0, 100)), (21, 60), "start"),
        (((0, 0), (100, 0)), (56, -17), "middle"),
        (((60, 0), (60, 0)), (131, 30), "middle"),
    ]:
        at, side = beside(*ends, away_from=(10, 0))
        assert at == pytest.approx(place)
        assert side == anchor


def test_members_differ_in_colour_or_in_shape():
    looks = {(PALETTE[place % len(PALETTE)], marker(place, (0, 0), 1)) for place in range(49)}
    assert len(looks) == 49


@pytest.mark.parametrize("count", [1, 2, 7])
def test_members_stand_on_a_circle_in_the_unit_square(count):
    places = ring(count)
    assert len(set(places)) == count
    assert all(0 <= value <= 1 for place in places for value in place)


def test_very_many_characters_stand_on_a_circle():
    agents = list(range(MOST_SPRINGS + 1))
    placed = layout(agents, {(agent, agent + 1) for agent in agents[:-1]})
    assert {round(math.hypot(x - 0.5, y - 0.5), 2) for x, y in placed.values()} == {0.5}
