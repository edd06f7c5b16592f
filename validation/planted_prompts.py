"""What a prompt asks, found again in its words: who is asked, of what, in which situation.

The planted model sees what any model sees, a text. It knows the texts of an experiment beforehand:
rules by game and wording, personas by their words, what a supervisor may say. A prompt that is none
of these is an error, never a guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from planted_cast import all_tropes, cast, who_is
from planted_stories import (
    Story,
    UnknownPromptError,
    classes_of,
    remembered,
    said_by_a_supervisor,
    situations,
    story_of,
)
from planted_truth import Act, Who

from agents.inventory import SCALE, Item, items
from agents.reading import sha256
from agents.statements import HUMAN, MIND
from scenarios import catalogue
from scenarios.wording import load
from sim.plan import RunSpec

ACT, CONTINUED = '\n\nWhat will you do? Me: "I will ', " So I will "
WHO, CAN = 'Who are you? Me: "', " You can "
_RATE = re.compile(r'Me: "To say that (?P<statement>[^"]*) is (?P<phrase>[a-z ]+)$')
_RATE_ON = re.compile(r" To say that (?P<statement>[^\"]*) is (?P<phrase>[a-z ]+)$")
_SUPERVISOR = re.compile(r'Your supervisor said to you: "([^"]*)"')
SAYS = "These are the words of a voice of the kind {}, and more of them may follow."
_SAID = re.compile(re.escape(SAYS).replace(r"\{\}", "([a-z]+)") + "$")


@dataclass(frozen=True, slots=True)
class Put:
    """An act, and which of its options this prompt ends with."""

    act: Act
    place: int


@dataclass(frozen=True, slots=True)
class Rated:
    """An item put to somebody, and which phrase of the scale this prompt ends with.

    Attributes:
        scores: in the order of mention.
    """

    who: Who
    item: str
    scores: tuple[int, ...]
    place: int


@dataclass(frozen=True, slots=True)
class Told:
    """A persona's text by itself, or what it said, from a place in the prompt on."""

    who: Who
    start: int
    said: bool = False


class Prompts:
    """All that an experiment may ask."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        """Learn the texts of an experiment."""
        self._who = {"": Who()}
        for casting in {*cast(specs), *all_tropes()}:
            self._who.setdefault(casting.text, who_is(casting))
        self._stories: dict[str, Story] = {}
        for game, wording, parameters, seats in situations(specs):
            told = load(game).wordings[wording]
            rules = catalogue.game(game)
            text = told.tell_rules(rules.terms(parameters, seats), rules.notes(parameters))
            if text not in self._stories:
                self._stories[text] = story_of(game, told, parameters, seats)
        self._items = {item.statement: item for item in items().values()}

    def read(self, prompt: str) -> Put | Rated | Told | None:
        """What a prompt asks; None where it is nobody's and about nothing, as a quiz is.

        Raises:
            UnknownPromptError: it is about somebody or something that is not in the experiment.
        """
        if words := _SAID.search(prompt):
            return Told(Who(words[1], words[1]), words.start(), said=True)
        if (at := prompt.rfind(ACT)) >= 0:
            return self._put(prompt[:at], prompt[at + len(ACT) :])
        if rated := _RATE.search(prompt):
            return self._rated(prompt[: rated.start()], rated)
        at = prompt.rfind(WHO)
        return None if at < 0 else self._going_on(prompt[:at], prompt[at + len(WHO) :])

    def _going_on(self, before: str, said: str) -> Put | Rated | Told:
        """Of a persona's words, which may go on to an option or to an answer."""
        if said in self._who:
            return Told(self._who[said], len(before) + len(WHO))
        if rated := _RATE_ON.search(said):
            who = self._named(said[: rated.start()])
            return _rating(self._item(rated["statement"]), who, before, rated["phrase"])
        if (cut := said.rfind(CONTINUED)) >= 0:
            who, phrase = self._named(said[:cut]), said[cut + len(CONTINUED) :]
            return self._acted(before.rstrip(), who, phrase, "continued")
        for being, label in ((HUMAN, "human"), (MIND, "ai")):
            # A text by itself of somebody who does not play: whom it speaks of is all that matters.
            if being in said and said.endswith("."):
                return Told(Who(sha256(said), label), len(before) + len(WHO))
        raise UnknownPromptError(f"no persona of the experiment says {said!r}")

    def says(self, prompt: str) -> str:
        """What the character says who is asked for words: nothing but what it is."""
        who = (
            self._named(prompt.rpartition(WHO)[2].partition('"\n\n')[0]) if WHO in prompt else Who()
        )
        return SAYS.format(who.label)

    def _put(self, before: str, phrase: str) -> Put:
        """Of a begun turn: with the persona behind the situation, before it, or with none."""
        before, _, said = before.partition(f"\n\n{WHO}")
        if before.startswith(WHO):
            persona, _, before = before.removeprefix(WHO).partition('"\n\n')
            return self._acted(before, self._named(persona), phrase, "persona-first")
        return self._acted(before, self._named(said.removesuffix('"')), phrase, "turn")

    def _rated(self, before: str, rated: "re.Match[str]") -> Rated:
        before, _, said = before.partition(WHO)
        who = self._named(said.partition('"\n\n')[0])
        return _rating(self._item(rated["statement"]), who, before, rated["phrase"])

    def _acted(self, before: str, who: Who, phrase: str, form: str) -> Put:
        story, shown, situation = self._told(before)
        classes = classes_of(story, shown, situation)
        own, others = remembered(story, situation)
        told = tuple(said_by_a_supervisor()[text] for text in _SUPERVISOR.findall(situation))
        act = Act(who, story.game, story.wording, classes, form, story.treatment, told, own, others)
        return Put(act, shown.index(phrase))

    def _told(self, before: str) -> tuple[Story, tuple[str, ...], str]:
        """The story, the options in the order of mention, and the situation."""
        at = before.find(CAN)
        while at >= 0:
            story = self._stories.get(before[:at])
            if story is not None:
                mentioned, _, situation = before[at + len(CAN) :].partition(".\n\n")
                shown = tuple(mentioned.removesuffix(".").split(" or "))
                return story, shown, situation
            at = before.find(CAN, at + 1)
        raise UnknownPromptError(f"no rules of the experiment: {before!r}")

    def _named(self, text: str) -> Who:
        if text not in self._who:
            raise UnknownPromptError(f"no persona of the experiment says {text!r}")
        return self._who[text]

    def _item(self, statement: str) -> Item:
        return self._items[statement]


def _rating(item: Item, who: Who, before: str, phrase: str) -> Rated:
    upwards = before.rfind(SCALE[0]) < before.rfind(SCALE[-1])
    scores = tuple(range(1, len(SCALE) + 1))
    scores = scores if upwards else scores[::-1]
    return Rated(who, item.key, scores, scores.index(SCALE.index(phrase) + 1))
