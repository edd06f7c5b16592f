"""Claims about the report's sections on texts."""

import polars as pl
import pytest

from analysis.report.page import write
from analysis.report.texts import _sentence, _Told, _verdict
from analysis.surprisal import SPEECH

RATES = {"human-benevolent": 0.8, "tin-man": 0.3}


@pytest.fixture
def path(synthetic, tmp_path):
    played = [
        synthetic.draw(["human-benevolent"] * 2 + ["tin-man"] * 2, RATES, seed=s) for s in range(2)
    ]
    return synthetic.write(tmp_path / "f", played)


def page(path):
    return write(path).read_text(encoding="utf-8")


def test_the_page_says_whether_the_texts_were_alike(path):
    told = page(path)
    assert '<h2 id="texts">Were the texts alike?</h2>' in told


def test_without_words_of_their_own_there_is_no_voice_and_without_a_table_no_surprisal(path):
    told = page(path)
    assert '<h2 id="voice">' not in told
    assert '<h2 id="surprisal">' not in told


def test_surprisal_stands_in_the_page_where_it_was_measured(path):
    row = dict.fromkeys(SPEECH) | {"persona": "tin-man", "population": "tin-man", "tokens": 2}
    said = [row | {"run_id": f"r{n}", "nats": 3.0 + n, "text": "so it is"} for n in (0, 2)]
    pl.DataFrame(said, schema=dict(SPEECH)).write_parquet(path / "surprisal.parquet")
    told = page(path)
    section = told[told.index('<h2 id="surprisal">') :]
    # 1.5 and 2.5 nats a token.
    assert "<td>2.000</td>" in section[: section.index("</section>")]


def told(member, text, stance="neutral"):
    return _Told(member, [text], [stance])


def test_texts_of_one_stance_are_held_to_both_bounds():
    plain, pleasant = told("plain", "one two three four"), told("glad", "one two happy four")
    # As long; 0 against .5719 in valence.
    assert _verdict(plain, plain) == "yes"
    assert _verdict(plain, pleasant) == "not in valence"
    assert _verdict(told("long", "one two three four five"), plain) == "not in length"


def test_other_stances_are_held_to_length_alone():
    hostile = told("hostile", "one two sad four", "hostile")
    verdict = _verdict(hostile, told("kind", "one two happy four", "benevolent"))
    assert verdict == "yes in length; in valence stances differ by definition"


def test_the_sentence_names_the_pairs_that_are_not_alike():
    a, b, c = told("a", "one two"), told("b", "one two"), told("c", "one two three")
    assert _sentence([(a, b)]).startswith("The texts of all 1 pairs compared are alike")
    said = _sentence([(a, b), (c, a)])
    assert "of 1 of 2 pairs: c and a (not in length)" in said
    assert _sentence([]).startswith("Fewer than two populations")
