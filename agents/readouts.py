"""Readouts: how a choice becomes requests, and their scores a distribution over the menu.

A readout puts the same choice several times, once for every order of mention, and averages the
log-odds of the options over the orders. Two orders, forward and reversed, are a balanced set: each
option stands before each other one exactly once.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agents.choice import Choice
from agents.completer import Capabilities, ClozeRequest, LabelRequest, Level, Request, Scores
from agents.errors import ReadoutError
from agents.templates import render
from scenarios.catalogue import nearest

_LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of putting a choice.

    Attributes:
        name: "forward", "reversed" or "plain".
        shown_order: menu indices in the order of mention.
        request: what the model is asked; its alternatives are in the order of mention.
    """

    name: str
    shown_order: tuple[int, ...]
    request: Request


@dataclass(frozen=True, slots=True)
class VariantReading:
    """What came back for one variant.

    Attributes:
        log_probabilities: nats, in menu order; None where nothing is known.
        mass: probability put on the menu at all, in [0, 1]; None where nothing is known.
        boundaries: nats that a clause ends after each option, part of its log-probability, in menu
            order; None where no clause is scored.
    """

    variant: str
    shown_order: tuple[int, ...]
    log_probabilities: tuple[float | None, ...]
    mass: float | None
    prompt_sha256: str
    call_keys: tuple[str, ...]
    boundaries: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A model's answer to a choice, before any draw.

    Attributes:
        distribution: probabilities in menu order, summing to 1; None when the answer cannot be
            read as any option.
        mass: probability put on the menu at all, averaged over the variants.
        level: how sure the numbers are; None for scripted seats.
        variants: what every variant gave.
        text: what the model said where the answer cannot be read.
    """

    distribution: tuple[float, ...] | None
    mass: float | None
    level: Level | None
    variants: tuple[VariantReading, ...]
    prompt_sha256: str | None
    call_key: str | None
    prompt_tokens: int
    completion_tokens: int
    text: str


Put = Callable[[Choice], tuple[Variant, ...]]


def put_as_cloze(choice: Choice) -> tuple[Variant, ...]:
    """The character's own turn, begun for it; the situation first, the persona next to the turn."""
    if choice.question:
        rest = render("cloze_quiz", question=choice.question)
        phrases = tuple(f" {phrase}" for phrase in choice.phrases)
        order = tuple(range(len(phrases)))
        return (Variant("plain", order, ClozeRequest(f"{choice.rules}\n\n", rest, phrases)),)
    if choice.persona:
        turn = render("cloze_character", persona=choice.persona)
    else:
        turn = render("cloze_nobody")
    variants = []
    for name, order in _orders(len(choice.phrases)):
        shown = [choice.phrases[index] for index in order]
        before = render(
            "cloze_situation",
            rules=choice.rules,
            choices=f"You can {' or '.join(shown)}.",
            situation=choice.situation,
        )
        phrases = tuple(f" {phrase}" for phrase in shown)
        request = ClozeRequest(f"{before.rstrip()}\n\n", turn, phrases)
        variants.append(Variant(name, order, request))
    return tuple(variants)


def put_as_label(choice: Choice) -> tuple[Variant, ...]:
    """Options under neutral letters, answered with one letter; letters follow the position."""
    variants = []
    for name, order in _orders(len(choice.phrases)):
        labels = tuple(_LABELS[: len(order)])
        options = "\n".join(
            f"{label}) {choice.phrases[index]}" for label, index in zip(labels, order, strict=True)
        )
        if choice.question:
            user = render("label_quiz", question=choice.question, options=options)
        else:
            character = (
                render("label_character", persona=choice.persona) + "\n" if choice.persona else ""
            )
            user = render(
                "label_act", situation=choice.situation, character=character, options=options
            ).lstrip()
        variants.append(Variant(name, order, LabelRequest(choice.rules, user, labels)))
    return tuple(variants)


READOUTS: Mapping[str, Put] = MappingProxyType({"cloze": put_as_cloze, "label": put_as_label})
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


def combine(choice: Choice, variants: Sequence[Variant], scores: Sequence[Scores]) -> Reading:
    """Average the log-odds over the variants and normalise over the menu."""
    readings = tuple(_in_menu_order(v, s) for v, s in zip(variants, scores, strict=True))
    distribution = _distribution([reading.log_probabilities for reading in readings])
    masses = [reading.mass for reading in readings if reading.mass is not None]
    return Reading(
        distribution=distribution,
        mass=sum(masses) / len(masses) if masses else None,
        level=max((score.level for score in scores), key=("exact", "top", "bounded").index),
        variants=readings,
        prompt_sha256=sha256("\n".join(reading.prompt_sha256 for reading in readings)),
        call_key=sha256("\n".join(key for score in scores for key in score.call_keys)),
        prompt_tokens=sum(score.prompt_tokens for score in scores),
        completion_tokens=sum(score.completion_tokens for score in scores),
        text="" if distribution else " / ".join(score.text for score in scores),
    )


def draw(distribution: Sequence[float], uniform: float) -> int:
    """Index drawn by inversion, in menu order, so that common numbers give nested draws."""
    below = 0.0
    for index, probability in enumerate(distribution):
        below += probability
        if uniform < below:
            return index
    return max(index for index, probability in enumerate(distribution) if probability > 0)


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _orders(options: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    forward = tuple(range(options))
    return (("forward", forward), ("reversed", forward[::-1]))


def _in_menu_order(variant: Variant, scores: Scores) -> VariantReading:
    places = [variant.shown_order.index(option) for option in range(len(variant.shown_order))]
    values = tuple(scores.log_probabilities[place] for place in places)
    ends = scores.boundaries
    known = [value for value in values if value is not None]
    return VariantReading(
        variant=variant.name,
        shown_order=variant.shown_order,
        log_probabilities=values,
        mass=_mass(known, scores),
        prompt_sha256=sha256(variant.request.prompt),
        call_keys=scores.call_keys,
        boundaries=None if ends is None else tuple(ends[place] for place in places),
    )


def _mass(known: Sequence[float], scores: Scores) -> float | None:
    if scores.mass is not None or not known:
        return scores.mass
    return min(1.0, sum(map(math.exp, known)))


def _distribution(rows: Sequence[Sequence[float | None]]) -> tuple[float, ...] | None:
    means = []
    for column in zip(*rows, strict=True):
        known = [value for value in column if value is not None]
        if len(known) < len(column):
            return None
        means.append(sum(known) / len(known))
    top = max(means)
    weights = [math.exp(mean - top) for mean in means]
    return tuple(weight / sum(weights) for weight in weights)
