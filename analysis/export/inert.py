"""Text columns that a spreadsheet or a terminal does nothing with but show them.

What a model wrote is data. In a spreadsheet a cell that begins with `=`, `+`, `-` or `@` is a
formula (OWASP, "CSV injection"); in a terminal an escape steers it, and marks of direction turn
the line around.
"""

import sys
from functools import cache
from unicodedata import category

import polars as pl

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
_FORMULA = r"^(?:[\t\r\n]|\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
"""Also behind spaces, which some programs cut off, and in full width."""


def inert(name: str) -> pl.Expr:
    """A text column as it may stand in a CSV file.

    A text that would be a formula gets an apostrophe before it; then every character that is not
    seen but a line break or a tab is told by its number, such as U+001B in angle quotation marks.

    Args:
        name: of a column of texts.
    """
    text = pl.col(name).str.replace_all("\r\n", "\n", literal=True)
    guarded = pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + text).otherwise(text)
    return guarded.str.replace_many(*_numbers()).alias(name)


def as_json(name: str) -> pl.Expr:
    """A list column as JSON texts without unseen characters; null stays null.

    Args:
        name: of a column of lists. Numbers in them that are not finite become null, as JSON has
            none.
    """
    wrapped = pl.struct(value=pl.col(name)).struct.json_encode()
    bare = wrapped.str.strip_prefix('{"value":').str.head(-1)
    kept = pl.when(pl.col(name).is_not_null()).then(bare)
    return kept.str.replace_many(*_numbers()).alias(name)


def flat(frame: pl.LazyFrame) -> pl.LazyFrame:
    """A table whose lists are JSON and whose texts, and names of columns, are inert."""
    schema = frame.collect_schema()
    names = pl.DataFrame({"name": schema.names()}).select(inert("name"))["name"]
    return frame.with_columns(
        [as_json(name) for name, kind in schema.items() if isinstance(kind, pl.List)]
        + [inert(name) for name, kind in schema.items() if kind == pl.String]
    ).rename(dict(zip(schema.names(), names, strict=True)))


@cache
def _numbers() -> tuple[list[str], list[str]]:
    """Every unseen character, and what stands for it."""
    every = (chr(number) for number in range(sys.maxunicode + 1))
    unseen = [one for one in every if one not in "\n\t" and category(one) in _UNSEEN]
    told = [f"\u2039U+{ord(one):04X}\u203a" for one in unseen]
    return unseen, told
