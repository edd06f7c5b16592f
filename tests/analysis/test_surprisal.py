"""Claims about the surprisal of groups of texts."""

from collections import Counter

import polars as pl
import pytest

from analysis.surprisal import SPEECH, TEXTS, differences, levels


def rows(*texts):
    """Rows of (population, persona, tokens, nats, being_tokens, being_nats)."""
    table = []
    met = Counter()
    for population, persona, tokens, nats, being_tokens, being_nats in texts:
        row = dict.fromkeys(TEXTS)
        row |= {"population": population, "persona": persona, "tokens": tokens, "nats": nats}
        row |= {"paraphrase": met[persona]}
        met[persona] += 1
        table.append(row | {"being_tokens": being_tokens, "being_nats": being_nats})
    return pl.DataFrame(table, schema=dict(TEXTS))


HUMAN = [("human", f"respondent-{n}", 10, 30.0 + n, 2, 10.0) for n in (1, 2, 3)]
TWIN = [("ai", f"ai-respondent-{n}", 10, 32.0 + n, 2, 12.0) for n in (1, 2, 3)]


def test_a_group_is_told_in_nats_per_token_over_personas():
    whole, *_ = levels(rows(*HUMAN))
    # 31, 32 and 33 nats over 10 tokens: mean 3.2.
    assert (whole.measure, whole.group, whole.texts) == ("whole text", "human", 3)
    assert whole.estimate.value == pytest.approx(3.2)
    assert whole.tokens == 10


def test_what_the_noun_contributes_stands_apart_from_the_statements():
    found = {each.measure: each.estimate.value for each in levels(rows(*HUMAN))}
    # Statements: (31 - 10) / 8, 22 / 8 and 23 / 8; the clause on the being: 10 / 2.
    assert found["statements"] == pytest.approx(22 / 8)
    assert found["being"] == pytest.approx(5)


def test_the_same_respondents_are_paired_whatever_they_are_told_as():
    whole = differences(rows(*HUMAN, *TWIN))[0]
    assert (whole.a, whole.b, whole.paired) == ("human", "ai", True)
    # Each twin's text is 2 nats, .2 a token, more surprising: no spread between pairs.
    assert whole.estimate.value == pytest.approx(-0.2)
    assert (whole.estimate.n, whole.estimate.low) == (3, pytest.approx(-0.2))


def test_other_personas_are_compared_unpaired():
    names = ("tin-man", "oracle", "guardian")
    tropes = [("tropes", name, 10, 50.0, 2, 10.0) for name in names]
    whole = differences(rows(*HUMAN, *tropes))[0]
    assert not whole.paired
    assert whole.estimate.value == pytest.approx(3.2 - 5.0)
    assert whole.estimate.n == 6


def test_paraphrases_of_one_persona_are_one_replicate():
    texts = [("t", "tin-man", 10, nats, 2, 5.0) for nats in (20.0, 40.0)]
    others = [("t", name, 10, 50.0, 2, 5.0) for name in ("oracle", "guardian")]
    found = levels(rows(*texts, *others))[0]
    # Tin man (2 + 4) / 2 = 3, the others 5: 13 / 3 over three personas, not 4 over four texts.
    assert (found.estimate.value, found.estimate.n) == (pytest.approx(13 / 3), 3)
    assert (found.cluster, found.texts) == ("persona", 4)


def test_of_a_single_persona_the_texts_are_the_units():
    found = levels(rows(*(("t", "tin-man", 10, nats, 2, 5.0) for nats in (20.0, 30.0, 40.0))))[0]
    assert (found.cluster, found.estimate.n) == ("text", 3)
    # Mean 3, standard deviation 1, t(2) = 4.303: 3 +- 4.303 / sqrt(3).
    assert found.estimate.low == pytest.approx(3 - 2.484, abs=1e-3)


def test_what_could_not_be_measured_is_counted_and_left_out():
    found = levels(rows(*HUMAN, ("human", "respondent-9", None, None, None, None)))[0]
    assert (found.texts, found.missing) == (3, 1)
    assert found.estimate.value == pytest.approx(3.2)


def test_a_group_without_a_number_has_none():
    found = levels(rows(("human", "respondent-9", None, None, None, None)))[0]
    assert (found.estimate.value, found.tokens, found.missing) == (None, None, 1)


def test_speech_is_measured_as_a_whole():
    row = dict.fromkeys(SPEECH) | {"population": "tin-man", "persona": "tin-man", "run_id": "r-1"}
    said = [row | {"tokens": 4, "nats": nats} for nats in (8.0, 16.0)]
    (found,) = levels(pl.DataFrame(said, schema=dict(SPEECH)))
    # 2 and 4 nats a token in one run: one unit, and no interval.
    assert (found.measure, found.estimate.value) == ("whole text", pytest.approx(3))
    assert (found.cluster, found.estimate.n, found.estimate.low) == ("run", 1, None)
