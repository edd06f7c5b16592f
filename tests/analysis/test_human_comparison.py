"""Runs with published parameters beside the people, by hand-worked values."""

import polars as pl
import pytest

from analysis.folder import open_folder
from analysis.human.comparison import Value, compare
from analysis.human.matching import fitting
from analysis.metrics import METRICS, score
from analysis.run_record import RunRecord
from scenarios.catalogue import game

PRESET = "dal-bo-frechette-2011"
SHORT = "dal-bo-frechette-2011-d50-r40"
EVENLY = {"C": "cooperate", "D": "defect"}


def published(synthetic, rounds, *, preset=PRESET, seed=0, **factors):
    """A run of the prisoner's dilemma of one pair, played with published parameters."""
    turns = [
        synthetic.turn(
            number,
            (0, 1),
            (EVENLY[moves[0]], EVENLY[moves[1]]),
            probabilities=given or (None, None),
        )
        for number, (moves, given) in enumerate(rounds, start=1)
    ]
    scenario = f"prisoners_dilemma:{preset}"
    members = factors.pop("members", ["tin-man/a", "tin-man/b"])
    document, tables = synthetic.run(members, turns, seed, scenario=scenario, **factors)
    document |= {"game": "prisoners_dilemma"}
    document["parameters"] = game("prisoners_dilemma").presets[preset].model_dump()
    done = tables["decisions"].with_columns(done=pl.col("action"))
    return document, {**tables, "decisions": done}


def outcome(run):
    """(subject) -> (value, n) of human_distance."""
    rows = score(*run).filter(pl.col("metric") == "human_distance")
    return {name: (value, n) for name, value, n in rows.select("subject", "value", "n").iter_rows()}


def document(synthetic, **parameters):
    document, _ = published(synthetic, [("CC", None)])
    document["parameters"] |= parameters
    return RunRecord.parse(document)


def test_the_parameters_decide_whatever_the_scenario_is_called(synthetic):
    names = [each.name for each in fitting(document(synthetic))]
    assert names == [
        f"{PRESET} {statistic}"
        for statistic in (
            "first_round_cooperation",
            "cooperation",
            "cooperation_after",
            "outcomes",
        )
    ]


def test_a_single_other_parameter_rounds_included_is_another_game(synthetic):
    assert fitting(document(synthetic, rounds=49)) == ()
    assert fitting(document(synthetic, reward=41)) == ()
    assert fitting(document(synthetic, unheard_of=1)) == ()


def test_groups_must_have_the_published_size(synthetic):
    document = synthetic.document(["tin-man"] * 8, scenario="public_goods")
    document["parameters"] = game("public_goods").presets["herrmann-2008"].model_dump()
    sizes = {"four": [4, 4], "mixed": [4, 3], "eight": [8]}
    found = {
        name: len(fitting(RunRecord.parse({**document, "group_sizes": given})))
        for name, given in sizes.items()
    }
    assert found == {"four": 2, "mixed": 0, "eight": 0}


def test_human_distance_is_undefined_where_nobody_was_measured(synthetic):
    turns = [synthetic.turn(1, (0, 1), ("cooperate", "cooperate"))]
    assert outcome(synthetic.run(["tin-man"] * 2, turns)) == {
        "run": (None, 0),
        "tin-man": (None, 0),
    }


def test_human_distance_is_the_mean_over_the_benchmarks_that_have_data(synthetic):
    # One round: nothing followed anything, so two of the four benchmarks have data.
    # First round: |.5 - .659| = .159; all rounds: |.5 - .694| = .194.
    run = published(synthetic, [("CD", None)])
    assert outcome(run)["run"] == (pytest.approx((0.159 + 0.194) / 2), 2)


def test_human_distance_tells_members_apart(synthetic):
    run = published(synthetic, [("CD", None)], members=["guardian", "tin-man"])
    found = outcome(run)
    # Always and never: |1 - .659| = .341, |1 - .694| = .306; .659 and .694.
    assert found["guardian"] == (pytest.approx((0.341 + 0.306) / 2), 2)
    assert found["tin-man"] == (pytest.approx((0.659 + 0.694) / 2), 2)
    assert METRICS["human_distance"].scopes == ("run", "persona")


def test_commons_are_compared_by_response_only(synthetic):
    document = synthetic.document(["tin-man"] * 5, scenario="commons", rounds=12)
    document["parameters"] = game("commons").presets["govsim-2024"].model_dump()
    document["group_sizes"] = [5]
    run = RunRecord.parse(document)
    assert len(fitting(run)) == 1
    assert outcome((document, synthetic.tables(run, [], [])))["run"] == (None, 0)


def folder(synthetic, path, runs):
    return open_folder(synthetic.write(path, runs))


def seeds(synthetic, shares, **given):
    """One-round runs whose first and second character cooperate with these probabilities."""
    return [
        published(
            synthetic,
            [("CC", ((share, 1 - share), (share, 1 - share)))],
            seed=seed,
            population="tin-man",
            **given,
        )
        for seed, share in enumerate(shares)
    ]


def test_runs_are_pooled_before_the_distance_is_taken(synthetic, tmp_path):
    # Runs at .459 and .859 are each .2 off the people's .659; pooled they are there.
    runs = seeds(synthetic, (0.459, 0.859))
    compared, moved = compare(folder(synthetic, tmp_path / "f", runs))
    first = next(one for one in compared if "first" in one.benchmark.statistic)
    assert first.apart.value == pytest.approx(0)
    assert first.apart.low == 0
    assert first.values[0].value == pytest.approx(0.659)
    assert (first.runs, first.observations) == (2, 4)
    # By itself each run is off by .2 in round 1 and, of .694 over all rounds, .235 and .165.
    assert outcome(runs[0])["run"] == (pytest.approx((0.2 + 0.235) / 2), 2)
    assert outcome(runs[1])["run"] == (pytest.approx((0.2 + 0.165) / 2), 2)
    # One round of play shows no reaction to anything.
    assert [one.value for one in moved] == [Value(None, None, None)]


def test_one_run_gives_no_interval(synthetic, tmp_path):
    runs = [published(synthetic, [("CC", None)], population="tin-man", members=["tin-man"] * 2)]
    compared, _ = compare(folder(synthetic, tmp_path / "f", runs))
    first = next(one for one in compared if "first" in one.benchmark.statistic)
    assert first.apart == Value(pytest.approx(0.341), None, None)
    assert first.runs == 1


def test_the_widest_interval_decides(synthetic, tmp_path):
    # Two wordings that differ much, each in five seeds that agree.
    runs = [
        run
        for wording, share in (("stream", 0.2), ("kiln", 0.8))
        for run in seeds(synthetic, (share,) * 5, wording=wording)
    ]
    compared, _ = compare(folder(synthetic, tmp_path / "f", runs))
    first = next(one for one in compared if "first" in one.benchmark.statistic)
    assert (first.over, first.units, first.runs) == ("wording", 2, 10)
    assert (first.values[0].low, first.values[0].high) == (0, 1)


def test_personas_count_within_the_members_of_a_mix_only(synthetic, tmp_path):
    # In every run one character cooperates with .9 and one with .1. Two personas of one member
    # leave much in doubt; two members, whose numbers are fixed, leave nothing.
    found = []
    for name, members in (
        ("personas", ["tin-man/a", "tin-man/b"]),
        ("members", ["guardian", "tin-man"]),
    ):
        given = [("CC", ((0.9, 0.1), (0.1, 0.9)))]
        runs = [
            published(synthetic, given, seed=seed, population="mix", members=members)
            for seed in range(5)
        ]
        compared, _ = compare(folder(synthetic, tmp_path / name, runs))
        found += [one for one in compared if "first" in one.benchmark.statistic]
    assert [(one.over, one.units) for one in found] == [("persona", 2), ("run", 5)]
    assert found[0].values[0] == (pytest.approx(0.5), 0, 1)
    assert found[1].values[0] == (pytest.approx(0.5),) * 3


def test_a_response_is_the_difference_of_pooled_values(synthetic, tmp_path):
    longer = seeds(synthetic, (0.7, 0.72, 0.68, 0.7))
    shorter = seeds(synthetic, (0.3, 0.32, 0.28, 0.3), preset=SHORT)
    _, moved = compare(folder(synthetic, tmp_path / "f", [*longer, *shorter]))
    (found,) = [one for one in moved if "horizon" in one.response.manipulation]
    assert found.value.value == pytest.approx(0.4)
    assert 0.3 < found.value.low < 0.4 < found.value.high < 0.5
    assert found.direction == "as people"
    assert found.runs == (4, 4)


def test_a_response_the_other_way_is_told_and_one_of_zero_too(synthetic, tmp_path):
    against = [
        *seeds(synthetic, (0.3, 0.32, 0.28, 0.3)),
        *seeds(synthetic, (0.7, 0.72, 0.68, 0.7), preset=SHORT),
    ]
    nothing = [
        *seeds(synthetic, (0.5,) * 3),
        *seeds(synthetic, (0.5,) * 3, preset=SHORT),
    ]
    told = []
    for name, runs in (("against", against), ("nothing", nothing)):
        _, moved = compare(folder(synthetic, tmp_path / name, runs))
        told += [one.direction for one in moved if "horizon" in one.response.manipulation]
    assert told == ["the other way", "not at all"]


def test_reactions_within_the_same_runs_are_resampled_together(synthetic, tmp_path):
    # In each run both places move together by as much, so that their difference is certain.
    runs = []
    for seed, share in enumerate((0.5, 0.6, 0.7)):
        high, low = (share, 1 - share), (share - 0.3, 1.3 - share)
        # After CC both cooperate with the higher share, after CD and DC with the lower one.
        rounds = [("CC", None), ("CD", (high, high)), ("CC", (low, low))]
        runs.append(published(synthetic, rounds, seed=seed, population="tin-man"))
    _, moved = compare(folder(synthetic, tmp_path / "f", runs))
    (found,) = [one for one in moved if "answered" in one.response.manipulation]
    assert found.value.value == pytest.approx(0.3)
    assert found.value.high - found.value.low == pytest.approx(0, abs=1e-9)


def test_the_order_of_rows_changes_nothing(synthetic):
    run = published(synthetic, [("CD", ((0.7, 0.3), (0.1, 0.9))), ("DD", None), ("CC", None)])
    shuffled = run[1]["decisions"].sample(fraction=1.0, shuffle=True, seed=4)
    assert outcome((run[0], {**run[1], "decisions": shuffled})) == outcome(run)


def test_a_report_below_the_truth_has_an_interval_below_zero(synthetic, tmp_path):
    # Each of three runs rolls a two and reports a six: 2 pips forgone where 3 could be gained.
    rules, runs = game("honest_report"), []
    for seed in range(3):
        given = synthetic.document(
            ["tin-man"], seed, scenario="honest_report", population="tin-man"
        )
        given |= {"group_sizes": [1], "edges": []}
        given["parameters"] = rules.presets["fischbacher-2013"].model_dump()
        row = {"round": 1, "phase": "report", "group": "0", "agent": 0, "persona": "tin-man"}
        row |= {"menu": ["true_2", "forgo_6"], "action": "forgo_6", "answer": "decision"}
        run = RunRecord.parse(given)
        tables = synthetic.tables(run, [{**row, "facts": '{"die": 2}'}], [])
        runs.append((given, tables))
    compared, _ = compare(folder(synthetic, tmp_path / "f", runs))
    found = next(one for one in compared if one.benchmark.statistic == "standardised_report")
    assert found.values[0] == (pytest.approx(-2 / 3),) * 3
    assert found.apart.value == pytest.approx(0.234 + 2 / 3)


def test_nothing_is_compared_where_nothing_was_published(synthetic, tmp_path):
    runs = [synthetic.draw(["tin-man"] * 2, {"tin-man": 0.5})]
    assert compare(folder(synthetic, tmp_path / "f", runs)) == ((), ())


@pytest.mark.parametrize(
    ("scenario", "agents", "rounds"),
    [
        ({"name": "ultimatum", "pie": 100}, 2, 1),
        ({"name": "dictator", "endowment": 100}, 3, 1),
        ("trust", 2, 1),
        ("honest_report", 3, 1),
        ("promise", 2, 1),
    ],
)
def test_real_societies_with_published_parameters_are_measured(played, scenario, agents, rounds):
    value, n = played(scenario, "scripted:random", agents=agents, rounds=rounds)[
        "human_distance", "run"
    ]
    assert n > 0
    assert 0 < value < 1


def test_groups_count_for_the_run_and_not_for_its_members(played):
    # All pay half in every round: the target is reached, and 120 of 240 are paid in. People: half
    # of the groups, and 118.2 of 240. A member has no group of its own, only what it paid.
    scenario = {"name": "collective_risk", "risk": 0.9}
    value = played(scenario, "scripted:social", agents=6, rounds=10)
    paid = 0.5 - 118.2 / 240
    assert value["human_distance", "run"] == (pytest.approx((0.5 + paid) / 2), 2)
    assert value["human_distance", "scripted:social"] == (pytest.approx(paid), 1)


def test_a_scripted_society_is_as_far_from_people_as_its_rule_says(played):
    # All contribute everything, always: the people contribute 42.6% on average, and their curve
    # has the same mean, since each of its ten places is below 1.
    value = played("public_goods", "scripted:social", agents=4, rounds=10)
    assert value["human_distance", "run"] == (pytest.approx(1 - 0.426, abs=1e-4), 2)
    assert value["human_distance", "scripted:social"] == value["human_distance", "run"]
    other = played("public_goods", "scripted:social", agents=4, rounds=9)
    assert other["human_distance", "run"] == (None, 0)
