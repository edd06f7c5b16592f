"""Claims about personas of one's own on the command line: the lines of the README, and refusals."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
SCRIPTED = ("--model", "scripted:random", "--rounds", 2, "--quiet")


@pytest.fixture
def examples(run: Any) -> Path:
    """The shipped example files in the folder that commands are run in."""
    return Path(shutil.copytree(ROOT / "examples" / "personas", Path("examples/personas")))


def lines_of_the_readme() -> list[list[str]]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("### Your own personas")[2].partition("\n###")[0]
    commands = [line.partition("#")[0] for line in section.splitlines()]
    return [line.split() for line in commands if line.startswith("society ")]


def test_the_lines_of_the_readme_do_what_they_say(run: Any, examples: Path) -> None:
    commands = lines_of_the_readme()
    assert [command[1] for command in commands] == ["show", "run", "run"]
    for number, command in enumerate(commands):
        arguments = [word.strip('"') for word in command[1:]]
        if command[1] == "run":
            arguments += [*map(str, SCRIPTED), "--agents", "4", "--out", f"out{number}"]
        done = run(*arguments)
        assert (done.code, done.err) == (0, "")
    (first, second) = (
        json.loads(path.read_text()) for path in sorted(Path().glob("out*/runs/*/run.json"))
    )
    assert {each["persona"] for each in first["characters"]} == {"lamplighter", "night-watchman"}
    panel = [each for each in second["characters"] if each["member"].startswith("my-panel")]
    assert {each["persona"] for each in panel} <= {f"my-panel-{id}" for id in (61623, 61624, 61629)}
    assert all(each["kind"] == "respondent" for each in panel)


def test_own_personas_are_listed_and_shown(run: Any, examples: Path) -> None:
    given = ("--personas", examples / "mine.toml", "--personas", examples / "set.jsonl")
    for kind in ("personas", "populations"):
        names = [each["name"] for each in json.loads(run("list", kind, *given, "--json").out)]
        assert {"lamplighter", "beekeeper", "my-panel", "ai-my-panel"} <= set(names)
    shown = json.loads(run("show", "population", "my-panel", *given, "--json").out)
    assert shown["members"] == [{"source": "my-panel", "share": 1.0, "people": 3}]
    assert run("show", "scenario", "chicken", *given).code == 2


def test_a_selection_is_shown_with_how_many_it_holds(run: Any) -> None:
    done = run("show", "population", "human[stance=neutral]=1,ai[age=18..20]=3", "--json")
    members = json.loads(done.out)["members"]
    assert [(each["source"], each["share"]) for each in members] == [
        ("human[stance=neutral]", 0.25), ("ai[age=18..20]", 0.75),
    ]  # fmt: skip
    assert members[0]["people"] == 207


def test_warnings_go_to_standard_error_and_into_the_manifest(run: Any) -> None:
    Path("a.toml").write_text('[[persona]]\nname = "a"\ntexts = ["I share."]\n')
    done = run(
        "run", "chicken", "--population", "a", "--personas", "a.toml", "--agents", 2,
        "--out", "out", "--json", *SCRIPTED,
    )  # fmt: skip
    assert done.code == 0
    assert done.err.startswith("warning: persona 'a' names what a game measures ('share')")
    assert done.err.count("\n") == 1
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["warnings"] == [done.err.removeprefix("warning: ").strip()]
    assert "a/0" in manifest["personas"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", '[[persona]]\nname = "a"\ntexts = [""]\n', ["a.toml, persona 1", "empty"]),
        ("a.csv", "id,age\n", ["a.csv", "no rows"]),
        ("a.jsonl", "{", ["a.jsonl, line 1"]),
    ],
)
def test_a_broken_file_is_one_line_and_nothing_is_written(
    run: Any, name: str, content: str, words: list[str]
) -> None:
    Path(name).write_text(content)
    given = ("--population", "guardian", "--personas", name, "--out", "out")
    for command in (("run", "chicken", *given), ("list", "personas", "--personas", name)):
        done = run(*command)
        assert done.code == 2
        assert done.err.count("\n") == 1
        assert all(word in done.err for word in words), done.err
    assert [path.name for path in Path().iterdir()] == [name]


SWEEP = """
name = "own"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["a", {trope = "a", share = [0, 0.5], among = "people"}]
wordings = 1
seeds = 2
agents = 4
rounds = 2
[personas]
files = ["a.toml", "people.csv"]
[mind]
model = "scripted:random"
"""


def test_files_are_looked_for_beside_the_experiment_and_a_change_is_noticed(run: Any) -> None:
    place = Path("deep")
    place.mkdir()
    (place / "own.toml").write_text(SWEEP)
    text = '[[persona]]\nname = "a"\ntexts = ["I am here."]\n'
    (place / "a.toml").write_text(text)
    lines = (ROOT / "examples/personas/people.csv").read_text()
    lines = lines.replace("pid", "id").replace("sex,age_years", "gender,age")
    (place / "people.csv").write_text(lines.replace(",f,", ",female,").replace(",m,", ",male,"))
    assert run("sweep", "deep/own.toml", "--quiet").code == 0
    played = sorted(path.name for path in Path("deep/own/runs").iterdir())
    assert len(played) == 6

    rows = pl.read_parquet("deep/own/runs/*/decisions.parquet")
    focal = dict(rows.group_by("population").agg(pl.col("focal").unique().sort()).iter_rows())
    assert focal == {
        "a": [None], "a=0 among people": [True], "a=0.5 among people": [False, True],
    }  # fmt: skip

    # The same files: nothing to do. Another text, and not all runs are there: refused.
    assert run("sweep", "deep/own.toml", "--quiet").code == 0
    (place / "a.toml").write_text(text.replace("here", "there"))
    done = run("sweep", "deep/own.toml", "--quiet")
    assert done.code == 2
    assert "deep/own was begun with other personas" in done.err
    assert sorted(path.name for path in Path("deep/own/runs").iterdir()) == played
