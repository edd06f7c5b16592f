"""The search for a width: how many requests in flight an endpoint answers fastest for.

An endpoint that is kept full at width w and takes t seconds over a request does w / t of them a
second. While it has room, t stays and the speed grows with the width; past its knee t grows and the
speed does not. So the width climbs in steps as long as they gain speed, settles at the smallest one
that is nearly as fast as the fastest, and now and then tries one step more.

Where the endpoint itself says that it is too much, the width falls at once, and creeps back to just
below where that happened.
"""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

_WORTHWHILE = 0.25
"""Least share of what a step could gain at best that makes it worth keeping."""
_NEARLY = 0.9
_FIRST_STEP, _LATER_STEP, _WARY_STEP = 2.0, 1.5, 1.1
_BACK_OFF = 0.7
_CLIMBING_SAMPLES, _HOLDING_SAMPLES, _REGAINING_SAMPLES = 32, 64, 8
_FIRST_PATIENCE, _MOST_PATIENCE = 8, 64
_THROTTLED_SECONDS = 1.0


class Search:
    """A width that follows what an endpoint can do.

    Attributes:
        width: to use now.
        epoch: changes with the width, and again when what was in flight before has gone; only what
            began in the present one tells of it.
    """

    def __init__(self, start: int, most: int) -> None:
        """Begin with `start` > 0 and never pass `most`."""
        self.width = min(start, most)
        self.epoch = 0
        self._most = most
        self._phase: Literal["climbing", "holding", "regaining"] = "climbing"
        self._step = _FIRST_STEP
        self._speeds: dict[int, float] = {}  # Of the present climb, in its order.
        self._samples: list[float] = []
        self._since_move = 0
        self._is_doubted = False
        self._held, self._patience = 0, _FIRST_PATIENCE
        self._ceiling = most + 1
        self._finished, self._quiet_until = most, -math.inf

    def note(self, seconds: float, *, is_telling: bool) -> None:
        """A request is done.

        Args:
            seconds: that it took.
            is_telling: whether it began in this epoch, with all lanes taken.
        """
        self._finished += 1
        self._since_move += 1
        # The first climb may be rash; later ones look for little, and wait for a steady state.
        if self._since_move == self.width and self._step < _FIRST_STEP:
            self._begin_epoch()
        elif is_telling:
            self._samples.append(seconds)
        if len(self._samples) >= self._needed():
            self._judge(self.width / max(_usual(self._samples), 1e-6))

    def throttled(self, now: float) -> None:
        """Fall back; what was sent before the last fall is not held against the present width.

        Args:
            now: seconds of any steady clock.
        """
        if self._finished < self.width and now < self._quiet_until:
            return
        self._ceiling, self._step, self._phase = self.width, _WARY_STEP, "regaining"
        self._finished, self._quiet_until = 0, now + _THROTTLED_SECONDS
        self._move(max(1, int(self.width * _BACK_OFF)))

    def _needed(self) -> int:
        match self._phase:
            case "climbing":
                return max(self.width, _CLIMBING_SAMPLES) * (2 if self._is_doubted else 1)
            case "holding":
                return max(2 * self.width, _HOLDING_SAMPLES)
            case "regaining":
                return max(self.width, _REGAINING_SAMPLES)

    def _judge(self, speed: float) -> None:
        match self._phase:
            case "climbing":
                self._climb(speed)
            case "holding":
                self._hold(speed)
            case "regaining" if self.width + 1 < self._ceiling:
                self._move(self.width + 1)
            case "regaining":
                self._settle(self.width)

    def _climb(self, speed: float) -> None:
        before = list(self._speeds.items())[-1:]
        gains = all(
            speed / was >= 1 + _WORTHWHILE * (self.width / width - 1) for width, was in before
        )
        if not gains and not self._is_doubted:
            self._is_doubted = True  # It may be chance: look for as long again.
            return
        self._speeds[self.width] = speed
        if gains and self.width < self._most:
            self._move(self._stepped())
            return
        enough = _NEARLY * max(self._speeds.values())
        began = next(iter(self._speeds))
        chosen = min(width for width, each in self._speeds.items() if each >= enough)
        self._step = min(self._step, _LATER_STEP)
        # What gained nothing is tried less and less often.
        again = min(2 * self._patience, _MOST_PATIENCE)
        self._patience = again if chosen == began else _FIRST_PATIENCE
        self._settle(chosen)

    def _hold(self, speed: float) -> None:
        self._held += 1
        if self._held < self._patience or self.width >= self._most:
            self._samples.clear()
            return
        self._speeds = {self.width: speed}
        self._phase = "climbing"
        self._move(self._stepped())

    def _settle(self, width: int) -> None:
        self._phase = "holding"
        self._held = 0
        self._move(width)

    def _stepped(self) -> int:
        return min(math.ceil(self.width * self._step), self._most)

    def _move(self, width: int) -> None:
        self.width = width
        self._since_move = 0
        self._is_doubted = False
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.epoch += 1
        self._samples.clear()


def _usual(seconds: Sequence[float]) -> float:
    """The mean without the slowest tenth, such as those that met a fault and were sent again."""
    kept = sorted(seconds)[: math.ceil(0.9 * len(seconds))]
    return fmean(kept)
