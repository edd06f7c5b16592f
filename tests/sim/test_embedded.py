"""Claims about the embedded server: a child that serves a verified file and ends with us."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim import embedded
from sim.download import ensure, model_path
from sim.embedded import SLOT_TOKENS, EmbeddedServer, default_threads
from sim.errors import ChecksumError, EmbeddedServerError
from sim.registry import resolve

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
OWNER = """
import sys, time
from pathlib import Path
from sim.embedded import EmbeddedServer
server = EmbeddedServer.start(Path(sys.argv[1]), threads=1)
print(server.pid, flush=True)
time.sleep(60)
"""
FORKING_OWNER = """
import os, sys, time
from pathlib import Path
from sim.embedded import EmbeddedServer
server = EmbeddedServer.start(Path(sys.argv[1]), threads=1)
sibling = os.fork()
if sibling:
    print(server.pid, sibling, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def model_file() -> Path:
    return ensure(resolve("embedded"))


@pytest.fixture(scope="module")
def server(model_file: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer.start(model_file, threads=2) as started:
        yield started


def get(server: EmbeddedServer, path: str) -> Any:
    with urllib.request.urlopen(f"{server.base_url}/{path}", timeout=30) as reply:
        return json.load(reply)


def top_tokens(server: EmbeddedServer) -> list[tuple[int, float]]:
    """Ids and log-probabilities of the 50 likeliest next tokens after a fixed prompt."""
    body = {"prompt": "Once upon a time there was a small stream and I will" * 4, "max_tokens": 1}
    body |= {"logprobs": 50, "temperature": 0, "id_slot": 0}
    request = urllib.request.Request(
        f"{server.base_url}/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        step = json.load(reply)["choices"][0]["logprobs"]["content"][0]
    return [(token["id"], token["logprob"]) for token in step["top_logprobs"]]


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


def ends(pid: int, within_seconds: float = 20) -> bool:
    deadline = time.monotonic() + within_seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.model
def test_it_serves_the_model_on_loopback(server: EmbeddedServer) -> None:
    assert server.base_url.startswith("http://127.0.0.1:")
    assert server.base_url.endswith("/v1")
    assert [model["id"] for model in get(server, "models")["data"]] == [server.model]
    assert server.engine.startswith("xllamacpp 20")
    assert server.running


@pytest.mark.model
def test_every_slot_holds_its_tokens(server: EmbeddedServer) -> None:
    root = server.base_url.removesuffix("/v1")
    with urllib.request.urlopen(f"{root}/slots", timeout=30) as reply:
        slots = json.load(reply)
    assert [slot["n_ctx"] for slot in slots] == [SLOT_TOKENS] * server.slots


@pytest.mark.model
def test_a_second_server_runs_beside_it_with_other_threads_and_bitwise_equal_numbers(
    server: EmbeddedServer, model_file: Path
) -> None:
    first = top_tokens(server)
    with EmbeddedServer.start(model_file, threads=1, slots=4) as second:
        assert second.base_url != server.base_url
        assert top_tokens(second) == first
    assert len(first) == 50


@pytest.mark.model
def test_closing_ends_the_process_and_may_be_repeated(model_file: Path) -> None:
    server = EmbeddedServer.start(model_file)
    server.close()
    assert not alive(server.pid)
    assert not server.running
    server.close()


@pytest.mark.model
def test_it_outlives_the_thread_that_started_it(model_file: Path) -> None:
    started: list[EmbeddedServer] = []
    thread = threading.Thread(target=lambda: started.append(EmbeddedServer.start(model_file)))
    thread.start()
    thread.join()
    with started[0] as server:
        time.sleep(0.3)
        assert get(server, "models")["data"]


@pytest.mark.model
def test_it_ends_when_its_parent_is_killed(model_file: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(model_file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert alive(pid)
        owner.send_signal(signal.SIGKILL)
    assert ends(pid)


@LINUX
@pytest.mark.model
def test_a_forked_sibling_that_holds_its_pipe_does_not_keep_it_alive(model_file: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", FORKING_OWNER, str(model_file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    pid, sibling = (int(word) for word in owner.stdout.readline().split())
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    assert alive(sibling)
    assert ends(pid)
    os.kill(sibling, signal.SIGKILL)


@LINUX
@pytest.mark.model
def test_it_ends_when_its_parent_is_killed_while_the_model_loads(model_file: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(model_file)], cwd=ROOT, stdout=subprocess.PIPE
    )
    with owner:
        children = Path(f"/proc/{owner.pid}/task/{owner.pid}/children")
        deadline = time.monotonic() + 30
        while not (found := children.read_text().split()) and time.monotonic() < deadline:
            time.sleep(0.005)
        owner.send_signal(signal.SIGKILL)
    assert ends(int(found[0]))


@pytest.mark.model
def test_nothing_of_the_engine_reaches_our_output(model_file: Path) -> None:
    code = OWNER.replace("time.sleep(60)", "server.close()").replace("server.pid", "'mine'")
    done = subprocess.run(
        [sys.executable, "-c", code, str(model_file)], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr, done.returncode) == ("mine\n", "", 0)


@pytest.mark.model
def test_an_engine_that_was_killed_is_told(model_file: Path) -> None:
    with EmbeddedServer.start(model_file) as server:
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(EmbeddedServerError, match=r"ended \(signal 9\)"):
            server.wait()
        assert not server.running


@pytest.mark.model
def test_a_flipped_byte_is_refused_before_anything_starts(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = resolve("embedded")
    monkeypatch.setenv("CHARACTER_SOCIETIES_CACHE", str(tmp_path))
    copy = model_path(model)
    copy.parent.mkdir(parents=True)
    shutil.copyfile(model_file, copy)
    with copy.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ChecksumError, match=r"run `society models pull smollm2-135m-instruct"):
        ensure(model)


@pytest.mark.model
def test_a_port_that_is_taken_is_an_error(server: EmbeddedServer, model_file: Path) -> None:
    port = int(server.base_url.split(":")[2].split("/")[0])
    with pytest.raises(EmbeddedServerError, match="couldn't bind"):
        EmbeddedServer.start(model_file, port=port)


def test_a_damaged_model_file_is_an_error_and_no_hang(tmp_path: Path) -> None:
    file = tmp_path / "cut.gguf"
    file.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\x01" * 100)
    began = time.monotonic()
    with pytest.raises(EmbeddedServerError) as caught:
        EmbeddedServer.start(file)
    assert time.monotonic() - began < 20
    assert str(file) in str(caught.value) and "exit code 1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(EmbeddedServerError, match="no GGUF model file"):
        EmbeddedServer.start(file)


def test_a_missing_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"No such file .* `society models pull NAME`"):
        EmbeddedServer.start(tmp_path / "none.gguf")


@pytest.mark.parametrize(
    ("processors", "quota", "threads"),
    [
        (1, None, 1),
        (2, None, 2),
        (3, None, 2),
        (8, None, 4),
        (64, None, 8),
        (64, "200000 100000", 2),
        (64, "50000 100000", 1),
        (4, "max 100000", 2),
    ],
)
@LINUX
def test_threads_follow_processors_and_quota(
    processors: int,
    quota: str | None,
    threads: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "cpu.max"
    if quota is not None:
        file.write_text(quota + "\n")
    monkeypatch.setattr(embedded, "_QUOTA", file)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(processors)))
    assert default_threads() == threads
