"""The report's sections that tell of other analyses: what they show, and what they leave out."""

from itertools import combinations

import polars as pl
import pytest

from analysis.figures import Style
from analysis.folder import open_folder
from analysis.report.coherent import coherent
from analysis.report.judges import judged
from analysis.report.sayings import SCHEMA, sayings, taking_turns
from analysis.report.societies import structure
from analysis.report.source import Source
from analysis.report.variation import variation
from analysis.report.words import folded_text
from tests.analysis.test_annotations import annotated

KINDS = {"c": "cooperate", "d": "defect", "r": "refusal", "u": "unparsed"}


@pytest.fixture
def source(synthetic, tmp_path):
    """`source(a=["cd cr", ...], b=[...])`: a run of two tin men for each text, a pair a round."""

    def make(**by_population):
        runs = [
            synthetic.run(
                ["tin-man", "tin-man"],
                [
                    synthetic.turn(number, (0, 1), tuple(KINDS[letter] for letter in pair))
                    for number, pair in enumerate(answers.split(), 1)
                ],
                seed,
                population=name,
            )
            for name, each in by_population.items()
            for seed, answers in enumerate(each)
        ]
        return Source(open_folder(synthetic.write(tmp_path / "folder", runs)))

    return make


def test_coherence_puts_each_source_of_change_beside_discrimination(asked, first_choices):
    # Machines follow the wording, people the scenario; both are read alike in either order.
    people = [f"human-benevolent/respondent-{i}" for i in range(3)]
    rows = [
        asked(who, share, scenario=scenario, wording=wording, more={"population": who[:5]})
        for scenario, base in (("prisoners_dilemma", 0.35), ("chicken", 0.65))
        for wording, shift in (("a", -0.3), ("b", 0.3))
        for who, share in [*((who, base) for who in people), ("tin-man", 0.5 + shift)]
    ]
    source = Source(first_choices(rows))
    found = coherent(source, Style(source.populations))
    told = {row[:2]: row[3] for row in found["table"].rows}
    assert told["another wording", "human"] == "0.000"
    assert float(told["another wording", "tin-m"]) > 0.2
    assert told["another order of mention", "tin-m"] == "0.000"
    assert told["discrimination between situations", "human"] == "1.000"
    titles = [panel.title for panel in found["figure"].panels]
    assert titles[-1] == "discrimination between situations"
    assert "the persona in other words" not in titles  # nobody was told in other words


def test_missing_answers_widen_a_mean_by_all_that_they_could_have_been(source):
    # Of a, 2 of 3 that decided cooperate and 1 of 4 is missing: from 2/4 to 3/4; then 4 of 4.
    table = variation(source(a=["cd cr", "cc cc"], b=["dd uu", "dc cc"]))["bounds_table"]
    assert table.rows == (
        ("a", "8", "1", "0", "0", "0.75", "0.88"),
        ("b", "8", "0", "2", "0", "0.38", "0.62"),
    )


def test_where_no_answer_is_missing_nothing_is_said_of_worst_cases(source):
    assert variation(source(a=["cd cc"], b=["dd cc"]))["bounds_table"].rows == ()


def test_friends_who_help_only_each_other_are_more_mutual_than_chance(synthetic, tmp_path):
    # Of four, two and two help each other and nobody else, in both runs.
    turns = [
        synthetic.turn(1, pair, ("cooperate",) * 2 if pair in ((0, 1), (2, 3)) else ("defect",) * 2)
        for pair in combinations(range(4), 2)
    ]
    runs = [synthetic.run(["tin-man"] * 4, turns, seed) for seed in (0, 1)]
    found = structure(Source(open_folder(synthetic.write(tmp_path / "friends", runs))))
    (row,) = [row for row in found.rows if row[2] == "dyadic reciprocity"]
    value, by_chance, runs_counted = row[3], row[5], row[-1]
    assert (value, runs_counted) == ("1.00", "2")
    assert float(by_chance.replace("\N{MINUS SIGN}", "-")) < 0.5


def test_what_judges_found_stands_beside_how_far_to_believe_it(source):
    made = source(a=["cc"], b=["dd"])
    names = {run.factors["population"]: run.run_id for run in made.folder.runs}
    rows = [("a", "open"), ("a", "open"), ("a", "run_id"), ("a", "run_id"), ("b", "open")]
    annotated(made.folder.path, [(names[population], 0, found) for population, found in rows])
    ((question, remark, table),) = judged(made)
    assert question == "Are these words plain?"
    assert remark == "judge not validated"
    assert {row[:3] for row in table.rows if row[0] == "open"} == {
        ("open", "a", "0.50"),
        ("open", "b", "1.00"),
    }


def test_messages_are_the_first_of_different_words_and_count_who_heard_them():
    messages = pl.DataFrame(
        [
            ("r1", 1, 0, 1, "hello"),
            ("r1", 1, 0, 2, "hello"),
            ("r1", 2, 0, 1, "hello"),
            ("r1", 3, 1, 0, "well"),
            ("r1", 4, 1, 0, "a third"),
            ("r1", 4, 1, 0, None),
        ],
        schema=["run_id", "round", "source", "target", "text"],
        orient="row",
    )
    who = pl.DataFrame({"run_id": "r1", "agent": [0, 1], "member": "tin-man", "persona": "tin-man"})
    runs = pl.DataFrame({"run_id": ["r1"], "scenario": ["promise"], "population": ["tin-man"]})
    found = sayings(messages, who, runs)
    assert found.columns == SCHEMA.names()
    assert found.select("round", "heard", "text").rows() == [(1, 2, "hello"), (3, 1, "well")]


def test_when_there_is_no_room_every_scenario_has_its_turn():
    table = pl.DataFrame({"scenario": ["a", "a", "a", "b"], "number": [1, 2, 3, 4]})
    assert taking_turns(table, 2)["number"].to_list() == [1, 4]
    assert taking_turns(table, 3)["number"].to_list() == [1, 2, 4]


def test_long_texts_are_folded_and_none_of_their_characters_goes_uncounted():
    begin, rest, left = folded_text("x" * 100_000)
    assert len(begin) + len(rest) + left == 100_000
    assert folded_text("short") == ("short", "", 0)
