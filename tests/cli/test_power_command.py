"""Claims about planning an experiment, from assumptions and from a pilot."""

import json
from pathlib import Path
from typing import Any

import pytest

EXPERIMENT = """
name = "plan"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["human-benevolent", "human-hostile"]
wordings = 2
seeds = 3
agents = 4
rounds = 1
pool = 4
[mind]
model = "{model}"
[analysis]
primary = "expected_cooperation"
contrasts = [["human-benevolent", "human-hostile"]]
sesoi = 0.1
"""
SMALL = ("--seeds", 2, "--wordings", 2, "--personas", 3, "--simulations", 50)


def written(folder: Path, more: str = "", model: str = "embedded") -> Path:
    file = folder / "plan.toml"
    file.write_text(EXPERIMENT.format(model=model) + more)
    return file


def asked(run: Any, *arguments: object) -> dict[str, Any]:
    done = run("power", *arguments, "--json")
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_file_s_own_size_comes_first_and_the_rest_around_it(run: Any, tmp_path: Path) -> None:
    found = asked(run, written(tmp_path), "--simulations", 50, "--wordings", 4, "--seeds", 6)
    own = found["design"]
    assert (own["seeds"], own["wordings"], own["pool"], own["runs"]) == (3, 2, 4, 12)
    assert found["grid"][0] == own
    sizes = [(cell["seeds"], cell["wordings"], cell["pool"]) for cell in found["grid"][1:]]
    assert sizes == [(6, 4, 4), (6, 4, 8), (6, 4, 16)]
    assert found["grid"][1]["runs"] == 2 * 6 * 4
    assert (found["effect"], found["target"]) == (0.1, 0.8)
    assert {one["origin"] for one in found["assumptions"]} == {"assumed"}
    assert not any(path.is_dir() for path in tmp_path.iterdir())  # nothing is played or written


def test_where_nothing_varies_any_effect_is_found(run: Any, tmp_path: Path) -> None:
    none = "".join(
        f"sd_{name} = 0.0\n"
        for name in (
            *("scenario", "scenario_arm", "wording", "wording_arm", "persona", "persona_arm"),
            *("text", "persona_wording", "run", "run_arm"),
        )
    )
    file = written(tmp_path, f"[power]\neffect = 0.2\n{none}sd_residual = 0.0001\n")
    found = asked(run, file, *SMALL)
    assert found["effect"] == 0.2
    assert found["design"]["power"]["value"] == 1
    assert found["design"]["detectable"] < 0.01
    assert found["needed"] is not None
    again = asked(run, file, *SMALL, "--sd", "persona=0.5")
    assert again["design"]["power"]["value"] < 0.5


def test_a_pilot_s_variances_are_reckoned_with(run: Any, endpoint: Any, tmp_path: Path) -> None:
    file = written(tmp_path, model=endpoint.model)
    assert run("sweep", file, "--out", "pilot", "--quiet").code == 0
    found = asked(run, file, "--from", "pilot", *SMALL)
    told = {one["component"]: one for one in found["assumptions"]}
    assert told["persona"]["origin"] == "pilot"
    assert told["scenario_arm"]["origin"] == "assumed"  # one scenario tells nothing of others
    components = json.loads(run("components", "pilot", "--json").out)
    variance = {one["component"]: one["variance"] for one in components["found"]}
    assert told["residual"]["sd"] == pytest.approx(max(variance["residual"], 0) ** 0.5)
    table = run("components", "pilot")
    assert table.code == 0
    assert "persona x wording" in table.out


def test_planning_is_no_part_of_what_is_played(run: Any, tmp_path: Path) -> None:
    file = written(tmp_path, model="scripted:grim")
    text = file.read_text().replace("human-benevolent", "scripted:grim")
    text = text.replace("human-hostile", "scripted:always_defect").replace('"scripted:grim"', "", 0)
    file.write_text(text)
    assert run("sweep", file, "--out", "played", "--quiet").code == 0
    file.write_text(text + "[power]\neffect = 0.2\n")
    assert run("sweep", file, "--out", "played", "--quiet").code == 0


def test_a_table_and_an_answer_are_printed(run: Any, tmp_path: Path) -> None:
    done = run("power", written(tmp_path), *SMALL)
    assert done.code == 0
    assert "reckoned with" in done.out
    assert "Without an effect" in done.out.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--sd", "personna=0.1"), "no component 'personna'; did you mean 'persona'?"),
        (("--sd", "persona=-1"), "a number of at least 0"),
        (("--contrast", "human-benevolent"), "write two levels"),
        (("--contrast", "human-benevolent,human-hostil"), "did you mean 'human-hostile'?"),
        (("--scenario", "chiken"), "it is not played"),
        (("--metric", "gini"), "metric of whole runs"),
    ],
)
def test_bad_input_is_named(
    run: Any, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run("power", written(tmp_path), *arguments)
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
