"""Explaining what is wrong with an experiment file: one line with key, value and nearest name."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
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
    return f"{key} = {fault['input']!r}: {fault['msg']}"


def _most_telling(faults: Sequence[ErrorDetails]) -> ErrorDetails:
    """An unknown key, else the fault that lies deepest.

    A value that fits no member of a union has a fault for each; the member that was meant is the
    one that got furthest.
    """
    unknown = [fault for fault in faults if fault["type"] == "extra_forbidden"]
    return unknown[0] if unknown else max(faults, key=lambda fault: len(fault["loc"]))


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
