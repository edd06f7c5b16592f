"""One event loop in a thread of its own, for callers that cannot await.

One for the whole process and for good: connections to a model belong to the loop that opened them,
so a loop for every step would lose them.
"""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def wait_for(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine on the background loop and give back what it gives, or raise what it raises.

    Works whether or not an event loop runs in the calling thread, as one does in a notebook.
    """
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="society steps", daemon=True).start()
    return loop
