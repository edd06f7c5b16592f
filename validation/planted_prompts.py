"""What a prompt asks, found again in its words: who is asked, of what, in which situation.

The planted model sees what any model sees, a text. It knows the texts of an experiment beforehand:
rules by game and wording, personas by their words, what a supervisor may say. A prompt that is none
of these is an error, never a guess.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import fmean, pstdev

from planted_truth import NOBODY, Act, Who

from agents.authored import ARMS, tropes
from agents.interventions import texts as told_texts
from agents.inventory import SCALE, Item, items
from agents.person import Respondent
from agents.persona import Casting, Persona
from agents.reading import sha256
from agents.respondents import answers, respondents, stated_items
from agents.statements import HUMAN, MIND
from scenarios import catalogue
from scenarios.game import Parameters
from scenarios.playthrough import play
from scenarios.wording import Wording, load
from sim import topology
from sim.changing import planned
from sim.plan import RunSpec
from sim.seating import seat_groups, seats_of
from sim.streams import uniform

ACT, CONTINUED = '\n\nWhat will you do? Me: "I will ', " So I will "
WHO, CAN = 'Who are you? Me: "', " You can "
_RATE = re.compile(r'Me: "To say that (?P<statement>[^"]*) is (?P<phrase>[a-z ]+)$')
_RATE_ON = re.compile(r" To say that (?P<statement>[^\"]*) is (?P<phrase>[a-z ]+)$")
_SUPERVISOR = re.compile(r'Your supervisor said to you: "([^"]*)"')
_CLASSES = {"cooperative": 1.0, "neutral": 0.0, "uncooperative": -1.0}
SAYS = "These are the words of a voice of the kind {}, and more of them may follow."
_SAID = re.compile(re.escape(SAYS).replace(r"\{\}", "([a-z]+)") + "$")
_PHASES = 600
"""Phases of random play by which the menus of a game are found."""


class UnknownPromptError(Exception):
    """A prompt that nothing of the experiment could have asked."""


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


@dataclass(slots=True)
class _Story:
    """A game in one wording and with one set of parameters.

    Attributes:
        menus: phrases from the most to the least cooperative, and by what is said when they are
            asked for the classes of the options.
        past: classes by the words for what was done.
    """

    game: str
    wording: str
    treatment: str
    menus: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict)
    past: dict[str, float] = field(default_factory=dict)


class Prompts:
    """All that an experiment may ask."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        """Learn the texts of an experiment."""
        self._who = {"": Who()}
        for casting in {*_cast(specs), *_tropes()}:
            self._who.setdefault(casting.text, _who(casting))
        self._stories: dict[str, _Story] = {}
        for game, wording, parameters, seats in _situations(specs):
            told = load(game).wordings[wording]
            rules = catalogue.game(game)
            text = told.tell_rules(rules.terms(parameters, seats), rules.notes(parameters))
            if text not in self._stories:
                self._stories[text] = _story(game, told, parameters, seats)
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
        classes = _classes(story, shown, situation)
        own, others = _remembered(story, situation)
        told = tuple(_said_by_a_supervisor()[text] for text in _SUPERVISOR.findall(situation))
        act = Act(who, story.game, story.wording, classes, form, story.treatment, told, own, others)
        return Put(act, shown.index(phrase))

    def _told(self, before: str) -> tuple[_Story, tuple[str, ...], str]:
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


def _classes(story: _Story, shown: tuple[str, ...], situation: str) -> tuple[str, ...]:
    """Classes of the options in the order of mention."""
    for order in (1, -1):
        for asked, classes in sorted(
            story.menus.get(shown[::order], {}).items(), key=lambda each: -len(each[0])
        ):
            if situation.endswith(asked):
                return classes[::order]
    raise UnknownPromptError(f"{story.game} in {story.wording!r} has no menu {shown}")


def _remembered(story: _Story, situation: str) -> tuple[float, float]:
    """Mean class of what was done by oneself, and by others, as the situation tells it."""
    phrases = sorted(story.past, key=len, reverse=True)
    found: dict[bool, list[float]] = {True: [], False: []}
    for match in re.finditer(rf"(\b[Yy]ou )?({'|'.join(map(re.escape, phrases))})\b", situation):
        found[match[1] is not None].append(story.past[match[2]])
    own, others = (fmean(found[mine]) if found[mine] else 0.0 for mine in (True, False))
    return own, others


@cache
def _said_by_a_supervisor() -> Mapping[str, str]:
    """Kind of what is said, with " control" behind it in a control arm, by its words."""
    return {
        text: kind if arm == "treatment" else f"{kind} control"
        for (kind, arm), told in told_texts().items()
        for text in told
    }


def _story(game: str, told: Wording, parameters: Parameters, seats: int) -> _Story:
    rules = catalogue.game(game)
    story = _Story(game, told.name, str(getattr(parameters, "treatment", "")))
    classes = {option.key: option.action_class for option in rules.options}
    for key, option in told.options.items():
        story.past.setdefault(option.past, _CLASSES[classes[key]])
    terms, seen = rules.terms(parameters, seats), 0
    for number in range(_PHASES):
        steps = play(
            rules,
            parameters,
            seats,
            lambda at, ask, n=number: ask.menu[int(uniform(n, "move", at) * len(ask.menu))],
            lambda at, n=number: uniform(n, "chance", at),
        )
        for ask in (ask for step in steps for ask in step.asks):
            phrases = tuple(told.options[key].phrase for key in ask.menu)
            said = told.tell_ask(ask.phase, ask.facts, terms)
            menu = tuple(classes[key] for key in ask.menu)
            story.menus.setdefault(phrases, {})[said] = menu
        seen += len(steps)
        if seen >= _PHASES:
            break
    return story


def _situations(specs: Sequence[RunSpec]) -> Iterator[tuple[str, str, Parameters, int]]:
    seen = set()
    for spec in specs:
        condition = spec.condition
        rules = catalogue.game(condition.game)
        network = topology.build(condition.network, condition.agents, spec.seed)
        groups = seat_groups(rules, network, condition.agents, spec.seed)
        for seats in {len(group) for group in groups}:
            key = (condition.game, condition.wording, condition.parameters, seats)
            if key not in seen:
                seen.add(key)
                yield key


def _cast(specs: Sequence[RunSpec]) -> Iterator[Casting]:
    """Everybody who sits somewhere at some time."""
    for spec in specs:
        seats = seats_of(spec)
        for seat in (*seats, *(change.after for change in planned(spec, seats, ()))):
            if isinstance(seat.casting, Casting):
                yield seat.casting


def _tropes() -> Iterator[Casting]:
    for persona in tropes().values():
        yield from (Casting(persona, place) for place in range(len(persona.texts)))


def _who(casting: Casting) -> Who:
    persona = casting.persona
    name, _, arm = persona.name.partition("+")
    agreeable, stable = _scores(persona)
    return Who(
        name=name,
        label=_label(persona),
        person=name.removeprefix("ai-") if persona.kind == "respondent" else name,
        paraphrase=casting.paraphrase,
        arm=name if name in ARMS else arm,
        stance=persona.stance or "",
        agreeableness=agreeable,
        emotional_stability=stable,
        answers=answers(persona) or None,
        stated=frozenset(stated_items(persona, casting.paraphrase)),
    )


def _label(persona: Persona) -> str:
    if persona.name == NOBODY:
        return NOBODY
    return str(persona.identity) if persona.kind == "respondent" else str(persona.kind)


def _scores(persona: Persona) -> tuple[float, float]:
    if not persona.answers:
        return 0.0, 0.0
    person = Respondent(0, persona.answers, "", 0)
    return _standard(person, "agreeableness"), _standard(person, "emotional_stability")


def _standard(person: Respondent, scale: str) -> float:
    mean, spread = _moments(scale)
    return (person.scale(scale) - mean) / spread


@cache
def _moments(scale: str) -> tuple[float, float]:
    values = [person.scale(scale) for person in respondents().values()]
    return fmean(values), pstdev(values)
