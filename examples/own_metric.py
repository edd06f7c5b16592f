"""A metric of one's own: `society compare DIR --by population --metrics examples/own_metric.py`."""

import polars as pl

from analysis.metrics import measure
from analysis.metrics.rows import Rows


@measure(
    unit="share",
    definition="choices that repeat the character's last choice toward the same partner",
    denominator="choices, from the second one on toward the same partner and in the same phase",
    undefined="nobody chose twice",
    source="this example",
)
def persistence(rows: Rows) -> pl.DataFrame:
    """Whether each choice is the one before it."""
    made = rows.decisions.filter(pl.col("answer") == "decision")
    before = pl.col("action").shift().over("agent", "partner", "phase")
    return made.with_columns(value=pl.col("action") == before)
