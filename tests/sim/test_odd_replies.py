"""Claims about replies as no endpoint should send them: nothing is lost, and nothing is made up."""

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from agents.errors import CallFailedError
from sim.asking import Asker, Unit
from sim.budget import Budget
from sim.calls import Journal
from sim.entries import Call
from sim.errors import StoppedError
from sim.gateway import Address, Gateway, OutageError, RejectedError, Terms
from sim.lanes import Lane
from sim.replies import flaw, most_tokens, usage

QUICK = Terms(attempts=2, timeout_seconds=5, first_pause_seconds=0.01, longest_pause_seconds=0.02)
LABELS = {"content": [{"token": "A", "logprob": -0.5, "top_logprobs": [{"token": "B"}]}]}
MESSAGES = [{"role": "user", "content": "one"}]
BOUND, _ = most_tokens({"messages": MESSAGES})


class Odd:
    """An endpoint that says what it was told to, and a journal."""

    def __init__(self, asker: Asker, folder: Path) -> None:
        self.status, self.raw = 200, b""
        self.asker = asker
        self.folder = folder

    async def handle(self, _: web.Request) -> web.Response:
        """Say it."""
        return web.Response(status=self.status, body=self.raw, content_type="application/json")

    async def ask(self, words: str, raw: bytes, status: int = 200) -> Call:
        """One call."""
        self.status, self.raw = status, raw
        unit = Unit(lane=Lane(None, lambda: None))
        body = {"messages": [{"role": "user", "content": words}]}
        return await self.asker.ask("m", "chat", body, unit)

    def rows(self, table: str) -> int:
        """How many rows a table of the journal has."""
        with sqlite3.connect(self.folder / "calls.sqlite") as connection:
            (count,) = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
        connection.close()
        return int(count)


@pytest.fixture
async def odd(tmp_path: Path) -> AsyncIterator[Odd]:
    app = web.Application()
    runner = web.AppRunner(app)
    journal = Journal(tmp_path / "calls.sqlite")
    made = Odd(Asker(None, journal), tmp_path)
    app.router.add_post("/v1/chat/completions", made.handle)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    async with Gateway(Address(f"http://{host}:{port}/v1", "m"), terms=QUICK) as gateway:
        made.asker.gateway = gateway
        yield made
    journal.close()
    await runner.cleanup()


def reply(**choice: Any) -> bytes:
    said = {"message": {"content": "A"}, **choice}
    return json.dumps({"choices": [said], "usage": {"prompt_tokens": 5}}).encode()


@pytest.mark.parametrize("half", [b"\\ud83d", b"\xed\xa0\xbd"])
async def test_half_a_character_is_recorded_as_an_unknown_one(odd: Odd, half: bytes) -> None:
    raw = reply().replace(b'"A"', b'"so ' + half + b'"')
    assert (await odd.ask("one", raw)).reply["text"].startswith("so ?")
    whole = reply().replace(b'"A"', b'"so \\ud83d\\ude00"')
    assert (await odd.ask("two", whole)).reply["text"] == "so \U0001f600"
    assert odd.rows("calls") == 2


async def test_what_cannot_be_written_does_not_keep_the_rest_from_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "calls.sqlite")
    numbers = (1, 1, 0, 0.0, 0.0, 1)
    with pytest.raises(UnicodeEncodeError):
        await journal.record([Call("one", "m", {}, {"text": "\ud83d"}, *numbers)])
    await journal.record([Call("two", "m", {}, {"text": "A"}, *numbers)])
    assert journal.find("one") is None and journal.find("two") is not None
    journal.close()


@pytest.mark.parametrize(
    "choice",
    [
        {"message": "words"},
        {"logprobs": "many"},
        {"logprobs": {"content": "A"}},
        {"logprobs": {"content": [{"token": "A"}]}},
        {"logprobs": LABELS},
        {"logprobs": {"content": [{"token": "A", "logprob": None}]}},
        {"logprobs": {"content": [{"token": "A", "logprob": float("nan")}]}},
    ],
)
async def test_a_choice_out_of_form_is_a_fault_that_is_told(
    odd: Odd, choice: dict[str, Any]
) -> None:
    with pytest.raises(OutageError, match="not readable"):
        await odd.ask("one", reply(**choice))
    assert (odd.rows("calls"), odd.rows("failures"), odd.rows("faults")) == (0, 0, 2)
    assert (await odd.ask("one", reply())).reply["text"] == "A"


def test_a_first_choice_that_is_none_is_not_passed_over() -> None:
    second = json.loads(reply())["choices"][0]
    assert flaw("chat/completions", {}, {"choices": [None, second]}) == "unreadable"
    assert flaw("chat/completions", {}, {"choices": [second, None]}) == ""


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        ("many", (None, None, None)),
        ({"prompt_tokens": "many"}, (None, None, None)),
        ({"prompt_tokens": float("nan")}, (None, None, None)),
        ({"prompt_tokens": True, "completion_tokens": 2}, (None, None, 2)),
        ({"prompt_tokens": -5, "completion_tokens": -1}, (None, None, None)),
        ({"prompt_tokens": 10**30, "completion_tokens": 0}, (None, None, 0)),
        ({"prompt_tokens": 5, "prompt_tokens_details": [3]}, (5, None, None)),
        ({"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}, (5, 5, None)),
    ],
)
async def test_usage_out_of_form_costs_no_reply(
    odd: Odd, told: object, tokens: tuple[int | None, int | None, int | None]
) -> None:
    assert usage({"usage": told}) == tokens
    body = {**json.loads(reply()), "usage": told}
    call = await odd.ask("one", json.dumps(body).encode())
    counted = (call.prompt_tokens, call.cached_tokens, call.completion_tokens)
    assert counted == tokens
    assert odd.rows("calls") == 1


@pytest.mark.parametrize("status", [300, 304, 402, 404, 405, 407, 410])
async def test_what_would_be_said_of_every_request_is_no_answer_to_this_one(
    odd: Odd, status: int
) -> None:
    with pytest.raises(RejectedError, match=f"HTTP {status}"):
        await odd.ask("one", b"", status)
    assert (odd.rows("failures"), odd.rows("faults")) == (0, 1)
    assert (await odd.ask("one", reply())).reply["text"] == "A"


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_what_is_said_of_the_request_itself_is_recorded_for_good(
    odd: Odd, status: int
) -> None:
    for _ in range(2):
        with pytest.raises(CallFailedError, match=f"HTTP {status}"):
            await odd.ask("one", b"[]", status)
    assert (odd.rows("failures"), odd.rows("faults")) == (1, 0)


async def test_a_reply_that_does_not_tell_its_tokens_counts_with_all_it_may_have_taken(
    odd: Odd,
) -> None:
    assert odd.asker.gateway is not None
    budget = Budget(most_tokens=200)
    async with Gateway(odd.asker.gateway.address, terms=QUICK, budget=budget) as gateway:
        odd.asker.gateway = gateway
        untold = json.dumps({"choices": [{"message": {"content": "A"}}]}).encode()
        # 3 bytes, 16 for the message and 64 for the request, twice; a third might pass 200.
        await odd.ask("one", untold)
        await odd.ask("two", untold)
        assert budget.tokens == 166
        with pytest.raises(StoppedError):
            await odd.ask("six", untold)
    assert odd.rows("calls") == 2


@pytest.mark.parametrize(
    ("told", "paid"),
    [
        # At most 7 tokens are asked for; the prompt's bytes and a margin bound the prompt.
        ({"prompt_tokens": 5, "completion_tokens": 3}, (5, 3)),
        ({"prompt_tokens": 5}, (5, 7)),
        ({"completion_tokens": 3}, (BOUND, 3)),
        ({}, (BOUND, 7)),
    ],
)
async def test_tokens_that_are_not_told_count_as_all_that_they_may_have_been(
    odd: Odd, told: dict[str, int], paid: tuple[int, int]
) -> None:
    odd.raw = json.dumps({**json.loads(reply()), "usage": told}).encode()
    assert odd.asker.gateway is not None
    budget = Budget()
    async with Gateway(odd.asker.gateway.address, terms=QUICK, budget=budget) as gateway:
        await gateway.chat({"messages": MESSAGES, "max_tokens": 7})
    assert (budget.prompt_tokens, budget.completion_tokens) == paid
