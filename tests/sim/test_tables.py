"""Claims about the tables of a run."""

import asyncio
import json

import polars as pl
import pytest

from agents.minds import Minds
from sim import experiment as experiments
from sim import tables
from sim.errors import ExperimentError
from sim.executor import play
from sim.society import Society


def played(scenario: dict[str, object], population: str, agents: int) -> dict[str, pl.DataFrame]:
    table = {
        "name": "by hand",
        "design": {
            "scenarios": [scenario],
            "populations": [population],
            "wordings": 1,
            "seeds": 1,
            "agents": agents,
            "rounds": 2,
        },
    }
    (spec,) = experiments.resolve(experiments.check(table, "test"), "test")
    minds = Minds(None, "cloze")
    society = Society(spec, minds)
    asyncio.run(play(society, minds))
    seats = tuple(character.seat for character in society.characters)
    models = {"model": "scripted", "readout": "scripted"}
    return tables.build(spec, seats, society.game.options, society.notes, models)


@pytest.mark.parametrize("punishment", [False, True])
def test_a_group_has_one_interaction_a_directed_pair_and_round(punishment: bool) -> None:
    scenario = {"name": "public_goods", "punishment": punishment}
    found = played(scenario, "scripted:always_cooperate=0.5,scripted:always_defect=0.5", 4)
    acts = found["interactions"]
    assert len(acts) == 2 * 4 * 3
    assert acts.select("round", "source", "target").is_unique().all()
    assert set(acts["action"]) == {"all", "nothing"}


def test_deductions_come_off_the_round_and_sums_add_up() -> None:
    # Two pay all 20, two pay nothing: together 40, 16 back to each, so 16 and 36 points. Who always
    # defects also deducts from all three others, at 1 each: a payer loses 2 x 3, who paid nothing
    # loses 3 x 1 for deducting and 3 to the other one who deducts.
    scenario = {"name": "public_goods", "punishment": True}
    found = played(scenario, "scripted:always_cooperate=0.5,scripted:always_defect=0.5", 4)
    for name, key in (("decisions", "agent"), ("interactions", "source")):
        sums = found[name].filter(pl.col("round") == 1).group_by(key).agg(pl.col("payoff").sum())
        assert sorted(sums["payoff"]) == pytest.approx([10, 10, 30, 30]), name


def test_between_two_the_act_toward_the_other_carries_its_payoff() -> None:
    found = played({"name": "prisoners_dilemma"}, "scripted:always_defect", 3)
    acts = found["interactions"]
    assert len(acts) == 2 * 3 * 2
    assert set(acts["payoff"]) == {1.0}


def test_a_gift_is_an_act_with_its_points_and_what_is_told_of_it_a_message_to_all() -> None:
    # Everybody gives 1 and gets 3, and each of four tells the three others.
    found = played({"name": "reputation"}, "scripted:always_cooperate", 4)
    acts = found["interactions"]
    assert len(acts) == 2 * 4
    assert set(acts["action"]) == {"give"}
    assert set(acts["payoff"]) == {2.0}
    assert len(found["messages"]) == 2 * 4 * 3


def test_a_game_for_three_refuses_heads_that_do_not_divide_into_threes() -> None:
    with pytest.raises(ExperimentError, match=r"a group of 4, and feud .* use a multiple of 3"):
        played({"name": "feud"}, "scripted:random", 4)


def test_saying_nothing_is_no_act_either() -> None:
    # Who always defects pledges nothing and stays out: with the truster out, nothing is done by
    # the trustee, and only the truster's staying out is an act.
    found = played({"name": "promise"}, "scripted:always_defect", 2)
    acts = found["interactions"]
    assert acts.select("round", "source", "target", "action").rows() == [
        (1, 0, 1, "out"),
        (2, 1, 0, "out"),
    ]
    assert found["messages"].is_empty()
    assert set(found["decisions"]["done"]) == {"silent", "out", None}


def test_decisions_tell_what_the_seat_knew_and_what_was_really_done() -> None:
    found = played({"name": "ultimatum", "pie": 20}, "scripted:always_defect", 2)["decisions"]
    offered, answered = found.filter(round=1).sort("phase").rows(named=True)
    assert (offered["facts"], offered["done"]) == (None, "offer_10")
    assert json.loads(answered["facts"]) == {
        "offered": "offer_10",
        "part": 0.1,
        "points": 2,
        "rest": 18,
    }
    # Refused: both are paid nothing, the proposer on the ask that it was given.
    assert (offered["payoff"], answered["payoff"], answered["done"]) == (0, 0, "reject")
