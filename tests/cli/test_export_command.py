"""`society export`: what a user meets."""

import json

import polars as pl

RUN = ("run", "prisoners_dilemma", "--population", "scripted:grim", "--agents", 3, "--rounds", 2)


def test_it_writes_tables_and_says_where(run) -> None:
    run(*RUN, "--out", "one", "--quiet")
    done = run("export", "one", "--format", "csv", "--out", "tables")
    assert (done.code, done.out) == (0, "tables\n")
    # Three characters, each toward two others, in two rounds.
    assert pl.read_csv("tables/decisions.csv").height == 12
    told = json.loads(run("export", "one", "--format", "inspect", "--json").out)
    assert told["export"] == "one/exports/inspect"
    assert list(told["rows"].values()) == [3]


def test_bad_input_is_one_line_and_writes_nothing(run, tmp_path) -> None:
    done = run("export", "nowhere", "--format", "csv", "--out", "tables")
    assert done.code == 2
    assert done.err.startswith("error: nowhere: no such folder")
    assert run("export", "nowhere", "--format", "xlsx").code == 2
    assert not list(tmp_path.iterdir())
