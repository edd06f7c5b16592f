"""Memory: what a character still knows, a pure function of what it saw."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.game import Event

Seen = Sequence[tuple[int, Event]]
"""What a character saw in one group, oldest first: (round, event)."""


WORDS = "words"
"""Kind of the events that are somebody's own words; their one fact is the text."""
STANDING = frozenset({"supervisor", "news", "reminder"})
"""Kinds of the events that an intervention brings: their one fact is a text, they are known from
then on whatever else is remembered, and the prompt template of the same name tells them."""


class _Memory(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(_Memory):
    """Every round is the first."""

    kind: Literal["none"] = "none"


class Last(_Memory):
    """The last `rounds` rounds with this partner or group."""

    kind: Literal["last"] = "last"
    rounds: int = Field(default=1, ge=1)


class Tally(_Memory):
    """How often the other did what, over all rounds."""

    kind: Literal["tally"] = "tally"


Memory = Annotated[Nothing | Last | Tally, Field(discriminator="kind")]


def recall(memory: Memory, seen: Seen, now: int) -> tuple[tuple[int, Event], ...]:
    """What is remembered in round `now`.

    Args:
        memory: the kind of memory.
        seen: what was seen so far.
        now: the round being played.

    Returns:
        (age in rounds, event) pairs, oldest first; a tally is one event of age 0 of kind "tally"
        with the facts (option key, count). Words that were heard in round `now` are always known.
    """
    match memory:
        case Last(rounds=rounds):
            oldest = now - rounds
            remembered = []
            for when, event in reversed(seen):
                if when < oldest:
                    break
                remembered.append((now - when, event))
            remembered.reverse()
            return tuple(remembered)
        case Nothing():
            return _just_heard(seen, now)
        case Tally():
            return (*_tally(seen), *_just_heard(seen, now))


def name(memory: Memory) -> str:
    """A short name for conditions: none, last-1, tally."""
    return f"last-{memory.rounds}" if isinstance(memory, Last) else memory.kind


def _just_heard(seen: Seen, now: int) -> tuple[tuple[int, Event], ...]:
    return tuple((0, event) for when, event in seen if when == now and event.kind == WORDS)


def _tally(seen: Seen) -> tuple[tuple[int, Event], ...]:
    counts = Counter(
        str(value)
        for _, event in seen
        for fact, value in event.facts
        if fact in ("other", "others") and isinstance(value, str)
    )
    if not counts:
        return ()
    seat = seen[0][1].seat
    return ((0, Event(seat, "tally", tuple(sorted(counts.items())))),)
