"""Gauging: the surprisal of many texts, equal ones asked once, with what is not measurable told."""

import asyncio
from collections.abc import Callable, Sequence

from agents.completer import Gauge, Surprisal, SurprisalRequest, Unmeasurable


async def gauge_all(
    model: Gauge, requests: Sequence[SurprisalRequest], measured: Callable[[], None]
) -> list[Surprisal | Unmeasurable]:
    """Measure every text.

    Args:
        model: that is asked.
        requests: what is asked; equal ones are asked once.
        measured: called for each different one when it is done.

    Returns:
        In the order of the requests.

    Raises:
        StoppedError: the budget is used up; recorded calls are kept.
        CompleterError: no usable reply within the bounds of retrying.
    """
    distinct = list(dict.fromkeys(requests))

    async def ask(request: SurprisalRequest) -> Surprisal | Unmeasurable:
        if not request.text:
            return Unmeasurable("the text is empty")
        found = await model.surprise(request)
        measured()
        return found

    tasks = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(request)) for request in distinct]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    found = dict(zip(distinct, (task.result() for task in tasks), strict=True))
    return [found[request] for request in requests]
