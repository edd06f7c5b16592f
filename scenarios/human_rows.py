"""Published values of what people did: `data/human_reference.csv`, `data/human_distributions.csv`.

Where the values come from is told in `data/README.md`.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from io import StringIO
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from scenarios.errors import BenchmarkError

Confidence = Literal["computed_from_microdata", "verified_primary_text", "verified_secondary"]
DATA = resources.files("scenarios") / "data"
Key = tuple[str, str, str]


class Row(BaseModel):
    """What is read from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReferenceRow(Row):
    """A published value; its key is game, measure and condition."""

    game: str
    measure: str
    condition: str
    value: float
    sd: float | None
    ci_low: float | None
    ci_high: float | None
    n: int | None
    unit: str
    citation: str
    doi: str | None
    confidence: Confidence


class DistributionRow(Row):
    """A place of a curve or a class of a histogram; its key is dataset, measure, condition, x."""

    dataset: str
    measure: str
    condition: str
    x: str | None
    value: float
    n: int


R = TypeVar("R", bound=Row)


@cache
def reference() -> Mapping[Key, ReferenceRow]:
    """The published values by game, measure and condition.

    Raises:
        BenchmarkError: the file cannot be read as declared, or two rows bear the same key.
    """
    name, found = "human_reference.csv", {}
    for given in _read(name):
        row = _row(ReferenceRow, given, name)
        key = (row.game, row.measure, row.condition)
        if key in found:
            raise BenchmarkError(f"{name}: two rows bear the key {key}")
        found[key] = row
    return found


@cache
def distributions() -> Mapping[Key, tuple[DistributionRow, ...]]:
    """Curves and histograms by dataset, measure and condition, in the order of the file.

    Raises:
        BenchmarkError: the file cannot be read as declared.
    """
    name = "human_distributions.csv"
    found: dict[Key, tuple[DistributionRow, ...]] = {}
    for given in _read(name):
        row = _row(DistributionRow, given, name)
        key = (row.dataset, row.measure, row.condition)
        found[key] = (*found.get(key, ()), row)
    return found


def _read(name: str) -> Iterator[dict[str, str | None]]:
    text = (DATA / name).read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(text, newline="")):
        yield {key: value or None for key, value in row.items()}


def _row(kind: type[R], given: dict[str, str | None], name: str) -> R:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BenchmarkError(f"{name}: {where} = {first['input']!r}: {first['msg']}") from None
