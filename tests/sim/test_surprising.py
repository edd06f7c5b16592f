"""Claims about surprisal: exact where an endpoint can, and never a number where it cannot."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.completer import Surprisal, SurprisalRequest, Unmeasurable
from sim import download
from sim.bodies import forcing
from sim.calls import Journal
from sim.embedded import EmbeddedServer
from sim.errors import MissingCallError
from sim.gateway import Address, Gateway, RejectedError, Reply
from sim.gauging import gauge_all
from sim.lanes import OpenLanes, SlotLane
from sim.registry import resolve
from sim.scoring import Scorer

ASKED = SurprisalRequest("Who ", "am I: ", "I am tin")
VALUES = {"I": 0.5, " am": 0.25, " tin": 0.125}
NUMBERS = {"Who": 1, " am": 2, " I": 3, ":": 4, " ": 5, "I": 6, " tin": 7, "<s>": 0}


class Steps:
    """A llama.cpp server: tells tokens, and is forced to say one."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.refuses = False

    async def tokenize(self, text: str, *, begins: bool = False) -> tuple[tuple[int, str], ...]:
        pieces = re.findall(r" ?\w+|:| ", text)
        cut = tuple((NUMBERS[piece], piece) for piece in pieces)
        return ((0, "<s>"), *cut) if begins else cut

    async def send(self, path: str, body: dict[str, Any], affinity: str = "") -> Reply:
        if self.refuses:
            raise RejectedError("too long", (), 400, "")
        self.sent.append(body)
        ((number, _),) = body["logit_bias"]
        piece = next(piece for piece, known in NUMBERS.items() if known == number)
        content = [{"token": piece, "logprob": math.log(VALUES[piece]), "top_logprobs": []}]
        choice = {"text": piece, "logprobs": {"content": content}}
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": 1}
        return Reply({"choices": [choice], "usage": usage}, 0.0, 0.01, 1)


class Echo:
    """A server that echoes prompts with their log-probabilities, cut where it is told."""

    def __init__(self, cuts: list[int], values: list[float | None]) -> None:
        self.cuts, self.values = cuts, values

    async def send(self, path: str, body: dict[str, Any], affinity: str = "") -> Reply:
        assert body["echo"] and body["prompt"] == ASKED.prompt + ASKED.text
        whole = len(body["prompt"])
        listed = {
            "text_offset": [*self.cuts, whole],
            "token_logprobs": [*self.values, -9.0],
            "top_logprobs": [{}] * (len(self.cuts) + 1),
        }
        return Reply({"choices": [{"text": "", "logprobs": listed}]}, 0.0, 0.01, 1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "calls.sqlite")
    yield opened
    opened.close()


def scorer(gateway: Any, journal: Journal, cloze: str | None) -> Scorer:
    journal.remember("capabilities of model", {"cloze": cloze, "top": 20})
    return Scorer(gateway, journal, OpenLanes(4), "model")


async def test_a_text_is_as_surprising_as_its_tokens_together(journal: Journal) -> None:
    found = await scorer(Steps(), journal, "steps").surprise(ASKED)
    assert isinstance(found, Surprisal)
    assert found.tokens == ("I", " am", " tin")
    # 1/2 * 1/4 * 1/8 = 2^-6.
    assert found.nats == pytest.approx(6 * math.log(2))
    assert found.level == "exact"
    assert len(found.call_keys) == 3


async def test_each_token_is_forced_after_all_before_it_and_the_first_begins_the_prompt(
    journal: Journal,
) -> None:
    gateway = Steps()
    await scorer(gateway, journal, "steps").surprise(ASKED)
    before = [0, 1, 2, 3, 4, 5]  # <s> Who am I :_
    assert [body["prompt"] for body in gateway.sent] == [before, [*before, 6], [*before, 6, 2]]
    assert [body["logit_bias"][0][0] for body in gateway.sent] == [6, 2, 7]


async def test_what_is_recorded_is_not_asked_again_and_can_be_replayed(journal: Journal) -> None:
    gateway = Steps()
    first = await scorer(gateway, journal, "steps").surprise(ASKED)
    assert await scorer(gateway, journal, "steps").surprise(ASKED) == first
    assert len(gateway.sent) == 3
    assert await scorer(None, journal, "steps").surprise(ASKED) == first


async def test_a_replay_of_what_was_never_recorded_fails(journal: Journal) -> None:
    with pytest.raises(MissingCallError):
        await scorer(None, journal, "steps").surprise(ASKED)


async def test_an_echo_tells_the_tokens_of_the_text_alone(journal: Journal) -> None:
    # "Who am I: I am tin": the text begins at character 10.
    gateway = Echo([0, 3, 6, 8, 10, 11, 14], [None, -1, -1, -1, -0.5, -1.5, -2.0])
    found = await scorer(gateway, journal, "echo").surprise(ASKED)
    assert isinstance(found, Surprisal)
    assert found.tokens == ("I", " am", " tin")
    assert found.log_probabilities == (-0.5, -1.5, -2.0)


@pytest.mark.parametrize(
    ("cuts", "values", "reason"),
    [
        ([0, 9, 14], [None, -1.0, -1.0], "do not begin where the text begins"),
        ([0, 10, 14], [None, None, -1.0], "leaves out the log-probability"),
    ],
)
async def test_an_echo_that_does_not_tell_the_text_gives_no_number(
    journal: Journal, cuts: list[int], values: list[float | None], reason: str
) -> None:
    found = await scorer(Echo(cuts, values), journal, "echo").surprise(ASKED)
    assert isinstance(found, Unmeasurable)
    assert reason in found.reason


async def test_an_endpoint_that_can_do_neither_says_so_and_is_not_asked(journal: Journal) -> None:
    found = await scorer(object(), journal, None).surprise(ASKED)
    assert isinstance(found, Unmeasurable)
    assert "neither forces tokens" in found.reason


async def test_a_text_that_the_endpoint_refuses_for_good_has_no_number(journal: Journal) -> None:
    gateway = Steps()
    gateway.refuses = True
    for _ in range(2):  # The second time from the journal.
        found = await scorer(gateway, journal, "steps").surprise(ASKED)
        assert isinstance(found, Unmeasurable)
        assert "too long" in found.reason


async def test_equal_texts_are_measured_once_and_an_empty_one_not_at_all(journal: Journal) -> None:
    gateway, done = Steps(), []
    model = scorer(gateway, journal, "steps")
    empty = SurprisalRequest("", "Who ", "")
    found = await gauge_all(model, [ASKED, empty, ASKED], lambda: done.append(1))
    assert found[0] == found[2]
    assert found[1] == Unmeasurable("the text is empty")
    assert (len(gateway.sent), len(done)) == (3, 1)


@pytest.mark.model
async def test_on_the_embedded_model_steps_agree_with_listed_tokens(journal: Journal) -> None:
    path = download.ensure(resolve("embedded"))
    asked = SurprisalRequest("", 'Who are you? Me: "', "I am a walking machine")
    with EmbeddedServer.start(path, slots=1, threads=1) as server:
        async with Gateway(Address(server.base_url, "embedded", "")) as gateway:
            model = Scorer(gateway, journal, SlotLane(server.slots), "embedded@test")
            found = await model.surprise(asked)
            assert isinstance(found, Surprisal)
            assert "".join(found.tokens) == asked.text
            text, again = asked.prompt, []
            for token in found.tokens:
                # From the text, without a cache: other token borders or another cut would show.
                body = {"prompt": text, "max_tokens": 1, "temperature": 0, "logprobs": 1000}
                reply = await gateway.complete({**body, "cache_prompt": False})
                listed = reply.body["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
                again.append({each["token"]: each["logprob"] for each in listed}[token])
                text += token
            # Reading one token at a time rounds otherwise than reading all anew.
            assert found.log_probabilities == pytest.approx(again, abs=0.25)
            assert found.nats / 5 == pytest.approx(-sum(again) / 5, abs=0.05)
            # Forced without a cache it is what the list says, so the bias does not show.
            tokens = await gateway.tokenize(asked.text)
            forced = forcing(asked.prompt, tokens[0][0])
            reply = await gateway.complete({**forced, "cache_prompt": False})
            logprob = reply.body["choices"][0]["logprobs"]["content"][0]["logprob"]
            assert logprob == pytest.approx(again[0], abs=1e-3)
