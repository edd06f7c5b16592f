"""How statements about somebody become a text: one generator for humans, minds and tropes.

Both sides of every comparison of identities pass through the same frames, so that they differ in
what is said and not in how it is put together (DESIGN section 5, claim C2).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

STRENGTHS: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
ADVERBS: tuple[str, ...] = ("never", "rarely", "sometimes", "often", "very often", "always")
"""Adverb for each strength, 1 (very inaccurate) to 6 (very accurate).

People place these on a scale from 0 to 10 at 0.1, 1.3, 3.6, 6.6, 8.3 and 10.0: in order, and
within 0.7 of equal steps of 2. Source: Rohrmann, Project VQS, verbal qualifiers for rating
scales, June 2000, frequency. The step from degree of accuracy to frequency is ours.
"""

STATEMENTS = 9
PARAPHRASES = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about somebody.

    Attributes:
        phrase: verb phrase in the first person with {} where the adverb stands, for example
            "am {} full of ideas".
        strength: 1 (very inaccurate) to 6 (very accurate).
    """

    phrase: str
    strength: int

    def told(self) -> str:
        """The clause, for example "I am often full of ideas"."""
        return "I " + self.phrase.format(ADVERBS[self.strength - 1])


@dataclass(frozen=True, slots=True)
class Being:
    """Who speaks: a noun phrase and two facts, each of a few words."""

    noun: str
    first: str
    second: str


HUMAN = "a human being"
MIND = "an artificial mind"

_FRAMES = (
    "I am {noun}, {first}, {second}. {}. {}, and {}. {}. {}, and {}. {}, and {}. {}.",
    "{}, and {}. {}. {}, and {}. I am {noun}, {second}, {first}. {}. {}, and {}. {}.",
    "As {noun}, {second} and {first}, {}. {}. {}, and {}. {}, and {}. {}. {}, and {}.",
)
_AS_FRAME = 2
"""The frame whose clause is the beginning of a sentence; it ends before "I"."""
_SENTENCES_BEFORE = (0, 3)
"""Sentences before the clause, in the other frames."""


def tell(being: Being, statements: Sequence[Statement], paraphrase: int) -> str:
    """The text of one paraphrase.

    Args:
        being: who speaks.
        statements: exactly STATEMENTS, in the order told.
        paraphrase: which frame, in [0, PARAPHRASES).
    """
    if len(statements) != STATEMENTS:
        raise ValueError(f"a text tells {STATEMENTS} statements, not {len(statements)}")
    clauses = (statement.told() for statement in statements)
    return _FRAMES[paraphrase].format(
        *clauses, noun=being.noun, first=being.first, second=being.second
    )


def being_clause(text: str, paraphrase: int) -> tuple[int, int]:
    """Where a text made by `tell` says what its speaker is, noun and facts: start and end.

    What follows the clause, an added sentence too, is not part of it.

    Args:
        text: as `tell` made it, perhaps with sentences after it.
        paraphrase: which frame.

    Raises:
        ValueError: the text was not made so.
    """
    if paraphrase % PARAPHRASES == _AS_FRAME:
        return 0, text.index(", I ") + 1
    start = 0
    for _ in range(_SENTENCES_BEFORE[paraphrase % PARAPHRASES]):
        start = text.index(". ", start) + 2
    return start, text.index(".", start) + 1


def uniform(*keys: object) -> float:
    """A number in [0, 1) fixed by its keys, for choices that belong to a text, not to a run."""
    digest = hashlib.sha256("/".join(map(str, keys)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def shuffled(names: Sequence[str], *keys: object) -> tuple[str, ...]:
    """The names in an order fixed by the keys."""
    return tuple(sorted(names, key=lambda name: (uniform(*keys, name), name)))
