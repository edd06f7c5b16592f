"""C7: what stays of a first personality after it was removed or replaced, the memory kept."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.claims.arms import between, placed
from analysis.claims.finding import Finding, missing
from analysis.folder import Folder

_RANK = {"hostile": -1.0, "neutral": 0.0, "benevolent": 1.0}


def difference(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Treatment minus yoked arm, in the direction of the first personality.

    Which direction that is, is fixed by the personas and not by what they did: positive where the
    stance of those who made the memory in the treatment arm is more benevolent than of those who
    made it in the yoked arm, and turned where it is less. Where both are equal the change is left
    out.

    Args:
        folder: of one model and readout.
        options: "metric": measured after the change, or before it to see whether the two
            personalities differed at all.
        alpha: of the interval.
    """
    directions = _directions(folder)
    if directions.is_empty():
        return missing("no removal or swap with a yoked arm, made by another stance")
    rows = placed(folder, str(options["metric"]), ["intervention"])
    turned = rows.join(directions, on="run_id").with_columns(
        value=pl.col("value") * pl.col("direction")
    )
    arms = [{"weight": 1, "change_arm": "treatment"}, {"weight": -1, "change_arm": "yoked"}]
    return between(turned, {**options, "arms": arms, "over": ["changed"]}, alpha)


def _directions(folder: Folder) -> pl.DataFrame:
    """run_id, direction (1 or -1) and what was changed in whom, of runs that count."""
    runs = [
        (
            run.run_id,
            change.at,
            change.arm,
            _changed(str(run.factors.get("intervention"))),
            str(run.factors.get("population")),
        )
        for run in folder.runs
        for change in run.interventions[:1]
        if change.arm in ("treatment", "yoked") and change.kind in ("swap", "removal")
    ]
    names = ["run_id", "at", "change_arm", "change_name", "population"]
    if not runs:
        return pl.DataFrame(schema=["run_id", "direction", "changed"])
    told = pl.DataFrame(runs, schema=names, orient="row").with_columns(
        changed=pl.concat_str("change_name", "population", separator="\x1f")
    )
    first = _first_stances(folder, told)
    arms = first.pivot("change_arm", index="changed", values="rank")
    if not {"treatment", "yoked"} <= set(arms.columns):
        return pl.DataFrame(schema=["run_id", "direction", "changed"])
    apart = arms.with_columns(direction=(pl.col("treatment") - pl.col("yoked")).sign())
    kept = apart.filter(pl.col("direction") != 0).select("changed", "direction")
    return told.join(kept, on="changed").select("run_id", "direction", "changed")


def _changed(level: str) -> str:
    """The change without its arm: "swap@5(x > y) yoked z" is "swap@5(x > y)"."""
    return level.partition(")")[0]


def _first_stances(folder: Folder, told: pl.DataFrame) -> pl.DataFrame:
    """Mean rank of the stances of those who chose before the change, by change and arm."""
    before = (
        folder.table("decisions")
        .join(told.lazy(), on="run_id")
        .filter(pl.col("round") < pl.col("at"))
        .group_by("changed", "change_arm")
        .agg(rank=pl.col("stance").replace_strict(_RANK, default=None).mean())
        .drop_nulls("rank")
        .sort("changed", "change_arm")
    )
    return before.collect(engine="streaming")
