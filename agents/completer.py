"""The port through which characters reach a model. Adapters live in `sim`.

A completer answers two questions about text, both as log-probabilities in nats:
how likely each phrase is as the continuation of a text, and how likely each label is as the first
token of a chat reply. It knows nothing about games and personas.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Level = Literal["exact", "top", "bounded"]
"""How sure the numbers are: exact; complete within the listed top tokens; or with at least one
value that is only an upper bound, because its token was not listed."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-probabilities of some alternatives after one prompt.

    Attributes:
        log_probabilities: nats, one per alternative, in the order asked; None where nothing is
            known about an alternative.
        level: how sure they are.
        call_keys: keys of the recorded calls behind them.
        prompt_tokens: tokens of the prompts, summed over the calls.
        completion_tokens: tokens generated, summed over the calls.
        text: what the model said first where it said something (label readout), else "".
        mass: probability of all alternatives together, where some values are only bounds; None
            where it is the sum of the values.
        boundaries: nats that a clause ends after each alternative, already part of the values;
            None where no clause is scored. They tell what the boundary does to an option.
    """

    log_probabilities: tuple[float | None, ...]
    level: Level
    call_keys: tuple[str, ...]
    prompt_tokens: int
    completion_tokens: int
    text: str = ""
    mass: float | None = None
    boundaries: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class ClozeRequest:
    """How likely is each phrase as the continuation of a text?

    Attributes:
        prefix: the beginning that other requests share; a scheduling hint and part of the text.
        rest: what follows the prefix.
        phrases: continuations, each beginning with a space; scored through a clause boundary.
    """

    prefix: str
    rest: str
    phrases: tuple[str, ...]

    @property
    def prompt(self) -> str:
        """The whole text before the continuation."""
        return self.prefix + self.rest


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """How likely is each label as the first token of the reply?

    Attributes:
        system: the system message, shared by many requests; may be empty.
        user: the user message.
        labels: one-token labels, for example "A" and "B".
    """

    system: str
    user: str
    labels: tuple[str, ...]

    @property
    def prompt(self) -> str:
        """The whole text, as hashed in the records."""
        return f"{self.system}\n\n{self.user}"


Request = ClozeRequest | LabelRequest


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an endpoint was found able to do.

    Attributes:
        cloze: exact probabilities of continuations.
        label: first-token log-probabilities of a chat reply.
        top_logprobs: how many of them, at most.
    """

    cloze: bool
    label: bool
    top_logprobs: int


class Completer(Protocol):
    """A model that scores alternatives."""

    @property
    def name(self) -> str:
        """The model's name in the records."""

    async def capabilities(self) -> Capabilities:
        """Probe once, remember the result.

        Raises:
            CompleterError: the endpoint cannot be reached or refuses the key.
        """

    async def score(self, request: Request) -> Scores:
        """Score the alternatives of one request.

        Raises:
            CompleterError: no usable reply within the bounds of retrying.
        """
