"""Writing result files: whole or not at all, with one clear line where that fails."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from analysis.errors import AnalysisError


def write_whole(out: Path, write: Callable[[Path], object]) -> Path:
    """Write to a temporary file beside `out`, then put it in its place.

    Args:
        out: the file; its folder is made where missing. Devices and pipes are written directly.
        write: writes the path it is given.

    Returns:
        `out`.

    Raises:
        AnalysisError: the file cannot be written.
    """
    try:
        if out.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if out.exists() and not out.is_file():
            write(out)
            return out
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-")
        os.close(handle)
        draft = Path(name)
        try:
            write(draft)
            draft.chmod(0o666 & ~_mask())
            draft.replace(out)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except OSError as error:
        raise unwritable(out, error) from None
    return out


def unwritable(out: Path, error: OSError) -> AnalysisError:
    """What to tell where a file cannot be written."""
    problem = error.strerror or str(error)
    return AnalysisError(f"{out}: cannot be written ({problem}); choose another file with --out")


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
