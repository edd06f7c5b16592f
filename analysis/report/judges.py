"""What judges said of the words, where `society annotate` was run; the pass itself is a record."""

from collections.abc import Sequence

from analysis import annotations, summary
from analysis.annotations import Annotations, WithJudges
from analysis.metrics.own import load
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import count, number, span


def judged(source: Source) -> Sequence[tuple[str, str, Table]]:
    """Each judge's question, how far it is to be believed, and the shares of its classes."""
    path = source.folder.path
    passes = [annotations.read(path, name) for name in annotations.rubrics(path)]
    return [(str(one.about["question"]), one.remark, _table(source, one)) for one in passes]


def _table(source: Source, one: Annotations) -> Table:
    judges = WithJudges(load(()), (one,))
    names = tuple(metric.name for metric in one.metrics)
    outcomes = judges.outcomes(names, [(run, {}) for run in source.folder.runs])
    found = summary.estimates(
        outcomes, source.folder.characters, source.runs, ("population",), judges.metrics
    )
    rows = [
        (
            row["metric"].rpartition(":")[2],
            row["population"],
            number(row["estimate"]),
            span(row["low"], row["high"]),
            count(row["n"]),
        )
        for name in names
        for row in found.iter_rows(named=True)
        if row["metric"] == name
    ]
    head = ("Class", "Population", "Share", "95% interval", "n (runs)")
    return Table(f"What the judge of {one.name} found", head, tuple(rows), texts=2)
