"""Claims about seats matched on action rates (claim C9): they do as often what was recorded."""

import json
import tomllib
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = """
name = "x"
[design]
scenarios = ["{game}"]
populations = ["{population}"]
wordings = 1
seeds = {seeds}
agents = {agents}
rounds = {rounds}
"""
Run = Callable[..., Any]


def sweep(run: Run, name: str, population: str, **more: Any) -> Any:
    values = {"game": "prisoners_dilemma", "seeds": 1, "agents": 2, "rounds": 3, **more}
    Path(f"{name}.toml").write_text(EXPERIMENT.format(population=population, **values))
    return run("sweep", f"{name}.toml", "--quiet")


def recorded(decisions: Callable[[Path], pl.DataFrame], name: str) -> dict[int, tuple[int, int]]:
    """Cooperative choices and all choices of the member under test, by round."""
    rows = decisions(Path(name)).filter(pl.col("persona") != "scripted:always_defect")
    coop = (pl.col("action") == "cooperate").sum()
    return {r: (k, n) for r, k, n in rows.group_by("round").agg(coop, pl.len()).iter_rows()}


def test_what_was_certain_is_done_again_exactly(run: Run, decisions: Any) -> None:
    # Against one that always defects, tit for tat cooperates in round 1 and never again.
    both = "{}=1,scripted:always_defect=1"
    assert sweep(run, "first", both.format("scripted:tit_for_tat")).code == 0
    told = run("match", "first", "--member", "scripted:tit_for_tat", "--json")
    assert told.code == 0
    assert [row["shares"] for row in json.loads(told.out)["rates"]] == [[1, 0], [0, 1], [0, 1]]
    assert sweep(run, "second", both.format("scripted:rates:rates.toml")).code == 0
    assert recorded(decisions, "second") == recorded(decisions, "first")
    assert recorded(decisions, "second") == {1: (1, 1), 2: (0, 1), 3: (0, 1)}


def test_rates_agree_with_the_recorded_ones_within_sampling_error(run: Run, decisions: Any) -> None:
    """Both are means of n independent choices with the same chance p of the file.

    So the second differs from p by at most 4 standard errors, sqrt(p (1 - p) / n), in each of the
    3 rounds but once in some 5,000 times.
    """
    size = {"agents": 8, "seeds": 4}
    assert sweep(run, "first", "scripted:random", **size).code == 0
    assert run("match", "first", "--member", "scripted:random", "--quiet").code == 0
    assert sweep(run, "second", "scripted:rates:rates.toml", **size).code == 0
    before, after = recorded(decisions, "first"), recorded(decisions, "second")
    for round_, (kind, n) in before.items():
        again, m = after[round_]
        p = kind / n
        assert n == m == 4 * 8 * 7  # seeds, agents, partners
        assert 0.3 < p < 0.7
        assert abs(again / m - p) <= 4 * sqrt(p * (1 - p) / m)
    assert after != before


def test_the_rates_of_a_file_are_part_of_what_a_run_is(run: Run) -> None:
    assert sweep(run, "first", "scripted:random").code == 0
    run("match", "first", "--member", "scripted:random", "--quiet")
    assert sweep(run, "second", "scripted:rates:rates.toml").code == 0
    (before,) = Path("second/runs").iterdir()
    manifest = json.loads(Path("second/manifest.json").read_text())
    assert list(manifest["rates"]) == ["rates.toml"]
    text = Path("rates.toml").read_text()
    entry = tomllib.loads(text)["rates"][0]
    assert entry["n"] == 2 and sum(entry["options"].values()) == 1
    # Other rates in the file of the same name.
    assert sweep(run, "third", "scripted:tit_for_tat=1,scripted:always_defect=1").code == 0
    run("match", "third", "--member", "scripted:tit_for_tat", "--quiet")
    refused = run("sweep", "second.toml", "--quiet")
    assert refused.code == 2 and "begun with other rates" in refused.err
    assert [run_.name for run_ in Path("second/runs").iterdir()] == [before.name]


def test_a_file_is_looked_for_beside_the_experiment(run: Run) -> None:
    assert sweep(run, "first", "scripted:random").code == 0
    Path("sub").mkdir()
    run("match", "first", "--member", "scripted:random", "--out", "sub/r.toml", "--quiet")
    values = {"game": "prisoners_dilemma", "seeds": 1, "agents": 2, "rounds": 3}
    text = EXPERIMENT.format(population="scripted:rates:r.toml", **values)
    Path("sub/second.toml").write_text(text)
    assert run("sweep", "sub/second.toml", "--quiet").code == 0
    assert run("sweep", "sub/second.toml", "--quiet", "--out", "other").code == 0
    one, other = (next(Path(f, "runs").iterdir()) for f in ("sub/second", "other"))
    assert one.name == other.name
    one_table, other_table = (f / "decisions.parquet" for f in (one, other))
    assert one_table.read_bytes() == other_table.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--member", "scripted:randon"], ["'scripted:randon'", "did you mean 'scripted:random'"]),
        (["--member", "scripted:random", "--where", "x=1"], ["no factor 'x'"]),
        (["--member", "scripted:random", "--where", "population=a"], ["no level 'a'"]),
        (["--member", "scripted:random", "--where", "population"], ["FACTOR=LEVEL"]),
    ],
)
def test_a_member_that_was_not_played_is_refused(
    run: Run, arguments: list[str], words: list[str]
) -> None:
    assert sweep(run, "first", "scripted:random").code == 0
    refused = run("match", "first", *arguments)
    assert refused.code == 2 and not Path("rates.toml").exists()
    assert not [word for word in words if word not in refused.err], refused.err


def test_a_game_or_a_round_without_rates_is_refused_before_anything_runs(run: Run) -> None:
    assert sweep(run, "first", "scripted:random").code == 0
    run("match", "first", "--member", "scripted:random", "--quiet")
    for more, words in (
        ({"game": "stag_hunt"}, "no rates of game 'stag_hunt'"),
        ({"rounds": 4}, "no rates of round 4"),
    ):
        refused = sweep(run, "second", "scripted:rates:rates.toml", **more)
        assert refused.code == 2 and words in refused.err
        assert "second.toml" in refused.err and "rates.toml" in refused.err
        assert not Path("second").exists()


def test_a_file_that_is_not_there_is_refused(run: Run) -> None:
    refused = sweep(run, "second", "scripted:rates:nowhere.toml")
    assert refused.code == 2 and "nowhere.toml: cannot be read" in refused.err
    assert not Path("second").exists()


def test_the_folder_says_by_which_rates_it_was_played(run: Run, decisions: Any) -> None:
    assert sweep(run, "first", "scripted:random", seeds=2).code == 0
    run("match", "first", "--member", "scripted:random", "--where", "agents=2", "--quiet")
    assert run(
        "run", "prisoners_dilemma", "--population", "scripted:rates:rates.toml",
        "--agents", 2, "--rounds", 3, "--out", "played", "--quiet",
    ).code == 0  # fmt: skip
    assert set(decisions(Path("played"))["persona"]) == {"scripted:rates:rates.toml"}
