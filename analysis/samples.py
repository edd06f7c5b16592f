"""From stored outcomes to replicates: what each level of a factor gave, run by run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder
from scenarios.catalogue import nearest

COORDINATES = ("identity", "affect", "stance", "persona")
"""What characters differ in; "persona" is the population's member."""
PERSONAL = frozenset({"population", *COORDINATES})
"""Factors whose levels are played by different personas."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One metric at one level.

    Attributes:
        runs: value of each replicate, by what it shares with its pair at another level (seed and
            all other factors).
        personas: mean of each persona over its runs, weighted by observations.
    """

    runs: Mapping[str, float] = field(default_factory=dict)
    personas: Mapping[str, float] = field(default_factory=dict)


Samples = Mapping[tuple[str, str], Sample]
"""By metric and level."""


def levels(folder: Folder, by: str) -> list[str]:
    """The levels of a factor that the runs have, numbers by size, else by name.

    Raises:
        UnknownNameError: neither a factor of the design nor a coordinate.
        AnalysisError: fewer than two levels.
    """
    known = dict.fromkeys([*folder.factors, *COORDINATES])
    if by not in known:
        raise UnknownNameError(f"{folder.path}: no factor {by!r}{nearest(by, known)}")
    column = folder.characters[_column(by)] if by in COORDINATES else folder.metadata[by]
    found = sorted(column.drop_nulls().unique().to_list(), key=_by_size)
    if len(found) < 2:
        has = f"only {found[0]!r}" if found else "no value"
        raise AnalysisError(f"{folder.path}: {by!r} has {has}; there is nothing to compare")
    return found


def samples(folder: Folder, by: str, scenario: str | None = None) -> Samples:
    """Replicates of every metric at every level; undefined values are left out.

    Factors are read off whole runs. Coordinates are read off agents, pooled inside each run by
    their observations, so that mixed populations compare their members within the run.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.
        scenario: only its runs; None for all.
    """
    runs = _runs(folder, by, scenario)
    agents = _agents(folder, by, runs)
    values = agents if by in COORDINATES else _wholes(folder, by, runs)
    by_run = _means(values, ["metric", "level", "run_id", "pair"])
    by_pair = by_run.group_by("metric", "level", "pair").agg(pl.col("mean").mean())
    by_persona = _means(agents, ["metric", "level", "persona"])
    return _collect(by_pair, by_persona)


def scenarios(folder: Folder) -> list[str]:
    """The scenarios that were played."""
    return sorted({run.scenario for run in folder.runs})


def _runs(folder: Folder, by: str, scenario: str | None) -> pl.DataFrame:
    """run_id and pair: what a run shares with its counterparts at the other levels."""
    # A coordinate's levels are brought by different populations, so these cannot be shared.
    own = {by, "population"} if by in COORDINATES else {by}
    shared = ["seed", *(name for name in folder.factors if name not in own)]
    chosen = folder.metadata
    if scenario is not None:
        chosen = chosen.filter(pl.col("scenario") == scenario)
    pair = pl.concat_str([pl.col(name).cast(pl.String) for name in shared], separator="\x1f")
    return chosen.with_columns(pair=pair)


def _wholes(folder: Folder, by: str, runs: pl.DataFrame) -> pl.DataFrame:
    """Defined outcomes of whole runs with their level."""
    return (
        _defined(folder, "run")
        .join(runs.select("run_id", "pair", level=pl.col(by)), on="run_id")
        .with_columns(weight=pl.lit(1.0))
    )


def _agents(folder: Folder, by: str, runs: pl.DataFrame) -> pl.DataFrame:
    """Defined outcomes of agents with their persona and level, weighted by observations."""
    who = folder.characters.with_columns(subject=pl.col("agent").cast(pl.String))
    marked = who.join(runs.drop("seed"), on="run_id").with_columns(level=pl.col(_column(by)))
    return (
        _defined(folder, "agent")
        .join(marked, on=["run_id", "subject"])
        .filter(pl.col("level").is_not_null())
        .with_columns(weight=pl.col("n").cast(pl.Float64))
    )


def _defined(folder: Folder, scope: str) -> pl.DataFrame:
    known = pl.col("value").is_not_null() & pl.col("value").is_finite()
    return folder.outcomes.filter((pl.col("scope") == scope) & known)


def _means(values: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Weighted means in an order of summing that does not depend on the rows' order."""
    weighted = (pl.col("value") * pl.col("weight")).sort().sum() / pl.col("weight").sum()
    return values.group_by(keys).agg(mean=weighted).sort(keys)


def _collect(by_pair: pl.DataFrame, by_persona: pl.DataFrame) -> Samples:
    found: dict[tuple[str, str], Sample] = {}
    for key, frame in by_pair.sort("pair").group_by("metric", "level", maintain_order=True):
        runs = dict(zip(frame["pair"], frame["mean"], strict=True))
        found[str(key[0]), str(key[1])] = Sample(runs=runs)
    for key, frame in by_persona.group_by("metric", "level", maintain_order=True):
        place = str(key[0]), str(key[1])
        personas = dict(zip(frame["persona"], frame["mean"], strict=True))
        found[place] = Sample(found[place].runs if place in found else {}, personas)
    return found


def _column(by: str) -> str:
    return "member" if by == "persona" else by


def _by_size(level: str) -> tuple[float, str]:
    try:
        return float(level), level
    except ValueError:
        return float("inf"), level
