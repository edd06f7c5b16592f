"""Hand-worked values of what published experiments report, from recorded choices."""

import json

import numpy as np
import polars as pl
import pytest

from analysis.human.behaviour import STATISTICS
from analysis.human.choices import TENTHS
from analysis.human.distances import distance
from analysis.human.pooling import pool
from scenarios.catalogue import game
from scenarios.human import benchmarks
from scenarios.human_rows import distributions

ONE = np.array
EVENLY = {"C": "cooperate", "D": "defect"}


def decisions(*rows, **every):
    """Recorded decisions from rows that name only what matters."""
    base = {"run_id": "r", "answer": "decision", "round": 1, "agent": 0, "partner": 1}
    base |= {"group": "g", "menu": None, "probabilities": None, "action": None, "done": None}
    base |= {"facts": "{}", "payoff": None}
    schema = {
        "run_id": pl.String(),
        "answer": pl.String(),
        "round": pl.Int64(),
        "agent": pl.Int64(),
        "partner": pl.Int64(),
        "group": pl.String(),
        "menu": pl.List(pl.String()),
        "probabilities": pl.List(pl.Float64()),
        "action": pl.String(),
        "done": pl.String(),
        "facts": pl.String(),
        "payoff": pl.Float64(),
    }
    return pl.DataFrame([{**base, **every, **row} for row in rows], schema=schema)


def values(name, table, places=("",)):
    """Pooled values of a statistic over all rows."""
    seen = STATISTICS[name].measure(table)
    one = seen.with_columns(unit=pl.lit("all"), stratum=pl.lit("all"))
    return pool(one, places).values.tolist()


def pair(*rounds, menu=("cooperate", "defect")):
    """Rounds of one pair, each two letters of what both did."""
    rows = []
    for number, moves in enumerate(rounds, start=1):
        for seat, letter in enumerate(moves):
            did = EVENLY[letter]
            rows.append({"round": number, "agent": seat, "partner": 1 - seat, "action": did})
            rows[-1] |= {"done": did, "menu": list(menu)}
    return decisions(*rows)


def test_exact_probabilities_count_and_drawn_options_where_there_are_none():
    menu = ["cooperate", "defect"]
    table = decisions(
        {"menu": menu, "probabilities": [0.8, 0.2], "action": "defect"},
        {"menu": menu, "action": "cooperate", "round": 2},
        {"menu": menu, "answer": "refusal", "round": 3},
    )
    # (.8 + 1) / 2; the refusal is left out.
    assert values("cooperation", table) == [pytest.approx(0.9)]
    assert values("first_round_cooperation", table) == [pytest.approx(0.8)]
    assert values("cooperation_by_round", table, ("1", "2")) == [pytest.approx(0.8), 1]
    (missing,) = values("cooperation_by_round", table, ("3",))
    assert np.isnan(missing)


def test_reactions_are_to_what_both_really_did_the_round_before():
    # Seat 0 after CD: D; after DD: C. Seat 1 after DC: D; after DD: C.
    table = pair("CD", "DD", "CC")
    assert values("cooperation_after", table, ("CD", "DC", "DD")) == [0, 0, 1]
    # The rounds that another followed are CD and DD: each seat sees its own.
    assert values("outcomes", table, ("CC", "CD", "DC", "DD")) == [0, 0.25, 0.25, 0.5]


def test_a_round_that_was_not_played_is_reacted_to_by_nobody():
    table = pair("CC", "CC", "CC").with_columns(
        done=pl.when(pl.col("round") == 2).then(None).otherwise(pl.col("done"))
    )
    # Only round 2 has a round before it that was played.
    assert STATISTICS["cooperation_after"].measure(table)["weight"].to_list() == [1, 1]


def test_contributions_are_expected_parts_of_the_endowment():
    menu = ["all", "half", "nothing"]
    table = decisions(
        {"menu": menu, "probabilities": [0.25, 0.5, 0.25], "action": "all"},
        {"menu": menu, "action": "nothing", "round": 2},
        {"menu": ["leave", "deduct"], "action": "leave", "round": 2},
    )
    # .25 + .25 = .5, and 0; deductions are no contributions.
    assert values("contribution", table) == [pytest.approx(0.25)]
    assert values("contribution_by_period", table, ("1", "2")) == [pytest.approx(0.5), 0]


def test_offers_fall_into_tenths_and_acceptance_goes_by_what_was_offered():
    offers = [f"offer_{part}" for part in (50, 40, 30, 20, 10)]
    replies = ["accept", "reject"]
    table = decisions(
        {"menu": offers, "probabilities": [0.5, 0.25, 0, 0, 0.25], "action": "offer_50"},
        {"menu": replies, "action": "reject", "facts": json.dumps({"part": 0.3}), "agent": 1},
        {"menu": replies, "action": "accept", "facts": json.dumps({"part": 0.5}), "agent": 1},
    )
    assert values("offers", table, TENTHS) == [0, 0.25, 0, 0, 0.25, 0.5, 0, 0, 0, 0]
    # .25 + .1 + .025 = .375.
    assert values("mean_offer", table) == [pytest.approx(0.375)]
    assert values("rejection", table) == [pytest.approx(0.5)]
    assert values("acceptance_by_offer", table, ("30", "50")) == [0, 1]


def test_every_agent_weighs_by_its_choices_in_a_histogram():
    gifts = [f"give_{part}" for part in (50, 40, 30, 20, 10, 0)]
    table = decisions(
        {"menu": gifts, "action": "give_0", "agent": 0},
        {"menu": gifts, "action": "give_0", "agent": 1},
        {"menu": gifts, "action": "give_50", "agent": 1},
    )
    assert values("gifts", table, (TENTHS[0], TENTHS[5])) == [
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    ]
    assert values("nothing_given", table) == [pytest.approx(2 / 3)]
    assert values("half_given", table) == [pytest.approx(1 / 3)]
    assert values("mean_gift", table) == [pytest.approx(0.5 / 3)]


def test_what_is_sent_and_returned_are_parts():
    table = decisions(
        {"menu": ["send_all", "send_half", "send_some", "send_nothing"], "action": "send_some"},
        {"menu": ["return_half", "return_part", "return_nothing"], "action": "return_part"},
    )
    assert values("share_sent", table) == [pytest.approx(0.2)]
    assert values("share_returned", table) == [pytest.approx(1 / 3)]


def test_reports_are_held_against_the_roll():
    def report(die, action):
        menu = ["true_6", "claim_1", "claim_2", "claim_3", "claim_4", "claim_5"]
        return {"facts": json.dumps({"die": die}), "action": action, "menu": menu}

    table = decisions(report(6, "true_6"), report(6, "claim_5"), report(2, "claim_5"))
    assert values("truth_at_worst", table) == [pytest.approx(1 / 2)]
    assert values("maximal_lies", table) == [pytest.approx(2 / 3)]
    # Gains 0, 5 and 3 above rolls that pay 0, 0 and 2, of 5, 5 and 3 that could be gained.
    assert values("standardised_report", table) == [pytest.approx(8 / 13)]


def test_rolls_are_told_apart_by_what_was_said():
    menu = ["roll", "dont"]
    said = {word: json.dumps({"said": word}) for word in ("promise", "silent")}
    table = decisions(
        {"menu": menu, "probabilities": [0.9, 0.1], "action": "roll", "facts": said["promise"]},
        {"menu": menu, "action": "dont", "facts": said["silent"]},
    )
    assert values("rolls_after_promise", table) == [pytest.approx(0.9)]
    assert values("rolls_after_silence", table) == [0]


def test_who_declines_once_has_stopped_and_who_gave_no_answer_is_unknown():
    def seat(agent, moves):
        return [{"agent": agent, "round": n, "done": m} for n, m in enumerate(moves, start=1)]

    table = decisions(
        *seat(0, ["follow"] * 30),
        *seat(1, ["follow"] * 12 + ["decline"] + ["follow"] * 17),
        *seat(2, ["follow"] * 4 + ["decline"] + ["follow"] * 25),
        *seat(3, [None] + ["follow"] * 29),
    )
    # Of three that are known, two followed the eleventh order too; one of these the last.
    assert values("past_150", table) == [pytest.approx(2 / 3)]
    assert values("to_the_end", table) == [pytest.approx(1 / 2)]


def test_a_commons_yields_a_share_of_the_most_that_it_could():
    rules = game("commons")
    best = rules.welfare(rules.presets["govsim-2024"], 5).best
    table = decisions(
        {"payoff": best / 4}, {"payoff": best / 4, "round": 2}, {"group": "h", "payoff": None}
    )
    # One group took half of it, the other nothing.
    assert values("commons_yield", table) == [pytest.approx(0.25)]


def test_a_group_reaches_the_target_with_half_of_everything():
    # Six seats and ten rounds: thirty of sixty parts. Group a pays half always, group b once
    # nothing instead; what an unanswered ask would have paid is nothing.
    menu = ["all", "half", "nothing"]

    def group(name, moves):
        return [{"group": name, "done": m, "action": m, "menu": menu} for m in moves]

    table = decisions(
        *group("a", ["half"] * 60),
        *group("b", ["half"] * 59 + ["nothing"]),
        *({"group": "c", "answer": "unparsed"} for _ in range(60)),
    )
    assert values("target_reached", table) == [pytest.approx(1 / 3)]
    assert values("paid_in", table) == [pytest.approx((60 + 59) / 2 / 120)]
    # Groups are nobody's, so that no persona is held against them.
    assert STATISTICS["target_reached"].measure(table)["agent"].to_list() == [None] * 3


def test_a_society_with_exactly_the_human_curve_is_at_distance_0():
    (curve,) = [each for each in benchmarks() if each.statistic == "cooperation_by_round"]
    table = decisions(
        *(
            {"round": int(x), "probabilities": [share, 1 - share], "action": "cooperate"}
            for x, share, *_ in curve.points
        ),
        menu=["cooperate", "defect"],
    )
    places = [point.x for point in curve.points]
    found = ONE(values("cooperation_by_round", table, places))
    people = ONE([point.value for point in curve.points])
    assert distance(curve.distance, found, people) == pytest.approx(0)


def test_dal_bo_and_frechettes_reactions_are_at_distance_0_from_themselves():
    # Rows made by hand: of every outcome as many cooperate as in the cell D75R40.
    rows = distributions()["DalBoFrechette2011_experienced", "p_coop_given_prev", "D75R40"]
    made = []
    for place, row in enumerate(rows):
        own, other = row.x
        for seat, letter in ((0, own), (1, other)):
            before = {"run_id": f"r{place}", "agent": seat, "partner": 1 - seat, "round": 1}
            made.append({**before, "done": EVENLY[letter], "answer": "refusal"})
        chose = {"run_id": f"r{place}", "round": 2, "menu": ["cooperate", "defect"]}
        made.append({**chose, "action": "defect", "probabilities": [row.value, 1 - row.value]})
    places = [row.x for row in rows]
    found = ONE(values("cooperation_after", decisions(*made), places))
    people = ONE([row.value for row in rows])
    assert distance("mean absolute", found, people) == pytest.approx(0)


def test_every_benchmark_uses_a_statistic_that_exists_and_none_is_idle():
    assert {each.statistic for each in benchmarks()} == set(STATISTICS)
