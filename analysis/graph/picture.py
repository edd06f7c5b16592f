"""The interaction graph as a still SVG picture: the whole run in one view."""

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from analysis.graph.blocks import Block, Flow, blocks, flows, is_large
from analysis.graph.geometry import Point, beside, curve, loop, marker
from analysis.graph.page import title
from analysis.graph.payload import ring
from analysis.graph.values import society_graph
from analysis.graph.words import short, shown
from analysis.looks import PALETTE
from analysis.play import Play
from analysis.templates import render

_SIZE, _MARGIN = 520, 60
_FEW = 60
"""Up to so many characters there is room for numbers and arrowheads."""
_FEW_MEMBERS = 4
"""Up to so many members there is room for shares on their edges."""
_LONGEST_NAME = 56


def drawing(play: Play) -> str:
    """The picture; members in place of characters where the society is large.

    An edge's colour and dash tell the class of most of its acts. A band lies under pairs of whom
    both mostly cooperated.
    """
    content = _members(play) if is_large(play) else _characters(play)
    return render("graph.svg.j2", {"title": short(title(play), 72), "size": _SIZE, **content})


def _characters(play: Play) -> dict[str, Any]:
    graph = society_graph(play)
    names = sorted({data["member"] for _, data in graph.nodes(data=True)})
    few = len(graph) <= _FEW
    scale = 1.0 if few else 0.7 * (_FEW / len(graph)) ** 0.5
    most = max((data.get("payoff", 0.0) for _, data in graph.nodes(data=True)), default=0.0)
    places = {agent: _place(data["x"], data["y"]) for agent, data in graph.nodes(data=True)}
    nodes = [
        {
            **_mark(
                names.index(data["member"]),
                places[agent],
                scale * (11 + 11 * (max(0.0, data.get("payoff", 0.0)) / most) ** 0.5)
                if most > 0
                else 13 * scale,
            ),
            "word": str(agent) if few else "",
            "told": _told(agent, data),
        }
        for agent, data in graph.nodes(data=True)
    ]
    edges = [
        {
            **_edge(curve(places[source], places[target], 5.0), arrow=few),
            "kind": _mostly(data),
            "width": 1.8 if few else 0.6,
            "told": f"{source} to {target}: cooperative in {data['cooperative']} of"
            f" {data['interactions']}",
        }
        for source, target, data in graph.edges(data=True)
    ]
    return {
        "nodes": nodes,
        "edges": edges,
        "bands": list(_mutual(graph, places)),
        "legend": _legend(names),
        "note": "Size: points over the run. Band: both mostly cooperative.",
    }


def _mostly(edge: Mapping[str, Any]) -> str:
    """The class of most acts of an edge; of equally many the less cooperative."""
    classes = [value for key, value in edge.items() if key.startswith("class_")]
    order = ("uncooperative", "neutral", "cooperative")
    return max(order, key=classes.count)


def _mutual(graph: "nx.DiGraph[int]", places: Mapping[int, Point]) -> Iterable[tuple[Point, Point]]:
    for first, second in graph.edges:
        if first < second and graph.has_edge(second, first):
            shares = (
                graph.edges[pair]["cooperation"] for pair in ((first, second), (second, first))
            )
            if all(share > 0.5 for share in shares):
                yield places[first], places[second]


def _told(agent: int, data: Mapping[str, Any]) -> str:
    points = f"{data['payoff']:g} points" if "payoff" in data else "no points defined"
    return f"character {agent}: {data['member']}, {points}, {data['decisions']} decisions"


def _members(play: Play) -> dict[str, Any]:
    found = blocks(play)
    places = [_place(0.12 + 0.76 * x, 0.12 + 0.76 * y) for x, y in ring(len(found))]
    most = max(block.size for block in found)
    nodes = [
        {
            **_mark(place, at, 14 + 16 * (block.size / most) ** 0.5),
            "word": str(block.size),
            "told": _told_of(block),
        }
        for place, (block, at) in enumerate(zip(found, places, strict=True))
    ]
    whole = [flow for flow in flows(play) if flow.round == 0]
    edges = [_flow(flow, found, places) for flow in whole]
    return {
        "nodes": nodes,
        "edges": edges,
        "bands": [],
        "legend": _legend([str(shown(block.member)) for block in found]),
        "note": "On nodes: characters. On edges: cooperative share of the acts (their number).",
    }


def _flow(flow: Flow, found: tuple[Block, ...], places: list[Point]) -> dict[str, Any]:
    source, target = places[flow.source], places[flow.target]
    centre = (_SIZE / 2, _SIZE / 2)
    lines = loop(source, centre, 6) if flow.source == flow.target else curve(source, target, 6)
    share = flow.cooperative / flow.n
    names = [shown(found[place].member) for place in (flow.source, flow.target)]
    return {
        **_edge(lines),
        "kind": flow.mostly,
        "width": 2.4,
        "label": f"{share:.0%} ({flow.n})" if len(found) <= _FEW_MEMBERS else "",
        "label_at": beside(source, target, centre),
        "told": f"{names[0]} to {names[1]}: cooperative in {flow.cooperative} of {flow.n}"
        f" [{flow.low:.2f}, {flow.high:.2f}], neutral in {flow.neutral}",
    }


def _told_of(block: Block) -> str:
    points = block.points[-1] if block.points else None
    known = "no points defined" if points is None else f"{points:g} points each"
    return f"{shown(block.member)}: {block.size} characters, {known}"


def _edge(lines: tuple[str, str], *, arrow: bool = True) -> dict[str, Any]:
    return {"line": lines[0], "head": lines[1] if arrow else "", "label": ""}


def _place(x: float, y: float) -> Point:
    inner = _SIZE - 2 * _MARGIN
    return _MARGIN + inner * x, _MARGIN + inner * y


def _mark(place: int, at: Point, radius: float) -> dict[str, Any]:
    return {
        "at": at,
        "radius": radius,
        "corners": marker(place, at, radius),
        "colour": PALETTE[place % len(PALETTE)],
    }


def _legend(names: list[str]) -> list[dict[str, Any]]:
    return [
        {**_mark(place, (28, _SIZE + 72 + 22 * place), 7), "name": short(name, _LONGEST_NAME)}
        for place, name in enumerate(names)
    ]
