"""The gateway: the one door to models, for every OpenAI-compatible endpoint.

It sends, retries transport faults with bounds, keeps to budget and rates, spreads requests over
several addresses, and turns every third-party error into one of ours. Every attempt that failed is
told in the reply or the error. It knows nothing about games; what it sends is a path below the base
URL and a JSON body. A model's words are never a fault: what they are worth is for the readouts.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sim.budget import Budget
from sim.endpoint import Address, Answer, Endpoint, Failure, Json
from sim.errors import StoppedError
from sim.faults import (
    EndpointError,
    Fault,
    OutageError,
    RejectedError,
    UnlistedError,
    UnreachableError,
)
from sim.pool import Pool
from sim.rates import Rates
from sim.replies import flaw, items, most_tokens, usage
from sim.streams import uniform
from sim.terms import Terms

__all__ = [
    "Address",
    "EndpointError",
    "Fault",
    "Gateway",
    "Json",
    "OutageError",
    "RejectedError",
    "Reply",
    "Terms",
    "UnlistedError",
    "UnreachableError",
]

_UNLISTED_ATTEMPTS = 3
_LISTING_TIMEOUT_SECONDS = 10.0
_THROTTLING = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON reply and how it was come by.

    Attributes:
        body: with at least one choice.
        started: seconds since the epoch.
        seconds: until the reply, everything included.
        attempts: how often it was sent: once, and once for every fault.
        faults: attempts that failed before it.
        base_url: who answered.
    """

    body: Json
    started: float
    seconds: float
    attempts: int
    faults: tuple[Fault, ...] = ()
    base_url: str = ""


@dataclass(slots=True)
class _Course:
    """A request and what became of it so far.

    Attributes:
        most_tokens: of its prompt and its reply, at most; None where no model is asked.
        tries: attempts that count against the bound.
        last: the endpoint that failed it last.
    """

    path: str
    body: Json
    affinity: str = ""
    most_tokens: tuple[int, int] | None = None
    faults: list[Fault] = field(default_factory=list)
    tries: int = 0
    last: Endpoint | None = None

    @property
    def unlisted(self) -> int:
        """Replies without the log-probabilities that were asked for."""
        return sum(fault.kind == "unlisted" for fault in self.faults)


class Gateway:
    """An open connection pool to one model, at one address or several.

    Attributes:
        address: the first address.
    """

    def __init__(
        self,
        addresses: Address | Sequence[Address],
        *,
        terms: Terms = Terms(),  # noqa: B008 - frozen
        budget: Budget | None = None,
        throttled: Callable[[], None] | None = None,
    ) -> None:
        """Connect lazily; keys are read from the environment and kept nowhere else.

        Args:
            addresses: of endpoints that serve the same model.
            terms: how often, how patiently and how fast it asks.
            budget: asked before every attempt; None for no limit.
            throttled: called when an endpoint says that it is asked too much (429, 503).

        Raises:
            UnreachableError: a key that cannot be one.
        """
        several = (addresses,) if isinstance(addresses, Address) else tuple(addresses)
        self.address = several[0]
        self._terms = terms
        self._pool = Pool([Endpoint(address, terms) for address in several], terms)
        limits = (terms.requests_per_minute, terms.tokens_per_minute)
        self._rates = None if limits == (None, None) else Rates(*limits)
        self._budget = budget or Budget()
        self._throttled = throttled
        self._pauses = itertools.count()

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
        await self._pool.close()

    async def send(self, path: str, body: Json, affinity: str = "") -> Reply:
        """Send until a reply with choices comes, within the bounds.

        Args:
            path: "chat/completions" or "completions".
            body: of the request, without the model.
            affinity: the beginning of the prompt; it goes where that was read before.

        Raises:
            EndpointError: no usable reply, with every attempt that failed.
            StoppedError: the budget is used up.
        """
        return await self._retried(_Course(path, body, affinity, most_tokens(body)))

    async def chat(self, body: Json) -> Reply:
        """Send to /chat/completions."""
        return await self.send("chat/completions", body)

    async def complete(self, body: Json) -> Reply:
        """Send to /completions: the continuation of a raw text."""
        return await self.send("completions", body)

    async def models(self) -> tuple[str, ...]:
        """Names of the models that the endpoints offer.

        Raises:
            UnreachableError: nothing answers at any address, or a key is refused.
            RejectedError: an endpoint has no such list.
        """
        outcomes = [await self._listed(endpoint) for endpoint in self._pool.endpoints]
        failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
        for failure in failures:
            if failure.verdict in ("closed", "never"):
                raise _error(failure, [failure.fault])
        if len(failures) == len(outcomes):
            message = "; ".join(failure.message for failure in failures)
            raise UnreachableError(message, [failure.fault for failure in failures])
        bodies = [outcome.body for outcome in outcomes if isinstance(outcome, Answer)]
        names = (str(model["id"]) for body in bodies for model in items(body, "data", "id"))
        return tuple(dict.fromkeys(names))

    async def tokenize(self, text: str, *, begins: bool = False) -> tuple[tuple[int, str], ...]:
        """Tokens of a text as (number, piece), where the server tells them (llama.cpp).

        Args:
            text: to be cut.
            begins: with the token that this model wants at the beginning of a prompt, if any.

        Raises:
            RejectedError: the server has no /tokenize.
        """
        body: dict[str, object] = {"content": text, "with_pieces": True}
        reply = await self._retried(
            _Course("/tokenize", body | ({"add_special": True} if begins else {}))
        )
        tokens = items(reply.body, "tokens", "id")
        if not all("piece" in token for token in tokens) or (text and not tokens):
            raise RejectedError(f"{reply.base_url}: /tokenize does not tell tokens", reply.faults)
        return tuple((token["id"], token["piece"]) for token in tokens)

    async def _listed(self, endpoint: Endpoint) -> Answer | Failure:
        timeout = min(_LISTING_TIMEOUT_SECONDS, self._terms.timeout_seconds)
        outcome = await endpoint.attempt("models", timeout_seconds=timeout)
        if isinstance(outcome, Failure) and outcome.verdict in ("again", "elsewhere"):
            await asyncio.sleep(self._terms.pause_seconds(1, 0.5, outcome.told))
            outcome = await endpoint.attempt("models", timeout_seconds=timeout)
        if isinstance(outcome, Failure):
            self._pool.note_failure(endpoint, outcome.verdict == "elsewhere")
        return outcome

    async def _retried(self, course: _Course) -> Reply:
        started, clock = time.time(), time.perf_counter()
        while True:
            try:
                endpoint, outcome = await self._attempt(course)
            except StoppedError as stopped:
                stopped.faults = tuple(course.faults)
                raise
            if isinstance(outcome, Answer):
                self._pool.note_reply(endpoint)
                seconds = time.perf_counter() - clock
                faults = tuple(course.faults)
                where = endpoint.address.base_url
                return Reply(outcome.body, started, seconds, len(faults) + 1, faults, where)
            course.faults.append(outcome.fault)
            course.last = endpoint
            if self._throttled is not None and outcome.status in _THROTTLING:
                self._throttled()
            if outcome.verdict in ("closed", "never"):
                raise _error(outcome, course.faults)
            self._pool.note_failure(endpoint, outcome.verdict == "elsewhere")
            if not self._may_move(course, outcome):
                course.tries += 1
                await self._pause(course, outcome)

    def _may_move(self, course: _Course, outcome: Failure) -> bool:
        """Whether a request goes elsewhere at once: that nothing listens is no fault of its own.

        Endpoints that come and go could make it move for ever, so its moves are counted.
        """
        moves = len(course.faults) - course.tries
        many_endpoints = len(self._pool.endpoints)
        return outcome.verdict == "elsewhere" and moves < many_endpoints and not self._pool.is_down

    async def _pause(self, course: _Course, outcome: Failure) -> None:
        """Wait before the next attempt, or raise what a request ends with after its last one."""
        if course.unlisted >= _UNLISTED_ATTEMPTS:
            raise _error(outcome, course.faults)
        if course.tries >= self._terms.attempts:
            if outcome.verdict == "elsewhere" and len(self._pool.endpoints) > 1:
                addresses = ", ".join(each.address.base_url for each in self._pool.endpoints)
                raise UnreachableError(f"none of {addresses} can be reached", course.faults)
            raise _error(outcome, course.faults)
        chance = uniform(os.getpid(), "pause", next(self._pauses))
        await asyncio.sleep(self._terms.pause_seconds(course.tries, chance, outcome.told))

    async def _attempt(self, course: _Course) -> tuple[Endpoint, Answer | Failure]:
        """One attempt, within budget and rates."""
        if course.most_tokens is None:
            endpoint = self._pool.choose(course.affinity, course.last)
            return endpoint, await endpoint.attempt(course.path, course.body)
        reservation = await self._budget.reserve(*course.most_tokens)
        try:
            counted = await self._rates.take(*course.most_tokens) if self._rates else 0.0
            endpoint = self._pool.choose(course.affinity, course.last)
            body = {"model": endpoint.address.model, **course.body}
            outcome = await endpoint.attempt(course.path, body)
            if isinstance(outcome, Failure):
                return endpoint, outcome
            kind, used = flaw(course.path, course.body, outcome.body), usage(outcome.body)
            most_prompt, most_completion = course.most_tokens
            # What is not told counts as all that it may have taken.
            prompt = most_prompt if used.prompt is None else used.prompt
            completion = most_completion if used.completion is None else used.completion
            if used.prompt is not None and self._rates is not None:
                self._rates.settle(counted, most_prompt, prompt, completion)
            if used.prompt is not None or not kind:
                reservation.pay(prompt, used.cached or 0, completion)
            return endpoint, endpoint.unusable(kind, outcome) if kind else outcome
        finally:
            reservation.release()


def _error(failure: Failure, faults: Sequence[Fault]) -> EndpointError:
    if failure.verdict == "never":
        return RejectedError(failure.message, faults, failure.status, failure.code)
    if failure.fault.kind == "unlisted":
        return UnlistedError(failure.message, faults)
    if failure.verdict in ("closed", "elsewhere"):
        return UnreachableError(failure.message, faults)
    times = "" if len(faults) == 1 else f" ({len(faults)} attempts)"
    return OutageError(f"{failure.message}{times}", faults)
