"""What an experiment has taken so far, over all its sessions: from its journal and its tables."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from agents.readouts import SAMPLED
from sim.errors import RecordError
from sim.prices import Price

_CALLS = """
SELECT COUNT(*),
    CASE WHEN COUNT(prompt_tokens) = COUNT(*) THEN COALESCE(SUM(prompt_tokens), 0) END,
    CASE WHEN COUNT(completion_tokens) = COUNT(*) THEN COALESCE(SUM(completion_tokens), 0) END,
    CASE WHEN COUNT(cached_tokens) = COUNT(*) THEN COALESCE(SUM(cached_tokens), 0) END,
    COALESCE(SUM(seconds), 0.0) FROM calls
"""
_CALLS_KEYS = ("calls", "prompt_tokens", "completion_tokens", "cached_tokens", "seconds")
_FAULTS = """
SELECT kind, COUNT(*), SUM(calls.key IS NOT NULL), SUM(calls.key IS NULL), SUM(faults.seconds)
FROM faults LEFT JOIN calls ON calls.key = faults.key GROUP BY kind ORDER BY kind
"""
_FAULTS_KEYS = ("kind", "faults", "recovered", "given_up", "seconds")


def usage(runs: Path, journal: Path, price: Price | None = None) -> dict[str, Any]:
    """Decisions, contexts, calls, tokens, faults and cost.

    Every request that was answered is one call; every attempt without a usable answer is a fault;
    a request that will never be answered is a failed request. What probing the endpoint took is
    not in it. Prompts are those that decisions rest on, and with samples they stand in for the
    contexts, whose number is not known then. What an endpoint does not tell of every call is None;
    the cost then takes no token for cached.

    Args:
        runs: the folder of whole runs.
        journal: the journal of calls.
        price: of the model's tokens; None where nobody said.

    Raises:
        RecordError: the journal cannot be read.
    """
    try:
        address = f"{journal.absolute().as_uri()}?mode=ro"  # Folders may be called "#1".
        with closing(sqlite3.connect(address, uri=True)) as connection:
            calls = dict(zip(_CALLS_KEYS, connection.execute(_CALLS).fetchone(), strict=True))
            faults = [
                dict(zip(_FAULTS_KEYS, row, strict=True)) for row in connection.execute(_FAULTS)
            ]
            ((failed,),) = connection.execute("SELECT COUNT(*) FROM failures").fetchall()
    except sqlite3.Error as error:
        raise RecordError(f"{journal}: cannot be read: {error}") from None
    decided = _decided(runs)
    new_tokens = _less(calls["prompt_tokens"], calls["cached_tokens"])
    by_model = decided["model_decisions"] or 0
    return {
        **decided,
        **calls,
        "new_tokens": new_tokens,
        "cached_share": _ratio(calls["cached_tokens"], calls["prompt_tokens"]),
        "calls_per_decision": _ratio(calls["calls"], by_model),
        "new_tokens_per_decision": _ratio(new_tokens, by_model),
        "failed_requests": failed,
        "requests": calls["calls"] + failed + sum(fault["faults"] for fault in faults),
        "faults": faults,
        **_cost(calls, price),
    }


def _decided(runs: Path) -> dict[str, int | None]:
    """Decisions of whole runs, those that a model answered, and what it was put for them."""
    if next(runs.glob("[!.]*/decisions.parquet"), None) is None:
        return {"decisions": 0, "model_decisions": 0, "contexts": 0, "prompts": 0}
    decisions, answered, prompts, readouts = (
        pl.scan_parquet(runs / "[!.]*" / "decisions.parquet")
        .select(
            pl.len().alias("decisions"),
            pl.col("call_key").is_not_null().sum().alias("answered"),
            pl.col("prompt_sha256").drop_nulls().n_unique().alias("prompts"),
            pl.col("readout").unique().implode().alias("readouts"),
        )
        .collect()
        .row(0)
    )
    # Samples of one context differ in the order of mention, or in what was thought before, and the
    # tables do not tell which of them are of one context.
    contexts = None if SAMPLED & set(readouts) else prompts
    return {
        "decisions": decisions,
        "model_decisions": answered,
        "contexts": contexts,
        "prompts": prompts,
    }


def _cost(calls: Mapping[str, Any], price: Price | None) -> dict[str, Any]:
    """The cost, and by which price; null where there is none, or where tokens are not told."""
    if price is None:
        return {"cost": None, "price": None}
    prompt, completion = calls["prompt_tokens"], calls["completion_tokens"]
    cost = None
    if prompt is not None and completion is not None:
        cost = float(price.cost(prompt, calls["cached_tokens"] or 0, completion))
    amounts = {
        "input": float(price.input),
        "cached_input": float(price.cached_input),
        "output": float(price.output),
    }
    return {"cost": cost, "price": {"currency": price.currency, **amounts}}


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def _ratio(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None
