"""What the report is made from: tables, read once and reduced; names as the design has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from analysis.contrasts import Contrast, compare
from analysis.errors import AnalysisError, FolderError
from analysis.folder import Folder
from analysis.inventory.answers import INSTRUMENTS
from analysis.metrics import known
from analysis.outcomes import Declared
from analysis.quality import COMPREHENSION
from analysis.report.counted import Counted, counted
from analysis.report.words import DASH

DEFAULT_METRIC = "cooperation_rate"


@dataclass(frozen=True)
class Source:
    """An experiment folder as the report reads it."""

    folder: Folder

    @cached_property
    def counted(self) -> Counted:
        """What is told of decisions."""
        return counted(self.folder, self.runs)

    @property
    def outcomes(self) -> pl.DataFrame:
        """`outcomes.parquet` of all runs, and those in the user's own metrics."""
        return self.folder.outcomes

    @cached_property
    def metrics(self) -> Mapping[str, Declared]:
        """Every metric by name, the user's own last."""
        return known(self.folder)

    @cached_property
    def probes(self) -> pl.DataFrame:
        """Rows of `probes.parquet` of all runs that are questions about the rules."""
        return self.folder.read("probes", pl.col("instrument") == COMPREHENSION)

    @cached_property
    def runs(self) -> pl.DataFrame:
        """A row per run: run_id, seed and a column per factor."""
        missing = [
            pl.lit(DASH).alias(name)
            for name in ("scenario", "wording", "population", "model", "readout")
            if name not in self.folder.metadata.columns
        ]
        return self.folder.metadata.with_columns(missing)

    @cached_property
    def populations(self) -> tuple[str, ...]:
        """Populations that were played, as ordered in the experiment file."""
        return self._ordered("population", "populations")

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios that were played, as ordered in the experiment file."""
        return self._ordered("scenario", "scenarios")

    def in_order(self, table: pl.DataFrame) -> pl.DataFrame:
        """Rows by scenario, then population, as ordered in the experiment file."""
        orders = {"scenario": self.scenarios, "population": self.populations}
        keys = [
            pl.col(name).replace_strict(list(order), range(len(order)), default=len(order))
            for name, order in orders.items()
            if name in table.columns
        ]
        return table.sort(keys, maintain_order=True)

    def _ordered(self, factor: str, key: str) -> tuple[str, ...]:
        design = self.folder.experiment.get("design", {})
        given = design.get(key, ())
        listed = given if isinstance(given, list) else [given]
        names = [entry.get("name") if isinstance(entry, dict) else entry for entry in listed]
        played = self.runs[factor].unique().sort().to_list()
        return tuple(dict.fromkeys([*(name for name in names if name in played), *played]))

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest; empty where a sweep was stopped before it could write one."""
        try:
            return self.folder.manifest
        except FolderError:
            return {}

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        """The [analysis] table of the experiment file."""
        plan: Mapping[str, Any] = self.folder.experiment.get("analysis", {})
        return plan

    @property
    def primary(self) -> str:
        """The primary metric: declared, or cooperation."""
        given = self.plan.get("primary", DEFAULT_METRIC)
        return given if isinstance(given, str) else str(next(iter(given), DEFAULT_METRIC))

    @property
    def sesoi(self) -> float | None:
        """The smallest effect of interest, None where none was declared."""
        given = self.plan.get("sesoi")
        return None if given is None else float(given)

    @property
    def alpha(self) -> float:
        """The level of significance."""
        return float(self.plan.get("alpha", 0.05))

    @property
    def has_play(self) -> bool:
        """Whether any run is one of a game; a folder of an inventory alone holds none."""
        return any(run.scenario not in INSTRUMENTS for run in self.folder.runs)

    @property
    def model(self) -> str:
        """Name of the model or models that moved, as recorded with each decision.

        Where nothing was played, those that the runs say they were asked of.
        """
        names = self.counted.models["model"].drop_nulls().unique().sort().to_list()
        if not self.has_play:
            names = sorted({str(run.factors["model"]) for run in self.folder.runs})
        return ", ".join(name for name in names if not name.startswith("scripted")) or "none"

    @cached_property
    def declared(self) -> tuple[tuple[str, str, str], ...]:
        """Declared contrasts as (factor, a, b); those whose levels were not played are left out."""
        found = []
        for pair in self.plan.get("contrasts", ()):
            a, b = (str(level) for level in pair)
            factor = next((name for name in self._factors if {a, b} <= self._levels(name)), None)
            if factor is not None:
                found.append((factor, a, b))
        return tuple(found)

    @property
    def _factors(self) -> list[str]:
        return list(dict.fromkeys(["population", *self.folder.factors]))

    def _levels(self, factor: str) -> set[str]:
        return set(self.runs[factor]) if factor in self.runs.columns else set()

    @cached_property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Every contrast between populations, pooled and by scenario, then of other factors.

        Declared pairs are turned to face as they were declared.
        """
        factors = dict.fromkeys(["population", *(factor for factor, _, _ in self.declared)])
        return tuple(self._facing(one) for factor in factors for one in self._compared(factor))

    def _compared(self, factor: str) -> Sequence[Contrast]:
        try:
            return compare(self.folder, factor, per_scenario=True)
        except AnalysisError:
            return ()  # a single level: there is nothing to compare

    def _facing(self, contrast: Contrast) -> Contrast:
        pairs = {(a, b) for _, a, b in self.declared}
        return contrast.turned() if (contrast.b, contrast.a) in pairs else contrast

    @cached_property
    def primary_contrast(self) -> Contrast | None:
        """The first declared contrast in the primary metric, pooled; None without one."""
        if not self.declared:
            return None
        _, a, b = self.declared[0]
        pooled = self.pooled_scenario
        fitting = (
            one
            for one in self.contrasts
            if (one.metric, one.a, one.b, one.scenario) == (self.primary, a, b, pooled)
        )
        return next(fitting, None)

    @property
    def pooled_scenario(self) -> str | None:
        """What `Contrast.scenario` is for the contrast over all that was played."""
        return self.scenarios[0] if len(self.scenarios) == 1 else None
