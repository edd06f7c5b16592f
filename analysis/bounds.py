"""What missing answers could at worst do to a share, and to contrasts of it.

Answers that were refused, could not be read or failed are left out of every mean. Whether that
biases it depends on what they would have been, which nobody knows. So every mean also has two
ends: all missing answers uncooperative (low), and all cooperative (high); a contrast has its low
end where the first level takes its low mean and the second its high one. Nothing is assumed about
why answers are missing (Manski 1990, American Economic Review 80(2):319-323). Means are those of
`analysis.estimator`, so that scenarios weigh the same and pairs stay pairs.

The interval reaches from the low end minus its own sampling error to the high end plus its own
(Horowitz & Manski 2000, Journal of the American Statistical Association 95(449):77-84): it covers
the whole range of what the data allow.

A missing answer also ends its round for others. What they would have been asked then is not known
and not bounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from analysis.estimator import Sample, difference, mean
from analysis.folder import Folder
from analysis.placed import placed
from analysis.samples import Samples, levels, samples
from analysis.tallies import COUNTED, MISSING, counts
from sim.records import OUTCOMES

BOUNDED = tuple(COUNTED)
"""Metrics whose missing answers can be counted."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is missing at one level of a factor.

    Attributes:
        asked: answers to menus with a cooperative option, missing ones included.
        refusal: of these, declined.
        unparsed: could not be read.
        failed: never came.
        low: mean if all missing answers were uncooperative; None where nothing was asked.
        high: mean if all were cooperative.
    """

    asked: int
    refusal: int
    unparsed: int
    failed: int
    low: float | None
    high: float | None

    @property
    def missing(self) -> int:
        """All answers in which nothing was decided."""
        return self.refusal + self.unparsed + self.failed


class Bounds(NamedTuple):
    """The worst cases of a contrast; None where it is undefined.

    Attributes:
        low: the least difference that the missing answers allow.
        high: the greatest.
        interval_low: low minus its own sampling error.
        interval_high: high plus its own.
    """

    low: float | None
    high: float | None
    interval_low: float | None
    interval_high: float | None


@dataclass(frozen=True, slots=True)
class Ends:
    """Samples of one metric with the missing answers at either end, by level.

    Attributes:
        metric: name.
        low: with all missing answers uncooperative.
        high: with all of them cooperative.
    """

    metric: str
    low: Samples
    high: Samples

    def contrast(self, a: str, b: str, alpha: float, *, matched: bool) -> Bounds:
        """Worst cases of a minus b.

        Args:
            a: first level.
            b: second level.
            alpha: each end's interval covers 1 - alpha.
            matched: whether both levels are played by the same personas.
        """
        low = difference(self._at(a, self.low), self._at(b, self.high), alpha, matched=matched)
        high = difference(self._at(a, self.high), self._at(b, self.low), alpha, matched=matched)
        return Bounds(
            low.over_runs.value, high.over_runs.value, low.decisive.low, high.decisive.high
        )

    def mean(self, level: str) -> tuple[float | None, float | None]:
        """The least and the greatest mean of a level."""
        low, high = (mean(self._at(level, end)).over_runs.value for end in (self.low, self.high))
        return low, high

    def _at(self, level: str, end: Samples) -> Sample:
        return end.get((self.metric, level), Sample())


def ends(folder: Folder, by: str, metric: str, scenario: str | None = None) -> Ends:
    """Replicates of a metric at every level, with the missing answers at either end.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.
        metric: one of BOUNDED.
        scenario: only its runs; None for all.

    Raises:
        AnalysisError: the metric is none whose missing answers can be counted.
        UnknownNameError: no such factor.
    """
    return _ends(folder, by, (metric, _counts(folder, metric)), scenario)


def worst_case(
    folder: Folder, by: str, metric: str, scenario: str | None = None
) -> Mapping[str, Level]:
    """What is missing at every level, and the means that it allows.

    Args:
        folder: the experiment.
        by: a factor of the design or a coordinate.
        metric: one of BOUNDED.
        scenario: only its runs; None for all.

    Raises:
        AnalysisError: the metric is none whose missing answers can be counted; one level only.
        UnknownNameError: no such factor.
    """
    counted = _counts(folder, metric)
    found = _ends(folder, by, (metric, counted), scenario)
    where = placed(folder, by)
    if scenario is not None:
        where = where.filter(scenario=scenario)
    meant = counted.join(where.select("run_id", "agent", "level"), on=["run_id", "agent"])
    sums = meant.group_by("level").agg(pl.col("asked", *MISSING).sum())
    by_level = {row["level"]: row for row in sums.iter_rows(named=True)}
    nothing = dict.fromkeys(("asked", *MISSING), 0)
    return {
        level: Level(
            **{key: by_level.get(level, nothing)[key] for key in nothing},
            low=found.mean(level)[0],
            high=found.mean(level)[1],
        )
        for level in levels(folder, by)
    }


def _ends(folder: Folder, by: str, what: tuple[str, pl.DataFrame], scenario: str | None) -> Ends:
    metric, counted = what
    low, high = (
        samples(folder.with_outcomes(_outcomes(counted, metric, added)), by, scenario)
        for added in (pl.lit(0.0), pl.col("missing"))
    )
    return Ends(metric, low, high)


def _counts(folder: Folder, metric: str) -> pl.DataFrame:
    """run_id, agent, member, total (what is known to be cooperative), missing, asked, kinds."""
    found, missing = counts(folder, metric), pl.sum_horizontal(MISSING)
    if metric == "expected_cooperation":
        # Without any distribution the metric is undefined, and so are its ends.
        found, missing = found.filter(pl.col("exact").sum() > 0), pl.col("missing_exact")
    who = folder.characters.select("run_id", "agent", "member")
    return found.join(who, on=["run_id", "agent"]).with_columns(
        missing=missing, asked=pl.col("known") + missing
    )


def _outcomes(counted: pl.DataFrame, metric: str, added: pl.Expr) -> pl.DataFrame:
    """The metric of whole runs, members and agents, with so many missing answers cooperative."""
    told = counted.with_columns(total=pl.col("total") + added, run=pl.lit("run"))
    scopes = {"run": "run", "persona": "member", "agent": "agent"}
    pooled = [
        told.group_by("run_id", subject=pl.col(column).cast(pl.String))
        .agg(pl.col("total").sort().sum(), n=pl.col("asked").sum())
        .with_columns(scope=pl.lit(scope), metric=pl.lit(metric))
        for scope, column in scopes.items()
    ]
    rate = pl.when(pl.col("n") > 0).then(pl.col("total") / pl.col("n"))
    return pl.concat(pooled).with_columns(value=rate).select(*OUTCOMES).sort(*OUTCOMES)
