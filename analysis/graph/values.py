"""The interaction graph as data: characters as nodes, what one did to another as edges.

Flat attributes for GraphML and GEXF, which know neither lists nor null; nested ones for JSON.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import networkx as nx

from analysis.graph.words import shown
from analysis.play import Link, Move, Play
from analysis.run_record import CharacterRecord


def society_graph(play: Play) -> "nx.DiGraph[int]":
    """Characters as nodes, meetings as directed edges, over the run and round by round.

    Returns:
        Nodes bear member, persona, identity, affect, stance, strategy, payoff (points over the
        run), decisions, missing (choices without a usable answer), x, y; and for each round R
        payoff_R, and where the choice is about no single other, action_R and class_R. An edge from
        a to b bears interactions, cooperative (how many of them), cooperation (their share), payoff
        (what a earned from b); and for each round R action_R, class_R and payoff_R. A value that is
        undefined is left out, as GraphML and GEXF have no null.
    """
    graph: nx.DiGraph[int] = nx.DiGraph(
        run_id=play.run.run_id,
        scenario=play.run.scenario,
        population=shown(play.population),
        seed=play.run.seed,
        rounds=play.rounds,
    )
    moves = _by_agent(play)
    for who in play.run.characters:
        own = moves[who.agent]
        facts = _facts(play, who, own) | _flat(_rounds(own))
        graph.add_node(who.agent, **_known(facts))
    for (source, target), links in _by_pair(play).items():
        graph.add_edge(source, target, **_known(_sums(links) | _flat(map(_step, links))))
    return graph


def node_link(play: Play) -> dict[str, Any]:
    """Node-link data, in networkx's form, with what happened nested: see docs/graph.md.

    Returns:
        `{directed, multigraph, graph: {..., messages, told}, nodes: [{id, ..., rounds, choices}],
        edges: [{source, target, ..., rounds}]}`. What is undefined is null. Words are whole and as
        they were said.
    """
    moves = _by_agent(play)
    nodes = [
        {
            "id": who.agent,
            **_facts(play, who, moves[who.agent]),
            "text": who.text,
            "rounds": _rounds(moves[who.agent]),
            "choices": [_choice(move) for move in moves[who.agent]],
        }
        for who in play.run.characters
    ]
    edges = [
        {"source": source, "target": target, **_sums(links), "rounds": list(map(_step, links))}
        for (source, target), links in _by_pair(play).items()
    ]
    about = {
        "run_id": play.run.run_id,
        "scenario": play.run.scenario,
        "population": play.population,
        "wording": play.run.factors.get("wording"),
        "seed": play.run.seed,
        "rounds": play.rounds,
        "sayings": [_fields(one) for one in play.sayings],
        "told": [_fields(one) for one in play.told],
    }
    return {"directed": True, "multigraph": False, "graph": about, "nodes": nodes, "edges": edges}


def _facts(play: Play, who: CharacterRecord, own: list[Move]) -> dict[str, Any]:
    x, y = play.positions[who.agent]
    return {
        "member": who.member,
        "persona": who.persona,
        "identity": who.identity,
        "affect": who.affect,
        "stance": who.stance,
        "strategy": who.strategy,
        "payoff": _earned(own),
        "decisions": len(own),
        "missing": sum(move.answer != "decision" for move in own),
        "x": x,
        "y": y,
    }


def _by_agent(play: Play) -> defaultdict[int, list[Move]]:
    found: defaultdict[int, list[Move]] = defaultdict(list)
    for move in play.moves:
        found[move.agent].append(move)
    return found


def _by_pair(play: Play) -> dict[tuple[int, int], list[Link]]:
    found: defaultdict[tuple[int, int], list[Link]] = defaultdict(list)
    for link in play.links:
        if link.action is not None:
            found[link.source, link.target].append(link)
    return dict(sorted(found.items()))


def _sums(links: list[Link]) -> dict[str, Any]:
    cooperative = sum(link.action_class == "cooperative" for link in links)
    return {
        "interactions": len(links),
        "cooperative": cooperative,
        "cooperation": cooperative / len(links),
        "payoff": float(sum(link.payoff or 0.0 for link in links)),
    }


def _rounds(own: list[Move]) -> list[dict[str, Any]]:
    """Points of each round; and the first choice that is about nobody in particular."""
    by_round: defaultdict[int, list[Move]] = defaultdict(list)
    for move in own:
        by_round[move.round].append(move)
    steps = []
    for number, moves in sorted(by_round.items()):
        alone = next((one for one in moves if one.partner is None), None)
        steps.append(
            {
                "round": number,
                "action": alone.action if alone else None,
                "class": alone.action_class if alone else None,
                "payoff": _earned(moves),
            }
        )
    return steps


def _earned(moves: list[Move]) -> float | None:
    paid = [move.payoff for move in moves if move.payoff is not None]
    return float(sum(paid)) if paid else None


def _step(link: Link) -> dict[str, Any]:
    return {
        "round": link.round,
        "action": link.action,
        "class": link.action_class,
        "payoff": link.payoff,
    }


def _choice(move: Move) -> dict[str, Any]:
    return {
        "round": move.round,
        "phase": move.phase,
        "about": move.partner,
        "answer": move.answer,
        "action": move.action,
        "class": move.action_class,
        "menu": list(move.menu),
        "probabilities": None if move.probabilities is None else list(move.probabilities),
        "payoff": move.payoff,
    }


def _fields(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a saying or what was told
    values = {name: getattr(one, name) for name in type(one).__dataclass_fields__}
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def _flat(steps: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        f"{key}_{step['round']}": value
        for step in steps
        for key, value in step.items()
        if key != "round"
    }


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: shown(value) for key, value in facts.items() if value is not None}
