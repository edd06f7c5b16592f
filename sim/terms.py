"""Terms: how often, how patiently and how fast an endpoint is asked."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What a request may cost in time and repetitions, and what the endpoint allows.

    Attributes:
        attempts: how often a request is sent at most; a move to another endpoint because nothing
            listens at the first one is not counted.
        timeout_seconds: for one attempt, from sending to the last byte.
        connect_seconds: to open a connection.
        first_pause_seconds: before the second attempt; it doubles from there.
        longest_pause_seconds: that it grows to.
        longest_told_seconds: that an endpoint may make us wait by Retry-After.
        longest_check_seconds: between two looks at an endpoint that was set aside.
        requests_per_minute: to all addresses together; None for no limit.
        tokens_per_minute: prompts and replies, likewise.
    """

    attempts: int = 5
    timeout_seconds: float = 120.0
    connect_seconds: float = 5.0
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 8.0
    longest_told_seconds: float = 60.0
    longest_check_seconds: float = 30.0
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def pause_seconds(self, failures: int, chance: float, told: float | None = None) -> float:
        """How long to wait after the last of `failures` > 0 attempts.

        Args:
            failures: attempts of this request that failed so far.
            chance: in [0, 1); spreads those that failed together.
            told: what the endpoint said it wants, in seconds.
        """
        grown = self.first_pause_seconds * 2.0 ** min(failures - 1, 60)
        ours = min(grown, self.longest_pause_seconds) * (1 + chance) / 2
        theirs = min(told or 0.0, self.longest_told_seconds) * (1 + chance / 4)
        return max(ours, theirs)

    def check_seconds(self, setbacks: int) -> float:
        """How long to wait before an endpoint is looked at that failed `setbacks` > 0 times."""
        grown = self.first_pause_seconds * 2.0 ** min(setbacks - 1, 60)
        return min(grown, self.longest_check_seconds)


def told_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """What a reply's Retry-After asks for: seconds, milliseconds or a date; None for nothing.

    Args:
        headers: of the reply, whatever their case.
        now: seconds since the epoch.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(milliseconds / 1000, 0.0)
    said = headers.get("retry-after")
    seconds = _number(said)
    if seconds is None and said is not None:
        try:
            seconds = parsedate_to_datetime(said).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return None if seconds is None else max(seconds, 0.0)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
