"""What tests of characters share: prompts kept word for word, and a model that speaks a script."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest

_GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with the one on file; `UPDATE_GOLDENS=1` writes the files anew."""

    def compare(name: str, text: str) -> None:
        file = _GOLDEN / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDENS"):
            file.write_text(text, encoding="utf-8")
        if not file.exists():
            pytest.fail(f"no {file}: UPDATE_GOLDENS=1 writes it; read it before you keep it")
        assert text == file.read_text(encoding="utf-8")

    return compare


@dataclass
class Speaker:
    """A model that says what a function of the request says, and scores alternatives likewise.

    Attributes:
        words: what it says; a Speech, or a text; an exception is raised.
        scores: log-probabilities in the order of the request's alternatives.
        able: what it can do.
        asked: every request, in order of arrival.
    """

    words: Callable[[SpeechRequest], str | Speech | Exception] = lambda request: ""
    scores: Callable[[Request], Sequence[float | None]] = lambda request: (-1.0, -2.0)
    able: Capabilities = field(default_factory=lambda: Capabilities(True, True, 20))
    asked: list[Request | SpeechRequest] = field(default_factory=list)
    name: str = "speaker"

    async def capabilities(self) -> Capabilities:
        return self.able

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        self.asked.append(request)
        values = tuple(self.scores(request))
        key = f"score-{len(self.asked)}"
        return Scores(values, "top", (key,), 10, 1, "no letter" if None in values else "")

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        self.asked.append(request)
        said = self.words(request)
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Speech):
            return said
        return Speech(said, False, False, (f"say-{len(self.asked)}",), 20, 5)


@pytest.fixture
def speaker() -> type[Speaker]:
    return Speaker
