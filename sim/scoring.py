"""Scoring: how likely alternatives are, from whatever log-probabilities an endpoint gives.

Cloze. Every phrase is scored token by token through a clause boundary: the log-probability of its
tokens, plus that of the text going on with punctuation or a conjunction. Without the boundary "1"
would be credited with "10", and short phrases with all their continuations. Two ways:

- steps (llama.cpp): phrases are laid out as a tree of tokens; one request a node lists the likely
  next tokens; one that is not listed is forced by a bias, which leaves the reported
  log-probability the raw one.
- echo (vLLM and others): one request a phrase returns the prompt's own log-probabilities.

Label. One chat request with the top log-probabilities of the first token.

Speech. One chat request for text, to a JSON schema where one is wanted and the endpoint can.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from agents.completer import (
    Capabilities,
    ClozeRequest,
    LabelRequest,
    Level,
    Request,
    Scores,
    Speech,
    SpeechRequest,
    total,
)
from agents.errors import CallFailedError
from sim.asking import Asker, Unit
from sim.bodies import label_body, speech_body
from sim.calls import Journal
from sim.entries import Call
from sim.errors import MissingCallError
from sim.gateway import Gateway, RejectedError
from sim.lanes import Lanes
from sim.listed import Clauses, Listed, boundary_score, clauses, echoed, label_scores
from sim.probing import probe

LISTED = 100
"""How many next tokens are listed in a step; the rest is forced where it is wanted."""
_FORCING_BIAS = 1000.0


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
        try:
            return await self._score(request, Unit())
        except MissingCallError:
            if self._gateway is None:
                raise
        prefix = request.prefix if isinstance(request, ClozeRequest) else request.system
        async with self._lanes.hold(prefix, request.prompt, urgency) as lane:
            unit = Unit(prefix, lane, is_single=isinstance(request, LabelRequest))
            try:
                scores = await self._score(request, unit)
            except CallFailedError:
                # What led to it is part of the record, or a replay would not come so far.
                await self._journal.record(unit.sent)
                raise
            # Before the next one has its turn, which may want the same calls.
            await self._journal.record(unit.sent)
        return scores

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        """Let the model speak; a sample already in the journal is not asked for again.

        Raises:
            CallFailedError: the endpoint will never answer this, and that is recorded.
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        body = speech_body(request, await self._found_able())
        try:
            call = await self._ask("chat", body, Unit())
        except MissingCallError:
            if self._gateway is None:
                raise
            async with self._lanes.hold(request.system, request.prompt, urgency) as lane:
                unit = Unit(request.system, lane, is_single=True)
                call = await self._ask("chat", body, unit)
                await self._journal.record(unit.sent)
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
            values, ends = await self._steps(request, unit)
        else:
            level = "top"
            values, ends = await self._echoes(request, unit)
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

    async def _steps(self, request: ClozeRequest, unit: Unit) -> Clauses:
        inside: dict[str, float] = {}
        ends: dict[str, float] = {}
        listed: dict[str, Listed] = {}
        # In alphabetical order phrases that share a beginning follow one another, so that every
        # step adds one token to what the slot holds.
        for phrase in sorted(request.phrases):
            text, total = request.prompt, 0.0
            for number, piece in await self._spelled(phrase, unit):
                if text not in listed:
                    listed[text] = await self._next(text, unit)
                found = dict(listed[text]).get(piece)
                total += await self._forced(text, number, unit) if found is None else found
                text += piece
            if text not in listed:
                listed[text] = await self._next(text, unit)
            inside[phrase], ends[phrase] = total, boundary_score(listed[text])
        return clauses((inside[phrase], ends[phrase]) for phrase in request.phrases)

    async def _spelled(self, phrase: str, unit: Unit) -> list[tuple[int, str]]:
        fact = f"tokens of {phrase!r} to {self.name}"
        known = self._journal.recalled(fact)
        if known is None:
            if unit.lane is None or self._gateway is None:
                raise MissingCallError(f"the tokens of {phrase!r} were never recorded")
            known = await self._gateway.tokenize(phrase)
            if "".join(str(piece) for _, piece in known) != phrase:
                raise RejectedError(
                    f"this tokenizer does not spell {phrase!r} in whole characters: use the label"
                    " readout, or a wording in plain letters"
                )
            self._journal.remember(fact, known)
        return [(number, piece) for number, piece in known]

    async def _next(self, text: str, unit: Unit) -> Listed:
        body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": LISTED}
        call = await self._ask("completions", body, unit)
        top: Listed = call.reply["top"]
        return top

    async def _forced(self, text: str, token: int, unit: Unit) -> float:
        body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": 1}
        body["logit_bias"] = [[token, _FORCING_BIAS]]
        call = await self._ask("completions", body, unit)
        return float(call.reply["logprob"])

    async def _echoes(self, request: ClozeRequest, unit: Unit) -> Clauses:
        parts = []
        for phrase in request.phrases:
            body = {"prompt": request.prompt + phrase, "max_tokens": 1, "temperature": 0}
            call = await self._ask("completions", {**body, "logprobs": 20, "echo": True}, unit)
            inside = echoed(call.reply["echo"], len(request.prompt), len(phrase))
            parts.append((inside, boundary_score(call.reply["top"])))
        return clauses(parts)
