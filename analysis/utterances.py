"""What characters said and thought in their own words, from the tables of a run.

- message: what was said to others in own words (`mind.speech = "words"`); where sayings are told in
  the wording's phrases, the words are the wording's and no character's.
- thought: what `deliberate` had a character say before its choice.
- reason: the reason of a `json` answer.
- answer: a free answer (`sample`), without its line that declares the choice.

An utterance counts once for each time somebody said it: what is said to several listeners at once
is one, and so is a thought that serves several equal choices of a round.
"""

import json
import re
from collections.abc import Mapping

import polars as pl

BETWEEN_TEXTS = "\n---\n"
"""What stands between several replies to one choice in the decisions table."""
SCHEMA: Mapping[str, pl.DataType] = {
    "run_id": pl.String(),
    "round": pl.Int64(),
    "agent": pl.Int64(),
    "kind": pl.String(),
    "text": pl.String(),
    "call_key": pl.String(),
}
_KINDS = {"deliberate": "thought", "json": "reason", "sample": "answer"}
_CHOICE = re.compile(r"\n?[^\n]*\bCHOICE\s*:.*\Z", re.DOTALL | re.IGNORECASE)
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_PLACE = ("run_id", "round", "agent", "partner", "phase")


def utterances(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every utterance of the runs, by run, round, agent, kind and text.

    Args:
        tables: "decisions"; "messages" and "readings" where there are any.

    Returns:
        Columns of SCHEMA. `call_key` is the hash over the keys of the recorded calls, as the
        messages and the decisions have it.
    """
    decisions = tables["decisions"]
    parts = [_messages(tables.get("messages"), decisions), _decided(decisions, tables)]
    return (
        pl.concat([part.select(*SCHEMA) for part in parts])
        .unique()
        .sort(list(SCHEMA), maintain_order=True)
    )


def _messages(messages: pl.DataFrame | None, decisions: pl.DataFrame) -> pl.DataFrame:
    """Those that a call was made for; the wording's phrases bear a decision's key, or none."""
    if messages is None or messages.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    worded = decisions.select("call_key").unique()
    return (
        messages.filter(pl.col("call_key").is_not_null() & pl.col("text").is_not_null())
        .join(worded, on="call_key", how="anti")
        .select("run_id", "round", pl.col("source").alias("agent"), "text", "call_key")
        .with_columns(kind=pl.lit("message"))
    )


def _decided(decisions: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    needed = {"readout", "text", "call_key"}
    if not needed <= set(decisions.columns):
        return pl.DataFrame(schema=SCHEMA)
    spoken = decisions.filter(
        pl.col("readout").is_in(list(_KINDS))
        & (pl.col("answer") != "failed")
        & (pl.col("text").fill_null("") != "")
    )
    if spoken.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    spoken = _with_thoughts(spoken, tables.get("readings"))
    own = [_own(*row) for row in spoken.select("readout", "text", "thoughts").iter_rows()]
    kinds = [_KINDS[name] for name in spoken["readout"].to_list()]
    told = spoken.with_columns(
        pl.Series("text", own, dtype=pl.String()), pl.Series("kind", kinds, dtype=pl.String())
    )
    return told.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))


def _with_thoughts(spoken: pl.DataFrame, readings: pl.DataFrame | None) -> pl.DataFrame:
    """How many replies of each decision were thoughts; the first ones are."""
    if readings is None or readings.is_empty():
        return spoken.with_columns(thoughts=pl.lit(1))
    thoughts = readings.filter(pl.col("variant").str.starts_with("thought"))
    counted = thoughts.group_by(_PLACE).agg(pl.len().cast(pl.Int64).alias("thoughts"))
    return spoken.join(counted, on=list(_PLACE), how="left", nulls_equal=True).with_columns(
        pl.col("thoughts").fill_null(1)
    )


def _own(readout: str, text: str, thoughts: int) -> str | None:
    """The character's own words in what a decision says; None where there are none."""
    replies = text.split(BETWEEN_TEXTS)
    if readout == "deliberate":
        return replies[min(thoughts, len(replies)) - 1].strip()
    if readout == "json":
        return _reason(replies[-1])
    return _CHOICE.sub("", replies[-1]).strip()


def _reason(reply: str) -> str | None:
    found = _OBJECT.search(reply)
    try:
        told = json.loads(found.group(0)) if found else None
    except ValueError:
        return None
    reason = told.get("reason") if isinstance(told, dict) else None
    return reason.strip() if isinstance(reason, str) else None
