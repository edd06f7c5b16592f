"""Stored experiments as plain values for the page: runs, contrasts, replays, single decisions."""

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl

from analysis.contrasts import compare
from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder, open_folder
from analysis.graph import page
from analysis.metrics import METRICS
from analysis.play import read_play
from analysis.report.transcripts import read_transcripts
from analysis.summary import estimates
from scenarios.catalogue import nearest

MOST_RUNS, MOST_DECISIONS = 500, 500
_SHOWN = ("cooperation_rate", "expected_cooperation", "welfare_efficiency", "refusal_rate")
_DEPTH = 2
_DECISION = ("round", "phase", "agent", "partner", "persona", "answer", "action", "action_class")
_MORE = ("menu", "probabilities", "mass", "payoff", "text", "prompt_sha256", "call_key", "level")


class Shelf:
    """The experiments below some folders.

    Attributes:
        homes: folders that are experiments themselves or hold some.
    """

    def __init__(self, homes: tuple[Path, ...]) -> None:
        """Read nothing yet."""
        self.homes = homes
        self._opened: dict[Path, tuple[int, Folder]] = {}

    def experiments(self) -> dict[str, Path]:
        """Every experiment's folder by the name that the page calls it."""
        return {str(place): place for home in self.homes for place in _experiments(home, _DEPTH)}

    def labels(self) -> dict[str, str]:
        """What each experiment is called to people: its place below the folder that was given."""
        found = {}
        for home in self.homes:
            for place in _experiments(home, _DEPTH):
                inside = place.relative_to(home)
                found[str(place)] = str(inside) if inside.parts else place.resolve().name
        return found

    def folder(self, name: str) -> Folder:
        """One experiment; read again only where runs have come or gone.

        Raises:
            UnknownNameError: no experiment of that name here.
            FolderError: it cannot be read.
        """
        known = self.experiments()
        if name not in known:
            raise UnknownNameError(f"no experiment {name!r}{nearest(name, known)}")
        path = known[name]
        stamp = (path / "runs").stat().st_mtime_ns
        if path not in self._opened or self._opened[path][0] != stamp:
            self._opened[path] = (stamp, open_folder(path))
        return self._opened[path][1]


def _experiments(place: Path, depth: int) -> list[Path]:
    if (place / "experiment.toml").is_file() and (place / "runs").is_dir():
        return [place]
    if depth == 0 or not place.is_dir():
        return []
    inside = sorted(each for each in place.iterdir() if not each.name.startswith("."))
    return [found for each in inside if each.is_dir() for found in _experiments(each, depth - 1)]


def overview(folder: Folder, where: Mapping[str, str]) -> dict[str, Any]:
    """The runs at some levels of the factors, with their main outcomes.

    Args:
        folder: the experiment.
        where: level by factor; factors that are not named may have any.

    Returns:
        factors (levels by name), metrics (names), runs (of them at most `MOST_RUNS`), total.

    Raises:
        UnknownNameError: no such factor.
    """
    kept = narrowed(folder, where)
    runs = folder.metadata.filter(pl.col("run_id").is_in([run.run_id for run in kept.runs]))
    shown = runs.head(MOST_RUNS)
    names = main_metrics(folder)
    found = kept.of_runs(set(shown["run_id"])).narrowed(names).outcomes.filter(scope="run")
    values = {
        (run_id, metric): [_finite(value), n]
        for run_id, metric, value, n in found.select("run_id", "metric", "value", "n").iter_rows()
    }
    return {
        "factors": {name: _levels(folder, name) for name in folder.factors},
        "metrics": [name for name in names if any(key[1] == name for key in values)],
        "runs": [
            {
                "run_id": row["run_id"],
                "seed": row["seed"],
                "levels": {name: row[name] for name in folder.factors},
                "outcomes": {name: values.get((row["run_id"], name)) for name in names},
            }
            for row in shown.iter_rows(named=True)
        ],
        "total": len(kept.runs),
    }


def main_metrics(folder: Folder) -> list[str]:
    """The declared primary metrics, then some that every reader looks for."""
    given = folder.experiment.get("analysis", {}).get("primary", ())
    declared = [given] if isinstance(given, str) else list(given)
    return list(dict.fromkeys([*declared, *_SHOWN]))


def narrowed(folder: Folder, where: Mapping[str, str]) -> Folder:
    """The runs at some levels of the factors alone.

    Raises:
        UnknownNameError: no such factor.
    """
    runs = folder.metadata
    for name, wanted in where.items():
        if name not in folder.factors:
            known = dict.fromkeys(folder.factors)
            raise UnknownNameError(f"{folder.path}: no factor {name!r}{nearest(name, known)}")
        runs = runs.filter(pl.col(name) == wanted)
    return folder if not where else folder.of_runs(set(runs["run_id"]))


def side_by_side(
    folder: Folder, where: Mapping[str, str], pair: tuple[str, str], metric: str
) -> dict[str, Any]:
    """Two populations in one metric, and their contrast as `society compare` has it.

    Args:
        folder: the experiment.
        where: level by factor; the same runs are looked at for both.
        pair: two populations.
        metric: name.

    Returns:
        metric, unit, definition, sides (estimate, low, high, n, undefined, population), contrast.

    Raises:
        AnalysisError: several readouts would be mixed, or there is nothing to compare.
    """
    a, b = pair
    if a == b:
        raise AnalysisError(f"both populations are {a!r}: choose two different ones")
    looked_at = narrowed(folder, {key: v for key, v in where.items() if key != "population"})
    readouts = _levels(looked_at, "readout")
    if len(readouts) > 1:
        raise AnalysisError(
            f"read by {' and by '.join(readouts)}, which are never mixed in a number: filter by"
            " one readout"
        )
    found = compare(looked_at, "population", [metric], b)
    one = next((each for each in found if each.a == a), None)
    if one is None:
        known = dict.fromkeys(_levels(looked_at, "population"))
        raise UnknownNameError(f"no runs of population {a!r}{nearest(a, known)}")
    outcomes = looked_at.narrowed([metric]).outcomes
    table = estimates(outcomes, looked_at.characters, looked_at.metadata, ("population",))
    kept = table.filter(pl.col("population").is_in(list(pair))).to_dicts()
    sides = {row["population"]: row for row in kept}
    declared = METRICS[metric]
    return {
        "metric": metric,
        "unit": declared.unit,
        "definition": declared.definition,
        "sides": [sides[name] for name in pair if name in sides],
        "contrast": asdict(one),
    }


def replay(folder: Folder, run_id: str) -> str:
    """A run's interaction graph as a page of its own."""
    return page(read_play(folder, run_id))


def decisions(folder: Folder, run_id: str, agent: int | None, start: int) -> dict[str, Any]:
    """The decisions of a run, in the order of its table.

    Args:
        folder: the experiment.
        run_id: one of its runs.
        agent: of this character alone; None for all.
        start: how many to pass over.

    Returns:
        rows (`at` is the place in the table), total.
    """
    folder.run(run_id)
    table = folder.run_table(run_id, "decisions").with_row_index("at")
    if agent is not None:
        table = table.filter(pl.col("agent") == agent)
    rows = table.slice(start, MOST_DECISIONS).select("at", *_DECISION, "probabilities", "menu")
    return {"rows": rows.to_dicts(), "total": len(table)}


def decision(folder: Folder, run_id: str, at: int) -> dict[str, Any]:
    """One decision in full: menu, probabilities, text, hashes, and every way it was put.

    Raises:
        UnknownNameError: no such run or place.
    """
    run = folder.run(run_id)
    table = folder.run_table(run_id, "decisions")
    if not 0 <= at < len(table):
        raise UnknownNameError(f"run {run_id} has no decision {at}: it has {len(table)}")
    row = table.slice(at, 1)
    readings = folder.of_runs({run_id}).table("readings")
    transcript = read_transcripts(row, readings, folder.path / "calls.sqlite")[0]
    shown = row.to_dicts()[0]
    who = run.characters[shown["agent"]]
    return {
        **{key: shown.get(key) for key in (*_DECISION, *_MORE)},
        "member": who.member,
        "persona_text": who.text,
        "puts": [asdict(put) for put in transcript.puts],
    }


def _levels(folder: Folder, name: str) -> list[str]:
    return folder.metadata[name].drop_nulls().unique(maintain_order=True).to_list()


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
