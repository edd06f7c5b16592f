"""Claims about sweeps, played against an endpoint that may misbehave."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

from sim.store import Store

EXPERIMENT = """
name = "small"
[design]
scenarios = ["prisoners_dilemma", "public_goods"]
populations = ["guardian", {{name = "half", mix = {{guardian = 0.5, rogue-mind = 0.5}}}}]
wordings = 1
seeds = {seeds}
agents = 4
rounds = 3
[mind]
model = "{model}"
"""


ON_A_FILE = """
name = "on a network of its own"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["scripted:grim"]
seeds = 2
agents = 4
network = {kind = "file", file = "net.graphml"}
"""


def written(folder: Path, endpoint: Any, seeds: int = 2) -> Path:
    file = folder / "small.toml"
    file.write_text(EXPERIMENT.format(model=endpoint.model, seeds=seeds))
    return file


def recorded(folder: Path) -> int:
    with sqlite3.connect(folder / "calls.sqlite") as journal:
        ((count,),) = journal.execute("SELECT COUNT(*) FROM calls").fetchall()
    journal.close()
    return int(count)


@pytest.fixture
def undisturbed(run: Any, endpoint: Any, tmp_path: Path) -> Path:
    """The sweep, one request at a time and without a fault."""
    done = run("sweep", written(tmp_path, endpoint), "--out", "plain", "--concurrency", 1)
    assert done.code == 0, done.err
    return tmp_path / "plain"


def test_tables_do_not_depend_on_concurrency_and_jitter(
    run: Any, endpoint: Any, tables: Any, undisturbed: Path
) -> None:
    one_by_one = endpoint.log()
    assert one_by_one["peak"] == 1
    endpoint.configure(latency_ms=15)
    assert run("sweep", "small.toml", "--out", "wide", "--concurrency", 64).code == 0
    assert endpoint.log()["peak"] > 4
    assert sorted(endpoint.log()["asked"]) == sorted(one_by_one["asked"])
    assert tables(Path("wide")) == tables(undisturbed)


def test_no_context_is_asked_twice(endpoint: Any, undisturbed: Path, decisions: Any) -> None:
    asked = endpoint.log()["asked"]
    assert len(asked) == len(set(asked))
    prompts = pl.read_parquet(undisturbed / "runs" / "*" / "readings.parquet")["prompt_sha256"]
    quiz = pl.read_parquet(undisturbed / "runs" / "*" / "probes.parquet")["item"].n_unique()
    # All readings, and the quiz in two orders; beside them a few requests that probe.
    assert recorded(undisturbed) == prompts.n_unique() + 2 * quiz
    assert 1 <= len(asked) - recorded(undisturbed) <= 3
    assert len(decisions(undisturbed)) > 2 * len(asked)


def test_replay_makes_no_request_and_gives_the_same_tables(
    run: Any, endpoint: Any, tables: Any, undisturbed: Path
) -> None:
    Path("again").mkdir()
    shutil.copy(undisturbed / "experiment.toml", "again")
    shutil.copy(undisturbed / "calls.sqlite", "again")
    endpoint.configure()
    done = run("sweep", "small.toml", "--out", "again", "--replay")
    assert done.code == 0, done.err
    assert endpoint.log()["asked"] == []
    assert tables(Path("again")) == tables(undisturbed)


def test_replay_with_a_missing_call_fails_in_one_line(run: Any, undisturbed: Path) -> None:
    Path("again").mkdir()
    shutil.copy(undisturbed / "experiment.toml", "again")
    shutil.copy(undisturbed / "calls.sqlite", "again")
    with sqlite3.connect("again/calls.sqlite") as journal:
        journal.execute("DELETE FROM calls WHERE key = (SELECT MAX(key) FROM calls)")
    journal.close()
    done = run("sweep", "small.toml", "--out", "again", "--replay", "--quiet")
    assert done.code == 2
    assert "was never recorded" in done.err
    assert done.err.count("\n") == 1


def test_replay_of_nothing_leaves_nothing_behind(run: Any, endpoint: Any, tmp_path: Path) -> None:
    done = run("sweep", written(tmp_path, endpoint), "--out", "again", "--replay", "--quiet")
    assert done.code == 2
    assert "nothing was recorded from the model mock" in done.err
    assert not Path("again").exists()


def test_a_finished_sweep_asks_nothing_and_writes_nothing(
    run: Any, endpoint: Any, undisturbed: Path
) -> None:
    endpoint.configure()
    before = {f: f.stat().st_mtime_ns for f in (undisturbed / "runs").rglob("*")}
    assert run("sweep", "small.toml", "--out", "plain").code == 0
    assert endpoint.log()["asked"] == []
    assert {f: f.stat().st_mtime_ns for f in (undisturbed / "runs").rglob("*")} == before


def with_limits(file: Path, **limits: float) -> Path:
    """The experiment with other limits, which are no part of what is played."""
    lines = "\n".join(f"{key} = {value}" for key, value in limits.items())
    file.write_text(f"{file.read_text()}[limits]\n{lines}\n")
    return file


def test_faults_are_retried_and_every_one_is_accounted_for(
    run: Any, endpoint: Any, tables: Any, undisturbed: Path
) -> None:
    kinds = ["429", "500", "timeout", "page", "drop", "truncated"]
    endpoint.configure(fault_rate=0.2, fault_kinds=kinds, timeout_seconds=5)
    file = with_limits(Path("small.toml"), timeout_seconds=1, attempts=9)
    done = run("sweep", file, "--out", "faulty", "--quiet", "--json")
    assert done.code == 0, done.err
    assert tables(Path("faulty")) == tables(undisturbed)
    made = endpoint.log()["faults"]
    assert len(made) >= 4  # kinds that were met
    with sqlite3.connect("faulty/calls.sqlite") as journal:
        ((attempts,),) = journal.execute("SELECT SUM(attempts) FROM calls").fetchall()
        kept = dict(journal.execute("SELECT kind, COUNT(*) FROM faults GROUP BY kind").fetchall())
    journal.close()
    # Only what the probe met is not in the table.
    assert attempts == recorded(Path("faulty")) + sum(kept.values())
    assert 0 <= sum(made.values()) - sum(kept.values()) <= 3
    assert kept.get("429", 0) in (made["429"], made["429"] - 1)
    told = json.loads(done.out)["usage"]
    assert {fault["kind"]: fault["recovered"] for fault in told["faults"]} == kept
    assert told["requests"] == attempts


def test_empty_answers_are_values_and_never_become_a_choice(
    run: Any, endpoint: Any, decisions: Any, undisturbed: Path
) -> None:
    endpoint.configure(fault_rate=0.2, fault_kinds=["empty"], spared=3)
    assert run("sweep", "small.toml", "--out", "faulty", "--quiet").code == 0
    met = decisions(Path("faulty"))
    assert set(met["answer"]) == {"decision", "unparsed"}
    unparsed = met.filter(pl.col("answer") == "unparsed")
    assert unparsed["action"].null_count() == len(unparsed)
    assert unparsed["probabilities"].null_count() == len(unparsed)
    asked = endpoint.log()["asked"]
    assert len(asked) == len(set(asked))  # a valid reply is never asked for again


def test_a_run_that_an_endpoint_fails_is_named_and_tried_again(
    run: Any, endpoint: Any, tables: Any, undisturbed: Path, tmp_path: Path
) -> None:
    # One request in eight fails three times; the probe is spared.
    endpoint.configure(fault_rate=0.5, fault_kinds=["page"], spared=3)
    file = with_limits(Path("small.toml"), attempts=3)
    done = run("sweep", file, "--out", "part", "--quiet", "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert 0 < len(told["failures"]) == 8 - told["complete"]
    assert "not readable as JSON" in done.err
    manifest = json.loads(Path("part/manifest.json").read_text())
    assert {failure["run_id"] for failure in manifest["failures"]} == set(told["failures"])
    part = tables(Path("part")) if told["complete"] else {}
    assert part.items() <= tables(undisturbed).items()
    endpoint.configure()
    assert run("sweep", "small.toml", "--out", "part").code == 0
    assert tables(Path("part")) == tables(undisturbed)


@pytest.mark.parametrize("most", [5, 20])
def test_a_budget_stops_the_sweep_and_the_same_command_goes_on(
    run: Any, endpoint: Any, tables: Any, undisturbed: Path, most: int
) -> None:
    endpoint.configure(latency_ms=2)
    done = run("sweep", "small.toml", "--out", "short", "--max-calls", most, "--quiet")
    assert done.code == 3
    assert f"budget of {most} calls" in done.err and "run the same command again" in done.err
    assert done.err.count("\n") == 1
    # The probe counts too. What was sent is paid for, so it is kept.
    sent = len(endpoint.log()["asked"])
    assert sent <= most
    assert 0 < recorded(Path("short")) < sent
    assert run("sweep", "small.toml", "--out", "short").code == 0
    assert tables(Path("short")) == tables(undisturbed)
    asked = endpoint.log()["asked"]
    assert len(asked) == len(set(asked))


def test_a_budget_that_does_not_even_reach_the_first_question_leaves_nothing(
    run: Any, endpoint: Any, tmp_path: Path
) -> None:
    file = written(tmp_path, endpoint)
    done = run("sweep", file, "--out", "short", "--max-calls", 1, "--quiet")
    assert done.code == 3
    assert "budget of 1 calls" in done.err
    assert len(endpoint.log()["asked"]) == 1
    assert not Path("short").exists()


def test_a_budget_of_tokens_is_never_passed(run: Any, endpoint: Any, tmp_path: Path) -> None:
    file = written(tmp_path, endpoint)
    done = run("sweep", file, "--out", "short", "--max-tokens", 3000, "--concurrency", 1, "--quiet")
    assert done.code == 3
    with sqlite3.connect("short/calls.sqlite") as journal:
        ((total,),) = journal.execute(
            "SELECT SUM(prompt_tokens + completion_tokens) FROM calls"
        ).fetchall()
    journal.close()
    # The next question might have passed it: it is an upper bound of some four times as much.
    assert 1500 < total <= 3000


@pytest.mark.parametrize(
    ("settings", "model", "words"),
    [
        ({"key": "another"}, None, ["refuses the key", "OPENAI_API_KEY"]),
        ({}, "http://127.0.0.1:9/v1#mock", ["http://127.0.0.1:9/v1 cannot be reached"]),
    ],
    ids=["wrong key", "unreachable"],
)
def test_an_endpoint_that_cannot_be_used_leaves_nothing_behind(
    run: Any, endpoint: Any, settings: dict[str, Any], model: str | None, words: list[str]
) -> None:
    endpoint.configure(**settings)
    file = written(Path(), endpoint)
    if model:
        file.write_text(file.read_text().replace(endpoint.model, model))
    for out in ((), ("--out", "deep/er/folder")):
        done = run("sweep", file, "--quiet", *out)
        assert done.code == 2
        assert all(word in done.err for word in words), done.err
        assert done.err.count("\n") == 1
        assert list(Path().iterdir()) == [file]


def test_a_readout_that_the_endpoint_cannot_do_leaves_nothing_behind(
    run: Any, endpoint: Any
) -> None:
    endpoint.configure(logprobs="none")
    file = written(Path(), endpoint)
    file.write_text(file.read_text() + 'readout = "label"\n')
    done = run("sweep", file, "--quiet")
    assert done.code == 2
    assert "'label'" in done.err and "log-probabilities" in done.err
    assert done.err.count("\n") == 1
    assert list(Path().iterdir()) == [file]


def test_an_endpoint_that_dies_during_a_sweep_loses_no_run_that_was_done(
    run: Any, endpoint: Any, undisturbed: Path, tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = recorded(Path("plain")) * 9 // 10
    done = run("sweep", "small.toml", "--out", "cut", "--max-calls", most, "--quiet")
    assert done.code == 3
    before = {p.name for p in Path("cut/runs").iterdir()}
    assert before
    endpoint.configure(key="changed meanwhile")
    done = run("sweep", "small.toml", "--out", "cut", "--quiet")
    assert done.code == 1
    assert "refuses the key" in done.err
    # What the first session had recorded whole, but not yet written, may be there beside it.
    assert before <= {p.name for p in Path("cut/runs").iterdir()}
    endpoint.configure()
    assert run("sweep", "small.toml", "--out", "cut").code == 0
    assert tables(Path("cut")) == tables(undisturbed)


def test_a_server_may_move_between_two_sessions(
    run: Any, endpoint: Any, undisturbed: Path, tables: Any
) -> None:
    """Its address is no part of what is played: not of a run's name, a table or a call's key."""
    whole = tables(Path("plain"))
    shutil.rmtree(next(Path("plain/runs").iterdir()))
    file = Path("small.toml")
    moved = endpoint.model.replace("127.0.0.1", "localhost")
    file.write_text(file.read_text().replace(endpoint.model, moved))
    endpoint.configure()
    assert run("sweep", file, "--out", "plain", "--quiet").code == 0
    assert tables(Path("plain")) == whole
    assert endpoint.log()["asked"] == []


def test_a_folder_that_another_process_plays_is_left_alone(
    run: Any, endpoint: Any, undisturbed: Path
) -> None:
    other = Store(Path("plain"))
    other.claim(Path("plain/experiment.toml").read_text())
    shutil.rmtree(next(Path("plain/runs").iterdir()))
    unfinished = Path("plain/runs/.being-written")
    unfinished.mkdir()
    done = run("sweep", "small.toml", "--out", "plain", "--quiet")
    assert done.code == 2
    assert "plain is being played by another process" in done.err
    assert unfinished.is_dir()
    other.release()
    assert run("sweep", "small.toml", "--out", "plain", "--quiet").code == 0
    assert not unfinished.exists()


def test_every_row_says_what_the_contract_wants(undisturbed: Path, decisions: Any) -> None:
    rows = decisions(undisturbed)
    assert set(rows["answer"]) == {"decision"}
    assert set(rows["model"]) == {"mock"}
    assert set(rows["readout"]) == {"label"}
    assert rows["action"].null_count() == 0
    assert all(abs(sum(p) - 1) < 1e-9 for p in rows["probabilities"])
    # 0.9 of the mock's probability is on the labels.
    assert rows["mass"].to_list() == pytest.approx([0.9] * len(rows))
    assert set(rows["level"]) == {"top"}


def test_a_short_list_of_tokens_gives_bounds_and_says_so(
    run: Any, endpoint: Any, decisions: Any
) -> None:
    endpoint.configure(top=2)
    assert run("sweep", written(Path(), endpoint), "--out", "short").code == 0
    levels = decisions(Path("short")).group_by("scenario").agg(pl.col("level").unique())
    # Two of two options are listed, and two of the three options of public goods.
    assert dict(levels.iter_rows()) == {"prisoners_dilemma": ["top"], "public_goods": ["bounded"]}


def test_the_manifest_names_what_could_change_a_number(undisturbed: Path) -> None:
    manifest = json.loads((undisturbed / "manifest.json").read_text())
    assert manifest["runs"] == {"planned": 8, "complete": 8, "failed": 0}
    assert manifest["model"]["name"] == "mock"
    assert manifest["readout"] == "label"
    texts = {name.partition("/")[0] for name in manifest["personas"]}
    assert texts == {"guardian", "rogue-mind"}
    assert {"polars", "numpy", "mesa", "python"} <= set(manifest["versions"])
    assert manifest["usage"]["calls"] == recorded(undisturbed)


def test_replay_finds_a_run_that_was_changed(run: Any, undisturbed: Path) -> None:
    shutil.copytree(undisturbed, "again")
    table = next(Path("again/runs").glob("*/decisions.parquet"))
    frame = pl.read_parquet(table)
    frame.with_columns(payoff=pl.col("payoff") + 1).write_parquet(table, compression="zstd")
    done = run("sweep", "small.toml", "--out", "again", "--replay", "--quiet")
    assert done.code == 2
    assert "is not what the recorded calls give" in done.err
    assert not list(Path("again/runs").glob(".*"))


def test_a_sweep_does_not_go_on_with_another_network(run: Any, tmp_path: Path) -> None:
    nx.write_graphml(nx.path_graph(4), tmp_path / "net.graphml")
    Path("net.toml").write_text(ON_A_FILE)
    assert run("sweep", "net.toml", "--out", "net").code == 0
    shutil.rmtree(next(Path("net/runs").iterdir()))
    nx.write_graphml(nx.cycle_graph(4), tmp_path / "net.graphml")
    done = run("sweep", "net.toml", "--out", "net", "--quiet")
    assert done.code == 2
    assert "was begun with other networks" in done.err


def test_the_manifest_names_the_model_also_when_only_scripted_runs_were_left(
    run: Any, endpoint: Any, tmp_path: Path
) -> None:
    file = tmp_path / "both.toml"
    text = EXPERIMENT.format(model=endpoint.model, seeds=1)
    file.write_text(text.replace('"guardian", {', '"scripted:random", {'))
    assert run("sweep", file, "--out", "both", "--quiet").code == 0
    whole = json.loads(Path("both/manifest.json").read_text())
    shutil.rmtree(next(Path("both/runs").glob("*scripted_random*")))
    assert run("sweep", file, "--out", "both", "--quiet").code == 0
    again = json.loads(Path("both/manifest.json").read_text())
    for key in ("model", "readout", "usage", "runs"):
        assert again[key] == whole[key], key
    assert again["model"]["name"] == "mock"


FACTORIAL = """
name = "strategies by game"
[design]
scenarios = ["prisoners_dilemma", "chicken"]
populations = ["scripted:always_cooperate", "scripted:always_defect"]
wordings = 1
seeds = 2
agents = 4
rounds = 2
"""


def test_several_factors_give_main_effects_and_interactions(run: Any, tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(FACTORIAL)
    assert run("sweep", "two.toml", "--quiet").code == 0
    compare = ("compare", "two", "--by", "population", "--by", "scenario")
    told = run(*compare, "--metric", "cooperation_rate")
    assert told.code == 0 and "population x scenario" in told.out
    found = json.loads(run(*compare, "--metric", "cooperation_rate", "--json").out)
    effects = {one["effect"]: one["estimate"] for one in found}
    # Always 1 against always 0 in both games: the whole difference, and no interaction.
    assert (effects["population"], effects["population x scenario"]) == (1.0, 0.0)
    refused = run(*compare, "--baseline", "chicken")
    assert refused.code == 2 and "--baseline goes with one --by" in refused.err
