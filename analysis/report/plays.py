"""Which runs the interactive graph holds: one per scenario and population, within bounds."""

import polars as pl

from analysis.folder import Folder
from analysis.play import Play, read_play

MOST_RUNS = 40
MOST_MOVES = 36_000


def choose(runs: pl.DataFrame, sizes: pl.DataFrame) -> list[str]:
    """Representative runs, in the order in which they are offered.

    Args:
        runs: run_id, seed, scenario, population; in the order wanted.
        sizes: run_id, moves.

    Returns:
        The run of the lowest seed of each scenario and population, as long as `MOST_RUNS` and
        `MOST_MOVES` hold; scenarios take turns, so that none is crowded out.
    """
    places = runs.select("run_id", pl.int_range(pl.len()).alias("place"))
    first = (
        runs.join(sizes, on="run_id")
        .sort("seed", "run_id")
        .unique(["scenario", "population"], keep="first", maintain_order=True)
        .join(places, on="run_id")
        .sort("place")
        .with_columns(pl.int_range(pl.len()).over("scenario").alias("turn"))
        .sort("turn", "place")
        .with_columns(pl.col("moves").cum_sum().alias("sum"))
    )
    kept = first.filter((pl.col("sum") <= MOST_MOVES) | (pl.int_range(pl.len()) == 0))
    return kept.head(MOST_RUNS).sort("place")["run_id"].to_list()


def read_plays(folder: Folder, run_ids: list[str]) -> list[Play]:
    """The chosen runs."""
    return [read_play(folder, run_id) for run_id in run_ids]
