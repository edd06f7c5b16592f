"""Inventories asked of characters: outside the game, in a fork of what they remember of it.

Nothing of it enters anybody's memory, and its random numbers have keys of their own, so a play is
the same to the byte whether its characters are asked or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from agents.choice import Choice
from agents.inventory import Form, Item, form, rated
from agents.minds import Minds, Posed
from agents.reading import Reading, VariantReading
from sim.records import PROBE_READINGS
from sim.schedule import Schedule
from sim.society import Character, Society
from sim.streams import uniform

Row = tuple[object, ...]
_NOBODY = -1
"""The group of who plays with nobody."""
_NO_VARIANT: tuple[VariantReading | None, ...] = (None,)


class Questioned(NamedTuple):
    """An item put to a character.

    Attributes:
        agent: number of the character.
        persona: name of the persona that it plays now.
        item: what it rates.
        choice: the same as a model is asked it.
    """

    agent: int
    persona: str
    item: Item
    choice: Choice


def due(society: Society, schedule: Schedule | None, settled: int) -> list[Questioned]:
    """What is to be asked now that a round is settled (0: none yet); empty where nothing is due."""
    if schedule is None or not schedule.is_due(settled, over=society.over):
        return []
    return list(_questions(society, schedule.instrument, settled))


def _questions(society: Society, instrument: Form, settled: int) -> Iterator[Questioned]:
    """Every item, put to everyone with a persona in what it remembers after a round."""
    memory = society.spec.condition.memory
    first: dict[int, int] = {}
    for number, group in enumerate(society.groups):
        for index in group:
            first.setdefault(index, number)
    for character in society.characters:
        if character.casting is None or character.strategy is not None:
            continue
        # Who plays with several is asked in what it remembers of the first of them: the context in
        # which it would act next, rather than one made of all that no choice is ever made in.
        place = first.get(character.index, _NOBODY)
        remembered = character.remembers(memory, place, settled + 1)
        seats = 0 if place == _NOBODY else len(society.groups[place])
        teller = society.tellers.get(seats) or next(iter(society.tellers.values()))
        for item in form(instrument):
            choice = teller.tell_item(item, remembered, character.text)
            yield Questioned(character.index, _persona(character), item, choice)


def _persona(character: Character) -> str:
    return "none" if character.casting is None else character.casting.persona.name


@dataclass
class Inquiry:
    """What the characters of one run are asked, and what they answer.

    Attributes:
        run_id: the run.
        seed: of the run; samples are drawn by it, under keys that no play uses.
        instrument: "ipip-25" or "ipip-10".
        rows: of `probes.parquet`.
        readings: of `probe_readings.parquet`.
    """

    run_id: str
    seed: int
    instrument: Form
    rows: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)

    async def ask(
        self, minds: Minds, asked: Sequence[Questioned], settled: int, urgency: int = 0
    ) -> None:
        """Ask, and note what comes back.

        Args:
            minds: who answers.
            asked: what is put.
            settled: the round that was settled last.
            urgency: rounds that follow.

        Raises:
            CompleterError: the model's endpoint failed.
        """
        posed = [Posed(one.choice, number_of(self.seed, one, settled)) for one in asked]
        answers = await minds.answer(posed, urgency)
        for one, answer in zip(asked, answers, strict=True):
            self._note(one, settled, answer.reading)

    def table(self) -> pl.DataFrame:
        """`probe_readings.parquet`."""
        return pl.DataFrame(self.readings, schema=dict(PROBE_READINGS), orient="row")

    def _note(self, one: Questioned, settled: int, reading: Reading) -> None:
        rating = rated(reading)
        place = (self.run_id, settled, one.agent)
        told = (self.instrument, one.item.key)
        likely = None if rating.probabilities is None else list(rating.probabilities)
        keyed = f"{one.item.keyed:+d}"
        self.rows.append(
            (*place, one.persona, *told, keyed, rating.answer, rating.expected, likely)
        )
        kind = rating.lacking or "decision"
        for variant in reading.variants or _NO_VARIANT:
            self.readings.append((*place, *told, kind, reading.text, *_variant(variant)))


def number_of(seed: int, one: Questioned, settled: int) -> float:
    """The number that a sample of an answer is drawn by."""
    return uniform(seed, "inventory", settled, one.agent, one.item.key)


def _variant(variant: VariantReading | None) -> Row:
    if variant is None:
        return (None, None, None, None, None, [])
    values = variant.log_probabilities
    return (
        variant.variant,
        list(variant.shown_order),
        None if values is None else list(values),
        variant.mass,
        variant.prompt_sha256,
        list(variant.call_keys),
    )
