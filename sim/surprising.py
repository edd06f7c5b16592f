"""How surprising a text is after a prompt, by what an endpoint can do.

- steps (llama.cpp): the tokens of the prompt and of the text are known; one request a token forces
  the next one by a bias, which leaves the reported log-probability the raw one. Prompts go as the
  tokens' numbers, so that a text is cut in the same places whatever stands before it. Each request
  reads one new token, where the engine rounds otherwise than over many: single tokens differ from
  an uncached reading by up to .2 nat, the mean over a text by about .02.
- echo (vLLM and others): one request returns the prompt's own log-probabilities.

A text that the endpoint cannot measure is `Unmeasurable`, with the reason; never a number.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from agents.completer import Surprisal, SurprisalRequest, Unmeasurable
from sim.asking import Asked
from sim.bodies import forcing

NO_WAY = (
    "this endpoint gives no log-probabilities of a given text: it neither forces tokens (llama.cpp)"
    " nor echoes prompts (vLLM)"
)


async def by_steps(model: Asked, request: SurprisalRequest) -> Surprisal | Unmeasurable:
    """Token by token, one request each."""
    before = [number for number, _ in await model.cut(request.prompt, begins=True)]
    tokens = await model.cut(request.text)
    values = []
    for place, (number, _) in enumerate(tokens):
        read = [*before, *(each for each, _ in tokens[:place])]
        call = await model.ask("completions", forcing(read, number))
        values.append(float(call.reply["logprob"]))
    return _told(values, [piece for _, piece in tokens])


async def by_echo(model: Asked, request: SurprisalRequest) -> Surprisal | Unmeasurable:
    """From the log-probabilities of a prompt that ends with the text."""
    start, whole = len(request.prompt), request.prompt + request.text
    body = {"prompt": whole, "max_tokens": 1, "temperature": 0, "logprobs": 1, "echo": True}
    call = await model.ask("completions", body)
    inside = [(at, value) for at, value in call.reply["echo"] if start <= at < len(whole)]
    if not inside or inside[0][0] != start:
        return Unmeasurable("the endpoint's tokens do not begin where the text begins")
    values = [value for _, value in inside if value is not None]
    if len(values) < len(inside):
        return Unmeasurable("the endpoint leaves out the log-probability of a token of the text")
    ends = [*(at for at, _ in inside[1:]), len(whole)]
    return _told(values, [whole[at:end] for (at, _), end in zip(inside, ends, strict=True)])


def _told(values: Sequence[float], tokens: Sequence[str]) -> Surprisal | Unmeasurable:
    """The numbers, where there is something to count; calls and usage are added by the caller."""
    if not values:
        return Unmeasurable("the text is empty")
    return Surprisal(tuple(values), tuple(tokens), "exact", (), None, None)


Way = Callable[[Asked, SurprisalRequest], Awaitable[Surprisal | Unmeasurable]]
WAYS: Mapping[str | None, Way] = MappingProxyType({"steps": by_steps, "echo": by_echo})
"""By what the probe found ("cloze")."""
