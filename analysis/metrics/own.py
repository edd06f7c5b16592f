"""Metrics of the user's own: a decorated function in a Python file, used while a folder is read.

The function gives observations, and the house pools them: for the run, each member, each agent.
"""

import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Literal

import numpy as np
import polars as pl

from analysis.errors import AnalysisError
from analysis.metrics.metric import EVERY_SCOPE, RUN_ONLY, Metric, Score, means, whole
from analysis.metrics.registry import METRICS
from analysis.metrics.rows import Rows
from analysis.outcomes import Played
from sim.records import table

Observe = Callable[[Rows], pl.DataFrame]
Of = Literal["agents", "run"]
_COLUMNS: Mapping[Of, tuple[str, ...]] = {"agents": ("agent", "value"), "run": ("value",)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A decorated function; called, it is the function.

    Attributes:
        observe: the function.
        declared: unit, definition, denominator, undefined, source.
        better: the direction that is good for the society, None where neither is.
        of: whom the observations are about.
    """

    observe: Observe
    declared: Mapping[str, str]
    better: Literal["higher", "lower"] | None
    of: Of

    def __call__(self, rows: Rows) -> pl.DataFrame:
        """The observations in one run."""
        return self.observe(rows)


def measure(  # noqa: PLR0913 - a declaration is its keywords
    *,
    unit: str,
    definition: str,
    denominator: str,
    undefined: str,
    source: str,
    better: Literal["higher", "lower"] | None = None,
    of: Of = "agents",
) -> Callable[[Observe], Measure]:
    """Declare a function over a run's rows as a metric of the function's name.

    The function takes `analysis.metrics.rows.Rows` and returns a frame of observations: `agent`
    and `value`, or `value` alone where they are about the whole run. Null values are left out. The
    metric is the mean of the observations: of all, of each member's, of each agent's.

    Args:
        unit: of the value; a "share" or "probability" lies between 0 and 1.
        definition: in words.
        denominator: what is counted: the observations.
        undefined: when there are no observations.
        source: where it was published, or who made it.
        better: the direction that is good for the society, None where neither is.
        of: "agents", or "run" where the observations are nobody's in particular.
    """
    declared = {
        "unit": unit,
        "definition": definition,
        "denominator": denominator,
        "undefined": undefined,
        "source": source,
    }
    return lambda observe: Measure(observe, declared, better, of)


@dataclass(frozen=True, slots=True)
class OwnMetrics:
    """The metrics of the user's files, by name; what `Folder.own` takes."""

    metrics: Mapping[str, Metric]

    def outcomes(self, names: Collection[str], runs: Iterable[Played]) -> pl.DataFrame:
        """Some of them over runs, one run at a time, in the columns of `sim.records.OUTCOMES`.

        Raises:
            AnalysisError: a function fails or returns something else than observations.
        """
        return pl.concat(
            chain([table("outcomes", [])], (self._of_run(names, Rows(*each)) for each in runs))
        )

    def _of_run(self, names: Collection[str], rows: Rows) -> pl.DataFrame:
        return table(
            "outcomes",
            [
                (rows.run.run_id, name, score.scope, score.subject, score.value, score.n)
                for name in names
                for score in self.metrics[name].measure(rows)
            ],
        )


def load(files: Iterable[Path]) -> OwnMetrics:
    """The metrics that Python files declare; the files are run.

    Raises:
        AnalysisError: a file cannot be read or run, declares nothing, or a name is taken.
    """
    found: dict[str, Metric] = {}
    for file in dict.fromkeys(files):
        # By identity: a second name of the same function declares nothing more.
        every = {id(each): each for each in _run(file).values() if isinstance(each, Measure)}
        declared = [_metric(file, each) for each in every.values()]
        if not declared:
            raise AnalysisError(
                f"{file}: declares no metric; decorate a function with @measure(...)"
                " (from analysis.metrics import measure)"
            )
        for one in declared:
            if one.name in METRICS or one.name in found:
                raise AnalysisError(
                    f"{file}: the name {one.name!r} is taken by another metric; rename the function"
                )
            found[one.name] = one
    return OwnMetrics(found)


def _run(file: Path) -> dict[str, object]:
    """What the file defines."""
    module = ModuleType(f"own_metrics.{file.stem}")
    module.__file__ = str(file)
    # Dataclasses look up the module that they are defined in.
    sys.modules[module.__name__] = module
    try:
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
    except OSError as error:
        raise AnalysisError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the user's program
        raise AnalysisError(f"{_place(file, error)}: cannot be run: {_told(error)}") from None
    return vars(module)


def _metric(file: Path, one: Measure) -> Metric:
    name = one.observe.__name__
    wrong = {key: text for key, text in one.declared.items() if not _is_text(text)}
    if wrong:
        key, text = next(iter(wrong.items()))
        raise AnalysisError(f"{file}: {name}: {key} is {text!r}; say it in words")
    for key, value, known in (
        ("better", one.better, ("higher", "lower", None)),
        ("of", one.of, tuple(_COLUMNS)),
    ):
        if value not in known:
            told = " or ".join(map(repr, known))
            raise AnalysisError(f"{file}: {name}: {key} is {value!r}; it must be {told}")

    def scores(rows: Rows) -> list[Score]:
        return _scores(file, one, rows)

    return Metric(
        name=name,
        **one.declared,
        better=one.better,
        scopes=EVERY_SCOPE if one.of == "agents" else RUN_ONLY,
        measure=scores,
    )


def _is_text(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _scores(file: Path, one: Measure, rows: Rows) -> list[Score]:
    where = f"{one.observe.__name__} on run {rows.run.run_id}"
    try:
        given = one.observe(rows)
    except AnalysisError:
        raise
    except Exception as error:  # noqa: BLE001 - it is the user's program
        raise AnalysisError(
            f"{_place(file, error)}: {where} failed: {_told(error)}; correct the function"
        ) from None
    problem = _problem(given, one.of, len(rows.members))
    if problem:
        raise AnalysisError(f"{file}: {where} {problem}")
    columns = _COLUMNS[one.of]
    # Sorted, so that no sum depends on the order of the rows.
    known = given.select(columns).drop_nulls("value").sort(columns)
    values = known["value"].cast(pl.Float64).to_numpy().astype(np.float64)
    if one.of == "run":
        return whole(float(values.mean()) if len(values) else None, len(values))
    return means(rows, known["agent"].to_numpy().astype(np.int64), values)


def _problem(given: object, of: Of, agents: int) -> str | None:
    """What is wrong with the observations, and the remedy; None where nothing is."""
    columns = _COLUMNS[of]
    told = " and ".join(columns)
    if not isinstance(given, pl.DataFrame):
        return f"returned {type(given).__name__}; return a polars DataFrame with {told}"
    lacking = [name for name in columns if name not in given.columns]
    if lacking:
        return f"returned no column {lacking[0]!r} (has {given.columns}); return {told}"
    if of == "run" and "agent" in given.columns:
        return "returned the column 'agent' but declares of='run'; declare of='agents'"
    return _value_problem(given["value"]) or (
        _agent_problem(given["agent"], agents) if of == "agents" else None
    )


def _value_problem(value: pl.Series) -> str | None:
    if value.dtype not in (pl.Boolean, pl.Null) and not value.dtype.is_numeric():
        return f"returned 'value' as {value.dtype}; return numbers or booleans"
    finite = value.cast(pl.Float64).drop_nulls().is_finite()
    if not finite.all():
        return "returned a 'value' that is not finite; make it null where it is undefined"
    return None


def _agent_problem(agent: pl.Series, agents: int) -> str | None:
    if len(agent) and not agent.dtype.is_integer():
        return f"returned 'agent' as {agent.dtype}; return the agents' numbers"
    strange = agent.filter(~agent.is_in(range(agents)) | agent.is_null())
    if len(strange):
        return f"returned agent {strange[0]}; agents are numbered 0 to {agents - 1}"
    return None


def _place(file: Path, error: BaseException) -> str:
    """The file, with the line where it went wrong if that is known."""
    if isinstance(error, SyntaxError):
        return f"{file}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f"{file}:{lines[-1]}" if lines else str(file)


def _told(error: BaseException) -> str:
    """The error in one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    first = next(iter(text.strip().splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
