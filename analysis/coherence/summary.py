"""All that is said of coherence in an experiment folder, as tidy tables."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import polars as pl

from analysis.coherence.arbitrariness import arbitrariness
from analysis.coherence.discrimination import discrimination, policy_entropy
from analysis.coherence.distance import Separation, distances, separation
from analysis.coherence.memory_one import strategies, vectors
from analysis.coherence.policies import PERSONA, READ_BY, Policies, policies
from analysis.coherence.retest import between_draws, between_wordings
from analysis.coherence.tipping import METRIC, Response, controls, responses, spillover
from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import Folder
from analysis.statistics import mean_interval
from scenarios.catalogue import nearest

By = Literal["population", "identity", "affect", "stance", "persona"]
_PERSON = [*READ_BY, *PERSONA]
_VALUES = ["metric", *_PERSON, "value", "n", "note"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Coherence:
    """The coherence of the characters of one experiment.

    Attributes:
        folder: the experiment.
        by: what characters are grouped by; "persona" is the population's member.
    """

    folder: Folder
    by: By

    @cached_property
    def policies(self) -> Policies:
        """The first-choice policies that most of the rest looks at."""
        return policies(self.folder)

    @cached_property
    def groups(self) -> pl.DataFrame:
        """persona, level: every level that a persona is played at; scripted seats are at none."""
        who = self.folder.characters.filter(pl.col("strategy").is_null())
        if self.by == "population":
            who = who.join(self.folder.metadata.select("run_id", "population"), on="run_id")
        level = pl.col("member" if self.by == "persona" else self.by).alias("level")
        return who.select("persona", level).drop_nulls().unique().sort("persona", "level")

    @cached_property
    def personas(self) -> pl.DataFrame:
        """Every measure of every persona.

        Returns:
            metric, model, readout (null where readouts are compared), PERSONA, value (null where
            undefined), n (pairs, replicates, policies or draws behind it), note.
        """
        found = self.policies
        sources = arbitrariness(found).select(
            *_PERSON, "value", n="pairs", metric="arbitrariness_" + pl.col("source"), note="of"
        )
        draws = between_draws(self.folder)
        frames = [
            sources,
            discrimination(found).with_columns(metric=pl.lit("discrimination")),
            policy_entropy(found).with_columns(metric=pl.lit("policy_entropy")),
            *(
                draws.select(*_PERSON, value=name, n="draws", note="why_not").with_columns(
                    metric=pl.lit(f"retest_{name}")
                )
                for name in ("agreement", "kappa")
            ),
        ]
        none = pl.lit(None, pl.String)
        told = [one if "note" in one.columns else one.with_columns(note=none) for one in frames]
        return pl.concat([one.select(_VALUES) for one in told])

    @cached_property
    def levels(self) -> pl.DataFrame:
        """Every measure at every level: the mean over its personas, each of which is a unit.

        Returns:
            metric, model, readout, level, value, low, high (Student's t over personas, 95%),
            personas (with a value), undefined (without one). "split_half_r" and
            "split_half_reliability" are of the level's personas together, without an interval.
        """
        keys = ["metric", *READ_BY, "level"]
        joined = self.personas.join(self.groups, on="persona").group_by(keys).agg("value")
        rows = []
        for *key, values in joined.sort(keys, nulls_last=True).iter_rows():
            known = [value for value in values if value is not None]
            mean = mean_interval(known)
            rows.append((*key, mean.value, mean.low, mean.high, mean.n, len(values) - mean.n))
        schema = {**dict.fromkeys(keys, pl.String()), **_ESTIMATE}
        return pl.DataFrame([*rows, *self._halves()], schema=schema, orient="row")

    def _halves(self) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for model, readout in self._read_by():
            for level in self.groups["level"].unique().sort().to_list():
                members = self.groups.filter(level=level)["persona"].to_list()
                half = between_wordings(self.policies, model, readout, members)
                rest = (None, None, half.personas, len(members) - half.personas)
                for name, value in (("r", half.r), ("reliability", half.reliability)):
                    found.append((f"split_half_{name}", model, readout, level, value, *rest))
        return found

    @cached_property
    def separations(self) -> list[tuple[str, str, Separation]]:
        """By model and readout: are personas of different levels further apart than of one?"""
        found = []
        for model, readout in self._read_by():
            between = distances(self.policies, model, readout)
            own = self.groups.filter(pl.col("persona").is_in(between.personas))
            if own["persona"].is_duplicated().any():
                why_not = f"some persona is of several levels of {self.by}"
                found.append((model, readout, Separation({}, None, None, None, 0, why_not)))
            else:
                levels = dict(own.iter_rows())
                found.append((model, readout, separation(between, levels)))
        return found

    @cached_property
    def vectors(self) -> pl.DataFrame:
        """Memory-one vectors of every member of every population, as `memory_one.vectors`."""
        return vectors(self.folder)

    @cached_property
    def strategies(self) -> pl.DataFrame:
        """What these are nearest to, as `memory_one.strategies`."""
        return strategies(self.vectors)

    @cached_property
    def responses(self) -> list[Response]:
        """The dose-response of every series, of `expected_cooperation`."""
        return responses(self.folder, METRIC)

    def document(self) -> Row:
        """Everything as plain values."""
        return {
            "by": self.by,
            "left_out": dict(self.policies.left_out),
            "levels": self.levels.to_dicts(),
            "personas": self.personas.to_dicts(),
            "separation": [_separated(*one) for one in self.separations],
            "memory_one": self.vectors.to_dicts(),
            "strategies": self.strategies.to_dicts(),
            "series": self._series(),
        }

    def _read_by(self) -> list[tuple[str, str]]:
        return self.policies.frame.select(READ_BY).unique().sort(READ_BY).rows()

    def _series(self) -> list[Row]:
        by_name = {one.series: one for one in self.responses}
        matched = controls(self.responses)
        return [
            {
                **_responded(one),
                "control": matched.get(name),
                "spillover": asdict(spillover(one, by_name[matched[name]]).decisive)
                if name in matched
                else None,
            }
            for name, one in by_name.items()
        ]


_ESTIMATE: Mapping[str, pl.DataType] = {
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "personas": pl.Int64(),
    "undefined": pl.Int64(),
}


def coherence(folder: Folder, by: str = "population") -> Coherence:
    """The coherence of the characters of an experiment.

    Raises:
        AnalysisError: no whole run.
        UnknownNameError: they cannot be grouped by that.
    """
    if not folder.runs:
        raise AnalysisError(f"{folder.path}: no run is whole yet; sweep the experiment first")
    for known in get_args(By):
        if by == known:
            return Coherence(folder, known)
    hint = nearest(by, dict.fromkeys(get_args(By)))
    raise UnknownNameError(f"{folder.path}: coherence is not told by {by!r}{hint}")


def _separated(model: str, readout: str, found: Separation) -> Row:
    return {
        "model": model,
        "readout": readout,
        **{name: getattr(found, name) for name in ("pseudo_f", "r2", "p", "personas", "why_not")},
        "distances": [
            {"a": a, "b": b, "distance": distance} for (a, b), distance in found.means.items()
        ],
    }


def _responded(one: Response) -> Row:
    return {
        "series": one.series,
        "metric": one.metric,
        "shares": list(one.shares),
        "means": list(one.means),
        "slope": asdict(one.slope),
        "over": one.cluster,
        "tipping": None if one.tipping is None else asdict(one.tipping),
        "verdict": one.verdict(),
    }
