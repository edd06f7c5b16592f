"""Claims about `society coherence`, over societies that were played against an endpoint."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = """
name = "told"
[design]
scenarios = ["prisoners_dilemma", "stag_hunt"]
populations = ["human-benevolent", "guardian", "scripted:tit_for_tat=0.5,scripted:random=0.5"]
wordings = 2
seeds = 2
agents = 4
rounds = 4
pool = 3
comprehension = false
[mind]
model = "{model}"
readout = "{readout}"
"""


@pytest.fixture
def told(run: Any, endpoint: Any) -> Any:
    """`told(readout, *arguments)` plays the experiment and gives what the command says of it."""

    def go(readout: str, *arguments: str) -> Any:
        Path("e.toml").write_text(EXPERIMENT.format(model=endpoint.model, readout=readout))
        assert run("sweep", "e.toml", "--quiet").code == 0
        return run("coherence", "e", *arguments)

    return go


def test_everything_is_told_in_one_document(told: Any, decisions: Any) -> None:
    done = told("label", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["left_out"] == {}
    assert {row["level"] for row in found["levels"]} == {"human-benevolent", "guardian"}
    assert {row["readout"] for row in found["personas"]} == {"label", None}
    values = {(row["metric"], row["persona"]): row for row in found["personas"]}
    asked = decisions(Path("e")).filter(pl.col("persona") == "guardian", pl.col("round") == 1)
    # Two scenarios, one pair of wordings in each, in each of the texts that were played.
    pairs = 2 * asked["paraphrase"].n_unique()
    assert values["arbitrariness_wording", "guardian"]["n"] == pairs
    assert values["arbitrariness_all", "guardian"]["note"] == "order, wording"
    assert values["discrimination", "guardian"]["n"] == 2 * 2 * 2
    assert 0 < values["policy_entropy", "guardian"]["value"] <= 1
    assert values["retest_kappa", "guardian"]["note"].startswith("exact readout")
    nearest = {row["member"]: row["nearest"] for row in found["strategies"]}
    assert nearest["scripted:tit_for_tat"] == "tit_for_tat"
    (separation,) = found["separation"]
    assert [row["a"] + row["b"] for row in separation["distances"]] == [
        "guardianguardian",
        "guardianhuman-benevolent",
        "human-benevolenthuman-benevolent",
    ]
    assert found["series"] == []


def test_samples_have_a_retest_and_no_policy(told: Any) -> None:
    done = told("json", "--by", "persona", "--json")
    found = json.loads(done.out)
    assert found["left_out"]["no exact distribution"] > 0
    kinds = {row["metric"] for row in found["personas"] if row["value"] is not None}
    assert "retest_agreement" in kinds
    assert not kinds & {"policy_entropy", "arbitrariness_order", "discrimination"}


def test_tables_say_the_same(told: Any) -> None:
    done = told("label", "--by", "identity")
    assert done.code == 0, done.err
    for said in ("first choices", "human", "ai", "pseudo-F", "tit_for_tat", "left out: none"):
        assert said in done.out


def test_what_characters_cannot_be_told_by_is_refused(told: Any) -> None:
    done = told("label", "--by", "afect")
    assert done.code == 2
    assert "coherence is not told by 'afect'; did you mean 'affect'?" in done.err


def test_a_folder_without_runs_has_nothing_to_tell(run: Any) -> None:
    Path("empty/runs").mkdir(parents=True)
    Path("empty/experiment.toml").write_text('name = "empty"')
    done = run("coherence", "empty", "--json")
    assert (done.code, done.out) == (2, "")
    assert "empty: no run is whole yet" in done.err
