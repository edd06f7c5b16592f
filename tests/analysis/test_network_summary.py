"""Claims about what counts as an act between two, and about the networks of whole experiments."""

import asyncio

import numpy as np
import polars as pl
import pytest

from agents.minds import Minds
from analysis.errors import UnknownNameError
from analysis.folder import open_folder
from analysis.metrics import score
from analysis.metrics.rows import Rows
from analysis.networks.acts import read
from analysis.networks.summary import PER_RUN, over_runs, per_run
from analysis.run_record import RunRecord
from scenarios.catalogue import catalogue
from sim import experiment as experiments
from sim import tables as run_tables
from sim.describing import describe
from sim.executor import play
from sim.society import Society

MEMBERS = ["human-benevolent"] * 3 + ["rogue-mind"] * 3
GROUPS = {"collective_risk", "commons", "public_goods", "power"}
ALONE = {"honest_report", "mistreatment", "oversight"}


def recorded(scenario, population="scripted:random", agents=6, rounds=4):
    """Record and tables of a scripted society that was really played."""
    design = {"scenarios": [scenario], "populations": [population], "seeds": [3]}
    design |= {"wordings": 1, "agents": agents, "rounds": rounds}
    (spec,) = experiments.resolve(
        experiments.check({"name": "x", "design": design}, "test"), "test"
    )
    minds = Minds(None, "cloze")
    society = Society(spec, minds)
    asyncio.run(play(society, minds))
    seats = tuple(character.seat for character in society.characters)
    models = {"model": "scripted", "readout": "scripted"}
    tables = run_tables.build(spec, seats, society.game.options, society.notes, models)
    return describe(society), tables


@pytest.mark.parametrize("name", catalogue())
def test_only_what_is_chosen_for_one_other_is_an_act_between_two(name):
    document, tables = recorded(name)
    run = RunRecord.parse(document)
    network = read(run, tables)
    assert network.acts.any() == (name not in GROUPS | ALONE)
    assert not np.trace(network.acts)
    assert (network.cooperative + network.uncooperative <= network.acts).all()
    assert (network.harms <= network.harm_chances).all()
    of_metrics = Rows(run, tables).network
    for kind in ("acts", "cooperative", "uncooperative"):
        assert (getattr(of_metrics, kind) == getattr(network, kind)).all()


def test_acts_of_a_dilemma_are_counted_by_giver_and_receiver(synthetic):
    turns = [
        synthetic.turn(1, (0, 1), ("cooperate", "defect")),
        synthetic.turn(2, (0, 1), ("cooperate", "cooperate")),
        synthetic.turn(1, (1, 2), ("defect", "refusal")),
    ]
    document, tables = synthetic.run(["tin-man"] * 3, turns)
    network = read(RunRecord.parse(document), tables)
    assert network.acts.tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]
    assert network.cooperative.tolist() == [[0, 2, 0], [1, 0, 0], [0, 0, 0]]
    assert network.cooperation[1, 0] == 0.5
    assert np.isnan(network.cooperation[1, 2])
    assert not network.harm_chances.any()


def test_raids_are_harms_and_arming_is_not():
    document, tables = recorded("raid")
    network = read(RunRecord.parse(document), tables)
    raids = tables["interactions"].filter(action="raid").height
    assert network.harms.sum() == raids > 0
    assert (network.harm_chances == network.acts).all()


def outcome(document, tables):
    rows = score(document, tables).select("metric", "subject", "value", "n")
    return {(name, subject): (value, n) for name, subject, value, n in rows.iter_rows()}


def test_metrics_of_a_tournament_of_four_strategies():
    members = ["always_cooperate", "always_defect", "tit_for_tat", "grim"]
    mix = ",".join(f"scripted:{name}=1" for name in members)
    document, tables = recorded("prisoners_dilemma", mix, agents=4, rounds=10)
    value = outcome(document, tables)
    # All but the defector always cooperate with one another: equal standing, 3 v^2 = 4.
    assert value["largest_cooperative_cluster", "run"] == (3 / 4, 4)
    assert value["eigenjesus", "scripted:grim"] == (pytest.approx((4 / 3) ** 0.5), 1)
    assert value["eigenjesus", "scripted:always_defect"] == (pytest.approx(0, abs=1e-9), 1)
    assert value["eigenjesus", "run"] == (pytest.approx(3 / 4 * (4 / 3) ** 0.5), 4)
    cooperator, defector = (value["eigenmoses", f"scripted:{name}"][0] for name in members[:2])
    assert defector < 0 < cooperator < value["eigenmoses", "scripted:tit_for_tat"][0]


def test_games_without_acts_between_two_have_none_of_these_metrics():
    value = outcome(*recorded("public_goods"))
    for name in ("largest_cooperative_cluster", "eigenjesus", "eigenmoses"):
        assert value[name, "run"] == (None, 0)


@pytest.fixture
def folder(synthetic, tmp_path):
    """Four runs in which the kind are kind to all, and the rogues to nobody."""
    rates = {"human-benevolent": 0.9, "rogue-mind": 0.1}
    runs = [synthetic.draw(MEMBERS, rates, seed=seed, rounds=5) for seed in range(4)]
    return open_folder(synthetic.write(tmp_path / "experiment", runs))


def pick(frame, statistic, giver=None, receiver=None):
    rows = frame.filter(
        pl.col("statistic") == statistic,
        pl.col("giver").eq_missing(giver),
        pl.col("receiver").eq_missing(receiver),
    ).to_dicts()
    assert len(rows) == 1
    return rows[0]


def test_runs_are_the_replicates(folder):
    runs = per_run(folder)
    assert dict(runs.schema) == dict(PER_RUN)
    cell = ("uncooperative_rate", "rogue-mind", "human-benevolent")
    one, whole = (
        pick(runs.filter(run_id=folder.runs[0].run_id), *cell),
        pick(over_runs(runs), *cell),
    )
    own = runs.filter(statistic=cell[0], giver=cell[1], receiver=cell[2])
    assert one["n"] == 3 * 3 * 5
    assert one["value"] == one["hits"] / one["n"]
    assert (whole["runs"], whole["n"], whole["hits"]) == (4, 4 * 45, own["hits"].sum())
    assert whole["value"] == pytest.approx(own["value"].mean())
    assert whole["z"] == pytest.approx(own["z"].mean())
    assert whole["rate_low"] < 0.9 < whole["rate_high"]
    assert whole["low"] < whole["value"] < whole["high"]


def test_wilsons_interval_of_one_run_is_that_of_the_formula(folder):
    alone = per_run(folder, run_id=folder.runs[0].run_id)
    row = pick(over_runs(alone), "uncooperative_rate", "human-benevolent", None)
    share, n, z = row["hits"] / row["n"], row["n"], 1.959963984540054
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    assert row["rate_low"] == pytest.approx(centre - reach)
    assert row["rate_high"] == pytest.approx(centre + reach)


def test_the_signs_of_four_runs_that_agree_give_an_eighth(folder):
    row = pick(over_runs(per_run(folder)), "uncooperative_rate", "rogue-mind", None)
    assert row["z_low"] > 0
    assert row["p_sign"] == pytest.approx(2 / 2**4)
    assert row["p"] <= row["p_adjusted"]


def test_one_run_is_judged_by_its_permutations(folder):
    run_id = folder.runs[1].run_id
    alone = per_run(folder, run_id=run_id)
    assert alone.equals(per_run(folder).filter(run_id=run_id))
    row = pick(over_runs(alone), "cooperative_reciprocity")
    assert row["p"] == pick(alone, "cooperative_reciprocity")["p"]
    assert (row["runs"], row["low"], row["p_sign"]) == (1, None, None)


def test_labels_can_be_coordinates_and_the_unlabelled_are_left_out(synthetic, tmp_path):
    members = ["human-benevolent", "guardian", "rogue-mind", "none"]
    run = synthetic.draw(members, dict.fromkeys(members, 0.5))
    folder = open_folder(synthetic.write(tmp_path / "experiment", [run]))
    by_stance = per_run(folder, "stance").filter(statistic="uncooperative_rate")
    assert set(by_stance["giver"].drop_nulls()) == {"benevolent", "hostile"}
    assert pick(by_stance, "uncooperative_rate", "benevolent")["n"] == 2 * 2 * 10
    whole = ["cooperative_reciprocity", "largest_cluster"]
    same = [
        per_run(folder, by).filter(pl.col("statistic").is_in(whole)) for by in ("stance", "member")
    ]
    assert same[0].equals(same[1])


def test_a_label_or_run_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(UnknownNameError, match="did you mean 'stance'"):
        per_run(folder, "stanc")
    wrong = folder.runs[0].run_id.replace("cloze", "close")
    with pytest.raises(UnknownNameError, match="did you mean"):
        per_run(folder, run_id=wrong)
