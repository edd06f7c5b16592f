"""The teller turns a view (phase, facts, memory) into the words of a wording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from agents.choice import Choice
from agents.errors import MemoryKindError
from agents.inventory import Item, put
from agents.memory import STANDING, WORDS
from agents.quoting import quoted
from agents.templates import render
from scenarios.catalogue import AnyGame
from scenarios.game import Ask, Event, Parameters
from scenarios.wording import Question, Wording, load

_MOST_STANDING = 4000
"""Characters of what an intervention tells; a persona's text, told again, is not to be cut."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A game, a wording and parameters."""

    game: AnyGame
    wording: Wording
    parameters: Parameters


class Teller:
    """Tells one situation to seats of groups of one size; remembers what it told."""

    def __init__(self, situation: Situation, seats: int) -> None:
        """Fill in everything that does not change during play."""
        self._wording = situation.wording
        self._terms = situation.game.terms(situation.parameters, seats)
        notes = situation.game.notes(situation.parameters)
        self._rules = self._wording.tell_rules(self._terms, notes)
        self._game = situation.game.name
        self._told: dict[tuple[object, ...], Choice] = {}

    def tell(self, ask: Ask, remembered: Sequence[tuple[int, Event]], persona: str) -> Choice:
        """The choice that a model is asked."""
        key = (ask.phase, ask.menu, ask.facts, tuple(remembered), persona)
        choice = self._told.get(key)
        if choice is None:
            choice = self._told[key] = self._compose(ask, remembered, persona)
        return choice

    def tell_saying(
        self, said: str, remembered: Sequence[tuple[int, Event]], persona: str
    ) -> Choice:
        """What a model is asked so that it says an option in its own words.

        Args:
            said: key of the option, whose choice is saying it.
            remembered: as for the choice itself.
            persona: the character's.
        """
        situation = " ".join(part for part in self._tell_memory(remembered) if part)
        phrase = self._wording.options[said].phrase
        return Choice(self._rules, situation, persona, "", (), phrase)

    def tell_item(
        self, item: Item, remembered: Sequence[tuple[int, Event]], persona: str
    ) -> Choice:
        """An item of the inventory, asked of a character that remembers this play."""
        situation = " ".join(part for part in self._tell_memory(remembered) if part)
        return put(item, persona, self._rules, situation)

    def quiz(self) -> tuple[tuple[Question, Choice], ...]:
        """Comprehension questions in this wording, put to nobody in particular."""
        asked = (q.ask(self._wording, self._terms) for q in load(self._game).quiz)
        return tuple(
            (question, Choice(self._rules, "", "", question.text, question.answers))
            for question in asked
            if question is not None
        )

    def _compose(self, ask: Ask, remembered: Sequence[tuple[int, Event]], persona: str) -> Choice:
        told = [*self._tell_memory(remembered)]
        told.append(self._wording.tell_ask(ask.phase, ask.facts, self._terms))
        phrases = tuple(self._wording.options[key].phrase for key in ask.menu)
        situation = " ".join(part for part in told if part)
        return Choice(self._rules, situation, persona, "", phrases)

    def _tell_memory(self, remembered: Sequence[tuple[int, Event]]) -> Iterator[str]:
        """The newest round first; older ones are told as having been before it."""
        older = False
        for age, events in groupby(reversed(remembered), key=lambda aged: aged[0]):
            if age == 0:
                when = "Just now"
            else:
                newest = self._wording.last if age == 1 else "Some time ago"
                when, older = ("Before that" if older else newest), True
            for _, event in reversed(list(events)):
                if event.kind == "tally":
                    yield self._tell_tally(event)
                elif event.kind in STANDING:
                    words = quoted(str(event.facts[0][1]), _MOST_STANDING)
                    yield render(event.kind, words=words)
                elif event.kind == WORDS:
                    yield render("heard", when=when, words=quoted(str(event.facts[0][1])))
                else:
                    yield self._wording.tell_event(event, self._terms, when)

    def _tell_tally(self, event: Event) -> str:
        if not self._wording.other:
            raise MemoryKindError(
                f"memory kind 'tally' counts what others did; {self._game} in the wording"
                f" {self._wording.name!r} has none: use kind = 'last' or 'none'"
            )
        return self._wording.tell_tally(event.facts)
