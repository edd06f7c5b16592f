"""The inventory: items of the International Personality Item Pool, answered in character.

Self-report is a check of whether a persona was taken on; it is never the behaviour. The items and
the instruction to describe oneself as one generally is are the pool's own (ipip.ori.org, public
domain), and the scale is the one that the 2,215 people of the data answered on.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from agents.choice import Choice
from agents.reading import Lack, Reading, sha256

Form = Literal["ipip-25", "ipip-10"]
FORMS: tuple[Form, ...] = ("ipip-25", "ipip-10")
SCALE: tuple[str, ...] = (
    "very inaccurate",
    "moderately inaccurate",
    "slightly inaccurate",
    "slightly accurate",
    "moderately accurate",
    "very accurate",
)
"""Scored 1 to 6."""
SHORT: tuple[str, ...] = ("A1", "A3", "C2", "C4", "E2", "E4", "N1", "N3", "O3", "O5")
"""Of every trait the item of each key that goes best with the rest of its scale in the 2,215 people
(corrected item-total correlation); of neuroticism, all of whose items are keyed alike, the two
best. A test chooses them again."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        key: for example "A1".
        trait: agreeableness, conscientiousness, extraversion, neuroticism or openness.
        keyed: 1, or -1 where agreeing speaks against the trait.
        statement: in the first person, without a full stop.
    """

    key: str
    trait: str
    keyed: int
    statement: str


@dataclass(frozen=True, slots=True)
class Rating:
    """An answer to an item.

    Attributes:
        answer: the most probable phrase, or the one said; None where there is none.
        expected: score from 1 to 6, the mean over the distribution, or the score of what was said.
        probabilities: in the order of SCALE; None where the readout gives none.
        lacking: what came instead of an answer.
    """

    answer: str | None
    expected: float | None
    probabilities: tuple[float, ...] | None
    lacking: Lack | None


@cache
def items() -> Mapping[str, Item]:
    """All 25 items by key, in the order of the data."""
    text = files("agents").joinpath("data/items.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType(
        {
            row["item"]: Item(row["item"], row["trait"], int(row["key"]), _spoken(row["text"]))
            for row in rows
        }
    )


def _spoken(text: str) -> str:
    """An item as somebody says it of itself: of "Am full of ideas." "I am full of ideas"."""
    return f"I {text[0].lower()}{text[1:].removesuffix('.')}"


def form(name: Form) -> tuple[Item, ...]:
    """The items of a form, in the order of the data."""
    known = items()
    return tuple(known.values()) if name == "ipip-25" else tuple(known[key] for key in SHORT)


def digest(name: Form) -> str:
    """SHA-256 of what a form asks: its statements and the scale."""
    return sha256("\n".join((*(item.statement for item in form(name)), *SCALE)))


def put(item: Item, persona: str, rules: str = "", situation: str = "") -> Choice:
    """An item as a choice, put to a persona.

    Args:
        item: what is rated.
        persona: the persona's text; empty for nobody in particular.
        rules: of the game in which it is asked, if any.
        situation: what the character remembers of it.
    """
    return Choice(rules, situation, persona, "", SCALE, "", item.statement)


def rated(reading: Reading) -> Rating:
    """What a reading of an item says."""
    distribution = reading.distribution
    if distribution is not None:
        expected = sum(score * p for score, p in enumerate(distribution, start=1))
        likeliest = SCALE[distribution.index(max(distribution))]
        return Rating(likeliest, expected, distribution, None)
    if reading.chosen is not None:
        return Rating(SCALE[reading.chosen], reading.chosen + 1.0, None, None)
    return Rating(None, None, None, reading.lacking or "unparsed")
