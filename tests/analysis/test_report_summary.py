import math
import sqlite3

import polars as pl
import pytest

from analysis import quality, summary
from analysis.report.plays import MOST_MOVES, choose
from analysis.report.transcripts import candidates, read_prompts, read_transcripts
from sim.records import table

RUNS = pl.DataFrame(
    {
        "run_id": ["a", "b"],
        "seed": [0, 1],
        "scenario": ["prisoners_dilemma"] * 2,
        "wording": ["stream"] * 2,
        "population": ["tin-man"] * 2,
    }
)


def decision(**given):
    base = {
        "run_id": "a",
        "scenario": "prisoners_dilemma",
        "population": "tin-man",
        "round": 1,
        "phase": "choose",
        "agent": 0,
        "partner": 1,
        "model": "m",
        "readout": "cloze",
        "menu": ["cooperate", "defect"],
        "answer": "decision",
        "action": "defect",
        "action_class": "uncooperative",
        "cached": False,
    }
    return base | given


def rows(name, *given):
    columns = table(name, []).columns
    return table(name, [tuple(row.get(column) for column in columns) for row in given])


def cast(runs, agents, personas):
    return pl.DataFrame({"run_id": runs, "agent": agents, "persona": personas}).with_columns(
        member=pl.lit("tin-man"), paraphrase=0, strategy=pl.lit(None, pl.String)
    )


def test_estimate_is_the_mean_over_runs_with_student_s_interval():
    outcomes = rows(
        "outcomes",
        {"run_id": "a", "metric": "gini", "scope": "run", "subject": "run", "value": 0.2, "n": 9},
        {"run_id": "b", "metric": "gini", "scope": "run", "subject": "run", "value": 0.4, "n": 9},
    )
    who = cast(["a"], [0], ["tin-man"])
    found = summary.estimates(outcomes, who, RUNS, ("population",)).row(0, named=True)
    # Two values: half width = t(0.975, 1) * sd / sqrt(2) = 12.706 * 0.1
    assert found["estimate"] == pytest.approx(0.3)
    assert found["high"] - found["estimate"] == pytest.approx(1.2706, abs=1e-3)
    assert (found["n"], found["units"], found["clusters"]) == (2, "runs", 2)


def test_interval_over_personas_is_shown_where_it_is_wider():
    outcomes = rows(
        "outcomes",
        *(
            {
                "run_id": run,
                "metric": "gini",
                "scope": scope,
                "subject": who,
                "value": value,
                "n": 1,
            }
            for run in ("a", "b")
            for scope, who, value in (
                ("run", "run", 0.5),
                ("agent", "0", 0.0),
                ("agent", "1", 0.5),
                ("agent", "2", 1.0),
            )
        ),
    )
    personas = ["respondent-1", "respondent-2", "respondent-3"]
    who = cast(["a"] * 3 + ["b"] * 3, [0, 1, 2] * 2, personas * 2)
    found = summary.estimates(outcomes, who, RUNS, ("population",)).row(0, named=True)
    # Three persona means 0, .5, 1: half width = t(0.975, 2) * 0.5 / sqrt(3) = 4.3027 * 0.28868
    assert (found["units"], found["clusters"]) == ("personas", 3)
    assert found["high"] - found["estimate"] == pytest.approx(1.2421, abs=1e-3)


def test_undefined_metric_is_null_with_n_0():
    outcomes = rows(
        "outcomes",
        {"run_id": "a", "metric": "gini", "scope": "run", "subject": "run", "value": None, "n": 0},
    )
    who = cast(["b"], [0], ["tin-man"])
    found = summary.estimates(outcomes, who, RUNS, ("population",)).row(0, named=True)
    assert (found["estimate"], found["low"], found["n"], found["undefined"]) == (None, None, 0, 1)


def test_cooperation_is_the_probability_of_cooperative_options_not_the_draw():
    given = rows("decisions", decision(probabilities=[0.7, 0.3]))
    assert summary.cooperation(given)["cooperation"].to_list() == [0.7]


def test_cooperation_without_probabilities_is_the_choice_and_missing_answers_are_left_out():
    given = rows(
        "decisions",
        decision(action="cooperate", action_class="cooperative"),
        decision(),
        decision(answer="refusal", action=None, action_class=None),
    )
    assert summary.cooperation(given)["cooperation"].to_list() == [1.0, 0.0]


def rounds(decisions):
    by = ("population",)
    return summary.rounds(summary.by_round(decisions, by), by)


def test_rounds_are_means_over_runs_however_many_decisions_each_has():
    given = rows(
        "decisions",
        decision(run_id="a", probabilities=[1.0, 0.0]),
        decision(run_id="a", probabilities=[1.0, 0.0], partner=2),
        decision(run_id="b", probabilities=[0.0, 1.0]),
    )
    found = rounds(given).row(0, named=True)
    assert (found["estimate"], found["n"], found["decisions"]) == (0.5, 2, 3)
    assert (found["low"], found["high"]) == (0.0, 1.0)


def test_rounds_leave_out_phases_without_a_cooperative_option():
    punish = decision(phase="punish", menu=["spare", "punish"], action="spare")
    given = rows("decisions", decision(probabilities=[0.8, 0.2]), punish)
    found = rounds(given).row(0, named=True)
    assert (found["estimate"], found["decisions"]) == (0.8, 1)


def test_one_run_gives_a_mean_without_interval():
    found = rounds(rows("decisions", decision(probabilities=[0.4, 0.6])))
    assert found.select("estimate", "low", "high", "n").row(0) == (0.4, None, None, 1)


def test_pairs_tell_who_cooperated_with_whom():
    acts = rows(
        "interactions",
        {
            "run_id": "a",
            "source": 0,
            "target": 1,
            "action": "cooperate",
            "action_class": "cooperative",
        },
        {
            "run_id": "a",
            "source": 1,
            "target": 0,
            "action": "defect",
            "action_class": "uncooperative",
        },
    )
    who = pl.DataFrame({"run_id": ["a", "a"], "agent": [0, 1], "member": ["kind", "tin-man"]})
    found = summary.pairs(summary.by_pair(acts, who, RUNS, rows("decisions", decision())))
    cells = found.select("source_member", "target_member", "estimate", "decisions").rows()
    assert cells == [("kind", "tin-man", 1.0, 1), ("tin-man", "kind", 0.0, 1)]


def test_missing_answers_are_counted_by_kind():
    given = rows(
        "decisions",
        decision(),
        decision(answer="refusal"),
        decision(answer="unparsed"),
        decision(answer="failed"),
    )
    found = quality.missing(quality.answers(given, by := ("population",)), by).row(0, named=True)
    assert [found[kind] for kind in quality.ANSWERS] == [1, 1, 1, 1]
    assert (found["missing"], found["n"], found["share"]) == (3, 4, 0.75)


def test_wilson_s_interval_as_published():
    # 1 of 10: Brown, Cai & DasGupta 2001 give (.018, .404) for the score interval.
    low, high = quality.wilson(1, 10)
    assert (round(low, 3), round(high, 3)) == (0.018, 0.404)
    assert quality.wilson(0, 0) == (None, None)
    assert quality.wilson(0, 10)[0] == 0.0


def test_comprehension_counts_each_question_once_beside_chance():
    asked = {"round": 0, "instrument": "comprehension", "keyed": "3", "expected": 0.5}
    given = rows(
        "probes",
        *(
            {
                **asked,
                "run_id": run,
                "item": item,
                "answer": said,
                "probabilities": [0.5, 0.25, 0.25],
            }
            for run in ("a", "b")
            for item, said in (("both", "3"), ("alone", "5"))
        ),
        {"run_id": "a", "instrument": "inventory", "item": "both", "keyed": "3", "answer": "3"},
    )
    found = quality.comprehension(given, RUNS, ()).row(0, named=True)
    assert (found["right"], found["n"], found["share"]) == (1, 2, 0.5)
    assert found["chance"] == pytest.approx(1 / 3)


def test_comprehension_that_was_not_asked_has_no_rows():
    assert quality.comprehension(rows("probes"), RUNS, ("scenario",)).is_empty()


def reading(variant, first, second, **given):
    base = {"run_id": "a", "round": 1, "agent": 0, "partner": 1, "phase": "choose"}
    logs = [math.log(first), math.log(second)]
    order = [0, 1] if variant == "forward" else [1, 0]
    return (
        base
        | given
        | {
            "variant": variant,
            "shown_order": order,
            "log_probabilities": logs,
            "prompt_sha256": variant,
            "mass": 0.5,
            "call_keys": [variant],
        }
    )


def order_effect(readings):
    by = ("scenario",)
    return quality.order_effect(quality.orders(readings, RUNS, by), by)


def test_order_effect_is_the_shift_in_log_odds():
    given = rows("readings", reading("forward", 0.4, 0.1), reading("reversed", 0.1, 0.2))
    found = order_effect(given).row(0, named=True)
    # log(.4 / .1) - log(.1 / .2) = log 4 + log 2
    assert found["median"] == pytest.approx(math.log(8))
    assert (found["n"], found["flips"]) == (1, 1.0)


def test_context_put_in_one_order_says_nothing_of_order():
    assert order_effect(rows("readings", reading("forward", 0.4, 0.1))).is_empty()


def test_mass_counts_contexts_not_repeats():
    given = rows(
        "decisions", decision(mass=0.2), decision(mass=0.4), decision(mass=0.9, cached=True)
    )
    found = quality.mass(quality.masses(given, by := ("scenario",)), by).row(0, named=True)
    assert (found["n"], round(found["median"], 9)) == (2, 0.3)


def test_graph_offers_the_lowest_seed_of_each_society_within_bounds():
    runs = pl.DataFrame(
        {
            "run_id": ["x1", "x0", "y0", "z0"],
            "seed": [1, 0, 0, 0],
            "scenario": ["p", "p", "p", "q"],
            "population": ["x", "x", "y", "x"],
        }
    )
    small = pl.DataFrame({"run_id": ["x1", "x0", "y0", "z0"], "moves": [10] * 4})
    large = small.with_columns(moves=pl.lit(MOST_MOVES // 2))
    assert choose(runs, small) == ["x0", "y0", "z0"]
    assert choose(runs, large) == ["x0", "z0"]


def test_transcript_joins_decision_readings_and_prompts(tmp_path):
    with sqlite3.connect(tmp_path / "calls.sqlite") as journal:
        journal.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT)")
        journal.execute('INSERT INTO calls VALUES (\'forward\', \'{"body": {"prompt": "Me:"}}\')')
    journal.close()
    chosen = rows("decisions", decision(probabilities=[0.7, 0.3], wording="stream"))
    readings = rows("readings", reading("forward", 0.4, 0.1), reading("reversed", 0.1, 0.2))
    (found,) = read_transcripts(chosen, readings.lazy(), tmp_path / "calls.sqlite")
    assert found.distribution == (("cooperate", 0.7), ("defect", 0.3))
    assert [put.prompt for put in found.puts] == ["Me:", None]
    assert [put.order for put in found.puts] == [("cooperate", "defect"), ("defect", "cooperate")]


def test_transcript_prefers_the_second_round_and_skips_scripts():
    given = rows(
        "decisions",
        decision(round=1),
        decision(round=2),
        decision(round=2, population="scripted", model="scripted:tit_for_tat", readout="scripted"),
    )
    assert candidates(given)["round"].to_list() == [2]


def test_absent_or_broken_journal_holds_no_prompts(tmp_path):
    (tmp_path / "broken.sqlite").write_text("not a database")
    assert read_prompts(tmp_path / "none.sqlite", ["key"]) == {}
    assert read_prompts(tmp_path / "broken.sqlite", ["key"]) == {}
