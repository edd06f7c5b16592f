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
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.completer import Capabilities, ClozeRequest, LabelRequest, Level, Request, Scores
from sim.budget import Budget
from sim.calls import Call, Journal, call_key
from sim.errors import MissingCallError
from sim.gateway import Gateway, Json, RejectedError, Reply
from sim.lanes import Lanes
from sim.probing import probe

LISTED = 100
"""How many next tokens are listed in a step; the rest is forced where it is wanted."""
LEAST_LABEL_MASS = 0.05
"""Below this probability of all labels together an answer is unparsed, not a choice."""
_FORCING_BIAS = 1000.0
_MARKS = frozenset(".,;:!?\"'\n)\u201d\u2019\u2014")
_WORDS = frozenset({"and", "but", "because", "so", "since"})
_ENDS = frozenset({"", "<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>"})

Listed = Sequence[tuple[str, float]]
"""Tokens and their log-probabilities in nats."""


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

    async def score(self, request: Request) -> Scores:
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
        text, mass = "", None
        values: Sequence[float | None]
        if isinstance(request, LabelRequest):
            call = await self._label_call(request, able["top"], unit)
            values, level, mass = label_scores(call.reply["top"], request.labels)
            text = call.reply["text"]
        elif able["cloze"] == "steps":
            values = await self._steps(request, unit)
        else:
            values, level = await self._echoes(request, unit), "top"
        calls = unit.used.values()
        return Scores(
            log_probabilities=tuple(values),
            level=level,
            call_keys=tuple(unit.used),
            prompt_tokens=sum(call.prompt_tokens for call in calls),
            completion_tokens=sum(call.completion_tokens for call in calls),
            text=text,
            mass=mass,
        )

    async def _label_call(self, request: LabelRequest, top: int, unit: _Unit) -> Call:
        messages = [{"role": "user", "content": request.user}]
        if request.system:
            messages.insert(0, {"role": "system", "content": request.system})
        body: dict[str, Any] = {"messages": messages, "max_tokens": 1, "temperature": 0}
        return await self._call("chat", {**body, "logprobs": True, "top_logprobs": top}, unit)

    async def _steps(self, request: ClozeRequest, unit: _Unit) -> list[float]:
        values: dict[str, float] = {}
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
            values[phrase] = total + boundary_score(listed[text])
        return [values[phrase] for phrase in request.phrases]

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

    async def _echoes(self, request: ClozeRequest, unit: _Unit) -> list[float]:
        values = []
        for phrase in request.phrases:
            body = {"prompt": request.prompt + phrase, "max_tokens": 1, "temperature": 0}
            call = await self._call("completions", {**body, "logprobs": 20, "echo": True}, unit)
            inside = echoed(call.reply["echo"], len(request.prompt), len(phrase))
            values.append(inside + boundary_score(call.reply["top"]))
        return values

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


def boundary_score(listed: Listed) -> float:
    """Log-probability in nats that a clause ends here, over the listed next tokens.

    A lower bound where the list is not complete; with LISTED tokens what is missing is small.
    """
    total = sum(math.exp(value) for piece, value in listed if _ends_clause(piece))
    return math.log(total) if total > 0 else min((value for _, value in listed), default=-math.inf)


def label_scores(
    listed: Listed, labels: Sequence[str]
) -> tuple[tuple[float | None, ...], Level, float]:
    """Log-probabilities of labels from the top tokens of a reply's first position.

    A label that is not listed gets an upper bound: the smaller of the least listed probability and
    what the list leaves over. Where the labels hold less than LEAST_LABEL_MASS together, the model
    was saying something else, and nothing is known about any of them.

    Returns:
        Values, how sure they are, and the probability of the listed labels together.
    """
    found = dict.fromkeys(labels, 0.0)
    for piece, value in listed:
        label = piece.strip().rstrip(").:")
        if label in found:
            found[label] += math.exp(value)
    mass = min(1.0, sum(found.values()))
    if mass < LEAST_LABEL_MASS:
        return (None,) * len(labels), "bounded", mass
    if all(found.values()):
        return tuple(math.log(found[label]) for label in labels), "top", mass
    least = min(math.exp(value) for _, value in listed)
    over = max(1.0 - sum(math.exp(value) for _, value in listed), 1e-12)
    bound = min(least, over)
    return tuple(math.log(found[label] or bound) for label in labels), "bounded", mass


def echoed(echo: Iterable[tuple[int, float | None]], start: int, length: int) -> float:
    """Sum of the log-probabilities of the prompt's tokens from character `start` on.

    Raises:
        RejectedError: no token begins exactly where the phrase does.
    """
    inside = [(at, value) for at, value in echo if start <= at < start + length]
    if not inside or inside[0][0] != start or any(value is None for _, value in inside):
        raise RejectedError("the endpoint's echo does not cut the prompt where the phrase begins")
    return sum(value for _, value in inside if value is not None)


def _ends_clause(piece: str) -> bool:
    stripped = piece.lstrip(" ")
    return piece in _ENDS or stripped[:1] in _MARKS or stripped.strip() in _WORDS


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
