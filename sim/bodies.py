"""Bodies of requests, in the form that an endpoint was found to take."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents.completer import LabelRequest, SpeechRequest

_ROOM_FOR_REASONING = 2048
"""Tokens that a reasoning model may think before it says what counts."""

_FORCING_BIAS = 1000.0


def forcing(prompt: str | list[int], token: int) -> dict[str, Any]:
    """A request for the log-probability of one next token, listed or not (llama.cpp).

    The bias makes the server say the token; the log-probability that it reports is the raw one.

    Args:
        prompt: a text, or its tokens' numbers.
        token: number of the token.
    """
    body: dict[str, Any] = {"prompt": prompt, "max_tokens": 1, "temperature": 0, "logprobs": 1}
    return {**body, "logit_bias": [[token, _FORCING_BIAS]]}


def label_body(request: LabelRequest, able: Mapping[str, Any]) -> dict[str, Any]:
    """A chat request for the log-probabilities of the first token."""
    body = _chat_body(request.system, request.user, 1, 0, able)
    return {**body, "logprobs": True, "top_logprobs": able["top"]}


def speech_body(request: SpeechRequest, able: Mapping[str, Any]) -> dict[str, Any]:
    """A chat request for text; the sample's number is part of it, so that samples differ."""
    body = _chat_body(request.system, request.user, request.most_tokens, request.temperature, able)
    body["sample"] = request.sample
    if request.actions and able.get("structure") == "schema":
        body["response_format"] = _action_schema(request.actions)
    elif request.actions and able.get("structure") == "object":
        body["response_format"] = {"type": "json_object"}
    return body


def _chat_body(
    system: str, user: str, most_tokens: int, temperature: float, able: Mapping[str, Any]
) -> dict[str, Any]:
    messages = [{"role": "user", "content": user}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    body: dict[str, Any] = {"messages": messages}
    if able.get("temperature", True):
        body["temperature"] = temperature
    else:
        most_tokens += _ROOM_FOR_REASONING
    body[able.get("length", "max_tokens")] = most_tokens
    return body


def _action_schema(actions: Sequence[str]) -> dict[str, Any]:
    """A strict schema: the reason first, so that it can bear on the action."""
    properties = {"reason": {"type": "string"}, "action": {"type": "string", "enum": [*actions]}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["reason", "action"],
        "additionalProperties": False,
    }
    named = {"name": "choice", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": named}
