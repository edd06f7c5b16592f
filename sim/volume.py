"""How much a context asks of a model, by readout: prompts, calls and tokens, before any is sent.

What no rule fixes is a range: how many tokens the words of a phrase make, whether a server holds
what prompts share, and how long a model speaks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agents.alternatives import CLOZES, ClozeForm, put_as_cloze, put_as_label
from agents.choice import Choice
from agents.completer import ClozeRequest
from agents.reading import Put
from agents.readouts import SAMPLED, Manner
from agents.speaking import put_as_json, put_as_speech, put_for_thought, put_for_words
from sim.schedule import Schedule

CHARACTERS_A_TOKEN = 4
"""Of English text; about, for most tokenizers."""
_BLOCK = 16 * CHARACTERS_A_TOKEN
"""Servers cache prompts in blocks of tokens; 16 is common."""
_REASON_TOKENS, _THOUGHT_TOKENS, _WORDS_TOKENS = 60, 40, 40
"""Of an answer with its reason, of a thought, and of what is said; about."""


class Range(NamedTuple):
    """From the least to the most that is expected."""

    least: int
    most: int

    def times(self, least: int, most: int) -> "Range":
        """So many of each."""
        return Range(self.least * least, self.most * most)

    def plus(self, other: "Range") -> "Range":
        """Both together."""
        return Range(self.least + other.least, self.most + other.most)


NONE = Range(0, 0)
ONE = Range(1, 1)
_PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Method:
    """How choices are read.

    Attributes:
        readout: cloze, label, json, deliberate or sample.
        steps: whether phrases are scored token by token (llama.cpp) or whole (other servers that
            echo prompts); None where that is not known.
        manner: how answers are read beside that.
        comprehension: whether the quiz is asked.
        schedule: when an inventory is asked; None for never.
    """

    readout: str
    steps: bool | None = None
    manner: Manner = _PLAIN
    comprehension: bool = True
    schedule: Schedule | None = None

    @property
    def draws(self) -> int:
        """Different samples of a context, at most."""
        return self.draws_of_words if self.readout in SAMPLED else 1

    @property
    def draws_of_words(self) -> int:
        """Different samples of what is said in own words, at most."""
        return self.manner.draws if self.manner.temperature > 0 else 1

    @property
    def panel(self) -> tuple[str, ...]:
        """Neutral personas that are put every choice that a character is put, to calibrate."""
        return () if self.readout in SAMPLED else self.manner.panel


class Prompt(NamedTuple):
    """One prompt, and what it takes to have it answered.

    Attributes:
        text: as the model reads it.
        calls: requests that send it, with a little more text each time.
        said: tokens generated in each of them, about.
    """

    text: str
    calls: Range
    said: int


def prompts(choice: Choice, method: Method) -> Iterator[Prompt]:
    """The prompts of one context; for a readout of samples those of one sample."""
    if choice.saying:
        yield Prompt(put_for_words(choice, 0, 1.0).request.prompt, ONE, _WORDS_TOKENS)
        return
    match method.readout:
        case name if name in CLOZES:
            yield from _by_cloze(choice, method, "", CLOZES[name])
        case "label":
            yield from _by_label(choice, method, "")
        case "json":
            yield _in_words(put_as_json(choice, 0, 1.0), _REASON_TOKENS, method)
        case "deliberate":
            # What is asked of nobody in particular is read without a thought.
            thought = "" if choice.question else "x" * (_THOUGHT_TOKENS * CHARACTERS_A_TOKEN)
            if thought:
                yield _in_words(put_for_thought(choice, 0, 1.0), _THOUGHT_TOKENS, method)
            then = _by_cloze if method.steps else _by_label
            yield from then(choice, method, thought)
        case _:
            yield _in_words(put_as_speech(choice, 0, 1.0), _REASON_TOKENS, method)


def _by_cloze(
    choice: Choice, method: Method, thought: str, form: ClozeForm = "turn"
) -> Iterator[Prompt]:
    for variant in put_as_cloze(choice, thought, form):
        if isinstance(variant.request, ClozeRequest):
            calls = _scoring(variant.request.phrases, method.steps)
            yield Prompt(variant.request.prompt, calls, 1)


def _by_label(choice: Choice, method: Method, thought: str) -> Iterator[Prompt]:
    asked = Range(1, 1 + method.manner.reask)
    for variant in put_as_label(choice, thought):
        yield Prompt(variant.request.prompt, asked, 1)


def _in_words(put: Put, said: int, method: Method) -> Prompt:
    return Prompt(put.request.prompt, Range(1, 1 + method.manner.reask), said)


def _scoring(phrases: Sequence[str], steps: bool | None) -> Range:
    """Requests that score phrases after one prompt."""
    whole = Range(len(phrases), len(phrases))
    if steps is False:
        return whole
    # A tree of tokens, of which words are the fewest that a phrase can have. Each node is asked
    # for what comes next; each token that is not listed there takes one request more.
    nodes = {"", *(begun for phrase in phrases for begun in _beginnings(phrase))}
    tree = Range(len(nodes), 2 * len(nodes) - 1)
    return tree if steps else Range(min(whole.least, tree.least), max(whole.most, tree.most))


def _beginnings(phrase: str) -> Iterator[str]:
    words = phrase.split()
    return (" ".join(words[: stop + 1]) for stop in range(len(words)))


@dataclass
class Volume:
    """What a set of prompts amounts to.

    Attributes:
        prompts: how many.
        calls: requests that send them.
        prompt_tokens: that they hold together, about.
        new_tokens: those of them that a server reads which holds the beginnings of all prompts
            it has read before; about, and the least that any server reads.
        completion_tokens: generated, about.
    """

    prompts: int = 0
    calls: Range = NONE
    prompt_tokens: Range = NONE
    new_tokens: int = 0
    completion_tokens: Range = NONE

    def __post_init__(self) -> None:
        """No prompt has been read yet."""
        self._held: set[int] = set()

    def add(self, prompt: Prompt, times: int = 1) -> None:
        """Count a prompt that is sent for so many samples."""
        tokens = -(-len(prompt.text) // CHARACTERS_A_TOKEN)
        calls = prompt.calls.times(times, times)
        self.prompts += times
        self.calls = self.calls.plus(calls)
        self.prompt_tokens = self.prompt_tokens.plus(calls.times(tokens, tokens))
        self.completion_tokens = self.completion_tokens.plus(calls.times(prompt.said, prompt.said))
        # Each further request of a prompt adds at least a token to what is held already.
        self.new_tokens += self._not_held(prompt.text, tokens) + calls.least - times

    def _not_held(self, text: str, tokens: int) -> int:
        """Tokens after the longest beginning that is held, in whole blocks; holds it from now."""
        held, known, before = 0, True, 0
        for start in range(0, len(text) - _BLOCK + 1, _BLOCK):
            before = hash((before, text[start : start + _BLOCK]))
            known = known and before in self._held
            held += known
            self._held.add(before)
        return max(1, tokens - held * _BLOCK // CHARACTERS_A_TOKEN)
