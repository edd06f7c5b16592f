"""Scoring: how likely alternatives are, from whatever log-probabilities an endpoint gives.

Cloze: how likely phrases are as continuations (sim/clozing.py). Surprisal: how likely a given
text is, token by token (sim/surprising.py). Label: one chat request with the top log-probabilities
of the first token. Speech: one chat request for text, to a JSON schema where one is wanted and the
endpoint can.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from agents.completer import (
    Capabilities,
    ClozeRequest,
    LabelRequest,
    Level,
    Request,
    Scores,
    Speech,
    SpeechRequest,
    Surprisal,
    SurprisalRequest,
    Unmeasurable,
    total,
)
from agents.errors import CallFailedError
from sim import clozing
from sim.asking import Asked, Asker, Unit
from sim.bodies import label_body, speech_body
from sim.calls import Journal
from sim.entries import Call
from sim.errors import MissingCallError
from sim.gateway import Gateway, RejectedError
from sim.lanes import Lanes
from sim.listed import label_scores
from sim.probing import probe
from sim.surprising import NO_WAY, WAYS

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a unit of calls stands in the queue; as `Lanes.hold` and `Unit` have it."""

    prefix: str
    prompt: str
    urgency: int
    is_single: bool = False


class Scorer:
    """A model behind a journal: the completer that characters use."""

    def __init__(self, gateway: Gateway | None, journal: Journal, lanes: Lanes, name: str) -> None:
        """Bind the parts.

        Args:
            gateway: the endpoint; None to replay, when every call must be in the journal.
            journal: where calls are found and recorded.
            lanes: what may be in flight.
            name: the model's identity: name, and its file's hash where there is one.
        """
        self._gateway = gateway
        self._journal = journal
        self._lanes = lanes
        self._name = name
        self._asker = Asker(gateway, journal)
        self._able: dict[str, Any] | None = None
        self._probing = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's identity: name, and its file's hash or its server's fingerprint."""
        if "@" in self._name:  # A file's hash says more than what its server says of itself.
            return self._name
        fingerprint = (self._able or {}).get("fingerprint")
        return f"{self._name}@{fingerprint}" if fingerprint else self._name

    async def capabilities(self) -> Capabilities:
        """What the endpoint can do: from the journal, else probed once.

        Raises:
            CompleterError: the endpoint cannot be reached or refuses the key.
            MissingCallError: replay of a journal that never met this model.
        """
        able = await self._found_able()
        return Capabilities(
            cloze=able["cloze"] is not None,
            label=able["top"] > 0,
            top_logprobs=able["top"],
            chat=able.get("chat", True),
            structure=able.get("structure", "none"),
        )

    async def probed(self) -> Mapping[str, Any]:
        """All that the probe found, by the names that it gives."""
        return await self._found_able()

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        """Score alternatives; calls already in the journal are not sent again.

        Raises:
            CallFailedError: the endpoint will never answer this, and that is recorded.
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        prefix = request.prefix if isinstance(request, ClozeRequest) else request.system
        place = _Place(prefix, request.prompt, urgency, isinstance(request, LabelRequest))
        return await self._in_turn(place, lambda unit: self._score(request, unit))

    async def surprise(
        self, request: SurprisalRequest, urgency: int = 0
    ) -> Surprisal | Unmeasurable:
        """How surprising a text is; calls already in the journal are not sent again.

        Raises:
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        able = await self._found_able()
        measure = WAYS.get(able["cloze"])
        if measure is None:
            return Unmeasurable(NO_WAY)
        place = _Place(request.prefix, request.prompt, urgency)

        async def measured(unit: Unit) -> Surprisal | Unmeasurable:
            found = await measure(self._asked(unit), request)
            if isinstance(found, Unmeasurable):
                return found
            calls = unit.used.values()
            return replace(
                found,
                call_keys=tuple(unit.used),
                prompt_tokens=total(call.prompt_tokens for call in calls),
                completion_tokens=total(call.completion_tokens for call in calls),
            )

        try:
            return await self._in_turn(place, measured)
        except CallFailedError as error:
            return Unmeasurable(str(error))

    async def _in_turn(self, place: "_Place", work: Callable[[Unit], Awaitable[_Found]]) -> _Found:
        """What the journal gives, or else what comes of asking in a lane, recorded together."""
        try:
            return await work(Unit())
        except MissingCallError:
            if self._gateway is None:
                raise
        async with self._lanes.hold(place.prefix, place.prompt, place.urgency) as lane:
            unit = Unit(place.prefix, lane, is_single=place.is_single)
            try:
                found = await work(unit)
            except CallFailedError:
                # What led to it is part of the record, or a replay would not come so far.
                await self._journal.record(unit.sent)
                raise
            # Before the next one has its turn, which may want the same calls.
            await self._journal.record(unit.sent)
        return found

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        """Let the model speak; a sample already in the journal is not asked for again.

        Raises:
            CallFailedError: the endpoint will never answer this, and that is recorded.
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        body = speech_body(request, await self._found_able())
        place = _Place(request.system, request.prompt, urgency, is_single=True)
        call = await self._in_turn(place, lambda unit: self._ask("chat", body, unit))
        return Speech(
            text=call.reply["text"],
            refused=call.reply.get("refused", False),
            cut=call.reply.get("cut", False),
            call_keys=(call.key,),
            prompt_tokens=call.prompt_tokens,
            completion_tokens=call.completion_tokens,
        )

    async def count_tokens(self, text: str) -> int | None:
        """How many tokens a text has; None where the endpoint has no tokenizer to ask.

        Raises:
            CompleterError: the endpoint cannot be reached.
        """
        if self._gateway is None:
            return None
        try:
            return len(await self._gateway.tokenize(text))
        except RejectedError:
            return None

    async def _found_able(self) -> dict[str, Any]:
        if self._able is None:
            async with self._probing:  # Whoever comes second finds what the first one found.
                self._able = self._able or await self._recalled_or_probed()
        return self._able

    async def _recalled_or_probed(self) -> dict[str, Any]:
        fact = f"capabilities of {self._name}"
        able: dict[str, Any] | None = self._journal.recalled(fact)
        if able is None:
            if self._gateway is None:
                raise MissingCallError(f"nothing was recorded from the model {self._name}")
            able = await probe(self._gateway)
            self._journal.remember(fact, able)
        return able

    def _asked(self, unit: Unit) -> Asked:
        return Asked(partial(self._ask, unit=unit), partial(self._pieces, unit=unit))

    async def _ask(self, kind: str, body: Mapping[str, Any], unit: Unit) -> Call:
        return await self._asker.ask(self.name, kind, body, unit)

    async def _score(self, request: Request, unit: Unit) -> Scores:
        able = await self._found_able()
        level: Level = "exact"
        text, mass, ends, refused = "", None, None, False
        values: Sequence[float | None]
        if isinstance(request, LabelRequest):
            call = await self._ask("chat", label_body(request, able), unit)
            values, level, mass = label_scores(call.reply["top"], request.labels)
            text, refused = call.reply["text"], call.reply.get("refused", False)
        elif able["cloze"] == "steps":
            values, ends = await clozing.by_steps(self._asked(unit), request)
        else:
            level = "top"
            values, ends = await clozing.by_echo(self._asked(unit), request)
        calls = unit.used.values()
        return Scores(
            log_probabilities=tuple(values),
            level=level,
            call_keys=tuple(unit.used),
            prompt_tokens=total(call.prompt_tokens for call in calls),
            completion_tokens=total(call.completion_tokens for call in calls),
            text=text,
            mass=mass,
            boundaries=None if ends is None else tuple(ends),
            refused=refused,
        )

    async def _pieces(
        self, text: str, unit: Unit, *, begins: bool = False
    ) -> list[tuple[int, str]]:
        """Tokens of a text, as number and spelling.

        Args:
            text: to be cut.
            unit: the scoring that it belongs to.
            begins: it is the beginning of a prompt, where some models want a token of their own.
        """
        fact = f"tokens of {'a prompt that begins ' if begins else ''}{text!r} to {self.name}"
        known = self._journal.recalled(fact)
        if known is None:
            if unit.lane is None or self._gateway is None:
                raise MissingCallError(f"the tokens of {text!r} were never recorded")
            known = await self._gateway.tokenize(text, begins=begins)
            self._journal.remember(fact, known)
        return [(number, _spelling(piece)) for number, piece in known]


def _spelling(piece: object) -> str:
    """A token's own letters; one that is part of a character comes as its bytes."""
    return bytes(piece).decode(errors="replace") if isinstance(piece, list) else str(piece)
