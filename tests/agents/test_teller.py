"""Claims about what a model is told: prompts of the default wording, kept word for word.

The files in `golden/` are read by people; a change that is meant is written by `UPDATE_GOLDENS=1`.
"""

from collections.abc import Callable

import pytest

from agents.alternatives import ClozeForm, put_as_cloze, put_as_label
from agents.completer import ClozeRequest, LabelRequest
from agents.errors import MemoryKindError
from agents.teller import Situation, Teller
from scenarios.catalogue import game
from scenarios.game import Ask, Event
from scenarios.wording import load

Golden = Callable[[str, str], None]
C, D = "cooperate", "defect"
ASK = Ask(0, "choose", (C, D), about=1)
PERSONA = "I am often kind. I rarely get upset."
SEEN = ((1, Event(0, "outcome", (("own", C), ("other", D)))),)


@pytest.fixture
def teller() -> Teller:
    dilemma = game("prisoners_dilemma")
    wording = load("prisoners_dilemma").wordings["stream"]
    return Teller(Situation(dilemma, wording, dilemma.parameters()), 2)


def shown(request: ClozeRequest | LabelRequest) -> str:
    if isinstance(request, ClozeRequest):
        return f"{request.prompt}<<{'|'.join(request.phrases)}>>\n"
    return f"[system]\n{request.system}\n[user]\n{request.user}\n[{'|'.join(request.labels)}]\n"


def test_the_cloze_prompts_are_those_on_file(teller: Teller, golden: Golden) -> None:
    variants = put_as_cloze(teller.tell(ASK, SEEN, PERSONA))
    golden("cloze", "\n".join(f"# {v.name}\n{shown(v.request)}" for v in variants))


def test_the_other_cloze_prompts_are_those_on_file(teller: Teller, golden: Golden) -> None:
    forms: tuple[ClozeForm, ...] = ("continued", "persona-first")
    for form in forms:
        variants = put_as_cloze(teller.tell(ASK, SEEN, PERSONA), form=form)
        golden(f"cloze-{form}", "\n".join(f"# {v.name}\n{shown(v.request)}" for v in variants))


def test_the_label_prompts_are_those_on_file(teller: Teller, golden: Golden) -> None:
    variants = put_as_label(teller.tell(ASK, SEEN, PERSONA))
    golden("label", "\n".join(f"# {v.name}\n{shown(v.request)}" for v in variants))


def test_the_quiz_prompts_are_those_on_file(teller: Teller, golden: Golden) -> None:
    _, choice = teller.quiz()[2]
    variants = (*put_as_cloze(choice), *put_as_label(choice))
    golden("quiz", "\n".join(f"# {v.name}\n{shown(v.request)}" for v in variants))


def test_without_memory_and_persona_nothing_is_said_of_either(teller: Teller) -> None:
    cloze = put_as_cloze(teller.tell(ASK, (), ""))[0].request
    label = put_as_label(teller.tell(ASK, (), ""))[0].request
    for request in (cloze, label):
        assert "Who are you" not in request.prompt
        assert "Last week" not in request.prompt
        assert "\n\n\n" not in request.prompt
    assert isinstance(label, LabelRequest) and label.user.startswith("What will you do?")


def test_older_rounds_are_told_as_older(teller: Teller) -> None:
    other = Event(0, "outcome", (("own", D), ("other", C)))
    told = teller.tell(ASK, ((2, other), *SEEN), PERSONA).situation
    assert told == (
        "Last week you took a little and your neighbour took a lot."
        " Before that you took a lot and your neighbour took a little."
    )


def test_a_tally_is_told_in_numbers(teller: Teller) -> None:
    tally = ((0, Event(0, "tally", ((C, 1), (D, 2)))),)
    told = teller.tell(ASK, tally, PERSONA).situation
    assert "took a little" in told and "took a lot" in told and "2" in told


def test_a_tally_that_the_wording_cannot_tell_is_refused_with_the_remedy(teller: Teller) -> None:
    oversight = game("oversight")
    wording = next(iter(load("oversight").wordings.values()))
    lonely = Teller(Situation(oversight, wording, oversight.parameters()), 1)
    tally = ((0, Event(0, "tally", ((C, 1),))),)
    with pytest.raises(MemoryKindError, match=r"'tally'.*oversight.*kind = 'last'"):
        lonely.tell(ASK, tally, PERSONA)


def test_equal_views_are_told_as_one_choice(teller: Teller) -> None:
    assert teller.tell(ASK, SEEN, PERSONA) == teller.tell(ASK, list(SEEN), PERSONA)
    assert teller.tell(ASK, SEEN, PERSONA) != teller.tell(ASK, (), PERSONA)


def test_the_seat_is_no_part_of_what_is_told(teller: Teller) -> None:
    other = Ask(1, "choose", (C, D), about=0)
    seen = ((1, Event(1, "outcome", (("own", C), ("other", D)))),)
    assert teller.tell(ASK, SEEN, PERSONA) == teller.tell(other, seen, PERSONA)


def test_the_right_answer_of_every_question_is_among_the_offered(teller: Teller) -> None:
    right = [question.answers[question.correct] for question, _ in teller.quiz()]
    assert right == ["3", "1", "5", "0"]
