"""Minds turn asks into answers: a model behind a readout, or a scripted strategy."""

import asyncio
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from agents.answers import Answer, Decision, Failed, Refusal, Spoken, Unparsed
from agents.calibration import calibrate
from agents.choice import Choice
from agents.completer import Capabilities, Completer, Request, Scores, Speech, SpeechRequest
from agents.errors import CallFailedError
from agents.reading import Reading, draw, failed
from agents.readouts import READOUTS, SAMPLED, Manner, speak


class Posed(NamedTuple):
    """An ask ready to be answered.

    Attributes:
        choice: what a model is asked to choose or to say, or the distribution of a scripted seat.
        uniform: the number in [0, 1) that the drawn action comes from.
    """

    choice: Choice | tuple[float, ...]
    uniform: float


class _Urn(NamedTuple):
    """What can be drawn from a reading: a number below the first limit gives the first decision."""

    limits: list[float]
    decisions: list[Decision]


Wanted = tuple[Choice, int]
"""A choice, and the number of the sample."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The model while it is asked about one choice.

    Attributes:
        model: who answers.
        urgency: of those that wait, the one with the highest goes first.
        on_reply: called whenever one prompt has been answered.
    """

    model: Completer
    urgency: int
    on_reply: Callable[[], None] | None

    async def capabilities(self) -> Capabilities:
        """What the endpoint was found able to do."""
        return await self.model.capabilities()

    async def score(self, request: Request) -> Scores:
        """Score the alternatives of one request."""
        return self._told(await self.model.score(request, self.urgency))

    async def say(self, request: SpeechRequest) -> Speech:
        """Let the model speak."""
        speech = await self.model.say(request, self.urgency)
        if self.on_reply is not None:
            self.on_reply()
        return speech

    def _told(self, scores: Scores) -> Scores:
        if self.on_reply is not None:
            self.on_reply()
        return scores


class Minds:
    """All characters' minds of a sweep: one model, one readout, every context asked once.

    Contexts are shared between characters, seeds and runs, also while they are being asked.
    """

    def __init__(
        self,
        completer: Completer | None,
        readout: str,
        manner: Manner | None = None,
        on_score: Callable[[], None] | None = None,
    ) -> None:
        """Bind a model to a readout.

        Args:
            completer: the model; None when every seat is scripted.
            readout: a key of READOUTS.
            manner: how answers are read beside that.
            on_score: called whenever one prompt of a context has been answered.
        """
        self._on_score = on_score
        self._completer = completer
        self._read = READOUTS[readout]
        self._manner = manner or Manner()
        self._samples = self._manner.draws if self._manner.temperature else 1
        self._draws = self._samples if readout in SAMPLED else 1
        self._readings: dict[Wanted, asyncio.Future[Reading]] = {}
        self._panel = () if readout in SAMPLED else self._manner.panel
        self._uncalibrated: dict[Choice, asyncio.Future[Reading]] = {}
        self._urns: dict[int, _Urn] = {}

    @property
    def distinct_contexts(self) -> int:
        """How many different choices were put so far."""
        return len({choice for choice, _ in self._readings} | self._uncalibrated.keys())

    async def answer(self, asks: Sequence[Posed], urgency: int = 0) -> list[Answer]:
        """Answers in the order of the asks.

        Args:
            asks: what is asked.
            urgency: rounds that follow; of those that wait, the one with most goes first, so that
                no run is left to play alone at the end.

        Raises:
            CompleterError: the model's endpoint failed.
        """
        # Held here, because a failed reading is forgotten before those who wait for it go on.
        readings = [self._reading_of(ask, urgency) for ask in asks]
        waiting = {r for r, _ in readings if r is not None and not r.done()}
        if waiting:
            # Not gather: a run that is cancelled must not cancel what other runs wait for.
            await asyncio.wait(waiting)
        return [
            self._answer(ask, scripted(ask.choice) if reading is None else reading.result(), number)
            for ask, (reading, number) in zip(asks, readings, strict=True)
        ]

    def _answer(self, ask: Posed, reading: Reading, uniform: float) -> Answer:
        if isinstance(ask.choice, Choice) and ask.choice.saying:
            return Spoken(reading)
        return self._drawn(reading, uniform)

    def _drawn(self, reading: Reading, uniform: float) -> Answer:
        """As `answered`; what can be drawn from a reading is made once."""
        # A number is never given again, since the urn holds its reading.
        urn = self._urns.get(id(reading))
        if urn is None:
            if reading.distribution is None:
                return answered(reading, uniform)
            urn = self._urns[id(reading)] = _urn(reading, reading.distribution)
        return urn.decisions[bisect_right(urn.limits, uniform)]

    def read(self, choice: Choice, urgency: int = 0) -> "asyncio.Future[Reading]":
        """The first reading of one choice, asked once however often and by whomever it is wanted.

        A failed reading is forgotten, so that a later asker tries again.
        """
        return self._begun((choice, 0), urgency)

    async def finish(self) -> None:
        """Wait for the readings that are under way, whether they come or fail.

        What was sent is paid for: its replies are recorded before the connection is closed.
        """
        under_way = [reading for reading in self._readings.values() if not reading.done()]
        if under_way:
            await asyncio.wait(under_way)

    def _reading_of(
        self, ask: Posed, urgency: int
    ) -> "tuple[asyncio.Future[Reading] | None, float]":
        """What an ask waits for, None where a strategy answers, and the number left to draw by."""
        choice, uniform = ask
        if not isinstance(choice, Choice):
            return None, uniform
        wanted, rest = self._wanted(choice, uniform)
        return self._begun(wanted, urgency), rest

    def _wanted(self, choice: Choice, uniform: float) -> tuple[Wanted, float]:
        """Which sample a random number points to, and what is left of it for the draw."""
        draws = self._samples if choice.saying else self._draws
        if draws == 1:
            return (choice, 0), uniform
        sample = int(uniform * draws)
        return (choice, sample), uniform * draws - sample

    def _begun(self, wanted: Wanted, urgency: int) -> "asyncio.Future[Reading]":
        reading = self._readings.get(wanted)
        if reading is None:
            reading = self._readings[wanted] = asyncio.ensure_future(self._ask(wanted, urgency))
            reading.add_done_callback(lambda done: self._forget_failure(wanted, done))
        return reading

    async def _ask(self, wanted: Wanted, urgency: int) -> Reading:
        choice, sample = wanted
        if choice.question or choice.saying or choice.statement or not self._panel:
            return await self._ask_once(choice, sample, urgency)
        texts = (choice.persona, *self._panel)
        rules, situation, phrases = choice.rules, choice.situation, choice.phrases
        alike = (Choice(rules, situation, text, "", phrases) for text in texts)
        asked = [self._shared(each, urgency) for each in alike]
        await asyncio.wait(asked)
        own, *panel = (each.result() for each in asked)
        return calibrate(own, panel)

    def _shared(self, choice: Choice, urgency: int) -> "asyncio.Future[Reading]":
        """An uncalibrated reading: of a member of the panel, of a character, or of both at once."""
        reading = self._uncalibrated.get(choice)
        if reading is None:
            reading = asyncio.ensure_future(self._ask_once(choice, 0, urgency))
            self._uncalibrated[choice] = reading
            reading.add_done_callback(lambda done: self._forget_uncalibrated(choice, done))
        return reading

    async def _ask_once(self, choice: Choice, sample: int, urgency: int) -> Reading:
        if self._completer is None:
            raise RuntimeError("a character without a strategy needs a model")
        model = _Asked(self._completer, urgency, self._on_score)
        try:
            read = speak if choice.saying else self._read
            return await read(model, choice, sample, self._manner)
        except CallFailedError as error:
            return failed(str(error), error.call_keys)

    def _forget_failure(self, wanted: Wanted, done: "asyncio.Future[Reading]") -> None:
        if done.cancelled() or done.exception() is not None:
            self._readings.pop(wanted, None)

    def _forget_uncalibrated(self, choice: Choice, done: "asyncio.Future[Reading]") -> None:
        if done.cancelled() or done.exception() is not None:
            self._uncalibrated.pop(choice, None)


def answered(reading: Reading, uniform: float) -> Answer:
    """The answer that a reading gives to who has this random number."""
    if reading.distribution is not None:
        return Decision(draw(reading.distribution, uniform), reading)
    if reading.chosen is not None:
        return Decision(reading.chosen, reading)
    match reading.lacking:
        case "refusal":
            return Refusal(reading)
        case "failed":
            return Failed(reading)
        case _:
            return Unparsed(reading)


def _urn(reading: Reading, distribution: tuple[float, ...]) -> _Urn:
    decisions = [Decision(position, reading) for position in range(len(distribution))]
    # Past the last limit, which rounding may leave below 1, comes what the highest number draws.
    highest = draw(distribution, math.inf)
    return _Urn(list(accumulate(distribution)), [*decisions, decisions[highest]])


@cache
def scripted(distribution: tuple[float, ...]) -> Reading:
    """The reading of a scripted seat: a distribution and no call."""
    return Reading(distribution, None, None, (), None, None, 0, 0, "")
