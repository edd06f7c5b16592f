"""Selecting people by what they answered and who they are: `human[agreeableness=top age=40..80]`.

A selection is a cell: the people of another one who fit every term, in the same order. So equal
terms give the same people in the same order, told as human beings or as minds.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import get_args

from agents.cells import Cell, cells
from agents.errors import PopulationError
from agents.person import LEAST, MOST, SCALES, Respondent
from agents.persona import Stance
from agents.respondents import stance, third
from scenarios.catalogue import nearest

THIRDS: Mapping[str, int] = {"top": 1, "middle": 0, "bottom": -1}
HEADS: Mapping[str, str] = {
    "human": "human-any",
    "ai": "ai-any",
    "scrambled": "human-scrambled",
}
"""Who may be selected from, and the cell that holds all of them."""
KEYS = (*SCALES, "stance", "age", "gender")
"""What people may be selected by, in the order in which a selection is written."""
_STANCES = (*get_args(Stance), "none")
_WRITTEN = re.compile(r"(?P<who>[^\[\]]+)\[(?P<terms>[^\[\]]*)\]")
_RANGE = re.compile(r"(?P<low>[0-9]{1,3})?(?P<dots>\.\.)?(?P<high>[0-9]{1,3})?")

Fits = Callable[[Respondent], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on people, as it is written.

    Attributes:
        key: one of KEYS.
        value: a range such as "24..30", a third, a stance or a gender.
    """

    key: str
    value: str

    def __str__(self) -> str:
        """As in a selector."""
        return f"{self.key}={self.value}"


def is_selection(text: str) -> bool:
    """Whether a name is written as a selection."""
    return "[" in text or "]" in text


def parse(text: str) -> tuple[str, tuple[Term, ...]]:
    """Whom to select from, and the terms, in the order of KEYS.

    Raises:
        PopulationError: not of the form WHO[key=value ...]; an unknown or repeated key.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise PopulationError(
            f"{text!r} is no selection; write for example human[agreeableness=top age=40..80]"
        )
    terms = []
    for part in written["terms"].split():
        key, equals, value = part.partition("=")
        if not equals or not value or "," in part:
            raise PopulationError(
                f"{part!r} in {text!r}: write key=value, with blanks between terms and no commas"
            )
        terms.append(Term(key, value))
    return written["who"].strip(), ordered(terms, text)


def ordered(terms: Sequence[Term], text: str) -> tuple[Term, ...]:
    """The terms in the order of KEYS, each key known and met once.

    Raises:
        PopulationError: no term, or an unknown or repeated key.
    """
    if not terms:
        raise PopulationError(f"{text!r} selects by nothing; give at least one of {_listed(KEYS)}")
    for term in terms:
        if term.key not in KEYS:
            hint = nearest(term.key, dict.fromkeys(KEYS))
            raise PopulationError(f"unknown key {term.key!r} in {text!r}{hint}")
        if sum(other.key == term.key for other in terms) > 1:
            raise PopulationError(f"{term.key!r} occurs twice in {text!r}; write one range")
    return tuple(sorted(terms, key=lambda term: KEYS.index(term.key)))


def written(who: str, terms: Iterable[Term]) -> str:
    """The selector of terms, as `parse` reads it."""
    return f"{who}[{' '.join(map(str, terms))}]"


def select(text: str, own: Mapping[str, Cell] | None = None) -> Cell:
    """The people whom a selector names.

    Args:
        text: such as "ai[stance=benevolent age=18..25]".
        own: cells of the user's own people, which may be selected from as well.

    Raises:
        PopulationError: it cannot be read, or it leaves nobody; tells how many each term leaves.
    """
    who, terms = parse(text)
    return _selected(_everyone(who, own or {}, text), written(who, terms), terms)


@lru_cache(maxsize=256)
def _selected(everyone: Cell, name: str, terms: tuple[Term, ...]) -> Cell:
    people = [everyone.respondent(rank) for rank in range(len(everyone))]
    tests = [_test(term, people, name) for term in terms]
    chosen = tuple(
        number
        for number, person in zip(everyone.numbers, people, strict=True)
        if all(test(person) for test in tests)
    )
    if not chosen:
        raise PopulationError(f"{name} selects nobody: {_left(terms, tests, people)}")
    given = next((term.value for term in terms if term.key == "stance"), None)
    shared = next((one for one in get_args(Stance) if one == given), None)
    return replace(everyone, name=name, stance=shared, numbers=chosen)


def strata(scales: Sequence[str], who: str, terms: Sequence[Term]) -> tuple[tuple[Term, ...], ...]:
    """The terms of every cell of a grid of thirds, the top of the first scale first.

    Args:
        scales: names of scales, at least one.
        who: for the message.
        terms: that hold in every cell.

    Raises:
        PopulationError: an unknown or repeated scale.
    """
    told = f"strata of {who!r}"
    for scale in scales:
        if scale not in SCALES:
            hint = nearest(scale, SCALES)
            raise PopulationError(f"{scale!r} in the {told} is no scale{hint}")
    grid = product(THIRDS, repeat=len(scales))
    return tuple(ordered((*map(Term, scales, thirds), *terms), f"the {told}") for thirds in grid)


def _everyone(who: str, own: Mapping[str, Cell], text: str) -> Cell:
    if who in HEADS:
        return cells()[HEADS[who]]
    if who in own:
        return own[who]
    hint = nearest(who, {**HEADS, **own})
    raise PopulationError(f"cannot select from {who!r} in {text!r}{hint}")


def _test(term: Term, people: Sequence[Respondent], text: str) -> Fits:
    """Whether a person fits a term."""
    key, value = term.key, term.value
    if key == "stance":
        _known(value, _STANCES, term, text)
        return lambda person: (stance(person) or "none") == value
    if key == "gender":
        _known(value, sorted({person.gender for person in people}), term, text)
        return lambda person: person.gender == value
    if key == "age":
        low, high = _range(term, (0, 999), text)
        return lambda person: low <= person.age <= high
    if value in THIRDS:
        return lambda person: third(person, key) == THIRDS[value]
    low, high = _range(term, (LEAST, MOST), text)
    return lambda person: low <= person.scale(key) <= high


def _known(value: str, known: Sequence[str], term: Term, text: str) -> None:
    if value not in known:
        hint = nearest(value, dict.fromkeys(known))
        raise PopulationError(f"{term.key} = {value!r} in {text!r}: unknown{hint}")


def _range(term: Term, ends: tuple[int, int], text: str) -> tuple[int, int]:
    """Both ends of "24..30", "24..", "..30" or "24".

    Raises:
        PopulationError: not a range, or one that holds nothing.
    """
    found = _RANGE.fullmatch(term.value)
    where = f"{term.key} = {term.value!r} in {text!r}"
    if found is None or not (found["low"] or found["high"]):
        third_or = f", or {_listed(THIRDS)}" if term.key in SCALES else ""
        example = f"{LEAST}..{MOST}" if term.key in SCALES else "18..80"
        raise PopulationError(f"{where}: write a range such as {example}{third_or}")
    low = int(found["low"] or ends[0])
    high = int(found["high"] or (ends[1] if found["dots"] else low))
    if low > high:
        raise PopulationError(f"{where}: the range begins after it ends; write {high}..{low}")
    if term.key in SCALES and (low < LEAST or high > MOST):
        raise PopulationError(f"{where}: a scale is a sum of five answers, {LEAST} to {MOST}")
    return low, high


def _left(terms: Sequence[Term], tests: Sequence[Fits], people: Sequence[Respondent]) -> str:
    """How many each term leaves, one after another and by itself."""
    told, left = [], list(people)
    for term, test in zip(terms, tests, strict=True):
        left = [person for person in left if test(person)]
        told.append(f"{term} leaves {len(left)} ({sum(map(test, people))} by itself)")
    return f"of {len(people)}, " + ", then ".join(told) + "; widen a term"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
