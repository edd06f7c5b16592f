"""Claims about scoring: exact probabilities of whole phrases from next-token lists."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.completer import ClozeRequest, LabelRequest, SpeechRequest
from agents.errors import CallFailedError
from sim.calls import Journal
from sim.errors import MissingCallError
from sim.gateway import RejectedError, Reply
from sim.lanes import OpenLanes, SlotLane
from sim.listed import boundary_score, echoed, label_scores
from sim.scoring import Scorer

log = math.log


def test_the_boundary_is_punctuation_a_conjunction_or_the_end() -> None:
    listed = [(".", log(0.3)), (" and", log(0.2)), (' "', log(0.1)), ("</s>", log(0.05))]
    listed += [(" well", log(0.2)), ("andy", log(0.1))]
    assert boundary_score(listed) == pytest.approx(log(0.65))


def test_without_a_listed_boundary_its_score_is_at_most_the_least_listed() -> None:
    assert boundary_score([(" one", -1.0), (" two", -4.0)]) == -4.0


def test_labels_take_the_mass_of_all_their_spellings() -> None:
    listed = [("A", log(0.4)), (" A", log(0.05)), ("(A", log(0.05)), ("C", log(0.1))]
    listed += [("B)", log(0.1)), ("**B", log(0.1))]
    values, level, mass = label_scores(listed, ("A", "B"))
    assert values == pytest.approx((log(0.5), log(0.2)))
    assert level == "top"
    assert mass == pytest.approx(0.7)


def test_an_unlisted_label_is_bounded_by_the_least_listed_and_by_what_is_left() -> None:
    values, level, mass = label_scores([("A", log(0.9)), ("x", log(0.08))], ("A", "B"))
    assert mass == pytest.approx(0.9)  # the bound is no mass
    assert values == pytest.approx((log(0.9), log(0.02)))  # 1 - .98 is less than .08
    assert level == "bounded"
    values, *_ = label_scores([("A", log(0.5)), ("x", log(0.1))], ("A", "B"))
    assert values == pytest.approx((log(0.5), log(0.1)))  # .1 is less than .4


def test_where_no_label_is_listed_nothing_is_known_of_any() -> None:
    nothing = ((None, None), "bounded", 0.0)
    assert label_scores([("I", -0.1), ("a", -3.0)], ("A", "B")) == nothing


def test_a_reply_without_a_list_says_nothing_of_the_mass_either() -> None:
    assert label_scores([], ("A", "B")) == ((None, None), "bounded", None)


def test_a_reply_that_is_hardly_ever_a_label_is_no_choice() -> None:
    listed = [("I", log(0.95)), ("A", log(0.03)), ("B", log(0.01))]
    values, _, mass = label_scores(listed, ("A", "B"))
    assert values == (None, None)
    assert mass == pytest.approx(0.04)


def test_an_echo_is_summed_from_where_the_phrase_begins() -> None:
    echo = [(0, None), (3, -1.0), (8, -2.0), (10, -0.5), (15, -9.0)]
    assert echoed(echo, 8, 7) == -2.5


@pytest.mark.parametrize("start", [7, 9, 0])
def test_an_echo_that_cuts_the_prompt_elsewhere_is_refused(start: int) -> None:
    with pytest.raises(RejectedError, match="does not cut the prompt"):
        echoed([(0, None), (8, -2.0), (10, -0.5)], start, 5)


PROMPT = "Answer:"
TREE: dict[str, dict[str, float]] = {
    "": {" 1": 0.6, " 2": 0.3, " ten": 0.1},
    " 1": {"0": 0.5, ".": 0.4, "7": 0.1},
    " 10": {".": 0.9, "0": 0.1},
    " 2": {".": 1.0},
    " t": {"en": 0.8, "wo": 0.2},
    " ten": {"\n": 0.5, " men": 0.5},
}
"""Probabilities of the next token after the prompt and each continuation."""
TOKENS = {" 1": [" 1"], " 10": [" 1", "0"], " 2": [" 2"], " ten": [" t", "en"]}
NUMBERS = {" 1": 11, "0": 12, " 2": 13, " t": 14, "en": 15}
FORCED = {" t": 0.05}
"""What the endpoint does not list but would say of a token that is forced."""


class FakeGateway:
    """A server with a known token tree, which lists next tokens and can be forced."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.spelled: list[str] = []
        self.fail_at: int | None = None

    async def tokenize(self, text: str, *, begins: bool = False) -> tuple[tuple[int, str], ...]:
        self.spelled.append(text)
        return tuple((NUMBERS[piece], piece) for piece in TOKENS[text])

    async def send(self, path: str, body: dict[str, Any], affinity: str = "") -> Reply:
        assert (path, affinity) == ("completions", "Ans")
        self.sent.append(body)
        await asyncio.sleep(0)
        after = TREE[body["prompt"].removeprefix(PROMPT)]
        if "logit_bias" in body:
            ((number, bias),) = body["logit_bias"]
            piece = next(piece for piece, known in NUMBERS.items() if known == number)
            assert bias > 100
            top = [{"token": piece, "logprob": log(FORCED[piece])}]
        else:
            listed = sorted(after.items(), key=lambda item: -item[1])[: body["logprobs"]]
            top = [{"token": piece, "logprob": log(p)} for piece, p in listed]
        content = [{**top[0], "top_logprobs": top}]
        usage = {"prompt_tokens": 5, "completion_tokens": 1}
        choice = {"text": top[0]["token"], "logprobs": {"content": content}}
        return Reply({"choices": [choice], "usage": usage}, 0.0, 0.01, 1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "calls.sqlite")
    opened.remember("capabilities of tree", {"cloze": "steps", "top": 0})
    yield opened
    opened.close()


def scorer(gateway: Any, journal: Journal) -> Scorer:
    return Scorer(gateway, journal, OpenLanes(4), "tree")


def cloze(*phrases: str) -> ClozeRequest:
    return ClozeRequest("Ans", "wer:", phrases)


async def test_a_phrase_that_begins_another_is_not_credited_with_it(journal: Journal) -> None:
    scores = await scorer(FakeGateway(), journal).score(cloze(" 1", " 10", " 2"))
    one, ten, two = scores.log_probabilities
    assert one == pytest.approx(log(0.6 * 0.4))  # then the clause must end
    assert ten == pytest.approx(log(0.6 * 0.5 * 0.9))
    assert two == pytest.approx(log(0.3 * 1.0))
    assert scores.level == "exact"


async def test_scores_follow_the_order_of_the_phrases(journal: Journal) -> None:
    values = await scorer(FakeGateway(), journal).score(cloze(" 2", " 10", " 1"))
    assert values.log_probabilities == pytest.approx((log(0.3), log(0.27), log(0.24)))


async def test_as_many_requests_as_the_tree_has_nodes(journal: Journal) -> None:
    gateway = FakeGateway()
    scores = await scorer(gateway, journal).score(cloze(" 1", " 10", " 2"))
    # After nothing, " 1", " 10" and " 2"; the first is shared by all three phrases.
    assert [body["prompt"] for body in gateway.sent] == [
        PROMPT,
        f"{PROMPT} 1",
        f"{PROMPT} 10",
        f"{PROMPT} 2",
    ]
    assert len(scores.call_keys) == 4
    assert (scores.prompt_tokens, scores.completion_tokens) == (20, 4)


async def test_a_token_that_is_not_listed_is_forced(journal: Journal) -> None:
    gateway = FakeGateway()
    scores = await scorer(gateway, journal).score(cloze(" 2", " ten"))
    # " ten" as one token is listed, but the model spells the phrase " t" + "en".
    assert scores.log_probabilities[1] == pytest.approx(log(0.05 * 0.8 * 0.5))
    assert sum("logit_bias" in body for body in gateway.sent) == 1


async def test_what_is_recorded_is_not_asked_again(journal: Journal) -> None:
    gateway = FakeGateway()
    model = scorer(gateway, journal)
    first = await model.score(cloze(" 1", " 10"))
    sent, spelled = len(gateway.sent), len(gateway.spelled)
    assert await model.score(cloze(" 1", " 10")) == first
    assert (len(gateway.sent), len(gateway.spelled)) == (sent, spelled)
    assert await scorer(None, journal).score(cloze(" 1", " 10")) == first  # replay


async def test_replay_of_what_was_never_recorded_fails(journal: Journal) -> None:
    with pytest.raises(MissingCallError, match="never recorded"):
        await scorer(None, journal).score(cloze(" 1"))


async def test_a_model_that_was_never_met_cannot_be_replayed(tmp_path: Path) -> None:
    empty = Journal(tmp_path / "empty.sqlite")
    with pytest.raises(MissingCallError, match="nothing was recorded from the model tree"):
        await scorer(None, empty).capabilities()
    empty.close()


class ChatGateway:
    """A chat endpoint whose replies are given."""

    def __init__(self, *replies: dict[str, Any]) -> None:
        self.replies = list(replies)
        self.sent: list[dict[str, Any]] = []

    async def send(self, path: str, body: dict[str, Any], affinity: str = "") -> Reply:
        assert path == "chat/completions"
        self.sent.append(body)
        return Reply(self.replies.pop(0), 0.0, 0.01, 1)


def chat_reply(*top: tuple[str, float], text: str = "A") -> dict[str, Any]:
    listed = [{"token": piece, "logprob": value} for piece, value in top]
    logprobs = {"content": [{**listed[0], "top_logprobs": listed}]} if listed else None
    return {"choices": [{"message": {"content": text}, "logprobs": logprobs}], "usage": None}


LABELS = LabelRequest("Rules.", "Choose.", ("A", "B"))


async def test_labels_are_read_from_the_first_token_of_a_chat(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = ChatGateway(chat_reply(("A", -0.5), ("B", -1.0)))
    scores = await scorer(gateway, journal).score(LABELS)
    assert scores.log_probabilities == pytest.approx((-0.5, -1.0))
    assert gateway.sent[0]["top_logprobs"] == 5
    assert [message["role"] for message in gateway.sent[0]["messages"]] == ["system", "user"]


async def test_without_rules_there_is_no_system_message(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = ChatGateway(chat_reply(("A", -0.5), ("B", -1.0)))
    await scorer(gateway, journal).score(LabelRequest("", "Choose.", ("A", "B")))
    assert [message["role"] for message in gateway.sent[0]["messages"]] == ["user"]


async def test_what_was_said_instead_of_a_label_is_kept(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = ChatGateway(chat_reply(("I", -0.1), text="I"))
    scores = await scorer(gateway, journal).score(LABELS)
    assert (scores.log_probabilities, scores.text) == ((None, None), "I")


@pytest.mark.parametrize("able", [{}, {"structure": "object"}, {"structure": "schema"}])
async def test_speech_is_asked_for_in_the_form_that_the_endpoint_takes(
    journal: Journal, able: dict[str, str]
) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 0, **able})
    gateway = ChatGateway(chat_reply(text='{"reason": "so", "action": "give"}'))
    said = await scorer(gateway, journal).say(
        SpeechRequest("Rules.", "Choose.", 60, 0.7, actions=("give", "keep"))
    )
    assert said.text == '{"reason": "so", "action": "give"}'
    (body,) = gateway.sent
    assert (body["max_tokens"], body["temperature"]) == (60, 0.7)
    assert "sample" not in body and "logprobs" not in body
    form = body.get("response_format", {})
    assert form.get("type") == {"schema": "json_schema", "object": "json_object"}.get(
        able.get("structure", "")
    )
    if "json_schema" in form:
        shape = form["json_schema"]["schema"]
        assert list(shape["properties"]) == ["reason", "action"]
        assert shape["properties"]["action"]["enum"] == ["give", "keep"]


async def test_other_samples_of_one_prompt_are_other_calls_and_each_is_asked_once(
    journal: Journal,
) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 0})
    gateway = ChatGateway(chat_reply(text="one"), chat_reply(text="two"))
    model = scorer(gateway, journal)
    texts = [
        (await model.say(SpeechRequest("", "Speak.", 60, 1.0, sample))).text
        for sample in (0, 1, 0, 1)
    ]
    assert texts == ["one", "two", "one", "two"]
    assert gateway.sent[0] == gateway.sent[1]  # the number is ours; the endpoint draws anew


async def test_a_reasoning_model_gets_its_own_words_for_length_and_room_to_think(
    journal: Journal,
) -> None:
    able = {"cloze": None, "top": 0, "temperature": False, "length": "max_completion_tokens"}
    journal.remember("capabilities of tree", able)
    gateway = ChatGateway(chat_reply(text="yes"))
    await scorer(gateway, journal).say(SpeechRequest("", "Speak.", 60, 1.0))
    assert set(gateway.sent[0]) == {"messages", "max_completion_tokens"}
    assert gateway.sent[0]["max_completion_tokens"] > 1000


async def test_a_refusal_of_the_endpoint_is_told_in_its_words(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    reply = chat_reply(text="")
    reply["choices"][0]["message"]["refusal"] = "I'm sorry, I can't."
    model = scorer(ChatGateway(reply, reply), journal)
    said = await model.say(SpeechRequest("", "Speak.", 60, 1.0))
    assert (said.refused, said.text) == (True, "I'm sorry, I can't.")
    scores = await model.score(LABELS)
    assert scores.refused
    assert (scores.log_probabilities, scores.text) == ((None, None), "I'm sorry, I can't.")


async def test_a_fingerprint_is_part_of_the_model_that_calls_are_recorded_under(
    journal: Journal,
) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5, "fingerprint": "fp1"})
    model = scorer(ChatGateway(chat_reply(("A", -0.5), ("B", -1.0))), journal)
    (key,) = (await model.score(LABELS)).call_keys
    assert model.name == "tree@fp1"
    found = journal.find(key)
    assert found is not None and found.model == "tree@fp1"


class RejectingGateway:
    """An endpoint that takes no request, or withholds every reply."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.times = 0

    async def send(self, path: str, body: dict[str, Any], affinity: str = "") -> Reply:
        self.times += 1
        error = RejectedError("HTTP 400: too long", status=400)
        error.code = self.code
        raise error


async def test_a_request_that_is_rejected_fails_for_good_and_is_not_sent_again(
    journal: Journal,
) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = RejectingGateway("context_length_exceeded")
    for asked in (gateway, gateway, None):  # at first, again, and in a replay
        with pytest.raises(CallFailedError, match="too long") as caught:
            await scorer(asked, journal).score(LABELS)
        (key,) = caught.value.call_keys
        assert journal.failure(key) == "HTTP 400: too long"
    assert gateway.times == 1


async def test_a_reply_that_a_filter_withholds_is_a_refusal(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = RejectingGateway("content_filter")
    for asked in (gateway, None):
        said = await scorer(asked, journal).say(SpeechRequest("", "Speak.", 60, 1.0))
        assert (said.refused, said.text) == (True, "HTTP 400: too long")
    assert gateway.times == 1


async def test_a_call_that_is_under_way_is_not_sent_twice(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": None, "top": 5})
    gateway = ChatGateway(chat_reply(("A", -0.5), ("B", -1.0)))
    model = scorer(gateway, journal)
    one, two = await asyncio.gather(model.score(LABELS), model.score(LABELS))
    assert one == two
    assert len(gateway.sent) == 1


async def test_on_a_slot_the_next_one_finds_what_the_last_one_recorded(journal: Journal) -> None:
    journal.remember("capabilities of tree", {"cloze": "steps", "top": 5})
    said = [{"choices": [{"message": {"content": text}}]} for text in ("one", "two")]
    gateway = ChatGateway(*said)
    model = Scorer(gateway, journal, SlotLane(2), "tree")  # type: ignore[arg-type]
    request = SpeechRequest("", "Speak.", 5, 1.0)
    speeches = await asyncio.gather(model.say(request), model.say(request))
    assert [speech.text for speech in speeches] == ["one", "one"]
    assert len(gateway.sent) == 1


async def test_scorings_on_a_slot_that_share_a_call_send_it_once_and_replay(
    journal: Journal,
) -> None:
    journal.remember("capabilities of tree", {"cloze": "steps", "top": 5})
    gateway = FakeGateway()
    model = Scorer(gateway, journal, SlotLane(2), "tree")  # type: ignore[arg-type]
    asked = [cloze(each) for each in (" 1", " 10", " 2")]
    first = await asyncio.gather(*map(model.score, asked))
    # As for all three in one: after nothing, " 1", " 10" and " 2".
    assert len(gateway.sent) == 4
    replaying = Scorer(None, journal, SlotLane(2), "tree")
    assert [await replaying.score(each) for each in asked] == list(first)
