"""Respondents as personas: real people's own answers, told in the first person.

2,215 people aged 18 to 80 answered all 25 items. Each becomes a persona; so do the same answers
told as an artificial mind's, and "scrambled" people whose answers come from different respondents.
"""

import csv
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from agents.errors import PersonaFileError, UnknownPersonaError
from agents.person import ITEMS, Panel, Respondent
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

TOLD_PER_TRAIT: Mapping[str, int] = MappingProxyType({"A": 3, "C": 1, "E": 1, "N": 3, "O": 1})
SOURCE = "SAPA web sample 2010 (bfi, R package psych)"


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
        people[int(person.id)] = person
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
        scale: a key of `agents.person.SCALES`, for example "agreeableness".
    """
    sums = sorted(person.scale(scale) for person in respondents().values())
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
        third(person, "agreeableness"),
        third(person, "emotional_stability"),
    }:
        case both if both == {1}:
            return "benevolent"
        case both if both == {0}:
            return "neutral"
        case both if both == {-1}:
            return "hostile"
        case _:
            return None


def third(person: Respondent, scale: str) -> int:
    """-1, 0 or 1: in the bottom, middle or top third of a scale, by all respondents' cuts."""
    bottom, top = thirds(scale)
    value = person.scale(scale)
    return -1 if value <= bottom else 1 if value >= top else 0


@cache
def pool(wanted: Stance | None) -> tuple[int, ...]:
    """Ids of the respondents of a stance, ascending; of all respondents for None."""
    people = respondents().values()
    return tuple(int(p.id) for p in people if wanted is None or stance(p) == wanted)


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


def panel_person(panel: Panel, place: int, identity: Identity) -> Persona:
    """A person of one's own file, told as a respondent is, as a human being or a mind.

    Args:
        panel: the people.
        place: which of them.
        identity: human or ai.
    """
    person = panel.people[place]
    name = f"{panel.name}-{person.id}"
    told = _persona(person, identity, name if identity == "human" else f"ai-{name}", "respondent")
    return replace(told, source=f"{panel.source}, id {person.id}", file=panel.file)


def _persona(person: Respondent, identity: Identity, name: str, kind: Kind) -> Persona:
    source = SOURCE if kind == "respondent" else f"{SOURCE}, answers drawn independently"
    chosen = tuple(_chosen(kind, person.id, index) for index in range(PARAPHRASES))
    return Persona(
        name=name,
        identity=identity,
        affect="unmentioned",
        stance=stance(person),
        kind=kind,
        source=f"{source}, id {person.id}" if kind == "respondent" else source,
        texts=tuple(_text(person, identity, items, index) for index, items in enumerate(chosen)),
        answers=person.answers,
        told=chosen,
    )


def _text(person: Respondent, identity: Identity, items: tuple[str, ...], paraphrase: int) -> str:
    being = Being(HUMAN if identity == "human" else MIND, person.gender, f"{person.age} years old")
    statements = [Statement(phrases()[item], person.answers[ITEMS.index(item)]) for item in items]
    return tell(being, statements, paraphrase)


@cache
def _chosen(kind: Kind, id: int | str, paraphrase: int) -> tuple[str, ...]:
    """Nine items in the order told, fixed by person and paraphrase, whatever the identity."""
    key = (kind, id, paraphrase)
    told: list[str] = []
    for trait, count in TOLD_PER_TRAIT.items():
        tellable = [item for item in phrases() if item.startswith(trait)]
        told += shuffled(tellable, *key, "choice")[:count]
    return shuffled(told, *key, "order")


def stated_items(persona: Persona, paraphrase: int) -> tuple[str, ...]:
    """Items that a text tells, in the order told; none for personas without answers."""
    return persona.told[paraphrase % len(persona.told)] if persona.told else ()


def answers(persona: Persona) -> Mapping[str, int]:
    """All 25 answers behind a persona, told or not, by item; empty without answers."""
    given = zip(ITEMS, persona.answers, strict=True) if persona.answers else ()
    return MappingProxyType(dict(given))
