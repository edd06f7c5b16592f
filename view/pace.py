"""When the next round of a live run may begin: at once, after a pause, or one at a time."""

import asyncio
import threading
import time

_SECONDS_BETWEEN_LOOKS = 0.02


class Pace:
    """Set by the page, kept by the run; the two are in different threads.

    Attributes:
        seconds: least time between the beginnings of two rounds.
        is_waiting: whether a round is settled and the next one may not begin yet.
    """

    def __init__(self, seconds: float = 0.0, *, paused: bool = False) -> None:
        """Begin running, or paused."""
        self.seconds = seconds
        self.is_waiting = False
        self._is_paused = paused
        self._steps = 0
        self._lock = threading.Lock()

    @property
    def is_paused(self) -> bool:
        """Whether the run is to wait, at once or when the round being played is settled."""
        return self._is_paused and not self._steps

    def go(self) -> None:
        """Let rounds follow each other."""
        self._is_paused = False

    def pause(self) -> None:
        """Hold the run once the round being played is settled."""
        with self._lock:
            self._is_paused, self._steps = True, 0

    def step(self) -> None:
        """Let one more round be played, and hold the run behind it."""
        with self._lock:
            self._is_paused = True
            self._steps += 1

    async def turn(self) -> None:
        """Wait until the next round may begin."""
        since = time.monotonic()
        while not self._may_begin(since):
            self.is_waiting = True
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        self.is_waiting = False

    def _may_begin(self, since: float) -> bool:
        with self._lock:
            if self._is_paused:
                if not self._steps:
                    return False
                self._steps -= 1
                return True
        return time.monotonic() - since >= self.seconds
