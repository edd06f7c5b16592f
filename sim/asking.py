"""Asking: one call at a time, found in the journal or sent, and recorded before it is used.

A call that is under way is not sent a second time: whoever wants it waits for the same reply.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from agents.errors import CallFailedError, CompleterError
from sim.calls import Journal
from sim.entries import Call, Entry, Failure, Fault, call_key
from sim.errors import MissingCallError, StoppedError
from sim.gateway import Gateway, Json, RejectedError, Reply
from sim.lanes import Lane
from sim.replies import usage

PATHS: Mapping[str, str] = {"chat": "chat/completions", "completions": "completions"}
_FILTERED = "content_filter"
_ABOUT_THE_REQUEST = frozenset({400, 413, 414, 422})
"""What an endpoint says of a request itself; a path that is gone or an account without money is an
outage: it would be said of every other request too."""


@dataclass
class Unit:
    """The calls of one scoring.

    Attributes:
        affinity: the beginning of the prompt, by which an endpoint that holds it is found.
        lane: held for it; None to take calls from the journal only. Where it has a slot of the
            server, calls are recorded together, since a scoring that is begun anew does not give
            the same bits.
        is_single: it is one call, so that a lane without a slot is free as soon as the reply
            is there.
        sent: calls that wait to be recorded together.
        used: every call of the scoring, by key.
    """

    affinity: str = ""
    lane: Lane | None = None
    is_single: bool = False
    sent: list[Entry] = field(default_factory=list)
    used: dict[str, Call] = field(default_factory=dict)


class _Ask(Protocol):
    def __call__(self, kind: str, body: Json) -> Awaitable[Call]: ...


class _Cut(Protocol):
    def __call__(self, text: str, *, begins: bool = False) -> Awaitable[list[tuple[int, str]]]: ...


class Asked(NamedTuple):
    """A model within one scoring: a call by kind and body, and the tokens of a text."""

    ask: _Ask
    cut: _Cut


class Asker:
    """A model behind a journal: calls by their requests."""

    def __init__(self, gateway: Gateway | None, journal: Journal) -> None:
        """Bind an endpoint to a journal; without one every call must be in the journal."""
        self.gateway = gateway
        self.journal = journal
        self._under_way: dict[str, asyncio.Future[Call]] = {}

    async def ask(self, model: str, kind: str, body: Json, unit: Unit) -> Call:
        """One call, by whoever comes first.

        Args:
            model: the model's identity.
            kind: a key of PATHS.
            body: the body of the request.
            unit: the scoring that it belongs to.

        Raises:
            CallFailedError: the endpoint will never answer this, and that is recorded.
            CompleterError: no reply within the bounds of retrying.
            MissingCallError: it was never recorded, and nothing may be sent.
        """
        request = {"kind": kind, **body}
        key = call_key(model, request)
        call = unit.used.get(key) or self.journal.find(key)
        if call is None:
            why = self.journal.failure(key)
            if why is not None:
                raise CallFailedError(why, (key,))
            if unit.lane is None or self.gateway is None:
                raise MissingCallError(f"call {key} was never recorded")
            call = await self._shared(_Wanted(key, model, request), unit, self.gateway)
        unit.used[key] = call
        return call

    async def _shared(self, wanted: "_Wanted", unit: Unit, gateway: Gateway) -> Call:
        """Send it, or wait for whoever is sending it."""
        first = self._under_way.get(wanted.key)
        if first is not None:
            return await asyncio.shield(first)
        mine: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._under_way[wanted.key] = mine
        try:
            call = await self._sent(wanted, unit, gateway)
            mine.set_result(call)
        except BaseException as error:
            # Whoever waits for it fails alike, but is not cancelled with its first asker.
            told = error if isinstance(error, Exception) else CompleterError("interrupted")
            mine.set_exception(told)
            mine.exception()  # Looked at, so that it counts as known when nobody waits.
            raise
        finally:
            del self._under_way[wanted.key]
        return call

    async def _sent(self, wanted: "_Wanted", unit: Unit, gateway: Gateway) -> Call:
        kind, body = wanted.request["kind"], dict(wanted.request)
        del body["kind"]
        sample = body.pop("sample", None)
        slot = None if unit.lane is None else unit.lane.slot
        if slot is not None:
            body |= {"id_slot": slot, "cache_prompt": True}
            body |= {} if sample is None else {"seed": sample}
        try:
            reply = await gateway.send(PATHS[kind], body, unit.affinity)
        except StoppedError as stopped:
            await self.journal.record(_faults(wanted.key, stopped))
            raise
        except CompleterError as error:
            return await self._without_reply(wanted, error)
        if unit.is_single and unit.lane is not None and slot is None:
            unit.lane.leave()
        call = wanted.call(reply)
        entries: list[Entry] = [*_faults(wanted.key, reply), call]
        if slot is None:
            await self.journal.record(entries)
        else:
            unit.sent += entries
        return call

    async def _without_reply(self, wanted: "_Wanted", error: CompleterError) -> Call:
        """Record what an error tells for good; raise what it does not."""
        entries = _faults(wanted.key, error)
        if not isinstance(error, RejectedError) or not _is_for_good(error):
            await self.journal.record(entries)
            raise error
        # The last one is no fault but the endpoint's answer, and recorded as such.
        entries = entries[:-1]
        if error.code == _FILTERED:
            call = wanted.withheld(error)
            await self.journal.record([*entries, call])
            return call
        failure = Failure(wanted.key, wanted.model, wanted.request, str(error), error.attempts)
        await self.journal.record([*entries, failure])
        raise CallFailedError(str(error), (wanted.key,)) from None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A call before it has a reply."""

    key: str
    model: str
    request: Json

    def withheld(self, error: RejectedError) -> Call:
        """An endpoint's filter withheld the reply: a refusal, in the filter's words."""
        reply = {"text": str(error), "refused": True, "logprob": None, "top": []}
        return Call(self.key, self.model, self.request, reply, 0, 0, 0, 0.0, 0.0, error.attempts)

    def call(self, reply: Reply) -> Call:
        """What is kept of a reply."""
        choice = reply.body["choices"][0]
        prompt, cached, completion = usage(reply.body)
        return Call(
            key=self.key,
            model=self.model,
            request=self.request,
            reply=_kept(choice, reply.body.get("system_fingerprint")),
            prompt_tokens=prompt,
            completion_tokens=completion,
            cached_tokens=cached,
            started=reply.started,
            seconds=reply.seconds,
            attempts=reply.attempts,
        )


def _is_for_good(error: RejectedError) -> bool:
    return error.status in _ABOUT_THE_REQUEST or error.code == _FILTERED


def _faults(of_key: str, of: object) -> list[Entry]:
    """The faults of a reply or an error, as entries of the journal."""
    found = getattr(of, "faults", ())
    return [Fault(of_key, fault.kind, fault.at, fault.seconds, fault.said) for fault in found]


def _kept(choice: Json, fingerprint: object) -> Json:
    """The parts of a reply that anything depends on."""
    message = choice.get("message") or {}
    refusal, ended = message.get("refusal"), choice.get("finish_reason")
    kept: dict[str, Any] = {
        "text": str(refusal or choice.get("text") or message.get("content") or ""),
        **_log_probabilities(choice.get("logprobs") or {}),
    }
    # Only where they say something: most replies are neither.
    if refusal or ended == _FILTERED:
        kept["refused"] = True
    if ended == "length":
        kept["cut"] = True
    if fingerprint:
        kept["fingerprint"] = fingerprint
    return kept


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
