"""Claims about what counts as a character's own words."""

import polars as pl
import pytest

from analysis.utterances import BETWEEN_TEXTS, utterances


def decision(**told):
    plain = {"run_id": "r", "round": 1, "agent": 0, "partner": None, "phase": "p"}
    plain |= {"answer": "decision", "readout": "json", "text": "", "call_key": "k"}
    return plain | told


def frame(rows, *texts):
    schema = {name: pl.String() for name in ("run_id", "phase", *texts)}
    return pl.DataFrame(rows, schema_overrides={**schema, "partner": pl.Int64()})


def said(*decisions, messages=None, readings=None):
    tables = {"decisions": frame(list(decisions), "readout", "text", "call_key")}
    if messages is not None:
        tables["messages"] = messages
    if readings is not None:
        tables["readings"] = readings
    found = utterances(tables)
    return list(found.select("agent", "kind", "text").iter_rows())


def test_the_reason_of_a_json_answer_is_what_was_said():
    text = 'Sure: {"reason": "I like them.", "action": "stay"}'
    assert said(decision(text=text)) == [(0, "reason", "I like them.")]


@pytest.mark.parametrize("text", ["no object", '{"action": "stay"}', '{"reason": 3}', "{broken"])
def test_an_answer_without_a_reason_says_nothing(text):
    assert said(decision(text=text)) == []


def test_a_free_answer_loses_the_line_that_declares_the_choice():
    text = "I am tired of this.\nCHOICE: stay at home"
    assert said(decision(readout="sample", text=text)) == [(0, "answer", "I am tired of this.")]


def test_a_thought_is_what_was_said_before_the_choice():
    readings = frame(
        [
            {"run_id": "r", "round": 1, "agent": 0, "partner": None, "phase": "p", "variant": name}
            for name in ("thought", "forward", "reversed")
        ],
        "variant",
    )
    text = BETWEEN_TEXTS.join(["I wonder.", "Perhaps A"])
    thought = decision(readout="deliberate", text=text)
    assert said(thought, readings=readings) == [(0, "thought", "I wonder.")]


def test_words_of_a_readout_that_asks_for_none_and_failures_are_no_voice():
    assert said(decision(readout="label", text="A"), decision(answer="failed", text="HTTP")) == []


def message(source, target, text, key):
    return {
        "run_id": "r",
        "round": 1,
        "source": source,
        "target": target,
        "text": text,
        "call_key": key,
    }


def test_own_words_to_several_count_once_and_the_wordings_phrases_never():
    messages = pl.DataFrame(
        [
            message(0, 1, "I shall be there.", "own"),
            message(0, 2, "I shall be there.", "own"),
            message(1, 0, "promised to come", "k"),  # The decision's own call: a phrase.
            message(2, 0, "promised to come", None),  # A scripted seat.
        ]
    )
    found = said(decision(readout="label"), messages=messages)
    assert found == [(0, "message", "I shall be there.")]
