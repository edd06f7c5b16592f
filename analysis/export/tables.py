"""The tables of all runs together, each as one file, written without holding it in memory."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import polars as pl

from analysis.errors import FolderError
from analysis.export.inert import flat
from analysis.folder import Folder
from sim.records import ANNOTATIONS, SOMETIMES, TABLES

Kind = Literal["csv", "jsonl", "parquet"]
_WRITERS: Mapping[Kind, Callable[[pl.LazyFrame, Path], object]] = {
    "csv": lambda frame, path: flat(frame).sink_csv(path),
    "jsonl": lambda frame, path: frame.sink_ndjson(path),
    "parquet": lambda frame, path: frame.sink_parquet(path),
}


def write_tables(folder: Folder, kind: Kind, out: Path) -> dict[str, int]:
    """Write every table that the folder has into `out`, as `TABLE.KIND`.

    Args:
        folder: the experiment.
        kind: csv (lists as JSON, texts inert), jsonl or parquet (both as they are).
        out: a folder that is there.

    Returns:
        Rows by table. They are in order of run_id, and within a run as they were recorded.

    Raises:
        FolderError: a table cannot be read.
        OSError: a file cannot be written.
    """
    return {
        name: _write(folder, name, frame, kind, out / f"{name}.{kind}")
        for name, frame in _frames(folder)
    }


def _write(folder: Folder, name: str, frame: pl.LazyFrame, kind: Kind, path: Path) -> int:
    try:
        if name in TABLES:
            folder.collected(name, frame.head(0))
        _WRITERS[kind](frame, path)
        return int(frame.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise FolderError(f"{folder.path}: table {name!r} cannot be read: {error}") from None


def _frames(folder: Folder) -> Iterator[tuple[str, pl.LazyFrame]]:
    yield "runs", runs(folder).lazy()
    yield "characters", characters(folder).lazy()
    for name in TABLES:
        yield name, folder.table(name)
    for name in SOMETIMES:
        if any(
            (folder.path / "runs" / run.run_id / f"{name}.parquet").is_file() for run in folder.runs
        ):
            yield name, folder.table(name)
    judged = sorted((folder.path / "annotations").glob("*.parquet"))
    if judged:
        yield "annotations", pl.scan_parquet(judged, glob=False).select(list(ANNOTATIONS))


def runs(folder: Folder) -> pl.DataFrame:
    """A row per run: run_id, condition, seed, a column per factor, game and parameters as JSON.

    A factor of the name of one of the others is not told twice.
    """
    metadata = folder.metadata
    more: dict[str, list[Any]] = {
        "game": [run.game for run in folder.runs],
        "parameters": [_json(run.parameters) for run in folder.runs],
        "group_sizes": [list(run.group_sizes) for run in folder.runs],
    }
    types = {"game": pl.String(), "parameters": pl.String(), "group_sizes": pl.List(pl.Int64)}
    return metadata.with_columns(
        pl.Series(name, values, dtype=types[name])
        for name, values in more.items()
        if name not in metadata.columns
    )


def characters(folder: Folder) -> pl.DataFrame:
    """A row per character of a run: who it is, its words, and the answers behind it as JSON."""
    everybody = [who for run in folder.runs for who in run.characters]
    return folder.characters.with_columns(
        pl.Series("source", [who.source for who in everybody], dtype=pl.String()),
        pl.Series("text", [who.text for who in everybody], dtype=pl.String()),
        pl.Series("answers", [_json(who.answers) for who in everybody], dtype=pl.String()),
        pl.Series("stated", [list(who.stated) for who in everybody], dtype=pl.List(pl.String)),
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
