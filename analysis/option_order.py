"""How much the order of mention moves a choice, beside what else moves it.

Every choice is read in both orders and averaged, so that this variance is not in the metrics. It is
what a reading in one order would add.
"""

import numpy as np
import polars as pl

from analysis.folder import Folder
from analysis.moments import Moment, Whole, fit
from scenarios.catalogue import game

_CHOICE = ["run_id", "round", "agent", "partner", "phase"]


def option_order(folder: Folder, alpha: float = 0.05) -> list[Moment]:
    """Variances inside a context of the probability of its cooperative options.

    Args:
        folder: the experiment.
        alpha: intervals cover 1 - alpha.

    Returns:
        "option order": what is common to all contexts of a wording; then "option order x context",
        the rest. Each distinct context counts once. Empty where none was read in both orders.

    Raises:
        FolderError: a table cannot be read.
    """
    values = pl.concat([_read(part) for part in folder.parts()])
    values = values.unique(["context", "variant"]).sort("context", "variant")
    if values.is_empty():
        return []
    cells = _codes(values, ["context"])
    by_order = {"option order": _codes(values, ["scenario", "wording", "variant"])}
    order, rest = fit(values["value"].to_numpy(), cells, by_order, alpha)
    return [order, Moment("option order x context", *_numbers(rest))]


def _read(part: Folder) -> pl.DataFrame:
    """The values of some runs."""
    menus = part.table("decisions").select(*_CHOICE, "scenario", "wording", "menu")
    readings = part.table("readings").filter(pl.col("variant").is_in(["forward", "reversed"]))
    read = readings.select(*_CHOICE, "variant", "log_probabilities", "prompt_sha256")
    whole = part.collected("readings", read).join(
        part.collected("decisions", menus), on=_CHOICE, nulls_equal=True
    )
    return _values(part, whole)


def _values(folder: Folder, readings: pl.DataFrame) -> pl.DataFrame:
    """Each distinct context in both orders: scenario, wording, context, variant, value."""
    games = {run.run_id: run.game for run in folder.runs}
    keys = {
        name: [option.key for option in game(name).options if option.action_class == "cooperative"]
        for name in set(games.values())
    }
    told = readings.with_columns(
        kept=pl.col("run_id").replace_strict(
            {run: keys[name] for run, name in games.items()}, return_dtype=pl.List(pl.String)
        )
    )
    whole = told.filter(
        pl.col("log_probabilities").list.len() == pl.col("menu").list.len(),
        ~pl.col("log_probabilities").list.eval(pl.element().is_null()).list.any(),
        pl.col("menu").list.set_intersection("kept").list.len() > 0,
    )
    forward = pl.col("prompt_sha256").filter(pl.col("variant") == "forward").first()
    marked = whole.with_columns(context=forward.over(_CHOICE))
    once = marked.drop_nulls("context").unique(["context", "variant"]).sort("context", "variant")
    both = once.filter(pl.len().over("context") > 1)
    shares = [
        _share(menu, logs, kept)
        for menu, logs, kept in both.select("menu", "log_probabilities", "kept").iter_rows()
    ]
    return both.select(
        "scenario", "wording", "context", "variant", value=pl.Series(shares, dtype=pl.Float64)
    )


def _share(menu: list[str], logs: list[float], kept: list[str]) -> float:
    """Probability of the cooperative options among those of the menu."""
    weights = np.exp(np.asarray(logs) - max(logs))
    return float(weights[[key in kept for key in menu]].sum() / weights.sum())


def _codes(rows: pl.DataFrame, names: list[str]) -> Whole:
    combined = rows.select(level=pl.concat_str(names, separator="\x1f"))["level"].to_numpy()
    return np.unique(combined, return_inverse=True)[1].astype(np.int64)


def _numbers(one: Moment) -> tuple[float | None, float | None, float | None, int]:
    return one.variance, one.low, one.high, one.units
