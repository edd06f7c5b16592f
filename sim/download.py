"""A registered model's file on this machine: present, whole and the right one, or an error.

A file appears under its name only after its SHA-256 was found right, by one rename. It is read
in full again each time it is asked for, so that no flipped byte goes unseen.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from sim.errors import ChecksumError, DownloadError
from sim.registry import RegisteredModel
from sim.sources import Fetched, Progress, fetch

CACHE_VARIABLE = "CHARACTER_SOCIETIES_CACHE"
_BLOCK_BYTES = 1 << 22


def silent(label: str, done_bytes: int, total_bytes: int) -> None:
    """Progress that nobody sees."""


def cache_folder() -> Path:
    """Where model files are kept: the variable CHARACTER_SOCIETIES_CACHE, else the user's cache."""
    return Path(os.environ.get(CACHE_VARIABLE) or user_cache_dir("character-societies"))


def model_path(model: RegisteredModel) -> Path:
    """Where the file of a model is, or will be."""
    return cache_folder() / "models" / model.name / model.file_name


def ensure(
    model: RegisteredModel, *, force: bool = False, progress: Progress | None = None
) -> Path:
    """The verified file of a model; downloaded if it is not there.

    Args:
        model: which.
        force: download again, even over a good file.
        progress: told how far each step is.

    Returns:
        A file whose SHA-256 was found right just now.

    Raises:
        ChecksumError: the file, here or as downloaded, is not the registered one.
        DownloadError: the file could not be fetched or stored.
    """
    tell = progress or silent
    path = model_path(model)
    try:
        if not force and _is_there(model, path):
            return _verified(model, path, tell)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(model, path, tell):
            # Another process may have fetched it while this one waited.
            if not force and _is_there(model, path):
                return _verified(model, path, tell)
            return _download(model, path, tell, fresh=force)
    except OSError as error:
        raise DownloadError(_storage_failure(path, error)) from error


def file_sha256(path: Path, label: str = "", progress: Progress = silent) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits; about 0.3 s for 100 MB."""
    total = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            progress(label, file.tell(), total)
    return digest.hexdigest()


def _download(model: RegisteredModel, path: Path, progress: Progress, *, fresh: bool) -> Path:
    staging = path.parent / "part"
    shutil.rmtree(staging, ignore_errors=True)  # What a killed download left.
    staging.mkdir()
    try:
        fetched = fetch(model, staging, progress, fresh=fresh)
        digest = file_sha256(fetched.path, f"verifying {model.name}", progress)
        expected = model.sha256 or _announced(fetched)
        if expected is not None and digest != expected:
            raise ChecksumError(
                f"the file that {model.source} serves for {model.name} does not have the registered"
                f" SHA-256 ({expected[:12]}..., but {digest[:12]}...) and was discarded:"
                f" run `society models pull {model.name} --force`, or use another index or endpoint"
            )
        _publish(fetched.path, path, digest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return path


def _announced(fetched: Fetched) -> str | None:
    """The hub announces a SHA-256 for large files, for small ones a digest of another kind."""
    announced = fetched.announced or ""
    return announced if re.fullmatch("[0-9a-f]{64}", announced) else None


def _publish(source: Path, path: Path, digest: str) -> None:
    record = source.with_name("digest")
    record.write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    for written in (record, source):
        with written.open("rb+") as file:
            os.fsync(file.fileno())
    record.replace(_record_of(path))
    source.replace(path)


def _verified(model: RegisteredModel, path: Path, progress: Progress) -> Path:
    expected = model.sha256 or _record_of(path).read_text(encoding="utf-8").split()[0]
    digest = file_sha256(path, f"verifying {model.name}", progress)
    if digest != expected:
        raise ChecksumError(
            f"model file {path} does not have the registered SHA-256"
            f" ({expected[:12]}..., but {digest[:12]}...):"
            f" run `society models pull {model.name} --force`"
        )
    return path


def _is_there(model: RegisteredModel, path: Path) -> bool:
    return path.is_file() and (model.sha256 is not None or _record_of(path).is_file())


def _record_of(path: Path) -> Path:
    """The file that keeps a model file's SHA-256, in the format of `sha256sum`."""
    return path.with_name(f"{path.name}.sha256")


@contextmanager
def _alone(model: RegisteredModel, path: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock of this model; it is released by the system when its holder is killed."""
    lock = FileLock(path.with_name("lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"waiting for another download of {model.name}", 0, model.size_bytes)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _storage_failure(path: Path, error: OSError) -> str:
    remedy = f"set {CACHE_VARIABLE} to a folder that can be written"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = f"free some space or set {CACHE_VARIABLE} to a folder on another disk"
    return f"cannot keep the model file {path}: {error.strerror or error}: {remedy}"
