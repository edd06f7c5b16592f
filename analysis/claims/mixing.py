"""C9: how the behaviour of those who stay goes with the share of those who come."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.cell_means import CellMeans
from analysis.claims.finding import Finding, missing, of_estimation
from analysis.folder import FOCAL, Folder
from analysis.samples import observed

_LEAST_SHARES = 2
_SCRIPTED = "scripted:"


def slope_beyond_rates(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Slope of focal characters' metric on the trope's share, minus that of matched scripted seats.

    Each series' slope is the least-squares one over its shares, in units of the metric from none to
    all; series of tropes weigh the same, and so do those of scripted seats that choose as often.

    Args:
        folder: of one model and readout, with series of both kinds.
        options: "metric"; "control": whether the scripted seats are taken off.
        alpha: of the interval.
    """
    if "share" not in folder.factors or not folder.characters["focal"].any():
        return missing("no population is of a series")
    rows = observed(folder.focused(FOCAL), ["series", "share"], str(options["metric"]))
    rows = rows.filter(pl.col("series").is_not_null() & pl.col("share").is_not_null())
    tropes, seats = _slopes(rows, scripted=False), _slopes(rows, scripted=True)
    if not tropes:
        return missing(f"no series of a trope has {_LEAST_SHARES} shares with a value")
    if options["control"] and not seats:
        return missing("no series of scripted seats that choose as often: see `society match`")
    weights = dict(tropes)
    if options["control"]:
        weights |= {cell: -weight for cell, weight in seats.items()}
    return of_estimation(CellMeans.of(rows, ["series", "share"]).estimated(weights, alpha))


def _slopes(rows: pl.DataFrame, *, scripted: bool) -> dict[tuple[str, ...], float]:
    """Weight of each series and share in the mean of least-squares slopes."""
    own = rows.filter(pl.col("series").str.starts_with(_SCRIPTED) == scripted)
    series: dict[str, dict[str, float]] = {}
    for name, share in own.select("series", "share").unique().sort("series", "share").iter_rows():
        series.setdefault(name, {})[share] = float(share)
    whole = {name: shares for name, shares in series.items() if len(shares) >= _LEAST_SHARES}
    found: dict[tuple[str, ...], float] = {}
    for name, shares in whole.items():
        middle = sum(shares.values()) / len(shares)
        spread = sum((share - middle) ** 2 for share in shares.values())
        for told, share in shares.items():
            found[name, told] = (share - middle) / spread / len(whole)
    return found
