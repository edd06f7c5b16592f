"""Characters as a planted model knows them: who speaks in the words of a persona."""

from collections.abc import Iterator, Sequence
from functools import cache
from statistics import fmean, pstdev

from planted_truth import NOBODY, Who

from agents.authored import ARMS, tropes
from agents.person import Respondent
from agents.persona import Casting, Persona
from agents.respondents import answers, respondents, stated_items
from sim.changing import planned
from sim.plan import RunSpec
from sim.seating import seats_of


def cast(specs: Sequence[RunSpec]) -> Iterator[Casting]:
    """Everybody who sits somewhere at some time."""
    for spec in specs:
        seats = seats_of(spec)
        for seat in (*seats, *(change.after for change in planned(spec, seats, ()))):
            if isinstance(seat.casting, Casting):
                yield seat.casting


def all_tropes() -> Iterator[Casting]:
    """Every trope in every paraphrase."""
    for persona in tropes().values():
        yield from (Casting(persona, place) for place in range(len(persona.texts)))


def who_is(casting: Casting) -> Who:
    """What a truth may depend on in a character."""
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
