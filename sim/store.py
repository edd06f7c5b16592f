"""The experiment folder: what is written, whole or not at all."""

import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock, Timeout

from sim.errors import RecordError
from sim.locked import IN_FOLDER
from sim.prices import without_terms
from sim.registry import without_address

_LOCK = ".lock"
# Statistics let readers pass over parts of large files; ours are small and read whole.
_PARQUET: Mapping[str, Any] = {"compression": "zstd", "compression_level": 1, "statistics": False}


class Store:
    """One experiment folder.

    Attributes:
        folder: the folder itself.
        runs: where whole runs appear, one folder each.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is written yet."""
        self.folder = folder
        self.runs = folder / "runs"
        self._is_new = False
        self._made: list[Path] = []
        self._lock: FileLock | None = None

    def claim(self, experiment: str) -> None:
        """Make the folder this experiment's own, and clear what an interrupted run left.

        Args:
            experiment: the resolved experiment file.

        Raises:
            RecordError: the folder holds another experiment, other things, or cannot be written.
        """
        try:
            made = [p for p in (self.folder, *self.folder.parents) if not p.exists()]
            self._check(experiment)
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock_out_others()
            try:  # Again, since another process may have played here before it let go.
                self._is_new = self._check(experiment)
            except RecordError:
                self.release()
                raise
            self._made = made if self._is_new else []
            # The experiment first: it is what makes the folder ours when we are killed here.
            write_whole(self.folder / "experiment.toml", experiment)
            self.runs.mkdir(exist_ok=True)
            self._clear()
        except OSError as error:
            raise cannot_write(self.folder, error) from None

    def release(self) -> None:
        """Let other processes use the folder. A process that is killed lets go by itself."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def abandon(self) -> None:
        """Leave no trace of an experiment that could not even begin."""
        inside = list(self.folder.iterdir()) if self._is_new else []
        for each in inside:
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            elif each.name != _LOCK:
                each.unlink(missing_ok=True)
        self.release()  # Not before, or what is deleted might be another process's.
        if self._is_new:
            (self.folder / _LOCK).unlink(missing_ok=True)
        for made in self._made:  # From the inside out; one that others use by now stays.
            with suppress(OSError):
                made.rmdir()

    def _check(self, experiment: str) -> bool:
        """Whether the folder is new; otherwise it must hold this experiment."""
        file = self.folder / "experiment.toml"
        if file.is_file():
            if _played(file.read_text(encoding="utf-8")) != _played(experiment):
                raise RecordError(
                    f"{self.folder} holds another experiment (its experiment.toml differs):"
                    " choose another folder with --out"
                )
            return False
        if self.folder.exists() and any(not _is_left(f) for f in self.folder.iterdir()):
            raise RecordError(
                f"{self.folder} is not empty and not an experiment folder:"
                " choose another folder with --out"
            )
        return True

    def _lock_out_others(self) -> None:
        lock = FileLock(self.folder / _LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise RecordError(
                f"{self.folder} is being played by another process: wait until it has ended, or"
                " choose another folder with --out"
            ) from None
        self._lock = lock

    def _clear(self) -> None:
        """Remove what a process that was killed did not finish."""
        for left in self.runs.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)
        for left in filter(_is_left, self.folder.iterdir()):
            if left.name != _LOCK:
                left.unlink(missing_ok=True)

    def has(self, run_id: str) -> bool:
        """Whether this run is there, whole."""
        return (self.runs / run_id).is_dir()

    def write_run(
        self, run_id: str, tables: Mapping[str, pl.DataFrame], about: Mapping[str, Any]
    ) -> None:
        """Write all tables of a run and let them appear at once.

        Raises:
            RecordError: the disk is full or the folder cannot be written; nothing appears.
        """
        unfinished = self.runs / f".{run_id}"
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
            for name, frame in tables.items():
                frame.write_parquet(unfinished / f"{name}.parquet", **_PARQUET)
            text = json.dumps(about, indent=1, ensure_ascii=False)
            (unfinished / "run.json").write_text(text, encoding="utf-8")
            unfinished.rename(self.runs / run_id)
        except (OSError, pl.exceptions.PolarsError) as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise cannot_write(self.runs / run_id, error) from None

    def write_lock(self, text: str) -> None:
        """Put the lock that the runs were registered by beside them.

        Raises:
            RecordError: the disk is full or the folder cannot be written.
        """
        try:
            write_whole(self.folder / IN_FOLDER, text)
        except OSError as error:
            raise cannot_write(self.folder / IN_FOLDER, error) from None

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest.

        Raises:
            RecordError: the disk is full or the folder cannot be written.
        """
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        try:
            write_whole(self.folder / "manifest.json", text + "\n")
        except OSError as error:
            raise cannot_write(self.folder / "manifest.json", error) from None

    def read_manifest(self) -> Mapping[str, Any]:
        """The manifest; empty where there is none yet."""
        file = self.folder / "manifest.json"
        if not file.is_file():
            return {}
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def same_tables(one: Path, other: Path) -> bool:
    """Whether two run folders hold the same tables, byte for byte."""
    names = [sorted(file.name for file in folder.glob("*.parquet")) for folder in (one, other)]
    return names[0] == names[1] and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names[0]
    )


def _played(experiment: str) -> object:
    """What an experiment file says about what is played; a damaged file is only itself."""
    try:
        played = without_terms(tomllib.loads(experiment))
    except tomllib.TOMLDecodeError:
        return experiment
    mind = played.get("mind")
    if isinstance(mind, dict) and isinstance(mind.get("model"), str):
        # A server may move between two sessions, and with it its address.
        played["mind"] = {**mind, "model": without_address(mind["model"])}
    # Keys that came later stand for what was played before there were any.
    if isinstance(design := played.get("design"), dict):
        played["design"] = {"placement": "random", **design}
    return {"personas": {"files": []}, **played}


def _is_left(file: Path) -> bool:
    """Whether this is an unfinished file of `write_whole`, or what locks others out."""
    return file.name.startswith((".experiment.", ".manifest.json.", _LOCK))


def write_whole(file: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a half.

    Raises:
        OSError: it cannot be written; the old file stays.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def cannot_write(path: Path, error: Exception) -> RecordError:
    """One clear line for a failed write."""
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    return RecordError(
        f"{path}: cannot be written: {reason}; free some space or choose another folder, then run"
        " the same command again"
    )
