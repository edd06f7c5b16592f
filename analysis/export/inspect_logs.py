"""Transcripts as logs of Inspect (UK AI Security Institute), one for each condition.

The form is Inspect's `.eval`: a ZIP archive with `header.json` (an `EvalLog` without samples),
`summaries.json`, and a file for each sample, which are the characters of all runs of the
condition. Only one run is held at a time.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.errors import FolderError
from analysis.export.journal import JOURNAL, read_calls, sendable
from analysis.export.samples import EPOCH, samples, summary
from analysis.folder import Folder, level
from analysis.run_record import RunRecord
from analysis.summary import estimates

VERSION = 2
"""Of the form of Inspect's logs."""
_DATE = (1980, 1, 1, 0, 0, 0)
_SCORER = "character_societies"


def write_logs(folder: Folder, out: Path) -> dict[str, int]:
    """Write a log for each condition into `out`.

    Args:
        folder: the experiment.
        out: a folder that is there.

    Returns:
        Samples by log.

    Raises:
        FolderError: a table or the journal cannot be read.
        OSError: a file cannot be written.
    """
    conditions: dict[str, list[RunRecord]] = {}
    for run in folder.runs:
        conditions.setdefault(run.condition, []).append(run)
    results = _results(folder)
    return {
        _name(runs): _write(folder, runs, results.get(condition, []), out)
        for condition, runs in conditions.items()
    }


def _write(
    folder: Folder, runs: Sequence[RunRecord], results: list[dict[str, Any]], out: Path
) -> int:
    summaries: list[dict[str, Any]] = []
    models: dict[str, dict[str, int]] = {}
    with zipfile.ZipFile(out / f"{_name(runs)}.eval", "w", zipfile.ZIP_DEFLATED) as log:
        for sample in _samples(folder, runs):
            _put(log, f"samples/{sample['id']}_epoch_{EPOCH}.json", sample)
            summaries.append(summary(sample))
            for model, usage in sample["model_usage"].items():
                before = models.setdefault(model, dict.fromkeys(usage, 0))
                models[model] = {name: before[name] + usage[name] for name in usage}
        _put(log, "summaries.json", summaries)
        _put(log, "header.json", _header(folder, runs, results, (summaries, models)))
    return len(summaries)


def _samples(folder: Folder, runs: Sequence[RunRecord]) -> Iterator[dict[str, Any]]:
    for run in runs:
        tables = folder.run_tables(run.run_id)
        keys = tables["readings"]["call_keys"].explode().drop_nulls()
        yield from samples(run, tables, read_calls(folder.path / JOURNAL, keys))


def _put(log: zipfile.ZipFile, name: str, document: object) -> None:
    """Write JSON; the same content gives the same bytes."""
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    log.writestr(entry, json.dumps(sendable(document), allow_nan=False))


def _header(
    folder: Folder,
    runs: Sequence[RunRecord],
    results: list[dict[str, Any]],
    written: tuple[list[dict[str, Any]], Mapping[str, Any]],
) -> dict[str, Any]:
    summaries, models = written
    manifest = _manifest(folder)
    started, ended = (_time(manifest, name) for name in ("started", "finished"))
    first, name = runs[0], _name(runs)
    spec = {
        "eval_id": name,
        "run_id": name,
        "task_id": name,
        "created": started,
        "task": f"{first.scenario} {first.factors.get('population', '')}".strip(),
        "task_args": {key: level(value) for key, value in first.factors.items()},
        "dataset": {
            "name": first.scenario,
            "samples": len(summaries),
            "sample_ids": [one["id"] for one in summaries],
            "shuffled": False,
        },
        "model": str(first.factors.get("model", "unknown")),
        "config": {"epochs": 1},
        "packages": {key: str(value) for key, value in (manifest.get("versions") or {}).items()},
        "metadata": {
            "experiment": str(folder.experiment.get("name", "")),
            "condition": first.condition,
            "game": first.game,
            "parameters": first.parameters,
            "seeds": [run.seed for run in runs],
        },
    }
    return {
        "version": VERSION,
        "status": "success",
        "eval": spec,
        "plan": {"name": "plan", "steps": [], "config": {}},
        "results": {
            "total_samples": len(summaries),
            "completed_samples": len(summaries),
            "scores": results,
        },
        "stats": {"started_at": started, "completed_at": ended, "model_usage": dict(models)},
    }


def _results(folder: Folder) -> dict[str, list[dict[str, Any]]]:
    """By condition: every metric that is defined in it, mean and interval as in the report."""
    found: dict[str, list[dict[str, Any]]] = {}
    table = estimates(folder.outcomes, folder.characters, folder.metadata, ("condition",))
    for row in table.filter(table["n"] > 0).iter_rows(named=True):
        values = {"mean": row["estimate"], "low": row["low"], "high": row["high"]}
        metrics = {
            name: {"name": name, "value": value}
            for name, value in values.items()
            if value is not None
        }
        about = {
            "runs": row["n"],
            "runs_undefined": row["undefined"],
            "interval_over": row["units"],
        }
        score = {"name": row["metric"], "scorer": _SCORER, "metrics": metrics, "metadata": about}
        found.setdefault(row["condition"], []).append(score)
    return found


def _name(runs: Sequence[RunRecord]) -> str:
    """Of a condition's log: readable, safe as a file's name, and its own."""
    first = runs[0]
    told = f"{first.scenario}-{first.factors.get('population', '')}"
    safe = re.sub(r"[^A-Za-z0-9]+", "-", told).strip("-")[:60]
    return f"{safe}-{hashlib.sha256(first.condition.encode()).hexdigest()[:8]}"


def _manifest(folder: Folder) -> Mapping[str, Any]:
    try:
        return folder.manifest
    except FolderError:
        return {}


def _time(manifest: Mapping[str, Any], name: str) -> str:
    """A time of the manifest; where it has none, the beginning of the epoch."""
    found = manifest.get(name)
    try:
        moment = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        moment = None
    return (moment or datetime.fromtimestamp(0, UTC)).isoformat()
