"""Readouts: how an action is read from a model. Each gives the reading of a choice.

A readout with probabilities reads a choice once; one with samples reads it once for every number of
a sample, and other numbers are other answers of the same model to the same prompt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from agents.alternatives import put_as_cloze, put_as_label
from agents.choice import Choice
from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest
from agents.errors import ReadoutError
from agents.reading import Reading, Variant, combine
from scenarios.catalogue import nearest


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sweep reads answers, beside the readout; the same for all its runs.

    Attributes:
        draws: at most so many different samples of one context; each decision takes the sample
            that its own random number points to. Readouts with probabilities need none.
        temperature: of sampled text, at least 0; at 0 all samples are one.
        reask: how often an answer that cannot be read is asked for again, with a reminder of the
            form; a treatment, so none unless declared.
        panel: texts of neutral personas that calibrate; empty for none.
    """

    draws: int = 20
    temperature: float = 1.0
    reask: int = 0
    panel: tuple[str, ...] = ()


class Asked(Protocol):
    """A model that is being asked about one choice."""

    async def score(self, request: Request) -> Scores:
        """Score the alternatives of one request."""

    async def say(self, request: SpeechRequest) -> Speech:
        """Let the model speak."""


Read = Callable[[Asked, Choice, int, Manner], Awaitable[Reading]]
"""Reads a choice: the model, the choice, the number of the sample, and the manner."""


async def read_cloze(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """Probability of each option's words after the character's own begun turn."""
    return await _scored(model, put_as_cloze(choice))


async def read_label(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """Probability of each option's letter as the first token of the reply."""
    return await _scored(model, put_as_label(choice))


READOUTS: Mapping[str, Read] = MappingProxyType({"cloze": read_cloze, "label": read_label})
SAMPLED: frozenset[str] = frozenset()
"""Readouts whose answers are samples."""
DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "the best that the endpoint can do: cloze, else label",
        "cloze": "probability of each option's words after the character's own begun turn",
        "label": "probability of each option's letter as the first token of the reply",
    }
)


def resolve(name: str, capabilities: Capabilities) -> str:
    """The readout to use on an endpoint.

    Raises:
        ReadoutError: unknown, or the endpoint cannot do it.
    """
    if name not in DESCRIPTIONS:
        raise ReadoutError(f"unknown readout {name!r}{nearest(name, DESCRIPTIONS)}")
    can = {"cloze": capabilities.cloze, "label": capabilities.label}
    if name == "auto":
        name = next((known for known in ("cloze", "label") if can[known]), "auto")
    if not can.get(name):
        raise ReadoutError(
            f"readout {name!r} needs log-probabilities that this endpoint does not give"
            f" (cloze: {can['cloze']}, label: {can['label']}); `society models check` shows more"
        )
    return name


async def _scored(model: Asked, variants: tuple[Variant, ...]) -> Reading:
    """All variants at once; where one fails, the others are waited for first."""
    asked = (model.score(variant.request) for variant in variants)
    scores = await asyncio.gather(*asked, return_exceptions=True)
    for score in scores:
        if isinstance(score, BaseException):
            raise score
    return combine(variants, [score for score in scores if isinstance(score, Scores)])
