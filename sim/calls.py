"""The journal of calls: every request to a model and its reply, durable before it is used.

One SQLite file in write-ahead mode. Calls that belong together (the steps of one scoring) are
written in one transaction, and what comes in while one transaction is being written goes into the
next one, so that a thousand askers share a few commits. The journal is the source of truth for
resume, replay and audit. Beside the calls it keeps every attempt that met a fault, and the requests
that will never be answered.
"""

import asyncio
import json
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.entries import Call, Entry, Failure, Fault
from sim.errors import RecordError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    reply TEXT NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    started REAL NOT NULL,
    seconds REAL NOT NULL,
    attempts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    error TEXT NOT NULL,
    attempts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    at REAL NOT NULL,
    seconds REAL NOT NULL,
    said TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_INSERTS: Mapping[type[Entry], str] = {
    Call: "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    Failure: "INSERT OR IGNORE INTO failures VALUES (?, ?, ?, ?, ?)",
    Fault: "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
}
_LOCKED_SECONDS = 30.0


@dataclass
class _Batch:
    """What goes into one transaction, and who waits for it."""

    entries: list[Entry] = field(default_factory=list)
    written: "asyncio.Future[None] | None" = None


class Journal:
    """The calls of one experiment folder."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal.

        Raises:
            RecordError: the file is not a journal or cannot be written.
        """
        self._path = path
        opened: list[sqlite3.Connection] = []
        try:
            # Two, so that who reads never waits for the disk.
            for _ in range(2):
                opened.append(self._connect())
                _prepare(opened[-1])
            self._connection, self._writer = opened
            found = self._connection.execute("SELECT key, error FROM failures").fetchall()
        except sqlite3.Error as error:
            for connection in opened:
                connection.close()
            raise RecordError(f"{path}: cannot be used as a journal of calls: {error}") from None
        self._failures: dict[str, str] = dict(found)
        self._thread = ThreadPoolExecutor(1, "journal")
        self._batch = _Batch()
        self._busy = self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def find(self, key: str) -> Call | None:
        """A recorded call, or None."""
        row = self._run("SELECT * FROM calls WHERE key = ?", key).fetchone()
        if row is None:
            return None
        key, model, request, reply, *numbers = row
        return Call(key, model, json.loads(request), json.loads(reply), *numbers)

    def failure(self, key: str) -> str | None:
        """Why a request will never be answered; None where that is not known."""
        return self._failures.get(key)

    async def record(self, entries: Sequence[Entry]) -> None:
        """Make entries durable, all or none; returns when they are.

        Raises:
            RecordError: the disk is full or the file cannot be written, or it is closed.
        """
        if not entries:
            return
        if self._is_closed:
            raise RecordError(f"{self._path}: is closed, and nothing more is recorded")
        if self._loop is not None and self._loop.is_closed():
            # Whoever waited on that loop is gone; what waited to be written is not.
            self._batch, self._busy = _Batch(self._batch.entries), False
        self._loop = asyncio.get_running_loop()
        batch = self._batch
        batch.entries.extend(entries)
        if batch.written is None:
            batch.written = self._loop.create_future()
        if not self._busy:
            # Soon, so that whatever arrives in this turn of the loop goes along.
            self._busy = True
            self._loop.call_soon(self._begin)
        await asyncio.shield(batch.written)

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
        """Write what still waits, fold the write-ahead log into the file and close it."""
        self._is_closed = True
        self._thread.shutdown()
        try:
            _insert(self._writer, self._batch.entries)
        except sqlite3.Error as error:
            raise self._fault(error) from None
        finally:
            self._batch = _Batch()
            self._writer.close()
            self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, timeout=_LOCKED_SECONDS, isolation_level=None, check_same_thread=False
        )

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

    def _begin(self) -> None:
        """Write the batch in the journal's thread; another one gathers meanwhile."""
        if not self._batch.entries:  # Closing has written it already.
            return
        batch, self._batch, self._busy = self._batch, _Batch(), True
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._thread, _insert, self._writer, batch.entries)
        writing.add_done_callback(lambda done: self._ended(batch, done))

    def _ended(self, batch: _Batch, done: "asyncio.Future[None]") -> None:
        self._busy = False
        error = done.exception()
        if error is None:
            failures = (entry for entry in batch.entries if isinstance(entry, Failure))
            self._failures.update((failure.key, failure.error) for failure in failures)
        if batch.written is not None and not batch.written.done():
            if isinstance(error, sqlite3.Error):
                batch.written.set_exception(self._fault(error))
            elif error is not None:
                batch.written.set_exception(error)
            else:
                batch.written.set_result(None)
        if self._batch.entries:
            self._begin()


def _insert(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Write entries in one transaction."""
    if not entries:
        return
    # Commits; or rolls back whatever goes wrong, so that the next transaction begins afresh.
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for kind, statement in _INSERTS.items():
            rows = [entry.row() for entry in entries if isinstance(entry, kind)]
            if rows:
                connection.executemany(statement, rows)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # A commit is on the disk when it returns, also if the power fails then.
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(_SCHEMA)
