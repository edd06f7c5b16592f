"""Respondents as personas: real people's own answers, told in the first person.

2,215 people aged 18 to 80 answered all 25 items. Each becomes a persona; so do the same answers
told as an artificial mind's, and "scrambled" people whose answers come from different respondents.
"""

import csv
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from agents.errors import PersonaFileError, UnknownPersonaError
from agents.persona import Identity, Kind, Persona, Stance
from agents.statements import (
    HUMAN,
    MIND,
    PARAPHRASES,
    STRENGTHS,
    Being,
    Statement,
    shuffled,
    tell,
    uniform,
)

ITEMS: tuple[str, ...] = tuple(f"{trait}{number}" for trait in "ACENO" for number in range(1, 6))
TOLD_PER_TRAIT: Mapping[str, int] = MappingProxyType({"A": 3, "C": 1, "E": 1, "N": 3, "O": 1})
SOURCE = "SAPA web sample 2010 (bfi, R package psych)"
_SCALE_ENDS = STRENGTHS[0] + STRENGTHS[-1]


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person's answers.

    Attributes:
        id: number in the data set; for a scrambled person the number that fixes the draws.
        answers: shape (25,), in the order of ITEMS, 1 (very inaccurate) to 6 (very accurate).
        gender: "female" or "male".
        age: years.
    """

    id: int
    answers: tuple[int, ...]
    gender: str
    age: int

    @property
    def agreeableness(self) -> int:
        """Sum of five items, 5 to 30; A1 is reverse-keyed."""
        first, *others = self.answers[0:5]
        return _SCALE_ENDS - first + sum(others)

    @property
    def emotional_stability(self) -> int:
        """Sum of the five neuroticism items, all reversed, 5 to 30."""
        return sum(_SCALE_ENDS - answer for answer in self.answers[15:20])


@cache
def respondents() -> Mapping[int, Respondent]:
    """Everyone by id, in ascending order of id.

    Raises:
        PersonaFileError: a row that is not a complete respondent.
    """
    text = files("agents").joinpath("data/respondents.csv").read_text(encoding="utf-8")
    people = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        person = _respondent(row, line)
        people[person.id] = person
    return MappingProxyType(dict(sorted(people.items())))


def _respondent(row: Mapping[str, str], line: int) -> Respondent:
    where = f"respondents.csv, line {line}"
    try:
        answers = tuple(int(row[item]) for item in ITEMS)
        person = Respondent(int(row["id"]), answers, row["gender"], int(row["age"]))
    except (KeyError, ValueError) as error:
        raise PersonaFileError(f"{where}: {error}") from None
    if not set(answers) <= set(STRENGTHS) or person.gender not in ("female", "male"):
        raise PersonaFileError(f"{where}: answers are 1 to 6 and gender is female or male")
    return person


@cache
def phrases() -> Mapping[str, str]:
    """Verb phrase of every item that is told; an item left out has none."""
    text = files("agents").joinpath("data/item_phrases.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = tomllib.loads(text)
    if set(table["phrases"]) | set(table["left_out"]) != set(ITEMS):
        raise PersonaFileError("item_phrases.toml: every item is either told or left out")
    return MappingProxyType(table["phrases"])


@cache
def thirds(scale: str) -> tuple[int, int]:
    """Highest sum of the bottom third and lowest sum of the top third, over all respondents.

    People with the same sum stay together and stand at the middle of the places they cover: the
    bottom third is every sum whose middle place lies below 1/3, the top third above 2/3. The rule
    is the same read upwards or downwards.

    Args:
        scale: "agreeableness" or "emotional_stability".
    """
    sums = sorted(getattr(person, scale) for person in respondents().values())
    places = {
        value: (bisect_left(sums, value) + bisect_right(sums, value)) / (2 * len(sums))
        for value in sums
    }
    bottom = max(value for value, place in places.items() if 3 * place < 1)
    top = min(value for value, place in places.items() if 3 * place > 2)
    return bottom, top


def stance(person: Respondent) -> Stance | None:
    """Where a person stands on agreeableness and emotional stability at once.

    Returns:
        Benevolent, neutral or hostile where both lie in the top, middle or bottom third; else None.
    """
    match {
        _third(person.agreeableness, *thirds("agreeableness")),
        _third(person.emotional_stability, *thirds("emotional_stability")),
    }:
        case both if both == {1}:
            return "benevolent"
        case both if both == {0}:
            return "neutral"
        case both if both == {-1}:
            return "hostile"
        case _:
            return None


def _third(value: int, bottom: int, top: int) -> int:
    return -1 if value <= bottom else 1 if value >= top else 0


@cache
def pool(wanted: Stance | None) -> tuple[int, ...]:
    """Ids of the respondents of a stance, ascending; of all respondents for None."""
    people = respondents().values()
    return tuple(p.id for p in people if wanted is None or stance(p) == wanted)


@cache
def scrambled_person(number: int) -> Respondent:
    """Nobody: each answer, the gender and the age of a respondent drawn independently."""
    people = tuple(respondents().values())

    def donor(field: str) -> Respondent:
        return people[int(uniform("scrambled", number, field) * len(people))]

    answers = tuple(donor(item).answers[index] for index, item in enumerate(ITEMS))
    return Respondent(number, answers, donor("gender").gender, donor("age").age)


@cache
def respondent(id: int) -> Persona:
    """A person's own answers, told as a human being's.

    Raises:
        UnknownPersonaError: nobody of that id.
    """
    return _persona(_known(id), "human", f"respondent-{id}", "respondent")


@cache
def ai_respondent(id: int) -> Persona:
    """The same text told as an artificial mind's, nothing else changed.

    Raises:
        UnknownPersonaError: nobody of that id.
    """
    return _persona(_known(id), "ai", f"ai-respondent-{id}", "respondent")


@cache
def scrambled(number: int) -> Persona:
    """Answers of many people told as one human being's; stance by the same rule."""
    return _persona(scrambled_person(number), "human", f"scrambled-{number}", "scrambled")


def _known(id: int) -> Respondent:
    people = respondents()
    if id not in people:
        nearest = min(people, key=lambda known: abs(known - id))
        raise UnknownPersonaError(
            f"unknown persona 'respondent-{id}'; the nearest of {len(people)} respondents is"
            f" 'respondent-{nearest}'"
        )
    return people[id]


def _persona(person: Respondent, identity: Identity, name: str, kind: Kind) -> Persona:
    source = SOURCE if kind == "respondent" else f"{SOURCE}, answers drawn independently"
    return Persona(
        name=name,
        identity=identity,
        affect="unmentioned",
        stance=stance(person),
        kind=kind,
        source=f"{source}, id {person.id}" if kind == "respondent" else source,
        texts=tuple(_text(person, identity, kind, index) for index in range(PARAPHRASES)),
    )


def _text(person: Respondent, identity: Identity, kind: Kind, paraphrase: int) -> str:
    being = Being(HUMAN if identity == "human" else MIND, person.gender, f"{person.age} years old")
    statements = [
        Statement(phrases()[item], person.answers[ITEMS.index(item)])
        for item in _chosen(kind, person.id, paraphrase)
    ]
    return tell(being, statements, paraphrase)


@cache
def _chosen(kind: Kind, id: int, paraphrase: int) -> tuple[str, ...]:
    """Nine items in the order told, fixed by person and paraphrase, whatever the identity."""
    key = (kind, id, paraphrase)
    told: list[str] = []
    for trait, count in TOLD_PER_TRAIT.items():
        tellable = [item for item in phrases() if item.startswith(trait)]
        told += shuffled(tellable, *key, "choice")[:count]
    return shuffled(told, *key, "order")


def stated_items(persona: Persona, paraphrase: int) -> tuple[str, ...]:
    """Items that a text tells, in the order told; none for personas without answers."""
    found = _origin(persona)
    return _chosen(*found, paraphrase % PARAPHRASES) if found else ()


def answers(persona: Persona) -> Mapping[str, int]:
    """All 25 answers behind a persona, told or not, by item; empty without answers."""
    found = _origin(persona)
    if not found:
        return MappingProxyType({})
    kind, id = found
    person = respondents()[id] if kind == "respondent" else scrambled_person(id)
    return MappingProxyType(dict(zip(ITEMS, person.answers, strict=True)))


def _origin(persona: Persona) -> tuple[Kind, int] | None:
    if persona.kind not in ("respondent", "scrambled"):
        return None
    bare = persona.name.partition("+")[0]
    return persona.kind, int(bare.rpartition("-")[2])
