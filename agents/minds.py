"""Minds turn asks into answers: a model behind a readout, or a scripted strategy."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from agents.choice import Choice
from agents.completer import Completer
from agents.readouts import READOUTS, Reading, combine, draw


@dataclass(frozen=True, slots=True)
class Decision:
    """An option was chosen: its position in the menu, drawn from the reading's distribution."""

    position: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declined to choose; its words are in the reading."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Unparsed:
    """The answer cannot be read as any option; its words are in the reading."""

    reading: Reading


Answer = Decision | Refusal | Unparsed


@dataclass(frozen=True, slots=True)
class Posed:
    """An ask ready to be answered.

    Attributes:
        choice: what a model is asked, or the distribution of a scripted seat.
        uniform: the number in [0, 1) that the drawn action comes from.
    """

    choice: Choice | tuple[float, ...]
    uniform: float


class Minds:
    """All characters' minds of a sweep: one model, one readout, every context asked once.

    Contexts are shared between characters, seeds and runs, also while they are being asked.
    """

    def __init__(
        self,
        completer: Completer | None,
        readout: str,
        on_score: Callable[[], None] | None = None,
    ) -> None:
        """Bind a model to a readout.

        Args:
            completer: the model; None when every seat is scripted.
            readout: a key of READOUTS.
            on_score: called whenever one prompt of a context has been scored.
        """
        self._on_score = on_score
        self._completer = completer
        self._put = READOUTS[readout]
        self._readings: dict[Choice, asyncio.Future[Reading]] = {}

    @property
    def distinct_contexts(self) -> int:
        """How many different choices were put so far."""
        return len(self._readings)

    async def answer(self, asks: Sequence[Posed]) -> list[Answer]:
        """Answers in the order of the asks.

        Raises:
            CompleterError: the model's endpoint failed.
        """
        # Held here, because a failed reading is forgotten before those who wait for it go on.
        readings = {
            ask.choice: self.read(ask.choice) for ask in asks if isinstance(ask.choice, Choice)
        }
        waiting = [reading for reading in readings.values() if not reading.done()]
        if waiting:
            # Not gather: a run that is cancelled must not cancel what other runs wait for.
            await asyncio.wait(waiting)
        return [_settled(ask, readings) for ask in asks]

    def read(self, choice: Choice) -> "asyncio.Future[Reading]":
        """The reading of one choice, asked once however often and by whomever it is wanted.

        A failed reading is forgotten, so that a later asker tries again.
        """
        if choice not in self._readings:
            future = asyncio.ensure_future(self._ask(choice))
            self._readings[choice] = future
            future.add_done_callback(lambda done: self._forget_failure(choice, done))
        return self._readings[choice]

    async def finish(self) -> None:
        """Wait for the readings that are under way, whether they come or fail.

        What was sent is paid for: its replies are recorded before the connection is closed.
        """
        under_way = [reading for reading in self._readings.values() if not reading.done()]
        if under_way:
            await asyncio.wait(under_way)

    async def _ask(self, choice: Choice) -> Reading:
        if self._completer is None:
            raise RuntimeError("a character without a strategy needs a model")
        variants = self._put(choice)
        scores = []
        for variant in variants:
            scores.append(await self._completer.score(variant.request))
            if self._on_score is not None:
                self._on_score()
        return combine(choice, variants, scores)

    def _forget_failure(self, choice: Choice, done: "asyncio.Future[Reading]") -> None:
        if done.cancelled() or done.exception() is not None:
            self._readings.pop(choice, None)


def _settled(ask: Posed, readings: Mapping[Choice, "asyncio.Future[Reading]"]) -> Answer:
    if isinstance(ask.choice, Choice):
        reading = readings[ask.choice].result()
    else:
        reading = scripted(ask.choice)
    if reading.distribution is None:
        return Unparsed(reading)
    return Decision(draw(reading.distribution, ask.uniform), reading)


@cache
def scripted(distribution: tuple[float, ...]) -> Reading:
    """The reading of a scripted seat: a distribution and no call."""
    return Reading(distribution, None, None, (), None, None, 0, 0, "")
