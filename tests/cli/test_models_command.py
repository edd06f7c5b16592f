"""Claims about `society models`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

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


@pytest.mark.model
def test_pull_prints_the_path_and_nothing_else_on_standard_output() -> None:
    done = CliRunner().invoke(app, ["pull", "embedded", "--quiet"])
    assert done.exit_code == 0
    assert Path(done.stdout.strip()).is_file()
    assert done.stderr == ""
