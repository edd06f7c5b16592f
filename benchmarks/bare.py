"""What others would write: a bare loop over the same bodies, round by round, that keeps nothing.

No journal, no retries beyond the client's own, no records: the least that a client can do.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import openai

Body = Mapping[str, Any]
Rounds = Sequence[Sequence[Body]]
"""Request bodies, round by round; a round begins when the one before it is answered."""
Send = Callable[[Body], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Looped:
    """What a loop took: seconds of the clock, and of this process."""

    seconds: float
    cpu_seconds: float


async def openai_loop(base_url: str, rounds: Rounds, width: int) -> Looped:
    """The client library with its aiohttp backend."""
    client = openai.AsyncOpenAI(
        base_url=base_url, api_key="none", http_client=openai.DefaultAioHttpClient()
    )

    async def send(body: Body) -> str:
        reply = await client.chat.completions.create(model="mock", **body)
        return reply.choices[0].message.content or ""

    async with client:
        return await _looped(send, rounds, width)


async def aiohttp_loop(base_url: str, rounds: Rounds, width: int) -> Looped:
    """Nothing but HTTP and JSON."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(body: Body) -> str:
            whole = {"model": "mock", **body}
            async with session.post(f"{base_url}/chat/completions", json=whole) as response:
                reply = await response.json()
                text: str = reply["choices"][0]["message"]["content"]
                return text

        return await _looped(send, rounds, width)


async def _looped(send: Send, rounds: Rounds, width: int) -> Looped:
    turns = asyncio.Semaphore(width)

    async def in_turn(body: Body) -> str:
        async with turns:
            return await send(body)

    clock, cpu = time.perf_counter(), time.process_time()
    for bodies in rounds:
        await asyncio.gather(*(in_turn(body) for body in bodies))
    return Looped(time.perf_counter() - clock, time.process_time() - cpu)
