"""Who meets and mirrors whom, held against permutations: `society network` in a short table."""

from analysis.errors import AnalysisError
from analysis.networks.summary import over_runs, per_run
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import chance, count, label, number, signed, span


def structure(source: Source) -> Table:
    """Measures of whole societies that have a null; empty where nobody acted toward anybody."""
    head = ("Scenario", "Population", "Measure", "Value", "95% interval", "By chance")
    caption = "Structure of who did what to whom, against permutations"
    try:
        found = over_runs(per_run(source.folder), source.alpha) if source.has_play else None
    except AnalysisError:
        found = None
    rows = [
        (
            label(row["scenario"]),
            row["population"],
            label(row["statistic"]),
            number(row["value"]),
            span(row["low"], row["high"]),
            number(row["expected"]),
            signed(row["z"], 1),
            chance(row["p_adjusted"]),
            count(row["runs"]),
        )
        for row in ([] if found is None else source.in_order(found).iter_rows(named=True))
        if row["giver"] is None and row["receiver"] is None and row["tested"]
    ]
    return Table(caption, (*head, "z", "p adjusted", "n (runs)"), tuple(rows), texts=3)
