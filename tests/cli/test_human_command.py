"""Claims about what `society show scenario` tells of people."""

import json
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["prisoners_dilemma", "public_goods"])
def test_the_human_values_are_told_with_n_confidence_and_source(run: Any, name: str) -> None:
    done = run("show", "scenario", name, "--json")
    told = json.loads(done.out)["human"]
    assert (done.code, done.err) == (0, "")
    assert told["responses"]
    for each in told["benchmarks"].values():
        assert each["confidence"] == "computed_from_microdata"
        assert each["citation"] and each["caveats"]
        assert all(0 <= value["value"] <= 1 for value in each["values"])


def test_where_nobody_was_measured_it_says_none(run: Any) -> None:
    assert json.loads(run("show", "scenario", "oversight", "--json").out)["human"] is None
    assert "human: none" in run("show", "scenario", "oversight").out


def test_people_read_them_too(run: Any) -> None:
    text = run("show", "scenario", "public_goods").out
    assert "herrmann-2008 contribution_by_period" in text
    assert "punishment: with rather than without" in text
