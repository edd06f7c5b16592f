"""What the report tells of decisions: one pass over the runs, piece by piece."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from analysis import quality, summary
from analysis.folder import Folder
from analysis.report.sayings import sayings
from analysis.report.transcripts import candidates

_USED = (
    "run_id",
    "scenario",
    "population",
    "round",
    "phase",
    "agent",
    "partner",
    "model",
    "readout",
    "menu",
    "answer",
    "action",
    "action_class",
    "probabilities",
    "mass",
    "cached",
)
_READ = (
    "run_id",
    "round",
    "agent",
    "partner",
    "phase",
    "variant",
    "log_probabilities",
    "prompt_sha256",
)
BY_ROUND, BY_POPULATION, BY_SCENARIO = ("scenario", "population"), ("population",), ("scenario",)


@dataclass(frozen=True, slots=True)
class Counted:
    """Decisions and readings of all runs, reduced; what each part grows with stands behind it.

    Attributes:
        rounds: of `summary.by_round` (runs x rounds).
        pairs: of `summary.by_pair` (runs).
        answers: of `quality.answers` by population (populations).
        masses: of `quality.masses` by scenario (distinct contexts of each run).
        orders: of `quality.orders` by scenario (distinct contexts).
        moves: run_id, moves (runs).
        candidates: of `transcripts.candidates` (scenarios x populations).
        sayings: of `sayings.sayings` (scenarios x members of populations).
        models: model (models).
    """

    rounds: pl.DataFrame
    pairs: pl.DataFrame
    answers: pl.DataFrame
    masses: pl.DataFrame
    orders: pl.DataFrame
    moves: pl.DataFrame
    candidates: pl.DataFrame
    sayings: pl.DataFrame
    models: pl.DataFrame

    @property
    def decisions(self) -> int:
        """How many there are."""
        return int(self.moves["moves"].sum())


def counted(folder: Folder, runs: pl.DataFrame) -> Counted:
    """One pass over an experiment folder.

    Args:
        folder: the experiment.
        runs: run_id, scenario, population.

    Raises:
        FolderError: a table cannot be read.
    """
    parts = [
        {name: _apart(frame) for name, frame in _of_part(part, runs).items()}
        for part in folder.parts()
    ]
    whole = {name: pl.concat([part[name] for part in parts]) for name in Counted.__slots__}
    return Counted(**whole)


def _of_part(part: Folder, runs: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    decisions = _read(part, "decisions", _USED)
    who = part.characters
    return {
        "rounds": summary.by_round(decisions, BY_ROUND),
        "pairs": summary.by_pair(part.read("interactions"), who, runs, decisions),
        "answers": quality.answers(decisions, BY_POPULATION),
        "masses": quality.masses(decisions, BY_SCENARIO),
        "orders": quality.orders(_read(part, "readings", _READ), runs, BY_SCENARIO),
        "moves": decisions.group_by("run_id").agg(pl.len().cast(pl.Int64).alias("moves")),
        "candidates": candidates(decisions),
        "sayings": sayings(
            part.read("messages"), who.select("run_id", "agent", "member", "persona"), runs
        ),
        "models": decisions.select("model").unique(),
    }


def _apart(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy that does not hold on to the texts of the table that it was made from."""
    return pl.DataFrame(frame.to_dict(as_series=False), schema=frame.schema)


def _read(part: Folder, name: str, columns: Iterable[str]) -> pl.DataFrame:
    return part.collected(name, part.table(name).select(*columns))
