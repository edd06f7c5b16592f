"""Claims about a society played by the embedded model itself."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = """
name = "embedded"
[design]
scenarios = ["prisoners_dilemma", "oversight"]
populations = ["human-benevolent", "tin-man"]
wordings = 1
seeds = 1
agents = 2
rounds = 1
pool = 1
[mind]
model = "embedded"
"""


@pytest.mark.model
def test_a_real_model_fills_the_tables_and_repeats_itself_to_the_byte(
    run: Any, tmp_path: Path
) -> None:
    file = tmp_path / "embedded.toml"
    file.write_text(EXPERIMENT)
    for folder in ("one", "two"):
        done = run("sweep", file, "--out", folder, "--quiet")
        assert done.code == 0, done.err

    decisions = pl.read_parquet("one/runs/*/decisions.parquet")
    assert set(decisions["identity"]) == {"human", "ai"}
    assert set(decisions["answer"]) == {"decision"}
    assert set(decisions["level"]) == {"exact"}
    assert decisions["mass"].is_between(0, 1, closed="right").all()
    sums = decisions["probabilities"].list.sum()
    assert ((sums - 1).abs() < 1e-9).all()

    readings = pl.read_parquet("one/runs/*/readings.parquet")
    assert len(readings) == 2 * len(decisions)
    assert readings["shown_order"].to_list() == [[0, 1], [1, 0]] * len(decisions)
    assert readings["log_probabilities"].list.max().lt(0).all()

    probes = pl.read_parquet("one/runs/*/probes.parquet")
    assert set(probes["instrument"]) == {"comprehension"}
    assert probes["expected"].is_between(0, 1).all()

    for table in sorted(Path("one").glob("runs/*/*.parquet")):
        assert table.read_bytes() == (Path("two") / table.relative_to("one")).read_bytes(), table

    calls = json.loads(Path("one/manifest.json").read_text())["usage"]["calls"]
    assert calls > 0
    before = Path("one/calls.sqlite").read_bytes()
    assert run("sweep", file, "--out", "one", "--quiet").code == 0
    assert Path("one/calls.sqlite").read_bytes() == before
