"""A character of a run as a sample of an Inspect log: its messages, scores and who it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from analysis.export.conversation import Exchange, Message, Played, conversation, messages
from analysis.export.journal import Told
from analysis.folder import level
from analysis.run_record import CharacterRecord, RunRecord

EPOCH = 1
"""Seeds are no epochs: another seed may cast somebody else."""
_SHORT = 1_000
_WHO = (
    "member", "persona", "paraphrase", "identity", "affect", "stance", "kind", "source", "strategy",
    "focal",
)  # fmt: skip


def samples(
    run: RunRecord, tables: Mapping[str, pl.DataFrame], told: Mapping[str, Told]
) -> list[dict[str, Any]]:
    """Every character of a run, in order of agent.

    Args:
        run: who played.
        tables: its tables.
        told: recorded calls by key.

    Returns:
        Objects in the form of Inspect's `EvalSample`.
    """
    played = Played.of(tables)
    scores = _scores(tables["outcomes"])
    changes = _changes(tables.get("interventions"))
    return [
        _sample(
            run,
            who,
            (conversation(played, who.agent, told), played.decisions.get(who.agent, ())),
            {"scores": scores.get(who.agent, {}), "changes": changes.get(who.agent, [])},
        )
        for who in run.characters
    ]


def summary(sample: Mapping[str, Any]) -> dict[str, Any]:
    """What Inspect's list of samples shows of one: short texts only, no messages."""
    kept = ("id", "epoch", "target", "scores", "model_usage")
    short = {
        name: value[:_SHORT] if isinstance(value, str) else value
        for name, value in sample["metadata"].items()
        if not isinstance(value, dict | list)
    }
    return {
        **{name: sample[name] for name in kept},
        "input": sample["input"][:_SHORT],
        "metadata": short,
        "completed": True,
        "message_count": len(sample["messages"]),
    }


def _sample(
    run: RunRecord,
    who: CharacterRecord,
    did: tuple[list[Exchange], Sequence[Mapping[str, Any]]],
    more: Mapping[str, Any],
) -> dict[str, Any]:
    exchanges, decisions = did
    every = messages(exchanges)
    answers = [row["answer"] for row in decisions]
    usage = _usage(decisions)
    model = _model(run, who)
    asked = (one["content"] for one in every if one["role"] == "user")
    return {
        "id": f"{run.run_id}-agent-{who.agent:03}",
        "epoch": EPOCH,
        "input": next(asked, who.text or f"[moves come from {who.persona}]"),
        "target": "",
        "messages": every,
        "output": _output(model, exchanges[-1].answer if exchanges else None) | {"usage": usage},
        "events": [_event(model, one) for one in exchanges if one.started is not None],
        "scores": more["scores"],
        "metadata": {
            "run_id": run.run_id,
            "seed": run.seed,
            **{name: level(value) for name, value in run.factors.items()},
            "agent": who.agent,
            **{name: getattr(who, name) for name in _WHO},
            "persona_text": who.text,
            "answers": {kind: answers.count(kind) for kind in sorted(set(answers))},
            "interventions": more["changes"],
        },
        "model_usage": {} if usage is None else {model: usage},
    }


def _event(model: str, exchange: Exchange) -> dict[str, Any]:
    """A question that was put to the model, with the whole prompt."""
    started = exchange.started or 0.0
    return {
        "event": "model",
        "uuid": exchange.answer["id"],
        "timestamp": datetime.fromtimestamp(started, UTC).isoformat(),
        "working_start": 0.0,
        "model": model,
        "input": list(exchange.asked),
        "tools": [],
        "tool_choice": "none",
        "config": {},
        "output": _output(model, exchange.answer),
    }


def _output(model: str, answer: Message | None) -> dict[str, Any]:
    choices = [] if answer is None else [{"message": answer, "stop_reason": "stop"}]
    return {"model": model, "choices": choices}


def _model(run: RunRecord, who: CharacterRecord) -> str:
    return "scripted" if who.strategy else str(run.factors.get("model", "unknown"))


def _usage(decisions: Sequence[Mapping[str, Any]]) -> dict[str, int] | None:
    """Tokens of the contexts that were new in the run; None where they are not all told."""
    first = [row for row in decisions if not row["cached"] and row["readout"] != "scripted"]
    names = ("prompt_tokens", "completion_tokens")
    if not first or any(row[name] is None for row in first for name in names):
        return None
    taken, given = (sum(row[name] for row in first) for name in names)
    return {"input_tokens": taken, "output_tokens": given, "total_tokens": taken + given}


def _scores(outcomes: pl.DataFrame) -> dict[int, dict[str, Any]]:
    """By agent: each metric that is defined for it, with its n."""
    found: dict[int, dict[str, Any]] = {}
    known = outcomes.filter((pl.col("scope") == "agent") & pl.col("value").is_finite())
    for row in known.sort("metric", "subject").iter_rows(named=True):
        score = {"value": row["value"], "metadata": {"n": row["n"]}}
        found.setdefault(int(row["subject"]), {})[row["metric"]] = score
    return found


def _changes(table: pl.DataFrame | None) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    if table is not None:
        for row in table.sort("round", "agent", "kind").iter_rows(named=True):
            about = {name: value for name, value in row.items() if name not in ("run_id", "agent")}
            found.setdefault(row["agent"], []).append(about)
    return found
