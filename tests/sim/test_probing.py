"""Claims about the probe: it finds out what an endpoint can do, and never believes more."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agents.completer import Capabilities, Request, Scores, Speech, SpeechRequest
from agents.errors import CompleterError
from sim.gateway import Address, Gateway, RejectedError, Reply, UnlistedError, UnreachableError
from sim.probing import probe, replies_per_second

USUAL = {
    "chat": True,
    "top": 20,
    "temperature": True,
    "length": "max_tokens",
    "structure": "schema",
    "cloze": None,
    "fingerprint": "fp_mock",
}


@pytest.fixture
async def gateway(endpoint: Any) -> AsyncIterator[Gateway]:
    async with Gateway(Address(f"{endpoint.root}/v1", "mock")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("settings", "differs"),
    [
        ({}, {}),
        ({"top": 5}, {"top": 5}),
        ({"top": 1}, {"top": 1}),
        ({"logprobs": "none"}, {"top": 0}),
        ({"logprobs": "refused"}, {"top": 0}),
        ({"structure": "object"}, {"structure": "object"}),
        ({"structure": "none"}, {"structure": "none"}),
        ({"completions": "plain"}, {}),
        ({"completions": "echo"}, {"cloze": "echo"}),
        (
            {"reasoning": True},
            {"top": 0, "temperature": False, "length": "max_completion_tokens"},
        ),
    ],
)
async def test_an_endpoint_is_found_to_be_what_it_is(
    endpoint: Any, gateway: Gateway, settings: dict[str, Any], differs: dict[str, Any]
) -> None:
    endpoint.configure(**settings)
    found = await probe(gateway)
    assert found == USUAL | differs
    assert len(endpoint.log()["asked"]) <= 8


async def test_an_unknown_model_is_refused_in_the_servers_words(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(model="another")
    with pytest.raises(CompleterError, match="does not exist"):
        await probe(gateway)


async def test_a_refused_key_ends_the_probe(endpoint: Any, gateway: Gateway) -> None:
    endpoint.configure(key="another")
    with pytest.raises(UnreachableError, match="refuses the key"):
        await probe(gateway)


@pytest.mark.parametrize("kinds", [["empty"], ["garbled"], ["429", "500", "drop", "truncated"]])
async def test_passing_faults_do_not_mislead_the_probe(
    endpoint: Any, gateway: Gateway, kinds: list[str]
) -> None:
    for rate in (0.2, 0.21, 0.22):
        endpoint.configure(fault_rate=rate, fault_kinds=kinds)
        assert await probe(gateway) == USUAL


Answer = Callable[[dict[str, Any]], dict[str, Any]]
LOGPROBS = {"content": [{"token": "A", "logprob": -0.1, "top_logprobs": [{}] * 5}]}


class FakeGateway:
    """An endpoint whose chat is a function of the body."""

    def __init__(self, chat: Answer) -> None:
        self.address = Address("http://nowhere/v1", "fake")
        self.answer = chat
        self.sent: list[dict[str, Any]] = []

    async def models(self) -> tuple[str, ...]:
        raise RejectedError("no list", status=404)

    async def tokenize(self, text: str, *, begins: bool = False) -> tuple[tuple[int, str], ...]:
        raise RejectedError("no tokens", status=404)

    async def complete(self, body: dict[str, Any]) -> Reply:
        raise UnlistedError("no log-probabilities")

    async def chat(self, body: dict[str, Any]) -> Reply:
        self.sent.append(body)
        return Reply({"choices": [self.answer(body)]}, 0.0, 0.0, 1)


def choice(content: str | None, logprobs: Any = None) -> dict[str, Any]:
    return {"message": {"content": content}, "logprobs": logprobs}


def rejected(message: str, status: int = 400, code: str = "") -> RejectedError:
    return RejectedError(f"http://nowhere/v1 answered HTTP {status}: {message}", (), status, code)


async def found_at(answer: Answer) -> tuple[dict[str, Any], FakeGateway]:
    fake = FakeGateway(answer)
    return await probe(fake), fake  # type: ignore[arg-type]


async def test_a_refusal_of_twenty_log_probabilities_is_followed_by_fewer() -> None:
    def at_most_five(body: dict[str, Any]) -> dict[str, Any]:
        if body.get("top_logprobs", 0) > 5:
            raise rejected("top_logprobs must be between 0 and 5")
        return choice("A", LOGPROBS if "logprobs" in body else None)

    found, _ = await found_at(at_most_five)
    assert (found["top"], found["structure"], found["chat"]) == (5, "none", True)


async def test_what_a_refusal_does_not_name_is_found_by_giving_up_one_thing_after_another() -> None:
    def only_bare(body: dict[str, Any]) -> dict[str, Any]:
        if "logprobs" in body or "temperature" in body or "max_tokens" in body:
            raise rejected("bad request")
        return choice("A")

    found, _ = await found_at(only_bare)
    given_up = (found["chat"], found["top"], found["temperature"], found["length"])
    assert given_up == (True, 0, False, "max_completion_tokens")


async def test_a_temperature_that_is_refused_is_left_out_everywhere() -> None:
    def default_temperature(body: dict[str, Any]) -> dict[str, Any]:
        if "temperature" in body:
            raise rejected("Unsupported value: 'temperature' does not support 0 with this model.")
        return choice('{"action": "go"}', LOGPROBS)

    found, fake = await found_at(default_temperature)
    assert (found["temperature"], found["top"], found["structure"]) == (False, 5, "schema")
    assert "temperature" not in fake.sent[-1]


async def test_a_filter_and_a_refusal_say_nothing_of_what_an_endpoint_can_do() -> None:
    turns = iter(["filtered", "listed", "declined", "acted"])

    def moody(body: dict[str, Any]) -> dict[str, Any]:
        match next(turns):
            case "filtered":
                raise rejected("withheld", code="content_filter")
            case "listed":
                return choice("A", LOGPROBS)
            case "declined":
                return choice(None)
            case _:
                return choice('{"action": "stay"}')

    found, _ = await found_at(moody)
    assert (found["top"], found["structure"]) == (5, "schema")


async def test_an_endpoint_that_ignores_the_schema_is_not_said_to_have_one() -> None:
    def in_words(body: dict[str, Any]) -> dict[str, Any]:
        asked = body["messages"][0]["content"]
        return choice('{"action": "go"}' if "JSON" in asked else "I go.")

    found, fake = await found_at(in_words)
    assert found["structure"] == "object"
    assert len(fake.sent) <= 8


async def test_where_chat_is_not_there_and_nothing_else_is_the_first_refusal_is_told() -> None:
    def nothing(body: dict[str, Any]) -> dict[str, Any]:
        raise rejected("no such path", 404)

    with pytest.raises(CompleterError, match=r"'fake' gives nothing usable: .*no such path"):
        await found_at(nothing)


class Counting:
    """A model that counts how many ask at once."""

    name = "counting"

    def __init__(self, *, chat: bool) -> None:
        self.able = Capabilities(True, False, 0, chat)
        self.prompts: list[str] = []

    async def capabilities(self) -> Capabilities:
        return self.able

    async def say(self, request: SpeechRequest, urgency: int = 0) -> Speech:
        assert self.able.chat
        self.prompts.append(request.prompt)
        return Speech("yes", False, False, ("k",), 1, 1)

    async def score(self, request: Request, urgency: int = 0) -> Scores:
        self.prompts.append(request.prompt)
        return Scores((-1.0,), "exact", ("k",), 1, 1)


@pytest.mark.parametrize("chat", [True, False])
async def test_speed_is_measured_by_different_requests(chat: bool) -> None:
    model = Counting(chat=chat)
    assert await replies_per_second(model, 4) > 0
    assert len(set(model.prompts)) == 8
