"""A character's run as messages: what it was told before each choice, and what it chose.

Every question was put on its own: earlier messages are no part of a later prompt, which says itself
what the character remembers.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.export.journal import Told

Message = dict[str, Any]
Row = dict[str, Any]
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


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was told, and what came back.

    Attributes:
        asked: the prompt; empty where a strategy moves, and before what is said to others.
        answer: the choice, or what was said.
        started: when the model was first asked, in seconds since the epoch; None where it was not
            asked or that is not recorded.
    """

    asked: tuple[Message, ...]
    answer: Message
    started: float | None = None


def conversation(played: Played, agent: int, told: Mapping[str, Told]) -> list[Exchange]:
    """What one character was told and did, in order.

    Args:
        played: the run.
        agent: whose.
        told: recorded calls by key.
    """
    found: list[Exchange] = []
    said = _said(played.messages.get(agent, ()))
    own = played.decisions.get(agent, ())
    for number, row in enumerate(own):
        readings = played.readings.get(tuple(row[name] for name in _WHERE), ())
        asked, started = _asked(row, readings, told)
        found.append(Exchange(asked, _answered(row, readings), started))
        if number + 1 == len(own) or own[number + 1]["round"] != row["round"]:
            found += said.pop(row["round"], [])
    return found + [exchange for later in sorted(said) for exchange in said[later]]


def messages(exchanges: Iterable[Exchange]) -> list[Message]:
    """All messages in order; the rules, as the system's message, only where they change."""
    found: list[Message] = []
    system = ""
    for exchange in exchanges:
        for message in exchange.asked:
            if message["role"] != "system" or message["content"] != system:
                found.append(message)
            if message["role"] == "system":
                system = message["content"]
        found.append(exchange.answer)
    return found


def _asked(
    row: Row, readings: Sequence[Row], told: Mapping[str, Told]
) -> tuple[tuple[Message, ...], float | None]:
    """The prompt of the first way in which the choice was put, and when that was."""
    if row["readout"] == "scripted" or row["prompt_sha256"] is None:
        return (), None
    where = {name: row[name] for name in _BY_ROUND}
    for reading in readings:
        calls = [told[key] for key in reading["call_keys"] or () if key in told]
        if calls:
            # Steps of one scoring go on from each other: the shortest is the prompt itself.
            first = min(calls, key=lambda call: (call.length, call.messages))
            about = where | {"variant": reading["variant"], "ways_put": len(readings)}
            prompt = tuple(_message(row, role, words, about) for role, words in first.messages)
            return prompt, first.started
    return (_message(row, "user", NOT_RECORDED, where),), None


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
    return _message(row, "assistant", row["text"] or row["action"] or f"[{row['answer']}]", about)


def _said(rows: Sequence[Row]) -> dict[int, list[Exchange]]:
    """What it said to others by round; what several heard is one message."""
    heard: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        if row["text"] is not None:
            heard.setdefault((row["round"], row["text"]), []).append(row)
    found: dict[int, list[Exchange]] = {}
    for (when, text), same in heard.items():
        about = {"round": when, "said_to": [row["target"] for row in same]}
        said = _message(same[0] | {"agent": same[0]["source"]}, "assistant", text, about)
        found.setdefault(when, []).append(Exchange((), said))
    return found


def _message(whose: Row, role: str, content: str, about: Mapping[str, Any]) -> Message:
    """A message of one character; its id is over whose it is, role, place and words."""
    known = role if role in ("system", "user", "assistant") else "user"
    place = {} if known == "system" else about  # The rules are one message, however often told.
    over = json.dumps([whose["run_id"], whose["agent"], known, content, place], sort_keys=True)
    name = hashlib.sha256(over.encode()).hexdigest()[:22]
    return {"id": name, "role": known, "content": content, "metadata": dict(about)}
