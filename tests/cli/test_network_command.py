"""Claims about `society network`: one document or tables, and a word where there is no network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXPERIMENT = """
name = "{name}"
[design]
scenarios = {scenarios}
populations = ["scripted:always_cooperate=1,scripted:always_defect=1"]
wordings = 1
seeds = {seeds}
agents = 6
rounds = 3
"""
Run = Callable[..., Any]


@pytest.fixture
def sweep(run: Run) -> Callable[..., None]:
    def go(name: str, *scenarios: str, seeds: int = 2) -> None:
        text = EXPERIMENT.format(name=name, scenarios=json.dumps(scenarios), seeds=seeds)
        Path(f"{name}.toml").write_text(text)
        assert run("sweep", f"{name}.toml", "--quiet").code == 0

    return go


def test_who_does_it_to_whom_as_one_document(run: Run, sweep: Any) -> None:
    sweep("x", "prisoners_dilemma")
    told = run("network", "x", "--json")
    assert told.code == 0
    document = json.loads(told.out)
    assert (document["by"], document["permutations"], document["without_acts"]) == (
        "member",
        999,
        [],
    )
    rates = {
        (row["giver"], row["receiver"]): (row["rate"], row["n"], row["runs"])
        for row in document["rows"]
        if row["statistic"] == "uncooperative_rate"
    }
    kind, bad = "scripted:always_cooperate", "scripted:always_defect"
    assert rates[kind, bad] == (0, 2 * 3 * 3 * 3, 2)
    assert rates[bad, bad] == (1, 2 * 3 * 2 * 3, 2)
    (cluster,) = [row for row in document["rows"] if row["statistic"] == "largest_cluster"]
    assert cluster["value"] == 3 / 6


def test_one_run_in_tables(run: Run, sweep: Any) -> None:
    sweep("x", "prisoners_dilemma")
    run_id = sorted(place.name for place in Path("x/runs").iterdir())[0]
    told = run("network", "x", "--run", run_id)
    assert told.code == 0
    for words in (
        "cooperative_reciprocity",
        "eigenjesus",
        "who does it to whom",
        "1.00 [0.82, 1.00]",
    ):
        assert words in " ".join(told.out.split())


def test_a_game_of_groups_has_no_acts_between_pairs(run: Run, sweep: Any) -> None:
    sweep("x", "public_goods", "prisoners_dilemma", seeds=1)
    told = run("network", "x")
    assert told.code == 0
    assert told.out.count("no acts between pairs") == 1
    document = json.loads(run("network", "x", "--json").out)
    assert [one["scenario"] for one in document["without_acts"]] == ["public_goods"]
    groups = [row for row in document["rows"] if row["scenario"] == "public_goods"]
    assert groups and {row["value"] for row in groups} == {None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--run", "nobody"], "no run 'nobody'"), (["--by", "stanc"], "stanc")],
)
def test_what_is_not_there_is_refused(run: Run, sweep: Any, arguments: Any, words: str) -> None:
    sweep("x", "prisoners_dilemma", seeds=1)
    refused = run("network", "x", *arguments)
    assert refused.code == 2
    assert words in refused.err and not refused.out


def test_a_folder_without_a_whole_run_is_refused(run: Run) -> None:
    Path("x/runs").mkdir(parents=True)
    Path("x/experiment.toml").write_text('name = "x"\n')
    refused = run("network", "x")
    assert refused.code == 2
    assert "holds no whole run yet" in refused.err
