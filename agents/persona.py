"""The persona: a text in the first person, its coordinates and its source."""

from dataclasses import dataclass
from typing import Literal

Identity = Literal["human", "ai", "none"]
Affect = Literal["affirmed", "unmentioned", "denied"]
Stance = Literal["benevolent", "neutral", "hostile"]
Kind = Literal["respondent", "trope", "control", "scrambled", "own"]


@dataclass(frozen=True, slots=True)
class Persona:
    """Who a character is told to be.

    Attributes:
        name: unique, for example "respondent-61620" or "tin-man".
        identity: human, ai or none.
        affect: whether inner life is affirmed, unmentioned or denied.
        stance: benevolent, neutral or hostile; None where the persona takes none (controls).
        kind: respondent, trope, control, scrambled, or own for a text of the user's.
        source: where the text comes from (data set and id, tradition of fiction, or "control").
        texts: paraphrases, at least one; the empty text means that nothing is said.
        answers: shape (25,), of the person behind it, in the order of the inventory's items, 1 to
            6; empty where nobody answered.
        told: items that each paraphrase tells, in the order told; empty without answers.
        file: the user's file that it was read from; empty for what is shipped.
    """

    name: str
    identity: Identity
    affect: Affect
    stance: Stance | None
    kind: Kind
    source: str
    texts: tuple[str, ...]
    answers: tuple[int, ...] = ()
    told: tuple[tuple[str, ...], ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Casting:
    """A persona in one of its paraphrases: what one seat plays.

    Attributes:
        persona: the persona.
        paraphrase: index into `persona.texts`.
    """

    persona: Persona
    paraphrase: int

    @property
    def text(self) -> str:
        """The words that the model is given."""
        return self.persona.texts[self.paraphrase]
