"""What a claim declares before any run: its parts, their smallest effects, and how they combine."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from analysis.errors import UnknownNameError
from scenarios.catalogue import nearest

Expects = Literal["higher", "lower", "either", "none"]
Role = Literal["primary", "guard", "beside"]
Combine = Literal["each", "none_against"]
NAMES = tuple(f"C{number}" for number in range(1, 10))


@dataclass(frozen=True, slots=True)
class Part:
    """One number that a claim is about.

    Attributes:
        name: in words.
        role: "primary" decides; a "guard" can only keep the claim from being decided; what stands
            "beside" decides nothing.
        estimand: which function computes it.
        unit: of the number.
        expects: what the claim expects: "higher" or "lower" than 0, "either" of them, or "none":
            no difference. Of a guard, what must not be ("higher", "lower") or must be ("either").
        sesoi: the smallest effect of interest, in the unit; what lies inside does not matter.
        options: of the estimand.
    """

    name: str
    role: Role
    estimand: str
    unit: str
    expects: Expects
    sesoi: float
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes:
        name: C1 to C9.
        title: in a word.
        says: the claim as it is put.
        estimand: in words: what is compared, over what, with which controls.
        alpha: level of its tests, corrected over the primary parts of all claims.
        combine: "each": every primary part must say the same; "none_against": one must say it, and
            none the opposite.
        formats: readouts that must all agree; empty for none in particular.
        overturned_by: what would overturn the verdict.
        needs: what an experiment must hold.
        parts: what decides, and what stands beside.
    """

    name: str
    title: str
    says: str
    estimand: str
    alpha: float
    combine: Combine
    formats: Sequence[str]
    overturned_by: str
    needs: str
    parts: Sequence[Part]

    def about(self) -> dict[str, Any]:
        """All that it declares, ready for JSON."""
        told = {
            name: getattr(self, name)
            for name in (
                "name",
                "title",
                "says",
                "estimand",
                "alpha",
                "combine",
                "overturned_by",
                "needs",
            )
        }
        parts = [
            {
                "name": part.name,
                "role": part.role,
                "unit": part.unit,
                "expects": part.expects,
                "sesoi": part.sesoi,
            }
            for part in self.parts
        ]
        return {**told, "formats": list(self.formats), "parts": parts}


@cache
def _read(name: str) -> Claim:
    path = files("analysis.claims").joinpath(f"{name.lower()}.toml")
    document: dict[str, Any] = {
        key: " ".join(value.split()) if isinstance(value, str) else value
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }
    parts = [
        Part(
            **{key: told.pop(key) for key in ("name", "role", "estimand", "unit", "expects")},
            sesoi=float(told.pop("sesoi")),
            options=told,
        )
        for told in document.pop("parts")
    ]
    return Claim(name=name, parts=tuple(parts), **document)


CLAIMS: Mapping[str, Claim] = MappingProxyType({name: _read(name) for name in NAMES})


def claim(name: str) -> Claim:
    """One claim by name, in any case.

    Raises:
        UnknownNameError: with the nearest name.
    """
    if name.upper() not in CLAIMS:
        raise UnknownNameError(f"unknown claim {name!r}{nearest(name, CLAIMS)}")
    return CLAIMS[name.upper()]
