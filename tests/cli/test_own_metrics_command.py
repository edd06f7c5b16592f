"""Claims about `--metrics FILE`: comparing, looking and reporting in metrics of one's own."""

import json
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_metric.py"
EXPERIMENT = """
name = "own"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["scripted:always_cooperate", "scripted:alternator"]
wordings = 1
seeds = 3
agents = 3
rounds = 4
[mind]
model = "scripted:always_cooperate"
"""


@pytest.fixture
def folder(run: Any, tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(EXPERIMENT)
    assert run("sweep", "own.toml", "--quiet").code == 0
    return tmp_path / "own"


def test_compare_takes_all_metrics_of_the_files(run: Any, folder: Path) -> None:
    done = run("compare", folder, "--by", "population", "--metrics", EXAMPLE, "--json")
    (found,) = json.loads(done.out)
    # Who always cooperates repeats every choice, who alternates none.
    assert (found["metric"], found["a"]) == ("persistence", "scripted:alternator")
    assert (found["estimate"], found["n"]) == (-1.0, 3)


def test_they_stand_beside_the_registered_ones(run: Any, folder: Path) -> None:
    asked = ("--metric", "gini", "--metric", "persistence", "--metrics", EXAMPLE)
    done = run("compare", folder, "--by", "population", *asked, "--json")
    assert [each["metric"] for each in json.loads(done.out)] == ["gini", "persistence"]
    wrong = run("compare", folder, "--by", "population", "--metric", "persistense", *asked[4:])
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean 'persistence'" in wrong.err


def test_list_and_show_tell_of_them(run: Any) -> None:
    listed = json.loads(run("list", "metrics", "--metrics", EXAMPLE, "--json").out)
    assert listed[-1]["name"] == "persistence"
    shown = json.loads(run("show", "metric", "persistence", "--metrics", EXAMPLE, "--json").out)
    assert (shown["source"], shown["scopes"]) == ("this example", ["run", "persona", "agent"])
    refused = run("list", "scenarios", "--metrics", EXAMPLE)
    assert (refused.code, refused.out) == (2, "")
    assert "--metrics goes with metrics, not with scenarios" in refused.err


def test_the_report_tells_of_them_with_their_definition(run: Any, folder: Path) -> None:
    assert run("report", folder, "--metrics", EXAMPLE).code == 0
    page = (folder / "report.html").read_text()
    assert "choices that repeat the character&#39;s last choice" in page
    assert page.count("ersistence") >= 2


def test_a_function_that_fails_ends_the_command_with_one_line(run: Any, folder: Path) -> None:
    file = folder.parent / "mine.py"
    file.write_text(EXAMPLE.read_text().replace("made = rows", "made = row"))
    done = run("compare", folder, "--by", "population", "--metrics", file)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {file}:18: persistence on run ")
    assert done.err.count("\n") == 1 and "correct the function" in done.err
    assert run("report", folder, "--metrics", file, "--out", "page.html").code == 2
    assert not (folder.parent / "page.html").exists()
