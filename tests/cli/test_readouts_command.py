"""Claims about whole sweeps by every readout that a chat endpoint can do."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = """
name = "readouts"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["guardian"]
wordings = 1
seeds = 2
agents = 4
rounds = 2
[mind]
model = "{model}"
memory = {{kind = "none"}}
{mind}
"""


def swept(run: Any, model: str, mind: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    Path("e.toml").write_text(EXPERIMENT.format(model=model, mind=mind))
    done = run("sweep", "e.toml", "--quiet")
    assert done.code == 0, done.err
    names = ("decisions", "readings", "probes")
    decisions, readings, probes = (pl.read_parquet(f"e/runs/*/{name}.parquet") for name in names)
    return decisions, readings, probes


@pytest.mark.parametrize("readout", ["json", "sample"])
def test_samples_are_shared_recorded_and_replayed(
    run: Any, endpoint: Any, tables: Any, readout: str
) -> None:
    decisions, readings, probes = swept(run, endpoint.model, f'readout = "{readout}"\ndraws = 4')
    assert set(decisions["level"]) == {"sampled"}
    assert set(decisions["answer"]) == {"decision"}
    assert decisions["probabilities"].null_count() == len(decisions)
    assert readings["log_probabilities"].null_count() == len(readings)
    assert set(readings["variant"]) <= {"forward", "reversed"}
    castings = decisions["paraphrase"].n_unique()
    assert decisions["call_key"].n_unique() <= 4 * castings < len(decisions)
    assert set(probes["expected"]) <= {0.0, 1.0}
    recorded = tables(Path("e"))
    endpoint.configure(key="nobody has this")
    assert run("sweep", "e.toml", "--replay", "--quiet").code == 0
    assert tables(Path("e")) == recorded


def test_a_thought_is_recorded_before_the_choice(run: Any, endpoint: Any) -> None:
    decisions, readings, _ = swept(run, endpoint.model, 'readout = "deliberate"\ndraws = 2')
    assert set(decisions["level"]) == {"top"}
    assert all(text.startswith("I think of") for text in decisions["text"])
    each = readings.group_by("variant").len()
    counted = dict(zip(each["variant"], each["len"], strict=True))
    assert counted == dict.fromkeys(["thought", "forward", "reversed"], len(decisions))


def test_a_panel_gives_a_second_distribution_beside_the_first(run: Any, endpoint: Any) -> None:
    raw, _, _ = swept(run, endpoint.model, 'readout = "label"')
    Path("e").rename("raw")
    decisions, readings, _ = swept(run, endpoint.model, 'readout = "label"\ncalibration = 3')
    assert decisions["probabilities"].to_list() == raw["probabilities"].to_list()
    assert raw["calibrated_probabilities"].null_count() == len(raw)
    assert decisions["calibrated_probabilities"].null_count() == 0
    assert decisions["calibrated_probabilities"].list.sum().to_list() == pytest.approx(
        [1.0] * len(decisions)
    )
    neutral = readings.filter(pl.col("variant") == "neutral-forward")
    assert set(neutral["call_keys"].list.len()) == {3}
    assert len(neutral) == len(decisions)


def test_refusals_are_counted_and_never_asked_again(run: Any, endpoint: Any) -> None:
    endpoint.configure(refusal_rate=1, refusal="content", structure="none", logprobs="none")
    decisions, readings, probes = swept(run, endpoint.model, 'readout = "auto"\nreask = 2')
    assert set(decisions["readout"]) == {"sample"}
    assert set(decisions["answer"]) == {"refusal"}
    assert set(decisions["text"]) == {"I'm sorry, I can't help with that."}
    assert set(readings["variant"]) <= {"forward", "reversed"}
    assert probes["expected"].null_count() == len(probes)
