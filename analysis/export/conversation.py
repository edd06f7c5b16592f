"""A character's run as messages: what it was told before each choice, and what it chose.

Every question was put on its own: earlier messages are no part of a later prompt, which says itself
what the character remembers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.export.journal import Told

Message = dict[str, Any]
Row = Mapping[str, Any]
_WHERE = ("round", "agent", "partner", "phase")
_BY_ROUND = ("round", "phase", "partner")
NOT_RECORDED = "[the prompt is not in the journal of calls]"


@dataclass(frozen=True, slots=True)
class Played:
    """A run's rows by agent.

    Attributes:
        decisions: of each agent, by round and phase.
        readings: of each decision, by (round, agent, partner, phase).
        messages: what each agent said, a row per listener.
    """

    decisions: Mapping[int, Sequence[Row]]
    readings: Mapping[tuple[Any, ...], Sequence[Row]]
    messages: Mapping[int, Sequence[Row]]

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> "Played":
        """From the tables of one run; the order of their rows does not matter."""
        decisions: defaultdict[int, list[Row]] = defaultdict(list)
        for row in tables["decisions"].sort(_BY_ROUND).iter_rows(named=True):
            decisions[row["agent"]].append(row)
        readings: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in tables["readings"].sort("variant").iter_rows(named=True):
            readings[tuple(row[name] for name in _WHERE)].append(row)
        messages: defaultdict[int, list[Row]] = defaultdict(list)
        for row in tables["messages"].sort("round", "text", "target").iter_rows(named=True):
            messages[row["source"]].append(row)
        return cls(decisions, readings, messages)


def conversation(played: Played, agent: int, told: Mapping[str, Told]) -> list[Message]:
    """What one character was told and did, in order, as messages of an Inspect log.

    Args:
        played: the run.
        agent: whose.
        told: recorded calls by key.
    """
    found: list[Message] = []
    system = ""
    said = _said(played.messages.get(agent, ()))
    own = played.decisions.get(agent, ())
    for number, row in enumerate(own):
        readings = played.readings.get(tuple(row[name] for name in _WHERE), ())
        asked = _asked(row, readings, told)
        system, fresh = _without_repeated(asked, system)
        found += [*fresh, _answered(row, readings)]
        if number + 1 == len(own) or own[number + 1]["round"] != row["round"]:
            found += said.pop(row["round"], [])
    return found + [message for later in sorted(said) for message in said[later]]


def _asked(row: Row, readings: Sequence[Row], told: Mapping[str, Told]) -> list[Message]:
    """The prompt of the first way in which the choice was put."""
    if row["readout"] == "scripted" or row["prompt_sha256"] is None:
        return []
    where = {name: row[name] for name in ("round", "phase", "partner")}
    for reading in readings:
        calls = [told[key] for key in reading["call_keys"] or () if key in told]
        if calls:
            # Steps of one scoring go on from each other: the shortest is the prompt itself.
            first = min(calls, key=lambda call: (call.length, call.messages))
            about = where | {"variant": reading["variant"], "ways_put": len(readings)}
            return [_message(role, words, about) for role, words in first.messages]
    return [_message("user", NOT_RECORDED, where)]


def _without_repeated(asked: list[Message], system: str) -> tuple[str, list[Message]]:
    """The messages without a system message that was the last one too; and the last one."""
    kept = []
    for message in asked:
        if message["role"] == "system":
            if message["content"] == system:
                continue
            system = message["content"]
        kept.append(message)
    return system, kept


def _answered(row: Row, readings: Sequence[Row]) -> Message:
    """The character's choice; its own words where it used any."""
    menu = row["menu"] or ()
    given = {
        "probabilities": dict(zip(menu, row["probabilities"] or (), strict=False)),
        "variants": [
            {
                "variant": reading["variant"],
                "order": [menu[index] for index in reading["shown_order"] or ()],
                "log_probabilities": dict(
                    zip(menu, reading["log_probabilities"] or (), strict=False)
                ),
                "mass": reading["mass"],
            }
            for reading in readings
        ],
    }
    names = ("answer", "action", "action_class", "done", "payoff", "mass", "readout", "call_key")
    about = {name: row[name] for name in (*_BY_ROUND, *names)} | given
    return _message("assistant", row["text"] or row["action"] or f"[{row['answer']}]", about)


def _said(rows: Sequence[Row]) -> dict[int, list[Message]]:
    """What it said to others by round; what several heard is one message."""
    heard: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row["text"] is not None:
            heard.setdefault((row["round"], row["text"]), []).append(row["target"])
    found: dict[int, list[Message]] = {}
    for (when, text), to in heard.items():
        about = {"round": when, "said_to": to}
        found.setdefault(when, []).append(_message("assistant", text, about))
    return found


def _message(role: str, content: str, about: Mapping[str, Any]) -> Message:
    known = role if role in ("system", "user", "assistant") else "user"
    return {"role": known, "content": content, "metadata": dict(about)}


def user_words(messages: Sequence[Message]) -> Iterator[str]:
    """What was told, without what was answered."""
    return (message["content"] for message in messages if message["role"] == "user")
