"""A person who answered the inventory: 25 answers, a gender and an age, and the scales of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agents.statements import STRENGTHS

ITEMS: tuple[str, ...] = tuple(f"{trait}{number}" for trait in "ACENO" for number in range(1, 6))
REVERSED = frozenset({"A1", "C4", "C5", "E1", "E2", "O2", "O5"})
"""Items whose answer counts as 7 minus itself. Source: `data/items.csv`."""

SCALES: Mapping[str, str] = MappingProxyType(
    {
        "agreeableness": "A",
        "conscientiousness": "C",
        "extraversion": "E",
        "neuroticism": "N",
        "openness": "O",
        "emotional_stability": "N",
    }
)
"""First letter of the items of each scale; emotional stability is neuroticism reversed."""
_SCALE_ENDS = STRENGTHS[0] + STRENGTHS[-1]
_PER_SCALE = 5
LEAST, MOST = _PER_SCALE * STRENGTHS[0], _PER_SCALE * STRENGTHS[-1]
"""Smallest and largest sum of a scale."""


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person's answers.

    Attributes:
        id: number in the data set, or whatever a file of own people names them by; for a scrambled
            person the number that fixes the draws.
        answers: shape (25,), in the order of ITEMS, 1 (very inaccurate) to 6 (very accurate).
        gender: "female" or "male"; own people may be called by other words.
        age: years.
    """

    id: int | str
    answers: tuple[int, ...]
    gender: str
    age: int

    def scale(self, name: str) -> int:
        """Sum of the five items of a scale, 5 to 30, with what is keyed in reverse reversed.

        Args:
            name: a key of SCALES.
        """
        first = ITEMS.index(f"{SCALES[name]}1")
        items = slice(first, first + _PER_SCALE)
        total = sum(
            _SCALE_ENDS - answer if item in REVERSED else answer
            for item, answer in zip(ITEMS[items], self.answers[items], strict=True)
        )
        return _PER_SCALE * _SCALE_ENDS - total if name == "emotional_stability" else total

    @property
    def agreeableness(self) -> int:
        """Sum of five items, 5 to 30; A1 is reverse-keyed."""
        return self.scale("agreeableness")

    @property
    def emotional_stability(self) -> int:
        """Sum of the five neuroticism items, all reversed, 5 to 30."""
        return self.scale("emotional_stability")


@dataclass(frozen=True, slots=True)
class Panel:
    """People of a file of one's own.

    Attributes:
        name: of the panel, and the beginning of every person's name.
        source: where the answers come from, and how they were scaled.
        file: the file they were read from.
        people: in the order of the file.
        notes: what is to be said about the file, such as how many people were left out.
    """

    name: str
    source: str
    file: str
    people: tuple[Respondent, ...]
    notes: tuple[str, ...] = ()
