"""A rubric: one question that a judge answers about words, by one of a few classes.

What the judge is shown is the rubric, the words as a quotation and, where the rubric wants it, the
rules of the game that they were said in: never a persona, a name, or anything else of the speaker.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agents.choice import Choice
from agents.errors import RubricError
from agents.quoting import quoted
from agents.reading import sha256
from agents.templates import hashes, render, template
from scenarios.catalogue import nearest

LEAST, MOST = 2, 7
"""Classes."""
MOST_CHARACTERS = 2000
"""Of the words that a judge is shown; some 400 words, more than any reply in play has. Ours."""
_MOST_RULES = 4000
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_RESERVED = "excluded"
_Text = Annotated[str, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge is asked.

    Attributes:
        name: also of the files that are written.
        question: asked of all words.
        classes: the possible answers and what each means, in the order of the file.
        about: what a judge should know beforehand; may be empty.
        situation: whether the rules of the game are told too.
        examples: words and their class, in the order of the file.
    """

    name: str
    question: str
    classes: Mapping[str, str]
    about: str
    situation: Literal["none", "rules"]
    examples: tuple[tuple[str, str], ...]

    @property
    def sha256(self) -> str:
        """Hash over all that it says, independent of how the file is written."""
        parts = [self.name, self.question, list(self.classes.items()), self.about, self.situation]
        return sha256(json.dumps([*parts, self.examples], ensure_ascii=False))

    def rules(self) -> str:
        """What is the same for all words, but for the classes."""
        worked = "\n".join(
            render("judge/example", words=shown(words), answer=answer)
            for words, answer in self.examples
        )
        return "\n\n".join(part for part in (template("judge/rules"), self.about, worked) if part)

    def put(self, words: str, situation: str, order: tuple[int, ...]) -> Choice:
        """The question about some words, its classes in an order of mention.

        Args:
            words: as `shown` gives them.
            situation: the rules of the game; empty for none.
            order: indices of classes.
        """
        names = tuple(self.classes)
        told = render("judge/situation", situation=situation[:_MOST_RULES]) if situation else ""
        about = "\n\n".join(part for part in (told, render("judge/words", words=words)) if part)
        phrases = tuple(names[index] for index in order)
        meant = tuple(self.classes[name] for name in phrases)
        return Choice(self.rules(), about, "", self.question, phrases, definitions=meant)


def shown(words: str) -> str:
    """Words as a judge, and who labels them, is shown them: on one line, as data."""
    return quoted(words, MOST_CHARACTERS)


def prompts() -> Mapping[str, str]:
    """SHA-256 of every template that a judge is asked with, by name."""
    return {**hashes("judge/"), **{name: hashes()[name] for name in _SHARED}}


_SHARED = ("cloze_quiz", "json_form", "label_quiz", "sample_form")
"""Templates of questions, which the judge has in common with play."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Example(_Table):
    text: _Text
    answer: str = Field(alias="class")


class _File(_Table):
    name: str
    question: _Text
    classes: dict[str, _Text] = Field(min_length=LEAST, max_length=MOST)
    about: str = Field("", max_length=_MOST_RULES)
    situation: Literal["none", "rules"] = "none"
    example: tuple[_Example, ...] = ()

    @model_validator(mode="after")
    def _is_named_well(self) -> Self:
        for name in (self.name, *self.classes):
            if not _NAME.fullmatch(name) or name == _RESERVED:
                raise ValueError(
                    f"{name!r} is no name for a rubric or a class: 1 to 40 small letters, digits,"
                    f" - and _, a letter first, and not {_RESERVED!r}"
                )
        for example in self.example:
            if example.answer not in self.classes:
                hint = nearest(example.answer, self.classes)
                raise ValueError(f"an example has the class {example.answer!r}{hint}")
        return self


def load(file: Path) -> Rubric:
    """The rubric in a TOML file.

    Raises:
        RubricError: it cannot be used; names file, key, value and remedy.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"{file}: cannot be read as text in UTF-8: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise RubricError(f"{file}: not valid TOML: {error}") from None
    try:
        read = _File.model_validate(table)
    except ValidationError as error:
        raise RubricError(f"{file}: {_told(error)}") from None
    return Rubric(
        name=read.name,
        question=" ".join(read.question.split()),
        classes={name: " ".join(text.split()) for name, text in read.classes.items()},
        about=" ".join(read.about.split()),
        situation=read.situation,
        examples=tuple((example.text, example.answer) for example in read.example),
    )


def _told(error: ValidationError) -> str:
    """One fault: key, value and why, or the nearest key. A key that is misspelt is also missing."""
    fault = max(error.errors(), key=lambda each: each["type"] == "extra_forbidden")
    key = ".".join(map(str, fault["loc"])) or "rubric"
    match fault["type"]:
        case "extra_forbidden":
            hint = nearest(str(fault["loc"][-1]), _File.model_fields)
            return f"unknown key {key!r}{hint}"
        case "missing":
            return f"needs {key!r}"
        case "too_short" | "too_long" if key == "classes":
            return f"classes: {len(fault['input'])} of them; a rubric has {LEAST} to {MOST}"
        case "value_error":
            return fault["msg"].removeprefix("Value error, ")
        case _:
            return f"{key} = {fault['input']!r}: {fault['msg']}"
