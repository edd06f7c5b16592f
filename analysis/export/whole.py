"""An export as a folder of its own that appears whole, with a list of what is in it."""

import tempfile
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import tomli_w

from analysis.errors import AnalysisError
from analysis.export.inspect_logs import write_logs
from analysis.export.tables import write_tables
from analysis.folder import Folder

Format = Literal["csv", "jsonl", "parquet", "inspect"]
FORMATS: tuple[Format, ...] = get_args(Format)
CONTENTS = "export.toml"
"""The list of what is in an export; a folder that has one may be replaced by another export."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        out: the folder.
        rows: by file, without its ending: rows of a table, samples of a log.
    """

    out: Path
    rows: dict[str, int]


def export(folder: Folder, kind: Format, out: Path | None = None) -> Exported:
    """Write an experiment folder in another format.

    Args:
        folder: the experiment.
        kind: one of FORMATS.
        out: a new or empty folder, or one that holds an earlier export, which is replaced;
            `exports/KIND` inside the experiment folder if not given.

    Raises:
        AnalysisError: no run is there yet, or `out` holds something else or cannot be written.
        FolderError: a table cannot be read.
    """
    if not folder.runs:
        raise AnalysisError(f"{folder.path}: holds no whole run yet; go on with `society sweep`")
    target = folder.path / "exports" / kind if out is None else out
    rows: dict[str, int] = {}

    def write(draft: Path) -> None:
        if kind == "inspect":
            rows.update(write_logs(folder, draft))
        else:
            rows.update(write_tables(folder, kind, draft))
        about = {"format": kind, "runs": len(folder.runs), "rows": rows}
        (draft / CONTENTS).write_text(tomli_w.dumps(about), encoding="utf-8")

    _write_whole(target, write)
    return Exported(target, rows)


def _write_whole(out: Path, write: Callable[[Path], object]) -> None:
    """Write into a temporary folder beside `out`, then put it in its place."""
    _check_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as place:
            draft = Path(place) / "new"
            draft.mkdir()
            write(draft)
            if out.exists():
                out.rename(Path(place) / "old")
            draft.rename(out)
    except OSError as error:
        problem = error.strerror or str(error)
        raise AnalysisError(
            f"{out}: cannot be written ({problem}); choose another folder with --out"
        ) from None


def _check_free(out: Path) -> None:
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or _is_export(out)):
        return
    what = "holds other files" if out.is_dir() else "is no folder"
    raise AnalysisError(f"{out}: {what}; choose a new folder with --out")


def _is_export(out: Path) -> bool:
    with suppress(OSError, ValueError):
        about = tomllib.loads((out / CONTENTS).read_text(encoding="utf-8"))
        return about.get("format") in FORMATS and "rows" in about
    return False
