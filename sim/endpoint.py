"""One endpoint: single attempts, and what came of them. The one module that uses the client.

Two parts of the client are passed by, since they cost more than all the rest of a call together
(docs/benchmarks.md): its typed replies, which nothing here would use, and building every request
anew. The first request to a path is built by the client; the next ones repeat its envelope
(address, headers, time-outs) around another body, and go over the client's own connections.
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
import httpx2
import openai

from sim.faults import LEAST_KEY, Fault, UnreachableError, tidy
from sim.terms import Terms, told_seconds

Json = Mapping[str, Any]
Verdict = Literal["again", "elsewhere", "never", "closed"]
"""What an attempt that failed means: try again; nothing listens there; this request will never be
answered; nothing will ever be answered there."""
_USELESS = {
    "unreadable": "the reply was not readable as JSON with choices",
    "unlisted": "it answers without log-probabilities",
}
_MOST_BYTES = 100_000
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PASSING = frozenset({408, 409, 425, 429})
_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_NO_MODEL = re.compile(r"\bmodel\b.*(not found|not exist|unknown)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is and what it is called there.

    Attributes:
        base_url: ends with the version, for example http://127.0.0.1:8080/v1.
        model: the model's name on that server.
        key_variable: environment variable that holds the key, if there is one.
    """

    base_url: str
    model: str
    key_variable: str = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Answer:
    """JSON that came back, whatever it is, and when it was asked for."""

    body: Any
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that gave nothing usable.

    Attributes:
        fault: for the records.
        verdict: what it means.
        message: for an error, if this was the last attempt.
        told: seconds that the endpoint wants us to wait; None where it says nothing.
        status: HTTP status, 0 where there was none.
        code: the endpoint's own word for it; "" for none.
    """

    fault: Fault
    verdict: Verdict
    message: str
    told: float | None = None
    status: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Envelope:
    """All of a request but its body."""

    url: httpx2.URL
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)  # The key is one of them.
    extensions: dict[str, Any]

    @classmethod
    def of(cls, request: httpx2.Request) -> "_Envelope":
        headers = [pair for pair in request.headers.raw if pair[0].lower() != b"content-length"]
        return cls(request.url, headers, dict(request.extensions))

    def around(self, body: Json) -> httpx2.Request:
        """The same request with another body."""
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        return httpx2.Request(
            "POST", self.url, headers=self.headers, content=content, extensions=self.extensions
        )


class Endpoint:
    """A connection pool to one address.

    Attributes:
        address: where it is.
        in_flight: attempts under way.
        sent: attempts begun so far.
    """

    def __init__(self, address: Address, terms: Terms) -> None:
        """Connect lazily; the key is read from the environment and kept nowhere else.

        Raises:
            UnreachableError: the key cannot be a key.
        """
        self.address = address
        self.in_flight = 0
        self.sent = 0
        self._terms = terms
        self._key = os.environ.get(address.key_variable, "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise UnreachableError(
                f"{address.key_variable} holds characters that no key has: set it to a valid one"
            )
        self._secret = self._key.encode() if len(self._key) >= LEAST_KEY else b""
        parts = urlsplit(address.base_url)
        self._root = f"{parts.scheme}://{parts.netloc}"
        self._envelopes: dict[str, _Envelope] = {}
        # A proxy of the environment is for what is elsewhere: it knows no server on this machine.
        self._http = openai.DefaultAioHttpClient(
            event_hooks={"request": [self._keep_envelope]},
            trust_env=parts.scheme != "http" or parts.hostname not in _HERE,
        )
        self._client = openai.AsyncOpenAI(
            base_url=address.base_url,
            api_key=self._key or "none",
            max_retries=0,
            # The whole attempt is limited below; a server that drips bytes would outlive these.
            timeout=openai.Timeout(None, connect=terms.connect_seconds),
            http_client=self._http,
        )

    async def attempt(
        self, path: str, body: Json | None = None, timeout_seconds: float | None = None
    ) -> Answer | Failure:
        """Send once.

        Args:
            path: below the base URL; one that begins with "/" is below the server's root.
            body: to post; None to get.
            timeout_seconds: for the whole attempt; None for that of the terms.
        """
        url = f"{self._root}{path}" if path.startswith("/") else path
        at, clock, raw = time.time(), time.perf_counter(), b""
        self.in_flight += 1
        self.sent += 1
        try:
            async with asyncio.timeout(timeout_seconds or self._terms.timeout_seconds):
                if body is None:
                    raw = await self._client.get(url, cast_to=bytes)
                else:
                    raw = await self._post(url, body)
            if self._secret and self._secret in raw:  # Replies are recorded.
                raw = raw.replace(self._secret, b"[key]")
            return Answer(_parsed(raw), at, time.perf_counter() - clock)
        except openai.APIStatusError as error:
            return self._refused(error, at, time.perf_counter() - clock)
        except (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError) as error:
            return self._broken(error, at, time.perf_counter() - clock)
        except (ValueError, RecursionError):
            page = raw[:_MOST_BYTES].decode(errors="replace")
            return self.unusable("unreadable", Answer(page, at, time.perf_counter() - clock))
        finally:
            self.in_flight -= 1

    async def is_alive(self, timeout_seconds: float) -> bool:
        """Whether a server is there and not still starting; a refusal is a sign of life too."""
        outcome = await self.attempt("models", timeout_seconds=timeout_seconds)
        if isinstance(outcome, Answer) or outcome.fault.kind == "unreadable":
            return True
        return 0 < outcome.status < 500 and outcome.status not in _PASSING

    def unusable(self, kind: str, answer: Answer) -> Failure:
        """What a reply is that came whole and still is of no use."""
        said = answer.body
        if not isinstance(said, str):
            said = json.dumps(said, ensure_ascii=False)
        fault = Fault(kind, answer.at, answer.seconds, tidy(said, self._key))
        return Failure(fault, "again", f"{self.address.base_url}: {_USELESS[kind]}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _post(self, url: str, body: Json) -> bytes:
        envelope = self._envelopes.get(f"{self.address.base_url}/{url}")
        if envelope is None:
            return await self._client.post(url, cast_to=bytes, body=body)
        reply = await self._http.send(envelope.around(body))
        if reply.is_success:
            return reply.content
        raise openai.APIStatusError("", response=reply, body=_told(reply.content))

    async def _keep_envelope(self, request: httpx2.Request) -> None:
        if request.method == "POST":
            self._envelopes.setdefault(str(request.url), _Envelope.of(request))

    def _refused(self, error: openai.APIStatusError, at: float, seconds: float) -> Failure:
        status, where = error.status_code, self.address.base_url
        said, code = self._said(error.body), _code(error.body)
        verdict = _verdict(status, code, said)
        message = f"{where} answered HTTP {status}: {said}"
        if status in (401, 403):
            message = (
                f"{where} refuses the key (HTTP {status}):"
                f" set {self.address.key_variable} to a valid one"
            )
        told = told_seconds(error.response.headers, time.time())
        fault = Fault(str(status), at, seconds, said)
        return Failure(fault, verdict, message, told, status, code)

    def _broken(self, error: BaseException, at: float, seconds: float) -> Failure:
        """No reply: the connection could not be made, broke off, or took too long."""
        where = self.address.base_url
        causes = tuple(_causes(error))
        said = tidy(f"{type(causes[-1]).__name__}: {causes[-1]}", self._key)
        if any(isinstance(each, _NOT_CONNECTED) for each in causes):
            message = (
                f"{where} cannot be reached: is the server running there, and does the"
                " address end with its version, such as /v1?"
            )
            return Failure(Fault("connection", at, seconds, said), "elsewhere", message)
        if any(isinstance(each, TimeoutError) for each in causes):
            said = f"no reply within {seconds:.3g} s"
            return Failure(Fault("timeout", at, seconds, said), "again", f"{where}: {said}")
        message = f"{where} broke off the connection"
        return Failure(Fault("connection", at, seconds, said), "again", message)

    def _said(self, body: object) -> str:
        """The server's own words in one short line."""
        message = body.get("message") if isinstance(body, dict) else None
        return tidy(str(message or body or "no message"), self._key)


def _verdict(status: int, code: str, said: str) -> Verdict:
    if status in (401, 403) or code in _NO_QUOTA:
        return "closed"
    if status == 404 and (code == "model_not_found" or _NO_MODEL.search(said)):
        return "closed"
    # 501 is a server that cannot do this at all, unlike its neighbours.
    return "again" if status in _PASSING or (status >= 500 and status != 501) else "never"


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON it is
    body = json.loads(raw)
    if b"\\u" not in raw and b"\xed" not in raw:  # Much the quickest way to know of most.
        return body
    if _HALF_A_CHARACTER.search(raw) is None:
        return body
    # A text that was cut within a character: half of one is no text, and no file would take it.
    return json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))


def _told(content: bytes) -> object:
    """What an error's body says, as the client reads it."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return content[:_MOST_BYTES].decode(errors="replace")
    return body.get("error", body) if isinstance(body, dict) else body


def _code(body: object) -> str:
    if not isinstance(body, dict):
        return ""
    words = (body.get("code"), body.get("type"))
    return next((word for word in words if isinstance(word, str) and word), "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it was made from, and so on to the first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
