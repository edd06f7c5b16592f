"""Populations: mixes of personas and scripted strategies, by name or as tables have them."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from agents.casting import cast, counts, pooled
from agents.cells import Cell, cells
from agents.errors import PopulationError
from agents.mix import SCRIPTED, Draw, Member, Pool, Population, Seat, Series
from agents.own import Own
from agents.persona import Persona
from agents.roster import NOBODY, personas, resolve
from scenarios.errors import StrategyError
from scenarios.strategies import check as check_strategy

__all__ = [
    "SCRIPTED",
    "TWINS",
    "Draw",
    "Member",
    "Pool",
    "Population",
    "Seat",
    "Series",
    "cast",
    "counts",
    "mixed",
    "parse",
    "pooled",
    "populations",
    "series",
]

TWINS = "twins:"
"""Before the name of a cell whose people sit in blocks, each in every paraphrase."""
_TOLERANCE = 1e-6
_DIGITS = 12
"""Of a share: what is left of 1 has no rounding error that could move a seat."""


def populations(own: Own = NOBODY) -> tuple[str, ...]:
    """Names of everything that is a population by itself: cells, tropes, controls, own ones."""
    return (*cells(), *personas(), *own.personas, *own.cells)


def parse(text: str, own: Own = NOBODY) -> Population:
    """A population from "tin-man", "human-any=0.5,tin-man=0.5" or "scripted:grim=3,guardian=1".

    Members may be selections, "human[age=40..80 stance=neutral]=0.5,tin-man=0.5".

    Raises:
        PopulationError: an unknown strategy; shares missing, impossible or not summing to 1; a
            selection that cannot be read or leaves nobody.
        UnknownPersonaError: no persona or cell of that name.
    """
    parts = [part.strip() for part in _split(text, ",")]
    if len(parts) == 1 and len(_split(text, "=")) == 1:
        return mixed(text.strip(), {text.strip(): 1}, own)
    mix: dict[str, float] = {}
    for part in parts:
        source, *shares = (piece.strip() for piece in _split(part, "="))
        if not shares:
            raise PopulationError(f"{part!r} in {text!r} has no share; write for example {part}=1")
        if source in mix:
            raise PopulationError(f"{source!r} occurs twice in {text!r}; add its shares up")
        mix[source] = _number("=".join(shares), part)
    return mixed(text.strip(), mix, own)


def _split(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand outside brackets.

    Raises:
        PopulationError: a bracket without its other half.
    """
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if depth not in (0, 1):
            break
        if character == sign and not depth:
            parts.append("")
        else:
            parts[-1] += character
    if depth:
        raise PopulationError(f"{text!r}: the brackets do not match; write human[age=40..80]")
    return parts


def _number(share: str, part: str) -> float:
    try:
        return float(share)
    except ValueError:
        raise PopulationError(f"{part!r}: {share!r} is not a number") from None


def mixed(
    name: str, mix: Mapping[str, float], own: Own = NOBODY, *, replacement: bool = True
) -> Population:
    """A population from shares that sum to 1, or from whole numbers as proportions.

    Args:
        name: of the population.
        mix: share by member.
        own: the user's own personas and people.
        replacement: whether two seats of a run may draw the same person.

    Raises:
        PopulationError: an unknown strategy; a share not positive, or not summing to 1.
        UnknownPersonaError: no persona or cell of that name.
    """
    if not mix:
        raise PopulationError(f"population {name!r} has no members")
    for source, share in mix.items():
        if not 0 < share < float("inf"):
            raise PopulationError(f"{source!r} has share {share} in {name!r}; it must be positive")
    total = sum(mix.values())
    members = tuple(_member(source, share / total, own) for source, share in mix.items())
    for member in members:
        if sum(other.source == member.source for other in members) > 1:
            raise PopulationError(f"{member.source!r} occurs twice in {name!r}; add its shares up")
    whole = all(share == int(share) for share in mix.values())
    if not whole and abs(total - 1) > _TOLERANCE:
        raise PopulationError(
            f"the shares of {name!r} sum to {total:.6g}, not 1; write fractions that sum to 1,"
            " or whole numbers as proportions"
        )
    return Population(name, members, replacement)


def series(
    trope: str,
    among: str,
    shares: Sequence[float],
    own: Own = NOBODY,
    *,
    replacement: bool = True,
) -> tuple[Population, ...]:
    """One population per share, in which `trope` replaces that part of `among`.

    The trope's seats at a share are among its seats at every larger one, and everybody else keeps
    place and person: a replacement series (de Wit 1960), with the number of seats held constant.

    Args:
        trope: the member that replaces; a persona, a cell or a scripted strategy.
        among: the member that is replaced, whose behaviour is looked at.
        shares: of the trope, in [0, 1].
        own: the user's own personas and people.
        replacement: whether two seats of a run may draw the same person.

    Raises:
        PopulationError: a share outside [0, 1] or met twice; twins; one member in both places.
        UnknownPersonaError: no persona or cell of that name.
    """
    ends = {source: _member(source, 1.0, own) for source in (trope, among)}
    replacing, focal = ends[trope].source, ends[among].source
    if replacing == focal:
        raise PopulationError(f"a series needs two different members, not {focal!r} twice")
    if any(member.twins for member in ends.values()):
        raise PopulationError(
            "a series holds no twins, since a share would cut through their seats"
        )
    if len(set(shares)) < len(shares):
        raise PopulationError(f"share = {list(shares)}: a share occurs twice")
    made = []
    for share in shares:
        if not 0 <= share <= 1:
            raise PopulationError(f"share = {share:g} of {trope!r}: a share is between 0 and 1")
        parts = {trope: share, among: round(1 - share, _DIGITS)}
        mix = {source: part for source, part in parts.items() if part > 0}
        place = Series(f"{trope} among {among}", f"{share:g}", focal)
        members = mixed(f"{trope}={share:g} among {among}", mix, own).members
        made.append(Population(f"{trope}={share:g} among {among}", members, replacement, place))
    return tuple(made)


def _member(written: str, share: float, own: Own) -> Member:
    """One part of a mix, found.

    Raises:
        PopulationError: an unknown strategy, or a selection that cannot be used.
        UnknownPersonaError: no persona or cell of that name.
    """
    if written.startswith(SCRIPTED):
        try:
            check_strategy(written.removeprefix(SCRIPTED))
        except StrategyError as error:
            raise PopulationError(str(error)) from None
        return Member(written, share)
    name = written.removeprefix(TWINS)
    found = resolve(name, own)
    # A selection has one name, in whatever order its terms were written.
    source = found.name if "[" in name else name
    twins = name != written
    return Member(TWINS + source if twins else source, share, found, twins, _digest(found))


def _digest(found: Persona | Cell) -> str:
    """Hash of the user's own texts or people, empty for what is shipped."""
    if isinstance(found, Persona):
        if not found.file:
            return ""
        coordinates = (found.identity, found.affect, found.stance, found.kind)
        content: list[object] = [found.name, *coordinates, *found.texts]
    elif found.panel is None:
        return ""
    else:
        people = (found.respondent(rank) for rank in range(len(found)))
        told = [[person.id, person.answers, person.gender, person.age] for person in people]
        content = [found.name, found.panel.source, *told]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
