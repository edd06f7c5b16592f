import html
import json
import xml.etree.ElementTree as ElementTree

import networkx as nx
import pytest

from analysis.errors import AnalysisError
from analysis.folder import open_folder
from analysis.graph import export, society_graph
from analysis.play import as_json, layout, read_play

FORMATS = ["html", "graphml", "gexf", "png", "svg", "json"]


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
    assert graph.edges[0, 1] == given
    assert graph.edges[1, 0] == taken


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
    assert data["plays"] == [as_json(play)]
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
