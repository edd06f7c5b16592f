"""The interaction graph of one run, in the formats that people and other tools read."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import networkx as nx
import vl_convert

from analysis.errors import UnknownNameError
from analysis.folder import open_folder
from analysis.looks import PALETTE, printable
from analysis.play import Play, as_json, read_play
from analysis.templates import asset, policy, render
from analysis.writing import write_whole
from scenarios.catalogue import nearest


def export(folder: Path, run_id: str, format: str, out: Path) -> Path:
    """Write the interaction graph of one run.

    Args:
        folder: an experiment folder.
        run_id: one of its whole runs.
        format: html (interactive), json (node-link data), graphml, gexf, svg or png.
        out: the file to write.

    Returns:
        `out`.

    Raises:
        UnknownNameError: an unknown run or format, with the nearest one.
        AnalysisError: the file cannot be written.
    """
    if format not in _WRITERS:
        raise UnknownNameError(f"unknown format {format!r}{nearest(format, _WRITERS)}")
    play = read_play(open_folder(folder), run_id)
    return write_whole(out, lambda draft: _WRITERS[format](play, draft))


def society_graph(play: Play) -> "nx.DiGraph[int]":
    """Characters as nodes, meetings as directed edges, summed over the run.

    Returns:
        Nodes bear member, persona, identity, affect, stance, payoff (points over the run),
        decisions and missing (choices without a usable answer). An edge from a to b bears
        interactions, cooperative (how many of them), cooperation (their share) and payoff
        (what a earned from b). A value that is undefined is left out, as GraphML and GEXF have
        no null.
    """
    graph: nx.DiGraph[int] = nx.DiGraph(
        run_id=play.run.run_id,
        scenario=play.run.scenario,
        population=printable(play.population),
        seed=play.run.seed,
    )
    for character in play.run.characters:
        own = [move for move in play.moves if move.agent == character.agent]
        paid = [move.payoff for move in own if move.payoff is not None]
        facts = {
            "member": character.member,
            "persona": character.persona,
            "identity": character.identity,
            "affect": character.affect,
            "stance": character.stance,
            "strategy": character.strategy,
            "payoff": float(sum(paid)) if paid else None,
            "decisions": len(own),
            "missing": sum(move.answer != "decision" for move in own),
            "x": play.positions[character.agent][0],
            "y": play.positions[character.agent][1],
        }
        known = {key: _shown(value) for key, value in facts.items() if value is not None}
        graph.add_node(character.agent, **known)
    for (source, target), edge in _edges(play).items():
        graph.add_edge(source, target, **edge)
    return graph


def _shown(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


def _edges(play: Play) -> dict[tuple[int, int], dict[str, float]]:
    edges: dict[tuple[int, int], dict[str, float]] = {}
    for link in play.links:
        if link.action is None:
            continue
        edge = edges.setdefault(
            (link.source, link.target), {"interactions": 0, "cooperative": 0, "payoff": 0.0}
        )
        edge["interactions"] += 1
        edge["cooperative"] += link.action_class == "cooperative"
        edge["payoff"] += link.payoff or 0.0
    for edge in edges.values():
        edge["cooperation"] = edge["cooperative"] / edge["interactions"]
    return dict(sorted(edges.items()))


def node_link(play: Play) -> dict[str, Any]:
    """Node-link data: `{directed, graph, nodes: [{id, ...}], edges: [{source, target, ...}]}`."""
    data: dict[str, Any] = nx.node_link_data(society_graph(play), edges="edges")
    return data


def drawing(play: Play) -> str:
    """The graph as a still SVG picture: the whole run in one view."""
    return printable(render("graph.svg.j2", {"title": title(play), **_still(play)}))


def page(play: Play) -> str:
    """The graph as a self-contained interactive page."""
    script = asset("graph.js")
    context = {
        "title": title(play),
        "data": embedded([play], []),
        "policy": policy(script),
        "style": asset("report.css"),
        "script": script,
    }
    return render("graph.html.j2", context)


def embedded(plays: Sequence[Play], names: Sequence[str]) -> dict[str, Any]:
    """What the interactive graph reads: runs, and each member's place among the colours.

    Args:
        plays: the runs to choose from.
        names: names that have their colours already, in order.
    """
    seated = sorted({who.member for play in plays for who in play.run.characters})
    return {
        "plays": [as_json(play) for play in plays],
        "colours": PALETTE,
        "members": list(dict.fromkeys([*names, *seated])),
    }


def title(play: Play) -> str:
    """Scenario, population and seed of a run."""
    scenario = play.run.scenario.replace("_", " ")
    return f"{scenario}, {play.population}, seed {play.run.seed}"


def _still(play: Play) -> dict[str, Any]:
    graph = society_graph(play)
    members = sorted({printable(character.member) for character in play.run.characters})
    most = max((data.get("payoff", 0.0) for _, data in graph.nodes(data=True)), default=0.0)
    nodes = [
        {
            "id": agent,
            "x": 40 + 440 * data["x"],
            "y": 40 + 440 * data["y"],
            "radius": 12 + 12 * (max(0.0, data.get("payoff", 0.0)) / most) ** 0.5 if most else 14,
            "colour": PALETTE[members.index(data["member"]) % len(PALETTE)],
            "shape": members.index(data["member"]) % 4,
            "title": _node_title(agent, data),
        }
        for agent, data in graph.nodes(data=True)
    ]
    places = {node["id"]: (node["x"], node["y"]) for node in nodes}
    pairs = sorted({(min(edge), max(edge)) for edge in graph.edges})
    lines = [_line(graph, pair, places) for pair in pairs]
    legend = [
        {"name": member, "colour": PALETTE[index % len(PALETTE)], "shape": index % 4}
        for index, member in enumerate(members)
    ]
    return {"nodes": nodes, "lines": lines, "legend": legend}


def _node_title(agent: int, data: Mapping[str, Any]) -> str:
    points = f"{data['payoff']:g} points" if "payoff" in data else "no points defined"
    return f"character {agent}: {data['member']}, {points}, {data['decisions']} decisions"


def _line(
    graph: "nx.DiGraph[int]",
    pair: tuple[int, int],
    places: Mapping[int, tuple[float, float]],
) -> dict[str, Any]:
    """One line a pair: wide and solid where both mostly cooperated, dashed where one did."""
    first, second = pair
    shares = [
        graph.edges[edge]["cooperation"] if graph.has_edge(*edge) else None
        for edge in (pair, (second, first))
    ]
    known = [share for share in shares if share is not None]
    mostly = sum(share > 0.5 for share in known)
    told = [
        f"{source} to {target} cooperated in {share:.0%}"
        for (source, target), share in zip((pair, (second, first)), shares, strict=True)
        if share is not None
    ]
    return {
        "from": places[first],
        "to": places[second],
        "kind": ("none", "one", "both")[min(mostly, 2)],
        "title": "; ".join(told),
    }


def _write_json(play: Play, out: Path) -> None:
    text = json.dumps(node_link(play), indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")


_WRITERS: Mapping[str, Callable[[Play, Path], object]] = MappingProxyType(
    {
        "html": lambda play, out: out.write_text(page(play), encoding="utf-8"),
        "graphml": lambda play, out: nx.write_graphml(society_graph(play), out),
        "gexf": lambda play, out: nx.write_gexf(society_graph(play), out),
        "json": _write_json,
        "svg": lambda play, out: out.write_text(drawing(play), encoding="utf-8"),
        "png": lambda play, out: out.write_bytes(vl_convert.svg_to_png(drawing(play), scale=2)),
    }
)
