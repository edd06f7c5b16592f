"""The form of `data/human_benchmarks.toml`: which published values belong to which statistic.

    [caveats]                                    # sentences that studies share
    students = "..."
    [[study]]                                    # one published experiment, or a cell of it
    game = "public_goods"
    preset = "herrmann-2008"
    condition = "no punishment"                  # in words, for readers
    seats = 4                                    # of every group; left out where any size will do
    levels = true                                # false: only responses may be compared
    caveats = ["students"]
    [[study.measure]]                            # one benchmark
    statistic = "contribution_by_period"         # what analysis computes from recorded rows
    distance = "mean absolute"
    scale = 20                                   # printed values are divided by it
    reference = {game = "...", measure = "...", condition = "... {x} ..."}
    x = ["1", "2"]                               # fills {x}; left out for a single value
    [[response]]                                 # a difference between two of these values
    game = "public_goods"
    manipulation = "punishment"
    more = {preset = "...", statistic = "..."}   # x = "..." picks one place of a curve
    less = {preset = "...", statistic = "..."}

A measure may take its values from a `distribution` (dataset, measure, condition; all its places or
those in `x`) instead; `cited` then names the row of the reference that tells its provenance. With
`of = "n"` the values are the rows' shares of n. `x` may be a table where what fills {x} is not the
name of the place.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError

from scenarios.errors import BenchmarkError
from scenarios.human_rows import DATA, DistributionRow, ReferenceRow, Row, distributions, reference

Distance = Literal["absolute", "mean absolute", "wasserstein", "jensen-shannon"]
_NAME = "human_benchmarks.toml"


class Point(NamedTuple):
    """What people did at one place of a curve or in one class of a histogram.

    Attributes:
        x: the place; empty where there is a single value.
        value: scaled to [0, 1].
        low: lower end of the published 95% interval, scaled; None where none is given.
        high: its upper end.
        n: of the published row; None where none is given.
        unit: what was printed, and what n counts.
    """

    x: str
    value: float
    low: float | None
    high: float | None
    n: int | None
    unit: str


class ReferenceKey(Row):
    """Names a row of the reference; {x} in the condition is filled in."""

    game: str
    measure: str
    condition: str

    def row(self, fill: str) -> ReferenceRow:
        """The row.

        Raises:
            BenchmarkError: there is none.
        """
        key = (self.game, self.measure, self.condition.replace("{x}", fill))
        if key not in reference():
            raise BenchmarkError(f"human_reference.csv has no row {key}")
        return reference()[key]


class DistributionKey(Row):
    """Names rows of the distributions."""

    dataset: str
    measure: str
    condition: str

    def rows(self) -> tuple[DistributionRow, ...]:
        """The rows.

        Raises:
            BenchmarkError: there are none.
        """
        key = (self.dataset, self.measure, self.condition)
        if key not in distributions():
            raise BenchmarkError(f"human_distributions.csv has no rows {key}")
        return distributions()[key]


class Measure(Row):
    """One statistic and its human values."""

    statistic: str
    distance: Distance
    scale: float = Field(default=1, gt=0)
    of: Literal["value", "n"] = "value"
    reference: ReferenceKey | None = None
    distribution: DistributionKey | None = None
    cited: ReferenceKey | None = None
    x: tuple[str, ...] | Mapping[str, str] = ()

    def points(self) -> tuple[Point, ...]:
        """The human values.

        Raises:
            BenchmarkError: a row is missing.
        """
        if self.distribution is not None:
            return self._classes(self.distribution.rows())
        rows = ((x, self._key().row(fill)) for x, fill in self._fills().items())
        return tuple(
            Point(
                x,
                row.value / self.scale,
                None if row.ci_low is None else row.ci_low / self.scale,
                None if row.ci_high is None else row.ci_high / self.scale,
                row.n,
                row.unit,
            )
            for x, row in rows
        )

    def provenance(self) -> ReferenceRow:
        """The row that tells where the values come from.

        Raises:
            BenchmarkError: it is missing.
        """
        return self._key().row(next(iter(self._fills().values())))

    def _classes(self, rows: tuple[DistributionRow, ...]) -> tuple[Point, ...]:
        together = sum(row.n for row in rows)
        found = {
            row.x or "": Point(
                row.x or "",
                row.n / together if self.of == "n" else row.value / self.scale,
                None,
                None,
                row.n,
                row.measure.replace("_", " "),
            )
            for row in rows
        }
        wanted = self.x or tuple(found)
        if missing := [x for x in wanted if x not in found]:
            raise BenchmarkError(f"human_distributions.csv: {self.statistic} has no x {missing}")
        return tuple(found[x] for x in wanted)

    def _key(self) -> ReferenceKey:
        key = self.cited or self.reference
        if key is None:
            raise BenchmarkError(f"{_NAME}: {self.statistic} names no row of the reference")
        return key

    def _fills(self) -> Mapping[str, str]:
        """What fills {x} at each place."""
        return self.x if isinstance(self.x, Mapping) else {x: x for x in self.x or ("",)}


class Study(Row):
    """One published experiment, or a cell of it."""

    game: str
    preset: str
    condition: str
    seats: int | None = None
    levels: bool = True
    caveats: tuple[str, ...] = ()
    measure: tuple[Measure, ...] = Field(min_length=1)


class SideKey(Row):
    """Names one side of a response."""

    preset: str
    statistic: str
    x: str = ""


class ResponseForm(Row):
    """A difference between two benchmarks."""

    game: str
    manipulation: str
    more: SideKey
    less: SideKey


class BenchmarkFile(Row):
    """The whole file."""

    caveats: Mapping[str, str]
    study: tuple[Study, ...]
    response: tuple[ResponseForm, ...] = ()


@cache
def declared() -> BenchmarkFile:
    """The file as it stands.

    Raises:
        BenchmarkError: not of the form described above.
    """
    try:
        return BenchmarkFile.model_validate(
            tomllib.loads((DATA / _NAME).read_text(encoding="utf-8"))
        )
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BenchmarkError(f"{_NAME}: {error}") from None
