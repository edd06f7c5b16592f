"""What reading adds to stored outcomes: metrics of the user's own, and one member alone."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, Protocol

import polars as pl

from analysis.run_record import RunRecord

Played = tuple[RunRecord, Mapping[str, pl.DataFrame]]
"""A run and its tables, each table read when it is first looked at."""


class Declared(Protocol):
    """What a metric says of itself, as in `analysis.metrics.Metric`."""

    @property
    def name(self) -> str:
        """As in the outcomes."""

    @property
    def unit(self) -> str:
        """Of the value."""

    @property
    def definition(self) -> str:
        """In words."""

    @property
    def denominator(self) -> str:
        """What `n` counts."""

    @property
    def undefined(self) -> str:
        """When the value is null."""

    @property
    def source(self) -> str:
        """Where it was published."""

    @property
    def better(self) -> Literal["higher", "lower"] | None:
        """The direction that is good for the society."""

    @property
    def scopes(self) -> tuple[Literal["run", "persona", "agent"], ...]:
        """For whom it is measured."""


class Own(Protocol):
    """Metrics that are no part of the program, measured while a folder is read."""

    @property
    def metrics(self) -> Mapping[str, Declared]:
        """By name."""

    def outcomes(self, names: Collection[str], runs: Iterable[Played]) -> pl.DataFrame:
        """Some of them over runs, in the columns of `sim.records.OUTCOMES`."""


def of_member(found: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """The outcomes of one member of each run, in place of those of whole runs too.

    Args:
        found: outcomes of any runs.
        who: run_id, agent and member of the characters that are meant.
    """
    names = pl.col("agent").cast(pl.String), pl.col("member")
    agents, members = (who.select("run_id", subject=name).unique() for name in names)
    own = [
        found.filter(pl.col("scope") == scope).join(meant, on=["run_id", "subject"], how="semi")
        for scope, meant in (("persona", members), ("agent", agents))
    ]
    whole = own[0].with_columns(scope=pl.lit("run"), subject=pl.lit("run"))
    return pl.concat([whole, *own])
