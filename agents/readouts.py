"""Readouts: how an action is read from a model. Each gives the reading of a choice.

A readout with probabilities reads a choice once; one with samples reads it once for every number of
a sample, and other numbers are other answers of the same model to the same prompt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

from agents.alternatives import CLOZES, ClozeForm, put_as_cloze, put_as_label
from agents.choice import Choice
from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest
from agents.errors import CallFailedError, ReadoutError
from agents.parsing import declines, option_in_json, option_named
from agents.quoting import quoted
from agents.reading import (
    Lack,
    Put,
    Reading,
    Variant,
    combine,
    failed,
    following,
    spoken,
)
from agents.speaking import put_as_json, put_as_speech, put_for_thought, put_for_words
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
        speech: whether what is said is told in the wording's phrases, or in the character's own
            words beside them.
    """

    draws: int = 20
    temperature: float = 1.0
    reask: int = 0
    panel: tuple[str, ...] = ()
    speech: Literal["phrases", "words"] = "phrases"


class Asked(Protocol):
    """A model that is being asked about one choice."""

    async def capabilities(self) -> Capabilities:
        """What the endpoint was found able to do."""

    async def score(self, request: Request) -> Scores:
        """Score the alternatives of one request."""

    async def say(self, request: SpeechRequest) -> Speech:
        """Let the model speak."""


Read = Callable[[Asked, Choice, int, Manner], Awaitable[Reading]]
"""Reads a choice: the model, the choice, the number of the sample, and the manner."""


def read_cloze(form: ClozeForm) -> Read:
    """Probability of each option's words after the character's own begun turn."""

    async def read(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
        return await _scored(model, put_as_cloze(choice, form=form))

    return read


async def read_label(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """Probability of each option's letter as the first token of the reply."""
    return await _until_read(lambda again: _scored(model, put_as_label(choice, "", again)), manner)


async def read_json(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """A reason and an action as one JSON object."""

    def attempt(again: int) -> Awaitable[Reading]:
        put = put_as_json(choice, sample, manner.temperature, again)
        return _said(model, put, lambda speech: option_in_json(speech.text, choice.phrases))

    return await _until_read(attempt, manner)


async def read_sample(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """A free answer, in which exactly one option must be named."""

    def attempt(again: int) -> Awaitable[Reading]:
        put = put_as_speech(choice, sample, manner.temperature, again)
        return _said(model, put, lambda said: option_named(said.text, choice.phrases, cut=said.cut))

    return await _until_read(attempt, manner)


async def read_deliberate(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """A thought in the character's own words, then the probability of each option given it.

    What is asked of nobody in particular is read without a thought.
    """
    able = await model.capabilities()
    said: list[str] = []

    def heard(speech: Speech) -> Lack | None:
        said.append(speech.text)
        return _wordless(speech.text, choice.phrases)

    def attempt(again: int) -> Awaitable[Reading]:
        return _said(model, put_for_thought(choice, sample, manner.temperature, again), heard)

    def choose(thought: str) -> Awaitable[Reading]:
        if able.cloze:
            return _scored(model, put_as_cloze(choice, thought))
        return _until_read(
            lambda again: _scored(model, put_as_label(choice, thought, again)), manner
        )

    if choice.question:
        return await choose("")
    thinking = await _until_read(attempt, manner)
    return thinking if thinking.lacking else await _after(thinking, choose(said[-1]))


async def speak(model: Asked, choice: Choice, sample: int, manner: Manner) -> Reading:
    """The words in which a character says what it has chosen to say.

    There is no option to find in them; an answer without any words is unparsed.
    """
    put = put_for_words(choice, sample, manner.temperature)

    def heard(speech: Speech) -> Lack | None:
        return _wordless(speech.text, (choice.saying,))

    return await _said(model, put, heard)


READOUTS: Mapping[str, Read] = MappingProxyType(
    {
        **{name: read_cloze(form) for name, form in CLOZES.items()},
        "label": read_label,
        "json": read_json,
        "deliberate": read_deliberate,
        "sample": read_sample,
    }
)
SAMPLED: frozenset[str] = frozenset({"json", "deliberate", "sample"})
"""Readouts whose answers are samples, or depend on one."""
DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "the best that the endpoint can do: cloze, else label, else json, else sample",
        "cloze": "probability of each option's words after the character's own begun turn",
        "cloze-continued": "cloze whose turn goes on from the persona's own words: So I will",
        "cloze-persona-first": "cloze with the persona told before the situation",
        "label": "probability of each option's letter as the first token of the reply",
        "json": "a reason and an action as one JSON object; one sample a decision",
        "deliberate": "a sampled thought in the first person, then cloze or label given it",
        "sample": "a free answer that names exactly one option; one sample a decision",
    }
)
NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "log-probabilities or chat replies",
        **dict.fromkeys(CLOZES, "log-probabilities of continuations"),
        "label": "log-probabilities of chat replies",
        "json": "chat replies",
        "deliberate": "chat replies, and log-probabilities of continuations or of chat replies",
        "sample": "chat replies",
    }
)


def possible(capabilities: Capabilities) -> tuple[str, ...]:
    """The readouts that an endpoint can do, in the order of READOUTS."""
    can = {
        **dict.fromkeys(CLOZES, capabilities.cloze),
        "label": capabilities.label,
        "json": capabilities.chat,
        "deliberate": capabilities.chat and (capabilities.cloze or capabilities.label),
        "sample": capabilities.chat,
    }
    return tuple(name for name in READOUTS if can[name])


def resolve(name: str, capabilities: Capabilities) -> str:
    """The readout to use on an endpoint.

    Raises:
        ReadoutError: unknown, or the endpoint cannot do it; says what it lacks.
    """
    if name not in DESCRIPTIONS:
        raise ReadoutError(f"unknown readout {name!r}{nearest(name, DESCRIPTIONS)}")
    can = possible(capabilities)
    if name in can:
        return name
    if name != "auto":
        others = f"it can do {', '.join(can)}" if can else "it can do none of the readouts"
        raise ReadoutError(
            f"readout {name!r} needs {NEEDS[name]} that this endpoint does not give; {others};"
            " `society models check` shows more"
        )
    preferred = [each for each in ("cloze", "label", "json", "sample") if each in can]
    if "json" in preferred and capabilities.structure == "none":
        preferred.remove("json")
    if preferred:
        return preferred[0]
    raise ReadoutError(
        f"readout 'auto' needs {NEEDS['auto']}, and this endpoint gives neither;"
        " `society models check` shows more"
    )


def check_speech(manner: Manner, capabilities: Capabilities) -> None:
    """Refuse to let characters speak in their own words where the endpoint cannot.

    Raises:
        ReadoutError: says what it lacks.
    """
    if manner.speech == "words" and not capabilities.chat:
        raise ReadoutError(
            "mind.speech = 'words' needs chat replies that this endpoint does not give: write"
            " speech = 'phrases'; `society models check` shows more"
        )


async def _scored(model: Asked, variants: tuple[Variant, ...]) -> Reading:
    """All variants at once; where one fails, the others are waited for first."""
    asked = (model.score(variant.request) for variant in variants)
    scores = await asyncio.gather(*asked, return_exceptions=True)
    for score in scores:
        if isinstance(score, BaseException):
            raise score
    return combine(variants, [score for score in scores if isinstance(score, Scores)])


async def _said(model: Asked, put: Put, parse: Callable[[Speech], int | Lack | None]) -> Reading:
    """One answer in words; what the endpoint marks as a refusal is one, whatever it says."""
    speech = await model.say(put.request)
    return spoken(put, speech, "refusal" if speech.refused else parse(speech))


def _wordless(text: str, phrases: Sequence[str]) -> Lack | None:
    """What came instead of words about these options; None where they are such."""
    if not quoted(text):
        return "unparsed"
    return "refusal" if declines(text, phrases) else None


async def _until_read(attempt: Callable[[int], Awaitable[Reading]], manner: Manner) -> Reading:
    """Ask, and where the answer cannot be read ask again, as often as the manner declares."""
    reading = await attempt(0)
    for again in range(1, manner.reask + 1):
        if reading.lacking != "unparsed":
            break
        reading = await _after(reading, attempt(again))
    return reading


async def _after(earlier: Reading, later: Awaitable[Reading]) -> Reading:
    """What came later; where it failed for good, what was said before is kept."""
    try:
        return following(earlier, await later)
    except CallFailedError as error:
        return following(earlier, failed(str(error), error.call_keys))
