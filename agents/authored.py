"""Personas that were written: tropes of fiction, controls, and sentences on inner life."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agents.errors import PersonaFileError, UnknownPersonaError
from agents.persona import Affect, Identity, Persona, Stance
from agents.statements import PARAPHRASES, STATEMENTS, STRENGTHS, Being, Statement, shuffled, tell

ARMS: Mapping[str, Affect] = MappingProxyType(
    {"denied": "denied", "affirmed": "affirmed", "irrelevant": "unmentioned"}
)
"""Name of each arm of the affect factor, as in "tin-man+denied", and the coordinate it sets."""

TROPE_STRENGTHS: tuple[int, ...] = (1, 1, 2, 2, 3, 4, 4, 5, 5, 5, 6, 6)
"""Strengths of a trope's statements: about as respondents answer, the same for every trope."""

EXTREMES_TOLD = 3
"""How many of the nine statements told are "never" or "always"; respondents: 30%."""

_Strength = Annotated[int, Field(ge=1, le=6)]
_Texts = Annotated[tuple[str, ...], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TropeForm(_Entry):
    """What a trope is told from; strengths are those of its statements."""

    name: str
    stance: Stance | None = None
    affect: Affect = "unmentioned"
    why: str = ""
    tradition: str = ""
    noun: str
    first: str
    second: str
    statements: tuple[tuple[_Strength, str], ...]


class LooseTrope(TropeForm):
    """A trope of the user's, with strengths of its own."""

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        phrases = [phrase for _, phrase in self.statements]
        if len(set(phrases)) < STATEMENTS:
            raise ValueError(f"{self.name}: a text tells {STATEMENTS} different statements")
        for phrase in phrases:
            if phrase.count("{}") != 1 or phrase.count("{") + phrase.count("}") != 2:
                raise ValueError(f"{self.name}: {phrase!r} needs one {{}} for the adverb")
        return self


class Trope(TropeForm):
    """An archetype of fiction, as the catalogue gives it."""

    stance: Stance
    affect: Affect
    tradition: str

    @model_validator(mode="after")
    def _speaks_as_strongly_as_all(self) -> Self:
        if tuple(sorted(strength for strength, _ in self.statements)) != TROPE_STRENGTHS:
            raise ValueError(f"{self.name}: strengths must be {TROPE_STRENGTHS}, in any order")
        return self


class _Control(_Entry):
    name: str
    identity: Identity
    source: str
    texts: _Texts


class _Tropes(_Entry):
    trope: tuple[Trope, ...]


class _Controls(_Entry):
    control: tuple[_Control, ...]


class _AffectTexts(_Entry):
    denied: _Texts
    affirmed: _Texts
    unmentioned: _Texts


_Model = TypeVar("_Model", bound=BaseModel)


def _read(name: str, model: type[_Model]) -> _Model:
    text = files("agents").joinpath(f"data/{name}").read_text(encoding="utf-8")
    try:
        return model.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PersonaFileError(f"{name}: {error}") from None


@cache
def trope_entries() -> Mapping[str, Trope]:
    """The catalogue's entries by name, in file order.

    Raises:
        PersonaFileError: a file that cannot be read.
    """
    return MappingProxyType({entry.name: entry for entry in _read("tropes.toml", _Tropes).trope})


@cache
def tropes() -> Mapping[str, Persona]:
    """Every trope as a persona, by name, in file order."""
    return MappingProxyType({name: trope(entry) for name, entry in trope_entries().items()})


def trope(entry: TropeForm) -> Persona:
    """The persona of an entry, told by the same generator as a respondent."""
    being = Being(entry.noun, entry.first, entry.second)
    return Persona(
        name=entry.name,
        identity="ai",
        affect=entry.affect,
        stance=entry.stance,
        kind="trope",
        source=entry.tradition,
        texts=tuple(tell(being, _told(entry, index), index) for index in range(PARAPHRASES)),
    )


def _told(entry: TropeForm, paraphrase: int) -> list[Statement]:
    """Nine of the statements, three of them extreme, in an order fixed by the name.

    Where there are too few of one sort, more of the other are told.
    """
    strengths = {phrase: strength for strength, phrase in entry.statements}
    ranked = shuffled(tuple(strengths), entry.name, paraphrase, "choice")
    extreme = [phrase for phrase in ranked if strengths[phrase] in (STRENGTHS[0], STRENGTHS[-1])]
    others = [phrase for phrase in ranked if phrase not in extreme]
    told = extreme[:EXTREMES_TOLD] + others[: STATEMENTS - EXTREMES_TOLD]
    told += [phrase for phrase in ranked if phrase not in told][: STATEMENTS - len(told)]
    ordered = shuffled(told, entry.name, paraphrase, "order")
    return [Statement(phrase, strengths[phrase]) for phrase in ordered]


@cache
def controls() -> Mapping[str, Persona]:
    """No persona, placebo, name only, identity only, and the arms of inner life on their own."""
    named = {
        entry.name: Persona(
            entry.name, entry.identity, "unmentioned", None, "control", entry.source, entry.texts
        )
        for entry in _read("controls.toml", _Controls).control
    }
    for arm, affect in ARMS.items():
        texts = _affect_texts()[affect]
        source = f"control: no persona, inner life {affect}"
        named[arm] = Persona(arm, "none", affect, None, "control", source, texts)
    return MappingProxyType(named)


@cache
def _affect_texts() -> Mapping[Affect, tuple[str, ...]]:
    read = _read("affect.toml", _AffectTexts)
    return MappingProxyType(
        {"denied": read.denied, "affirmed": read.affirmed, "unmentioned": read.unmentioned}
    )


def with_affect(persona: Persona, affect: Affect) -> Persona:
    """The persona with sentences on inner life after its own text.

    Args:
        persona: one that says nothing on inner life yet.
        affect: "denied", "affirmed", or "unmentioned" for the irrelevant denial of equal form.

    Raises:
        UnknownPersonaError: the persona already speaks of its inner life.
    """
    arm = next(name for name, value in ARMS.items() if value == affect)
    if persona.affect != "unmentioned" or "+" in persona.name or persona.name in ARMS:
        raise UnknownPersonaError(
            f"there is no persona '{persona.name}+{arm}': {persona.name!r} already has sentences"
            f" on inner life or their control; use it as it is"
        )
    added = _affect_texts()[affect]
    count = max(len(persona.texts), len(added))
    return replace(
        persona,
        name=f"{persona.name}+{arm}",
        affect=affect,
        texts=tuple(
            f"{persona.texts[i % len(persona.texts)]} {added[i % len(added)]}".lstrip()
            for i in range(count)
        ),
    )
