"""Rates: requests and tokens a minute, spread evenly.

A bucket that holds a tenth of a second's worth is let in at once and refills steadily: small
enough that calls are spread evenly, large enough that an event loop that wakes a few milliseconds
late loses nothing. What the bucket holds is taken off the rate, so that no minute, wherever it
begins, passes the limit.
"""

import asyncio

from aiolimiter import AsyncLimiter

_PERIODS_A_MINUTE = 600
_MINUTE_SECONDS = 60.0


class Rates:
    """A limit of requests and one of tokens, for whoever comes first."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        """Set limits > 0; None for no limit."""
        self._requests = _bucket(requests_per_minute)
        self._tokens = _bucket(tokens_per_minute)
        self._turn = asyncio.Lock()
        self._owed = 0.0
        self._bytes = self._paid = 0

    async def take(self, most_prompt_tokens: int, most_completion_tokens: int) -> float:
        """Wait until a request may be sent.

        Args:
            most_prompt_tokens: as many as its prompt may have: its bytes, roughly.
            most_completion_tokens: as many as its reply may have.

        Returns:
            Tokens that were counted for it.
        """
        tokens = most_prompt_tokens * self._tokens_a_byte() + most_completion_tokens
        # In turn, since whoever took tokens and then waited would send them later, in a heap.
        async with self._turn:
            if self._tokens is not None:
                due = max(tokens + self._owed, 0.0)
                self._owed += tokens - due
                await _pour(self._tokens, due)
            if self._requests is not None:
                await self._requests.acquire()
        return tokens

    def settle(self, counted: float, most_prompt_tokens: int, prompt: int, completion: int) -> None:
        """Correct what was counted for a request by what it really took.

        Args:
            counted: as `take` returned it.
            most_prompt_tokens: as `take` was given it.
            prompt: tokens of its prompt.
            completion: tokens of its reply.
        """
        if self._tokens is None:
            return
        self._bytes += most_prompt_tokens
        self._paid += prompt
        # No more is given back than one bucket: the minute before may not lend to this one.
        self._owed = max(self._owed + prompt + completion - counted, -self._tokens.max_rate)

    def _tokens_a_byte(self) -> float:
        """Learned from the replies so far, a little above it; until then the worst case."""
        return min(1.1 * self._paid / self._bytes, 1.0) if self._bytes else 1.0


def _bucket(per_minute: float | None) -> AsyncLimiter | None:
    if per_minute is None:
        return None
    holds = max(per_minute / _PERIODS_A_MINUTE, 1.0)
    # A bucket of one lets in one at a time, in even steps, and needs nothing taken off.
    a_second = (per_minute - (holds if holds > 1 else 0.0)) / _MINUTE_SECONDS
    return AsyncLimiter(holds, holds / a_second)


async def _pour(bucket: AsyncLimiter, amount: float) -> None:
    """Take any amount; more than the bucket holds in parts of half a bucket."""
    part = bucket.max_rate / 2
    while amount > bucket.max_rate:
        await bucket.acquire(part)
        amount -= part
    await bucket.acquire(amount)
