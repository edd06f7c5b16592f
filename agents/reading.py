"""A reading: what came back for a choice, and how variants of it are combined.

The same choice is put several times, once for every order of mention, and the log-odds of the
options are averaged over the orders. Two orders, forward and reversed, are a balanced set: each
option stands before each other one exactly once.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.completer import Level, Request, Scores, Speech, SpeechRequest, total

Lack = Literal["refusal", "unparsed", "failed"]
"""The model declined to choose; its words are no option; or the call failed for good."""
BETWEEN_TEXTS = "\n---\n"
"""Stands between several things that a model said for one answer."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of putting a choice.

    Attributes:
        name: "forward", "reversed" or "plain"; behind "again-1-" and so on when asked again.
        shown_order: menu indices in the order of mention.
        request: what the model is asked; its alternatives are in the order of mention.
    """

    name: str
    shown_order: tuple[int, ...]
    request: Request


@dataclass(frozen=True, slots=True)
class Put:
    """A choice put for an answer in words.

    Attributes:
        name: "forward", "reversed", "thought", or "again-1" and so on when asked again.
        shown_order: menu indices in the order of mention.
        request: what the model is asked to say.
    """

    name: str
    shown_order: tuple[int, ...]
    request: SpeechRequest


@dataclass(frozen=True, slots=True)
class VariantReading:
    """What came back for one variant.

    Attributes:
        variant: its name; "neutral-forward" and "neutral-reversed" are means over a panel.
        shown_order: menu indices in the order of mention.
        log_probabilities: nats, in menu order; None where nothing is known, and None in all where
            the answer came in words.
        mass: probability put on the menu at all, in [0, 1]; None where nothing is known.
        boundaries: nats that a clause ends after each option, part of its log-probability, in menu
            order; None where no clause is scored.
    """

    variant: str
    shown_order: tuple[int, ...]
    log_probabilities: tuple[float | None, ...] | None
    mass: float | None
    prompt_sha256: str
    call_keys: tuple[str, ...]
    boundaries: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A model's answer to a choice, before any draw.

    Attributes:
        distribution: probabilities in menu order, summing to 1; None where the readout gives none
            or there is no answer.
        mass: probability put on the menu at all, averaged over the variants.
        level: how sure the numbers are; None for scripted seats and where nothing is known.
        variants: what every variant gave.
        prompt_sha256: hash over the prompts; None for scripted seats.
        call_key: hash over the keys of the recorded calls; None for scripted seats.
        prompt_tokens: of all prompts together; None where the endpoint does not tell.
        completion_tokens: generated, in all calls together; likewise.
        text: what the model said, where it said anything, or why the call failed.
        chosen: the option said, as a position in the menu, where the answer is one sample.
        lacking: what came instead of an answer; None where there is one.
        calibrated: the distribution without what a panel of neutral personas has in common; beside
            the raw one, never instead of it. None where no panel was asked.
    """

    distribution: tuple[float, ...] | None
    mass: float | None
    level: Level | None
    variants: tuple[VariantReading, ...]
    prompt_sha256: str | None
    call_key: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    text: str
    chosen: int | None = None
    lacking: Lack | None = None
    calibrated: tuple[float, ...] | None = None


def combine(variants: Sequence[Variant], scores: Sequence[Scores]) -> Reading:
    """Average the log-odds over the variants and normalise over the menu."""
    readings = tuple(_in_menu_order(v, s) for v, s in zip(variants, scores, strict=True))
    is_refused = any(score.refused for score in scores)
    rows = [reading.log_probabilities or () for reading in readings]
    distribution = None if is_refused else mean_distribution(rows)
    masses = [reading.mass for reading in readings if reading.mass is not None]
    return Reading(
        distribution=distribution,
        mass=sum(masses) / len(masses) if masses else None,
        level=max((score.level for score in scores), key=("exact", "top", "bounded").index),
        variants=readings,
        prompt_sha256=sha256("\n".join(reading.prompt_sha256 for reading in readings)),
        call_key=sha256("\n".join(key for score in scores for key in score.call_keys)),
        prompt_tokens=total(score.prompt_tokens for score in scores),
        completion_tokens=total(score.completion_tokens for score in scores),
        text="" if distribution else " / ".join(score.text for score in scores),
        lacking=_lack(distribution, scores),
    )


def _lack(distribution: object, scores: Sequence[Scores]) -> Lack | None:
    if distribution is not None:
        return None
    return "refusal" if any(score.refused for score in scores) else "unparsed"


def spoken(put: Put, speech: Speech, found: int | Lack | None) -> Reading:
    """The reading of one answer in words.

    Args:
        put: how it was asked.
        speech: what was said.
        found: the option said, or what came instead; None where no option was asked for.
    """
    prompt = sha256(put.request.prompt)
    return Reading(
        distribution=None,
        mass=None,
        level="sampled",
        variants=(VariantReading(put.name, put.shown_order, None, None, prompt, speech.call_keys),),
        prompt_sha256=sha256(prompt),
        call_key=sha256("\n".join(speech.call_keys)),
        prompt_tokens=speech.prompt_tokens,
        completion_tokens=speech.completion_tokens,
        text=speech.text,
        chosen=found if isinstance(found, int) else None,
        lacking=None if isinstance(found, int) else found,
    )


def following(earlier: Reading, later: Reading) -> Reading:
    """The later reading, with all that came before it kept: variants, calls, tokens and words."""
    texts = [reading.text for reading in (earlier, later) if reading.text]
    return replace(
        later,
        variants=earlier.variants + later.variants,
        prompt_sha256=_hashed(earlier.prompt_sha256, later.prompt_sha256),
        call_key=_hashed(earlier.call_key, later.call_key),
        prompt_tokens=total((earlier.prompt_tokens, later.prompt_tokens)),
        completion_tokens=total((earlier.completion_tokens, later.completion_tokens)),
        text=BETWEEN_TEXTS.join(texts),
    )


def _hashed(*hashes: str | None) -> str:
    return sha256("\n".join(each for each in hashes if each is not None))


def failed(message: str, call_keys: Sequence[str]) -> Reading:
    """The reading of a call that failed for good."""
    key = sha256("\n".join(call_keys))
    return Reading(None, None, None, (), None, key, 0, 0, message, lacking="failed")


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


def orders(options: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """A balanced set of orders of mention: name, and menu indices in that order."""
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


def mean_distribution(rows: Sequence[Sequence[float | None]]) -> tuple[float, ...] | None:
    """Mean log-odds over rows of nats, as probabilities; None where a value says nothing."""
    means = []
    for column in zip(*rows, strict=True):
        known = [value for value in column if value is not None]
        if len(known) < len(column):
            return None
        means.append(sum(known) / len(known))
    top = max(means)
    if any(map(math.isnan, means)) or math.isinf(top):
        return None
    weights = [math.exp(mean - top) for mean in means]
    return tuple(weight / sum(weights) for weight in weights)
