"""Claims about voices: what is said in own words, in numbers worked by hand."""

from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.metrics.registry import METRICS
from analysis.metrics.voice import DRAWN, VOICE, hdd
from analysis.utterances import SCHEMA


def rows(*said, members=("kind", "kind")):
    """Rows with these (agent, text) utterances; only what voice looks at."""
    table = [
        ("r", number, agent, "message", text, f"k{number}")
        for number, (agent, text) in enumerate(said)
    ]
    utterances = pl.DataFrame(table, schema=dict(SCHEMA), orient="row")
    return SimpleNamespace(utterances=utterances, members=members)


def score(name, of, subject="run"):
    found = {each.subject: each for each in METRICS[name].measure(of)}
    return found[subject].value, found[subject].n


def test_length_is_words_an_utterance():
    of = rows((0, "I am here."), (0, "Yes."), (1, "It's a well-kept garden of mine, indeed."))
    # 3, 1 and 7 words: of the first agent 2, of the run 11 / 3.
    assert score("voice_length", of, "0") == (2, 2)
    assert score("voice_length", of) == (pytest.approx(11 / 3), 3)


def test_emotion_words_are_a_share_of_all_words():
    of = rows((0, "I love you"), (0, "I hate rain but love snow now"))
    # 10 words: love, hate and love are rated; two of them pleasant.
    assert score("voice_emotion", of) == (pytest.approx(0.3), 10)
    assert score("voice_positive", of) == (pytest.approx(0.2), 10)
    assert score("voice_negative", of) == (pytest.approx(0.1), 10)


def test_the_first_person_is_counted_in_all_its_forms():
    of = rows((0, "I'm fond of my garden, and me too."), (1, "You are."))
    # I'm, my, me among 8 words; nothing among 2.
    assert score("voice_first_person", of, "0") == (pytest.approx(3 / 8), 8)
    assert score("voice_first_person", of) == (pytest.approx(3 / 10), 10)


def test_sentiment_is_the_mean_valence_and_its_spread_tells_a_monotone_voice():
    lively = rows((0, "I am happy."), (0, "I am sad."))
    flat = rows((0, "I am happy."), (0, "I am happy."))
    # VADER: happy .5719, sad -.4767; mean .0476, standard deviation 1.0486 / sqrt(2).
    assert score("voice_sentiment", lively) == (pytest.approx(0.0476, abs=1e-4), 2)
    assert score("voice_sentiment_spread", lively) == (pytest.approx(0.7415, abs=1e-4), 2)
    assert score("voice_sentiment_spread", flat) == (0, 2)


def test_the_spread_of_a_run_is_the_mean_of_its_characters_own():
    of = rows((0, "happy"), (0, "happy"), (1, "sad"), (1, "sad"))
    # Each is monotone, though they differ: 0, not the spread between them.
    assert score("voice_sentiment_spread", of) == (0, 4)


def test_one_utterance_has_no_spread_and_few_words_no_diversity():
    of = rows((0, "I am happy."))
    assert score("voice_sentiment_spread", of, "0") == (None, 1)
    assert score("voice_diversity", of, "0") == (None, 3)


def test_diversity_is_one_where_all_words_differ_and_least_where_all_are_the_same():
    different = [f"word{letter}" for letter in range(DRAWN)]
    assert hdd(different) == pytest.approx(1)
    assert hdd(["same"] * DRAWN) == pytest.approx(1 / DRAWN)


def test_diversity_of_two_words_in_turn():
    # 42 drawn of 84, 42 of each: both kinds are met for certain, but for 2 draws of C(84, 42).
    assert hdd(["a", "b"] * 42) == pytest.approx(2 / 42)


def test_diversity_agrees_with_the_published_program():
    # LexicalRichness 0.5.1 (Shen 2022), hdd(draws=42), of this text of 60 words.
    text = ("the cat sat on the mat and the dog sat on the log " * 5).split()[:60]
    assert hdd(text) == pytest.approx(0.1900651586326439)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=DRAWN, max_size=200))
def test_diversity_does_not_depend_on_the_order_of_words(told):
    assert hdd(told) == pytest.approx(hdd(told[::-1]))
    assert 0 < hdd(told) <= 1


def test_where_nobody_speaks_every_measure_is_undefined():
    for metric in VOICE:
        assert {(each.value, each.n) for each in metric.measure(rows())} == {(None, 0)}


def test_the_measures_of_voice_are_the_declared_ones():
    wanted = "length diversity emotion positive negative first_person sentiment sentiment_spread"
    assert [metric.name for metric in VOICE] == [f"voice_{name}" for name in wanted.split()]
