import html
import json
import struct
import xml.etree.ElementTree as ElementTree

import networkx as nx
import pytest

from analysis.errors import AnalysisError
from analysis.folder import open_folder
from analysis.graph import export, node_link, society_graph
from analysis.graph.payload import LONGEST, MOST_WORDS, payload
from analysis.play import layout, read_play
from sim.records import table

FORMATS = ["html", "graphml", "gexf", "png", "svg", "json"]
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>]]>&\x1b[31m\x9b\x00\ufffe"
    "<a href='javascript:alert(3)'>\u202egnp.exe\u200b"
)
UNSEEN = "\x1b\x9b\x00\ufffe\u202e\u200b"


@pytest.fixture
def folder(synthetic, tmp_path):
    """A benevolent and two tin men; 0 and 1 meet twice, 1 and 2 once, 0 and 2 refuse to."""
    turns = [
        synthetic.turn(1, (0, 1), ("cooperate", "cooperate")),
        synthetic.turn(2, (0, 1), ("cooperate", "defect")),
        synthetic.turn(1, (1, 2), ("defect", "defect")),
        synthetic.turn(1, (0, 2), ("cooperate", "refusal")),
    ]
    members = ["human-benevolent/respondent-7", "tin-man", "tin-man"]
    run = synthetic.run(members, turns)
    return synthetic.write(tmp_path / "experiment", [run])


@pytest.fixture
def play(folder):
    opened = open_folder(folder)
    return read_play(opened, opened.runs[0].run_id)


def test_edge_bears_how_often_one_cooperated_with_the_other(play):
    graph = society_graph(play)
    given = {"interactions": 2, "cooperative": 2, "cooperation": 1.0, "payoff": 3.0}
    taken = {"interactions": 2, "cooperative": 1, "cooperation": 0.5, "payoff": 8.0}
    assert given.items() <= graph.edges[0, 1].items()
    assert taken.items() <= graph.edges[1, 0].items()


def test_edge_and_node_bear_every_round(play):
    graph = society_graph(play)
    edge = graph.edges[1, 0]
    assert [edge[f"action_{number}"] for number in (1, 2)] == ["cooperate", "defect"]
    assert [edge[f"class_{number}"] for number in (1, 2)] == ["cooperative", "uncooperative"]
    assert [edge[f"payoff_{number}"] for number in (1, 2)] == [3.0, 5.0]
    # In round 1 it met both others: mutual cooperation paid 3, mutual defection 1.
    assert graph.nodes[1]["payoff_1"] == 3 + 1
    assert graph.nodes[1]["payoff_2"] == 5
    assert "action_1" not in graph.nodes[1]


def test_pair_that_did_not_play_has_no_edge(play):
    assert not society_graph(play).has_edge(0, 2)


def test_missing_answers_are_counted_not_drawn_as_choices(play):
    graph = society_graph(play)
    assert graph.nodes[2]["missing"] == 1
    assert graph.nodes[2]["decisions"] == 2
    assert graph.nodes[1]["payoff"] == 3 + 5 + 1


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written(folder, play, tmp_path, format):
    out = export(folder, play.run.run_id, format, tmp_path / "deep" / f"graph.{format}")
    assert out.stat().st_size > 500


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_other_tools_read_the_same_graph_back(folder, play, tmp_path, format):
    out = export(folder, play.run.run_id, format, tmp_path / f"graph.{format}")
    read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[format](out, node_type=int)
    assert set(read.edges) == {(0, 1), (1, 0), (1, 2), (2, 1)}
    assert read.nodes[0]["persona"] == "respondent-7"
    assert read.edges[1, 0]["cooperation"] == 0.5
    assert read.edges[1, 0]["action_2"] == "defect"
    assert read.edges[1, 0]["class_2"] == "uncooperative"
    assert read.edges[1, 0]["payoff_2"] == 5.0
    assert read.nodes[1]["payoff_2"] == 5.0


def test_json_is_node_link_data(folder, play, tmp_path):
    data = json.loads(export(folder, play.run.run_id, "json", tmp_path / "graph.json").read_text())
    assert [node["id"] for node in data["nodes"]] == [0, 1, 2]
    assert {(edge["source"], edge["target"]) for edge in data["edges"]} == {
        (0, 1),
        (1, 0),
        (1, 2),
        (2, 1),
    }
    assert data["directed"] is True
    assert nx.node_link_graph(data, edges="edges").edges[1, 0]["rounds"][1] == {
        "round": 2,
        "action": "defect",
        "class": "uncooperative",
        "payoff": 5.0,
    }
    refused = data["nodes"][2]["choices"][-1]
    assert (refused["about"], refused["answer"], refused["action"]) == (0, "refusal", None)


def test_raster_picture_has_the_size_of_the_drawing_twice(folder, play, tmp_path):
    png = export(folder, play.run.run_id, "png", tmp_path / "graph.png").read_bytes()
    svg = export(folder, play.run.run_id, "svg", tmp_path / "graph.svg")
    drawn = ElementTree.parse(svg).getroot()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (
        2 * int(drawn.get("width")),
        2 * int(drawn.get("height")),
    )


def test_picture_is_well_formed_and_the_same_every_time(folder, play, tmp_path):
    one, other = (
        export(folder, play.run.run_id, "svg", tmp_path / name).read_text()
        for name in ("one.svg", "other.svg")
    )
    assert one == other
    assert ElementTree.fromstring(one).tag.endswith("svg")


def test_page_holds_the_run_and_loads_nothing(folder, play, tmp_path):
    text = export(folder, play.run.run_id, "html", tmp_path / "graph.html").read_text()
    start = text.index('id="plays">') + len('id="plays">')
    data = json.loads(text[start : text.index("</script>", start)])
    assert data["plays"] == [json.loads(json.dumps(payload(play)))]
    assert data["members"] == ["human-benevolent", "tin-man"]
    assert "src=" not in text
    assert "default-src 'none'" in html.unescape(text)


def test_unknown_run_names_the_nearest(folder, play, tmp_path):
    wrong = play.run.run_id.replace("cloze", "close")
    with pytest.raises(AnalysisError, match=f"did you mean '{play.run.run_id}'"):
        export(folder, wrong, "json", tmp_path / "graph.json")


def test_unknown_format_names_the_nearest(folder, play, tmp_path):
    with pytest.raises(AnalysisError, match="did you mean 'graphml'"):
        export(folder, play.run.run_id, "graphm", tmp_path / "graph")
    assert not (tmp_path / "graph").exists()


def test_layout_is_inside_the_frame_and_does_not_depend_on_order():
    met = {(0, 1), (1, 2), (2, 3), (3, 4), (5, 4)}
    placed = layout([0, 1, 2, 3, 4, 5], met)
    again = layout([5, 4, 3, 2, 1, 0], {(second, first) for first, second in met})
    assert placed == again
    assert all(0 <= value <= 1 for point in placed.values() for value in point)
    assert len(set(placed.values())) == 6


def test_lone_character_stands_in_the_middle():
    assert layout([3], set()) == {3: (0.5, 0.5)}


def test_one_seat_game_has_nodes_without_edges(synthetic, tmp_path):
    document, tables = synthetic.run(["tin-man", "tin-man"], [])
    document["edges"] = []
    folder = open_folder(synthetic.write(tmp_path / "experiment", [(document, tables)]))
    graph = society_graph(read_play(folder, document["run_id"]))
    assert graph.number_of_nodes() == 2
    assert graph.number_of_edges() == 0
    assert "payoff" not in graph.nodes[0]


def spoken(synthetic, path, texts, persona="A quiet one."):
    """Two characters who met once; 0 said these texts to 1 in round 1."""
    document, tables = synthetic.run(
        ["tin-man", "none"], [synthetic.turn(1, (0, 1), ("cooperate", "defect"))]
    )
    document["characters"][0] |= {"text": persona, "member": persona[:100], "source": persona}
    rows = [(document["run_id"], 1, 0, 1, text, None) for text in texts]
    return synthetic.write(path, [(document, {**tables, "messages": table("messages", rows)})])


def only_play(place):
    opened = open_folder(place)
    return read_play(opened, opened.runs[0].run_id)


def test_what_is_said_is_told_whole_in_data_and_cut_on_the_page(synthetic, tmp_path):
    play = only_play(spoken(synthetic, tmp_path / "long", ["a" * 100_000]))
    (said,) = node_link(play)["graph"]["sayings"]
    assert said == {
        "round": 1,
        "agent": 0,
        "kind": "message",
        "text": "a" * 100_000,
        "targets": [1],
    }
    held = payload(play)
    round, agent, _, text, length, targets = held["sayings"][0]
    assert (round, agent, length, targets) == (1, 0, 100_000, [1])
    assert held["words"][text] == "a" * LONGEST + "\u2026"


def test_page_counts_the_messages_that_it_has_no_room_for(synthetic, tmp_path):
    many = [f"{number:06}" * 200 for number in range(MOST_WORDS // LONGEST + 2)]
    held = payload(only_play(spoken(synthetic, tmp_path / "many", many)))
    texts = [row[3] for row in held["sayings"]]
    assert len(texts) == len(many)
    assert 0 < texts.count(None) < 10
    assert len(json.dumps(held)) < 2 * MOST_WORDS


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_is_inert_in_every_format(synthetic, tmp_path, format):
    place = spoken(synthetic, tmp_path / "hostile", [HOSTILE], persona=HOSTILE + "\ud800")
    run_id = open_folder(place).runs[0].run_id
    out = export(place, run_id, format, tmp_path / f"graph.{format}")
    if format == "png":
        assert out.read_bytes()[:4] == b"\x89PNG"
        return
    text = out.read_text(encoding="utf-8")
    assert not [unseen for unseen in UNSEEN if unseen in text]
    if format == "json":
        assert json.loads(text)["nodes"][0]["text"] == HOSTILE + "\ud800"
        return
    assert "<script>alert" not in text
    assert "<img" not in text
    if format != "html":
        names = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(text).iter()}
        assert not names & {"script", "img", "a"}
