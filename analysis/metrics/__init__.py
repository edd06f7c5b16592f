"""Metrics: declared functions over a run's rows."""

from analysis.metrics.metric import Metric, Score
from analysis.metrics.own import measure
from analysis.metrics.registry import METRICS, known, metric, outcomes, score

__all__ = ["METRICS", "Metric", "Score", "known", "measure", "metric", "outcomes", "score"]
