"""The persona: a text in the first person, its coordinates and its source."""

from dataclasses import dataclass
from typing import Literal

Identity = Literal["human", "ai", "none"]
Affect = Literal["affirmed", "unmentioned", "denied"]
Stance = Literal["benevolent", "neutral", "hostile"]
Kind = Literal["respondent", "trope", "control", "scrambled"]


@dataclass(frozen=True, slots=True)
class Persona:
    """Who a character is told to be.

    Attributes:
        name: unique, for example "respondent-61620" or "tin-man".
        identity: human, ai or none.
        affect: whether inner life is affirmed, unmentioned or denied.
        stance: benevolent, neutral or hostile; None where the persona takes none (controls).
        kind: respondent, trope, control or scrambled.
        source: where the text comes from (data set and id, tradition of fiction, or "control").
        texts: paraphrases, at least one; the empty text means that nothing is said.
    """

    name: str
    identity: Identity
    affect: Affect
    stance: Stance | None
    kind: Kind
    source: str
    texts: tuple[str, ...]


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
