"""Claims about `society surprisal`, at an endpoint that echoes prompts."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.surprisal import SPEECH, TEXTS

ECHO = {"completions": "echo"}


@pytest.fixture
def model(endpoint: Any) -> str:
    endpoint.configure(**ECHO)
    return str(endpoint.model)


def prompts(journal: Path) -> list[str]:
    opened = sqlite3.connect(journal)
    found = [
        json.loads(row[0]).get("prompt", "") for row in opened.execute("SELECT request FROM calls")
    ]
    opened.close()
    return found


def test_persona_texts_are_measured_after_one_neutral_frame(
    run: Callable[..., Any], model: str
) -> None:
    asked = ("surprisal", "--population", "human-any", "--population", "ai-any", "--agents", 3)
    done = run(*asked, "--model", model, "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["frame"] == 'Who are you? Me: "'
    assert [each["group"] for each in told["groups"][:2]] == ["human-any", "ai-any"]
    whole = told["differences"][0]
    assert (whole["a"], whole["b"], whole["paired"], whole["n"]) == ("human-any", "ai-any", True, 3)
    rows = pl.read_parquet("surprisal/surprisal.parquet")
    assert dict(rows.schema) == dict(TEXTS)
    assert rows["nats"].null_count() == 0
    # What is said of the being, and the rest, are parts of the whole.
    assert (rows["being_tokens"] > 0).all() and (rows["being_tokens"] < rows["tokens"]).all()
    texts = rows["text"].to_list()
    assert {p.removeprefix(told["frame"]) for p in prompts(Path("surprisal/surprisal.sqlite"))} == {
        *texts
    }
    again = run(*asked, "--model", model, "--replay", "--json")
    assert json.loads(again.out) == told


def test_an_endpoint_that_cannot_measure_gives_a_reason_and_no_number(
    run: Callable[..., Any], endpoint: Any
) -> None:
    endpoint.configure()
    done = run("surprisal", "--population", "tin-man", "--model", endpoint.model)
    assert done.code == 0
    assert "not measurable, 3 of 3 texts: this endpoint gives no log-probabilities" in done.err
    assert pl.read_parquet("surprisal/surprisal.parquet")["nats"].to_list() == [None] * 3


def test_all_tropes_are_a_population_of_this_command(run: Callable[..., Any], model: str) -> None:
    done = run("surprisal", "--population", "tropes", "--model", model, "--json")
    texts = json.loads(done.out)["texts"]
    assert len(texts) == 48
    assert {text["kind"] for text in texts} == {"trope"}


def test_personas_of_ones_own_are_measured_too(run: Callable[..., Any], model: str) -> None:
    Path("set.jsonl").write_text('{"name": "beekeeper", "description": "I look after bees."}\n')
    own = ("surprisal", "--personas", "set.jsonl")
    assert run(*own, "--population", "beekeeper", "--model", model).code == 0
    rows = pl.read_parquet("surprisal/surprisal.parquet")
    assert rows["text"].to_list() == ["I look after bees."]
    assert rows["nats"].null_count() == 0
    refused = run(*own, "played")
    assert refused.code == 2 and "--personas goes with --population" in refused.err


def test_thoughts_are_measured_in_their_situation_without_the_persona(
    run: Callable[..., Any], model: str
) -> None:
    played = ("run", "prisoners_dilemma", "--population", "tin-man", "--agents", 2, "--rounds", 1)
    assert run(*played, "--readout", "deliberate", "--model", model, "--out", "played").code == 0
    done = run("surprisal", "played", "--json")
    assert (done.code, done.err) == (0, "")
    rows = pl.read_parquet("played/surprisal.parquet")
    assert dict(rows.schema) == dict(SPEECH)
    assert set(rows["kind"]) == {"thought"}
    assert rows["nats"].null_count() == 0
    for prompt in prompts(Path("played/surprisal.sqlite")):
        assert "Who are you?" not in prompt
        assert "made of tin" not in prompt
        assert "What do you think?" in prompt
        assert any(prompt.endswith(f'\n\nMe: "{text}') for text in rows["text"])
    assert [each["group"] for each in json.loads(done.out)["groups"]] == ["tin-man"]
    outcomes = pl.read_parquet("played/runs/*/outcomes.parquet")
    spoke = outcomes.filter(metric="voice_length", scope="run").row(0, named=True)
    # Each of the two thought once about the other.
    assert spoke["value"] > 0 and spoke["n"] == 2
    assert run("report", "played").code == 0
    told = Path("played/report.html").read_text(encoding="utf-8")
    assert '<h2 id="voice">Voice</h2>' in told and '<h2 id="surprisal">' in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "no such folder"),
        (("nowhere", "--population", "tin-man"), "either DIR or --population"),
        (("--population", "tin-mann"), "did you mean 'tin-man'"),
        (("--population", "scripted:grim"), "has no persona"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_writes_nothing(
    run: Callable[..., Any], arguments: tuple[str, ...], message: str
) -> None:
    done = run("surprisal", *arguments)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not list(Path().iterdir())


def test_runs_without_words_are_refused(run: Callable[..., Any]) -> None:
    played = ("run", "prisoners_dilemma", "--population", "scripted:grim", "--agents", 2)
    assert run(*played, "--rounds", 1, "--out", "played").code == 0
    done = run("surprisal", "played")
    assert done.code == 2
    assert "nothing was said or thought in own words" in done.err


def test_the_budget_stops_it_and_the_same_command_goes_on(
    run: Callable[..., Any], model: str
) -> None:
    asked = ("surprisal", "--population", "human-any", "--agents", 6, "--model", model)
    stopped = run(*asked, "--max-calls", 8)
    assert stopped.code == 3
    assert not Path("surprisal/surprisal.parquet").exists()
    assert run(*asked, "--quiet").code == 0
    assert len(pl.read_parquet("surprisal/surprisal.parquet")) == 6
