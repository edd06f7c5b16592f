"""C1: how far first choices depend on what should not matter, and how well they tell situations."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analysis.claims.arms import between, within
from analysis.claims.finding import Finding, missing
from analysis.coherence.arbitrariness import by_scenario
from analysis.coherence.discrimination import discrimination
from analysis.coherence.policies import Policies, policies
from analysis.folder import Folder
from analysis.samples import told

_INSIDE = ("order", "wording", "paraphrase")


def difference(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Weighted sum of the means of arms, as of `arms.difference`; persons are the units.

    Args:
        folder: of one model and readout.
        options: "measure": "arbitrariness" (bits) or "discrimination" (ICC); "arms", "over".
        alpha: of the interval.
    """
    read = policies(folder)
    if read.frame.is_empty():
        return missing("no first choice has an exact distribution")
    if options["measure"] == "arbitrariness":
        rows = _arbitrary(read, options["arms"])
    else:
        rows = _discriminating(read)
    if rows.is_empty():
        return missing(f"{options['measure']} needs several wordings, orders or scenarios")
    return between(rows, options, alpha)


def _arbitrary(read: Policies, arms: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A row per persona and scenario: the mean over those sources that all who count have there.

    Who is in no arm, such as one that has a single text, takes no source from the others.
    """
    found = by_scenario(read).filter(pl.col("source").is_in(_INSIDE)).with_columns(told=told())
    compared = pl.concat([within(found, arm) for arm in arms]).unique(maintain_order=True)
    keys = ["persona", "person", "kind", "identity", "affect", "stance", "scenario"]
    everywhere = pl.struct("persona", "scenario").n_unique()
    whole = compared.select(everywhere).item() if len(compared) else 0
    shared = compared.group_by("source").agg(n=everywhere).filter(pl.col("n") == whole)["source"]
    means = (
        compared.filter(pl.col("source").is_in(shared.to_list()))
        .group_by(keys)
        .agg(pl.col("value").sort().mean())
        .sort(keys)
    )
    return _rows(means.rename({"scenario": "in scenario"}))


def _discriminating(read: Policies) -> pl.DataFrame:
    found = discrimination(read).drop_nulls("value")
    return _rows(found.with_columns(pl.lit("").alias("in scenario")))


def _rows(found: pl.DataFrame) -> pl.DataFrame:
    return found.with_columns(
        pl.lit("").alias("in wording"), pair=pl.lit(""), weight=pl.lit(1.0), told=told()
    )
