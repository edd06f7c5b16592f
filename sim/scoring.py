"""Scoring: how likely alternatives are, from whatever log-probabilities an endpoint gives.

Cloze. Every phrase is scored token by token through a clause boundary: the log-probability of its
tokens, plus that of the text going on with punctuation or a conjunction. Without the boundary "1"
would be credited with "10", and short phrases with all their continuations. Two ways:

- steps (llama.cpp): phrases are laid out as a tree of tokens; one request a node lists the likely
  next tokens; one that is not listed is forced by a bias, which leaves the reported
  log-probability the raw one.
- echo (vLLM and others): one request a phrase returns the prompt's own log-probabilities.

Label. One chat request with the top log-probabilities of the first token.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
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
)
from sim.budget import Budget
from sim.calls import Call, Journal, call_key
from sim.errors import MissingCallError
from sim.gateway import Gateway, Json, RejectedError, Reply
from sim.lanes import Lanes
from sim.listed import Clauses, Listed, boundary_score, clauses, echoed, label_scores
from sim.probing import probe

LISTED = 100
"""How many next tokens are listed in a step; the rest is forced where it is wanted."""
_FORCING_BIAS = 1000.0


@dataclass
class _Unit:
    """The calls of one scoring, recorded together.

    Attributes:
        slot: the server's prompt cache to use; None where the server chooses.
        replay: take calls from the journal only.
    """

    slot: int | None = None
    replay: bool = False
    sent: list[Call] = field(default_factory=list)
    used: dict[str, Call] = field(default_factory=dict)


class Scorer:
    """A model behind a journal: the completer that characters use."""

    def __init__(
        self,
        gateway: Gateway | None,
        journal: Journal,
        lanes: Lanes,
        name: str,
        budget: Budget | None = None,
    ) -> None:
        """Bind the parts.

        Args:
            gateway: the endpoint; None to replay, when every call must be in the journal.
            journal: where calls are found and recorded.
            lanes: what may be in flight.
            name: the model's identity: name, and its file's hash where there is one.
            budget: what may be sent; None for no limit.
        """
        self.budget = budget or Budget()
        self._gateway = gateway
        self._journal = journal
        self._lanes = lanes
        self._name = name
        self._able: dict[str, Any] | None = None
        self._probing = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's identity."""
        return self._name

    async def capabilities(self) -> Capabilities:
        """What the endpoint can do: from the journal, else probed once.

        Raises:
            CompleterError: the endpoint cannot be reached or refuses the key.
            MissingCallError: replay of a journal that never met this model.
        """
        able = await self._found_able()
        return Capabilities(able["cloze"] is not None, able["top"] > 0, able["top"])

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        """Score alternatives; calls already in the journal are not sent again.

        Raises:
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        try:
            return await self._run(request, _Unit(replay=True))
        except MissingCallError:
            if self._gateway is None:
                raise
        prefix = request.prefix if isinstance(request, ClozeRequest) else request.system
        async with self._lanes.hold(prefix, request.prompt) as slot:
            unit = _Unit(slot)
            scores = await self._run(request, unit)
            await self._journal.record(unit.sent)
        return scores

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        """Let the model speak; a sample already in the journal is not asked for again.

        Raises:
            CompleterError: no usable reply within the bounds of retrying.
            MissingCallError: a replay met a call that was never recorded.
        """
        raise NotImplementedError

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

    async def _run(self, request: Request, unit: _Unit) -> Scores:
        able = await self._found_able()
        level: Level = "exact"
        text, mass, ends = "", None, None
        values: Sequence[float | None]
        if isinstance(request, LabelRequest):
            call = await self._label_call(request, able["top"], unit)
            values, level, mass = label_scores(call.reply["top"], request.labels)
            text = call.reply["text"]
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
            prompt_tokens=sum(call.prompt_tokens for call in calls),
            completion_tokens=sum(call.completion_tokens for call in calls),
            text=text,
            mass=mass,
            boundaries=None if ends is None else tuple(ends),
        )

    async def _label_call(self, request: LabelRequest, top: int, unit: _Unit) -> Call:
        messages = [{"role": "user", "content": request.user}]
        if request.system:
            messages.insert(0, {"role": "system", "content": request.system})
        body: dict[str, Any] = {"messages": messages, "max_tokens": 1, "temperature": 0}
        return await self._call("chat", {**body, "logprobs": True, "top_logprobs": top}, unit)

    async def _steps(self, request: ClozeRequest, unit: _Unit) -> Clauses:
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

    async def _spelled(self, phrase: str, unit: _Unit) -> list[tuple[int, str]]:
        fact = f"tokens of {phrase!r} to {self._name}"
        known = self._journal.recalled(fact)
        if known is None:
            if unit.replay or self._gateway is None:
                raise MissingCallError(f"the tokens of {phrase!r} were never recorded")
            known = await self._gateway.tokenize(phrase)
            if "".join(str(piece) for _, piece in known) != phrase:
                raise RejectedError(
                    f"this tokenizer does not spell {phrase!r} in whole characters: use the label"
                    " readout, or a wording in plain letters"
                )
            self._journal.remember(fact, known)
        return [(number, piece) for number, piece in known]

    async def _next(self, text: str, unit: _Unit) -> Listed:
        body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": LISTED}
        call = await self._call("completions", body, unit)
        top: Listed = call.reply["top"]
        return top

    async def _forced(self, text: str, token: int, unit: _Unit) -> float:
        body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": 1}
        body["logit_bias"] = [[token, _FORCING_BIAS]]
        call = await self._call("completions", body, unit)
        return float(call.reply["logprob"])

    async def _echoes(self, request: ClozeRequest, unit: _Unit) -> Clauses:
        parts = []
        for phrase in request.phrases:
            body = {"prompt": request.prompt + phrase, "max_tokens": 1, "temperature": 0}
            call = await self._call("completions", {**body, "logprobs": 20, "echo": True}, unit)
            inside = echoed(call.reply["echo"], len(request.prompt), len(phrase))
            parts.append((inside, boundary_score(call.reply["top"])))
        return clauses(parts)

    async def _call(self, kind: str, body: Json, unit: _Unit) -> Call:
        request = {"kind": kind, **body}
        key = call_key(self._name, request)
        call = unit.used.get(key) or self._journal.find(key)
        if call is None:
            if unit.replay or self._gateway is None:
                raise MissingCallError(f"call {key} was never recorded")
            self.budget.claim()
            reply = await self._send(self._gateway, kind, body, unit.slot)
            call = _as_call(key, self._name, request, reply)
            self.budget.spend(call.prompt_tokens + call.completion_tokens)
            unit.sent.append(call)
        unit.used[key] = call
        return call

    async def _send(self, gateway: Gateway, kind: str, body: Json, slot: int | None) -> Reply:
        if kind == "chat":
            return await gateway.chat(body)
        place = {} if slot is None else {"id_slot": slot, "cache_prompt": True}
        return await gateway.complete({**body, **place})


def _as_call(key: str, name: str, request: Json, reply: Reply) -> Call:
    choice = reply.body["choices"][0]
    usage = reply.body.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    message = choice.get("message") or {}
    return Call(
        key=key,
        model=name,
        request=request,
        reply={
            "text": str(choice.get("text") or message.get("content") or ""),
            **_log_probabilities(choice.get("logprobs") or {}),
        },
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
        started=reply.started,
        seconds=reply.seconds,
        attempts=reply.attempts,
    )


def _log_probabilities(logprobs: Json) -> Json:
    """The last generated token's log-probabilities, in the chat or the older completions form."""
    if logprobs.get("content"):
        last = logprobs["content"][-1]
        top = [[item["token"], item["logprob"]] for item in last.get("top_logprobs") or ()]
        return {"logprob": last["logprob"], "top": top}
    if logprobs.get("token_logprobs"):
        tops = logprobs.get("top_logprobs") or [{}]
        pairs = zip(logprobs.get("text_offset") or (), logprobs["token_logprobs"], strict=False)
        return {
            "logprob": logprobs["token_logprobs"][-1],
            "top": [[piece, value] for piece, value in (tops[-1] or {}).items()],
            "echo": [[at, value] for at, value in pairs],
        }
    return {"logprob": None, "top": []}
