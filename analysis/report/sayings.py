"""What characters said to each other: a few messages of every scenario and population."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

MOST = 48
_EACH = 2
SCHEMA = pl.Schema(
    {
        "scenario": pl.String(),
        "population": pl.String(),
        "member": pl.String(),
        "persona": pl.String(),
        "run_id": pl.String(),
        "round": pl.Int64(),
        "source": pl.Int64(),
        "heard": pl.Int64(),
        "text": pl.String(),
    }
)


def sayings(messages: pl.DataFrame, who: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """The first messages of different words of each scenario, population and member.

    The choice is fixed, not random: the lowest round, then the lowest run_id, then the speaker.

    Args:
        messages: `messages.parquet` of some runs.
        who: run_id, agent, member, persona.
        runs: run_id, scenario, population.

    Returns:
        Columns SCHEMA; `heard` counts those to whom it was said.
    """
    said = (
        messages.filter(pl.col("text").is_not_null())
        .group_by("run_id", "round", "source", "text")
        .agg(pl.len().cast(pl.Int64).alias("heard"))
        .join(who.rename({"agent": "source"}), on=["run_id", "source"])
        .join(runs.select("run_id", "scenario", "population"), on="run_id")
    )
    return first(said.select(SCHEMA.names()))


def first(said: pl.DataFrame) -> pl.DataFrame:
    """The same of what was chosen from several parts of all runs."""
    cell = ["scenario", "population", "member"]
    return (
        said.sort(*cell, "round", "run_id", "source", "text")
        .unique([*cell, "text"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over(cell) < _EACH)
    )


def taking_turns(table: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many rows, in their order; scenarios take turns, so that none is crowded out."""
    turn = pl.int_range(pl.len()).over("scenario").alias("turn")
    ranked = table.with_row_index("place").with_columns(turn).sort("turn", "place").head(most)
    return ranked.sort("place").drop("place", "turn")


def rows(said: pl.DataFrame) -> Sequence[Mapping[str, Any]]:
    """The messages that are shown."""
    return taking_turns(first(said), MOST).to_dicts()
