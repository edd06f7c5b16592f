"""Experiment folders of any size that nobody played: drawn at once, in the tables of real runs.

Everybody meets everybody in the repeated prisoner's dilemma and remembers the round before. What a
choice rests on is one of a few contexts, as in a sweep with a pool, and every context has its
distribution, its readings in both orders and its hashes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.catalogue import game
from sim.records import TABLES, table
from sim.store import Store, write_whole
from sim.streams import generator

AGENTS, ROUNDS, PERSONAS = 20, 25, 6
DECISIONS_A_RUN = AGENTS * (AGENTS - 1) * ROUNDS
MEMBERS: Mapping[str, tuple[str, str, float]] = {
    "human-benevolent": ("human", "benevolent", 0.7),
    "tin-man": ("ai", "neutral", 0.5),
}
"""Identity, stance and inclination to cooperate by population."""
WORDINGS = ("orchard", "stream")
EXPERIMENT = """
name = "scale"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["human-benevolent", "tin-man"]
[analysis]
primary = "cooperation_rate"
contrasts = [["human-benevolent", "tin-man"]]
"""
_MENU = ("cooperate", "defect")
_POINTS = np.array([[3.0, 0.0], [5.0, 1.0]])
_START, _AFTER = 0, 1
"""What a context remembers: nothing yet, or the other's move (1 + its place in the menu)."""
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the folder.

    Attributes:
        number: 0-based; runs of a pair differ in their population alone.
        population: its name, and that of its one member.
        wording: of the game.
        seed: shared by the runs of a pair.
    """

    number: int
    population: str
    wording: str
    seed: int

    @classmethod
    def of(cls, number: int) -> "Run":
        """The run of this number."""
        names = list(MEMBERS)
        pair, place = divmod(number, len(names))
        seed, wording = divmod(pair, len(WORDINGS))
        return cls(number, names[place], WORDINGS[wording], seed)

    @property
    def run_id(self) -> str:
        """Sorts as the numbers do."""
        return f"r{self.number:06}-{self.population}-{self.wording}-s{self.seed:05}"

    @property
    def condition(self) -> str:
        """All but the seed."""
        return f"prisoners_dilemma-{self.wording}-{self.population}"


def write(folder: Path, runs: int) -> None:
    """An experiment folder without outcomes.

    Args:
        folder: is made.
        runs: of DECISIONS_A_RUN decisions each.
    """
    store = Store(folder)
    store.runs.mkdir(parents=True)
    write_whole(folder / "experiment.toml", EXPERIMENT)
    write_whole(folder / "manifest.json", "{}")
    for number in range(runs):
        run = Run.of(number)
        store.write_run(run.run_id, tables(run), document(run))


def document(run: Run) -> dict[str, Any]:
    """What `run.json` says."""
    levels = {"wording": run.wording, "population": run.population, "readout": "cloze"}
    factors = {"scenario": "prisoners_dilemma", **levels, "model": "synthetic", "agents": AGENTS}
    pairs = [[a, b] for a in range(AGENTS) for b in range(a + 1, AGENTS)]
    return {
        "run_id": run.run_id,
        "condition": run.condition,
        "seed": run.seed,
        "game": "prisoners_dilemma",
        "factors": {**factors, "rounds": ROUNDS},
        "parameters": game("prisoners_dilemma").parameters(rounds=ROUNDS).model_dump(mode="json"),
        "group_sizes": [2] * len(pairs),
        "characters": [_character(run, agent) for agent in range(AGENTS)],
        "edges": pairs,
    }


def _character(run: Run, agent: int) -> dict[str, Any]:
    identity, stance, _ = MEMBERS[run.population]
    return {
        "agent": agent,
        "member": run.population,
        "persona": _persona(run, agent % PERSONAS),
        "paraphrase": 0,
        "identity": identity,
        "affect": "unmentioned",
        "stance": stance,
        "kind": "trope",
        "source": "synthetic",
        "text": f"I am number {agent % PERSONAS} of {run.population}. "
        + "I often watch the sky. " * 20,
    }


def _persona(run: Run, number: int) -> str:
    return f"{run.population}-{number}"


def tables(run: Run) -> dict[str, pl.DataFrame]:
    """All tables but the outcomes, in the row order of real ones."""
    drawn = _drawn(run)
    context, move = drawn.context.ravel(), drawn.move.ravel()
    pairs = np.array(list(permutations(range(AGENTS), 2)))
    source, target = (np.tile(pairs[:, seat], ROUNDS) for seat in (0, 1))
    others = drawn.move[:, _turned(pairs)].ravel()
    round_ = np.repeat(np.arange(1, ROUNDS + 1), len(pairs))
    payoff = _POINTS[move, others]
    identity, stance, _ = MEMBERS[run.population]
    options = {option.key: option.action_class for option in game("prisoners_dilemma").options}
    chosen = pl.DataFrame(
        {
            "action": list(_MENU),
            "action_class": [options[key] for key in _MENU],
            "done": list(_MENU),
        }
    )[move]
    constant = {
        "run_id": run.run_id,
        "condition": run.condition,
        "scenario": "prisoners_dilemma",
        "wording": run.wording,
        "population": run.population,
        "seed": run.seed,
        "phase": "choose",
        "paraphrase": 0,
        "identity": identity,
        "affect": "unmentioned",
        "stance": stance,
        "model": "synthetic",
        "readout": "cloze",
        "level": "exact",
        "answer": "decision",
    }
    names = pl.Series([_persona(run, number) for number in range(PERSONAS)])
    groups = pl.Series([f"g{a * AGENTS + b}" for a in range(AGENTS) for b in range(AGENTS)])
    read = _contexts(run)
    cached = np.ones(len(context), bool)
    cached[np.unique(context, return_index=True)[1]] = False
    varying = {
        "round": round_,
        "group": groups[np.minimum(source, target) * AGENTS + np.maximum(source, target)],
        "agent": source,
        "partner": target,
        "persona": names[source % PERSONAS],
        "payoff": payoff,
        "cached": cached,
    }
    decisions = _declared(
        "decisions",
        pl.DataFrame(varying).hstack(chosen).hstack(read[context]),
        constant,
    )
    acts = {"round": round_, "source": source, "target": target, "payoff": payoff}
    return {
        "decisions": decisions,
        "readings": _readings(run, decisions, context),
        "interactions": _declared(
            "interactions", pl.DataFrame(acts).hstack(chosen), {"run_id": run.run_id}
        ),
        "messages": table("messages", []),
        "probes": table("probes", []),
    }


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Contexts and moves, shape (rounds, ordered pairs)."""

    context: Whole
    move: Whole


def _drawn(run: Run) -> _Drawn:
    pairs = np.array(list(permutations(range(AGENTS), 2)))
    cooperates, turned = _probabilities(run), _turned(pairs)
    uniform = generator(run.number, "scale").random((ROUNDS, len(pairs)))
    contexts, moves = [], []
    memory = np.full(len(pairs), _START)
    for now in range(ROUNDS):
        context = (pairs[:, 0] % PERSONAS) * 3 + memory
        move = (uniform[now] >= cooperates[context]).astype(np.int64)
        contexts.append(context)
        moves.append(move)
        memory = _AFTER + move[turned]
    return _Drawn(np.array(contexts), np.array(moves))


def _turned(pairs: Whole) -> Whole:
    """The place of (b, a) for every (a, b)."""
    place = np.full((AGENTS, AGENTS), -1)
    place[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    return place[pairs[:, 1], pairs[:, 0]]


def _probabilities(run: Run) -> NDArray[np.float64]:
    """Of cooperating, by context: persona, then what is remembered."""
    base = MEMBERS[run.population][2] + np.linspace(-0.1, 0.1, PERSONAS)
    return (base[:, None] + np.array([0.0, 0.1, -0.2])).ravel()


def _contexts(run: Run) -> pl.DataFrame:
    """What was read of every context."""
    given = _probabilities(run)
    size = len(given)
    hashes = [_sha256(f"{run.condition} {number}") for number in range(size)]
    return pl.DataFrame(
        {
            "menu": [list(_MENU)] * size,
            "shown_order": [[0, 1]] * size,
            "probabilities": [[p, 1 - p] for p in given.tolist()],
            "mass": np.linspace(0.2, 0.9, size),
            "prompt_sha256": hashes,
            "call_key": [_sha256(one) for one in hashes],
            "prompt_tokens": [180] * size,
            "completion_tokens": [2] * size,
        }
    )


def _readings(run: Run, decisions: pl.DataFrame, context: Whole) -> pl.DataFrame:
    """Two orders of mention behind every decision."""
    given = np.log(_probabilities(run))[:, None] + np.array([0.1, -0.1])
    rest = np.log(1 - _probabilities(run))
    read = pl.DataFrame(
        {
            "variant": ["forward", "reversed"] * len(rest),
            "shown_order": [[0, 1], [1, 0]] * len(rest),
            "log_probabilities": [
                [float(first), float(other)]
                for pair, other in zip(given, rest, strict=True)
                for first in pair
            ],
            "mass": np.repeat(np.linspace(0.2, 0.9, len(rest)), 2),
            "prompt_sha256": [
                _sha256(f"{run.condition} {number} {order}")
                for number in range(len(rest))
                for order in (0, 1)
            ],
        }
    ).with_columns(call_keys=pl.concat_list("prompt_sha256"))
    place = (context[:, None] * 2 + np.array([0, 1])).ravel()
    keys = decisions.select("round", "agent", "partner", "phase")
    behind = keys[np.repeat(np.arange(len(decisions)), 2)]
    return _declared("readings", behind.hstack(read[place]), {"run_id": run.run_id})


def _declared(name: str, given: pl.DataFrame, constant: Mapping[str, Any]) -> pl.DataFrame:
    """All columns of a table with their types; those that nobody gave are null."""
    columns = [
        (pl.col(column) if column in given.columns else pl.lit(constant.get(column)))
        .cast(kind)
        .alias(column)
        for column, kind in TABLES[name].items()
    ]
    return given.select(columns)


def _sha256(text: str) -> str:
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()
