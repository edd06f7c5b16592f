"""Answers: what came back for an ask, as values. What a model failed to say is one of them."""

from dataclasses import dataclass
from typing import NamedTuple

from agents.reading import Reading


class Decision(NamedTuple):
    """An option was chosen: its position in the menu, drawn from the reading's distribution."""

    position: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declined to choose; its words are in the reading."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Unparsed:
    """The answer cannot be read as any option; its words are in the reading."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Failed:
    """The call failed for good; why is in the reading."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a character said in its own words, where it was asked for nothing else.

    Attributes:
        reading: the evidence.
    """

    reading: Reading

    @property
    def words(self) -> str | None:
        """The words; None where it declined, said nothing, or the call failed."""
        return None if self.reading.lacking else self.reading.text


Answer = Decision | Refusal | Unparsed | Failed | Spoken
