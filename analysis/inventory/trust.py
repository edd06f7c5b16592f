"""How far answers to items can be trusted: their kinds, the mass on the scale, the order."""

from typing import Any

import numpy as np
import polars as pl

from analysis.inventory.answers import Answers

Row = dict[str, Any]
_KINDS = ("decision", "refusal", "unparsed", "failed")
_ANSWER = ("run_id", "round", "agent", "item")


def trusted(readings: pl.DataFrame) -> Row:
    """Answers of each kind, median mass on the scale, and what the order of mention does.

    Args:
        readings: `probe_readings.parquet` of one group.

    Returns:
        A count of each kind of answer; mass; order_shift, the mean expected score with the scale
        mentioned from very inaccurate to very accurate less that in the other order; and
        order_size, the mean size of that difference; None where nothing tells.
    """
    kinds = readings.unique(_ANSWER, maintain_order=True)["answer"]
    shifts = order_shifts(readings)
    return {
        **{kind: int((kinds == kind).sum()) for kind in _KINDS},
        "mass": _number(readings["mass"].median()),
        "order_shift": _number(shifts["shift"].mean()),
        "order_size": _number(shifts["shift"].abs().mean()),
    }


def items_trusted(readings: pl.DataFrame, answers: Answers) -> list[Row]:
    """The same by item, with mean and spread of the expected scores as asked."""
    found = []
    for column, item in enumerate(answers.items):
        of_item = readings.filter(pl.col("item") == item)
        scores = answers.scores[:, column]
        known = scores[~np.isnan(scores)]
        found.append(
            {
                "item": item,
                "keyed": int(answers.keyed[column]),
                "mean": float(known.mean()) if len(known) else None,
                "sd": float(known.std(ddof=1)) if len(known) > 1 else None,
                **trusted(of_item),
            }
        )
    return found


def order_shifts(readings: pl.DataFrame) -> pl.DataFrame:
    """Expected score in one order of mention less that in the other, answer by answer."""
    known = readings.filter(
        pl.col("log_probabilities").is_not_null()
        & pl.col("log_probabilities").list.eval(pl.element().is_not_null()).list.all()
        & pl.col("variant")
        .str.ends_with("forward")
        .or_(pl.col("variant").str.ends_with("reversed"))
    )
    expected = [_expected(values) for values in known["log_probabilities"].to_list()]
    table = known.select(
        *_ANSWER,
        order=pl.when(pl.col("variant").str.ends_with("forward")).then(1).otherwise(-1),
        expected=pl.Series(expected, dtype=pl.Float64),
    )
    sides = {
        order: table.filter(pl.col("order") == order).unique(_ANSWER, keep="last")
        for order in (1, -1)
    }
    both = sides[1].join(sides[-1], on=list(_ANSWER), suffix="_reversed").sort(_ANSWER)
    return both.select(*_ANSWER, shift=pl.col("expected") - pl.col("expected_reversed"))


def _expected(log_probabilities: list[float]) -> float:
    values = np.array(log_probabilities)
    weights = np.exp(values - values.max())
    return float((weights * np.arange(1, len(values) + 1)).sum() / weights.sum())


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
