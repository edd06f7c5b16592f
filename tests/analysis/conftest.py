"""Small synthetic runs and folders, and scripted societies that were really played."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agents.minds import Minds
from analysis.folder import Folder, open_folder
from analysis.metrics import outcomes, score
from analysis.run_record import RunRecord
from scenarios.catalogue import game
from sim import experiment as experiments
from sim import tables as run_tables
from sim.describing import describe
from sim.executor import play
from sim.records import TABLES, table
from sim.society import Society

PERSONAS = {
    "human-benevolent": ("human", "unmentioned", "benevolent", "respondent"),
    "human-hostile": ("human", "unmentioned", "hostile", "respondent"),
    "tin-man": ("ai", "denied", "neutral", "trope"),
    "guardian": ("ai", "unmentioned", "benevolent", "trope"),
    "rogue-mind": ("ai", "unmentioned", "hostile", "trope"),
    "none": ("none", "unmentioned", None, "control"),
}
EXPERIMENT = '[design]\nseeds = 3\n[analysis]\nprimary = "cooperation_rate"\nalpha = 0.05\n'


@dataclass(frozen=True)
class Turn:
    """A pair's round: what both chose, and what was done where noise changed it.

    A choice of "refusal" or "unparsed" is that answer; the pair then does not play.
    """

    round: int
    pair: tuple[int, int]
    chose: tuple[str, str]
    did: tuple[str, str] | None = None
    probabilities: tuple[tuple[float, ...] | None, tuple[float, ...] | None] = (None, None)


@dataclass(frozen=True)
class Synthetic:
    """Builds runs of the prisoner's dilemma and writes experiment folders.

    `run` makes one run out of turns; `draw` makes one where every member cooperates with a given
    probability; `write` makes an experiment folder; `tables` makes frames out of any rows.
    """

    turn = Turn
    default_factors: Mapping[str, object] = field(
        default_factory=lambda: {
            "scenario": "prisoners_dilemma",
            "wording": "stream",
            "population": "mixed",
            "agents": 2,
            "rounds": 10,
            "network": "complete",
            "memory": "last-1",
            "readout": "cloze",
            "model": "embedded",
            "intervention": "none",
        }
    )

    def document(
        self, members: Sequence[str], seed: int = 0, **factors: object
    ) -> dict[str, object]:
        """Content of run.json. A member "human-benevolent/respondent-3" plays that persona."""
        levels = {**self.default_factors, "agents": len(members), **factors}
        condition = "-".join(str(level) for level in levels.values())
        pairs = [list(pair) for pair in combinations(range(len(members)), 2)]
        return {
            "run_id": f"{condition}-{seed}",
            "condition": condition,
            "seed": seed,
            "factors": levels,
            "parameters": {"rounds": levels["rounds"]},
            "group_sizes": [2] * len(pairs),
            "characters": [_character(agent, name) for agent, name in enumerate(members)],
            "edges": pairs,
            "usage": {"calls": 0},
        }

    def record(self, members: Sequence[str], seed: int = 0, **factors: object) -> RunRecord:
        """The same as a RunRecord."""
        return RunRecord.parse(self.document(members, seed, **factors))

    def tables(
        self, run: RunRecord, decisions: list[dict[str, object]], acts: list[dict[str, object]]
    ) -> dict[str, pl.DataFrame]:
        """All tables of a run but the outcomes, from rows that name only what matters."""
        base = {"run_id": run.run_id, "condition": run.condition, "seed": run.seed}
        base |= {key: run.factors[key] for key in ("scenario", "wording", "population")}
        base |= {"level": "exact", "text": "", "cached": False, "shown_order": [0, 1]}
        frames = {"decisions": [{**base, **row} for row in decisions]}
        frames["interactions"] = [{"run_id": run.run_id, **row} for row in acts]
        return {
            name: table(name, [tuple(map(row.get, columns)) for row in frames.get(name, [])])
            for name, columns in TABLES.items()
            if name != "outcomes"
        }

    def run(
        self, members: Sequence[str], turns: Sequence[Turn], seed: int = 0, **factors: object
    ) -> tuple[dict[str, object], dict[str, pl.DataFrame]]:
        """The document and the tables of a run made of these turns."""
        document = self.document(members, seed, **factors)
        run = RunRecord.parse(document)
        decisions, acts = [], []
        for turn in turns:
            for seat in (0, 1):
                decisions.append(_decision(run, turn, seat))
                if _played(turn):
                    acts.append(_act(turn, seat))
        return document, self.tables(run, decisions, acts)

    def draw(
        self, members: Sequence[str], cooperation: Mapping[str, float], seed: int = 0, **factors
    ) -> tuple[dict[str, object], dict[str, pl.DataFrame]]:
        """A run on the complete network where a member cooperates with that probability."""
        generator = np.random.default_rng(
            [seed, *(ord(letter) for letter in repr(sorted(factors.items())))]
        )
        rates = [cooperation[name] for name in members]
        turns = []
        for number in range(1, int(factors.get("rounds", 10)) + 1):
            for first, second in combinations(range(len(members)), 2):
                rate = (rates[first], rates[second])
                chose = tuple(
                    "cooperate" if uniform < share else "defect"
                    for uniform, share in zip(generator.random(2), rate, strict=True)
                )
                given = tuple((share, 1 - share) for share in rate)
                turns.append(Turn(number, (first, second), chose, probabilities=given))
        return self.run(members, turns, seed, **factors)

    def write(
        self,
        path: Path,
        runs: Sequence[tuple[dict[str, object], dict[str, pl.DataFrame]]],
        experiment: str = EXPERIMENT,
    ) -> Path:
        """An experiment folder with these runs; gives its path."""
        path.mkdir(parents=True, exist_ok=True)
        (path / "experiment.toml").write_text('name = "synthetic"\n' + experiment)
        (path / "manifest.json").write_text('{"versions": {}}')
        (path / "runs").mkdir(exist_ok=True)
        for document, tables in runs:
            place = path / "runs" / str(document["run_id"])
            place.mkdir()
            (place / "run.json").write_text(json.dumps(document))
            given = {"outcomes": outcomes(RunRecord.parse(document), tables), **tables}
            for name, frame in given.items():
                frame.write_parquet(place / f"{name}.parquet")
        return path


@pytest.fixture
def synthetic() -> Synthetic:
    """The builder of synthetic runs."""
    return Synthetic()


@pytest.fixture
def played_folder(synthetic: Synthetic, tmp_path: Path) -> Callable[..., Folder]:
    """The experiment folder of scripted societies that were really played.

    `played_folder({"scenarios": [...], "populations": [...], ...})` takes a whole design.
    """

    def go(design: Mapping[str, object], name: str = "played") -> Folder:
        experiment = experiments.check({"name": name, "design": dict(design)}, "test")
        runs = []
        for spec in experiments.resolve(experiment, "test"):
            minds = Minds(None, "cloze")
            society = Society(spec, minds)
            asyncio.run(play(society, minds))
            seats = tuple(character.seat for character in society.characters)
            models = {"model": "scripted", "readout": "scripted"}
            frames = run_tables.build(spec, seats, society.game.options, society.notes, models)
            runs.append((describe(society), {**frames, "probes": table("probes", [])}))
        return open_folder(synthetic.write(tmp_path / name, runs))

    return go


@pytest.fixture
def played() -> Callable[..., dict[tuple[str, str], tuple[float | None, int]]]:
    """Outcomes of a scripted society that was really played.

    `played("ultimatum", "scripted:social", agents=2, rounds=4)["rejection_rate", "run"]` is
    (value, n); a scenario may be a table with parameters.
    """

    def go(
        scenario: object, population: object, *, agents: int, rounds: int, seed: int = 3
    ) -> dict[tuple[str, str], tuple[float | None, int]]:
        design = {"scenarios": [scenario], "populations": [population], "seeds": [seed]}
        design |= {"wordings": 1, "agents": agents, "rounds": rounds}
        experiment = experiments.check({"name": "played", "design": design}, "test")
        (spec,) = experiments.resolve(experiment, "test")
        minds = Minds(None, "cloze")
        society = Society(spec, minds)
        asyncio.run(play(society, minds))
        seats = tuple(character.seat for character in society.characters)
        models = {"model": "scripted", "readout": "scripted"}
        frames = run_tables.build(spec, seats, society.game.options, society.notes, models)
        rows = score(describe(society), frames).select("metric", "subject", "value", "n")
        return {(name, subject): (value, n) for name, subject, value, n in rows.iter_rows()}

    return go


def _character(agent: int, name: str) -> dict[str, object]:
    member, _, persona = name.partition("/")
    scripted = member.startswith("scripted:")
    identity, affect, stance, kind = PERSONAS.get(member, ("none", None, None, "scripted"))
    return {
        "agent": agent,
        "member": member,
        "persona": persona or member,
        "paraphrase": 0,
        "identity": identity,
        "affect": affect,
        "stance": stance,
        "kind": kind,
        "source": "synthetic",
        "text": f"I am {persona or member}.",
        "strategy": member.removeprefix("scripted:") if scripted else None,
    }


def _played(turn: Turn) -> bool:
    return set(turn.chose) <= {"cooperate", "defect"}


def _classes() -> dict[str, str]:
    return {option.key: option.action_class for option in game("prisoners_dilemma").options}


def _points(own: str, other: str) -> float:
    return {"cc": 3.0, "cd": 0.0, "dc": 5.0, "dd": 1.0}[own[0] + other[0]]


def _act(turn: Turn, seat: int) -> dict[str, object]:
    did = turn.did or turn.chose
    return {
        "round": turn.round,
        "source": turn.pair[seat],
        "target": turn.pair[1 - seat],
        "action": did[seat],
        "action_class": _classes()[did[seat]],
        "payoff": _points(did[seat], did[1 - seat]),
    }


def _decision(run: RunRecord, turn: Turn, seat: int) -> dict[str, object]:
    who = run.characters[turn.pair[seat]]
    chose, exact = turn.chose[seat], turn.probabilities[seat]
    decided = chose in _classes()
    return {
        "round": turn.round,
        "phase": "choose",
        "group": "{}-{}".format(*turn.pair),
        "agent": who.agent,
        "partner": turn.pair[1 - seat],
        "persona": who.persona,
        "paraphrase": who.paraphrase,
        "identity": who.identity,
        "affect": who.affect,
        "stance": who.stance,
        "model": "scripted" if who.strategy else run.factors["model"],
        "readout": run.factors["readout"],
        "menu": ["cooperate", "defect"],
        "answer": "decision" if decided else chose,
        "action": chose if decided else None,
        "action_class": _classes().get(chose),
        "probabilities": list(exact) if exact else None,
        "mass": sum(exact) / 2 if exact else None,
        "payoff": _act(turn, seat)["payoff"] if _played(turn) else None,
        "prompt_sha256": f"{who.persona}-{exact}" if exact else None,
        "prompt_tokens": 100,
        "completion_tokens": 1,
    }


@dataclass(frozen=True)
class Asked:
    """One persona's first choice in one run of one scenario, wording and readout.

    Attributes:
        forward: probability of the cooperative option with that mentioned first; in games of two
            options.
        reversed: with it mentioned last; as forward, if not given.
        persona: as `Synthetic.document` takes it.
    """

    persona: str
    forward: float
    reversed: float | None = None
    scenario: str = "prisoners_dilemma"
    wording: str = "stream"
    readout: str = "cloze"
    paraphrase: int = 0
    answer: str = "decision"
    more: Mapping[str, object] = field(default_factory=dict)


@pytest.fixture
def asked() -> type[Asked]:
    """The class of first choices."""
    return Asked


@pytest.fixture
def first_choices(synthetic: Synthetic, tmp_path: Path) -> Callable[..., Folder]:
    """`first_choices([Asked(...), ...])` is an experiment folder with these, a run for each."""

    def write(rows: Sequence[Asked], name: str = "asked") -> Folder:
        runs = [_first_choice(synthetic, number, row) for number, row in enumerate(rows)]
        return open_folder(synthetic.write(tmp_path / name, runs))

    return write


def _first_choice(
    synthetic: Synthetic, number: int, row: Asked
) -> tuple[dict[str, object], dict[str, pl.DataFrame]]:
    factors = {"scenario": row.scenario, "wording": row.wording, "readout": row.readout}
    document = synthetic.document([row.persona, "scripted:grim"], 0, **factors, **row.more)
    document["run_id"] = f"r{number:04}"
    document["characters"][0]["paraphrase"] = row.paraphrase
    run = RunRecord.parse(document)
    shares = [row.forward, row.forward if row.reversed is None else row.reversed]
    logits = [np.log(share / (1 - share)) for share in shares]
    mean = 1 / (1 + np.exp(-sum(logits) / 2))
    menu = [option.key for option in game(row.scenario).options]
    where = {"round": 1, "group": "g0", "agent": 0, "partner": 1, "phase": "choose"}
    decision = where | {
        "model": run.factors["model"],
        "readout": row.readout,
        "menu": menu,
        "answer": row.answer,
        "probabilities": [mean, 1 - mean],
        "prompt_sha256": f"{row}",
    }
    other = decision | {"agent": 1, "partner": 0, "readout": "scripted", "probabilities": None}
    tables = synthetic.tables(run, [decision, other], [])
    readings = [
        {"run_id": run.run_id, **where, "variant": order, "prompt_sha256": f"{row} {order}"}
        | {"log_probabilities": [np.log(share) - 2, np.log(1 - share) - 2]}
        for order, share in zip(("forward", "reversed"), shares, strict=True)
    ]
    rows = [tuple(one.get(column) for column in TABLES["readings"]) for one in readings]
    return document, {**tables, "readings": table("readings", rows)}
