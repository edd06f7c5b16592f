"""The journal of calls: every request to a model and its reply, durable before it is used.

One SQLite file in write-ahead mode. Calls that belong together (the steps of one scoring) are
written in one transaction, and transactions of concurrent askers share one commit. The journal is
the source of truth for resume, replay and audit.
"""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import RecordError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    reply TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    started REAL NOT NULL,
    seconds REAL NOT NULL,
    attempts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded request and what came back.

    Attributes:
        key: SHA-256 of the canonical request and the model's identity.
        model: the model's identity: its name, and its file's hash where there is one.
        request: path and body of the request.
        reply: the parts of the reply that anything depends on.
        prompt_tokens: tokens of the prompt.
        completion_tokens: tokens generated.
        cached_tokens: tokens of the prompt that the server did not have to read again.
        started: seconds since the epoch.
        seconds: time to the reply, retries included.
        attempts: how often it was sent, at least 1.
    """

    key: str
    model: str
    request: Mapping[str, Any]
    reply: Mapping[str, Any]
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    started: float
    seconds: float
    attempts: int


def call_key(model: str, request: Mapping[str, Any]) -> str:
    """SHA-256 of a request to a model, independent of the order of its keys."""
    canonical = json.dumps([model, request], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Journal:
    """The calls of one experiment folder."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal.

        Raises:
            RecordError: the file is not a journal or cannot be written.
        """
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise RecordError(f"{path}: cannot be used as a journal of calls: {error}") from None
        self._pending: list[Call] = []
        self._commit: asyncio.Future[None] | None = None

    def find(self, key: str) -> Call | None:
        """A recorded call, or None."""
        row = self._run("SELECT * FROM calls WHERE key = ?", key).fetchone()
        if row is None:
            return None
        key, model, request, reply, *numbers = row
        return Call(key, model, json.loads(request), json.loads(reply), *numbers)

    async def record(self, calls: Sequence[Call]) -> None:
        """Make calls durable, all or none; returns when they are.

        Raises:
            RecordError: the disk is full or the file cannot be written.
        """
        self._pending.extend(calls)
        if self._commit is None:
            self._commit = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(self._write)
        await asyncio.shield(self._commit)

    def remember(self, name: str, value: object) -> None:
        """Keep a fact about the endpoint, such as what it was found able to do.

        Raises:
            RecordError: the disk is full or the file cannot be written.
        """
        text = json.dumps(value, sort_keys=True)
        self._run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, text)

    def recalled(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON was remembered
        """A remembered fact, or None."""
        row = self._run("SELECT value FROM facts WHERE name = ?", name).fetchone()
        return None if row is None else json.loads(row[0])

    def totals(self) -> Mapping[str, int | float]:
        """Recorded calls and the sums of their tokens and seconds."""
        columns = ("prompt_tokens", "completion_tokens", "cached_tokens", "seconds")
        sums = ", ".join(f"COALESCE(SUM({column}), 0)" for column in columns)
        row = self._run(f"SELECT COUNT(*), {sums} FROM calls").fetchone()
        return dict(zip(("calls", *columns), row, strict=True))

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._connection.close()

    def _run(self, statement: str, *values: str) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._fault(error) from None

    def _fault(self, error: sqlite3.Error) -> RecordError:
        return RecordError(
            f"{self._path}: cannot be written: {error}; free some space or mend the file, then run"
            " the same command again"
        )

    def _write(self) -> None:
        calls, commit = self._pending, self._commit
        self._pending, self._commit = [], None
        if commit is None or commit.done():
            return
        try:
            self._insert(calls)
        except sqlite3.Error as error:
            commit.set_exception(self._fault(error))
        else:
            commit.set_result(None)

    def _insert(self, calls: Sequence[Call]) -> None:
        rows = [
            (
                call.key,
                call.model,
                json.dumps(call.request, ensure_ascii=False),
                json.dumps(call.reply, ensure_ascii=False),
                call.prompt_tokens,
                call.completion_tokens,
                call.cached_tokens,
                call.started,
                call.seconds,
                call.attempts,
            )
            for call in calls
        ]
        self._connection.execute("BEGIN")
        try:
            self._connection.executemany(
                "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
