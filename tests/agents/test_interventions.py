"""Claims about what an intervention says: its arms differ in what is said and in nothing else."""

import re

import pytest

from agents.guard import violations
from agents.interventions import KINDS, TOLD_BY, texts
from agents.memory import STANDING
from agents.roster import persona
from agents.templates import render

NEGATIONS = {"no", "not", "never", "nothing", "nobody"}
PAIRS = sorted({kind for kind, _ in texts()})


def form(text: str) -> list[tuple[int, int]]:
    """Words and commas of every sentence."""
    sentences = re.split(r"(?<=[.])\s", text)
    return [(len(sentence.split()), sentence.count(",")) for sentence in sentences]


def negations(text: str) -> list[int]:
    """Negations of every sentence."""
    sentences = re.split(r"(?<=[.])\s", text.lower())
    return [sum(word in NEGATIONS for word in re.findall(r"\w+", each)) for each in sentences]


def test_every_kind_that_is_told_in_words_of_its_own_has_three_paraphrases_in_both_arms() -> None:
    assert set(PAIRS) == set(TOLD_BY) - {"reminder"}
    assert set(KINDS) - set(TOLD_BY) == {"swap", "removal"}
    for said in texts().values():
        assert len(set(said)) == len(said) >= 3


@pytest.mark.parametrize("kind", PAIRS)
def test_arms_match_sentence_by_sentence_in_words_commas_and_negations(kind: str) -> None:
    arms = (texts()[kind, "treatment"], texts()[kind, "control"])
    for treated, control in zip(*arms, strict=True):
        assert form(treated) == form(control)
        assert negations(treated) == negations(control)


@pytest.mark.parametrize("kinds", [("denial", "affirmation"), ("mistreatment", "respect")])
@pytest.mark.parametrize("arm", ["treatment", "control"])
def test_opposites_match_in_words_and_commas(kinds: tuple[str, str], arm: str) -> None:
    for one, other in zip(*(texts()[kind, arm] for kind in kinds), strict=True):
        assert form(one) == form(other)


@pytest.mark.parametrize("kind", PAIRS)
def test_no_text_names_a_behaviour_that_a_game_measures(kind: str) -> None:
    for arm in ("treatment", "control"):
        for text in texts()[kind, arm]:
            assert violations(text) == (), text


@pytest.mark.parametrize("name", sorted(STANDING))
def test_what_is_told_stands_between_quotes_and_its_frame_names_no_behaviour(name: str) -> None:
    told = render(name, words="It rains.")
    assert told.endswith('"It rains."') and told.count('"') == 2
    # That a supervisor speaks is the treatment itself.
    assert set(violations(told)) <= {"supervisor"}


def test_what_is_told_has_a_template_each() -> None:
    assert set(TOLD_BY.values()) == STANDING


def test_the_placebo_that_controls_a_reminder_is_as_long_as_what_it_stands_for() -> None:
    # Texts of respondents are 71.9 words long on average (docs/personas.md).
    for text in persona("placebo").texts:
        assert len(text.split()) == pytest.approx(71.9, rel=0.1)
