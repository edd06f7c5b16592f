"""The networks of an experiment as tidy tables: run by run, and over the runs of a society."""

from collections.abc import Iterator
from typing import Any, Literal, get_args

import polars as pl
from scipy import stats

from analysis.errors import UnknownNameError
from analysis.folder import Folder
from analysis.networks.acts import read
from analysis.networks.measures import measures
from analysis.proportions import clustered_proportion, proportion
from analysis.run_record import RunRecord
from analysis.statistics import benjamini_hochberg, mean_interval
from scenarios.catalogue import nearest

Label = Literal["member", "identity", "affect", "stance"]
LABELS: tuple[Label, ...] = get_args(Label)
SOCIETY = ("scenario", "population")
_MEASURE = ("statistic", "giver", "receiver")
PER_RUN = pl.Schema(
    {
        "run_id": pl.String(),
        "scenario": pl.String(),
        "population": pl.String(),
        "statistic": pl.String(),
        "giver": pl.String(),
        "receiver": pl.String(),
        "null": pl.String(),
        "n": pl.Int64(),
        "hits": pl.Int64(),
        "value": pl.Float64(),
        "expected": pl.Float64(),
        "z": pl.Float64(),
        "p": pl.Float64(),
        "permutations": pl.Int64(),
    }
)


def per_run(folder: Folder, by: Label = "member", run_id: str | None = None) -> pl.DataFrame:
    """Every measure of every run, in the columns of PER_RUN.

    Args:
        folder: the experiment.
        by: what characters are told apart by; those without such a label are left out.
        run_id: only this run; None for all.

    Returns:
        In order of runs, then as `measures` gives them. `value` is null where a measure is
        undefined, as all are in a run without acts between pairs.

    Raises:
        UnknownNameError: no such label or run; names the nearest.
        FolderError: a table cannot be read.
    """
    if by not in LABELS:
        raise UnknownNameError(f"no label {by!r} of characters{nearest(by, dict.fromkeys(LABELS))}")
    runs = folder.runs if run_id is None else (folder.run(run_id),)
    rows = [row for run in runs for row in _rows(folder, run, by)]
    return pl.DataFrame(rows, schema=PER_RUN, orient="row")


def _rows(folder: Folder, run: RunRecord, by: Label) -> Iterator[tuple[Any, ...]]:
    network = read(run, folder.run_tables(run.run_id))
    labels = [getattr(character, by) for character in run.characters]
    society = (run.run_id, run.scenario, str(run.factors.get("population", "")))
    for one in measures(network, labels, run.run_id):
        found = one.tested
        facts = (one.statistic, one.giver, one.receiver, one.null, one.n, one.hits)
        test = (found.value, found.expected, found.z, found.p, found.permutations)
        yield (*society, *facts, *test)


def over_runs(runs: pl.DataFrame, alpha: float = 0.05) -> pl.DataFrame:
    """Every measure over the runs of each society, which are the replicates.

    Args:
        runs: as `per_run` gives them.
        alpha: intervals cover 1 - alpha.

    Returns:
        A row for each scenario, population, statistic, giver and receiver, with: null; runs in
        which the measure is defined, and those of them tested, whose null leaves any variance; n
        and hits summed over them; value, low, high (mean over runs and its t interval); rate,
        rate_low, rate_high (hits / n, with Wilson's interval in one run, which takes acts as
        independent, and with one clustered by runs in several; null where no hits are counted);
        expected (mean under the null); z, z_low, z_high (mean over runs and its t interval); p (of
        z by t over runs, or of the permutations where there is one run); p_sign (of the signs of
        z); p_adjusted (Benjamini and Hochberg, inside a society).
    """
    keys = [*SOCIETY, *_MEASURE]
    groups = runs.group_by(keys, maintain_order=True)
    rows = [dict(zip(keys, key, strict=True)) | _combined(group, alpha) for key, group in groups]
    for society in dict.fromkeys(tuple(row[name] for name in SOCIETY) for row in rows):
        own = [row for row in rows if tuple(row[name] for name in SOCIETY) == society]
        for row, p in zip(own, benjamini_hochberg([row["p"] for row in own]), strict=True):
            row["p_adjusted"] = p
    return pl.DataFrame(rows, schema=_OVER_RUNS)


def _combined(group: pl.DataFrame, alpha: float) -> dict[str, Any]:
    known = group.filter(pl.col("value").is_not_null())
    deviations = known["z"].drop_nulls()
    value, z = mean_interval(known["value"], alpha), mean_interval(deviations, alpha)
    rates = known.filter(pl.col("hits").is_not_null())
    is_alone = len(known) == 1
    return {
        "null": group["null"][0],
        "runs": len(known),
        "tested": len(deviations),
        "n": int(known["n"].sum()),
        "hits": int(rates["hits"].sum()) if len(rates) else None,
        "value": value.value,
        "low": value.low,
        "high": value.high,
        **_rate(rates, alpha),
        "expected": known["expected"].drop_nulls().sort().mean(),
        "z": z.value,
        "z_low": z.low,
        "z_high": z.high,
        "p": known["p"][0] if is_alone else z.p,
        "p_sign": None if is_alone else _signs(deviations),
    }


def _rate(rates: pl.DataFrame, alpha: float) -> dict[str, float | None]:
    """Share of hits in all acts, with its interval."""
    hits, n = rates["hits"].to_list(), rates["n"].to_list()
    found = (
        clustered_proportion(hits, n, alpha)
        if len(rates) > 1
        else proportion(sum(hits), sum(n), alpha)
    )
    return {"rate": found.value, "rate_low": found.low, "rate_high": found.high}


def _signs(deviations: pl.Series) -> float | None:
    """Two-sided sign test against as many above as below 0; ties are left out."""
    above, n = int((deviations > 0).sum()), int((deviations != 0).sum())
    return float(stats.binomtest(above, n).pvalue) if n else None


_OVER_RUNS = pl.Schema(
    {
        **{name: pl.String() for name in (*SOCIETY, *_MEASURE, "null")},
        **{name: pl.Int64() for name in ("runs", "tested", "n", "hits")},
        **{name: pl.Float64() for name in ("value", "low", "high")},
        **{name: pl.Float64() for name in ("rate", "rate_low", "rate_high")},
        **{name: pl.Float64() for name in ("expected", "z", "z_low", "z_high")},
        **{name: pl.Float64() for name in ("p", "p_sign", "p_adjusted")},
    }
)
