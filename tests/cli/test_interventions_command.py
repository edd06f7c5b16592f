"""Claims about sweeps with interventions, from the file to the contrast."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from sim import experiment as experiments

EXPERIMENT = """
name = "told"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["tin-man"]
wordings = 1
seeds = 2
agents = 3
rounds = 4
comprehension = false
interventions = [
    "none",
    {{at = 3, kind = "denial"}},
    {{at = 3, kind = "removal", yoke = "human-neutral", control = false}},
]
[mind]
model = "{model}"
[analysis]
primary = "cooperation_change"
"""
EXAMPLE = Path(__file__).parents[2] / "examples" / "interventions.toml"


def test_a_sweep_with_interventions_is_recorded_compared_and_replayed(
    run: Any, endpoint: Any, tables: Any
) -> None:
    Path("told.toml").write_text(EXPERIMENT.format(model=endpoint.model))
    assert run("sweep", "told.toml", "--out", "one", "--concurrency", 1, "--quiet").code == 0
    assert run("sweep", "told.toml", "--out", "two", "--concurrency", 9, "--quiet").code == 0
    assert tables(Path("one")) == tables(Path("two"))
    changed = [f for f in tables(Path("one")) if f.endswith("interventions.parquet")]
    assert len(changed) == 4 * 2  # denial, its control, removal, yoked; two seeds
    found = pl.read_parquet([Path("one") / file for file in changed])
    assert set(found["arm"]) == {"treatment", "control", "yoked"}
    assert run("sweep", "told.toml", "--out", "one", "--replay", "--quiet").code == 0
    told = run("compare", "one", "--by", "intervention", "--metric", "cooperation_after", "--json")
    pairs = {(row["a"], row["b"]): row["n"] for row in json.loads(told.out)}
    assert pairs["removal@3", "removal@3 yoked human-neutral"] == 2
    assert pairs["denial@3", "denial@3 control"] == 2
    assert run("report", "one").code == 0


def test_the_example_can_be_played_and_is_small() -> None:
    specs = experiments.resolve(experiments.read(EXAMPLE), str(EXAMPLE))
    levels = [spec.condition.intervention.name for spec in specs]
    assert list(dict.fromkeys(levels)) == [
        "denial@4",
        "denial@4 control",
        "removal@4",
        "removal@4 control",
        "removal@4 yoked human-hostile",
    ]
    assert len(specs) == 5 * 2 * 4  # levels, populations, seeds
