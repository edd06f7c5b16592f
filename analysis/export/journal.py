"""What a model was told and what it said, by the key of the recorded call."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import FolderError

JOURNAL = "calls.sqlite"
_USER = "user"
_CALL = "SELECT request, started FROM calls WHERE key = ?"


@dataclass(frozen=True, slots=True)
class Told:
    """A recorded call.

    Attributes:
        messages: role and words, in order; a continuation is one message of the user.
        started: when it was sent, in seconds since the epoch.
    """

    messages: tuple[tuple[str, str], ...]
    started: float

    @property
    def length(self) -> int:
        """Characters of all messages."""
        return sum(len(words) for _, words in self.messages)


def read_calls(journal: Path, keys: Iterable[str]) -> dict[str, Told]:
    """What was told in recorded calls; those that are not there are left out.

    Args:
        journal: calls.sqlite, opened read-only; an absent one holds nothing.
        keys: of the calls.

    Raises:
        FolderError: the journal cannot be read.
    """
    if not journal.is_file():
        return {}
    found = {}
    try:
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            for key in sorted(set(keys)):
                row = opened.execute(_CALL, (key,)).fetchone()
                if row is not None and (messages := tuple(_messages(json.loads(row[0])))):
                    found[key] = Told(messages, row[1])
    except (sqlite3.Error, ValueError) as error:
        raise FolderError(f"{journal}: cannot be read: {error}") from None
    return found


def _messages(request: object) -> Iterator[tuple[str, str]]:
    if not isinstance(request, Mapping):
        return
    if isinstance(prompt := request.get("prompt"), str):
        yield _USER, whole(prompt)
    for each in request.get("messages") or ():
        yield from _message(each)


def _message(each: object) -> Iterator[tuple[str, str]]:
    if isinstance(each, Mapping) and isinstance(content := each.get("content"), str):
        yield str(each.get("role") or _USER), whole(content)


def whole(text: str) -> str:
    """The text as it can be written in UTF-8: halves of a character become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sendable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Any value as strict JSON has it: numbers that are not finite become null."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {whole(str(key)): sendable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(each) for each in value]
    return whole(value) if isinstance(value, str) else value
