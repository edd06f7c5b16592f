"""What the journal holds: calls, requests that failed for good, and faults of single attempts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded request and what came back.

    Attributes:
        key: SHA-256 of the canonical request and the model's identity.
        model: the model's identity: its name, and its file's hash or its server's fingerprint
            where there is one.
        request: path and body of the request, and the sample's number where text is sampled.
        reply: the parts of the reply that anything depends on.
        prompt_tokens: tokens of the prompt; None where the endpoint does not tell.
        completion_tokens: tokens generated; likewise.
        cached_tokens: tokens of the prompt that the server did not have to read again; likewise.
        started: seconds since the epoch.
        seconds: time to the reply, retries included.
        attempts: how often it was sent, at least 1.
    """

    key: str
    model: str
    request: Mapping[str, Any]
    reply: Mapping[str, Any]
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    started: float
    seconds: float
    attempts: int

    def row(self) -> tuple[object, ...]:
        """As columns of the journal."""
        request, reply = _json(self.request), _json(self.reply)
        tokens = (self.prompt_tokens, self.completion_tokens, self.cached_tokens)
        times = (self.started, self.seconds, self.attempts)
        return (self.key, self.model, request, reply, *tokens, *times)


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that will never be answered; as good an answer as any other.

    Attributes:
        key: as of a call.
        model: as of a call.
        request: as of a call.
        error: what the endpoint said.
        attempts: how often it was sent, at least 1.
    """

    key: str
    model: str
    request: Mapping[str, Any]
    error: str
    attempts: int

    def row(self) -> tuple[object, ...]:
        """As columns of the journal."""
        return (self.key, self.model, _json(self.request), self.error, self.attempts)


@dataclass(frozen=True, slots=True)
class Fault:
    """One attempt that gave no usable reply.

    Attributes:
        key: of the call that was attempted.
        kind: an HTTP status, "timeout", "connection" or "unreadable".
        at: seconds since the epoch.
        seconds: how long the attempt took.
        said: the endpoint's own words in one line.
    """

    key: str
    kind: str
    at: float
    seconds: float
    said: str

    def row(self) -> tuple[object, ...]:
        """As columns of the journal."""
        return (self.key, self.kind, self.at, self.seconds, self.said)


Entry = Call | Failure | Fault


def call_key(model: str, request: Mapping[str, Any]) -> str:
    """SHA-256 of a request to a model, independent of the order of its keys."""
    canonical = json.dumps([model, request], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
