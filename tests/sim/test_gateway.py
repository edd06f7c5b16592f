"""Claims about the gateway and the probe, against an endpoint that misbehaves on order."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import openai
import pytest

from agents.errors import CompleterError
from sim import gateway as gateways
from sim.gateway import Address, Gateway, RejectedError, UnlistedError, UnreachableError
from sim.probing import probe

BODY = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": 20}


def body(text: str = "Choose.\nA) one\nB) two") -> dict[str, Any]:
    return {**BODY, "messages": [{"role": "user", "content": text}]}


@pytest.fixture
async def gateway(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setenv("OPENAI_API_KEY", "right")
    monkeypatch.setattr(gateways, "_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    async with Gateway(Address(f"{endpoint.root}/v1", "mock")) as opened:
        yield opened


async def test_a_reply_tells_how_it_was_come_by(gateway: Gateway) -> None:
    reply = await gateway.chat(body())
    assert reply.attempts == 1
    assert 0 < reply.seconds < 5
    tops = reply.body["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(tops) == 20
    assert {"A", "B"} <= {top["token"] for top in tops}


@pytest.mark.parametrize("kind", ["429", "500", "timeout", "garbled", "empty", "drop", "truncated"])
async def test_every_passing_fault_is_retried_until_the_true_reply_comes(
    endpoint: Any, gateway: Gateway, kind: str
) -> None:
    true = await gateway.chat(body())
    endpoint.configure(fault_rate=0.5, fault_kinds=[kind], timeout_seconds=2)
    # Of many texts, one whose first try meets the fault and whose second does not.
    for number in range(20):
        if endpoint.log()["faults"]:
            break
        text = f"{number}\nA) one\nB) two"
        try:
            reply = await gateway.chat(body(text))
        except CompleterError:
            continue
        assert set(reply.body["choices"][0]) == set(true.body["choices"][0])
        assert reply.body["choices"][0]["logprobs"]["content"]
    assert endpoint.log()["faults"][kind] >= 1


@pytest.mark.parametrize(
    ("kind", "kind_of_error", "words"),
    [
        ("429", CompleterError, "answered HTTP 429"),
        ("500", CompleterError, "answered HTTP 500"),
        ("drop", CompleterError, "cannot be reached"),
        ("garbled", CompleterError, "not readable as JSON"),
        ("truncated", CompleterError, "not readable as JSON"),
        ("empty", UnlistedError, "without log-probabilities"),
    ],
)
async def test_a_fault_that_stays_is_an_error_after_bounded_tries(
    endpoint: Any, gateway: Gateway, kind: str, kind_of_error: type[Exception], words: str
) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=[kind])
    with pytest.raises(kind_of_error, match=words) as caught:
        await gateway.chat(body())
    assert "\n" not in str(caught.value)
    assert 3 <= len(endpoint.log()["asked"]) <= 5


async def test_a_wrong_key_is_told_by_the_name_of_its_variable_and_not_retried(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(key="another")
    with pytest.raises(UnreachableError, match=r"refuses the key \(HTTP 401\): set OPENAI_API_KEY"):
        await gateway.chat(body())
    with pytest.raises(UnreachableError, match="refuses the key"):
        await probe(gateway)


async def test_the_key_of_the_environment_is_sent(endpoint: Any, gateway: Gateway) -> None:
    endpoint.configure(key="right")
    assert (await gateway.chat(body())).attempts == 1


async def test_nothing_at_the_address_is_told_with_the_address() -> None:
    async with Gateway(Address("http://127.0.0.1:9/v1", "mock")) as nowhere:
        with pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:9/v1 cannot be reached"):
            await nowhere.models()


async def test_a_path_that_is_not_there_is_rejected(gateway: Gateway) -> None:
    with pytest.raises(RejectedError, match="HTTP 404"):
        await gateway.complete({"prompt": "x", "max_tokens": 1})
    with pytest.raises(RejectedError, match="HTTP 404"):
        await gateway.tokenize("x")


async def test_a_chat_endpoint_is_probed_for_how_many_it_lists(
    endpoint: Any, gateway: Gateway
) -> None:
    assert await probe(gateway) == {"cloze": None, "top": 20}
    endpoint.configure(top=3)
    assert await probe(gateway) == {"cloze": None, "top": 3}


async def test_an_endpoint_without_log_probabilities_is_found_out(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=["empty"])
    assert await probe(gateway) == {"cloze": None, "top": 0}


async def test_passing_faults_do_not_mislead_the_probe(endpoint: Any, gateway: Gateway) -> None:
    found = []
    for seed in range(4):
        endpoint.configure(fault_rate=0.2 + seed / 100, fault_kinds=["empty", "garbled", "500"])
        found.append(await probe(gateway))
    assert found == [{"cloze": None, "top": 20}] * 4


async def test_what_a_server_says_is_told_without_the_key_and_without_escapes(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-SECRET")
    said = "Bearer sk-\x1bSECRET \x1b]0;owned\x07 sk-SECRET\n" + "x" * 300
    reply = SimpleNamespace(status_code=400, request=None, headers={})

    async def refuse(*_: object) -> None:
        raise openai.BadRequestError(said, response=cast(Any, reply), body={"message": said})

    monkeypatch.setattr(gateway, "_create", refuse)
    with pytest.raises(RejectedError) as caught:
        await gateway.chat(body())
    message = str(caught.value)
    assert "Bearer [key] ]0;owned [key] x" in message
    assert "SECRET" not in message and message.isprintable()
    assert len(message.partition("HTTP 400: ")[2]) == 200
