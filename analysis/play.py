"""One run as it was played: who sat where, what each did to whom and said, round by round.

Plain values: the input of every picture of a single run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import polars as pl

from analysis.folder import Folder
from analysis.run_record import RunRecord
from analysis.utterances import utterances

LAYOUT_SEED = 0
MOST_SPRINGS = 500
"""Above so many characters all stand on a circle, since springs take minutes."""
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
    "facts",
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
        facts: JSON object of what the seat was told for this choice beyond rules and memory; None
            where there was nothing.
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
    facts: str | None


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that a character said to others, thought or gave as its reason.

    Attributes:
        round: 1-based.
        agent: whose words.
        kind: message, thought, reason or answer.
        text: the words.
        targets: who heard it; empty unless a message.
    """

    round: int
    agent: int
    kind: str
    text: str
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What an intervention told or did to a character at the beginning of a round."""

    round: int
    agent: int
    kind: str
    arm: str
    text: str


@dataclass(frozen=True, slots=True)
class Play:
    """A whole run.

    Attributes:
        run: its declaration and cast.
        positions: x and y of every character, in [0, 1].
        links: what was done, empty in one-seat games.
        moves: every choice asked, in the order of the table.
        sayings: every message, thought and reason, by round and agent.
        told: what interventions told, by round and agent.
    """

    run: RunRecord
    positions: Mapping[int, tuple[float, float]]
    links: tuple[Link, ...]
    moves: tuple[Move, ...]
    sayings: tuple[Saying, ...] = ()
    told: tuple[Told, ...] = ()

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
        sayings=_sayings(tables),
        told=_told(tables),
    )


def _sayings(tables: Mapping[str, pl.DataFrame]) -> tuple[Saying, ...]:
    """Messages with who heard them, those in the wording's phrases too; and all own thoughts."""
    heard = (
        tables["messages"]
        .filter(pl.col("text").is_not_null())
        .group_by("round", "source", "text", "call_key", maintain_order=True)
        .agg(pl.col("target").drop_nulls().unique().sort())
    )
    messages = [
        Saying(round, source, "message", text, tuple(targets))
        for round, source, text, targets in heard.select(
            "round", "source", "text", "target"
        ).iter_rows()
    ]
    own = utterances(tables).filter(pl.col("kind") != "message")
    thoughts = [
        Saying(round, agent, kind, text, ())
        for round, agent, kind, text in own.select("round", "agent", "kind", "text").iter_rows()
    ]
    return tuple(sorted([*messages, *thoughts], key=lambda one: (one.round, one.agent)))


def _told(tables: Mapping[str, pl.DataFrame]) -> tuple[Told, ...]:
    if "interventions" not in tables:
        return ()
    rows = (
        tables["interventions"]
        .select("round", "agent", "kind", "arm", "text")
        .sort("round", "agent")
    )
    return tuple(
        Told(round, agent, kind or "", arm or "", text or "")
        for round, agent, kind, arm, text in rows.iter_rows()
    )


def layout(agents: list[int], met: set[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    """Where each character is drawn: a circle where all meet or none, else springs from a seed.

    More than `MOST_SPRINGS` characters always stand on a circle.

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
    if 0 < nx.density(graph) < 1 and 3 < len(agents) <= MOST_SPRINGS:
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
    *known, menu, probabilities, payoff, facts = row
    given = None if probabilities is None else tuple(probabilities)
    return Move(*(*known, tuple(menu or ()), given, payoff, facts))
