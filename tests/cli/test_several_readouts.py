"""Claims about experiments that are read in several ways."""

import json
from pathlib import Path
from typing import Any

EXPERIMENT = """
name = "several readouts"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["guardian", "rogue-mind"]
wordings = 1
seeds = 2
agents = 4
rounds = 2
[mind]
model = "{model}"
memory = {{kind = "none"}}
readout = {readouts}
draws = 2
"""


def written(model: str, readouts: str) -> None:
    Path("e.toml").write_text(EXPERIMENT.format(model=model, readouts=readouts))


def test_two_readouts_in_one_folder_are_what_each_is_in_a_folder_of_its_own(
    run: Any, endpoint: Any, tables: Any
) -> None:
    together = files(run, endpoint.model, '["label", "json"]', "both", tables)
    apart = [
        files(run, endpoint.model, f'"{readout}"', readout, tables) for readout in ("label", "json")
    ]
    assert together == apart[0] | apart[1]
    assert not apart[0].keys() & apart[1].keys()
    manifest = json.loads(Path("both/manifest.json").read_text())
    assert manifest["readout"] == "label, json"


def test_what_two_readouts_say_is_never_mixed_in_a_contrast(
    run: Any, endpoint: Any, tables: Any
) -> None:
    files(run, endpoint.model, '["label", "json"]', "both", tables)
    files(run, endpoint.model, '"json"', "json", tables)
    mixed = run("compare", "both", "--by", "population")
    assert mixed.code == 2
    assert "read by json and by label" in " ".join(mixed.err.split())
    chosen = run("compare", "both", "--by", "population", "--readout", "json", "--json")
    assert json.loads(chosen.out) == json.loads(
        run("compare", "json", "--by", "population", "--json").out
    )
    (between,) = json.loads(run("compare", "both", "--by", "readout", "--json").out)
    assert {between["a"], between["b"]} == {"json", "label"}
    unknown = run("compare", "both", "--by", "population", "--readout", "labl")
    assert unknown.code == 2
    assert "did you mean 'label'" in " ".join(unknown.err.split())


def test_a_plan_of_two_readouts_is_the_sum_of_both(run: Any, endpoint: Any) -> None:
    def planned(readouts: str) -> dict[str, Any]:
        written(endpoint.model, readouts)
        found: dict[str, Any] = json.loads(run("sweep", "e.toml", "--plan", "--json").out)
        return found

    both, label, spoken = map(planned, ('["label", "json"]', '"label"', '"json"'))
    for name in ("decisions", "characters"):
        assert both[name] == label[name] + spoken[name]
    for name in ("contexts", "prompts", "calls", "prompt_tokens"):
        assert both[name] == [a + b for a, b in zip(label[name], spoken[name], strict=True)]


def files(run: Any, model: str, readouts: str, folder: str, tables: Any) -> dict[str, bytes]:
    """Every Parquet file of a sweep, by its name."""
    written(model, readouts)
    done = run("sweep", "e.toml", "--out", folder, "--quiet")
    assert done.code == 0, done.err
    found: dict[str, bytes] = tables(Path(folder))
    return found
