import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.valence import valence, word_valence, words


def test_a_pleasant_word_counts_for_and_an_unpleasant_one_against():
    # The lexicon rates "happy" 2.7; VADER's norm is s / sqrt(s^2 + 15): 2.7 / 4.721 = .5719.
    assert valence("I am happy.") == pytest.approx(0.5719, abs=5e-5)
    assert valence("I am sad.") < 0


def test_never_turns_a_word_around_and_weakens_it():
    # -.74 * 2.7 = -1.998; -1.998 / sqrt(3.992 + 15) = -.4585.
    assert valence("I am never happy.") == pytest.approx(-0.4585, abs=5e-5)


@pytest.mark.parametrize("text", ["", "The door is square."])
def test_a_text_without_a_rated_word_has_no_valence(text):
    assert valence(text) == 0


@given(st.text(max_size=80))
def test_valence_stays_within_its_bounds(text):
    assert -1 <= valence(text) <= 1


def test_the_lexicon_tells_a_rating_or_nothing():
    assert word_valence("happy") == 2.7
    assert word_valence("door") is None


def test_words_are_lower_case_and_keep_what_joins_letters():
    assert words("It's MY well-being, isn\u2019t it? 3 times!") == [
        *("it's", "my", "well-being", "isn't", "it", "3", "times"),
    ]
