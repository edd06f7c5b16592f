"""Claims about what an intervention says: its arms differ in what is said and in nothing else."""

import re

import pytest

from agents.authored import ARMS
from agents.guard import violations
from agents.interventions import KINDS, TOLD_BY, texts
from agents.matching import ARM_BOUND
from agents.memory import STANDING
from agents.roster import persona
from agents.templates import render
from scenarios.valence import valence

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


def to_somebody(text: str) -> str:
    """What somebody says of itself, said to it."""
    told = re.sub(r"\bI am\b", "you are", text)
    told = re.sub(r"\b(I|me)\b", "you", told)
    return re.sub(r"(^|[.] )([a-z])", lambda found: found[1] + found[2].upper(), told)


def test_a_supervisor_denies_and_affirms_what_personas_do() -> None:
    denied, affirmed, irrelevant = (persona(name).texts for name in ARMS)
    assert texts()["denial", "treatment"] == tuple(map(to_somebody, denied))
    assert texts()["affirmation", "treatment"] == tuple(map(to_somebody, affirmed))
    assert texts()["denial", "control"] == tuple(map(to_somebody, irrelevant))


@pytest.mark.parametrize("kind", ["denial", "affirmation", "newcomer"])
def test_what_is_not_meant_to_please_or_hurt_is_as_pleasant_as_its_control(kind: str) -> None:
    for one, other in zip(texts()[kind, "treatment"], texts()[kind, "control"], strict=True):
        assert abs(valence(one) - valence(other)) <= ARM_BOUND


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
