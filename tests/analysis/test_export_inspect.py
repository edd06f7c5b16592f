"""Transcripts as Inspect logs: what was told, what was chosen, and what came of it."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
from pydantic import BaseModel, ConfigDict

from analysis.errors import FolderError
from analysis.export import export
from analysis.export.conversation import Exchange, messages
from analysis.folder import Folder, open_folder
from sim.records import table

PROMPTS = {
    "one": {"kind": "completions", "prompt": 'Share?\n\nMe: "I will'},
    "longer": {"kind": "completions", "prompt": 'Share?\n\nMe: "I will share it'},
    "chat": {
        "kind": "chat",
        "messages": [
            {"role": "system", "content": "The rules."},
            {"role": "user", "content": "A or B? \ud800"},
        ],
    },
}


@pytest.fixture
def folder(synthetic, tmp_path: Path) -> Folder:
    """A guardian, and a strategy, in two rounds of two runs."""
    given = ((0.75, 0.25), None)
    turns = [
        synthetic.turn(1, (0, 1), ("cooperate", "defect"), probabilities=given),
        synthetic.turn(2, (0, 1), ("refusal", "defect"), probabilities=given),
    ]
    runs = [synthetic.run(["guardian", "scripted:grim"], turns, seed) for seed in (0, 1)]
    for document, tables in runs:
        run = document["run_id"]
        where = {"run_id": run, "agent": 0, "partner": 1, "phase": "choose"}
        readings = [
            {
                "round": 1,
                "variant": "forward",
                "shown_order": [0, 1],
                "call_keys": ["longer", "one"],
            }
            | {"log_probabilities": [-0.5, None], "mass": 0.9},
            {"round": 1, "variant": "reversed", "shown_order": [1, 0], "call_keys": ["lost"]},
            {"round": 2, "variant": "forward", "call_keys": ["chat"]},
        ]
        own = pl.col("persona") == "guardian"
        tables["decisions"] = tables["decisions"].with_columns(
            readout=pl.when(own).then(pl.lit("cloze")).otherwise(pl.lit("scripted")),
            text=pl.when(own & (pl.col("round") == 2)).then(pl.lit("I will not.")),
            cached=pl.col("round") == 2,
        )
        tables["readings"] = _table("readings", [where | row for row in readings])
        said = {"run_id": run, "round": 1, "source": 0, "text": "Good morning.", "call_key": "x"}
        tables["messages"] = _table("messages", [said | {"target": to} for to in (1, 2)])
    path = synthetic.write(tmp_path / "experiment", runs)
    with closing(sqlite3.connect(path / "calls.sqlite")) as journal:
        journal.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT, started REAL)")
        rows = [(key, json.dumps(request), 86_400.0) for key, request in PROMPTS.items()]
        journal.executemany("INSERT INTO calls VALUES (?, ?, ?)", rows)
        journal.commit()
    return open_folder(path)


def _table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    empty = table(name, [])
    return table(name, [tuple(map(row.get, empty.columns)) for row in rows])


def _exported(folder: Folder, out: Path) -> dict[str, Any]:
    """The only log's documents by name."""
    export(folder, "inspect", out)
    (path,) = out.glob("*.eval")
    with zipfile.ZipFile(path) as log:
        return {name: json.loads(log.read(name)) for name in log.namelist()}


def _guardian(documents: dict[str, Any]) -> dict[str, Any]:
    name = next(name for name in documents if name.endswith("agent-000_epoch_1.json"))
    return documents[name]


def test_a_character_is_told_and_answers_in_order(folder: Folder, tmp_path: Path) -> None:
    told = _guardian(_exported(folder, tmp_path / "out"))["messages"]
    assert [(each["role"], each["content"]) for each in told] == [
        # Of the steps of a scoring the shortest is the prompt.
        ("user", 'Share?\n\nMe: "I will'),
        ("assistant", "cooperate"),
        ("assistant", "Good morning."),
        ("system", "The rules."),
        ("user", "A or B? ?"),
        ("assistant", "I will not."),
    ]
    assert told[2]["metadata"] == {"round": 1, "said_to": [1, 2]}
    assert told[5]["metadata"]["answer"] == "refusal"
    chosen = told[1]["metadata"]
    assert chosen["probabilities"] == {"cooperate": 0.75, "defect": 0.25}
    assert chosen["payoff"] == 0
    forward, reversed_ = chosen["variants"]
    assert forward["log_probabilities"] == {"cooperate": -0.5, "defect": None}
    assert (forward["order"], reversed_["order"]) == (
        ["cooperate", "defect"],
        ["defect", "cooperate"],
    )


def test_every_question_put_to_the_model_is_an_event_with_its_whole_prompt(
    folder: Folder, tmp_path: Path
) -> None:
    sample = _guardian(_exported(folder, tmp_path / "out"))
    first, second = sample["events"]
    assert [each["content"] for each in first["input"]] == ['Share?\n\nMe: "I will']
    assert [each["role"] for each in second["input"]] == ["system", "user"]
    assert second["output"]["choices"][0]["message"] == sample["messages"][-1]
    assert first["timestamp"] == "1970-01-02T00:00:00+00:00"


def test_rules_are_shown_again_only_when_they_change() -> None:
    def exchange(rules: str) -> Exchange:
        asked = tuple({"role": role, "content": rules} for role in ("system", "user"))
        return Exchange(asked, {"role": "assistant", "content": "A"})

    shown = messages([exchange("one"), exchange("one"), exchange("two")])
    assert [each["content"] for each in shown if each["role"] == "system"] == ["one", "two"]


def test_scores_are_the_outcomes_of_the_character_with_their_n(
    folder: Folder, tmp_path: Path
) -> None:
    documents = _exported(folder, tmp_path / "out")
    sample = _guardian(documents)
    # One decision in two rounds, and that cooperative; the other was refused.
    assert sample["scores"]["cooperation_rate"] == {"value": 1.0, "metadata": {"n": 1}}
    assert sample["metadata"]["answers"] == {"decision": 1, "refusal": 1}
    assert sample["metadata"]["persona_text"] == "I am guardian."
    # 100 tokens in and one out, in the first round; in the second nothing was new.
    assert sample["model_usage"] == {
        "embedded": {"input_tokens": 100, "output_tokens": 1, "total_tokens": 101}
    }
    stats = documents["header.json"]["stats"]
    assert stats["model_usage"]["embedded"]["total_tokens"] == 202
    scores = {score["name"]: score for score in documents["header.json"]["results"]["scores"]}
    # Of each run, one of three choices was cooperative.
    assert scores["cooperation_rate"]["metrics"]["mean"]["value"] == pytest.approx(1 / 3)
    assert scores["cooperation_rate"]["metadata"]["runs"] == 2


def test_without_a_journal_it_says_that_prompts_are_missing(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "calls.sqlite").unlink()
    told = _guardian(_exported(folder, tmp_path / "out"))["messages"]
    missing = "[the prompt is not in the journal of calls]"
    assert [m["content"] for m in told if m["role"] == "user"] == [missing, missing]


def test_a_journal_that_cannot_be_read_is_told(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "calls.sqlite").write_bytes(b"no journal, " * 100)
    with pytest.raises(FolderError, match=r"calls\.sqlite: cannot be read"):
        export(folder, "inspect", tmp_path / "out")
    assert not (tmp_path / "out").exists()


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Message(_Strict):
    id: str
    role: Literal["system", "user", "assistant"]
    content: str
    metadata: dict[str, Any]


class _Score(_Strict):
    value: float
    metadata: dict[str, Any]


class _Usage(_Strict):
    input_tokens: int
    output_tokens: int
    total_tokens: int


class _Choice(_Strict):
    message: _Message
    stop_reason: Literal["stop"]


class _Output(_Strict):
    model: str
    choices: list[_Choice]
    usage: _Usage | None


class _Event(_Strict):
    event: Literal["model"]
    timestamp: str
    model: str
    input: list[_Message]
    tools: list[Any]
    tool_choice: Literal["none"]
    config: dict[str, Any]


class _Summary(_Strict):
    id: str
    epoch: int
    input: str
    target: str
    scores: dict[str, _Score]
    model_usage: dict[str, _Usage]
    metadata: dict[str, Any]
    completed: bool
    message_count: int


class _Sample(_Strict):
    id: str
    epoch: int
    input: str
    target: str
    messages: list[_Message]
    output: _Output
    events: list[_Event]
    scores: dict[str, _Score]
    metadata: dict[str, Any]
    model_usage: dict[str, _Usage]


class _Spec(_Strict):
    created: str
    task: str
    dataset: dict[str, Any]
    model: str
    config: dict[str, Any]


class _Header(_Strict):
    version: Literal[2]
    status: Literal["success"]
    eval: _Spec


def test_the_log_has_what_the_form_of_inspect_requires(folder: Folder, tmp_path: Path) -> None:
    documents = _exported(folder, tmp_path / "out")
    _Header.model_validate(documents.pop("header.json"))
    summaries = [_Summary.model_validate(each) for each in documents.pop("summaries.json")]
    samples = [_Sample.model_validate(each) for each in documents.values()]
    assert [f"samples/{each.id}_epoch_{each.epoch}.json" for each in samples] == list(documents)
    assert [each.id for each in summaries] == [each.id for each in samples]
    assert len(samples) == 4


def test_inspect_itself_reads_it(folder: Folder, tmp_path: Path) -> None:
    inspect_log = pytest.importorskip("inspect_ai.log", reason="inspect-ai is not installed")
    export(folder, "inspect", tmp_path / "out")
    (found,) = inspect_log.list_eval_logs(str(tmp_path / "out"))
    log = inspect_log.read_eval_log(found)
    assert (log.status, len(log.samples)) == ("success", 4)
    assert log.samples[0].messages[1].text == "cooperate"
    assert log.samples[0].scores["cooperation_rate"].as_float() == 1.0
