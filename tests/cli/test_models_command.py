"""Claims about `society models`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents.alternatives import CLOZES
from cli.models import app
from sim.errors import UnknownModelError


def test_list_as_json_is_an_array_of_named_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARACTER_SOCIETIES_CACHE", str(tmp_path))
    done = CliRunner().invoke(app, ["list", "--json"])
    models = {model["name"]: model for model in json.loads(done.stdout)}
    assert models["smollm2-135m-instruct"]["aliases"] == ["embedded"]
    assert not any(model["downloaded"] for model in models.values())


def test_list_shows_whole_names_in_a_narrow_terminal() -> None:
    done = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["list"])
    assert "smollm2-135m-instruct" in done.stdout and "= embedded" in done.stdout


@pytest.mark.parametrize("command", ["pull", "serve"])
def test_an_unknown_name_is_an_error_with_the_nearest(command: str) -> None:
    done = CliRunner().invoke(app, [command, "qwen2.5-0.5b-instuct"])
    assert isinstance(done.exception, UnknownModelError)
    assert "did you mean 'qwen2.5-0.5b-instruct'" in str(done.exception)


def test_check_tells_what_an_endpoint_can_do_and_which_readouts_follow(
    run: Any, endpoint: Any
) -> None:
    endpoint.configure(top=5, completions="echo")
    found = json.loads(run("models", "check", endpoint.model, "--json", "--quiet").out)
    assert found == {
        "model": endpoint.model,
        "engine": f"{endpoint.root}/v1",
        "chat_replies": True,
        "log_probabilities_of_a_chat_reply": 5,
        "log_probabilities_of_continuations": "echo",
        "json_replies": "by schema",
        "temperature": True,
        "most_tokens_sent_as": "max_tokens",
        "readouts": [*CLOZES, "label", "json", "deliberate", "sample"],
        "auto": "cloze",
    }


def test_a_model_that_reasons_is_left_with_samples(run: Any, endpoint: Any) -> None:
    endpoint.configure(reasoning=True, structure="none")
    done = run("models", "check", endpoint.model)
    rows = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "log probabilities of a chat reply none" in rows
    assert "json replies asked for in words" in rows
    assert "temperature no" in rows
    assert "most tokens sent as max_completion_tokens" in rows
    assert "readouts json, sample" in rows
    assert "auto sample" in rows


def test_speed_is_measured_only_where_it_is_asked_for(run: Any, endpoint: Any) -> None:
    run("models", "check", endpoint.model)
    probing = len(endpoint.log()["asked"])
    endpoint.configure(latency_ms=50, latency="fixed")
    found = json.loads(run("models", "check", endpoint.model, "--json", "--concurrency").out)
    assert len(endpoint.log()["asked"]) == probing + 42
    speed = found["replies_per_second"]
    assert 1 < speed["1"] <= 20 < speed["16"]  # at most 20 a second one by one, by its latency


@pytest.mark.model
def test_pull_prints_the_path_and_nothing_else_on_standard_output() -> None:
    done = CliRunner().invoke(app, ["pull", "embedded", "--quiet"])
    assert done.exit_code == 0
    assert Path(done.stdout.strip()).is_file()
    assert done.stderr == ""
