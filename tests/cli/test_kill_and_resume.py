"""A sweep that is killed again and again ends as if nothing had happened.

The whole measurement, with more kills, is `benchmarks/kill_and_resume.py`.
"""

from pathlib import Path
from typing import Any

from kill_and_resume import kill_and_resume

EXPERIMENT = """
name = "killed"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["human-any", "rogue-mind"]
wordings = 1
seeds = 1
agents = 3
rounds = 3
[mind]
model = "{model}"
readout = "label"
"""


def test_killed_sweeps_lose_nothing_and_ask_no_recorded_call_again(
    endpoint: Any, tmp_path: Path
) -> None:
    endpoint.configure(latency_ms=30)
    found = kill_and_resume(endpoint, EXPERIMENT.format(model=endpoint.model), tmp_path, 3)
    assert found.killed >= 1  # on a slow machine a sweep may end before it can be killed
    assert found.tables > 0 and found.differing == []
    assert found.recorded_again == 0
    # Each kill takes at most the eight replies under way, and eight that were being written.
    assert found.in_flight_again <= 3 * 16
