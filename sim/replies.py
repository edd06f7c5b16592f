"""Requests and replies as JSON: what they weigh, and whether a reply is what was asked for."""

import json
from collections.abc import Mapping
from typing import Any

_TOKENS_A_MESSAGE = 16
_TOKENS_A_REQUEST = 64


def flaw(path: str, request: Mapping[str, Any], reply: object) -> str:
    """What makes a reply useless, whatever the model says in it: a kind of fault, or "" for none.

    A continuation without its log-probabilities says nothing of the model. (A chat reply without
    them may be a refusal, which does.)

    Args:
        path: that the request was sent to.
        request: its body.
        reply: any JSON.
    """
    choices = items(reply, "choices")
    if not choices:
        return "unreadable"
    if path != "completions" or not request.get("logprobs"):
        return ""
    listed = choices[0].get("logprobs")
    if isinstance(listed, dict) and (listed.get("content") or listed.get("token_logprobs")):
        return ""
    return "unlisted"


def items(body: object, name: str, *needed: str) -> list[dict[str, Any]]:
    """A list of objects in a reply; empty where it is not one."""
    listed = body.get(name) if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return []
    return [each for each in listed if isinstance(each, dict) and all(k in each for k in needed)]


def usage(body: object) -> tuple[int, int, int] | None:
    """Tokens of the prompt, those of them that were cached, and of the reply; None if untold."""
    usage = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(usage, dict) or not isinstance(usage.get("prompt_tokens"), int):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    completion = usage.get("completion_tokens")
    return usage["prompt_tokens"], _count(cached), _count(completion)


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


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
