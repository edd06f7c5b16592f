"""The registry of metrics, and the outcomes of a run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import polars as pl

from analysis.errors import UnknownNameError
from analysis.folder import Folder
from analysis.metrics.alignment import ALIGNMENT
from analysis.metrics.bargaining import BARGAINING
from analysis.metrics.choices import CHOICES
from analysis.metrics.coherence import COHERENCE
from analysis.metrics.collective_risk import COLLECTIVE_RISK
from analysis.metrics.commons import COMMONS
from analysis.metrics.composite import composite
from analysis.metrics.dictator import DICTATOR
from analysis.metrics.dyads import DYADS
from analysis.metrics.feud import FEUDING
from analysis.metrics.honest_report import HONEST_REPORT
from analysis.metrics.human import HUMAN
from analysis.metrics.interventions import INTERVENTIONS
from analysis.metrics.metric import Metric
from analysis.metrics.mistreatment import MISTREATMENT
from analysis.metrics.networks import NETWORKS
from analysis.metrics.orders import ORDERS
from analysis.metrics.power import POWER
from analysis.metrics.promise import PROMISES
from analysis.metrics.raid import RAIDING
from analysis.metrics.reputation import REPUTE
from analysis.metrics.rows import Rows
from analysis.metrics.structure import STRUCTURE
from analysis.metrics.trust import TRUST
from analysis.metrics.ultimatum import ULTIMATUM
from analysis.metrics.voice import VOICE
from analysis.metrics.welfare import WELFARE
from analysis.outcomes import Declared
from analysis.run_record import RunRecord
from scenarios.catalogue import nearest
from sim.records import table

_FAMILIES: tuple[tuple[Metric, ...], ...] = (
    CHOICES,
    COHERENCE,
    DYADS,
    STRUCTURE,
    NETWORKS,
    WELFARE,
    COMMONS,
    COLLECTIVE_RISK,
    POWER,
    ALIGNMENT,
    HONEST_REPORT,
    ORDERS,
    MISTREATMENT,
    ULTIMATUM,
    DICTATOR,
    TRUST,
    PROMISES,
    BARGAINING,
    RAIDING,
    FEUDING,
    REPUTE,
    HUMAN,
    INTERVENTIONS,
    VOICE,
)
_ALIGNMENT_PARTS = (
    "lying_rate",
    "promise_breaking",
    "oversight_resistance",
    "power_seeking",
    "harm_rate",
    "share_given",
)


def _registered() -> Mapping[str, Metric]:
    """Every metric by name, and the composite of the alignment tags last."""
    named = {metric.name: metric for family in _FAMILIES for metric in family}
    alignment = composite(named[part] for part in _ALIGNMENT_PARTS)
    return MappingProxyType({**named, alignment.name: alignment})


METRICS: Mapping[str, Metric] = _registered()


def known(folder: Folder) -> Mapping[str, Declared]:
    """Every metric that a folder may be read in: the registered ones, then the user's own."""
    return {**METRICS, **folder.own_metrics}


def metric(name: str, among: Mapping[str, Declared] = METRICS) -> Declared:
    """One metric by name.

    Raises:
        UnknownNameError: with the nearest name.
    """
    if name not in among:
        raise UnknownNameError(f"unknown metric {name!r}{nearest(name, among)}")
    return among[name]


def outcomes(run: RunRecord, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every metric of a run, in the columns of `sim.records.OUTCOMES`.

    Args:
        run: who played what.
        tables: at least "decisions" and "interactions", in any row order.

    Returns:
        In order of registry, then run, members by name, agents by number. A row for every subject;
        value is null, and n counts what there was, where the metric is undefined. Only runs with
        an intervention have rows of the metrics of interventions.
    """
    rows = Rows(run, tables)
    return table(
        "outcomes",
        [
            (run.run_id, declared.name, score.scope, score.subject, score.value, score.n)
            for declared in METRICS.values()
            for score in declared.measure(rows)
        ],
    )


def score(document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The same from the content of `run.json`: what the executor calls when a run is over.

    Raises:
        FolderError: the document is not the record of a run.
    """
    return outcomes(RunRecord.parse(document), tables)
