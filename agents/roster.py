"""Every persona by name, what is listed, and one of them in full."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from agents.authored import ARMS, controls, tropes, with_affect
from agents.cells import Cell, cells
from agents.errors import UnknownPersonaError
from agents.persona import Persona
from agents.respondents import ai_respondent, respondent, scrambled
from agents.statements import PARAPHRASES, uniform
from scenarios.catalogue import nearest

Described = dict[str, str | list[str] | None]

_NUMBERED = re.compile(r"(ai-respondent|respondent|scrambled)-([0-9]{1,9})")
_MAKERS = MappingProxyType(
    {"respondent": respondent, "ai-respondent": ai_respondent, "scrambled": scrambled}
)
_SHOWN = 3


@cache
def personas() -> Mapping[str, Persona]:
    """Tropes and controls by name; single respondents are resolved by `persona`."""
    return MappingProxyType({**tropes(), **controls()})


def resolve(name: str) -> Persona | Cell:
    """The persona or the cell of a name.

    Personas are tropes, controls, respondent-ID, ai-respondent-ID and scrambled-NUMBER. All, and
    cells too, may carry an affect arm: "respondent-61623+denied", "ai-hostile+irrelevant".

    Raises:
        UnknownPersonaError: with the nearest name.
    """
    bare, plus, arm = name.partition("+")
    if plus and arm not in ARMS:
        raise UnknownPersonaError(f"unknown affect {arm!r} in {name!r}{nearest(arm, ARMS)}")
    found = personas().get(bare) or _numbered(bare)
    if found is not None:
        return with_affect(found, ARMS[arm]) if plus else found
    if name in cells():
        return cells()[name]
    known = {**personas(), **{name: cell for name, cell in cells().items() if not cell.arm}}
    raise UnknownPersonaError(f"unknown persona or population {name!r}{nearest(bare, known)}")


def persona(name: str) -> Persona:
    """One persona by name, as in `resolve`.

    Raises:
        UnknownPersonaError: with the nearest name, or because the name means many personas.
    """
    found = resolve(name)
    if isinstance(found, Cell):
        raise UnknownPersonaError(
            f"{name!r} is a population of {len(found)} personas, not one;"
            f" its first is {found.persona(0).name!r}"
        )
    return found


def _numbered(bare: str) -> Persona | None:
    matched = _NUMBERED.fullmatch(bare)
    return _MAKERS[matched[1]](int(matched[2])) if matched else None


def listing() -> list[Described]:
    """Tropes, controls and cells: name, identity, affect, stance and kind of each."""
    entries: list[Persona | Cell] = [*personas().values(), *cells().values()]
    return [_coordinates(entry) for entry in entries]


def describe(name: str) -> Described:
    """One persona in full; of a cell the texts of a few of its members, drawn by seed 0.

    Raises:
        UnknownPersonaError: with the nearest name.
    """
    found = resolve(name)
    if isinstance(found, Persona):
        return {**_coordinates(found), "source": found.source, "texts": list(found.texts)}
    shown = [found.persona(int(uniform("show", 0, i) * len(found))) for i in range(_SHOWN)]
    source = f"{shown[0].source.partition(', id')[0]}; {_SHOWN} of {len(found)} shown"
    texts = [member.texts[index % PARAPHRASES] for index, member in enumerate(shown)]
    return {**_coordinates(found), "source": source, "texts": list(texts)}


def _coordinates(entry: Persona | Cell) -> Described:
    return {
        "name": entry.name,
        "identity": entry.identity,
        "affect": entry.affect,
        "stance": entry.stance,
        "kind": entry.kind,
    }
