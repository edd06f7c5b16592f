"""Cloze: how likely phrases are as continuations of a text.

Every phrase is scored token by token through a clause boundary: the log-probability of its tokens,
plus that of the text going on with punctuation or a conjunction. Without the boundary "1" would be
credited with "10", and short phrases with all their continuations. Two ways:

- steps (llama.cpp): phrases are laid out as a tree of tokens; one request a node lists the likely
  next tokens; one that is not listed is forced by a bias, which leaves the reported
  log-probability the raw one.
- echo (vLLM and others): one request a phrase returns the prompt's own log-probabilities.
"""

from agents.completer import ClozeRequest
from sim.asking import Asked
from sim.bodies import forcing
from sim.gateway import RejectedError
from sim.listed import Clauses, Listed, boundary_score, clauses, echoed

LISTED = 100
"""How many next tokens are listed in a step; the rest is forced where it is wanted."""


async def by_steps(model: Asked, request: ClozeRequest) -> Clauses:
    """Along the tree of the phrases' tokens.

    Raises:
        RejectedError: the tokenizer does not spell a phrase in whole characters.
    """
    inside: dict[str, float] = {}
    ends: dict[str, float] = {}
    listed: dict[str, Listed] = {}
    # In alphabetical order phrases that share a beginning follow one another, so that every
    # step adds one token to what the slot holds.
    for phrase in sorted(request.phrases):
        text, total = request.prompt, 0.0
        for number, piece in await _spelled(model, phrase):
            if text not in listed:
                listed[text] = await _next(model, text)
            found = dict(listed[text]).get(piece)
            total += await _forced(model, text, number) if found is None else found
            text += piece
        if text not in listed:
            listed[text] = await _next(model, text)
        inside[phrase], ends[phrase] = total, boundary_score(listed[text])
    return clauses((inside[phrase], ends[phrase]) for phrase in request.phrases)


async def by_echo(model: Asked, request: ClozeRequest) -> Clauses:
    """From the log-probabilities of prompts that end with a phrase.

    Raises:
        RejectedError: no token begins where a phrase does.
    """
    parts = []
    for phrase in request.phrases:
        body = {"prompt": request.prompt + phrase, "max_tokens": 1, "temperature": 0}
        call = await model.ask("completions", {**body, "logprobs": 20, "echo": True})
        inside = echoed(call.reply["echo"], len(request.prompt), len(phrase))
        parts.append((inside, boundary_score(call.reply["top"])))
    return clauses(parts)


async def _spelled(model: Asked, phrase: str) -> list[tuple[int, str]]:
    known = await model.cut(phrase)
    if "".join(piece for _, piece in known) != phrase:
        raise RejectedError(
            f"this tokenizer does not spell {phrase!r} in whole characters: use the label"
            " readout, or a wording in plain letters"
        )
    return known


async def _next(model: Asked, text: str) -> Listed:
    body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": LISTED}
    top: Listed = (await model.ask("completions", body)).reply["top"]
    return top


async def _forced(model: Asked, text: str, token: int) -> float:
    call = await model.ask("completions", forcing(text, token))
    return float(call.reply["logprob"])
