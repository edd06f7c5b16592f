"""A pool of endpoints that serve the same model: which one a request goes to.

The healthy one with the least to do; but rather the one that has read the beginning of this prompt
before (rendezvous hashing), unless it is clearly busier than the rest. One that fails is set aside
and looked at again, at growing distances, until it answers.
"""

import asyncio
import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from sim.endpoint import Endpoint
from sim.terms import Terms

_CLEARLY_BUSIER = 1.25
_FAILURES_IN_A_ROW = 3
_CHECK_TIMEOUT_SECONDS = 10.0


class Pool:
    """Endpoints, and which of them are set aside."""

    def __init__(self, endpoints: Sequence[Endpoint], terms: Terms) -> None:
        """Pool at least one endpoint."""
        self.endpoints = tuple(endpoints)
        self._terms = terms
        self._names = tuple(endpoint.address.base_url for endpoint in endpoints)
        self._aside: dict[Endpoint, asyncio.Task[None]] = {}
        self._in_a_row: Counter[Endpoint] = Counter()
        self._setbacks: Counter[Endpoint] = Counter()

    @property
    def is_down(self) -> bool:
        """Whether none of several endpoints is healthy."""
        return len(self._aside) == len(self.endpoints)

    def choose(self, affinity: str = "", avoid: Endpoint | None = None) -> Endpoint:
        """Where to send next.

        Args:
            affinity: the beginning of the prompt; "" for none.
            avoid: an endpoint that just failed this request, if there is another one.
        """
        if len(self.endpoints) == 1:
            return self.endpoints[0]
        ranked = [self.endpoints[place] for place in _ranked(affinity, self._names)]
        healthy = [each for each in ranked if each not in self._aside]
        ready = [each for each in healthy if each is not avoid] or healthy
        if not ready:  # All are down: they are tried in turn.
            return min(ranked, key=lambda each: each.sent)
        load = sum(each.in_flight for each in ready) + 1
        if affinity and ready[0].in_flight < math.ceil(_CLEARLY_BUSIER * load / len(ready)):
            return ready[0]
        return min(ready, key=lambda each: (each.in_flight, each.sent))

    def note_reply(self, endpoint: Endpoint) -> None:
        """It works: what it failed at before is forgotten."""
        if self._in_a_row[endpoint] or self._setbacks[endpoint]:
            self._in_a_row[endpoint] = self._setbacks[endpoint] = 0

    def note_failure(self, endpoint: Endpoint, cannot_connect: bool) -> None:
        """Set it aside if nothing listens there, or if it only fails, which draws in requests."""
        self._in_a_row[endpoint] += 1
        if len(self.endpoints) == 1 or endpoint in self._aside:
            return
        if cannot_connect or self._in_a_row[endpoint] >= _FAILURES_IN_A_ROW:
            self._setbacks[endpoint] += 1
            self._aside[endpoint] = asyncio.create_task(self._watch(endpoint))

    async def close(self) -> None:
        """Stop looking and close the connections."""
        watching = tuple(self._aside.values())
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.gather(*(endpoint.close() for endpoint in self.endpoints))

    async def _watch(self, endpoint: Endpoint) -> None:
        alive = False
        while not alive:
            await asyncio.sleep(self._terms.check_seconds(self._setbacks[endpoint]))
            alive = await endpoint.is_alive(_CHECK_TIMEOUT_SECONDS)
            if not alive:
                self._setbacks[endpoint] += 1
        self._in_a_row[endpoint] = 0
        del self._aside[endpoint]


@lru_cache(maxsize=4096)
def _ranked(affinity: str, names: tuple[str, ...]) -> tuple[int, ...]:
    """Places of endpoints, the one that this beginning belongs to first."""
    digest = hashlib.blake2b(affinity.encode(errors="replace")).digest()

    def weight(place: int) -> bytes:
        return hashlib.blake2b(names[place].encode(), key=digest).digest()

    return tuple(sorted(range(len(names)), key=weight, reverse=True))
