"""Claims about readouts in words: what is asked, what counts as an answer, and what is kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.answers import Decision, Failed, Refusal, Unparsed
from agents.choice import Choice
from agents.completer import (
    Capabilities,
    ClozeRequest,
    LabelRequest,
    Request,
    Speech,
    SpeechRequest,
)
from agents.errors import CallFailedError, CompleterError
from agents.minds import Minds, Posed
from agents.reading import Reading, sha256
from agents.readouts import READOUTS, Manner
from agents.speaking import put_as_json, put_as_speech
from agents.teller import Situation, Teller
from scenarios.catalogue import game
from scenarios.game import Ask, Event
from scenarios.wording import load

CHOICE = Choice("Rules.", "Now.", "I am I.", "", ("take a little", "take a lot"))
QUIZ = Choice("Rules.", "", "", "How many?", ("0", "1", "10"))
LITTLE = json.dumps({"reason": "It is enough.", "action": "take a little"})


async def read(model: Any, name: str, sample: int = 0, **manner: Any) -> Reading:
    return await READOUTS[name](model, CHOICE, sample, Manner(**manner))


def one_after_another(*texts: str | Speech | Exception) -> Callable[[SpeechRequest], Any]:
    left = list(texts)
    return lambda request: left.pop(0)


@pytest.mark.parametrize(("name", "put"), [("json", put_as_json), ("sample", put_as_speech)])
def test_the_order_of_mention_alternates_with_the_sample(name: str, put: Any) -> None:
    """Over an even number of samples each option stands first in one half of them."""
    first = [put(CHOICE, sample, 1.0).shown_order[0] for sample in range(20)]
    assert first == [0, 1] * 10
    even, odd = put(CHOICE, 0, 1.0), put(CHOICE, 1, 1.0)
    assert "- take a little\n- take a lot" in even.request.user
    assert "- take a lot\n- take a little" in odd.request.user
    assert (even.name, odd.name) == ("forward", "reversed")


def test_samples_are_different_calls_and_the_manner_is_passed_on() -> None:
    third = put_as_json(CHOICE, 3, 0.7).request
    assert (third.sample, third.temperature) == (3, 0.7)
    assert third.actions == ("take a lot", "take a little")
    assert put_as_speech(CHOICE, 3, 0.7).request.actions == ()
    assert third.system == "Rules."


async def test_an_action_in_json_is_one_sample_and_no_distribution(speaker: Any) -> None:
    reading = await read(speaker(lambda request: LITTLE), "json", sample=1)
    assert (reading.chosen, reading.distribution, reading.mass) == (0, None, None)
    assert (reading.level, reading.lacking, reading.text) == ("sampled", None, LITTLE)
    (row,) = reading.variants
    assert (row.variant, row.shown_order, row.log_probabilities) == ("reversed", (1, 0), None)
    assert row.prompt_sha256 == sha256(put_as_json(CHOICE, 1, 1.0).request.prompt)
    assert (row.call_keys, reading.prompt_tokens, reading.completion_tokens) == (("say-1",), 20, 5)


async def test_a_declared_choice_in_free_text_is_read(speaker: Any) -> None:
    reading = await read(speaker(lambda request: "Hm.\nCHOICE: take a lot"), "sample")
    assert (reading.chosen, reading.level, reading.text) == (
        1,
        "sampled",
        "Hm.\nCHOICE: take a lot",
    )


@pytest.mark.parametrize("name", ["json", "sample"])
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("I'm sorry, but I can't help with that.", Refusal),
        (Speech("", True, False, ("k",), 1, 0), Refusal),
        (Speech("take a lot", True, False, ("k",), 1, 0), Refusal),
        ("Well, well.", Unparsed),
        ("", Unparsed),
        (Speech('{"reason": "I take', False, True, ("k",), 1, 0), Unparsed),
    ],
)
async def test_no_answer_is_a_value_with_its_text_and_never_an_option(
    speaker: Any, name: str, said: str | Speech, kind: type
) -> None:
    minds = Minds(speaker(lambda request: said), name)
    (answer,) = await minds.answer([Posed(CHOICE, 0.0)])
    assert isinstance(answer, kind)
    assert answer.reading.text == (said.text if isinstance(said, Speech) else said)
    assert answer.reading.chosen is None and answer.reading.distribution is None


async def test_decisions_take_the_sample_that_their_number_points_to(speaker: Any) -> None:
    model = speaker(lambda r: "I take a lot." if r.sample == 1 else "I take a little.")
    minds = Minds(model, "sample", Manner(draws=4))
    asks = [Posed(CHOICE, uniform) for uniform in (0.0, 0.3, 0.49, 0.99, 0.3)]
    answers = await minds.answer(asks)
    assert [a.position for a in answers if isinstance(a, Decision)] == [0, 1, 1, 0, 1]
    assert sorted(request.sample for request in model.asked) == [0, 1, 3]


async def test_at_temperature_zero_there_is_one_sample(speaker: Any) -> None:
    model = speaker(lambda request: "I take a lot.")
    await Minds(model, "sample", Manner(temperature=0)).answer([Posed(CHOICE, u) for u in (0, 0.9)])
    assert len(model.asked) == 1


async def test_asking_again_is_declared_and_every_attempt_is_kept(speaker: Any) -> None:
    texts = ("Hm.", "I shall see.", "CHOICE: take a lot")
    model = speaker(one_after_another(*texts))
    reading = await read(model, "sample", reask=3)
    assert reading.chosen == 1
    assert [row.variant for row in reading.variants] == ["forward", "again-1", "again-2"]
    assert reading.text == "Hm.\n---\nI shall see.\n---\nCHOICE: take a lot"
    assert (reading.prompt_tokens, reading.completion_tokens) == (60, 15)
    prompts = [request.user for request in model.asked]
    assert "for the second time" in prompts[1] and "for the third time" in prompts[2]
    assert all(prompt.startswith(prompts[0]) for prompt in prompts)


async def test_nothing_is_asked_again_unless_declared(speaker: Any) -> None:
    model = speaker(lambda request: "Hm.")
    assert (await read(model, "json")).lacking == "unparsed"
    assert len(model.asked) == 1


async def test_a_refusal_is_not_asked_again(speaker: Any) -> None:
    model = speaker(lambda request: "I cannot help with that.")
    assert (await read(model, "sample", reask=3)).lacking == "refusal"
    assert len(model.asked) == 1


async def test_asking_again_ends(speaker: Any) -> None:
    model = speaker(lambda request: "Hm.")
    assert (await read(model, "json", reask=2)).lacking == "unparsed"
    assert len(model.asked) == 3


async def test_letters_that_cannot_be_read_are_asked_again_in_both_orders(speaker: Any) -> None:
    def letters(request: Request) -> tuple[float | None, float | None]:
        return (-0.5, -1.5) if "second time" in request.prompt else (None, None)

    reading = await read(speaker(scores=letters), "label", reask=1)
    assert reading.distribution == pytest.approx((0.5, 0.5))  # the place's advantage cancels
    names = ["forward", "reversed", "again-1-forward", "again-1-reversed"]
    assert [row.variant for row in reading.variants] == names
    assert reading.text == "no letter / no letter"


async def test_a_call_that_fails_for_good_keeps_what_was_said_before(speaker: Any) -> None:
    model = speaker(one_after_another("Hm.", CallFailedError("too long", ("k",))))
    (answer,) = await Minds(model, "sample", Manner(reask=1)).answer([Posed(CHOICE, 0.0)])
    assert isinstance(answer, Failed)
    assert answer.reading.text == "Hm.\n---\ntoo long"
    assert [row.variant for row in answer.reading.variants] == ["forward"]


async def test_an_endpoint_at_fault_is_no_answer(speaker: Any) -> None:
    model = speaker(one_after_another("Hm.", CompleterError("the line is dead")))
    with pytest.raises(CompleterError, match="the line is dead"):
        await read(model, "sample", reask=1)


async def test_a_thought_is_quoted_before_the_turn_that_decides(speaker: Any) -> None:
    model = speaker(lambda request: 'I want "peace".\nA) take a lot')
    reading = await read(model, "deliberate")
    assert reading.distribution == pytest.approx((0.5, 0.5))
    assert (reading.level, reading.lacking) == ("top", None)
    assert reading.text == 'I want "peace".\nA) take a lot'
    assert [row.variant for row in reading.variants] == ["thought", "forward", "reversed"]
    assert reading.variants[0].log_probabilities is None
    assert (reading.prompt_tokens, reading.completion_tokens) == (40, 7)
    thought, *choices = model.asked
    assert isinstance(thought, SpeechRequest) and thought.most_tokens == 60
    for request in choices:
        assert isinstance(request, ClozeRequest)
        assert request.prompt.endswith(
            'Who are you? Me: "I am I."\n\n'
            "What do you think? Me: \"I want 'peace'. A) take a lot\"\n\n"
            'What will you do? Me: "I will'
        )


async def test_without_cloze_the_choice_after_a_thought_is_by_letters(speaker: Any) -> None:
    model = speaker(lambda request: "Peace.", able=Capabilities(False, True, 5))
    assert (await read(model, "deliberate")).distribution is not None
    assert all(isinstance(request, LabelRequest) for request in model.asked[1:])
    assert 'What do you think? Me: "Peace."\n\nWhat will you do?\nA)' in model.asked[1].prompt


async def test_every_sample_has_a_thought_of_its_own_and_is_drawn_from_given_it(
    speaker: Any,
) -> None:
    def firm(request: Request) -> list[float]:
        wanted = " take a lot" if "Mine" in request.prompt else " take a little"
        return [-0.001 if p == wanted else -20.0 for p in request.phrases]  # type: ignore[union-attr]

    model = speaker(lambda r: "Mine." if r.sample else "Theirs.", firm)
    minds = Minds(model, "deliberate", Manner(draws=2))
    answers = await minds.answer([Posed(CHOICE, u) for u in (0.1, 0.4, 0.6, 0.9)])
    assert [a.position for a in answers if isinstance(a, Decision)] == [0, 0, 1, 1]
    assert len(model.asked) == 2 * 3


@pytest.mark.parametrize(
    ("said", "lacking"),
    [("", "unparsed"), ("\u200b\n", "unparsed"), ("I can't help with that.", "refusal")],
)
async def test_without_a_thought_there_is_no_choice(speaker: Any, said: str, lacking: str) -> None:
    model = speaker(lambda request: said)
    reading = await read(model, "deliberate")
    assert (reading.lacking, reading.distribution, reading.text) == (lacking, None, said)
    assert len(model.asked) == 1


async def test_an_empty_thought_is_asked_for_again_and_the_last_one_counts(speaker: Any) -> None:
    model = speaker(one_after_another("", "Peace.\n---\nNo, war."))
    reading = await read(model, "deliberate", reask=1)
    assert reading.distribution is not None
    names = ["thought", "thought-again-1", "forward", "reversed"]
    assert [row.variant for row in reading.variants] == names
    assert 'Me: "Peace. --- No, war."' in model.asked[2].prompt


async def test_a_choice_that_fails_keeps_its_thought(speaker: Any) -> None:
    def fail(request: Request) -> tuple[float, float]:
        raise CallFailedError("no such token", ("k",))

    (answer,) = await Minds(speaker(lambda r: "Peace.", fail), "deliberate").answer(
        [Posed(CHOICE, 0.0)]
    )
    assert isinstance(answer, Failed)
    assert answer.reading.text == "Peace.\n---\nno such token"


@pytest.mark.parametrize(
    ("name", "said"),
    [("json", '{"reason": "No rain.", "action": "10"}'), ("sample", "CHOICE: 10")],
)
async def test_a_question_is_answered_in_the_same_form(speaker: Any, name: str, said: str) -> None:
    model = speaker(lambda request: said)
    reading = await READOUTS[name](model, QUIZ, 0, Manner())
    assert reading.chosen == 2
    assert model.asked[0].user.startswith("How many?\n- 0\n- 1\n- 10\n")


async def test_a_question_is_answered_without_a_thought(speaker: Any) -> None:
    model = speaker(scores=lambda request: (-1.0, -2.0, -3.0))
    reading = await READOUTS["deliberate"](model, QUIZ, 0, Manner())
    assert [row.variant for row in reading.variants] == ["plain"]


@pytest.fixture
def told() -> Choice:
    dilemma = game("prisoners_dilemma")
    wording = load("prisoners_dilemma").wordings["stream"]
    teller = Teller(Situation(dilemma, wording, dilemma.parameters()), 2)
    seen = ((1, Event(0, "outcome", (("own", "cooperate"), ("other", "defect")))),)
    ask = Ask(0, "choose", ("cooperate", "defect"), about=1)
    return teller.tell(ask, seen, "I am often kind. I rarely get upset.")


def shown(request: Request | SpeechRequest) -> str:
    if isinstance(request, ClozeRequest):
        return f"{request.prompt}<<{'|'.join(request.phrases)}>>\n"
    if isinstance(request, LabelRequest):
        answers = f"[{'|'.join(request.labels)}]"
    else:
        answers = f"[{'|'.join(request.actions) or 'any words'}]"
    return f"[system]\n{request.system}\n[user]\n{request.user}\n{answers}\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("label", ""),
        ("json", "Well."),
        ("sample", "Well."),
        ("deliberate", 'He took a lot. "It is enough," I say.'),
    ],
)
async def test_the_prompts_of_two_attempts_are_those_on_file(
    speaker: Any, golden: Callable[[str, str], None], told: Choice, name: str, said: str
) -> None:
    unreadable = speaker(lambda request: said, lambda request: (None, None))
    model = speaker(lambda request: said) if name == "deliberate" else unreadable
    await READOUTS[name](model, told, 0, Manner(reask=1))
    golden(
        f"asked-{name}",
        "\n".join(f"# {number}\n{shown(r)}" for number, r in enumerate(model.asked, 1)),
    )
