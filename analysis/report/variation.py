"""Short tables on how firmly a mean stands: what varies, and what missing answers could do."""

from collections.abc import Mapping
from math import sqrt

from analysis.bounds import BOUNDED, worst_case
from analysis.components import Component, components
from analysis.errors import AnalysisError
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import DASH, count, label, number, percent, span


def variation(source: Source) -> Mapping[str, Table]:
    """Variance components and worst cases of the primary metric."""
    return {"components_table": _components(source), "bounds_table": _bounds(source)}


def _components(source: Source) -> Table:
    """Empty where the metric is none of single characters, or too little was measured."""
    try:
        found = components(source.folder, source.primary, alpha=source.alpha).found
    except AnalysisError:
        found = ()
    head = ("Component", "Variance", "Interval", "SD", "Share", "n (levels)")
    return Table(
        f"What varies in {label(source.primary)}, within populations",
        head,
        tuple(_component(one) for one in found),
    )


def _component(one: Component) -> tuple[str, ...]:
    name, units = label(one.label), count(one.units)
    if one.variance is None:
        told = f"{name}, not told apart from {' and '.join(one.within)}"
        return told, DASH, DASH, DASH, DASH, units
    spread = DASH if one.variance < 0 else number(sqrt(one.variance), 3)
    low = one.low or 0.0
    ends = f"at least {number(low, 4)}" if one.high is None else span(low, one.high, 4)
    return name, number(one.variance, 4), ends, spread, percent(one.share), units


def _bounds(source: Source) -> Table:
    """Empty where no answer is missing, or the metric is none whose missing ones are counted."""
    metric = source.primary
    found = {}
    if source.has_play and metric in BOUNDED:
        try:
            found = dict(worst_case(source.folder, "population", metric))
        except AnalysisError:
            found = {}
    kept = [(name, found[name]) for name in source.populations if name in found]
    if not any(one.missing for _, one in kept):
        kept = []
    rows = tuple(
        (
            name,
            count(one.asked),
            count(one.refusal),
            count(one.unparsed),
            count(one.failed),
            number(one.low),
            number(one.high),
        )
        for name, one in kept
    )
    head = ("Population", "n (asked)", "Refused", "Unparsed", "Failed", "Least mean")
    return Table(
        f"What missing answers could at worst do to {label(metric)}",
        (*head, "Greatest mean"),
        rows,
    )
