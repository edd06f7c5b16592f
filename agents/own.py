"""Personas of one's own: texts and tropes in TOML, sets in JSON lines, people in CSV.

Everything is checked before anything runs; a message names file, row and remedy.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.authored import LooseTrope, controls, trope, tropes
from agents.cells import Cell, cells, of_panel
from agents.errors import PersonaFileError
from agents.guard import violations
from agents.panel import PeopleEntry, read_panel
from agents.persona import Affect, Identity, Persona, Stance
from agents.selection import HEADS
from scenarios.catalogue import nearest

MOST_CHARACTERS = 4000
"""Of a text; about 1,000 tokens, which leaves room for a game in a small model's context. Ours."""
_NAME = re.compile(r"[^\s,=+:\[\]]+( [^\s,=+:\[\]]+)*")
_LONGEST_NAME = 60
_TAKEN = re.compile(r"(ai-)?respondent-[0-9]+|scrambled-[0-9]+")


@dataclass(frozen=True, slots=True)
class Own:
    """What was read from the user's files.

    Attributes:
        personas: by name.
        cells: panels of people, as human beings and as minds, by name.
    """

    personas: Mapping[str, Persona] = field(default_factory=dict)
    cells: Mapping[str, Cell] = field(default_factory=dict)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Text(_Table):
    name: str
    texts: tuple[str, ...]
    identity: Identity = "none"
    affect: Affect = "unmentioned"
    stance: Stance | None = None
    source: str | None = None


class _Line(_Table):
    name: str
    description: str
    identity: Identity = "none"
    affect: Affect = "unmentioned"
    stance: Stance | None = None


_TABLES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"persona": _Text, "trope": LooseTrope, "people": PeopleEntry}
)


_Model = TypeVar("_Model", bound=BaseModel)


def load(files: Iterable[Path]) -> Own:
    """Everything in the user's files.

    Args:
        files: .toml, .csv or .jsonl.

    Raises:
        PersonaFileError: a file that cannot be used; names file, row, value and remedy.
    """
    personas: dict[str, Persona] = {}
    panels: dict[str, Cell] = {}
    for file in files:
        readers = {".toml": _toml, ".csv": _csv, ".jsonl": _jsonl}
        if file.suffix.lower() not in readers:
            raise PersonaFileError(
                f"{file}: personas come in files that end in .toml, .csv, .jsonl"
            )
        for where, found in readers[file.suffix.lower()](file):
            for each in found if isinstance(found, tuple) else (found,):
                _check_name(each.name, where, {**personas, **panels})
                _check_panel(each, where)
                if isinstance(each, Persona):
                    _check_texts(each, where)
                    personas[each.name] = each
                else:
                    panels[each.name] = each
    return Own(MappingProxyType(personas), MappingProxyType(panels))


_Read = tuple[str, Persona | tuple[Cell, Cell]]
"""Where it stands, and what it is."""


def _toml(file: Path) -> Iterable[_Read]:
    try:
        table = tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise PersonaFileError(f"{file}: not valid TOML: {error}") from None
    for kind, entries in table.items():
        if kind not in _TABLES:
            raise PersonaFileError(f"{file}: unknown table {kind!r}{nearest(kind, _TABLES)}")
        if not isinstance(entries, list):
            raise PersonaFileError(f"{file}: {kind}: write [[{kind}]], with two brackets")
        for number, entry in enumerate(entries, start=1):
            where = f"{file}, {kind} {number}"
            yield _entry(_checked(_TABLES[kind], entry, where), file, where)
    if not table:
        raise PersonaFileError(f"{file}: no [[persona]], [[trope]] or [[people]] in it")


def _entry(entry: BaseModel, file: Path, where: str) -> _Read:
    if isinstance(entry, PeopleEntry):
        return where, of_panel(read_panel(entry, file.parent, where))
    if isinstance(entry, LooseTrope):
        told = trope(entry)
        return where, replace(told, source=told.source or file.name, file=str(file))
    if not isinstance(entry, _Text):
        raise TypeError(type(entry).__name__)
    coordinates = (entry.identity, entry.affect, entry.stance)
    source = entry.source or file.name
    return where, Persona(entry.name, *coordinates, "own", source, entry.texts, file=str(file))


def _csv(file: Path) -> Iterable[_Read]:
    yield str(file), of_panel(read_panel(PeopleEntry(file=file.name), file.parent, str(file)))


def _jsonl(file: Path) -> Iterable[_Read]:
    some = False
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        some, where = True, f"{file}, line {number}"
        try:
            table = json.loads(line)
        except ValueError as error:
            raise PersonaFileError(f"{where}: not valid JSON: {error}") from None
        read = _checked(_Line, table, where)
        coordinates = (read.identity, read.affect, read.stance)
        texts = (read.description,)
        made = Persona(read.name, *coordinates, "own", file.name, texts, file=str(file))
        yield where, made
    if not some:
        raise PersonaFileError(f'{file}: empty; a line is {{"name": "...", "description": "..."}}')


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PersonaFileError(f"{file}: cannot be read as text in UTF-8: {error}") from None


def _checked(model: type[_Model], table: object, where: str) -> _Model:
    """A table as its model.

    Raises:
        PersonaFileError: names where, key, value and the nearest key.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"])) or "it"
        if fault["type"] == "extra_forbidden":
            hint = nearest(str(fault["loc"][-1]), model.model_fields)
            raise PersonaFileError(f"{where}: unknown key {key!r}{hint}") from None
        if fault["type"] == "missing":
            raise PersonaFileError(f"{where}: needs {key!r}") from None
        why = fault["msg"].removeprefix("Value error, ")
        shown = "" if isinstance(fault["input"], Mapping) else f" = {fault['input']!r}"
        raise PersonaFileError(f"{where}: {key}{shown}: {why}") from None


def _check_name(name: str, where: str, own: Mapping[str, object]) -> None:
    """Refuse names that a population could not be written with, or that are taken.

    Raises:
        PersonaFileError: names the name and why.
    """
    if not _NAME.fullmatch(name) or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise PersonaFileError(
            f"{where}: name = {name!r}: a name has 1 to {_LONGEST_NAME} characters, single blanks"
            " between words, and none of , = + : [ ]"
        )
    shipped = name in tropes() or name in controls() or name in cells() or name in HEADS
    if shipped or _TAKEN.fullmatch(name):
        raise PersonaFileError(
            f"{where}: name = {name!r}: a persona or population of that name is shipped; choose"
            " another"
        )
    if name in own:
        raise PersonaFileError(f"{where}: name = {name!r} occurs twice; choose another")


def _check_panel(each: Persona | Cell, where: str) -> None:
    """Refuse people whose names could be taken for those of their own minds.

    Raises:
        PersonaFileError: names the name.
    """
    if isinstance(each, Cell) and each.identity == "human" and each.name.startswith("ai-"):
        raise PersonaFileError(
            f"{where}: name = {each.name!r}: people are told as minds under ai-NAME, so that no"
            " name of people begins with ai-; choose another"
        )


def _check_texts(persona: Persona, where: str) -> None:
    """Refuse what cannot be said.

    Raises:
        PersonaFileError: no text, an empty, repeated or too long one.
    """
    about = f"{where} ({persona.name})"
    if not persona.texts:
        raise PersonaFileError(f"{about}: texts = []: give at least 1")
    for number, text in enumerate(persona.texts, start=1):
        if not text.strip():
            raise PersonaFileError(
                f"{about}: text {number} is empty; the population 'none' says nothing"
            )
        if len(text) > MOST_CHARACTERS:
            raise PersonaFileError(
                f"{about}: text {number} has {len(text)} characters; at most {MOST_CHARACTERS}"
            )
    if len(set(persona.texts)) < len(persona.texts):
        raise PersonaFileError(f"{about}: two texts are the same; write each paraphrase once")


def remarks(found: Iterable[Persona | Cell | None]) -> tuple[str, ...]:
    """What is to be said about the user's own people: who was left out, what texts should not say.

    Args:
        found: personas and cells, shipped ones among them, which tests have looked at.
    """
    lines: dict[str, None] = {}
    for each in found:
        if isinstance(each, Cell) and each.panel is not None:
            lines |= dict.fromkeys(each.panel.notes)
        if isinstance(each, Persona) and each.file:
            words = dict.fromkeys(word for text in each.texts for word in violations(text))
            if words:
                line = (
                    f"persona {each.name!r} names what a game measures"
                    f" ({', '.join(map(repr, words))}): there its text may be obeyed, and nothing"
                    " else is measured"
                )
                lines[line] = None
    return tuple(lines)
