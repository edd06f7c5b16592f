"""An OpenAI-compatible endpoint for tests: answers by hash of the request, and misbehaves on order.

    python tests/mock_openai.py '{"fault_rate": 0.2}'     # prints its base URL, serves until killed

A reply depends on the request alone. Latency and faults depend on the request and on how often it
was sent, so they do not depend on the order of arrival, and a repeated request is drawn anew.
`POST /config` changes settings while it runs; `GET /log` tells what was asked.
"""

import asyncio
import hashlib
import json
import math
import re
import sys
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, fields
from statistics import NormalDist
from typing import Any

from aiohttp import web

KINDS = ("429", "500", "timeout", "garbled", "empty", "drop", "truncated")
"""The usual mixture. "garbled" and "empty" are replies of the model, the rest are not."""
MORE_KINDS = ("503", "page", "no choices", "not http")
_LABEL = re.compile(r"^([A-Z])\) ", re.MULTILINE)
_OPTION = re.compile(r"^(?:[-*•] |[A-Z]\) |\d+[.)] )(.+)$", re.MULTILINE)
_WORDS = ["the rain", "my brother", "tomorrow", "the others", "money", "the harvest", "home"]


@dataclass
class Settings:
    """How it behaves.

    Attributes:
        latency_ms: mean time to a reply (uniform, fixed) or its median (lognormal).
        latency: "uniform" (between none and twice the mean), "fixed" or "lognormal".
        sigma: of the logarithm.
        fault_rate: share of requests that meet a fault of one of `fault_kinds`.
        spared: so many requests at the beginning meet no fault, such as a probe.
        timeout_seconds: how long a timeout lasts.
        retry_after: sent with 429, 500 and 503 as it is; "" to send 20 ms.
        slots: at most so many are served at once, the rest wait; 0 for no limit.
        max_inflight: 429 for those above so many in flight; 0 for no limit.
        key: the bearer key that it wants; "" for none.
        model: the only model that it knows; "" to know all.
        top: most log-probabilities that it gives.
        logprobs: "given", "none" (left out of the reply) or "refused" (400).
        structure: what reply formats it takes: "schema", "object" or "none" (400 for the rest).
        reasoning: 400 for temperature, log-probabilities and max_tokens.
        refusal_rate: share of requests that are refused, whenever they are sent.
        refusal: "message" (message.refusal), "content" (in plain words) or "filter" (400).
        completions: "none" (404), "plain" (without log-probabilities) or "echo".
    """

    latency_ms: float = 0.0
    latency: str = "uniform"
    sigma: float = 1.0
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = KINDS
    spared: int = 0
    timeout_seconds: float = 30.0
    retry_after: str = ""
    slots: int = 0
    max_inflight: int = 0
    key: str = ""
    model: str = ""
    top: int = 20
    logprobs: str = "given"
    structure: str = "schema"
    reasoning: bool = False
    refusal_rate: float = 0.0
    refusal: str = "message"
    completions: str = "none"

    def seconds(self, chance: float) -> float:
        """A latency, by a uniform number."""
        mean = self.latency_ms / 1000
        match self.latency:
            case "fixed":
                return mean
            case "lognormal":
                return mean * math.exp(
                    self.sigma * NormalDist().inv_cdf(min(max(chance, 1e-9), 1 - 1e-9))
                )
            case _:
                return 2 * chance * mean


@dataclass
class Endpoint:
    """The endpoint and what it remembers.

    Attributes:
        asked: digests of all requests in order of arrival.
        faults: made, by kind; those above `max_inflight` count as "429".
        seconds: drawn latencies by digest, summed over its sendings.
        tokens: of prompts and replies, in replies without a fault.
    """

    settings: Settings
    asked: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    inflight: int = 0
    peak: int = 0
    tokens: int = 0
    serving: asyncio.Semaphore | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A reply, unless a fault is drawn."""
        if self.settings.key and request.headers.get("authorization") != (
            f"Bearer {self.settings.key}"
        ):
            return _error(401, "Incorrect API key provided")
        body = await request.json()
        if "prompt" in body and self.settings.completions == "none":
            return _error(404, "Not Found")  # As if there were no such path: it is not counted.
        digest = digest_of(body["messages"] if "messages" in body else body["prompt"])
        self.asked.append(digest)
        self.times[digest] += 1
        self.inflight += 1
        self.peak = max(self.peak, self.inflight)
        try:
            return await self._answer(request, body, digest)
        finally:
            self.inflight -= 1

    async def _answer(
        self, request: web.Request, body: dict[str, Any], digest: str
    ) -> web.StreamResponse:
        settings = self.settings
        if settings.max_inflight and self.inflight > settings.max_inflight:
            self.faults["429"] += 1
            return self._busy(429)
        one, two, three = _uniforms(f"{digest}/{self.times[digest]}")
        seconds = settings.seconds(one)
        self.seconds[digest] += seconds
        async with AsyncExitStack() as turn:
            if self.serving is not None:
                await turn.enter_async_context(self.serving)
            await asyncio.sleep(seconds)
            refused = _refused(settings, body, digest)
            if refused is not None:
                return refused
            reply = _chat(settings, body, digest) if "messages" in body else _text(settings, body)
            if two >= settings.fault_rate or len(self.asked) <= settings.spared:
                self.tokens += reply["usage"]["total_tokens"]
                return _json(reply)
            kind = settings.fault_kinds[int(three * len(settings.fault_kinds))]
            self.faults[kind] += 1
            return await self._fault(kind, reply, request)

    async def _fault(
        self, kind: str, reply: dict[str, Any], request: web.Request
    ) -> web.StreamResponse:
        if kind.isdigit():
            return self._busy(int(kind))
        assert request.transport is not None
        match kind:
            case "timeout":
                await asyncio.sleep(self.settings.timeout_seconds)
            case "drop":
                request.transport.abort()
            case "not http":
                request.transport.write(b"SSH-2.0-something\r\n\r\n")  # type: ignore[attr-defined]
                request.transport.close()
        text, form = _spoilt(kind, reply)
        return web.Response(text=text, content_type=form)

    def _busy(self, status: int) -> web.Response:
        said = {429: "Rate limit reached", 500: "The server had an error", 503: "Overloaded"}
        told = self.settings.retry_after
        headers = {"retry-after": told} if told else {"retry-after-ms": "20"}
        return _error(status, said[status], headers)

    async def models(self, request: web.Request) -> web.Response:
        """The one model."""
        if self.settings.key and self.settings.key not in request.headers.get("authorization", ""):
            return _error(401, "Incorrect API key provided")
        name = self.settings.model or "mock"
        return _json({"object": "list", "data": [{"id": name, "object": "model"}]})

    async def configure(self, request: web.Request) -> web.Response:
        """Change settings, and forget what was asked."""
        self.settings = settings_of(await request.json())
        self.serving = asyncio.Semaphore(self.settings.slots) if self.settings.slots else None
        self.asked, self.times, self.faults = [], Counter(), Counter()
        self.seconds.clear()
        self.peak, self.tokens = self.inflight, 0
        return _json({})

    async def log(self, _: web.Request) -> web.Response:
        """What was asked, what faults were made, and how long replies took."""
        names = ("asked", "faults", "seconds", "peak", "tokens")
        kept = {name: getattr(self, name) for name in names}
        return _json({**kept, "now": self.inflight})


def _spoilt(kind: str, reply: dict[str, Any]) -> tuple[str, str]:
    """The text of a reply that arrives, but not as it should, and its type."""
    choice = reply["choices"][0]
    match kind:
        case "page":
            return "<html>a proxy's page</html>", "text/html"
        case "no choices":
            reply = {"error": {"message": "upstream is away"}}
        case "garbled":
            choice["message"] = {"role": "assistant", "content": '{"act\ufffd: '}
        case "empty":
            choice.update(message={"role": "assistant", "content": ""}, logprobs=None)
    text = json.dumps(reply)
    return text[: len(text) // 2] if kind == "truncated" else text, "application/json"


def _refused(settings: Settings, body: dict[str, Any], digest: str) -> web.Response | None:
    """What this endpoint does not do, as endpoints say it."""
    if settings.model and body["model"] != settings.model:
        message = f"The model `{body['model']}` does not exist"
        return _error(404, message, code="model_not_found")
    if "prompt" in body:
        return None
    if settings.refusal == "filter" and _is_refused(settings, digest):
        return _error(400, "The prompt was filtered", code="content_filter")
    return _unsupported(settings, body)


def _unsupported(settings: Settings, body: dict[str, Any]) -> web.Response | None:
    if settings.reasoning:
        for name in ("temperature", "logprobs", "top_logprobs", "max_tokens"):
            if name in body:
                instead = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
                message = f"Unsupported parameter: '{name}' is not supported with this model."
                return _error(400, message + instead, code="unsupported_parameter")
    if body.get("logprobs") and settings.logprobs == "refused":
        return _error(400, "logprobs are not supported", code="unsupported_parameter")
    if body.get("top_logprobs", 0) > max(settings.top, 20):
        return _error(400, f"top_logprobs must be at most {settings.top}")
    form = (body.get("response_format") or {}).get("type", "text")
    taken = {"schema": ("json_schema", "json_object"), "object": ("json_object",), "none": ()}
    if form not in ("text", *taken[settings.structure]):
        return _error(400, f"response_format {form} is not supported", code="unsupported_value")
    return None


def _is_refused(settings: Settings, digest: str) -> bool:
    return _uniforms(f"{digest} refused")[0] < settings.refusal_rate


def _chat(settings: Settings, body: dict[str, Any], digest: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None}
    listed, last = None, body["messages"][-1]["content"]
    if _is_refused(settings, digest):
        said = "I'm sorry, I can't help with that."
        message["refusal" if settings.refusal == "message" else "content"] = said
    elif body.get("logprobs"):
        top = _top(last, digest, min(settings.top, body.get("top_logprobs", 0)))
        message["content"] = top[0]["token"]
        if settings.logprobs == "given":
            listed = {"content": [{**top[0], "top_logprobs": top[1:]}]}
    else:
        message["content"] = _said(body, last, digest)
    size = sum(len(each["content"]) for each in body["messages"]) // 4
    return _reply(body, {"message": message, "logprobs": listed}, size)


def _top(text: str, digest: str, count: int) -> list[dict[str, Any]]:
    """The first token, and then the most likely ones."""
    labels = _LABEL.findall(text) or ["A", "B"]
    weights = [0.2 + _uniforms(f"{digest}:{label}")[0] for label in labels]
    top = [
        {"token": label, "logprob": math.log(0.9 * weight / sum(weights))}
        for label, weight in zip(labels, weights, strict=True)
    ]
    # What is not on the menu gets the rest, in ever smaller parts.
    top += [{"token": f" word{n}", "logprob": math.log(0.1 / 2 ** (n + 1))} for n in range(20)]
    top.sort(key=lambda item: -float(item["logprob"]))
    return [top[0], *top[:count]]


def _said(body: dict[str, Any], text: str, digest: str) -> str:
    """Free text or JSON; where options are listed, one of them."""
    one, two, three = _uniforms(f"{digest} said")
    thought = f"I think of {_pick(_WORDS, one)} and of {_pick(_WORDS, two)}."
    form = body.get("response_format") or {}
    options = _OPTION.findall(text)
    if form.get("type") == "json_schema":
        properties = form["json_schema"]["schema"]["properties"]
        reply = {
            name: _pick(shape["enum"], three) if "enum" in shape else thought
            for name, shape in properties.items()
        }
        return json.dumps(reply)
    if form.get("type") == "json_object" or (options and "JSON" in text):
        return json.dumps({"reason": thought, "action": _pick(options or ["wait"], three)})
    return f"{thought}\nCHOICE: {_pick(options, three)}" if options else thought


def _pick(these: list[str], chance: float) -> str:
    return these[int(chance * len(these))]


def _text(settings: Settings, body: dict[str, Any]) -> dict[str, Any]:
    """A continuation of one token; with the prompt's own log-probabilities where it echoes."""
    prompt = body["prompt"]
    listed = None
    if settings.completions == "echo" and body.get("logprobs"):
        pieces = [*re.findall(r'\s*"|\s*[^\s"]+|\s+$', prompt)] if body.get("echo") else []
        pieces.append(".")
        starts = [sum(map(len, pieces[:at])) for at in range(len(pieces))]
        before = 0 if body.get("echo") else len(prompt)
        values = [
            -10 * _uniforms(f"{prompt[:start]}:{piece}")[0]
            for start, piece in zip(starts, pieces, strict=True)
        ]
        listed = {
            "tokens": pieces,
            "token_logprobs": [None, *values[1:]] if body.get("echo") else values,
            "top_logprobs": [{piece: value} for piece, value in zip(pieces, values, strict=True)],
            "text_offset": [before + start for start in starts],
        }
    text = f"{prompt}." if body.get("echo") else "."
    return _reply(body, {"text": text, "logprobs": listed}, len(prompt) // 4)


def _reply(body: dict[str, Any], choice: dict[str, Any], size: int) -> dict[str, Any]:
    kind = "chat.completion" if "messages" in body else "text_completion"
    said = choice.get("text") or choice["message"]["content"] or ""
    tokens = 1 if choice["logprobs"] else max(1, len(said) // 4)
    return {
        "id": "mock",
        "object": kind,
        "model": body["model"],
        "system_fingerprint": "fp_mock",
        "choices": [{"index": 0, **choice, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": size,
            "completion_tokens": tokens,
            "total_tokens": size + tokens,
        },
    }


def digest_of(messages: object) -> str:
    """A digest of the messages of a chat request, or of a prompt."""
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()


def settings_of(given: dict[str, Any]) -> Settings:
    """Settings from JSON; an unknown name is an error."""
    unknown = set(given) - {each.name for each in fields(Settings)}
    unknown |= set(given.get("fault_kinds", ())) - {*KINDS, *MORE_KINDS}
    if unknown:
        raise ValueError(f"unknown settings: {unknown}")
    return Settings(**given)


def _uniforms(key: str) -> tuple[float, float, float]:
    digest = hashlib.sha256(key.encode()).digest()
    one, two, three = (int.from_bytes(digest[at : at + 6], "big") / 2**48 for at in (0, 8, 16))
    return one, two, three


def _json(body: object) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


def _error(
    status: int, message: str, headers: dict[str, str] | None = None, code: str | None = None
) -> web.Response:
    body = {"error": {"message": message, "type": "mock", "code": code}}
    return web.json_response(body, status=status, headers=headers)


async def serve(settings: Settings, port: int = 0) -> None:
    """Serve on a port of the loopback (0: a free one), and print its address."""
    endpoint = Endpoint(settings)
    endpoint.serving = asyncio.Semaphore(settings.slots) if settings.slots else None
    app = web.Application()
    app.router.add_post("/v1/chat/completions", endpoint.answer)
    app.router.add_post("/v1/completions", endpoint.answer)
    app.router.add_get("/v1/models", endpoint.models)
    app.router.add_post("/config", endpoint.configure)
    app.router.add_get("/log", endpoint.log)
    # Whoever hangs up takes up no place any more.
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - how the test learns the port
    await asyncio.Event().wait()


if __name__ == "__main__":
    given = settings_of(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
    asyncio.run(serve(given, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
