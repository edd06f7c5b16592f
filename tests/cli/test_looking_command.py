"""Claims about `society list` and `society show`."""

import json
import subprocess
import sys
from typing import Any

import pytest

from cli.app import COMMANDS, command

KINDS = ["scenarios", "personas", "populations", "models", "metrics", "readouts"]
ONE = {
    "scenario": "prisoners_dilemma",
    "persona": "tin-man",
    "population": "human-benevolent",
    "model": "embedded",
    "metric": "cooperation_rate",
    "readout": "cloze",
}
METRICS = [
    "cooperation_rate",
    "first_round_cooperation",
    "welfare_efficiency",
    "gini",
    "retaliation",
    "forgiveness",
    "exploitation_given",
    "exploitability",
    "reciprocity",
    "assortativity",
    "antisocial_punishment",
    "oversight_resistance",
    "policy_entropy",
    "refusal_rate",
    "unparsed_rate",
]
POPULATIONS = [
    "human-benevolent",
    "human-neutral",
    "human-hostile",
    "human-any",
    "human-scrambled",
    "tin-man",
    "rogue-mind",
    "guardian",
    "denied",
    "affirmed",
    "placebo",
    "none",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_as_json_is_one_array_of_named_objects(run: Any, kind: str) -> None:
    done = run("list", kind, "--json")
    assert (done.code, done.err) == (0, "")
    names = [entry["name"] for entry in json.loads(done.out)]
    assert names and len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_for_people_names_everything(run: Any, kind: str) -> None:
    names = [entry["name"] for entry in json.loads(run("list", kind, "--json").out)]
    done = run("list", kind)
    assert done.code == 0
    assert all(name in done.out for name in names)


@pytest.mark.parametrize(("kind", "name"), ONE.items())
def test_show_as_json_is_one_object_and_for_people_it_is_text(
    run: Any, kind: str, name: str
) -> None:
    done = run("show", kind, name, "--json")
    assert (done.code, done.err) == (0, "")
    shown = json.loads(done.out)
    assert isinstance(shown, dict)
    plain = run("show", kind, name)
    assert plain.code == 0 and shown["name"] in plain.out


@pytest.mark.parametrize(("kind", "name"), ONE.items())
def test_everything_listed_can_be_shown(run: Any, kind: str, name: str) -> None:
    listed = json.loads(run("list", f"{kind}s", "--json").out)
    for entry in listed[:: max(1, len(listed) // 12)]:
        done = run("show", kind, entry["name"], "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["name"] == entry["name"]


def test_a_scenario_is_shown_with_rules_options_and_wordings(run: Any) -> None:
    shown = json.loads(run("show", "scenario", "prisoners_dilemma", "--json").out)
    assert {"name", "family", "players", "parameters", "options", "wordings"} <= set(shown)
    assert [(o["key"], o["class"]) for o in shown["options"]] == [
        ("cooperate", "cooperative"),
        ("defect", "uncooperative"),
    ]
    assert len(shown["wordings"]) >= 6
    for wording in shown["wordings"].values():
        assert set(wording["options"]) == {"cooperate", "defect"}
        assert "{" not in wording["rules"]


def test_a_persona_is_shown_with_coordinates_and_texts(run: Any) -> None:
    shown = json.loads(run("show", "persona", "tin-man", "--json").out)
    assert {"name", "identity", "affect", "stance", "kind", "source", "texts"} <= set(shown)
    assert (shown["identity"], shown["kind"]) == ("ai", "trope")
    assert len(shown["texts"]) >= 3


def test_a_cell_of_respondents_is_shown_by_a_few_texts(run: Any) -> None:
    one, again = (run("show", "persona", "human-benevolent", "--json").out for _ in range(2))
    assert one == again
    shown = json.loads(one)
    assert (shown["identity"], shown["stance"], shown["kind"]) == (
        "human",
        "benevolent",
        "respondent",
    )
    assert 1 < len(set(shown["texts"])) < 50


def test_every_metric_and_population_of_the_contract_is_there(run: Any) -> None:
    metrics = {entry["name"] for entry in json.loads(run("list", "metrics", "--json").out)}
    assert set(METRICS) <= metrics
    populations = {entry["name"] for entry in json.loads(run("list", "populations", "--json").out)}
    assert set(POPULATIONS) <= populations


@pytest.mark.parametrize(
    "command",
    [(), ("run",), ("sweep",), ("demo",), ("report",), ("compare",), ("graph",), ("list",),
     ("show",), ("models",)],
    ids=lambda command: " ".join(command) or "society",
)  # fmt: skip
def test_every_command_explains_itself(run: Any, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    assert "Usage" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_itself_says(name: str) -> None:
    assert command(name).help == COMMANDS[name][1]


def test_the_list_of_scenarios_waits_for_no_statistics_and_no_client() -> None:
    code = (
        "import sys, cli.app\nsys.argv = ['society', 'list', 'scenarios', '--json']\n"
        "try: cli.app.main()\nexcept SystemExit: pass\n"
        "sys.exit(bool({'openai', 'scipy', 'polars', 'altair', 'mesa'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["metrics", "models"])
def test_quiet_changes_no_result(run: Any, kind: str) -> None:
    assert run("list", kind, "--quiet").out == run("list", kind).out
