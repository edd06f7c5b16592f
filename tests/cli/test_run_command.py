"""Claims about `society run`: values worked by hand on scripted societies."""

import json
import socket
from pathlib import Path
from typing import Any

import polars as pl
import pytest

MIX = "scripted:tit_for_tat=0.5,scripted:grim=0.5"


def played(run: Any, population: str, *options: object) -> dict[str, Any]:
    arguments = ("--population", population, "--out", "out", "--json", *options)
    done = run("run", "prisoners_dilemma", *arguments)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_tit_for_tat_and_grim_cooperate_throughout(run: Any) -> None:
    found = played(run, MIX)
    # 12 characters in 66 pairs for 10 rounds, each choosing once.
    assert found["answers"] == {"decision": 66 * 2 * 10}
    outcomes = found["outcomes"]
    assert outcomes["cooperation_rate"] == {"value": 1.0, "n": 1320}
    assert outcomes["first_round_cooperation"]["value"] == 1.0
    assert outcomes["welfare_efficiency"]["value"] == 1.0
    assert outcomes["gini"]["value"] == 0.0
    # Nobody defects, so there is nothing to retaliate or to forgive.
    assert outcomes["retaliation"] == {"value": None, "n": 0}
    assert outcomes["forgiveness"] == {"value": None, "n": 0}


def test_a_defector_among_reciprocators_by_hand(run: Any) -> None:
    mix = "scripted:always_defect=1,scripted:tit_for_tat=3"
    found = played(run, mix, "--agents", 4, "--rounds", 5)
    # Six pairs. Three without the defector: 2 x 5 cooperations each. Three with it: one each.
    assert found["outcomes"]["cooperation_rate"]["value"] == pytest.approx((30 + 3) / 60)
    # A pair and round brings 2 to 6 points: efficiency 1 without the defector; with it 5 points
    # in the first round, then 2: (3/4 + 0) / 5.
    by_hand = (3 * 1.0 + 3 * 0.75 / 5) / 6
    assert found["outcomes"]["welfare_efficiency"]["value"] == pytest.approx(by_hand)
    rows = pl.read_parquet("out/runs/*/decisions.parquet")
    points = dict(rows.group_by("persona").agg(pl.col("payoff").sum()).iter_rows())
    assert points == {
        "scripted:always_defect": 3 * (5 + 4.0),
        "scripted:tit_for_tat": 3 * 2 * 15 + 3 * (0 + 4.0),
    }


def test_a_mix_becomes_seats_by_largest_remainder_in_the_order_given(run: Any) -> None:
    mix = "scripted:grim=0.5,scripted:random=0.3,scripted:always_defect=0.2"
    played(run, mix, "--agents", 7)  # 3.5, 2.1 and 1.4 seats
    (about,) = Path("out/runs").glob("*/run.json")
    members = [each["member"] for each in json.loads(about.read_text())["characters"]]
    assert {member: members.count(member) for member in members} == {
        "scripted:grim": 4,
        "scripted:random": 2,
        "scripted:always_defect": 1,
    }


def test_equal_remainders_go_to_who_is_named_first(run: Any) -> None:
    played(run, MIX, "--agents", 3)
    rows = pl.read_parquet("out/runs/*/decisions.parquet").select("agent", "persona").unique()
    counts = dict(rows["persona"].value_counts().iter_rows())
    assert counts == {"scripted:tit_for_tat": 2, "scripted:grim": 1}


def test_scripted_populations_need_no_model_no_server_and_no_network(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a scripted society reached out")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("sim.embedded.EmbeddedServer.start", refuse)
    assert played(run, MIX)["outcomes"]["cooperation_rate"]["value"] == 1.0


def test_the_same_seed_gives_the_same_files_and_another_seed_does_not(
    run: Any, tables: Any
) -> None:
    arguments = ("run", "prisoners_dilemma", "--population", "scripted:random")
    for out, seed in (("one", 4), ("two", 4), ("three", 5)):
        assert run(*arguments, "--seed", seed, "--out", out).code == 0
    assert tables(Path("one")) == tables(Path("two"))
    assert set(tables(Path("one"))) != set(tables(Path("three")))


def test_the_strategy_may_be_the_model(run: Any) -> None:
    found = played(run, "guardian", "--model", "scripted:always_defect", "--agents", 2)
    assert found["outcomes"]["cooperation_rate"]["value"] == 0.0
    rows = pl.read_parquet("out/runs/*/decisions.parquet")
    assert rows["payoff"].sum() == 2 * 10 * 1.0


def test_without_json_a_table_and_the_folder_are_told(run: Any) -> None:
    done = run("run", "prisoners_dilemma", "--population", MIX)
    assert done.code == 0
    (folder,) = Path("societies").iterdir()
    assert f"records: {folder}" in done.out
    assert "cooperation_rate" in done.out


def test_one_folder_holds_one_experiment(run: Any) -> None:
    arguments = ("run", "prisoners_dilemma", "--population", MIX, "--out", "out")
    assert run(*arguments).code == 0
    done = run(*arguments, "--agents", 4)
    assert done.code == 2
    assert "holds another experiment" in done.err and "--out" in done.err


def test_the_folder_holds_what_the_contract_says(run: Any) -> None:
    played(run, MIX)
    names = {file.name for file in Path("out").iterdir() if file.name != ".lock"}
    assert names == {"experiment.toml", "manifest.json", "calls.sqlite", "runs"}
    (one,) = Path("out/runs").iterdir()
    assert {file.name for file in one.iterdir()} == {
        "run.json",
        *(
            f"{table}.parquet"
            for table in (
                "decisions",
                "readings",
                "interactions",
                "messages",
                "probes",
                "outcomes",
            )
        ),
    }
