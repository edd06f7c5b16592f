"""The report's tables: rows of finished text, each number beside its n and interval."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.contrasts import Contrast
from analysis.quality import ANSWERS
from analysis.report.answer import units
from analysis.report.words import chance, count, label, number, percent, signed, span

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page.

    Attributes:
        caption: what it holds.
        head: column titles.
        rows: texts, as many as `head` in each.
        texts: how many columns on the left are words; the first one heads its row.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1


def comparison(estimates: pl.DataFrame, metric: str, understood: Mapping[str, Row]) -> Table:
    """A metric by population and scenario, with how far the model understood each scenario.

    Args:
        estimates: of `summary.estimates` by population and scenario.
        metric: the one shown.
        understood: rows of `quality.comprehension` by scenario.
    """
    rows = [
        (
            row["population"],
            label(row["scenario"]),
            number(row["estimate"]),
            span(row["low"], row["high"]),
            _runs(row),
            _units(row),
            score(understood.get(row["scenario"])),
        )
        for row in estimates.filter(pl.col("metric") == metric).iter_rows(named=True)
    ]
    head = ("Population", "Scenario", "Mean", "95% interval", "n (runs)", "Interval over")
    return Table(
        f"{label(metric).capitalize()} by population and scenario",
        (*head, "Comprehension of the scenario"),
        tuple(rows),
        texts=2,
    )


def score(row: Row | None) -> str:
    """Comprehension as right of n, beside what guessing gives."""
    if row is None:
        return "not asked (n = 0)"
    guessing = "" if row["chance"] is None else f"; guessing {percent(row['chance'])}"
    return f"{count(row['right'])} of {count(row['n'])}{guessing}"


def _runs(row: Row) -> str:
    undefined = f" ({count(row['undefined'])} undefined)" if row["undefined"] else ""
    return f"{count(row['n'])}{undefined}"


def _units(row: Row) -> str:
    return f"{count(row['clusters'])} {row['units']}"


def every_metric(estimates: pl.DataFrame, populations: Sequence[str]) -> tuple[Table, ...]:
    """One table a metric: each population over all its scenarios.

    Args:
        estimates: of `summary.estimates` by population.
        populations: in order.
    """
    tables = []
    for metric in estimates["metric"].unique(maintain_order=True):
        of_metric = estimates.filter(pl.col("metric") == metric)
        by_name = {row["population"]: row for row in of_metric.iter_rows(named=True)}
        if not any(row["n"] for row in by_name.values()):
            continue
        rows = [
            (
                name,
                number(by_name[name]["estimate"]),
                span(by_name[name]["low"], by_name[name]["high"]),
                _runs(by_name[name]),
                _units(by_name[name]),
            )
            for name in populations
            if name in by_name
        ]
        head = ("Population", "Mean", "95% interval", "n (runs)", "Interval over")
        tables.append(Table(label(metric).capitalize(), head, tuple(rows)))
    return tuple(tables)


def contrasts(found: Iterable[Contrast], caption: str) -> Table:
    """Differences with everything that belongs to them."""
    rows = [
        (
            f"{one.a} minus {one.b}",
            "all" if one.scenario is None else label(one.scenario),
            label(one.metric),
            signed(one.estimate),
            span(one.low, one.high),
            chance(one.p),
            chance(one.p_adjusted),
            count(one.n),
            signed(one.effect_size),
            f"{count(one.units)} {units(one)}{', paired' if one.paired else ''}",
            f"{count(one.personas_a)}, {count(one.personas_b)}",
            f"{one.family}, {'registered' if one.registered else 'exploratory'}",
        )
        for one in found
    ]
    head = (
        "Contrast",
        "Scenario",
        "Metric",
        "Difference",
        "Interval",
        "p",
        "p adjusted",
        "n",
        "Hedges' g",
        "Error over",
        "Personas (of each)",
        "Declared as",
    )
    return Table(caption, head, tuple(rows), texts=3)


def rounds(table: pl.DataFrame) -> Table:
    """The numbers behind the lines over rounds."""
    rows = [
        (
            label(row["scenario"]),
            row["population"],
            count(row["round"]),
            number(row["estimate"]),
            span(row["low"], row["high"]),
            count(row["n"]),
            count(row["decisions"]),
        )
        for row in table.iter_rows(named=True)
    ]
    head = ("Scenario", "Population", "Round", "Mean", "95% interval", "n (runs)", "Decisions")
    return Table("Cooperation by round", head, tuple(rows), texts=2)


def pairs(table: pl.DataFrame) -> Table:
    """The numbers behind the matrix of who did what to whom."""
    rows = [
        (
            label(row["scenario"]),
            row["source_member"],
            row["target_member"],
            number(row["estimate"]),
            span(row["low"], row["high"]),
            count(row["n"]),
            count(row["decisions"]),
        )
        for row in table.iter_rows(named=True)
    ]
    head = ("Scenario", "Who", "To whom", "Cooperative", "95% interval", "n (runs)", "Acts")
    return Table("Cooperative acts by who acted and toward whom", head, tuple(rows), texts=3)


def missing(table: pl.DataFrame) -> Table:
    """Answers of every kind by population."""
    rows = [
        (
            row["population"],
            count(row["n"]),
            *(count(row[kind]) for kind in ANSWERS),
            percent(row["share"]),
            _percents(row),
        )
        for row in table.iter_rows(named=True)
    ]
    head = ("Population", "n (asked)", "Decisions", "Refused", "Unparsed", "Failed")
    return Table(
        "Answers by population", (*head, "Missing", "95% interval of missing"), tuple(rows)
    )


def _percents(row: Row) -> str:
    return f"[{percent(row['low'])}, {percent(row['high'])}]"


def mass(table: pl.DataFrame, scenarios: Sequence[str]) -> Table:
    """Probability on the menu by scenario; a scenario that gave none is shown with n = 0."""
    known = {row["scenario"]: row for row in table.iter_rows(named=True)}
    nothing = {"median": None, "low": None, "high": None, "n": 0}
    rows = [
        (
            label(name),
            number(row["median"], 3),
            span(row["low"], row["high"], 3),
            count(row["n"]),
        )
        for name in scenarios
        for row in (known.get(name, nothing),)
    ]
    head = ("Scenario", "Median", "Middle half", "n (contexts)")
    return Table("Probability that the model put on the menu at all", head, tuple(rows))


def understanding(table: pl.DataFrame) -> Table:
    """Comprehension by scenario and wording, beside chance."""
    rows = [
        (
            label(row["scenario"]),
            row["wording"],
            f"{count(row['right'])} of {count(row['n'])}",
            percent(row["share"]),
            _percents(row),
            percent(row["chance"]),
            number(row["expected"]),
        )
        for row in table.iter_rows(named=True)
    ]
    head = ("Scenario", "Wording", "Right", "Share", "95% interval", "By guessing")
    return Table(
        "Comprehension questions by scenario and wording",
        (*head, "Mean probability on the right answer"),
        tuple(rows),
        texts=2,
    )


def order(table: pl.DataFrame) -> Table:
    """What the order of mention does."""
    rows = [
        (
            label(row["scenario"]),
            number(row["median"]),
            span(row["low"], row["high"]),
            percent(row["flips"]),
            count(row["n"]),
        )
        for row in table.iter_rows(named=True)
    ]
    head = ("Scenario", "Median shift (nats)", "Middle half", "Preference flips", "n (contexts)")
    return Table("How far the order of mention moves the log-odds", head, tuple(rows))


def facts(caption: str, values: Mapping[str, Any]) -> Table:
    """Names and values of a part of the manifest."""
    rows = tuple((str(name), str(value)) for name, value in values.items())
    return Table(caption, ("Name", "Value"), rows, texts=2)
