"""Every persona by name, what is listed, and one of them in full."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from agents.authored import ARMS, controls, tropes, with_affect
from agents.cells import Cell, cells
from agents.errors import UnknownPersonaError
from agents.own import Own
from agents.persona import Persona
from agents.respondents import ai_respondent, respondent, scrambled
from agents.selection import is_selection, select
from agents.statements import PARAPHRASES, uniform
from scenarios.catalogue import nearest

Described = dict[str, str | list[str] | None]

_NUMBERED = re.compile(r"(ai-respondent|respondent|scrambled)-([0-9]{1,9})")
_MAKERS = MappingProxyType(
    {"respondent": respondent, "ai-respondent": ai_respondent, "scrambled": scrambled}
)
_SHOWN = 3
NOBODY = Own()


@cache
def personas() -> Mapping[str, Persona]:
    """Tropes and controls by name; single respondents are resolved by `persona`."""
    return MappingProxyType({**tropes(), **controls()})


def resolve(name: str, own: Own = NOBODY) -> Persona | Cell:
    """The persona or the cell of a name.

    Personas are tropes, controls, respondent-ID, ai-respondent-ID, scrambled-NUMBER and the user's
    own; cells may be written as a selection, such as "human[age=40..80]". All may carry an affect
    arm: "respondent-61623+denied", "ai-hostile+irrelevant", "human[age=40..80]+denied".

    Args:
        name: what is looked for.
        own: the user's own personas and people.

    Raises:
        UnknownPersonaError: with the nearest name.
        PopulationError: a selection that cannot be read or that leaves nobody.
    """
    bare, plus, arm = name.partition("+")
    if plus and arm not in ARMS:
        raise UnknownPersonaError(f"unknown affect {arm!r} in {name!r}{nearest(arm, ARMS)}")
    found = personas().get(bare) or own.personas.get(bare) or _numbered(bare)
    if found is not None:
        return with_affect(found, ARMS[arm]) if plus else found
    if name in cells():
        return cells()[name]
    if bare in own.cells or is_selection(bare):
        cell = own.cells[bare] if bare in own.cells else select(bare, own.cells)
        return cell.with_arm(arm) if plus else cell
    plain = {name: cell for name, cell in cells().items() if not cell.arm}
    known = {**personas(), **plain, **own.personas, **own.cells}
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


def listing(own: Own = NOBODY) -> list[Described]:
    """Tropes, controls and cells: name, coordinates and kind of each; own ones last."""
    entries: list[Persona | Cell] = [*personas().values(), *cells().values()]
    entries += [*own.personas.values(), *own.cells.values()]
    return [_coordinates(entry) for entry in entries]


def describe(name: str, own: Own = NOBODY) -> Described:
    """One persona in full; of a cell the texts of a few of its members, drawn by seed 0.

    Args:
        name: as in `resolve`.
        own: the user's own personas and people.

    Raises:
        UnknownPersonaError: with the nearest name.
    """
    found = resolve(name, own)
    if isinstance(found, Persona):
        return {**_coordinates(found), "source": found.source, "texts": list(found.texts)}
    drawn = (int(uniform("show", 0, i) * len(found)) for i in range(_SHOWN))
    # A small cell is shown whole, and nobody twice.
    ranks = range(len(found)) if len(found) <= _SHOWN else dict.fromkeys(drawn)
    shown = [found.persona(rank) for rank in ranks]
    source = f"{shown[0].source.partition(', id')[0]}; {len(shown)} of {len(found)} shown"
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
