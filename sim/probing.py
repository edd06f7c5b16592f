"""Probing: what an endpoint can do, found by asking it, never assumed from its name.

A request that is refused says what it is refused for, or not; either way the next one gives
something up, and only what was seen to work counts. A reply that lacks what was asked for is asked
for again, in other words, before that is believed: it may have been a refusal or a fault.
"""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from agents.completer import ClozeRequest, Completer, SpeechRequest
from agents.errors import CompleterError
from sim.gateway import Gateway, Json, RejectedError, UnlistedError

_TOPS = (20, 5, 1, 0)
_TEXT = "Two and two make"
_LETTERS = ("Answer with A or B.", "Which letter comes first, A or B?", "Choose A or B.")
_ACTIONS = ("Do you go or stay?", "It rains. Go out or stay?", "The sun shines. Stay or go?")
_IN_JSON = 'Answer with a JSON object with one key, "action", that is "go" or "stay".'
_ROOM, _ROOM_FOR_REASONING = 60, 2048
_NOT_FOUND = frozenset({404, 405, 501})
_FILTERED = "content_filter"
_SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "choice",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"action": {"type": "string", "enum": ["go", "stay"]}},
            "required": ["action"],
            "additionalProperties": False,
        },
    },
}


@dataclass(frozen=True, slots=True)
class _Form:
    """How a chat request is put, and who answered it.

    Attributes:
        top: log-probabilities asked for; 0 to ask for none.
        temperature: whether one is sent.
        length: the name under which the most tokens are sent.
        fingerprint: of the server that answered; "" where it tells none.
    """

    top: int = _TOPS[0]
    temperature: bool = True
    length: str = "max_tokens"
    fingerprint: str = ""

    def body(self, words: str, most_tokens: int) -> dict[str, Any]:
        """A chat request in this form."""
        plain = self.temperature and self.length == "max_tokens"
        body: dict[str, Any] = {"messages": [{"role": "user", "content": words}]}
        # A model that reasons spends tokens before its first word.
        body[self.length] = most_tokens if plain else _ROOM_FOR_REASONING
        if self.temperature:
            body["temperature"] = 0
        if self.top:
            body |= {"logprobs": True, "top_logprobs": self.top}
        return body

    def conceded(self, message: str) -> "_Form | None":
        """The form that gives up what a refusal names, or else the next thing; None at the end."""
        if "max_completion_tokens" in message and self.length == "max_tokens":
            return replace(self, length="max_completion_tokens")
        if "temperature" in message and self.temperature:
            return replace(self, temperature=False)
        if self.top:
            named = "logprobs" in message and not re.search(r"top_logprobs\D.*\d", message)
            return replace(self, top=0 if named else _TOPS[_TOPS.index(self.top) + 1])
        if self.temperature:
            return replace(self, temperature=False)
        if self.length == "max_tokens":
            return replace(self, length="max_completion_tokens")
        return None


async def probe(gateway: Gateway) -> dict[str, Any]:
    """What matters for readouts, by at most some 8 requests where refusals say what they are for.

    Returns:
        chat: whether chat messages are answered; top: most log-probabilities of a chat reply's
        first token, 0 for none; temperature: whether one may be sent; length: the name under which
        the most tokens are sent; structure: "schema", "object" or "none"; cloze: "steps", "echo"
        or None; fingerprint: of the server, "" where it tells none.

    Raises:
        CompleterError: nothing answers, the key is refused, or the model is not known there.
    """
    with suppress(RejectedError):  # Some servers have no list of models and still answer.
        await gateway.models()
    refusals: list[str] = []
    form = await _chat(gateway, refusals)
    cloze = await _cloze(gateway, refusals)
    if form is None and cloze is None:
        raise CompleterError(f"model {gateway.address.model!r} gives nothing usable: {refusals[0]}")
    found = form or _Form(top=0)
    return {
        "chat": form is not None,
        "top": found.top,
        "temperature": found.temperature,
        "length": found.length,
        "structure": "none" if form is None else await _structure(gateway, form),
        "cloze": cloze,
        "fingerprint": found.fingerprint,
    }


async def _chat(gateway: Gateway, refusals: list[str]) -> _Form | None:
    """The form in which chat is answered, with as many log-probabilities as came; None for none."""
    form: _Form | None = _Form()
    while form is not None:
        try:
            top, fingerprint = await _listed(gateway, form)
            return replace(form, top=top, fingerprint=fingerprint)
        except RejectedError as error:
            refusals.append(str(error))
            if error.status in _NOT_FOUND:
                return None
            form = form.conceded(str(error))
    return None


async def _listed(gateway: Gateway, form: _Form) -> tuple[int, str]:
    """How many log-probabilities come, 0 only where none came in all wordings; and from whom."""
    fingerprint = ""
    for words in _LETTERS:
        try:
            reply = await gateway.chat(form.body(words, 1))
        except RejectedError as error:
            if error.code == _FILTERED and words != _LETTERS[-1]:
                continue
            raise
        content = (reply.body["choices"][0].get("logprobs") or {}).get("content") or [{}]
        found = len(content[0].get("top_logprobs") or ())
        fingerprint = str(reply.body.get("system_fingerprint") or "")
        if found or not form.top:
            return found, fingerprint
    return 0, fingerprint


async def _structure(gateway: Gateway, form: _Form) -> str:
    """How replies can be made JSON."""
    plain = replace(form, top=0)
    acted = [plain.body(words, _ROOM) for words in _ACTIONS]
    if await _gives(gateway, acted, _SCHEMA):
        return "schema"
    # To ask for some object is only allowed where the words ask for JSON as well.
    told = [plain.body(f"{words} {_IN_JSON}", _ROOM) for words in _ACTIONS]
    return "object" if await _gives(gateway, told, {"type": "json_object"}) else "none"


async def _gives(gateway: Gateway, bodies: Sequence[Json], form: Json) -> bool:
    """Whether one of the requests is answered by such an object."""
    for body in bodies:
        try:
            reply = await gateway.chat({**body, "response_format": form})
        except RejectedError as error:
            if error.code == _FILTERED:
                continue
            return False
        found = _object(reply.body)
        if found.get("action") in ("go", "stay") or (found and form is not _SCHEMA):
            return True
    return False


def _object(body: Any) -> dict[str, Any]:  # noqa: ANN401 - a reply
    """The JSON object that a reply is; empty where it is none."""
    try:
        value = json.loads(body["choices"][0]["message"]["content"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


async def _cloze(gateway: Gateway, refusals: list[str]) -> str | None:
    body: dict[str, Any] = {"prompt": _TEXT, "max_tokens": 1, "temperature": 0}
    try:
        (number, piece), *_ = await gateway.tokenize(" seven")
        forced = {**body, "logprobs": 1, "logit_bias": [[number, 1000.0]]}
        choice = (await gateway.complete(forced)).body["choices"][0]
        content = (choice.get("logprobs") or {}).get("content") or [{}]
        # A biased token that is reported with probability one was measured after the bias.
        if content[0].get("token") == piece and content[0].get("logprob", 0.0) < -0.01:
            return "steps"
    except UnlistedError:
        pass
    except RejectedError as error:
        refusals.append(str(error))
    try:
        choice = (await gateway.complete({**body, "logprobs": 5, "echo": True})).body["choices"][0]
    except UnlistedError:
        return None
    except RejectedError as error:
        refusals.append(str(error))
        return None
    values = (choice.get("logprobs") or {}).get("token_logprobs") or ()
    offsets = (choice.get("logprobs") or {}).get("text_offset") or ()
    return "echo" if len(values) > 2 and len(offsets) == len(values) else None


async def replies_per_second(model: Completer, at_once: int) -> float:
    """How many short requests are answered in a second, with so many under way at once."""
    chat = (await model.capabilities()).chat
    started = time.perf_counter()

    async def ask_twice(place: int) -> None:
        for turn in range(2):
            words = f"{place} times {at_once} plus {turn} is"
            if chat:
                await model.say(SpeechRequest("", words, 1, 0.0))
            else:
                await model.score(ClozeRequest("", words, (" many",)))

    await asyncio.gather(*(ask_twice(place) for place in range(at_once)))
    return 2 * at_once / (time.perf_counter() - started)
