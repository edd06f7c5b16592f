"""Metrics of interventions: what somebody did before a change and after it.

The change of a level minus that of its control is the difference in differences. Runs in which
nothing is changed have no before and after, and no rows of these metrics.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analysis.metrics.metric import EVERY_SCOPE, Metric, Score, differences, means
from analysis.metrics.rows import Flag, Real, Rows
from scenarios.catalogue import game

When = Literal["before", "after"]
Deed = Literal["cooperation", "harm"]


@dataclass(frozen=True, slots=True)
class _Side:
    """What is measured, of whom: the targets of the changes, or everybody else."""

    deed: Deed
    of_targets: bool

    def before(self, rows: Rows) -> list[Score]:
        """Mean over the choices before the change."""
        return self._at("before", rows)

    def after(self, rows: Rows) -> list[Score]:
        """Mean over the choices from the change on."""
        return self._at("after", rows)

    def change(self, rows: Rows) -> list[Score]:
        """After minus before, subject by subject."""
        return list(differences(self.after(rows), self.before(rows)))

    def _at(self, when: When, rows: Rows) -> list[Score]:
        """Nothing where there is no change."""
        if not rows.run.interventions:
            return []
        keys = _keys(rows, self.deed)
        value = _values(rows, keys)
        among = ~np.isnan(value) & rows.offered(keys) & _in_time(rows, self, when)
        return means(rows, rows.agent[among], value[among])


def _keys(rows: Rows, deed: Deed) -> frozenset[str]:
    if deed == "cooperation":
        return rows.cooperative_keys
    options = game(rows.run.game).options
    return frozenset(option.key for option in options if "harm" in option.tags)


def _values(rows: Rows, keys: frozenset[str]) -> Real:
    """Probability of doing one of these, else whether it was done; NaN where neither is known."""
    known = list(keys)
    exact = rows.decisions.with_row_index("row").filter(pl.col("probabilities").is_not_null())
    flat = exact.select("row", "menu", "probabilities").explode("menu", "probabilities")
    doing = pl.col("probabilities") * pl.col("menu").is_in(known)
    sums = flat.group_by("row").agg(doing.sum()).sort("row")
    value = np.full(len(rows.agent), np.nan)
    did = rows.decisions["action"].is_in(known).fill_null(value=False).to_numpy()
    value[rows.decided] = did[rows.decided]
    value[sums["row"].to_numpy()] = sums["probabilities"].to_numpy()
    return value


def _in_time(rows: Rows, side: _Side, when: When) -> Flag:
    """Choices of those whom it is about, before the first change or from the last one on.

    Of a target the changes that are about it count, of everybody else all changes of the run.
    """
    changes = rows.run.interventions
    at: list[int] = []
    counted: list[bool] = []
    pick = min if when == "before" else max
    for agent in range(len(rows.members)):
        own = [change.at for change in changes if agent in change.targets]
        at.append(pick(own or [change.at for change in changes]))
        counted.append(bool(own) == side.of_targets)
    stamp, turn = rows.decisions["round"].to_numpy(), np.array(at)[rows.agent]
    in_time: Flag = stamp < turn if when == "before" else stamp >= turn
    return np.array(counted)[rows.agent] & in_time


_WHOM = {True: "those whom a change is about", False: "those whom no change is about"}
_DEEDS: dict[Deed, str] = {
    "cooperation": "cooperative options",
    "harm": "options tagged harm",
}
_WHEN: dict[When, str] = {
    "before": "before the (first) change",
    "after": "from the (last) change on",
}
_SOURCE = "this project's own, for its claims C5 to C7 and C9"


def _metrics(deed: Deed, *, of_targets: bool) -> tuple[Metric, ...]:
    side = _Side(deed, of_targets)
    name = deed if of_targets else f"third_party_{deed}"
    choices = f"choices of {_WHOM[of_targets]}"

    def made(
        ending: str, definition: str, denominator: str, measure: Callable[[Rows], list[Score]]
    ) -> Metric:
        return Metric(
            name=f"{name}_{ending}",
            # A share cannot lie below 0; a change can, and so can the ends of its interval.
            unit="difference of shares" if ending == "change" else "share",
            definition=definition,
            denominator=denominator,
            undefined="no such choices; runs without an intervention have no row of it at all",
            source=_SOURCE,
            better="higher" if deed == "cooperation" else "lower",
            scopes=EVERY_SCOPE,
            measure=measure,
        )

    def one_side(when: When, measure: Callable[[Rows], list[Score]]) -> Metric:
        definition = (
            f"mean probability of the {_DEEDS[deed]} in {choices} {_WHEN[when]}; where the readout"
            " gives none, the share that chose one"
        )
        return made(when, definition, f"such choices whose menu holds {_DEEDS[deed]}", measure)

    gap = f"{name}_after minus {name}_before; a level minus its control: difference in differences"
    return (
        one_side("before", side.before),
        one_side("after", side.after),
        made("change", gap, "choices of both sides, neither of which may be empty", side.change),
    )


INTERVENTIONS: tuple[Metric, ...] = tuple(
    metric
    for deed in _DEEDS
    for of_targets in (True, False)
    for metric in _metrics(deed, of_targets=of_targets)
)
