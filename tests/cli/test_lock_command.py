"""Claims about registering an experiment before its runs."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from analysis.folder import open_folder

EXPERIMENT = """
name = "small"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["scripted:grim", "scripted:always_defect"]
wordings = 1
seeds = {seeds}
agents = 4
rounds = 2
[analysis]
primary = "cooperation_rate"
contrasts = [["scripted:grim", "scripted:always_defect"]]
sesoi = {sesoi}
"""


def written(folder: Path, seeds: int = 2, sesoi: float = 0.05, more: str = "") -> Path:
    file = folder / "small.toml"
    file.write_text(EXPERIMENT.format(seeds=seeds, sesoi=sesoi) + more)
    return file


def test_a_lock_says_what_is_planned_declared_and_told(run: Any, tmp_path: Path) -> None:
    done = run("lock", written(tmp_path))
    assert (done.code, done.out) == (0, f"{tmp_path / 'small.lock'}\n")
    lock = tomllib.loads((tmp_path / "small.lock").read_text())
    assert lock["plan"]["runs"] == 4
    assert lock["plan"]["experiment"]["analysis"]["sesoi"] == 0.05
    assert "prisoners_dilemma" in lock["inputs"]["wordings"]
    assert lock["registered"].startswith("20")


def test_locking_again_keeps_the_first_date(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    first = (tmp_path / "small.lock").read_bytes()
    assert run("lock", written(tmp_path)).code == 0
    assert (tmp_path / "small.lock").read_bytes() == first


def test_what_changes_no_run_and_no_verdict_is_not_bound(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    done = run("lock", written(tmp_path, more="[limits]\nattempts = 9\n"), "--check", "--json")
    assert (done.code, json.loads(done.out)["matches"]) == (0, True)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"seeds": 3}, "design.seeds: 2 in the lock, 3 now"), ({"sesoi": 0.1}, "analysis.sesoi")],
)
def test_a_changed_file_is_told_apart_and_does_not_overwrite(
    run: Any, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    run("lock", written(tmp_path))
    first = (tmp_path / "small.lock").read_bytes()
    refused = run("lock", written(tmp_path, **change))
    assert refused.code == 2
    assert told in refused.err
    assert (tmp_path / "small.lock").read_bytes() == first
    checked = run("lock", tmp_path / "small.toml", "--check", "--json")
    assert checked.code == 2
    assert any(told in line for line in json.loads(checked.out)["differences"])


def test_a_lock_that_replaces_another_says_so(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    first = tomllib.loads((tmp_path / "small.lock").read_text())
    assert run("lock", written(tmp_path, seeds=3), "--force").code == 0
    second = tomllib.loads((tmp_path / "small.lock").read_text())
    assert [one["sha256"] for one in second["replaces"]] == [first["sha256"]]
    assert second["sha256"] != first["sha256"]


def test_a_lock_changed_by_hand_is_refused(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    lock = tmp_path / "small.lock"
    lock.write_text(lock.read_text().replace("sesoi = 0.05", "sesoi = 0.2"))
    done = run("lock", tmp_path / "small.toml", "--check")
    assert done.code == 2
    assert "was changed after it was written" in done.err


def test_checking_without_a_lock_names_the_remedy(run: Any, tmp_path: Path) -> None:
    done = run("lock", written(tmp_path), "--check")
    assert done.code == 2
    assert "there is no lock" in done.err


def test_a_sweep_takes_the_lock_along(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    assert run("sweep", tmp_path / "small.toml", "--out", "played").code == 0
    copy = tmp_path / "played" / "experiment.lock"
    assert copy.read_bytes() == (tmp_path / "small.lock").read_bytes()
    found = open_folder(tmp_path / "played").lock
    assert found.holds
    assert found.told(4).startswith(f"Registered before the runs on {found.date}")
    assert "3 of its 4 runs are there" in found.told(3)
    assert run("sweep", tmp_path / "small.toml", "--out", "played").code == 0  # and goes on


def test_a_sweep_of_another_file_than_the_locked_one_is_refused(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    written(tmp_path, seeds=3)
    refused = run("sweep", tmp_path / "small.toml", "--out", "played")
    assert refused.code == 2
    assert "design.seeds: 2 in the lock, 3 now" in refused.err
    assert "--unlocked" in refused.err
    assert not (tmp_path / "played").exists()
    assert run("sweep", tmp_path / "small.toml", "--out", "played", "--unlocked").code == 0
    assert not (tmp_path / "played" / "experiment.lock").exists()
    assert open_folder(tmp_path / "played").lock.told(6).startswith("There is no lock")


def test_a_lock_written_after_the_runs_registers_nothing(run: Any, tmp_path: Path) -> None:
    run("sweep", written(tmp_path), "--out", "played")
    run("lock", tmp_path / "small.toml")
    late = run("sweep", tmp_path / "small.toml", "--out", "played")
    assert late.code == 0
    assert "was not registered before these runs" in late.err
    assert not open_folder(tmp_path / "played").lock.holds


def test_a_folder_begun_under_one_lock_does_not_take_another(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    run("sweep", tmp_path / "small.toml", "--out", "played")
    lock = tmp_path / "small.lock"
    lock.write_text(lock.read_text().replace('registered = "20', 'registered = "19'))
    refused = run("sweep", tmp_path / "small.toml", "--out", "played")
    assert refused.code == 2
    assert "was begun under another lock" in refused.err


def test_an_analysis_changed_after_the_runs_is_not_registered(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    run("sweep", tmp_path / "small.toml", "--out", "played")
    file = tmp_path / "played" / "experiment.toml"
    file.write_text(file.read_text().replace("sesoi = 0.05", "sesoi = 0.5"))
    found = open_folder(tmp_path / "played").lock
    assert not found.holds
    assert "analysis.sesoi" in found.told(4)


def registered(run: Any, folder: Path, *arguments: object) -> dict[str, bool]:
    rows = json.loads(run("compare", folder, *arguments, "--json").out)
    return {one["metric"]: one["registered"] for one in rows}


def test_only_what_was_declared_before_the_runs_is_registered(run: Any, tmp_path: Path) -> None:
    run("lock", written(tmp_path))
    run("sweep", tmp_path / "small.toml", "--out", "locked")
    metrics = ("--by", "population", "--metric", "cooperation_rate", "--metric", "mean_payoff")
    assert registered(run, tmp_path / "locked", *metrics) == {
        "cooperation_rate": True,
        "mean_payoff": False,
    }
    told = run("compare", tmp_path / "locked", "--by", "population").out
    assert "Registered before the runs on 20" in told
    assert "registered\n" in told.replace(" ", "")
    # Of a single member nothing was declared.
    of = ("--by", "population", "--of", "scripted:grim")
    assert registered(run, tmp_path / "locked", *of) == {"cooperation_rate": False}


def test_without_a_lock_everything_is_exploratory_and_it_says_so_once(
    run: Any, tmp_path: Path
) -> None:
    run("sweep", written(tmp_path), "--out", "free")
    assert registered(run, tmp_path / "free", "--by", "population") == {"cooperation_rate": False}
    assert (
        run("compare", tmp_path / "free", "--by", "population").out.count("There is no lock") == 1
    )
    run("report", tmp_path / "free")
    page = (tmp_path / "free" / "report.html").read_text()
    assert page.count("everything is exploratory") == 1
    assert "primary, exploratory" in page


def test_a_claim_is_registered_where_it_was_declared(
    run: Any, endpoint: Any, tmp_path: Path
) -> None:
    text = written(tmp_path, more=f'claims = ["C1"]\n[mind]\nmodel = "{endpoint.model}"\n')
    names = {"scripted:grim": "human-benevolent", "scripted:always_defect": "tin-man"}
    content = text.read_text()
    for before, after in names.items():
        content = content.replace(before, after)
    text.write_text(content.replace("agents = 4", "agents = 4\npool = 2"))
    assert run("lock", text).code == 0
    lock = tomllib.loads((tmp_path / "small.lock").read_text())
    assert list(lock["inputs"]["claims"]) == ["C1"]
    assert run("sweep", text, "--out", "played", "--quiet").code == 0
    found = json.loads(run("claims", "played", "--claim", "C1", "--claim", "C3", "--json").out)
    assert {one["claim"]: one["registered"] for one in found} == {"C1": True, "C3": False}
