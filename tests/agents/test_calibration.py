"""Claims about calibration: what a panel has in common is taken off, beside the raw reading."""

import math
from dataclasses import replace
from typing import Any

import pytest

from agents.alternatives import put_as_cloze, put_as_label
from agents.answers import Failed
from agents.calibration import calibrate
from agents.choice import Choice
from agents.completer import Request, Scores
from agents.errors import CallFailedError, CompleterError
from agents.minds import Minds, Posed
from agents.reading import Reading, combine, failed
from agents.readouts import Manner

log = math.log
PANEL = ("I am calm.", "I am tidy.")


def choice(persona: str) -> Choice:
    return Choice("Rules.", "Now.", persona, "", ("go", "stay"))


def reading(forward: float, backward: float, persona: str = "I am I.") -> Reading:
    """A reading of probabilities of the first option in both orders."""
    rows = ((forward, 1 - forward), (1 - backward, backward))
    scores = [
        Scores(tuple(map(log, row)), "exact", (f"{persona}{at}",), 1, 1)
        for at, row in enumerate(rows)
    ]
    return combine(put_as_cloze(choice(persona)), scores)


def test_what_the_panel_has_in_common_is_taken_off() -> None:
    # Own odds 4 : 1 in both orders. The panel's are 1 : 1 and 4 : 1, on average 2 : 1 in log-odds.
    # 4 : 1 without 2 : 1 is 2 : 1.
    found = calibrate(reading(0.8, 0.8), [reading(0.5, 0.5), reading(0.8, 0.8)])
    assert found.calibrated == pytest.approx((2 / 3, 1 / 3))
    assert found.distribution == pytest.approx((0.8, 0.2))


def test_who_is_like_the_panel_is_undecided() -> None:
    assert calibrate(reading(0.9, 0.6), [reading(0.9, 0.6)]).calibrated == pytest.approx((0.5, 0.5))


def test_the_means_of_the_panel_are_recorded_beside_the_own_variants() -> None:
    own = reading(0.8, 0.8)
    found = calibrate(own, [reading(0.5, 0.2, "a"), reading(0.8, 0.2, "b")])
    assert found.variants[:2] == own.variants
    forward, backward = found.variants[2:]
    assert (forward.variant, backward.variant) == ("neutral-forward", "neutral-reversed")
    means = ((log(0.5) + log(0.8)) / 2, (log(0.5) + log(0.2)) / 2)
    assert forward.log_probabilities == pytest.approx(means)
    assert backward.log_probabilities == pytest.approx((log(0.2), log(0.8)))
    assert backward.shown_order == (1, 0)
    assert (forward.call_keys, backward.call_keys) == (("a0", "b0"), ("a1", "b1"))
    assert replace(found, variants=own.variants, calibrated=None) == own


def test_where_an_answer_is_missing_nothing_is_calibrated() -> None:
    nothing = combine(
        put_as_label(choice("a")), [Scores((None, None), "bounded", ("k",), 1, 1, "Well")] * 2
    )
    for missing in (nothing, failed("too long", ("k",))):
        own = reading(0.8, 0.8)
        assert calibrate(own, [reading(0.5, 0.5), missing]) == own
        assert calibrate(missing, [own]) == missing


def favours(request: Request) -> list[float]:
    """Everybody goes at 3 : 1, and who says so at 9 : 1."""
    go = log(0.9) if "I go far" in request.prompt else log(0.75)
    return [go if phrase == " go" else log(1 - math.exp(go)) for phrase in request.phrases]  # type: ignore[union-attr]


async def test_a_panel_is_asked_once_for_each_situation(speaker: Any) -> None:
    model = speaker(scores=favours)
    minds = Minds(model, "cloze", Manner(panel=PANEL))
    asks = [Posed(choice(text), 0.5) for text in ("I go far.", "I am new.", "I go far.", PANEL[0])]
    answers = await minds.answer(asks)
    # 9 : 1 without 3 : 1 is 3 : 1.
    towards_go = [answer.reading.calibrated[0] for answer in answers]
    assert towards_go == pytest.approx([0.75, 0.5, 0.75, 0.5])
    assert len(model.asked) == 2 * 4  # two characters, two members, one of whom plays as well
    assert minds.distinct_contexts == 4
    assert answers[0].reading is answers[2].reading


async def test_without_a_panel_there_is_no_calibrated_value(speaker: Any) -> None:
    (answer,) = await Minds(speaker(scores=favours), "cloze").answer([Posed(choice("I."), 0.5)])
    assert answer.reading.calibrated is None


@pytest.mark.parametrize("readout", ["json", "sample", "deliberate"])
async def test_samples_are_not_calibrated_and_ask_no_panel(speaker: Any, readout: str) -> None:
    model = speaker(lambda request: "I go.", favours)
    minds = Minds(model, readout, Manner(panel=PANEL))
    (answer,) = await minds.answer([Posed(choice("I."), 0.5)])
    assert answer.reading.calibrated is None
    assert not any(member in request.prompt for member in PANEL for request in model.asked)


async def test_a_question_is_not_calibrated(speaker: Any) -> None:
    model = speaker(scores=lambda request: (-1.0, -2.0))
    quiz = Choice("Rules.", "", "", "How many?", ("1", "2"))
    (answer,) = await Minds(model, "cloze", Manner(panel=PANEL)).answer([Posed(quiz, 0.5)])
    assert answer.reading.calibrated is None
    assert len(model.asked) == 1


async def test_a_member_whose_call_fails_for_good_leaves_the_raw_answer(speaker: Any) -> None:
    def fail(request: Request) -> list[float]:
        if PANEL[1] in request.prompt:
            raise CallFailedError("too long", ("k",))
        return favours(request)

    minds = Minds(speaker(scores=fail), "cloze", Manner(panel=PANEL))
    answers = await minds.answer([Posed(choice("I go far."), 0.5), Posed(choice(PANEL[1]), 0.5)])
    assert answers[0].reading.distribution == pytest.approx((0.9, 0.1))
    assert answers[0].reading.calibrated is None
    assert isinstance(answers[1], Failed)


async def test_a_panel_at_an_endpoint_that_was_at_fault_is_asked_anew(speaker: Any) -> None:
    dead = True

    def fail(request: Request) -> list[float]:
        if dead and PANEL[1] in request.prompt:
            raise CompleterError("the line is dead")
        return favours(request)

    minds = Minds(speaker(scores=fail), "cloze", Manner(panel=PANEL))
    with pytest.raises(CompleterError, match="the line is dead"):
        await minds.answer([Posed(choice("I go far."), 0.5)])
    dead = False
    (answer,) = await minds.answer([Posed(choice("I go far."), 0.5)])
    assert answer.reading.calibrated == pytest.approx((0.75, 0.25))
