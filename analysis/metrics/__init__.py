"""Metrics: declared functions over a run's rows."""

from analysis.metrics.metric import Metric, Score
from analysis.metrics.registry import METRICS, metric, outcomes, score

__all__ = ["METRICS", "Metric", "Score", "metric", "outcomes", "score"]
