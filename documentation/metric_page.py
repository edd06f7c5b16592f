"""The page of all metrics, from the registry."""

from collections.abc import Mapping

from markup import code, page, table

from analysis.metrics import METRICS, Metric

_INTRODUCTION = """\
Every metric is declared with its unit, its definition, what its n counts, when it is undefined,
and where it was published; `society show metric NAME` prints the same. An undefined value is null,
never 0, and has its n. Refused, unread and failed answers enter no mean and are counted. One of
your own is ten lines: [metrics of your own](../own-metrics.md). How metrics are compared:
[comparing](../comparing.md)."""
_BETTER: Mapping[str | None, str] = {None: "neither", "higher": "higher", "lower": "lower"}


def metrics() -> str:
    """A list of all with their units, then each in full, in the order of the registry."""
    rows = [(f"[{one.name}](#{one.name})", one.unit, one.definition) for one in METRICS.values()]
    overview = table(("metric", "unit", "what it is"), rows)
    return page("Metrics", _INTRODUCTION, overview, *map(_told, METRICS.values()))


def _told(metric: Metric) -> str:
    """One metric; the heading's anchor is its name."""
    facts = (
        ("definition", metric.definition),
        ("unit", metric.unit),
        ("n counts", metric.denominator),
        ("undefined", metric.undefined),
        ("better", _BETTER[metric.better]),
        ("measured for", ", ".join(code(scope) for scope in metric.scopes)),
        ("source", metric.source),
    )
    return f"## {metric.name} {{#{metric.name}}}\n\n{table(('', ''), facts)}"
