"""Texts of interventions: what is said to a character in the middle of a run, and its control."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.errors import PersonaFileError

Kind = Literal[
    "denial",
    "affirmation",
    "respect",
    "mistreatment",
    "swap",
    "removal",
    "newcomer",
    "reminder",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Arm = Literal["treatment", "control", "yoked"]
"""Whether a run brings the change, its control, or the change to a memory that another made."""

SUPERVISOR, NEWS, REMINDER = "supervisor", "news", "reminder"
"""By whom or how a text is told: names of the prompt templates, and kinds of the events."""
TOLD_BY: Mapping[Kind, str] = MappingProxyType(
    {
        "denial": SUPERVISOR,
        "affirmation": SUPERVISOR,
        "respect": SUPERVISOR,
        "mistreatment": SUPERVISOR,
        "newcomer": NEWS,
        "reminder": REMINDER,
    }
)
_Texts = Annotated[tuple[str, ...], Field(min_length=3)]
_FILE = "interventions.toml"


class _Arms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    treatment: _Texts
    control: _Texts


class _Kinds(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    denial: _Arms
    affirmation: _Arms
    respect: _Arms
    mistreatment: _Arms
    newcomer: _Arms


@cache
def source() -> str:
    """The file of texts, as it is."""
    return files("agents").joinpath(f"data/{_FILE}").read_text(encoding="utf-8")


@cache
def texts() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Paraphrases by kind and arm, "treatment" or "control"; equal places match in form.

    Raises:
        PersonaFileError: the file cannot be read.
    """
    try:
        read = _Kinds.model_validate(tomllib.loads(source()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PersonaFileError(f"{_FILE}: {error}") from None
    found = {}
    for kind in _Kinds.model_fields:
        arms: _Arms = getattr(read, kind)
        found[kind, "treatment"], found[kind, "control"] = arms.treatment, arms.control
    return MappingProxyType(found)
