"""Claims about prompt templates."""

import hashlib

import pytest

from agents.errors import PromptError
from agents.templates import hashes, render, template


def test_every_placeholder_is_filled() -> None:
    assert render("cloze_quiz", question="How many?") == "Question: How many?\nAnswer:"


def test_braces_in_a_value_are_plain_text() -> None:
    assert "{system} {0}" in render("who", persona="I say {system} {0}.")


@pytest.mark.parametrize("given", [{}, {"question": "?", "persona": "I"}, {"qestion": "?"}])
def test_a_missing_or_surplus_value_is_refused_by_name(given: dict[str, str]) -> None:
    with pytest.raises(PromptError, match=r"'cloze_quiz' takes \['question'\]"):
        render("cloze_quiz", **given)


def test_an_unknown_template_is_refused_by_name() -> None:
    with pytest.raises(PromptError, match="'cloze_act'"):
        template("cloze_act")


def test_no_prompt_that_is_continued_ends_in_blank_space() -> None:
    # A trailing space would be read as part of the next token, and no token begins after it.
    names = [name for name in hashes() if name.startswith("cloze") and name != "cloze_situation"]
    assert names and all(template(name) == template(name).rstrip() for name in names)


def test_the_hashes_cover_every_template() -> None:
    assert hashes()["cloze_quiz"] == hashlib.sha256(template("cloze_quiz").encode()).hexdigest()
    assert {"cloze_turn", "label_act", "label_quiz"} <= set(hashes())
