"""What goes wrong with an endpoint: faults of single attempts, and the errors that end a request.

CompleterError (of the characters' port)
└── EndpointError            carries every attempt that failed
    ├── OutageError          no usable reply within the bounds of retrying
    ├── UnreachableError     nothing there, or the key is refused: of no use to ask again
    └── RejectedError        this request will never be answered; another one may be fine
        └── UnlistedError    answered, but without the log-probabilities that were asked for
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from agents.errors import CompleterError

LEAST_KEY = 12
"""Characters; what is shorter is a placeholder, such as "none" or "ollama", and may be said."""
_MOST_CHARACTERS = 200
# What may stand between two characters of a key without hiding it from a reader: sequences that
# steer a terminal, whatever is not printable, and the same spelled out in escapes.
# No text fits in two ways, and all is bounded: else a hostile text would be searched for years.
_ESCAPE = r"(?:\x1b|%1[bB]|\\{1,8}(?:x1[bB]|u001[bB]|033|e))"
_BETWEEN = (
    rf"(?:{_ESCAPE}\[[0-?]{{0,40}}[ -/]{{0,8}}[@-~]|{_ESCAPE}\][^\x07\x1b]{{0,200}}(?:\x07|\x1b\\)"
    r"|[^\x21-\x7e]|%[01][0-9a-fA-F]"
    r"|\\{1,8}(?:x[01][0-9a-fA-F]|u00[01][0-9a-fA-F]|033|[nrte]))*"
)
_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One attempt that gave no usable reply.

    Attributes:
        kind: the HTTP status such as "429", or "timeout", "connection", "unreadable" (no JSON with
            choices) or "unlisted" (without the log-probabilities that were asked for).
        at: when it began, seconds since the epoch.
        seconds: how long it took.
        said: what came back, in one short printable line without the key.
    """

    kind: str
    at: float
    seconds: float
    said: str


class EndpointError(CompleterError):
    """A request got no usable reply.

    Attributes:
        faults: one for every attempt.
        attempts: how often it was sent.
    """

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        """Say what happened last, and all that happened."""
        super().__init__(message)
        self.faults = tuple(faults)

    @property
    def attempts(self) -> int:
        """How often it was sent."""
        return len(self.faults)


class OutageError(EndpointError):
    """No usable reply within the bounds of retrying; it may work again later."""


class UnreachableError(EndpointError):
    """Nothing answers at this address, or it refuses the key; asking again is of no use."""


class RejectedError(EndpointError):
    """The endpoint does not take this request; another one may be fine.

    Attributes:
        status: HTTP status, 0 where there was none.
        code: the endpoint's own word for it, such as "content_filter"; "" for none.
    """

    def __init__(
        self, message: str, faults: Sequence[Fault] = (), status: int = 0, code: str = ""
    ) -> None:
        """Say what the endpoint said."""
        super().__init__(message, faults)
        self.status = status
        self.code = code


class UnlistedError(RejectedError):
    """The endpoint answers, but without the log-probabilities that were asked for."""


def tidy(text: str, key: str) -> str:
    """One short printable line, without the key however it is written.

    Args:
        text: what somebody else said.
        key: the secret; "" for none.
    """
    if key:
        text = _spellings(key).sub("[key]", text)
    text = _STEERING.sub("", text)
    seen = "".join(each for each in text if each.isprintable() or each.isspace())
    return " ".join(seen.split())[:_MOST_CHARACTERS]


@lru_cache(maxsize=8)
def _spellings(key: str) -> re.Pattern[str]:
    """Finds a key as it is, percent-encoded, escaped, or split by what no reader sees."""
    return re.compile(_BETWEEN.join(_spelled(character) for character in key))


def _spelled(character: str) -> str:
    number = f"{ord(character):02x}"
    # Upper and lower case are told apart in the key, but not in the digits of its escapes.
    escapes = rf"%{number}|\\{{1,8}}(?:x|u00){number}|&#x{number};"
    return f"(?:{re.escape(character)}|(?i:{escapes})|&#{ord(character)};)"
