"""Means of the cells of a design, and weighted sums of them, with persons as units.

A person who plays several cells, such as a respondent and the same answers told as an artificial
mind's, is one unit: differences inside a person do not count as differences between persons.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import polars as pl

from analysis.cells import Cells, Contributions
from analysis.estimator import Estimation, Key, Part, Situation, linear, run_weights
from analysis.samples import weighted_means

Levels = tuple[str, ...]
"""One level of every factor, in the order of the factors."""
Weights = Mapping[Levels, float]
_LEAST = 2


@dataclass(frozen=True, slots=True)
class CellMeans:
    """One metric, cell by cell of a design.

    Attributes:
        runs: value of each replicate, by cell.
        persons: mean of each person over the scenarios, by cell; scripted seats have none.
        within: what each person gave in each replicate, by cell.
    """

    runs: Mapping[Levels, Mapping[Key, float]]
    persons: Mapping[Levels, Mapping[str, float]]
    within: Mapping[Levels, Cells[str, Key]]

    @property
    def cells(self) -> frozenset[Levels]:
        """All that were played."""
        return frozenset(self.runs)

    @classmethod
    def of(cls, rows: pl.DataFrame, by: Sequence[str]) -> "CellMeans":
        """From observations of agents, weighted by how much each rests on."""
        runs: defaultdict[Levels, dict[Key, float]] = defaultdict(dict)
        for *cell, scenario, wording, pair, value in weighted_means(
            rows, [*by, "in scenario", "in wording", "pair"]
        ).iter_rows():
            runs[tuple(cell)][Key(scenario, wording, pair)] = value
        persons: defaultdict[Levels, dict[str, float]] = defaultdict(dict)
        told = rows.filter(pl.col("person").is_not_null())
        by_scenario = weighted_means(told, [*by, "person", "in scenario"])
        # All scenarios weigh the same, as they do in the estimate.
        for *cell, person, value in weighted_means(
            by_scenario.with_columns(value=pl.col("mean"), weight=pl.lit(1.0)), [*by, "person"]
        ).iter_rows():
            persons[tuple(cell)][person] = value
        return cls(dict(runs), dict(persons), _within(rows, by))

    def estimated(self, weights: Weights, alpha: float) -> Estimation:
        """A weighted sum of cell means."""
        shared = set.intersection(*(set(self.runs.get(cell, {})) for cell in weights))
        paired = {
            key: fsum(weight * self.runs[cell][key] for cell, weight in weights.items())
            for key in shared
        }
        apart = [(weight, self.runs.get(cell, {})) for cell, weight in weights.items()]
        sides = [(1.0, paired)] if len(paired) >= _LEAST else apart
        used = {
            cell: shared if len(paired) >= _LEAST else self.runs.get(cell, {}) for cell in weights
        }

        def cells(situation: Situation) -> list[Contributions]:
            return [
                self.within[cell].contributions(
                    run_weights(used[cell], weight), situation, lambda _: "all"
                )
                for cell, weight in weights.items()
                if cell in self.within
            ]

        return linear(sides, self._parts(weights), alpha, cells)

    def _parts(self, weights: Weights) -> list[Part]:
        """What each person adds to the sum, in groups of those who play the same cells."""
        groups: defaultdict[Levels | tuple[Levels, ...], list[float]] = defaultdict(list)
        everybody = sorted({who for cell in weights for who in self.persons.get(cell, {})})
        for who in everybody:
            played = tuple(cell for cell in weights if who in self.persons.get(cell, {}))
            groups[played].append(
                sum(
                    weights[cell] * self.persons[cell][who] / len(self.persons[cell])
                    for cell in played
                )
            )
        # One person alone has no spread: the claim then is about that one, and about many others.
        several = [values for values in groups.values() if len(values) >= _LEAST]
        return [(float(len(values)), values) for values in several]


def _within(rows: pl.DataFrame, by: Sequence[str]) -> dict[Levels, Cells[str, Key]]:
    place = ["in scenario", "in wording", "pair"]
    # Not called "share", which is a factor of some designs.
    share = pl.col("weight") / pl.col("weight").sum().over([*by, *place])
    told = rows.with_columns(weighs=share).filter(pl.col("person").is_not_null())
    table = weighted_means(told, [*by, *place, "person"], pl.col("weighs").sort().sum())
    return {
        tuple(map(str, cell)): Cells.of(
            part["person"].to_list(),
            [Key(*row) for row in part.select(place).iter_rows()],
            part["mean"].to_numpy(),
            part["weighs"].to_numpy(),
        )
        for cell, part in table.group_by(by, maintain_order=True)
    }
