"""What a metric is, and the rule that pools observations into its three scopes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analysis.metrics.rows import Rows

Scope = Literal["run", "persona", "agent"]
EVERY_SCOPE: tuple[Scope, ...] = ("run", "persona", "agent")
RUN_ONLY: tuple[Scope, ...] = ("run",)
WHOLE_RUN = "run"
"""The subject of run scope."""


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value for one subject.

    Attributes:
        scope: run, persona or agent.
        subject: "run", the population member's name, or the agent's number as text.
        value: None where the metric is undefined.
        n: how many observations the value rests on.
    """

    scope: Scope
    subject: str
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Metric:
    """One declared metric.

    Attributes:
        name: as in the outcomes table.
        unit: of the value.
        definition: in words.
        denominator: what `n` counts.
        undefined: when the value is null.
        source: where the definition was published.
        better: the direction that is good for the society, None where neither is.
        scopes: for whom it is measured.
        measure: the function over a run's rows.
    """

    name: str
    unit: str
    definition: str
    denominator: str
    undefined: str
    source: str
    better: Literal["higher", "lower"] | None
    scopes: tuple[Scope, ...]
    measure: Callable[[Rows], Sequence[Score]]

    def about(self) -> dict[str, Any]:
        """All that it declares, ready for JSON."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**told, "scopes": list(self.scopes), "measure": self.measure.__name__}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a value is about: a scope, a name, and the agents (shape (k,)) that belong to it."""

    scope: Scope
    name: str
    agents: NDArray[np.int64]


def subjects(rows: Rows) -> tuple[Subject, ...]:
    """The run, then its members by name, then its agents by number."""
    return _subjects(rows.members)


@lru_cache(maxsize=64)
def _subjects(of: tuple[str, ...]) -> tuple[Subject, ...]:
    members = np.array(of)
    everyone = np.arange(len(members))
    return (
        Subject("run", WHOLE_RUN, everyone),
        *(Subject("persona", str(name), everyone[members == name]) for name in np.unique(members)),
        *(Subject("agent", str(agent), everyone[agent : agent + 1]) for agent in everyone),
    )


def means(rows: Rows, agents: NDArray[np.int64], values: NDArray[np.float64]) -> list[Score]:
    """Mean of the observations of every subject, None where it has none.

    Args:
        rows: the run.
        agents: shape (observations,), whose observation it is.
        values: shape (observations,).
    """
    size, everyone = len(rows.members), subjects(rows)
    counts = np.bincount(agents, minlength=size)
    sums = np.bincount(agents, weights=values, minlength=size)
    # The agents come last, one by one.
    pooled = [subject.agents for subject in everyone[: len(everyone) - size]]
    observed = [*(int(counts[pool].sum()) for pool in pooled), *counts.tolist()]
    totals = [*(float(sums[pool].sum()) for pool in pooled), *sums.tolist()]
    return [
        Score(subject.scope, subject.name, total / n if n else None, n)
        for subject, n, total in zip(everyone, observed, totals, strict=True)
    ]


def over_contexts(
    rows: Rows,
    agents: NDArray[np.int64],
    contexts: NDArray[np.int64],
    values: NDArray[np.float64],
) -> list[Score]:
    """Mean of every subject in which each distinct context counts once; None where it has none.

    Args:
        rows: the run.
        agents: shape (observations,), whose observation it is.
        contexts: shape (observations,), the context's number.
        values: shape (observations,); equal for equal contexts.
    """
    found = []
    for subject in subjects(rows):
        mine = np.isin(agents, subject.agents)
        first = np.unique(contexts[mine], return_index=True)[1]
        mean = float(values[mine][first].mean()) if len(first) else None
        found.append(Score(subject.scope, subject.name, mean, len(first)))
    return found


def differences(first: Sequence[Score], second: Sequence[Score]) -> Iterator[Score]:
    """First minus second, subject by subject; None where either is; n is the sum of both."""
    for one, other in zip(first, second, strict=True):
        value = None if one.value is None or other.value is None else one.value - other.value
        yield Score(one.scope, one.subject, value, one.n + other.n)


def whole(value: float | None, n: int) -> list[Score]:
    """The one score of a metric that exists for whole runs only."""
    return [Score("run", WHOLE_RUN, value, n)]
