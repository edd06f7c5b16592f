"""Usage: what a journal and the tables of runs say an experiment has taken."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from sim.calls import Journal
from sim.entries import Call, Failure, Fault
from sim.errors import RecordError
from sim.prices import Price
from sim.usage import usage

PRICE = Price("EUR", Decimal(1), Decimal("0.5"), Decimal(2))


def call(key: str, prompt: int | None, cached: int | None, completion: int | None) -> Call:
    return Call(key, "mock", {}, {}, prompt, completion, cached, 0.0, 0.25, 1)


async def journal(folder: Path, entries: Sequence[Call | Failure | Fault]) -> Path:
    path = folder / "calls.sqlite"
    made = Journal(path)
    await made.record(entries)
    made.close()
    return path


def run(folder: Path, name: str, contexts: Sequence[str | None], readout: str = "label") -> None:
    (folder / name).mkdir(parents=True)
    keys = [None if context is None else f"key of {context}" for context in contexts]
    frame = pl.DataFrame(
        {"prompt_sha256": contexts, "call_key": keys},
        schema={"prompt_sha256": pl.String, "call_key": pl.String},
    ).with_columns(readout=pl.lit(readout))
    frame.write_parquet(folder / name / "decisions.parquet")


async def test_contexts_are_distinct_over_all_runs_and_scripted_seats_have_none(
    tmp_path: Path,
) -> None:
    run(tmp_path / "runs", "one", ["a", "b", "a", None])
    run(tmp_path / "runs", "two", ["b", "c", "c"])
    run(tmp_path / "runs", ".unfinished", ["d"])
    entries = [call("1", 100, 60, 1), call("2", 100, 0, 1), call("3", 100, 90, 2)]
    found = usage(tmp_path / "runs", await journal(tmp_path, entries), PRICE)
    assert (found["decisions"], found["model_decisions"], found["contexts"]) == (7, 6, 3)
    assert (found["calls"], found["calls_per_decision"]) == (3, 0.5)
    assert (found["prompt_tokens"], found["cached_tokens"], found["new_tokens"]) == (300, 150, 150)
    assert (found["cached_share"], found["new_tokens_per_decision"]) == (0.5, 25.0)
    assert found["completion_tokens"] == 4
    # 150 at 1, 150 at 0.5 and 4 at 2: 233 millionths.
    assert found["cost"] == 0.000233
    assert found["price"] == {"currency": "EUR", "input": 1.0, "cached_input": 0.5, "output": 2.0}


async def test_samples_of_one_context_are_no_contexts_of_their_own(tmp_path: Path) -> None:
    run(tmp_path / "runs", "one", ["forward", "reversed", "forward"], "json")
    found = usage(tmp_path / "runs", await journal(tmp_path, []))
    assert found["contexts"] is None and found["prompts"] == 2


async def test_every_attempt_is_counted_and_every_fault_recovered_or_given_up(
    tmp_path: Path,
) -> None:
    entries = [
        Fault("1", "429", 0.0, 0.1, "slow down"),
        Fault("1", "429", 0.0, 0.1, "slow down"),
        call("1", 10, 0, 1),
        Fault("2", "429", 0.0, 0.1, "slow down"),
        Fault("2", "timeout", 0.0, 5.0, ""),
        Failure("3", "mock", {}, "too long", 1),
    ]
    found = usage(tmp_path / "runs", await journal(tmp_path, entries))
    assert [
        (each["kind"], each["faults"], each["recovered"], each["given_up"])
        for each in found["faults"]
    ] == [("429", 3, 2, 1), ("timeout", 1, 0, 1)]
    # One call, one request that will never be answered, and four faults.
    assert (found["requests"], found["failed_requests"]) == (6, 1)
    assert found["cost"] is None and found["price"] is None


async def test_what_the_endpoint_does_not_tell_is_null_and_never_0(tmp_path: Path) -> None:
    entries = [call("1", 100, None, 1), call("2", 100, 50, 1)]
    found = usage(tmp_path / "runs", await journal(tmp_path, entries), PRICE)
    assert (found["prompt_tokens"], found["completion_tokens"]) == (200, 2)
    assert found["cached_tokens"] is found["cached_share"] is found["new_tokens"] is None
    # Nothing is taken for cached: 200 at 1 and 2 at 2.
    assert found["cost"] == 0.000204


async def test_tokens_that_are_not_told_leave_the_cost_unknown(tmp_path: Path) -> None:
    entries = [call("1", None, None, None), call("2", 100, 50, 1)]
    found = usage(tmp_path / "runs", await journal(tmp_path, entries), PRICE)
    assert found["prompt_tokens"] is found["completion_tokens"] is found["cost"] is None
    assert found["calls"] == 2 and found["price"]["currency"] == "EUR"


async def test_what_has_no_denominator_is_null(tmp_path: Path) -> None:
    found = usage(tmp_path / "runs", await journal(tmp_path, []))
    assert found["decisions"] == found["calls"] == 0
    assert found["cached_share"] is None and found["calls_per_decision"] is None


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "calls.sqlite").write_text("not a journal")
    with pytest.raises(RecordError, match=r"calls\.sqlite: cannot be read"):
        usage(tmp_path / "runs", tmp_path / "calls.sqlite")
