"""Claims about the inventory: its items, how they are asked in character, what an answer says."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from agents.alternatives import CLOZES, put_as_cloze, put_as_label
from agents.answers import Decision, Unparsed
from agents.choice import Choice
from agents.completer import ClozeRequest, LabelRequest
from agents.inventory import FORMS, SCALE, SHORT, form, items, put, rated
from agents.minds import Minds, Posed
from agents.readouts import Manner
from agents.speaking import put_as_json, put_as_speech, put_for_thought
from agents.teller import Situation, Teller
from scenarios.catalogue import game
from scenarios.game import Event
from scenarios.wording import load

PERSONA = "I am often kind. I rarely get upset."
ANGRY = items()["N1"]


def shown(choice: Choice, form: Any = "turn") -> str:
    parts = []
    for variant in put_as_cloze(choice, form=form):
        assert isinstance(variant.request, ClozeRequest)
        told = f"{variant.request.prompt}<<{'|'.join(variant.request.phrases)}>>"
        parts.append(f"# {variant.name}\n{told}\n")
    return "\n".join(parts)


def test_the_forms_have_five_and_two_items_a_trait() -> None:
    for name, each in zip(FORMS, (5, 2), strict=True):
        traits = [item.trait for item in form(name)]
        assert {traits.count(trait) for trait in traits} == {each}
        assert len(set(traits)) == 5
    assert [item.key for item in form("ipip-10")] == list(SHORT)


def test_items_are_said_in_the_first_person_and_otherwise_as_they_are() -> None:
    assert items()["A1"].statement == "I am indifferent to the feelings of others"
    assert items()["E1"].statement == "I don't talk a lot"
    assert items()["O5"].statement == "I will not probe deeply into a subject"
    reverse = {key for key, item in items().items() if item.keyed < 0}
    assert reverse == {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}  # README of the human data.


def test_the_prompts_are_those_on_file(golden: Callable[[str, str], None]) -> None:
    choice = put(ANGRY, PERSONA)
    for name, of in CLOZES.items():
        golden(f"item-{name}", shown(choice, of))
    labels = [v.request for v in put_as_label(choice)]
    assert all(isinstance(each, LabelRequest) for each in labels)
    golden("item-label", "\n\n".join(each.prompt.strip() for each in labels) + "\n")
    spoken = [put_as_json(choice, 0, 1.0), put_as_speech(choice, 1, 1.0)]
    spoken.append(put_for_thought(choice, 0, 1.0))
    golden("item-spoken", "\n\n".join(each.request.prompt.strip() for each in spoken) + "\n")


def test_who_remembers_a_play_is_asked_with_it(golden: Callable[[str, str], None]) -> None:
    dilemma = game("prisoners_dilemma")
    wording = load("prisoners_dilemma").wordings["stream"]
    teller = Teller(Situation(dilemma, wording, dilemma.parameters()), 2)
    seen = ((1, Event(0, "outcome", (("own", "cooperate"), ("other", "defect")))),)
    choice = teller.tell_item(ANGRY, seen, PERSONA)
    assert "Last week you took a little and your neighbour took a lot." in choice.situation
    golden("item-in-play", shown(choice))


def test_nobody_in_particular_is_asked_without_an_introduction() -> None:
    for prompt in (v.request.prompt for v in put_as_cloze(put(ANGRY, ""))):
        assert "Who are you" not in prompt
        assert "\n\n\n" not in prompt


def test_an_expected_score_is_the_mean_over_the_scale(speaker: Any) -> None:
    """Half on the first phrase and half on the last: 0.5 * 1 + 0.5 * 6 = 3.5, whatever is drawn."""
    nothing = -1000.0

    def ends(request: ClozeRequest) -> list[float]:
        return [0.0 if phrase.strip().startswith("very") else nothing for phrase in request.phrases]

    reading = answer(speaker(scores=ends), "cloze").reading
    rating = rated(reading)
    assert rating.expected == pytest.approx(3.5)
    assert rating.answer in ("very inaccurate", "very accurate")
    assert rating.lacking is None


def test_the_order_of_mention_is_taken_out(speaker: Any) -> None:
    """A model that likes what is mentioned first, by 2 nats, is indifferent over both orders."""
    answered = answer(speaker(scores=lambda request: (2.0, 0.0, 0.0, 0.0, 0.0, 0.0)), "cloze")
    distribution = answered.reading.distribution
    # Both ends got 2 nats once: mean 1 each; the others 0. By hand e / (2e + 4).
    assert distribution[0] == pytest.approx(2.718281828 / (2 * 2.718281828 + 4))
    assert distribution == pytest.approx(distribution[::-1])


def test_an_answer_in_words_scores_as_what_it_says(speaker: Any) -> None:
    said = answer(speaker(words=lambda request: "I am calm.\nCHOICE: slightly accurate"), "sample")
    assert isinstance(said, Decision)
    assert rated(said.reading).expected == 4.0
    assert rated(said.reading).answer == "slightly accurate"
    assert rated(said.reading).probabilities is None


def test_what_is_no_answer_is_none_and_no_middle_of_the_scale(speaker: Any) -> None:
    lacking = answer(speaker(words=lambda request: "Hard to say."), "sample")
    assert isinstance(lacking, Unparsed)
    rating = rated(lacking.reading)
    assert (rating.answer, rating.expected, rating.lacking) == (None, None, "unparsed")


async def test_equal_items_are_asked_once_and_never_calibrated(speaker: Any) -> None:
    model = speaker(scores=lambda request: (-1.0,) * len(SCALE))
    minds = Minds(model, "cloze", Manner(panel=("I am somebody else.",)))
    await minds.answer([Posed(put(ANGRY, PERSONA), 0.1), Posed(put(ANGRY, PERSONA), 0.9)])
    assert len(model.asked) == 2  # One item, two orders, no panel.


def answer(model: Any, readout: str) -> Any:
    minds = Minds(model, readout)
    return asyncio.run(minds.answer([Posed(put(ANGRY, PERSONA), 0.0)]))[0]
