"""Claims about a run that is played while the page looks on."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.metrics import score
from sim import experiment as experiments
from sim.errors import ExperimentError
from sim.opening import ModelChoice
from sim.sweep import Sweep, carry_out
from view.live import Live
from view.offer import SOURCE, experiment_of

State = dict[str, Any]


def _is(status: str, settled: int | None = None) -> Callable[[State], bool]:
    return lambda told: (
        told["status"] == status and (settled is None or told["settled"]["round"] == settled)
    )


class _Nobody:
    def prompt_scored(self) -> None: ...
    def round_played(self, run_id: str) -> None: ...
    def run_ended(self, run_id: str, error: str | None) -> None: ...


def test_a_live_run_leaves_the_tables_of_the_same_run_played_unseen(
    live: Live,
    begin: Callable[..., None],
    wait: Callable[..., State],
    form: Callable[..., State],
    tmp_path: Path,
) -> None:
    begin()
    told = wait(_is("finished", 3))
    experiment = experiment_of(form())
    specs = experiments.resolve(experiment, SOURCE)
    unseen = tmp_path / "unseen"
    sweep = Sweep(experiment, specs, unseen, ModelChoice("embedded"), score)
    asyncio.run(carry_out(sweep, _Nobody()))
    files = {
        folder: {
            file.name: file.read_bytes() for file in (folder / "runs" / told["run_id"]).iterdir()
        }
        for folder in (Path(told["folder"]), unseen)
    }
    assert files[unseen] == files[Path(told["folder"])]
    assert "decisions.parquet" in files[unseen]


def test_a_held_run_goes_on_round_by_round_and_tells_what_was_done(
    live: Live, begin: Callable[..., None], wait: Callable[..., State]
) -> None:
    begin(paused=True)
    told = wait(_is("paused", 0))
    assert [who["member"] for who in told["cast"]["characters"]].count("scripted:tit_for_tat") == 2
    live.pace.step()
    first = wait(_is("paused", 1))
    # Six pairs choose twice; tit for tat begins with cooperation, the others never cooperate.
    assert first["counters"]["decisions"] == 12
    assert [(one["member"], one["value"], one["n"]) for one in first["series"]] == [
        ("scripted:always_defect", 0.0, 2),
        ("scripted:tit_for_tat", 1.0, 2),
    ]
    assert len(first["settled"]["links"]) == 12
    live.pace.step()
    second = wait(_is("paused", 2))
    # Two of its three partners defected: each tit for tat cooperates with the other alone.
    assert second["series"][-1]["value"] == pytest.approx(1 / 3)
    assert live.state(second["number"], 12)["rows"] == second["rows"][12:]
    live.pace.go()
    assert wait(_is("finished", 3))["seen"] == 36


def test_a_reset_run_leaves_nothing_behind(
    live: Live, begin: Callable[..., None], wait: Callable[..., State], tmp_path: Path
) -> None:
    begin(paused=True)
    folder = Path(wait(_is("paused", 0))["folder"])
    assert folder.is_dir()
    live.reset()
    assert live.state(0, 0)["status"] == "idle"
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_reset_while_the_model_thinks(
    live: Live,
    begin: Callable[..., None],
    wait: Callable[..., State],
    endpoint: Any,
    tmp_path: Path,
) -> None:
    begin(paused=True, population="tin-man", model=endpoint.model, readout="json")
    wait(_is("paused", 0))
    endpoint.configure(latency_ms=60_000, latency="fixed")
    live.pace.step()
    wait(lambda told: told["counters"]["in flight"] > 0)
    live.reset()
    assert live.state(0, 0)["status"] == "idle"
    assert list(tmp_path.iterdir()) == []


def test_calls_and_tokens_of_a_model_are_counted(
    begin: Callable[..., None], wait: Callable[..., State], endpoint: Any
) -> None:
    begin(population="tin-man", model=endpoint.model, agents=2, rounds=1)
    told = wait(_is("finished", 1))
    assert told["counters"]["calls"] > 0
    assert told["counters"]["prompt tokens"] > 0
    assert sum(told["rows"][0]["probabilities"]) == pytest.approx(1)


def test_one_run_is_played_at_a_time(begin: Callable[..., None]) -> None:
    begin(paused=True)
    with pytest.raises(ExperimentError, match="reset it first"):
        begin()


def test_nothing_is_paced_where_nothing_is_played(live: Live) -> None:
    with pytest.raises(ExperimentError, match="start a run first"):
        _ = live.pace


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"population": "tin-mann"}, "tin-man"),
        ({"population": "scripted:tit_for_tat=0.5"}, "sum"),
        ({"population": " "}, "population is empty"),
        ({"scenario": "prisoner_dilemma"}, "prisoners_dilemma"),
        ({"wording": "creek"}, "creek"),
        ({"agents": 0}, "at least 1"),
        ({"agents": None}, "whole number"),
        ({"agents": True}, "whole number"),
        ({"agents": 501}, "at most 500"),
        ({"memory": "last-9"}, "last-1"),
        ({"population": "tin-man", "model": "no-such-model"}, "no-such-model"),
    ],
)
def test_what_cannot_be_played_is_one_message_and_nothing_is_written(
    begin: Callable[..., None], given: State, told: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match=told) as found:
        begin(**given)
    assert "\n" not in str(found.value)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_cannot_be_reached_is_a_message(
    begin: Callable[..., None],
    wait: Callable[..., State],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("sim.terms.Terms.pause_seconds", lambda *_: 0.01)
    begin(population="tin-man", model="http://127.0.0.1:9/v1#none")
    assert "127.0.0.1:9" in wait(_is("failed"))["message"]
    assert list(tmp_path.iterdir()) == []
