"""The metric of distance to people who played the same published game."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from analysis.human.behaviour import STATISTICS
from analysis.human.distances import distance
from analysis.human.matching import fitting
from analysis.human.pooling import pool
from analysis.metrics.metric import Metric, Scope, Score, Subject, subjects
from analysis.metrics.rows import Rows
from scenarios.human import Benchmark

_SCOPES: tuple[Scope, ...] = ("run", "persona")


def human_distance(rows: Rows) -> list[Score]:
    """Mean distance to the people over the benchmarks that the run can be held against."""
    fit = tuple(each for each in fitting(rows.run) if each.levels)
    names = dict.fromkeys(each.statistic for each in fit)
    seen = {name: STATISTICS[name].measure(rows.tables["decisions"]) for name in names}
    return [_score(subject, fit, seen) for subject in subjects(rows) if subject.scope in _SCOPES]


def _score(subject: Subject, fit: Sequence[Benchmark], seen: Mapping[str, pl.DataFrame]) -> Score:
    found = [_distance(each, seen[each.statistic], subject) for each in fit]
    known = [one for one in found if one is not None]
    mean = sum(known) / len(known) if known else None
    return Score(subject.scope, subject.name, mean, len(known))


def _distance(each: Benchmark, seen: pl.DataFrame, subject: Subject) -> float | None:
    """Of one benchmark; None where the subject did nothing of that kind."""
    mine = seen
    if subject.scope != "run":
        mine = seen.filter(pl.col("agent").is_in(subject.agents.tolist()))
    together = mine.with_columns(unit=pl.lit("all"), stratum=pl.lit("all"))
    people = np.array([point.value for point in each.points])
    found = pool(together, [point.x for point in each.points])
    apart = float(distance(each.distance, found.values, people))
    return None if np.isnan(apart) else apart


HUMAN = (
    Metric(
        name="human_distance",
        unit="distance from 0 to 1",
        definition=(
            "mean over the benchmarks that fit the run of how far its characters are from the"
            " people who played the same game with the same parameters: the absolute difference of"
            " a share, the mean absolute difference of a curve, the Wasserstein distance of a"
            " histogram on [0, 1], the Jensen-Shannon distance of classes without order; exact"
            " probabilities count instead of drawn options where there are any. A single run is"
            " farther off than many runs pooled, by chance alone: compare populations by it, and"
            " take the distance itself from the report, which pools runs first"
        ),
        denominator="benchmarks of the published experiment for which the run has data",
        undefined="the run's parameters, rounds included, are those of no measured experiment",
        source="human_reference.csv and human_distributions.csv; docs/human-comparison.md",
        better="lower",
        scopes=_SCOPES,
        measure=human_distance,
    ),
)
