"""What many metrics of single games are: means over the answers to one of a game's menus."""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from analysis.metrics.metric import Score, means
from analysis.metrics.rows import Rows


def chosen_from(rows: Rows, game: str, menu: Iterable[str]) -> pl.DataFrame:
    """Decided answers to a menu of a game; none in other games.

    Args:
        rows: the run.
        game: name of the game.
        menu: keys of its options, which no other menu of the game holds.
    """
    if rows.run.game != game:
        return rows.decisions.clear()
    return rows.decisions.filter(pl.col("action").is_in(list(menu)), answer="decision")


def share(rows: Rows, among: pl.DataFrame, *options: str) -> list[Score]:
    """Share of these decisions that chose one of the options."""
    return _means(rows, among, among["action"].is_in(options))


def mean_worth(rows: Rows, among: pl.DataFrame, worth: Mapping[str, float]) -> list[Score]:
    """Mean of what the options chosen in these decisions are worth, by option key."""
    real = {key: float(value) for key, value in worth.items()}
    return _means(rows, among, among["action"].replace_strict(real, return_dtype=pl.Float64))


def _means(rows: Rows, among: pl.DataFrame, values: pl.Series) -> list[Score]:
    agents = among["agent"].to_numpy().astype(np.int64)
    return means(rows, agents, values.cast(pl.Float64).to_numpy().astype(np.float64))
