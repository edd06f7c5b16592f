"""The gateway: the one door to models, for every OpenAI-compatible endpoint.

It sends, retries transport faults with bounds, and turns every third-party error into one of ours.
It knows nothing about games; what it sends is a path below the base URL and a JSON body.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import openai

from agents.errors import CompleterError

_RETRIES = 4
_GARBLED_RETRIES = 3
_TIMEOUT_SECONDS = 120.0
_MOST_CHARACTERS = 200

Json = Mapping[str, Any]


class UnreachableError(CompleterError):
    """Nothing answers at this address, or it refuses the key; asking again is of no use."""


class RejectedError(CompleterError):
    """The endpoint does not take this request; another one may be fine."""

    attempts = 1
    code = ""


class UnlistedError(RejectedError):
    """The endpoint answers, but without the log-probabilities that were asked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON reply and how it was come by."""

    body: Json
    started: float
    seconds: float
    attempts: int


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


class Gateway:
    """An open connection pool to one endpoint."""

    def __init__(self, address: Address) -> None:
        """Connect lazily; the key is read from the environment and kept nowhere else."""
        self.address = address
        self._client = openai.AsyncOpenAI(
            base_url=address.base_url,
            api_key=os.environ.get(address.key_variable) or "none",
            max_retries=_RETRIES,
            timeout=_TIMEOUT_SECONDS,
            http_client=openai.DefaultAioHttpClient(),
        )

    async def __aenter__(self) -> Self:
        """Use as a context manager, so that connections are closed."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.close()

    async def models(self) -> tuple[str, ...]:
        """Names of the models that the endpoint offers.

        Raises:
            UnreachableError: nothing answers, or the key is refused.
            RejectedError: the endpoint has no such list.
        """
        once = self._client.with_options(max_retries=1, timeout=10.0)
        try:
            page = await once.models.list()
        except openai.OpenAIError as error:
            raise self._translated(error) from None
        return tuple(model.id for model in page.data)

    async def send(self, path: str, body: Json, affinity: str = "") -> Reply:
        """Send to a path below the base URL."""
        return await self._send("chat" if path.startswith("chat") else path, body)

    async def complete(self, body: Json) -> Reply:
        """Send to /completions: the continuation of a raw text."""
        return await self._send("completions", body)

    async def chat(self, body: Json) -> Reply:
        """Send to /chat/completions."""
        return await self._send("chat", body)

    async def tokenize(self, text: str) -> tuple[tuple[int, str], ...]:
        """Tokens of a text as (number, piece), where the server tells them (llama.cpp).

        Raises:
            RejectedError: the server has no /tokenize.
        """
        parts = urlsplit(self.address.base_url)
        url = f"{parts.scheme}://{parts.netloc}/tokenize"
        body = {"content": text, "with_pieces": True}
        try:
            answer = await self._client.post(url, cast_to=object, body=body)
        except openai.OpenAIError as error:
            raise self._translated(error) from None
        try:
            return tuple((token["id"], token["piece"]) for token in answer["tokens"])  # type: ignore[index]
        except (TypeError, KeyError):
            raise RejectedError(f"{url} does not tell tokens") from None

    async def _send(self, kind: str, body: Json) -> Reply:
        started, clock = time.time(), time.perf_counter()
        attempts = readable = 0
        for _ in range(_GARBLED_RETRIES):
            try:
                raw = await self._create(kind, {"model": self.address.model, **body})
                attempts += 1 + raw.retries_taken
                reply = json.loads(raw.text)
            except openai.OpenAIError as error:
                raise self._translated(error) from None
            except ValueError:
                continue
            if not _has_choices(reply):
                continue
            # What was asked for and is missing is a fault too: it says nothing of the model.
            if not body.get("logprobs") or _has_log_probabilities(reply):
                return Reply(reply, started, time.perf_counter() - clock, attempts)
            readable += 1
        if readable == _GARBLED_RETRIES:
            raise UnlistedError(f"{self.address.base_url} answers without log-probabilities")
        raise CompleterError(
            f"{self.address.base_url}: {attempts} replies in a row were not readable as JSON"
            " with choices"
        )

    async def _create(self, kind: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - raw response
        # What the client does not know by name (slots, token biases) travels as extra body.
        known = {"model", "prompt", "messages", "max_tokens", "temperature", "logprobs"}
        known |= {"top_logprobs", "echo", "seed"}
        extra = {key: value for key, value in body.items() if key not in known}
        plain = {key: value for key, value in body.items() if key in known}
        if kind == "chat":
            chat = self._client.chat.completions.with_raw_response
            return await chat.create(**plain, extra_body=extra)
        return await self._client.completions.with_raw_response.create(**plain, extra_body=extra)

    def _translated(self, error: openai.OpenAIError) -> CompleterError:
        where = self.address.base_url
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return UnreachableError(
                    f"{where} refuses the key (HTTP {error.status_code}):"
                    f" set {self.address.key_variable} to a valid one"
                )
            case openai.RateLimitError() | openai.InternalServerError():
                return CompleterError(
                    f"{where} answered HTTP {error.status_code} {_RETRIES + 1} times"
                )
            case openai.APIStatusError():
                return RejectedError(
                    f"{where} answered HTTP {error.status_code}: {self._said(error)}"
                )
            case openai.APIConnectionError():
                return UnreachableError(
                    f"{where} cannot be reached: is the server running there, and does the"
                    " address end with its version, such as /v1?"
                )
            case _:
                return CompleterError(f"{where}: {type(error).__name__}")

    def _said(self, error: openai.APIStatusError) -> str:
        """The server's own words in one short line, without the key and terminal escapes."""
        body = error.body
        message = body.get("message") if isinstance(body, dict) else None
        line = " ".join(str(message or body or "no message").split())
        # Escapes go first: between its characters they would hide the key.
        line = "".join(character for character in line if character.isprintable())
        key = os.environ.get(self.address.key_variable, "").strip()
        return (line.replace(key, "[key]") if key else line)[:_MOST_CHARACTERS]


def _has_choices(reply: object) -> bool:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], dict)


def _has_log_probabilities(reply: Json) -> bool:
    listed = reply["choices"][0].get("logprobs") or {}
    return bool(listed.get("content") or listed.get("token_logprobs"))
