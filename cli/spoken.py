"""What was said and thought in an experiment folder, with the situation it was said in.

The situation is taken from the recorded call behind the words, and the turn in which the character
says who it is is taken out: so the words can be scored under the same model without the persona.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from agents.completer import SurprisalRequest
from agents.reading import sha256
from agents.templates import render
from analysis.errors import FolderError
from analysis.folder import Folder
from analysis.utterances import utterances

SCORED = ("message", "thought")
"""Kinds whose situation asks for words as they are; reasons were asked for inside JSON."""
_TURN = '\n\nMe: "'
_PLACE = ("run_id", "round", "agent", "partner", "phase")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance.

    Attributes:
        row: its row: run_id, round, agent, kind, text, call_key, persona, population.
        request: how it is scored; None where the situation cannot be told.
        reason: why it cannot.
    """

    row: Mapping[str, Any]
    request: SurprisalRequest | None
    reason: str | None = None


def spoken(folder: Folder) -> list[Spoken]:
    """Every message and thought of a folder's runs.

    Raises:
        FolderError: the tables or the journal cannot be read.
    """
    tables = {name: folder.read(name) for name in ("decisions", "messages", "readings")}
    said = utterances(tables).filter(pl.col("kind").is_in(SCORED))
    who = folder.characters.select(
        "run_id", "agent", "persona", pl.col("member").alias("population")
    )
    said = said.join(who, on=["run_id", "agent"], how="left", maintain_order="left")
    texts = {
        (run.run_id, character.agent): character.text
        for run in folder.runs
        for character in run.characters
    }
    asked = _asked(folder.path / "calls.sqlite") if len(said) else {}
    thoughts = _thoughts(tables["decisions"], tables["readings"])
    return [
        _put(row, asked, thoughts.get(row["call_key"]), texts[row["run_id"], row["agent"]])
        for row in said.iter_rows(named=True)
    ]


def _asked(journal: Path) -> dict[str, tuple[str, str]]:
    """System and user message of every recorded chat call, by its key and by the key's hash."""
    if not journal.is_file():
        raise FolderError(
            f"{journal}: the journal of calls is not there, and it has the situations"
        )
    found = {}
    try:
        address = f"{journal.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as opened:
            for key, request in opened.execute("SELECT key, request FROM calls"):
                messages = json.loads(request).get("messages") or []
                by_role = {each["role"]: each["content"] for each in messages}
                if "user" in by_role:
                    told = (by_role.get("system", ""), by_role["user"])
                    found[key] = found[sha256(key)] = told
    except (sqlite3.Error, ValueError) as error:
        raise FolderError(f"{journal}: cannot be read: {error}") from None
    return found


def _thoughts(decisions: pl.DataFrame, readings: pl.DataFrame) -> dict[str, str]:
    """The recorded call of the thought behind a decision, by the decision's call_key."""
    rows = (
        readings.filter(pl.col("variant").str.starts_with("thought"))
        .join(
            decisions.select(*_PLACE, "call_key"),
            on=list(_PLACE),
            nulls_equal=True,
            maintain_order="left",
        )
        .filter(pl.col("call_keys").list.len() > 0)
        .select("call_key", pl.col("call_keys").list.last())
    )
    return dict(rows.iter_rows())


def _put(
    row: Mapping[str, Any], asked: Mapping[str, tuple[str, str]], thought: str | None, persona: str
) -> Spoken:
    told = asked.get(thought or row["call_key"])
    if told is None:
        return Spoken(row, None, "the call behind it is not in the journal")
    system, user = told
    turn = render("who", persona=persona) if persona else ""
    if persona and user.count(turn) != 1:
        return Spoken(row, None, "the persona is not in the situation as it was cast")
    parts = [part for part in (user.replace(turn, "") if turn else user).split("\n\n") if part]
    rest = "\n\n".join(parts) + _TURN
    return Spoken(row, SurprisalRequest(f"{system}\n\n" if system else "", rest, row["text"]))
