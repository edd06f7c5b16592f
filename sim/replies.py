"""Requests and replies as JSON: what they weigh, and whether a reply is what was asked for."""

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

_TOKENS_A_MESSAGE = 16
_TOKENS_A_REQUEST = 64
_NO_COUNT = 1_000_000_000


def flaw(path: str, request: Mapping[str, Any], reply: object) -> str:
    """What makes a reply useless, whatever the model says in it: a kind of fault, or "" for none.

    A continuation without its log-probabilities says nothing of the model. (A chat reply without
    them may be a refusal, which does.)

    Args:
        path: that the request was sent to.
        request: its body.
        reply: any JSON.
    """
    choice = _first_choice(reply)
    if choice is None:
        return "unreadable"
    if path != "completions" or not request.get("logprobs"):
        return ""
    listed = choice.get("logprobs") or {}
    return "" if listed.get("content") or listed.get("token_logprobs") else "unlisted"


def _first_choice(reply: object) -> dict[str, Any] | None:
    """The choice that is read, None where it is not in the form that all readers rely on."""
    choices = reply.get("choices") if isinstance(reply, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or not isinstance(first.get("message") or {}, dict):
        return None
    listed = first.get("logprobs") or {}
    return first if isinstance(listed, dict) and _is_listing(listed) else None


def _is_listing(listed: Mapping[str, Any]) -> bool:
    """Whether log-probabilities, in the chat or the older form, are all there and numbers."""
    try:
        content, values = listed.get("content") or (), listed.get("token_logprobs") or ()
        named = [each for token in content for each in (token, *(token.get("top_logprobs") or ()))]
        tops = [top or {} for top in listed.get("top_logprobs") or ()]
        numbers = [each["logprob"] for each in named if isinstance(each["token"], str)]
        numbers += [value for top in tops for value in top.values()]
        numbers += [value for value in values[:-1] if value is not None] + [*values[-1:]]
        offsets = listed.get("text_offset") or ()
        return all(map(_is_number, numbers)) and all(isinstance(at, int) for at in offsets)
    except (AttributeError, KeyError, TypeError):
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not math.isnan(value)


def items(body: object, name: str, *needed: str) -> list[dict[str, Any]]:
    """A list of objects in a reply; empty where it is not one."""
    listed = body.get(name) if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return []
    return [each for each in listed if isinstance(each, dict) and all(k in each for k in needed)]


class Used(NamedTuple):
    """Tokens of the prompt, those of them that were cached, and of the reply; None if untold."""

    prompt: int | None
    cached: int | None
    completion: int | None


def usage(body: object) -> Used:
    """What a reply says that it took; what is no count is not told."""
    told = body.get("usage") if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    details = told.get("prompt_tokens_details")
    details = details if isinstance(details, dict) else {}
    prompt, cached = _count(told.get("prompt_tokens")), _count(details.get("cached_tokens"))
    known = None if prompt is None or cached is None else min(cached, prompt)
    return Used(prompt, known, _count(told.get("completion_tokens")))


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _NO_COUNT else None


def most_tokens(body: Mapping[str, Any]) -> tuple[int, int]:
    """More tokens than a request can have: no token is shorter than a byte."""
    messages = body.get("messages") or ()
    texts = [body.get("prompt", ""), *(message.get("content") for message in messages)]
    if "response_format" in body:
        texts.append(json.dumps(body["response_format"]))
    prompt = sum(_bytes_of(text) for text in texts)
    completion = body.get("max_completion_tokens") or body.get("max_tokens") or 0
    return prompt + _TOKENS_A_MESSAGE * len(messages) + _TOKENS_A_REQUEST, int(completion)


def _bytes_of(text: object) -> int:
    if not isinstance(text, str):
        text = json.dumps(text, ensure_ascii=False)
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
