"""What a judge said of the words in a folder, and the outcomes that follow from it.

`annotations/RUBRIC.parquet` has the columns of `sim.records.ANNOTATIONS`, and `RUBRIC.json` beside
it says who judged, by what, and how well that agrees with people where anybody labelled a sample.
A metric of a judge is called `judge:RUBRIC:CLASS`: the share of that class in the utterances that
were given one. `judge:RUBRIC:excluded` is the share, of all that were judged, that were given none.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from analysis.errors import FolderError, UnknownNameError
from analysis.outcomes import Declared, Own, Played
from scenarios.catalogue import nearest
from sim.records import ANNOTATIONS, table

FOLDER = "annotations"
EXCLUDED = "excluded"
NOT_VALIDATED = "judge not validated"
_PREFIX = "judge:"


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """A share that a judge gave; declared as `analysis.metrics.Metric` is.

    Attributes:
        name: as in the outcomes.
        definition: in words.
        denominator: what `n` counts.
    """

    name: str
    definition: str
    denominator: str
    unit: str = "share"
    undefined: str = "nothing was said, or nothing of it was given a class"
    source: str = "a judge's pass: `society annotate`"
    better: Literal["higher", "lower"] | None = None
    scopes: tuple[Literal["run", "persona", "agent"], ...] = ("run", "persona", "agent")


@dataclass(frozen=True)
class Annotations:
    """One judge's pass.

    Attributes:
        name: of the rubric.
        about: the manifest.
        table: columns of ANNOTATIONS.
    """

    name: str
    about: Mapping[str, Any]
    table: pl.DataFrame

    @property
    def classes(self) -> tuple[str, ...]:
        """In the rubric's order."""
        return tuple(self.about["classes"])

    @property
    def metrics(self) -> tuple[JudgedMetric, ...]:
        """A share for each class, and the share of what was given none."""
        asked = self.about["question"]
        given = "utterances that were given a class"
        shares = (
            JudgedMetric(metric_name(self.name, name), f"{asked} {name}: {meant}", given)
            for name, meant in self.about["classes"].items()
        )
        none = "share of what was judged that was given no class"
        return (*shares, JudgedMetric(metric_name(self.name, EXCLUDED), none, "utterances judged"))

    @property
    def remark(self) -> str:
        """How far the judge is to be believed, in one line."""
        found = self.about.get("agreement")
        if not found:
            return NOT_VALIDATED
        kappa = found["consensus"]["kappa"]
        value = "not defined" if kappa["value"] is None else f"{kappa['value']:.2f}"
        low, high = kappa["low"], kappa["high"]
        ends = "" if low is None else f" [{low:.2f}, {high:.2f}]"
        people = len(found["labellers"])
        who = "one labeller" if people == 1 else f"{people} labellers"
        return f"judge against {who}: kappa {value}{ends}, n = {kappa['n']}"


def metric_name(rubric: str, found: str) -> str:
    """Name of the metric of a class, or of EXCLUDED."""
    return f"{_PREFIX}{rubric}:{found}"


def rubrics(path: Path) -> list[str]:
    """Rubrics that the words in an experiment folder were judged by."""
    return sorted(file.stem for file in (path / FOLDER).glob("*.parquet") if file.stem[0] != ".")


def read(path: Path, rubric: str) -> Annotations:
    """One judge's pass.

    Args:
        path: the experiment folder.
        rubric: its name.

    Raises:
        UnknownNameError: nothing was judged by that.
        FolderError: a file cannot be read, or the two do not belong together.
    """
    known = rubrics(path)
    if rubric not in known:
        hint = nearest(rubric, dict.fromkeys(known))
        raise UnknownNameError(
            f"{path}: nothing was judged by a rubric {rubric!r}{hint}"
            + ("" if known else "; `society annotate` does that")
        )
    file = path / FOLDER / f"{rubric}.parquet"
    try:
        about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        is_whole = about["table_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        table = pl.read_parquet(file).select(list(ANNOTATIONS))
        classes = list(about["classes"])
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise FolderError(f"{file}: cannot be read: {error}; {_AGAIN}") from None
    if not is_whole or not set(table["class"].drop_nulls()) <= set(classes):
        raise FolderError(f"{file}: is not what its .json tells of; {_AGAIN}")
    return Annotations(rubric, about, table)


_AGAIN = "run `society annotate` again with its rubric: what is recorded is not asked again"


def judged(path: Path, metrics: Collection[str], own: Own) -> "WithJudges":
    """Own metrics of a folder's reader, and beside them those of the judges that are asked for.

    Args:
        path: the experiment folder.
        metrics: names, among which those of judges say which are wanted.
        own: the other metrics.

    Raises:
        UnknownNameError: nothing was judged by that rubric.
        FolderError: its files cannot be read.
    """
    wanted = [name.removeprefix(_PREFIX) for name in metrics if name.startswith(_PREFIX)]
    rubrics_wanted = dict.fromkeys(name.partition(":")[0] for name in wanted)
    return WithJudges(own, tuple(read(path, name) for name in rubrics_wanted))


@dataclass(frozen=True)
class WithJudges:
    """Metrics of judges beside others; what `Folder.own` takes.

    Attributes:
        own: the others.
        passes: what the judges said.
    """

    own: Own
    passes: tuple[Annotations, ...]

    @cached_property
    def metrics(self) -> Mapping[str, Declared]:
        """By name."""
        found = [metric for passed in self.passes for metric in passed.metrics]
        return {**self.own.metrics, **{metric.name: metric for metric in found}}

    @property
    def remarks(self) -> Mapping[str, str]:
        """By name of the metrics of judges, what must stand beside them wherever they are told."""
        return {metric.name: passed.remark for passed in self.passes for metric in passed.metrics}

    def outcomes(self, names: Collection[str], runs: Iterable[Played]) -> pl.DataFrame:
        """Some of them over runs, in the columns of `sim.records.OUTCOMES`.

        Raises:
            AnalysisError: one of the others does not do.
        """
        played = list(runs)
        others = [name for name in names if name in self.own.metrics]
        who = [
            (run.run_id, character.agent, character.member)
            for run, _ in played
            for character in run.characters
        ]
        schema = {"run_id": pl.String(), "agent": pl.Int64(), "member": pl.String()}
        characters = pl.DataFrame(who, schema=schema, orient="row")
        found = [_shares(passed, characters) for passed in self.passes]
        every = pl.concat([table("outcomes", []), *found])
        mine = every.filter(pl.col("metric").is_in(list(names)))
        return pl.concat([self.own.outcomes(others, played), mine]) if others else mine


def _shares(passed: Annotations, characters: pl.DataFrame) -> pl.DataFrame:
    """The metrics of one judge, for runs, members and agents; of nothing they are null."""
    is_classed = pl.col("class").is_not_null()
    # A class may bear any name; that of its column may not be another one's.
    counts = {f"n {name}": pl.col("class") == name for name in passed.classes}
    counts |= {f"n {EXCLUDED}": ~is_classed, "classed": is_classed}
    counted = passed.table.group_by("run_id", "agent").agg(
        is_such.sum().cast(pl.Int64).alias(name) for name, is_such in counts.items()
    )
    each = characters.select("run_id", "agent", "member").join(
        counted, on=["run_id", "agent"], how="left"
    )
    each = each.with_columns(pl.col(name).fill_null(0) for name in counts)
    judged = pl.col("classed") + pl.col(f"n {EXCLUDED}")
    whom = {"run": pl.lit("run"), "persona": pl.col("member"), "agent": pl.col("agent")}
    summed = {
        scope: each.group_by("run_id", subject=subject.cast(pl.String))
        .agg(pl.col(name).sum() for name in counts)
        .with_columns(judged=judged)
        .sort("run_id", "subject")
        for scope, subject in whom.items()
    }
    shares = {**dict.fromkeys(passed.classes, "classed"), EXCLUDED: "judged"}
    return pl.concat(
        table.select(
            "run_id",
            metric=pl.lit(metric_name(passed.name, name)),
            scope=pl.lit(scope),
            subject="subject",
            value=pl.when(pl.col(of) > 0).then(pl.col(f"n {name}") / pl.col(of)),
            n=of,
        )
        for name, of in shares.items()
        for scope, table in summed.items()
    )
