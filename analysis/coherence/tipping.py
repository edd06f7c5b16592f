"""What the share of a trope does to whoever stays: dose-response, tipping point, spillover."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.coherence.breaks import Break, one_break
from analysis.errors import UnknownNameError
from analysis.estimator import Cluster, Estimation, Key, Sample, Text, difference, mean
from analysis.folder import FOCAL, Folder
from analysis.samples import pairing
from analysis.statistics import Estimate
from scenarios.catalogue import nearest

_LEAST = 2
METRIC = "expected_cooperation"
_SCRIPTED = "scripted:rates"


@dataclass(frozen=True, slots=True)
class Response:
    """The dose-response of a series' focal characters.

    Attributes:
        series: such as "tin-man among human-neutral".
        metric: what was measured of the focal characters.
        shares: shares at which it is defined.
        means: its mean at each, over runs.
        slope: change per unit of share, with the interval that `estimator` gives.
        cluster: whose units make most of that interval.
        tipping: the best single break; None where none can be looked for.
        why_not: why not; null where there is a break.
        sample: slope of each pair of runs and of each focal persona.
    """

    series: str
    metric: str
    shares: tuple[float, ...]
    means: tuple[float, ...]
    slope: Estimate
    cluster: Cluster
    tipping: Break | None
    why_not: str | None
    sample: Sample

    def verdict(self, alpha: float = 0.05) -> str:
        """What can be said of a tipping point, in words."""
        if self.tipping is None:
            return f"no tipping point can be looked for: {self.why_not}"
        if self.tipping.p >= alpha:
            return (
                f"no tipping point: a break does not improve on the line (p = {self.tipping.p:.3f})"
            )
        left, right = self.tipping.between
        where = f"at {left:g}" if left == right else f"between {left:g} and {right:g}"
        return f"tipping point {where} (a {self.tipping.form}, p = {self.tipping.p:.3f})"


def responses(folder: Folder, metric: str = METRIC, alpha: float = 0.05) -> list[Response]:
    """The dose-response of every series of an experiment; none where it has no series.

    The slope of a pair (runs that share seed, scenario, wording and all else but the share) is its
    least-squares slope; the estimate is their mean, in which scenarios weigh the same, with the
    interval over situations and focal personas (`estimator`). What situations and personas share
    counts in both, so that the interval is rather too wide. At share 1 nobody is focal, and there
    is no value.

    Raises:
        UnknownNameError: no such metric in the folder's outcomes.
    """
    if not folder.characters["focal"].any():
        return []
    table = _table(folder.focused(FOCAL), metric)
    names = table["series"].unique().sort().to_list()
    return [_response(table.filter(series=name), name, metric, alpha) for name in names]


def spillover(response: Response, control: Response, alpha: float = 0.05) -> Estimation:
    """The slope of a series minus that of its control, by pairs of the same seed.

    A control such as seats matched on action rates does the same things as often and answers
    nobody; what is left is more than what was done.

    Args:
        response: of the trope.
        control: of the control; it may be of another folder.
        alpha: the interval covers 1 - alpha.
    """
    return difference(response.sample, control.sample, alpha, matched=True)


def controls(found: list[Response]) -> Mapping[str, str]:
    """The series matched on rates by the series that it is the control of.

    Those among the same member are meant, where there is exactly one.
    """
    pairs = {}
    for one in found:
        among = one.series.partition(" among ")[2]
        matched = [
            other.series
            for other in found
            if other.series.startswith(_SCRIPTED) and other.series.endswith(f" among {among}")
        ]
        if len(matched) == 1 and not one.series.startswith("scripted:"):
            pairs[one.series] = matched[0]
    return pairs


def _table(folder: Folder, metric: str) -> pl.DataFrame:
    """scope, series, share, pair, scenario, wording, persona (null for whole runs), value."""
    known = folder.outcomes["metric"].unique().sort().to_list()
    if metric not in known:
        raise UnknownNameError(
            f"{folder.path}: no metric {metric!r}{nearest(metric, dict.fromkeys(known))}"
        )
    pair, strata = pairing(folder.factors, ["series", "share"], folder.metadata.columns)
    runs = folder.metadata.drop_nulls("share").select(
        "run_id", "series", pair=pair, share=pl.col("share").cast(pl.Float64), **strata
    )
    who = folder.characters.select(
        "run_id", "member", "persona", subject=pl.col("agent").cast(pl.String)
    )
    value = pl.col("value")
    return (
        folder.outcomes.filter(pl.col("metric") == metric, value.is_not_null(), value.is_finite())
        .filter(pl.col("scope").is_in(["run", "agent"]))
        .join(runs, on="run_id")
        .join(who, on=["run_id", "subject"], how="left")
    )


def _response(table: pl.DataFrame, series: str, metric: str, alpha: float) -> Response:
    runs = table.filter(scope="run")
    sample = Sample(_slopes(runs), _persona_slopes(table.filter(scope="agent")), {}, 0)
    estimation = mean(sample, alpha)
    means = runs.group_by("share").agg(pl.col("value").sort().mean()).sort("share")
    found = one_break(runs["share"], runs["value"], runs["pair"], alpha)
    return Response(
        series=series,
        metric=metric,
        shares=tuple(means["share"].to_list()),
        means=tuple(means["value"].to_list()),
        slope=estimation.decisive,
        cluster=estimation.cluster,
        tipping=found if isinstance(found, Break) else None,
        why_not=None if isinstance(found, Break) else found,
        sample=sample,
    )


def _slopes(runs: pl.DataFrame) -> dict[Key, float]:
    """The slope of each pair that has at least two shares."""
    keys = ["scenario", "wording", "pair"]
    return {
        Key(*key): one
        for *key, shares, values in _gathered(runs, keys).iter_rows()
        if (one := _slope(shares, values)) is not None
    }


def _persona_slopes(agents: pl.DataFrame) -> dict[Text, dict[str, float]]:
    """The slope of each focal persona in each scenario, over its mean at every share."""
    found: dict[Text, dict[str, float]] = {}
    for member, persona, scenario, shares, values in _gathered(
        agents, ["member", "persona", "scenario"]
    ).iter_rows():
        slope = _slope(shares, values)
        if slope is not None:
            found.setdefault(Text(member, "persona", persona), {})[scenario] = slope
    return found


def _gathered(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Shares and mean values at them, as lists, by key."""
    means = rows.group_by([*keys, "share"]).agg(pl.col("value").sort().mean()).sort(*keys, "share")
    return means.group_by(keys, maintain_order=True).agg("share", "value")


def _slope(shares: list[float], values: list[float]) -> float | None:
    if len(shares) < _LEAST:
        return None
    x = np.array(shares) - np.mean(shares)
    return float(x @ np.array(values) / (x @ x))
