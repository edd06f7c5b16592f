"""Probing: what an endpoint can do, found by asking it, never assumed from its name."""

from contextlib import suppress
from typing import Any

from agents.errors import CompleterError
from sim.gateway import Gateway, RejectedError, UnlistedError

_TOPS = (20, 5, 1)
_TEXT = "Two and two make"


async def probe(gateway: Gateway) -> dict[str, Any]:
    """What matters for readouts.

    Returns:
        cloze: "steps", "echo" or None; top: most log-probabilities of a chat reply's first token,
        0 for none.

    Raises:
        CompleterError: nothing answers, the key is refused, or the model is not known there.
    """
    with suppress(RejectedError):  # Some servers have no list of models and still answer.
        await gateway.models()
    refusals: list[str] = []
    top = await _top(gateway, refusals)
    chat_answers = not refusals
    cloze = await _cloze(gateway, refusals)
    if not top and cloze is None and not chat_answers:
        raise CompleterError(f"model {gateway.address.model!r} gives nothing usable: {refusals[0]}")
    return {"cloze": cloze, "top": top}


async def _top(gateway: Gateway, refusals: list[str]) -> int:
    messages = [{"role": "user", "content": "Answer with A or B."}]
    for wanted in _TOPS:
        body = {"messages": messages, "max_tokens": 1, "temperature": 0, "logprobs": True}
        try:
            reply = await gateway.chat({**body, "top_logprobs": wanted})
        except UnlistedError:
            return 0
        except RejectedError as error:
            refusals.append(str(error))
            continue
        content = (reply.body["choices"][0].get("logprobs") or {}).get("content") or [{}]
        return len(content[0].get("top_logprobs") or ())
    return 0


async def _cloze(gateway: Gateway, refusals: list[str]) -> str | None:
    body: dict[str, Any] = {"prompt": _TEXT, "max_tokens": 1, "temperature": 0}
    try:
        (number, piece), *_ = await gateway.tokenize(" seven")
        forced = {**body, "logprobs": 1, "logit_bias": [[number, 1000.0]]}
        choice = (await gateway.complete(forced)).body["choices"][0]
        content = (choice.get("logprobs") or {}).get("content") or [{}]
        # A biased token that is reported with probability one was measured after the bias.
        if content[0].get("token") == piece and content[0].get("logprob", 0.0) < -0.01:
            return "steps"
    except UnlistedError:
        pass
    except RejectedError as error:
        refusals.append(str(error))
    try:
        choice = (await gateway.complete({**body, "logprobs": 5, "echo": True})).body["choices"][0]
    except UnlistedError:
        return None
    except RejectedError as error:
        refusals.append(str(error))
        return None
    values = (choice.get("logprobs") or {}).get("token_logprobs") or ()
    offsets = (choice.get("logprobs") or {}).get("text_offset") or ()
    return "echo" if len(values) > 2 and len(offsets) == len(values) else None
