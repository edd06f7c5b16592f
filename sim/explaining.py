"""Explaining what is wrong with an experiment file: one line with key, value and nearest name."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, Field, StrictInt, ValidationError
from pydantic_core import ErrorDetails

from scenarios.catalogue import nearest

Tables = Mapping[str, type[BaseModel]]


def explained(error: ValidationError, table: Mapping[str, Any], known: Tables) -> str:
    """The most telling fault as key, value and remedy.

    Args:
        error: what validation said.
        table: what was validated.
        known: models by the name of their table, of their class, or of their `kind`; "" for the
            root.
    """
    fault = _most_telling(error.errors())
    key = _key(fault, table)
    if fault["type"] == "extra_forbidden":
        # The model is the one named last before the key; a union names its members on the way.
        on_the_way = [str(part) for part in fault["loc"][:-1] if str(part) in known]
        model = known[on_the_way[-1]] if on_the_way else known[""]
        return f"unknown key {key}{nearest(str(fault['loc'][-1]), model.model_fields)}"
    if fault["type"] == "too_short" and fault["input"] == []:
        return f"{key} = []: give at least 1"
    return f"{key} = {fault['input']!r}: {fault['msg'].removeprefix('Value error, ')}"


def with_kind(value: object, models: Sequence[type[BaseModel]]) -> object:
    """What is one of several tables, if it says which by its key `kind`.

    Raises:
        ValueError: a bare name, or a table without a kind.
    """
    kinds = {get_args(model.model_fields["kind"].annotation)[0]: model for model in models}
    if isinstance(value, str):
        kind, hint = (value, "") if value in kinds else ("KIND", nearest(value, kinds))
        raise ValueError(f'a kind goes into a table: write {{kind = "{kind}"}}{hint}')
    if isinstance(value, Mapping) and "kind" not in value:
        for key in value:
            if nearest(str(key), {"kind": None}).startswith("; did"):
                raise ValueError(f"unknown key {key!r}; did you mean 'kind'?")
        raise ValueError(f"it needs a kind; there are: {', '.join(kinds)}")
    return value


def _without_control_characters(name: str) -> str:
    """A name that is safe to print."""
    # Unicode's control characters, lone surrogates and the two line separators.
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name):
        raise ValueError("a name has no control characters or line ends; leave them out")
    return name


def _told_apart(pair: tuple[str, str]) -> tuple[str, str]:
    """A contrast of two levels."""
    if pair[0] == pair[1]:
        raise ValueError("a contrast is between two different levels")
    return pair


Numbers = Annotated[list[StrictInt], Field(min_length=1)]
Names = Annotated[list[str], Field(min_length=1)]
Name = Annotated[str, Field(min_length=1), AfterValidator(_without_control_characters)]
Pair = Annotated[tuple[str, str], AfterValidator(_told_apart)]


def _most_telling(faults: Sequence[ErrorDetails]) -> ErrorDetails:
    """An unknown key, else the fault that lies deepest.

    A value that fits no member of a union has a fault for each; the member that was meant is the
    one that got furthest, and of two that got as far the one whose type it has.
    """
    unknown = [fault for fault in faults if fault["type"] == "extra_forbidden"]
    return unknown[0] if unknown else max(faults, key=_telling)


def _telling(fault: ErrorDetails) -> tuple[int, bool]:
    return len(fault["loc"]), not fault["type"].endswith("_type")


def _key(fault: ErrorDetails, table: Mapping[str, Any]) -> str:
    """The key as it stands in the file, without the members of unions on the way to it."""
    at: Any = table
    found: list[str] = []
    for part in fault["loc"]:
        inside = isinstance(at, Mapping) and part in at
        if inside or (isinstance(at, list) and isinstance(part, int) and part < len(at)):
            at = at[part]
            found.append(str(part))
    if fault["type"] == "missing":
        found.append(str(fault["loc"][-1]))
    return ".".join(found)
