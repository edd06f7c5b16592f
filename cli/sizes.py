"""Experiments of other sizes than the file's: more or fewer seeds, wordings and personas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import polars as pl

from sim.errors import ExperimentError
from sim.experiment import resolve
from sim.layout import layout
from sim.plan import RunSpec
from sim.schema import Experiment


@dataclass(frozen=True, slots=True)
class Size:
    """How large an experiment is.

    Attributes:
        seeds: how many.
        wordings: of each scenario, at most; those of the file come first.
        pool: different castings of a population's member; None for all.
    """

    seeds: int
    wordings: int
    pool: int | None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which sizes are looked at; empty for some around the file's."""

    seeds: Sequence[int] = ()
    wordings: Sequence[int] = ()
    pools: Sequence[int] = ()

    def around(self, base: Size, available: int) -> list[Size]:
        """The sizes, the file's own first.

        Args:
            base: of the file.
            available: wordings of the scenario that has the most.
        """
        seeds = self.seeds or (base.seeds, 2 * base.seeds)
        wordings = self.wordings or (base.wordings, 2 * base.wordings, available)
        pools: Sequence[int | None] = self.pools or (
            (None,) if base.pool is None else (base.pool, 2 * base.pool, 4 * base.pool)
        )
        every = [
            Size(s, w, p)
            for p in pools
            for w in sorted({min(wording, available) for wording in wordings})
            for s in sorted(set(seeds))
        ]
        return list(dict.fromkeys([base, *every]))


def size_of(experiment: Experiment, specs: Sequence[RunSpec]) -> Size:
    """The size of an experiment as its file has it."""
    seeds = len({spec.seed for spec in specs})
    return Size(seeds, max(map(len, wordings_of(specs).values())), experiment.design.pool)


def wordings_of(specs: Sequence[RunSpec]) -> Mapping[str, tuple[str, ...]]:
    """The wordings of every scenario, in their order."""
    found: dict[str, dict[str, None]] = {}
    for spec in specs:
        found.setdefault(spec.condition.situation, {})[spec.condition.wording] = None
    return {name: tuple(wordings) for name, wordings in found.items()}


@dataclass(frozen=True)
class Resizer:
    """Lays out an experiment at any size.

    Attributes:
        experiment: as its file has it.
        source: the file.
        specs: its runs; scenarios that are not among them are left out at every size.
        by: factor of the contrast.
        arms: its levels.
        most_seeds: that will be asked for.
    """

    experiment: Experiment
    source: str
    specs: Sequence[RunSpec]
    by: str
    arms: tuple[str, str]
    most_seeds: int

    def layouts(self, sizes: Sequence[Size]) -> Iterator[tuple[Size, pl.DataFrame]]:
        """Who plays what, at each size; sizes of one pool come together."""
        for pool in dict.fromkeys(size.pool for size in sizes):
            table = layout(self._largest(pool), self.by, self.arms)
            for size in sizes:
                if size.pool == pool:
                    yield size, self._cut(table, size)

    @property
    def available(self) -> int:
        """Wordings of the scenario that has the most."""
        every = wordings_of(self._largest(self.experiment.design.pool))
        return max(len(every[scenario]) for scenario in wordings_of(self.specs))

    def _seeds(self) -> list[int]:
        """Those of the file, then further ones."""
        own = list(dict.fromkeys(spec.seed for spec in self.specs))
        further = (seed for seed in count() if seed not in set(own))
        return own + list(islice(further, max(0, self.most_seeds - len(own))))

    def _largest(self, pool: int | None) -> Sequence[RunSpec]:
        """Every run in every wording, or in the file's where another cannot be played."""
        design = self.experiment.design
        plain = [
            one if isinstance(one, str) else one.model_copy(update={"wordings": None})
            for one in design.scenarios
        ]
        sized: dict[str, Any] = {"pool": pool, "seeds": self._seeds()}
        try:
            return self._resolved({**sized, "scenarios": plain, "wordings": ["*"]})
        except ExperimentError:
            return self._resolved(sized)

    def _resolved(self, changes: dict[str, Any]) -> Sequence[RunSpec]:
        design = self.experiment.design.model_copy(update=changes)
        return resolve(self.experiment.model_copy(update={"design": design}), self.source)

    def _cut(self, table: pl.DataFrame, size: Size) -> pl.DataFrame:
        """Only the first seeds and wordings, those of the file before others."""
        own, base = wordings_of(self.specs), size_of(self.experiment, self.specs)
        kept = [
            (scenario, wording)
            for (scenario,), part in table.group_by("scenario", maintain_order=True)
            if scenario in own
            for wording in self._first(own[str(scenario)], part["wording"], size, base)
        ]
        pairs = pl.DataFrame(kept, schema=["scenario", "wording"], orient="row")
        within = table.filter(pl.col("seed").is_in(self._seeds()[: size.seeds]))
        return within.join(pairs, on=["scenario", "wording"], how="semi", maintain_order="left")

    @staticmethod
    def _first(own: Sequence[str], every: pl.Series, size: Size, base: Size) -> Sequence[str]:
        if size.wordings == base.wordings:
            return own
        return list(dict.fromkeys([*own, *every.to_list()]))[: size.wordings]
