"""Claims about the variance that the order of mention makes inside a choice."""

from math import log
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.folder import open_folder
from analysis.option_order import option_order
from sim.records import READINGS, table

PEOPLE = ("human-benevolent/respondent-1", "human-benevolent/respondent-2")


def written(synthetic: Any, path: Path, shares: dict[int, tuple[float, float]]) -> Path:
    """One run in which each agent's probability of cooperation, forward and reversed, is given."""
    document, tables = synthetic.draw(PEOPLE, dict.fromkeys(PEOPLE, 0.5), rounds=1)
    rows = [
        {
            **{name: one[name] for name in ("run_id", "round", "agent", "partner", "phase")},
            "variant": variant,
            "log_probabilities": [log(share), log(1 - share)],
            "prompt_sha256": f"{variant} of {one['agent']}",
        }
        for one in tables["decisions"].iter_rows(named=True)
        for variant, share in zip(("forward", "reversed"), shares[one["agent"]], strict=True)
    ]
    frame = table("readings", [tuple(row.get(name) for name in READINGS) for row in rows])
    return synthetic.write(path, [(document, {**tables, "readings": frame})])


def test_a_shift_that_all_contexts_share_is_order_alone(synthetic: Any, tmp_path: Path) -> None:
    # Both fall from .6 to .4 and .8 to .6: half the squared difference of .2 is the variance.
    folder = written(synthetic, tmp_path / "shared", {0: (0.6, 0.4), 1: (0.8, 0.6)})
    order, rest = option_order(open_folder(folder))
    assert order.variance == pytest.approx(0.02)
    assert rest.variance == pytest.approx(0, abs=1e-12)
    assert (order.units, rest.units) == (2, 4)


def test_shifts_that_cancel_are_of_contexts(synthetic: Any, tmp_path: Path) -> None:
    folder = written(synthetic, tmp_path / "apart", {0: (0.6, 0.4), 1: (0.6, 0.8)})
    order, rest = option_order(open_folder(folder))
    # By hand: mean square of order 0, of the rest .04 at one degree; (0 - .04) / 2.
    assert rest.variance == pytest.approx(0.04)
    assert order.variance == pytest.approx(-0.02)


def test_without_readings_there_is_nothing_to_tell(synthetic: Any, tmp_path: Path) -> None:
    run = synthetic.draw(PEOPLE, dict.fromkeys(PEOPLE, 0.5), rounds=1)
    assert option_order(open_folder(synthetic.write(tmp_path / "none", [run]))) == []


def test_a_context_that_came_again_counts_once(synthetic: Any, tmp_path: Path) -> None:
    once = written(synthetic, tmp_path / "once", {0: (0.6, 0.4), 1: (0.8, 0.6)})
    place = next((once / "runs").iterdir()) / "readings.parquet"
    pl.concat([pl.read_parquet(place)] * 2).write_parquet(place)
    assert [one.units for one in option_order(open_folder(once))] == [2, 4]
