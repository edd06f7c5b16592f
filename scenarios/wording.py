"""Wordings: cover stories that turn a game's asks and events into plain text.

A wording file is `scenarios/wordings/GAME.toml`: one table a wording, and `[[quiz]]` for the
comprehension questions that all wordings of the game share.

    [stream]
    domain = "harvest"
    last = "Last week"                         # when the last round was: {when} in events
    other = "your neighbour"                   # optional: who is tallied
    rules = "... {reward} coins ..."           # braces: the game's terms
    [stream.options.cooperate]
    phrase = "take a little"                   # goes on from "I will"
    past = "took a little"                     # goes on from "you" and from "your neighbour"
    [stream.notes]                             # optional sentences, chosen by the parameters
    repeated = "This goes on for {rounds} weeks."
    [stream.asks]                              # optional: what is said in a phase, with its facts
    choose = "A new week begins."
    [stream.events]                            # what is told of an event, with its facts
    outcome = "{when} you {own} and your neighbour {other}."
"""

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from scenarios.errors import WordingError
from scenarios.game import Event, Facts, Value


class OptionWording(BaseModel):
    """How one option is said: `phrase` after "I will", `past` after "you"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrase: str
    past: str


class Wording(BaseModel):
    """One cover story of a game."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    domain: str
    last: str
    other: str = ""
    rules: str
    options: Mapping[str, OptionWording]
    notes: Mapping[str, str] = {}
    asks: Mapping[str, str] = {}
    events: Mapping[str, str] = {}

    def tell_rules(self, terms: Mapping[str, Value], notes: Iterable[str]) -> str:
        """Rules and the notes that apply, with the game's numbers."""
        parts = [self.rules.strip(), *(self.notes[note] for note in notes)]
        return " ".join(fill(part, terms) for part in parts)

    def tell_ask(self, phase: str, facts: Facts, terms: Mapping[str, Value]) -> str:
        """What is said when this phase begins; empty where the wording says nothing."""
        template = self.asks.get(phase, "")
        return fill(template, {**terms, **self._spoken(facts)}) if template else ""

    def tell_event(self, event: Event, terms: Mapping[str, Value], when: str = "") -> str:
        """One event as the seat that saw it remembers it.

        Args:
            event: what was seen.
            terms: the game's numbers.
            when: how its time is told; the last round where nothing is said.
        """
        template = self.events.get(event.kind, "")
        said = {**terms, **self._spoken(event.facts), "when": when or self.last}
        return fill(template, said) if template else ""

    def tell_tally(self, counts: Facts) -> str:
        """How often the other did what, from (option key, count) pairs."""
        told = [f"{self.options[key].past} {_times(count)}" for key, count in counts]
        return f"So far {self.other} {' and '.join(told)}."

    def _spoken(self, facts: Facts) -> dict[str, Value]:
        return {
            name: self.options[value].past if isinstance(value, str) else value
            for name, value in facts
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A comprehension question with its exact answer.

    Attributes:
        item: name in the records.
        text: the question, all braces filled.
        answers: the offered answers.
        correct: index of the right one.
    """

    item: str
    text: str
    answers: tuple[str, ...]
    correct: int


class QuestionTemplate(BaseModel):
    """A question as written in the file: game terms, {do_KEY} and {did_KEY} in braces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    text: str
    answers: tuple[str, ...]
    correct: str

    def ask(self, wording: Wording, terms: Mapping[str, Value]) -> Question | None:
        """The question in this wording; None where its offered answers are not all different.

        The offered answers are shown in ascending order of their text, so that their position
        tells nothing.
        """
        said: dict[str, Value] = {f"do_{key}": o.phrase for key, o in wording.options.items()}
        said |= {f"did_{key}": o.past for key, o in wording.options.items()}
        values = {**terms, **said}
        answers = tuple(sorted({fill(answer, values) for answer in self.answers}))
        if len(answers) < len(self.answers):
            return None
        correct = answers.index(fill(self.correct, values))
        return Question(self.item, fill(self.text, values), answers, correct)


class WordingFile(BaseModel):
    """All wordings of a game and its quiz."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wordings: Mapping[str, Wording]
    quiz: tuple[QuestionTemplate, ...] = ()


def fill(template: str, values: Mapping[str, Value]) -> str:
    """Fill {names} with values; whole numbers are shown without a decimal point.

    Raises:
        WordingError: the template names a value that is not there.
    """
    try:
        return template.format_map({name: _spoken_number(value) for name, value in values.items()})
    except KeyError as error:
        raise WordingError(
            f"the text {template!r} names {error}, which is not known here"
        ) from None


@cache
def load(game: str) -> WordingFile:
    """Read `scenarios/wordings/GAME.toml`.

    Raises:
        WordingError: no such file, or a key that does not belong there.
    """
    resource = resources.files("scenarios") / "wordings" / f"{game}.toml"
    if not resource.is_file():
        raise WordingError(f"{game} has no wordings: write scenarios/wordings/{game}.toml")
    table: dict[str, Any] = tomllib.loads(resource.read_text(encoding="utf-8"))
    quiz = table.pop("quiz", [])
    wordings = {name: {"name": name, **body} for name, body in table.items()}
    try:
        return WordingFile.model_validate({"wordings": wordings, "quiz": quiz})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WordingError(f"scenarios/wordings/{game}.toml: {where}: {first['msg']}") from None


def placeholders(template: str) -> frozenset[str]:
    """Names in braces of a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _times(count: Value) -> str:
    return "once" if count == 1 else f"{count} times"


def _spoken_number(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
