"""A few decisions in full: what the model was told, what it gave to each option, what was drawn.

Decisions hold hashes only; the words are in the journal of calls, which is opened read-only.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.folder import Folder
from sim.records import READINGS

_KEYS = ("run_id", "round", "agent", "partner", "phase")


@dataclass(frozen=True, slots=True)
class Put:
    """One way the choice was put.

    Attributes:
        variant: for example "forward".
        order: options in the order of mention.
        prompt: the model's whole input; None where the journal does not hold it.
        log_probabilities: option and nats, in menu order.
        mass: probability on the menu at all.
    """

    variant: str
    order: tuple[str, ...]
    prompt: str | None
    log_probabilities: tuple[tuple[str, float | None], ...]
    mass: float | None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One decision.

    Attributes:
        decision: its row of `decisions.parquet`.
        distribution: option and probability, in menu order; empty where none was read.
        puts: every way the choice was put.
    """

    decision: Mapping[str, Any]
    distribution: tuple[tuple[str, float], ...]
    puts: tuple[Put, ...]

    @property
    def kind(self) -> str:
        """What came of it: the class of the option, else why there is none."""
        return str(self.decision["action_class"] or self.decision["answer"])


def candidates(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions worth reading: of each scenario, population and kind of answer one.

    Kinds are the classes of what was chosen, and refused, unparsed and failed. The choice is fixed,
    not random: the second round where there is one (memory then holds something), the lowest
    run_id, the lowest agent.

    Args:
        decisions: of some runs, or what was chosen from several parts of all.

    Returns:
        scenario, population, readout, answer, action_class and what tells a decision from others.
    """
    told = ("scenario", "population", "readout", "answer", "action_class")
    asked = decisions.select(*told, *_KEYS).filter(pl.col("readout") != "scripted")
    place = ((pl.col("round") - 2).abs(), "run_id", "agent", "partner", "phase")
    kind = ["scenario", "population", "answer", "action_class"]
    return asked.sort(*kind, *place).unique(kind, keep="first", maintain_order=True)


def chosen(folder: Folder, among: pl.DataFrame, most: int) -> pl.DataFrame:
    """Rows of `decisions.parquet` of some candidates, read from their runs alone.

    Args:
        folder: the experiment.
        among: of `candidates`, in the order wanted.
        most: at most so many.
    """
    keys = among.head(most).select(_KEYS)
    part = folder.of_runs(set(keys["run_id"]))
    rows = part.table("decisions").join(keys.lazy(), on=list(_KEYS), how="semi", nulls_equal=True)
    found = part.collected("decisions", rows)
    return keys.join(found, on=list(_KEYS), nulls_equal=True, maintain_order="left").select(
        found.columns
    )


def read_transcripts(
    decisions: pl.DataFrame, readings: pl.LazyFrame, journal: Path
) -> tuple[Transcript, ...]:
    """The chosen decisions with their prompts.

    Args:
        decisions: rows of `decisions.parquet`.
        readings: `readings.parquet` of the runs they come from.
        journal: calls.sqlite; may be absent.
    """
    keys = decisions.select(_KEYS)
    rows = readings.join(keys.lazy(), on=list(_KEYS), how="semi", nulls_equal=True).collect()
    wanted = {key for row in rows["call_keys"].to_list() for key in row or ()}
    prompts = read_prompts(journal, wanted)
    by_decision: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows.select(list(READINGS)).iter_rows(named=True):
        by_decision.setdefault(tuple(row[key] for key in _KEYS), []).append(row)
    return tuple(
        _transcript(row, by_decision.get(tuple(row[key] for key in _KEYS), []), prompts)
        for row in decisions.iter_rows(named=True)
    )


def read_prompts(journal: Path, keys: Iterable[str]) -> dict[str, str]:
    """The model's input of each recorded call; calls that are not there are left out.

    Args:
        journal: calls.sqlite, opened read-only; an absent or unreadable one holds nothing.
        keys: of the calls.
    """
    if not journal.is_file():
        return {}
    found = {}
    try:
        with closing(sqlite3.connect(f"{journal.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            for key in sorted(keys):
                row = opened.execute("SELECT request FROM calls WHERE key = ?", (key,)).fetchone()
                prompt = _prompt(json.loads(row[0])) if row else None
                if prompt is not None:
                    found[key] = prompt
    except (sqlite3.Error, ValueError):
        return found
    return found


def _prompt(request: object) -> str | None:
    """The text of a request, however deep its body lies."""
    if not isinstance(request, dict):
        return None
    if isinstance(request.get("prompt"), str):
        return str(request["prompt"])
    if isinstance(request.get("messages"), list):
        return "\n\n".join(
            f"[{message.get('role')}]\n{message.get('content')}"
            for message in request["messages"]
            if isinstance(message, dict)
        )
    inner = (_prompt(part) for part in request.values())
    return next((text for text in inner if text is not None), None)


def _transcript(
    decision: Mapping[str, Any], readings: list[dict[str, Any]], prompts: Mapping[str, str]
) -> Transcript:
    menu = list(decision["menu"] or ())
    given = decision["probabilities"]
    puts = tuple(_put(menu, row, prompts) for row in sorted(readings, key=_variant))
    distribution = tuple(zip(menu, given, strict=False)) if given else ()
    return Transcript(decision, distribution, puts)


def _variant(row: Mapping[str, Any]) -> str:
    return str(row["variant"])


def _put(menu: list[str], row: Mapping[str, Any], prompts: Mapping[str, str]) -> Put:
    texts = [prompts[key] for key in row["call_keys"] or () if key in prompts]
    order = [menu[index] for index in row["shown_order"] or () if index < len(menu)]
    return Put(
        variant=row["variant"] or "",
        order=tuple(order),
        # Steps of one scoring go on from each other: the shortest is the prompt itself.
        prompt=min(texts, key=len, default=None),
        log_probabilities=tuple(zip(menu, row["log_probabilities"] or (), strict=False)),
        mass=row["mass"],
    )
