"""What several packages' tests share: a scripted completer, an endpoint, and the real command."""

import asyncio
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest

ROOT = Path(__file__).parent.parent
CANARY = "sk-canary-7f3a91-never-to-be-written"


@dataclass
class FakeCompleter:
    """A completer whose log-probabilities come from a function of the request.

    Attributes:
        answer: gives log-probabilities in the order of the request's alternatives; may raise.
        gate: when given, every request waits until it is set.
        asked: every request, in order of arrival.
    """

    answer: Callable[[Request], Sequence[float | None]]
    gate: asyncio.Event | None = None
    asked: list[Request] = field(default_factory=list)
    name: str = "fake"

    async def capabilities(self) -> Capabilities:
        return Capabilities(cloze=True, label=True, top_logprobs=20)

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        self.asked.append(request)
        number = len(self.asked)
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        values = tuple(self.answer(request))
        level = "bounded" if None in values else "exact"
        return Scores(
            values, level, (f"call-{number}",), 10, 1, "no idea" if None in values else ""
        )

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        raise AssertionError("this completer only scores")


@dataclass(frozen=True)
class MockEndpoint:
    """A running `tests/mock_openai.py`."""

    root: str

    @property
    def model(self) -> str:
        return f"{self.root}/v1#mock"

    def configure(self, **settings: object) -> None:
        """Change its settings; it forgets what it was asked."""
        body = json.dumps(settings).encode()
        _fetch(urllib.request.Request(f"{self.root}/config", body, method="POST"))

    def log(self) -> Mapping[str, Any]:
        """What was asked (digests of messages), faults made, and peak of requests in flight."""
        return _fetch(urllib.request.Request(f"{self.root}/log"))


def _fetch(request: urllib.request.Request) -> Mapping[str, Any]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        found: Mapping[str, Any] = json.load(reply)
        return found


@pytest.fixture
def fake_completer() -> type[FakeCompleter]:
    return FakeCompleter


@pytest.fixture(scope="session")
def _mock_process() -> Iterator[MockEndpoint]:
    command = [sys.executable, str(ROOT / "tests" / "mock_openai.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield MockEndpoint(process.stdout.readline().strip())
        finally:
            process.kill()


@pytest.fixture
def endpoint(_mock_process: MockEndpoint) -> MockEndpoint:
    _mock_process.configure()
    return _mock_process


@dataclass(frozen=True)
class Command:
    """`python -m sim ...` in a folder, with a canary for a key and no way out to the network."""

    folder: Path

    def start(self, *arguments: object, **variables: str) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name}
        environment |= {"OPENAI_API_KEY": CANARY, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        return subprocess.Popen(
            [sys.executable, "-m", "sim", *map(str, arguments)],
            cwd=self.folder,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: object, **variables: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, **variables) as process:
            out, err = process.communicate(timeout=120)
        assert CANARY not in out + err
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def society(tmp_path: Path) -> Iterator[Command]:
    """The real command; afterwards no file below its folder may hold the key."""
    yield Command(tmp_path)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file


@pytest.fixture
def digest_of() -> Callable[[object], str]:
    """The digest by which the mock endpoint logs messages."""

    def digest(messages: object) -> str:
        return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()

    return digest


@pytest.fixture
def axelrod_library(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`tests/fake_axelrod.py` in the place of the Axelrod library."""
    spec = importlib.util.spec_from_file_location("axelrod", ROOT / "tests" / "fake_axelrod.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "axelrod", module)
    return module
