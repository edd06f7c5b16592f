"""The page of the stored tables, from their declared columns and what is said of these."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from markup import code, page, table

from sim.records import ANNOTATIONS, SOMETIMES, TABLES, Columns

MEANINGS = Path(__file__).with_name("columns.toml")
EVERY: Mapping[str, Columns] = {**TABLES, **SOMETIMES, "annotations": ANNOTATIONS}
_WORDS = {
    "String": "text",
    "Int64": "whole number",
    "Float64": "number",
    "Boolean": "true or false",
}
_INTRODUCTION = """\
A run's folder `runs/RUN_ID/` holds a Parquet file for each table and `run.json`, which says who was
cast and what was played. The folder appears whole or not at all. The same experiment file and the
same recorded calls give the same tables, byte for byte. Any program that reads Parquet will do:

```python
import polars as pl

pl.read_parquet("retaliation/runs/*/decisions.parquet")
```"""


def tables() -> str:
    """Every table with its columns."""
    meanings = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))
    return page("Tables", _INTRODUCTION, *(_told(name, meanings) for name in EVERY))


def _told(name: str, meanings: Mapping[str, Mapping[str, str]]) -> str:
    rows = [
        (code(column), _kind(kind), meaning(name, column, meanings))
        for column, kind in EVERY[name].items()
    ]
    columns = table(("column", "type", "meaning"), rows)
    return f"## {name}\n\n{meanings[name]['about']}\n\n{columns}"


def meaning(name: str, column: str, meanings: Mapping[str, Mapping[str, str]]) -> str:
    """What a column means: what is said for its table, or else for all.

    Raises:
        KeyError: nothing is said of it.
    """
    own = meanings[name]
    return own[column] if column in own else meanings["everywhere"][column]


def _kind(kind: pl.DataType) -> str:
    if isinstance(kind, pl.List):
        return f"list of {_WORDS[str(kind.inner)]}s"
    return _WORDS[str(kind)]
