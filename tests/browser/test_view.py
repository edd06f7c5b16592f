"""Claims about the web app in a real browser."""

import json
import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202ejavascript:\u200b\x1b[31m"
TOLD = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>⟨U+202E⟩javascript:⟨U+200B⟩⟨U+001B⟩[31m"
)
SWEEP = """
name = "scripted"
[design]
scenarios = ["prisoners_dilemma", "stag_hunt"]
populations = ["scripted:tit_for_tat", "scripted:always_defect"]
wordings = 1
seeds = 2
agents = 3
rounds = 2
"""
TIMED = """([id, value]) => new Promise((done) => {
  const begun = performance.now(), chosen = document.getElementById(id);
  new MutationObserver((_, watching) => { watching.disconnect(); done(performance.now() - begun); })
    .observe(document.getElementById("who").parentNode, { subtree: true, childList: true });
  chosen.value = value;
  chosen.dispatchEvent(new Event("change"));
})"""
"""Milliseconds from a choice in a list to what it changes on the page."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one stored experiment."""
    place = tmp_path_factory.mktemp("view")
    (place / "stored.toml").write_text(SWEEP)
    _society("sweep", place / "stored.toml", "--quiet").communicate(timeout=300)
    return place


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The app over that folder; in the end it is interrupted, and must end cleanly."""
    process = _society("view", home, "--port", "0")
    assert process.stderr is not None
    yield process.stderr.readline().split(": ", 1)[1].strip()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in told
    assert "Error" not in told


def _society(*arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _fill(page: Any, **given: object) -> None:
    page.wait_for_selector("[name=wording] option", state="attached")
    for name, value in given.items():
        page.fill(f"[name={name}]", str(value))


def _status(page: Any, text: str) -> None:
    page.wait_for_selector(f"#status:has-text('{text}')")


def _reset(page: Any) -> None:
    page.click("#reset")
    _status(page, "nothing is played")


def test_a_live_run_is_started_one_round_at_a_time(visit: Callable[..., Any], address: str) -> None:
    seen = visit(address)
    page = seen.page
    _fill(page, population="scripted:tit_for_tat=0.5,scripted:random=0.5", agents=4, rounds=60)
    page.click("#step")
    _status(page, "paused: round 1 of 60")
    page.click("#step")
    _status(page, "paused: round 2 of 60")
    assert page.locator("#graph .node").count() == 4
    assert page.locator("#graph .edge").count() == 6
    stroke = "one => getComputedStyle(one).stroke"
    assert page.locator("#graph .edge").first.evaluate(stroke) != "none"
    assert page.locator("#chart .line").count() == 2
    assert page.locator("#stream li").count() == 24
    assert "round 2" in page.locator("#stream li").first.inner_text()
    assert (seen.overhang(), seen.hurdles(), seen.faults) == (0, [], [])
    _reset(page)


def test_a_live_run_is_paused_and_finished_and_then_stands_among_the_runs(
    visit: Callable[..., Any], address: str, home: Path
) -> None:
    seen = visit(address)
    page = seen.page
    _fill(page, population="scripted:tit_for_tat=0.5,scripted:random=0.5", agents=4, rounds=60)
    page.select_option("#speed", "0.5")
    page.click("#start")
    _status(page, "playing: round")
    times = [page.evaluate(TIMED, ["whose", each]) for each in ("0", "1", "2", "3", "")]
    assert statistics.median(times) < 1000, times
    page.click("#pause")
    _status(page, "paused: round")
    held = page.inner_text("#status")
    page.wait_for_timeout(900)
    assert page.inner_text("#status") == held
    page.select_option("#speed", "0")
    page.click("#start")
    _status(page, "finished: round 60 of 60")
    (stored,) = home.glob("live-*")
    _reset(page)
    page.goto(f"{address}runs")
    page.select_option("#experiment", label=stored.name)
    page.wait_for_selector("#told:has-text('1 run')")
    assert seen.faults == []


def test_bad_input_is_one_message_on_the_page(visit: Callable[..., Any], address: str) -> None:
    page = visit(address).page
    _fill(page, population="tin-mann")
    page.click("#start")
    page.wait_for_selector("#error:visible")
    told = page.inner_text("#error")
    assert "tin-mann" in told
    assert "tin-man" in told.replace("tin-mann", "")
    assert "Traceback" not in told
    assert page.inner_text("#status") == "nothing is played"


def test_stored_runs_are_filtered_compared_replayed_and_read(
    visit: Callable[..., Any], address: str
) -> None:
    seen = visit(f"{address}runs")
    page = seen.page
    page.select_option("#experiment", label="stored")
    page.wait_for_selector("#told:has-text('8 runs')")
    page.select_option("[data-factor=scenario]", "stag_hunt")
    page.wait_for_selector("#told:has-text('4 runs')")
    page.select_option("#a", "scripted:tit_for_tat")
    page.select_option("#b", "scripted:always_defect")
    page.click("#compare")
    page.wait_for_selector("#compared tbody")
    last = page.locator("#compared tbody tr").last.inner_text()
    # Tit for tat always cooperates with itself, the other never does, in 2 pairs of runs.
    assert "1.000\t1.000 to 1.000\t2 pairs" in last
    page.locator("#runs button").last.click()
    page.wait_for_selector("#decisions button")
    frame = page.frame_locator("#replay")
    frame.locator("svg").first.wait_for()
    page.locator("#decisions button").first.click()
    page.wait_for_selector("#decision dl")
    assert "prompt hash" in page.inner_text("#decision")
    assert seen.overhang() == 0
    assert seen.hurdles() == []
    assert seen.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_fit_a_phone(visit: Callable[..., Any], address: str, scheme: str) -> None:
    seen = visit(address, width=390, color_scheme=scheme)
    page = seen.page
    _fill(page, population="scripted:tit_for_tat=0.5,scripted:random=0.5", agents=4, rounds=3)
    page.click("#step")
    _status(page, "paused: round 1 of 3")
    assert (seen.overhang(), seen.hurdles()) == (0, [])
    _reset(page)
    page.goto(f"{address}runs")
    page.select_option("#experiment", label="stored")
    page.wait_for_selector("#told:has-text('8 runs')")
    page.click("#compare")
    page.wait_for_selector("#compared tbody")
    assert (seen.overhang(), seen.hurdles(), seen.faults) == (0, [], [])


def test_text_of_others_is_text(visit: Callable[..., Any], address: str) -> None:
    seen = visit(address)
    page = seen.page
    page.wait_for_selector("[name=wording] option", state="attached")
    who = {"agent": 0, "member": HOSTILE, "persona": HOSTILE, "text": HOSTILE, "x": 0.5, "y": 0.5}
    row = {"round": 1, "phase": HOSTILE, "agent": 0, "partner": None, "answer": "decision"}
    row |= {"action": HOSTILE, "action_class": "neutral", "done": None, "payoff": 1}
    row |= {"menu": [HOSTILE], "probabilities": [1], "text": HOSTILE * 30, "cut": 100_000}
    point = {"round": 1, "member": HOSTILE, "value": 0.5, "low": None, "high": None, "n": 1}
    last = {"0": ["decision", HOSTILE, "neutral"]}
    told = {
        "number": 99,
        "status": "paused",
        "message": HOSTILE,
        "rounds": 1,
        "run_id": HOSTILE,
        "folder": HOSTILE,
        "cast": {"characters": [who], "edges": []},
        "settled": {"round": 1, "links": [], "pairs": 0, "points": {"0": 1}, "last": last},
        "series": [{**point, "decisions": 1}],
        "counters": {HOSTILE: 1, "in flight": 0},
        "rows": [row],
        "seen": 1,
    }
    page.route(
        "**/api/live?*",
        lambda route: route.fulfill(body=json.dumps(told), content_type="application/json"),
    )
    page.wait_for_selector("#stream li")
    page.select_option("#whose", "0")
    page.wait_for_selector("#who blockquote")
    assert page.inner_text("#who blockquote") == TOLD
    assert page.locator("main script, main img").count() == 0
    for part in ("#stream", "#message", "#members", "#counters"):
        assert TOLD in page.inner_text(part), part
    assert seen.faults == []
    assert [each for each in seen.fetched if not each.startswith(address)] == []
