"""Claims about the gateway, against an endpoint that misbehaves on order."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from agents.errors import CompleterError
from sim.budget import Budget
from sim.errors import StoppedError
from sim.gateway import (
    Address,
    Gateway,
    OutageError,
    RejectedError,
    Reply,
    Terms,
    UnlistedError,
    UnreachableError,
)
from sim.terms import told_seconds

BODY = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": 20}
QUICK = Terms(timeout_seconds=0.3, first_pause_seconds=0.01, longest_pause_seconds=0.05)


def body(text: str = "Choose.\nA) one\nB) two") -> dict[str, Any]:
    return {**BODY, "messages": [{"role": "user", "content": text}]}


def continued(text: str = "Two and two make") -> dict[str, Any]:
    return {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": 5}


@pytest.fixture
async def gateway(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setenv("OPENAI_API_KEY", "right")
    async with Gateway(Address(f"{endpoint.root}/v1", "mock"), terms=QUICK) as opened:
        yield opened


async def test_a_reply_tells_how_it_was_come_by(endpoint: Any, gateway: Gateway) -> None:
    before = time.time()
    reply = await gateway.chat(body())
    assert (reply.attempts, reply.faults, reply.base_url) == (1, (), f"{endpoint.root}/v1")
    assert before <= reply.started <= reply.started + reply.seconds <= time.time()
    tops = reply.body["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(tops) == 20
    assert {"A", "B"} <= {top["token"] for top in tops}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("429", "429"),
        ("500", "500"),
        ("503", "503"),
        ("timeout", "timeout"),
        ("drop", "connection"),
        ("page", "unreadable"),
        ("truncated", "unreadable"),
        ("no choices", "unreadable"),
        ("not http", "connection"),
    ],
)
async def test_a_passing_fault_is_retried_and_told(
    endpoint: Any, gateway: Gateway, kind: str, told: str
) -> None:
    true = await gateway.chat(body("7\nA) one\nB) two"))
    endpoint.configure(fault_rate=0.5, fault_kinds=[kind], timeout_seconds=2)
    # With half of all attempts at fault, some of ten texts meet it and recover from it.
    texts = [f"{number}\nA) one\nB) two" for number in range(10)]
    ended = await asyncio.gather(*map(gateway.chat, map(body, texts)), return_exceptions=True)
    replies = [reply for reply in ended if not isinstance(reply, BaseException)]
    assert true.body in [reply.body for reply in replies]
    faults = [fault for reply in replies for fault in reply.faults]
    assert {fault.kind for fault in faults} == {told}
    assert all(reply.attempts == 1 + len(reply.faults) for reply in replies)
    for fault in faults:
        assert fault.said.isprintable() and 0 < len(fault.said) <= 200
        assert abs(fault.at - time.time()) < 30
        assert fault.seconds >= (0.3 if kind == "timeout" else 0)


@pytest.mark.parametrize("kind", ["garbled", "empty"])
async def test_what_the_model_says_is_a_reply_whatever_it_is(
    endpoint: Any, gateway: Gateway, kind: str
) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=[kind])
    reply = await gateway.chat(body())
    assert (reply.attempts, reply.faults) == (1, ())
    said = reply.body["choices"][0]["message"]["content"]
    assert said == ("" if kind == "empty" else '{"act\ufffd: ')
    assert len(endpoint.log()["asked"]) == 1


async def test_refusals_and_missing_log_probabilities_of_chat_are_replies(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(refusal_rate=1, logprobs="none")
    reply = await gateway.chat(body())
    assert reply.attempts == 1
    assert "can't" in reply.body["choices"][0]["message"]["refusal"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("429", r"answered HTTP 429: Rate limit reached \(5 attempts\)"),
        ("500", r"answered HTTP 500: The server had an error \(5 attempts\)"),
        ("timeout", r"no reply within 0.3\d* s \(5 attempts\)"),
        ("drop", r"broke off the connection \(5 attempts\)"),
        ("page", r"not readable as JSON with choices \(5 attempts\)"),
        ("truncated", r"not readable as JSON with choices \(5 attempts\)"),
    ],
)
async def test_a_fault_that_stays_is_an_outage_after_five_attempts(
    endpoint: Any, gateway: Gateway, kind: str, words: str
) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=[kind])
    with pytest.raises(OutageError, match=words) as caught:
        await gateway.chat(body())
    assert caught.value.attempts == len(caught.value.faults) == 5
    assert len(endpoint.log()["asked"]) == 5
    assert "\n" not in str(caught.value)


async def test_a_page_is_told_in_its_own_words(endpoint: Any, gateway: Gateway) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=["page"])
    with pytest.raises(OutageError) as caught:
        await gateway.chat(body())
    assert caught.value.faults[0].said == "<html>a proxy's page</html>"


async def test_a_continuation_without_its_log_probabilities_is_the_endpoints_fault(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(completions="plain")
    with pytest.raises(UnlistedError, match="without log-probabilities") as caught:
        await gateway.complete(continued())
    assert [fault.kind for fault in caught.value.faults] == ["unlisted"] * 3
    asked_for_none = {**continued(), "logprobs": None}
    assert (await gateway.complete(asked_for_none)).attempts == 1
    endpoint.configure(completions="echo")
    listed = (await gateway.complete(continued())).body["choices"][0]["logprobs"]
    assert len(listed["token_logprobs"]) == 1


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"reasoning": True}, "unsupported_parameter"),
        ({"refusal_rate": 1, "refusal": "filter"}, "content_filter"),
        ({"logprobs": "refused"}, "unsupported_parameter"),
    ],
)
async def test_what_the_endpoint_will_never_answer_is_rejected_at_once(
    endpoint: Any, gateway: Gateway, settings: dict[str, Any], code: str
) -> None:
    endpoint.configure(**settings)
    with pytest.raises(RejectedError, match="HTTP 400: ") as caught:
        await gateway.chat(body())
    assert (caught.value.status, caught.value.code) == (400, code)
    assert [fault.kind for fault in caught.value.faults] == ["400"]
    assert len(endpoint.log()["asked"]) == 1


async def test_a_wrong_key_is_told_by_the_name_of_its_variable_and_not_retried(
    endpoint: Any, gateway: Gateway
) -> None:
    endpoint.configure(key="another")
    with pytest.raises(UnreachableError, match="refuses the key"):
        await gateway.models()
    words = r"refuses the key \(HTTP 401\): set OPENAI_API_KEY to a valid one"
    with pytest.raises(UnreachableError, match=words) as caught:
        await gateway.chat(body())
    assert caught.value.attempts == 1


async def test_an_unknown_model_is_of_no_use_to_ask_again(endpoint: Any, gateway: Gateway) -> None:
    endpoint.configure(model="another")
    with pytest.raises(UnreachableError, match="model `mock` does not exist") as caught:
        await gateway.chat(body())
    assert caught.value.attempts == 1


async def test_the_key_of_the_environment_is_sent(endpoint: Any, gateway: Gateway) -> None:
    endpoint.configure(key="right")
    assert (await gateway.chat(body())).attempts == 1
    assert await gateway.models() == ("mock",)


async def test_a_key_that_cannot_be_one_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-ü\x1b")
    with pytest.raises(UnreachableError, match=r"^SOME_KEY holds characters that") as caught:
        Gateway(Address("http://127.0.0.1:9/v1", "mock", "SOME_KEY"))
    assert "sk-" not in str(caught.value)


async def test_nothing_at_the_address_is_told_with_the_address() -> None:
    async with Gateway(Address("http://127.0.0.1:9/v1", "mock"), terms=QUICK) as nowhere:
        with pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:9/v1 cannot be reached"):
            await nowhere.models()
        with pytest.raises(UnreachableError, match="cannot be reached") as caught:
            await nowhere.chat(body())
    assert {fault.kind for fault in caught.value.faults} == {"connection"}
    assert caught.value.attempts == 5


async def test_a_path_that_is_not_there_is_rejected(gateway: Gateway) -> None:
    with pytest.raises(RejectedError, match="HTTP 404"):
        await gateway.complete(continued())
    with pytest.raises(RejectedError, match="HTTP 404"):
        await gateway.tokenize("x")


@pytest.mark.parametrize("kind", ["429", "503"])
async def test_the_endpoint_is_left_alone_for_as_long_as_it_says(
    endpoint: Any, gateway: Gateway, kind: str
) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=[kind], retry_after="1")
    clock = time.monotonic()
    asking = asyncio.create_task(gateway.chat(body()))
    while not endpoint.log()["asked"]:
        await asyncio.sleep(0.01)
    endpoint.configure()
    reply = await asking
    # One second from its first reply, which came after the clock was started.
    assert 1 <= time.monotonic() - clock < 4
    assert [fault.kind for fault in reply.faults] == [kind]


def test_retry_after_is_read_as_seconds_milliseconds_or_a_date() -> None:
    now = 1_700_000_000.0
    later = datetime.fromtimestamp(now, UTC) + timedelta(seconds=7)
    assert told_seconds({"retry-after": "2.5"}, now) == 2.5
    assert told_seconds({"retry-after": "9", "retry-after-ms": "20"}, now) == 0.02
    assert told_seconds({"retry-after": format_datetime(later, usegmt=True)}, now) == 7
    assert told_seconds({"retry-after": "Tue, 01 Jan 2019 00:00:00 GMT"}, now) == 0
    assert told_seconds({"retry-after": "-3"}, now) == 0
    for nonsense in ("", "soon", "nan", "inf", "Tue, 99 Jan"):
        assert told_seconds({"retry-after": nonsense}, now) is None
    assert told_seconds({}, now) is None


def test_pauses_double_are_spread_and_never_shorter_than_told() -> None:
    terms = Terms(first_pause_seconds=0.5, longest_pause_seconds=8, longest_told_seconds=60)
    assert [terms.pause_seconds(n, 0.999999) for n in (1, 2, 3)] == pytest.approx(
        [0.5, 1, 2], rel=1e-4
    )
    assert terms.pause_seconds(1, 0.0) == 0.25
    assert terms.pause_seconds(50, 0.0) == 4
    assert terms.pause_seconds(1, 0.0, told=3) == 3
    assert terms.pause_seconds(1, 0.0, told=0) == 0.25
    assert terms.pause_seconds(1, 0.0, told=86_400) == 60


async def test_every_attempt_is_a_reply_or_a_fault_under_mixed_faults(endpoint: Any) -> None:
    kinds = ["429", "500", "503", "timeout", "garbled", "empty", "drop", "truncated", "page"]
    endpoint.configure(fault_rate=0.2, fault_kinds=kinds, timeout_seconds=9, latency_ms=2)
    turns = asyncio.Semaphore(32)

    async def ask(number: int) -> Reply:
        async with turns:
            return await gateway.chat(body(f"{number}\nA) one\nB) two"))

    terms = replace(QUICK, timeout_seconds=1.5)
    async with Gateway(Address(f"{endpoint.root}/v1", "mock"), terms=terms) as gateway:
        ended = await asyncio.gather(*map(ask, range(300)), return_exceptions=True)
    log = endpoint.log()
    assert not [each for each in ended if isinstance(each, CompleterError)]  # 0.2^5 * 300 = 0.1
    replies = [reply for reply in ended if not isinstance(reply, BaseException)]
    told = Counter(fault.kind for reply in replies for fault in reply.faults)
    made = Counter(log["faults"])
    assert len(replies) == 300
    assert sum(reply.attempts for reply in replies) == len(log["asked"]) == 300 + told.total()
    assert told == Counter(
        {
            "429": made["429"],
            "500": made["500"],
            "503": made["503"],
            "timeout": made["timeout"],
            "connection": made["drop"],
            "unreadable": made["truncated"] + made["page"],
        }
    )
    assert made["garbled"] and made["empty"]  # which are replies


async def test_the_budget_is_asked_before_every_attempt_and_paid_for_every_reply(
    endpoint: Any,
) -> None:
    budget = Budget(most_calls=7)
    address = Address(f"{endpoint.root}/v1", "mock")
    async with Gateway(address, terms=QUICK, budget=budget) as gateway:
        reply = await gateway.chat(body())
        usage = reply.body["usage"]
        assert (budget.calls, budget.tokens) == (1, usage["total_tokens"])
        endpoint.configure(fault_rate=1, fault_kinds=["500"])
        with pytest.raises(OutageError):
            await gateway.chat(body())
        assert (budget.calls, budget.tokens) == (6, usage["total_tokens"])
        with pytest.raises(StoppedError):
            await gateway.chat(body())
    assert len(endpoint.log()["asked"]) == 6  # five of the outage, and the last within the budget


async def test_a_reservation_covers_what_a_request_may_take(endpoint: Any) -> None:
    reserved: list[tuple[int, int]] = []

    class Watched(Budget):
        async def reserve(self, most_prompt_tokens: int, most_completion_tokens: int) -> Any:
            reserved.append((most_prompt_tokens, most_completion_tokens))
            return await super().reserve(most_prompt_tokens, most_completion_tokens)

    async with Gateway(Address(f"{endpoint.root}/v1", "mock"), budget=Watched()) as gateway:
        await gateway.chat(body("ä" * 100))
        asked = {"messages": body()["messages"], "max_completion_tokens": 60}
        await gateway.chat(asked)
    # Bytes of UTF-8, 16 a message and 64 a request.
    assert reserved == [(200 + 16 + 64, 1), (len("Choose.\nA) one\nB) two") + 16 + 64, 60)]


async def test_a_cancelled_request_gives_back_what_it_reserved(endpoint: Any) -> None:
    endpoint.configure(latency_ms=2000, latency="fixed")
    budget = Budget(most_tokens=200)
    async with Gateway(Address(f"{endpoint.root}/v1", "mock"), budget=budget) as gateway:
        first = asyncio.create_task(gateway.chat(body()))
        while not endpoint.log()["asked"]:
            await asyncio.sleep(0.01)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        endpoint.configure()
        assert (await asyncio.wait_for(gateway.chat(body()), 2)).attempts == 1


async def test_being_asked_too_much_is_passed_on(endpoint: Any) -> None:
    endpoint.configure(fault_rate=1, fault_kinds=["429", "503", "500"])
    noticed: list[int] = []
    address = Address(f"{endpoint.root}/v1", "mock")
    async with Gateway(address, terms=QUICK, throttled=lambda: noticed.append(1)) as gateway:
        with pytest.raises(OutageError) as caught:
            await gateway.chat(body())
    throttling = [fault for fault in caught.value.faults if fault.kind in ("429", "503")]
    assert len(noticed) == len(throttling) > 0
