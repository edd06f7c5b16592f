"""One run as it was played: who sat where, what each did to whom, round by round.

Plain values that become the JSON of the interactive graph, and the input of every other picture
of a single run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from analysis.folder import Folder
from analysis.run_record import CharacterRecord, RunRecord

LAYOUT_SEED = 0
_LINK = ("round", "source", "target", "action", "action_class", "payoff")
_MOVE = (
    "round",
    "phase",
    "agent",
    "partner",
    "answer",
    "action",
    "action_class",
    "menu",
    "probabilities",
    "payoff",
)


@dataclass(frozen=True, slots=True)
class Link:
    """What one character did to another in one round; payoff in points, None where undefined."""

    round: int
    source: int
    target: int
    action: str | None
    action_class: str | None
    payoff: float | None


@dataclass(frozen=True, slots=True)
class Move:
    """One choice asked.

    Attributes:
        round: 1-based.
        phase: name of the phase.
        agent: who chose.
        partner: the one other that it was about, None in n-seat games.
        answer: decision, refusal, unparsed or failed.
        action: option key, None unless a decision.
        action_class: cooperative, neutral or uncooperative; None unless a decision.
        menu: option keys.
        probabilities: one per option; None where the readout gives none.
        payoff: points, None in phases that pay nothing.
    """

    round: int
    phase: str
    agent: int
    partner: int | None
    answer: str
    action: str | None
    action_class: str | None
    menu: tuple[str, ...]
    probabilities: tuple[float, ...] | None
    payoff: float | None


@dataclass(frozen=True, slots=True)
class Play:
    """A whole run.

    Attributes:
        run: its declaration and cast.
        positions: x and y of every character, in [0, 1].
        links: what was done, empty in one-seat games.
        moves: every choice asked, in the order of the table.
    """

    run: RunRecord
    positions: Mapping[int, tuple[float, float]]
    links: tuple[Link, ...]
    moves: tuple[Move, ...]

    @property
    def population(self) -> str:
        """Name of the population."""
        return str(self.run.factors.get("population", "unnamed population"))

    @property
    def rounds(self) -> int:
        """The last round that was played."""
        return max((move.round for move in self.moves), default=0)


def read_play(folder: Folder, run_id: str) -> Play:
    """Read one run.

    Args:
        folder: an experiment folder.
        run_id: one of its runs.

    Raises:
        UnknownNameError: no run of that id, with the nearest one.
    """
    run = folder.run(run_id)
    tables = folder.run_tables(run_id)
    # The first act of a round is what the game is about; a later one, such as punishment, is not.
    acts = tables["interactions"].unique(_LINK[:3], keep="first", maintain_order=True)
    links = tuple(Link(*row) for row in acts.select(_LINK).iter_rows())
    met = {(link.source, link.target) for link in links}
    agents = [character.agent for character in run.characters]
    return Play(
        run=run,
        positions=layout(agents, met or set(run.edges)),
        links=links,
        moves=tuple(_move(row) for row in tables["decisions"].select(_MOVE).iter_rows()),
    )


def layout(agents: list[int], met: set[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    """Where each character is drawn: a circle where all meet or none, else springs from a seed.

    Args:
        agents: every character.
        met: pairs that met, in either direction.

    Returns:
        Position per agent; both coordinates in [0, 1].
    """
    graph = nx.Graph()
    graph.add_nodes_from(sorted(agents))
    graph.add_edges_from(sorted({(min(pair), max(pair)) for pair in met}))
    if len(agents) < 2:
        return dict.fromkeys(agents, (0.5, 0.5))
    placed = nx.circular_layout(graph)
    if 0 < nx.density(graph) < 1 and len(agents) > 3:
        placed = nx.spring_layout(graph, pos=placed, seed=LAYOUT_SEED, iterations=200)
    low = [min(point[axis] for point in placed.values()) for axis in (0, 1)]
    span = [max(point[axis] for point in placed.values()) - low[axis] or 1.0 for axis in (0, 1)]
    return {
        agent: (
            round(float((point[0] - low[0]) / span[0]), 4),
            round(float((point[1] - low[1]) / span[1]), 4),
        )
        for agent, point in placed.items()
    }


def _move(row: tuple[Any, ...]) -> Move:
    *facts, menu, probabilities, payoff = row
    given = None if probabilities is None else tuple(probabilities)
    return Move(*(*facts, tuple(menu or ()), given, payoff))


def as_json(play: Play) -> dict[str, Any]:
    """The run as compact JSON values: texts once, rows as arrays that point into them.

    Returns:
        `actions` and `menus` are looked up by the indices in `links`
        ([round, source, target, action, class, payoff]) and `moves`
        ([round, agent, partner, answer, action, class, menu, probabilities, payoff, phase]).
    """
    words = _Words()
    links = [
        [
            link.round,
            link.source,
            link.target,
            words.index(link.action),
            words.index(link.action_class),
            link.payoff,
        ]
        for link in play.links
    ]
    moves = [
        [
            move.round,
            move.agent,
            move.partner,
            words.index(move.answer),
            words.index(move.action),
            words.index(move.action_class),
            [words.index(option) for option in move.menu],
            None
            if move.probabilities is None
            else [round(value, 3) for value in move.probabilities],
            move.payoff,
            words.index(move.phase),
        ]
        for move in play.moves
    ]
    return {
        "run_id": play.run.run_id,
        "seed": play.run.seed,
        "scenario": play.run.scenario,
        "population": play.population,
        "wording": play.run.factors.get("wording"),
        "rounds": play.rounds,
        "characters": [_character(play, who) for who in play.run.characters],
        "words": words.known,
        "links": links,
        "moves": moves,
    }


class _Words:
    """Each text once; rows hold its index."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._indices: dict[str, int] = {}

    def index(self, word: str | None) -> int | None:
        if word is None:
            return None
        if word not in self._indices:
            self._indices[word] = len(self.known)
            self.known.append(word)
        return self._indices[word]


def _character(play: Play, who: CharacterRecord) -> dict[str, Any]:
    x, y = play.positions[who.agent]
    return {
        "agent": who.agent,
        "member": who.member,
        "persona": who.persona,
        "identity": who.identity,
        "affect": who.affect,
        "stance": who.stance,
        "source": who.source,
        "text": who.text,
        "strategy": who.strategy,
        "x": x,
        "y": y,
    }
