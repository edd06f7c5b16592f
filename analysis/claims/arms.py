"""Differences of arms: weighted sums of the means of characters who are told apart by filters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analysis.cell_means import CellMeans
from analysis.claims.finding import Finding, missing, of_estimation
from analysis.folder import Folder
from analysis.run_record import RunRecord
from analysis.samples import observed

_NO_FILTER = ("weight", "least")
_COORDINATES = ("identity", "affect", "stance")


def difference(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Weighted sum of the means of arms, over strata that all arms share.

    Args:
        folder: of one model and readout.
        options: "metric"; "arms": list of {weight, least (how many personas it takes), and what
            tells the arm: columns with a value or a list of values}; "over": columns whose shared
            levels weigh the same; "by": factors of the design that the arms differ in, so that
            runs are paired across them.
        alpha: of the interval that is looked at for the widest sample.
    """
    rows = placed(folder, str(options["metric"]), options.get("by", ()))
    if rows.is_empty():
        return missing(f"{options['metric']} has no value in these runs")
    return between(rows, options, alpha)


def between(rows: pl.DataFrame, options: Mapping[str, Any], alpha: float) -> Finding:
    """The same of rows in the columns of `placed`, those of the filters among them."""
    arms = [
        within(rows, arm).with_columns(arm=pl.lit(str(place)))
        for place, arm in enumerate(options["arms"])
    ]
    for arm, told in zip(arms, options["arms"], strict=True):
        if arm.is_empty():
            return missing(f"no values of {_told(told)}")
    over = options.get("over", ())
    stratum = pl.concat_str(list(over) or [pl.lit("")], separator="\x1f")
    told = pl.concat(arms).with_columns(stratum=stratum).filter(pl.col("stratum").is_not_null())
    strata = told.group_by("stratum").agg(pl.col("arm").n_unique())
    shared = sorted(strata.filter(pl.col("arm") == len(arms))["stratum"])
    if not shared:
        return missing(f"its arms share no level of {' x '.join(over)}")
    compared = told.filter(pl.col("stratum").is_in(shared))
    table = CellMeans.of(compared, ["arm", "stratum"])
    weights: dict[tuple[str, ...], float] = {
        (str(place), stratum): float(arm["weight"]) / len(shared)
        for place, arm in enumerate(options["arms"])
        for stratum in shared
    }
    found = of_estimation(table.estimated(weights, alpha))
    return _about_many(found, compared, options["arms"])


def _about_many(
    found: Finding, compared: pl.DataFrame, arms: Sequence[Mapping[str, Any]]
) -> Finding:
    """Without uncertainty where an arm has too few persons for a claim about their kind."""
    for place, arm in enumerate(arms):
        own = compared.filter(pl.col("arm") == str(place))["person"].n_unique()
        least = int(arm.get("least", 1))
        if own < least:
            reason = (
                f"{own} persona{'' if own == 1 else 's'} with {_told(arm)}, and {least} are needed"
            )
            return replace(found, uncertainty=None, reason=reason)
    return found


def placed(folder: Folder, metric: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """Observations of one metric with all that tells arms apart.

    Returns:
        The columns of `samples.observed`, with identity, affect and stance; the arm and kind of the
        run's change ("none" without any), and a column "game:NAME" for each parameter by which runs
        differ.
    """
    factors = [name for name in by if name in folder.factors]
    rows = observed(folder, [*factors, *_COORDINATES], metric)
    return rows.join(_runs(folder), on="run_id")


def _runs(folder: Folder) -> pl.DataFrame:
    told = [_about(run) for run in folder.runs]
    names = dict.fromkeys(name for one in told for name in one)
    return pl.DataFrame(
        [{name: one.get(name) for name in names} for one in told],
        schema=dict.fromkeys(names, pl.String()),
    )


def _about(run: RunRecord) -> dict[str, str]:
    change = run.interventions[0] if run.interventions else None
    parameters = {
        f"game:{name}": value for name, value in run.parameters.items() if isinstance(value, str)
    }
    return {
        "run_id": run.run_id,
        "game": run.game,
        "change_arm": change.arm if change else "none",
        "change": change.kind if change else "none",
        **parameters,
    }


def within(rows: pl.DataFrame, arm: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of one arm; none where they lack a column that tells it."""
    chosen = rows
    for name, wanted in arm.items():
        if name in _NO_FILTER:
            continue
        if name not in rows.columns:
            return rows.clear()
        values = wanted if isinstance(wanted, list) else [wanted]
        chosen = chosen.filter(pl.col(name).is_in(values))
    return chosen


def _told(arm: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in arm.items() if name not in _NO_FILTER)
