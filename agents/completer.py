"""The port through which characters reach a model. Adapters live in `sim`.

A completer answers three questions about text: how likely each phrase is as the continuation of a
text, how likely each label is as the first token of a chat reply (both as log-probabilities in
nats), and what the model says. It knows nothing about games and personas.

Answers of a model are values, whatever they are. `CallFailedError` is raised where this request
will never be answered; any other `CompleterError` says that the endpoint is at fault for now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Level = Literal["exact", "top", "bounded", "sampled"]
"""How sure the numbers are: exact; complete within the listed top tokens; with at least one value
that is only an upper bound, because its token was not listed; or one sample and no numbers."""
Structure = Literal["schema", "object", "none"]
"""How replies can be made JSON: to a schema, to some object, or by asking for it in words."""


def total(counts: Iterable[int | None]) -> int | None:
    """The sum of counts; None where one of them is not told."""
    known = tuple(counts)
    told = [count for count in known if count is not None]
    return sum(told) if len(told) == len(known) else None


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-probabilities of some alternatives after one prompt.

    Attributes:
        log_probabilities: nats, one per alternative, in the order asked; None where nothing is
            known about an alternative.
        level: how sure they are.
        call_keys: keys of the recorded calls behind them.
        prompt_tokens: tokens of the prompts, summed over the calls; None where one does not tell.
        completion_tokens: tokens generated, likewise.
        text: what the model said first where it said something (label readout), else "".
        mass: probability of all alternatives together, where some values are only bounds; None
            where it is the sum of the values.
        boundaries: nats that a clause ends after each alternative, already part of the values;
            None where no clause is scored. They tell what the boundary does to an option.
        refused: the endpoint itself marks the reply as a refusal or as withheld by a filter.
    """

    log_probabilities: tuple[float | None, ...]
    level: Level
    call_keys: tuple[str, ...]
    prompt_tokens: int | None
    completion_tokens: int | None
    text: str = ""
    mass: float | None = None
    boundaries: tuple[float, ...] | None = None
    refused: bool = False


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
class SpeechRequest:
    """What does the model say?

    Attributes:
        system: the system message, shared by many requests; may be empty.
        user: the user message.
        most_tokens: where the reply is cut.
        temperature: of the sampling, at least 0.
        sample: number of the sample, from 0; other numbers of one prompt are other calls.
        actions: where not empty, the reply is a JSON object {"reason": text, "action": one of
            these}, by whatever means the endpoint has.
    """

    system: str
    user: str
    most_tokens: int
    temperature: float
    sample: int = 0
    actions: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """The whole text, as hashed in the records."""
        return f"{self.system}\n\n{self.user}"


@dataclass(frozen=True, slots=True)
class Speech:
    """What a model said.

    Attributes:
        text: its words as they came; may be empty.
        refused: the endpoint itself marks the reply as a refusal or as withheld by a filter.
        cut: it was cut at the most tokens.
        call_keys: keys of the recorded calls behind it.
        prompt_tokens: tokens of the prompt; None where the endpoint does not tell.
        completion_tokens: tokens generated; likewise.
    """

    text: str
    refused: bool
    cut: bool
    call_keys: tuple[str, ...]
    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class SurprisalRequest:
    """How surprising is this text after this prompt?

    Attributes:
        prefix: the beginning that other requests share; a scheduling hint and part of the prompt.
        rest: what follows the prefix, up to where the text begins.
        text: what is measured; not empty.
    """

    prefix: str
    rest: str
    text: str

    @property
    def prompt(self) -> str:
        """All that stands before the text."""
        return self.prefix + self.rest


@dataclass(frozen=True, slots=True)
class Surprisal:
    """How likely each token of a text is after all before it.

    Attributes:
        log_probabilities: nats, one per token of the text.
        tokens: their spellings, which join to the text.
        level: how sure the numbers are.
        call_keys: keys of the recorded calls behind them.
        prompt_tokens: tokens of the prompts, summed over the calls; None where one does not tell.
        completion_tokens: tokens generated, likewise.
    """

    log_probabilities: tuple[float, ...]
    tokens: tuple[str, ...]
    level: Level
    call_keys: tuple[str, ...]
    prompt_tokens: int | None
    completion_tokens: int | None

    @property
    def nats(self) -> float:
        """Of the whole text."""
        return -sum(self.log_probabilities)


@dataclass(frozen=True, slots=True)
class Unmeasurable:
    """There is no number, and why."""

    reason: str


class Gauge(Protocol):
    """A model that tells how surprising a text is, where it can."""

    async def surprise(
        self, request: SurprisalRequest, urgency: int = 0
    ) -> Surprisal | Unmeasurable:
        """Measure one text; what cannot be measured is said to be so, and never a number.

        Raises:
            CompleterError: no usable reply within the bounds of retrying.
        """


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an endpoint was found able to do.

    Attributes:
        cloze: exact probabilities of continuations.
        label: first-token log-probabilities of a chat reply.
        top_logprobs: how many of them, at most.
        chat: replies to chat messages at all.
        structure: how its replies can be made JSON.
    """

    cloze: bool
    label: bool
    top_logprobs: int
    chat: bool = True
    structure: Structure = "none"


class Completer(Protocol):
    """A model that scores alternatives and speaks."""

    @property
    def name(self) -> str:
        """The model's name in the records."""

    async def capabilities(self) -> Capabilities:
        """Probe once, remember the result.

        Raises:
            CompleterError: the endpoint cannot be reached or refuses the key.
        """

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        """Score the alternatives of one request.

        Args:
            request: what is asked.
            urgency: of those that wait, the one with the highest goes first.

        Raises:
            CallFailedError: this request will never be answered.
            CompleterError: no usable reply within the bounds of retrying.
        """

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        """Let the model speak.

        Raises:
            CallFailedError: this request will never be answered.
            CompleterError: no usable reply within the bounds of retrying.
        """
