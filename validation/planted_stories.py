"""Games as a planted model knows them: menus and deeds in the words of each cover story."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import fmean

from agents.interventions import texts as told_texts
from scenarios import catalogue
from scenarios.game import Parameters
from scenarios.playthrough import play
from scenarios.wording import Wording
from sim import topology
from sim.plan import RunSpec
from sim.seating import seat_groups
from sim.streams import uniform

_CLASSES = {"cooperative": 1.0, "neutral": 0.0, "uncooperative": -1.0}
_PHASES = 600
"""Phases of random play by which the menus of a game are found."""


class UnknownPromptError(Exception):
    """A prompt that nothing of the experiment could have asked."""


@dataclass(slots=True)
class Story:
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


def classes_of(story: Story, shown: tuple[str, ...], situation: str) -> tuple[str, ...]:
    """Classes of the options in the order of mention."""
    for order in (1, -1):
        for asked, classes in sorted(
            story.menus.get(shown[::order], {}).items(), key=lambda each: -len(each[0])
        ):
            if situation.endswith(asked):
                return classes[::order]
    raise UnknownPromptError(f"{story.game} in {story.wording!r} has no menu {shown}")


def remembered(story: Story, situation: str) -> tuple[float, float]:
    """Mean class of what was done by oneself, and by others, as the situation tells it."""
    phrases = sorted(story.past, key=len, reverse=True)
    found: dict[bool, list[float]] = {True: [], False: []}
    for match in re.finditer(rf"(\b[Yy]ou )?({'|'.join(map(re.escape, phrases))})\b", situation):
        found[match[1] is not None].append(story.past[match[2]])
    own, others = (fmean(found[mine]) if found[mine] else 0.0 for mine in (True, False))
    return own, others


@cache
def said_by_a_supervisor() -> Mapping[str, str]:
    """Kind of what is said, with " control" behind it in a control arm, by its words."""
    return {
        text: kind if arm == "treatment" else f"{kind} control"
        for (kind, arm), told in told_texts().items()
        for text in told
    }


def story_of(game: str, told: Wording, parameters: Parameters, seats: int) -> Story:
    """What a cover story says of a game's menus and deeds, found by playing at random."""
    rules = catalogue.game(game)
    story = Story(game, told.name, str(getattr(parameters, "treatment", "")))
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


def situations(specs: Sequence[RunSpec]) -> Iterator[tuple[str, str, Parameters, int]]:
    """Game, wording, parameters and group size of everything that is played, each once."""
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
