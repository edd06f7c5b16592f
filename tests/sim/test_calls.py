"""Claims about the journal: what is recorded is durable, whole, and found again."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sim.calls import Journal
from sim.entries import Call, Failure, Fault, call_key
from sim.errors import RecordError

ROOT = Path(__file__).parent.parent.parent


def call(key: str, text: str = "A") -> Call:
    reply = {"text": text, "top": [["A", -0.25], ["\u2019", -1.5]]}
    return Call(key, "model", {"kind": "chat", "n": 1}, reply, 10, 1, 0, 100.0, 0.5, 2)


def test_the_key_does_not_depend_on_the_order_of_keys() -> None:
    one = call_key("m", {"a": 1, "b": {"c": [1, 2], "d": "x"}})
    assert one == call_key("m", {"b": {"d": "x", "c": [1, 2]}, "a": 1})


def test_the_key_depends_on_everything_else() -> None:
    requests = [{"a": 1}, {"a": "1"}, {"a": 2}, {"a": 1, "b": None}, {"a": [1]}, {"b": 1}]
    keys = {call_key(model, request) for model in ("m", "n") for request in requests}
    assert len(keys) == 12


async def test_a_call_is_found_as_it_was_after_reopening(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    await journal.record([call("one")])
    journal.close()
    again = Journal(tmp_path / "calls.sqlite")
    assert again.find("one") == call("one")
    assert again.find("two") is None
    again.close()
    assert [file.name for file in tmp_path.iterdir()] == ["calls.sqlite"]  # the log is folded in


async def test_the_first_reply_to_a_call_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    await journal.record([call("one", "A")])
    await journal.record([call("one", "B")])
    found = journal.find("one")
    assert found is not None and found.reply["text"] == "A"
    assert journal.totals()["calls"] == 1
    journal.close()


async def test_totals_are_sums_and_facts_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    assert journal.totals() == {
        "calls": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cached_tokens": 0,
        "seconds": 0,
    }
    await journal.record([call("one"), call("two")])
    assert journal.totals()["prompt_tokens"] == 20
    assert journal.totals()["seconds"] == 1.0
    journal.remember("able", {"top": 20})
    journal.close()
    again = Journal(tmp_path / "calls.sqlite")
    assert again.recalled("able") == {"top": 20}
    assert again.recalled("other") is None
    again.close()


async def test_concurrent_records_share_a_commit_and_all_arrive(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    statements: list[str] = []
    journal._writer.set_trace_callback(statements.append)
    await asyncio.gather(*(journal.record([call(f"{n}")]) for n in range(50)))
    assert statements.count("COMMIT") == 1
    assert journal.totals()["calls"] == 50
    journal.close()


async def test_what_comes_in_during_a_commit_shares_the_next_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    statements: list[str] = []
    journal._writer.set_trace_callback(statements.append)
    first = asyncio.create_task(journal.record([call("first")]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.gather(first, *(journal.record([call(f"{n}")]) for n in range(50)))
    assert statements.count("COMMIT") == 2
    assert journal.totals()["calls"] == 51
    journal.close()


async def test_faults_and_failures_are_kept_beside_the_calls(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    failed = Failure("bad", "model", {"kind": "chat"}, "HTTP 400: too long", 1)
    faults = [Fault("one", "429", 1.0, 0.5, "slow down"), Fault("one", "timeout", 2.0, 60.0, "")]
    assert journal.failure("bad") is None
    await journal.record([*faults, call("one"), failed])
    assert journal.failure("bad") == "HTTP 400: too long"
    journal.close()
    again = Journal(tmp_path / "calls.sqlite")
    assert again.failure("bad") == "HTTP 400: too long"
    assert again.totals()["calls"] == 1
    again.close()
    with sqlite3.connect(tmp_path / "calls.sqlite") as connection:
        kinds = connection.execute("SELECT key, kind FROM faults ORDER BY at").fetchall()
    connection.close()
    assert kinds == [("one", "429"), ("one", "timeout")]


async def test_closing_writes_what_still_waits(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    waiting = [asyncio.create_task(journal.record([call(f"{n}")])) for n in range(3)]
    await asyncio.sleep(0)
    journal.close()
    for task in waiting:
        task.cancel()
    again = Journal(tmp_path / "calls.sqlite")
    assert again.totals()["calls"] == 3
    again.close()


async def test_nobody_waits_for_a_journal_that_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    journal.close()
    with pytest.raises(RecordError, match="closed"):
        await asyncio.wait_for(journal.record([call("one")]), 5)


def test_a_loop_that_ended_in_between_keeps_no_later_one_waiting(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")

    async def interrupted() -> None:
        waiting = asyncio.create_task(journal.record([call("one")]))
        await asyncio.sleep(0)
        waiting.cancel()

    async def later() -> None:
        await asyncio.wait_for(journal.record([call("two")]), 5)

    asyncio.run(interrupted())
    asyncio.run(later())
    asyncio.run(later())
    assert journal.find("one") == call("one") and journal.find("two") == call("two")
    journal.close()


async def test_a_cancelled_recorder_does_not_undo_what_others_record(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    one = asyncio.create_task(journal.record([call("one")]))
    two = asyncio.create_task(journal.record([call("two")]))
    await asyncio.sleep(0)
    one.cancel()
    await two
    assert journal.find("two") == call("two")
    assert journal.find("one") == call("one")
    journal.close()


_WRITER = """
import asyncio, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from sim.calls import Journal
from sim.entries import Call
async def main():
    journal = Journal(Path(sys.argv[1]))
    made = [Call(f"{{n}}", "m", {{}}, {{"top": []}}, 1, 1, 0, 0.0, 0.0, 1) for n in range(3)]
    await journal.record(made)
    print("recorded", flush=True)
    time.sleep(60)
asyncio.run(main())
"""


def test_a_recorded_call_outlives_a_kill_right_after_it_was_recorded(tmp_path: Path) -> None:
    file = tmp_path / "calls.sqlite"
    command = [sys.executable, "-c", _WRITER.format(root=str(ROOT)), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "recorded\n"
        writer.send_signal(signal.SIGKILL)
    journal = Journal(file)
    assert journal.totals()["calls"] == 3
    assert all(journal.find(f"{number}") for number in range(3))
    journal.close()


async def test_calls_of_one_record_are_kept_all_or_none(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    # The second row breaks the table's own rule.
    broken = Call("two", None, {}, {}, 1, 1, 0, 0.0, 0.0, 1)  # type: ignore[arg-type]
    journal._connection.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON calls WHEN NEW.key = 'two'"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    with pytest.raises(RecordError, match="no room"):
        await journal.record([call("one"), broken])
    assert journal.find("one") is None
    await journal.record([call("three")])  # and it goes on afterwards
    assert journal.find("three") is not None
    journal.close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 3])
def test_a_file_that_is_no_journal_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "calls.sqlite").write_bytes(content)
    with pytest.raises(RecordError, match=r"calls\.sqlite.*cannot be used as a journal"):
        Journal(tmp_path / "calls.sqlite")
    with pytest.raises(RecordError, match="cannot be used as a journal"):
        Journal(tmp_path / "nowhere" / "calls.sqlite")


async def test_a_disk_without_room_is_one_clear_error_for_calls_and_facts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    for connection in (journal._connection, journal._writer):
        connection.execute(f"PRAGMA max_page_count = {pages}")
    large = "x" * 100_000
    with pytest.raises(RecordError, match=r"calls\.sqlite: cannot be written: .*full"):
        await journal.record([call("one", large)])
    with pytest.raises(RecordError, match=r"calls\.sqlite: cannot be written: .*full"):
        journal.remember("able", large)
    assert journal.totals()["calls"] == 0
    journal.close()


async def test_the_journal_can_be_read_with_any_sqlite(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    await journal.record([call("one")])
    journal.close()
    with sqlite3.connect(tmp_path / "calls.sqlite") as connection:
        ((request, reply),) = connection.execute("SELECT request, reply FROM calls").fetchall()
    connection.close()
    assert json.loads(request) == {"kind": "chat", "n": 1}
    assert json.loads(reply)["top"] == [["A", -0.25], ["\u2019", -1.5]]
