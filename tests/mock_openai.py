"""An OpenAI-compatible endpoint for tests: answers by hash of the request, and misbehaves on order.

    python tests/mock_openai.py '{"fault_rate": 0.2}'     # prints its base URL, serves until killed

A reply depends on the request alone. A fault depends on the request and on how often it was sent,
so it does not depend on the order of arrival, and a repeated request is drawn anew. `POST /config`
changes settings while it runs; `GET /log` tells what was asked.
"""

import asyncio
import hashlib
import json
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from aiohttp import web

KINDS = ("429", "500", "timeout", "garbled", "empty", "drop", "truncated")
_LABEL = re.compile(r"^([A-Z])\) ", re.MULTILINE)


@dataclass
class Settings:
    """How it behaves.

    Attributes:
        latency_ms: mean time to a reply; each takes between none and twice as long.
        fault_rate: share of requests that meet a fault of one of `fault_kinds`.
        spared: so many requests at the beginning meet no fault, such as a probe.
        timeout_seconds: how long a timeout lasts.
        key: the bearer key that it wants; "" for none.
        top: most log-probabilities that it gives.
    """

    latency_ms: float = 0.0
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = KINDS
    spared: int = 0
    timeout_seconds: float = 30.0
    key: str = ""
    top: int = 20


@dataclass
class Endpoint:
    """The endpoint and what it remembers: digests of all requests in order of arrival."""

    settings: Settings
    asked: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    inflight: int = 0
    peak: int = 0

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """A reply of one token with log-probabilities, unless a fault is drawn."""
        if self.settings.key and request.headers.get("authorization") != (
            f"Bearer {self.settings.key}"
        ):
            return _error(401, "Incorrect API key provided")
        body = await request.json()
        digest = digest_of(body["messages"])
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
        one, two, three = _uniforms(f"{digest}/{self.times[digest]}")
        await asyncio.sleep(2 * one * self.settings.latency_ms / 1000)
        text = json.dumps(self._reply(body, digest))
        if two >= self.settings.fault_rate or len(self.asked) <= self.settings.spared:
            return web.Response(text=text, content_type="application/json")
        kind = self.settings.fault_kinds[int(three * len(self.settings.fault_kinds))]
        self.faults[kind] += 1
        return await self._fault(kind, text, request)

    async def _fault(self, kind: str, text: str, request: web.Request) -> web.StreamResponse:
        match kind:
            case "429":
                return _error(429, "Rate limit reached", {"retry-after-ms": "20"})
            case "500":
                return _error(500, "The server had an error", {"retry-after-ms": "20"})
            case "timeout":
                await asyncio.sleep(self.settings.timeout_seconds)
            case "garbled":
                text = "<html>a proxy's page</html>"
            case "empty":
                reply = json.loads(text)
                reply["choices"][0].update(message={"content": ""}, logprobs=None)
                text = json.dumps(reply)
            case "truncated":
                text = text[: len(text) // 2]
            case "drop":
                assert request.transport is not None
                request.transport.abort()
        return web.Response(text=text, content_type="application/json")

    def _reply(self, body: dict[str, Any], digest: str) -> dict[str, Any]:
        labels = _LABEL.findall(body["messages"][-1]["content"]) or ["A", "B"]
        weights = [0.2 + _uniforms(f"{digest}:{label}")[0] for label in labels]
        top = [
            {"token": label, "logprob": math.log(0.9 * weight / sum(weights))}
            for label, weight in zip(labels, weights, strict=True)
        ]
        # What is not on the menu gets the rest, in ever smaller parts.
        top += [{"token": f" word{n}", "logprob": math.log(0.1 / 2 ** (n + 1))} for n in range(20)]
        top.sort(key=lambda item: -float(item["logprob"]))
        content = {**top[0], "top_logprobs": top[: min(self.settings.top, body["top_logprobs"])]}
        size = sum(len(message["content"]) for message in body["messages"]) // 4
        return {
            "id": "mock",
            "object": "chat.completion",
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": top[0]["token"]},
                    "logprobs": {"content": [content]},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": size, "completion_tokens": 1, "total_tokens": size + 1},
        }

    async def models(self, request: web.Request) -> web.Response:
        """The one model."""
        if self.settings.key and self.settings.key not in request.headers.get("authorization", ""):
            return _error(401, "Incorrect API key provided")
        return web.json_response({"object": "list", "data": [{"id": "mock", "object": "model"}]})

    async def configure(self, request: web.Request) -> web.Response:
        """Change settings, and forget what was asked."""
        self.settings = settings_of(await request.json())
        self.asked, self.times, self.faults = [], Counter(), Counter()
        self.peak = self.inflight
        return web.json_response({})

    async def log(self, _: web.Request) -> web.Response:
        """What was asked, and what faults were made."""
        return web.json_response(
            {"asked": self.asked, "faults": self.faults, "peak": self.peak, "now": self.inflight}
        )


def digest_of(messages: object) -> str:
    """A digest of the messages of a chat request."""
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()


def settings_of(given: dict[str, Any]) -> Settings:
    """Settings from JSON; an unknown name is an error."""
    unknown = set(given) - {each.name for each in fields(Settings)}
    if unknown:
        raise ValueError(f"unknown settings: {unknown}")
    return Settings(**given)


def _uniforms(key: str) -> tuple[float, float, float]:
    digest = hashlib.sha256(key.encode()).digest()
    one, two, three = (int.from_bytes(digest[at : at + 6], "big") / 2**48 for at in (0, 8, 16))
    return one, two, three


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"message": message, "type": "mock", "code": None}}
    return web.json_response(body, status=status, headers=headers)


async def serve(settings: Settings) -> None:
    """Serve on a free port of the loopback, whose address is printed."""
    endpoint = Endpoint(settings)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", endpoint.chat)
    app.router.add_get("/v1/models", endpoint.models)
    app.router.add_post("/config", endpoint.configure)
    app.router.add_get("/log", endpoint.log)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 - how the test learns the port
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(settings_of(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})))
