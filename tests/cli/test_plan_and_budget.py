"""Claims about plans and budgets, as the command line has them."""

import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

EXPERIMENT = """
name = "small"
[design]
scenarios = ["prisoners_dilemma", "public_goods"]
populations = ["guardian", {{name = "half", mix = {{guardian = 0.5, rogue-mind = 0.5}}}}]
wordings = 1
seeds = 2
agents = 4
rounds = 3
[mind]
model = "{model}"
"""
# 20 USD a million: 1,000 new tokens cost 2 cents; cached ones half of it.
PRICE = '[prices."mock"]\ninput = 20\ncached_input = 10\noutput = 40\n'


def written(endpoint: Any, lines: str = "") -> Path:
    file = Path("small.toml")
    file.write_text(EXPERIMENT.format(model=endpoint.model) + lines)
    return file


def totals(folder: str) -> tuple[int, int, int]:
    """Calls, prompt tokens and completion tokens in a journal."""
    with closing(sqlite3.connect(Path(folder) / "calls.sqlite")) as journal:
        found = journal.execute(
            "SELECT COUNT(*), SUM(prompt_tokens), SUM(completion_tokens) FROM calls"
        ).fetchone()
    return found[0], found[1] or 0, found[2] or 0


def usage(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(folder) / "manifest.json").read_text())["usage"]
    return found


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a plan opens no connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_plan_needs_no_key_no_network_and_no_folder(
    run: Any, endpoint: Any, no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    file = written(endpoint, PRICE)
    done = run("sweep", file, "--plan")
    assert done.code == 0, done.err
    for word in ("runs", "distinct contexts", "calls", "cost", "USD", "random answers", "assumed"):
        assert word in done.out
    assert [*Path().iterdir()] == [file]


def test_a_plan_counts_recorded_calls_in_a_folder_of_any_name(run: Any, endpoint: Any) -> None:
    file, folder = written(endpoint), "who #1?%41"
    assert run("sweep", file, "--out", folder, "--max-calls", "20").code == 3
    told = json.loads(run("sweep", file, "--out", folder, "--plan", "--json").out)
    assert told["recorded_calls"] == totals(folder)[0] > 0
    assert {each.name for each in Path().iterdir()} == {file.name, folder}


def test_a_plan_of_one_run_and_of_the_demo_is_told_as_json(run: Any, no_network: None) -> None:
    done = run("run", "chicken", "--population", "none", "--plan", "--json")
    told = json.loads(done.out)
    assert told["runs"] == {"planned": 1, "complete": 0, "to_play": 1}
    assert told["cost"] == [0.0, 0.0]  # It runs on this machine.
    # 12 characters on a complete network make 66 pairs: 132 decisions in each of 10 rounds.
    assert (told["characters"], told["decisions"]) == (12, 1320)
    told = json.loads(run("demo", "--plan", "--json").out)
    assert told["runs"]["planned"] == 320
    assert told["calls"][0] < 0.10 * told["decisions"]
    assert [*Path().iterdir()] == []


def test_a_model_without_a_price_has_a_plan_without_a_cost(run: Any, endpoint: Any) -> None:
    done = run("sweep", written(endpoint), "--plan")
    assert "no price given" in done.out and "USD" not in done.out


def test_a_sweep_asks_about_what_its_plan_said(run: Any, endpoint: Any) -> None:
    file = written(endpoint, PRICE)
    told = json.loads(run("sweep", file, "--plan", "--json").out)
    assert run("sweep", file, "--quiet").code == 0
    used = usage("small")
    assert told["decisions"] == used["decisions"]
    for planned, took in (
        (told["contexts"], used["contexts"]),
        (told["calls"], used["calls"]),
        (told["completion_tokens"], used["completion_tokens"]),
        (told["prompt_tokens"], used["prompt_tokens"]),
        (told["cost"], used["cost"]),
    ):
        assert planned[0] / 1.25 <= took <= planned[1] * 1.25


def test_a_finished_sweep_has_nothing_left_to_plan_and_stays_as_it_is(
    run: Any, endpoint: Any, no_network: None
) -> None:
    file = written(endpoint).read_text().replace("seeds = 2", "seeds = 1")
    scripted = file.replace(endpoint.model, "scripted:tit_for_tat")
    scripted = scripted.replace("public_goods", "chicken")
    Path("small.toml").write_text(scripted)
    assert run("sweep", "small.toml", "--quiet").code == 0
    before = {f: f.stat().st_mtime_ns for f in Path("small").rglob("*")}
    told = json.loads(run("sweep", "small.toml", "--plan", "--json").out)
    assert told["runs"] == {"planned": 4, "complete": 4, "to_play": 0}
    assert told["decisions"] == 0 and told["calls"] == [0, 0]
    assert {f: f.stat().st_mtime_ns for f in Path("small").rglob("*")} == before


@pytest.mark.parametrize("concurrency", [1, 64])
def test_the_server_never_counts_more_requests_than_the_budget(
    run: Any, endpoint: Any, concurrency: int
) -> None:
    endpoint.configure(latency_ms=5, fault_rate=0.3, fault_kinds=["429", "500", "garbled"])
    most = 40
    done = run(
        "sweep", written(endpoint), "--max-calls", most, "--concurrency", concurrency, "--quiet"
    )
    assert done.code == 3
    # Requests that met a fault count, and so do probes; one of those meets a path that is not
    # there, which the server does not count.
    assert most - 1 <= len(endpoint.log()["asked"]) <= most
    assert totals("small")[0] < most
    assert "of 8 runs are complete" in done.err and f"budget of {most} calls" in done.err


@pytest.mark.parametrize("concurrency", [1, 64])
def test_the_server_never_counts_more_tokens_than_the_budget(
    run: Any, endpoint: Any, concurrency: int
) -> None:
    endpoint.configure(latency_ms=5)
    most = 6_000
    done = run(
        "sweep", written(endpoint), "--max-tokens", most, "--concurrency", concurrency, "--quiet"
    )
    assert done.code == 3 and f"budget of {most} tokens" in done.err
    # Where the limit is near, the worst case of a request is more than what it takes.
    assert 0.5 * most < endpoint.log()["tokens"] <= most


@pytest.mark.parametrize("concurrency", [1, 64])
def test_what_the_server_counted_never_costs_more_than_the_budget_and_the_sweep_goes_on(
    run: Any, endpoint: Any, concurrency: int
) -> None:
    endpoint.configure(latency_ms=5)
    file = written(endpoint, PRICE)
    options = ("--concurrency", concurrency, "--quiet")
    done = run("sweep", file, "--max-cost", 0.1, *options)
    assert done.code == 3 and "budget of 0.1 USD" in done.err
    # A token costs at most 40 millionths, and at least 20: nothing is cached.
    assert endpoint.log()["tokens"] * 20e-6 <= 0.1
    _, prompt, completion = totals("small")
    assert usage("small")["cost"] == pytest.approx((20 * prompt + 40 * completion) / 1e6)
    assert run("sweep", file, *options).code == 0
    asked = endpoint.log()["asked"]
    assert len(asked) == len(set(asked))


def test_a_price_that_is_added_later_goes_on_in_the_same_folder(run: Any, endpoint: Any) -> None:
    done = run("sweep", written(endpoint), "--max-calls", 30, "--quiet")
    assert done.code == 3 and usage("small")["cost"] is None
    assert run("sweep", written(endpoint, PRICE), "--quiet").code == 0
    calls, prompt, completion = totals("small")
    used = usage("small")
    assert used["calls"] == calls
    assert used["cost"] == pytest.approx((20 * prompt + 40 * completion) / 1e6)


def test_a_limit_of_cost_without_a_price_shows_the_lines_to_add(run: Any, endpoint: Any) -> None:
    file = written(endpoint)
    done = run("sweep", file, "--max-cost", 1)
    assert done.code == 2
    assert "--max-cost needs the price of 'mock'" in done.err and '[prices."mock"]' in done.err
    assert [*Path().iterdir()] == [file] and endpoint.log()["asked"] == []


def test_a_budget_smaller_than_one_question_says_so(run: Any, endpoint: Any) -> None:
    done = run("sweep", written(endpoint), "--max-tokens", 1, "--quiet")
    assert done.code == 3
    assert "smaller than one question needs" in done.err and "--max-tokens" in done.err
    assert endpoint.log()["tokens"] == 0


def test_one_run_has_budgets_too(run: Any, endpoint: Any) -> None:
    society = ("run", "chicken", "--population", "none", "--model", endpoint.model, "--out", "one")
    done = run(*society, "--max-calls", 6, "--quiet")
    assert done.code == 3 and "0 of 1 runs are complete, 1 are left" in done.err
    done = run(*society, "--json", "--quiet")
    assert done.code == 0, done.err
    used = json.loads(done.out)["usage"]
    assert used == usage("one") and used["calls"] == totals("one")[0]


def test_usage_is_shown_at_the_end_and_faults_are_counted_by_kind(run: Any, endpoint: Any) -> None:
    # Five faults in a row, which nothing survives, come once in 10,000 requests.
    endpoint.configure(fault_rate=0.15, fault_kinds=["429", "500"], spared=20)
    done = run("sweep", written(endpoint))
    assert done.code == 0, done.err
    made = endpoint.log()["faults"]
    used = usage("small")
    assert {fault["kind"]: fault["faults"] for fault in used["faults"]} == made
    assert all(fault["recovered"] == fault["faults"] for fault in used["faults"])
    assert used["requests"] == used["calls"] + sum(made.values())
    for word in ("distinct contexts", "requests sent", "faults: 429", "no price given"):
        assert word in done.out
    assert "requests sent" not in run("sweep", "small.toml", "--quiet").out
