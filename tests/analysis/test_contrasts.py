"""Contrasts recover what was planted, pair what was paired, and refuse what is not there."""

import numpy as np
import polars as pl
import pytest

from analysis.contrasts import compare, contrast
from analysis.errors import AnalysisError, UnknownNameError
from analysis.estimator import Key, Sample, Text, difference
from analysis.folder import open_folder

ONLY = ["cooperation_rate"]


@pytest.fixture
def planted(synthetic, tmp_path):
    """A folder whose runs have the outcomes that are given, without playing them."""

    def plant(rows, experiment="[analysis]\n", members=("tin-man", "tin-man")):
        path = tmp_path / f"planted-{len(list(tmp_path.iterdir()))}"
        runs = []
        for value, seed, factors in rows:
            document = synthetic.document(list(factors.pop("members", members)), seed, **factors)
            given = value if isinstance(value, list) else [value] * len(document["characters"])
            known = [one for one in given if one is not None]
            mean = sum(known) / len(known) if known else None
            subjects = [("run", "run", mean), *_agents(given)]
            outcomes = pl.DataFrame(
                [
                    (document["run_id"], "cooperation_rate", scope, who, one, int(one is not None))
                    for scope, who, one in subjects
                ],
                schema=["run_id", "metric", "scope", "subject", "value", "n"],
                orient="row",
                infer_schema_length=None,
            ).cast({"value": pl.Float64})
            _, tables = synthetic.run(["tin-man", "tin-man"], [])
            runs.append((document, {**tables, "outcomes": outcomes}))
        return open_folder(synthetic.write(path, runs, experiment))

    return plant


def _agents(values):
    return [("agent", str(agent), value) for agent, value in enumerate(values)]


def rows(**levels):
    """Rows of `planted`: per population a list of values, by seed."""
    return [
        (value, seed, {"population": level.replace("_", "-")})
        for level, values in levels.items()
        for seed, value in enumerate(values)
    ]


def test_pairs_by_seed_and_gives_a_minus_b(planted):
    folder = planted(rows(human=[0.5, 0.7, 0.9], tin_man=[0.4, 0.4, 0.7]))
    (found,) = compare(folder, "population", ONLY)
    # Differences .1, .3, .2: mean .2, standard error .1 / sqrt 3, t(.975, 2) = 4.303.
    assert (found.a, found.b, found.n, found.paired) == ("human", "tin-man", 3, True)
    assert found.estimate == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2 - 4.3027 * 0.1 / 3**0.5, abs=1e-4)
    assert found.p == pytest.approx(0.0742, abs=1e-4)
    assert (found.scenario, found.cluster) == ("prisoners_dilemma", "run")


def test_seeds_that_differ_are_not_paired(planted):
    folder = planted(
        [(value, seed, {"population": "human"}) for seed, value in enumerate([0.5, 0.7])]
        + [(value, seed, {"population": "none"}) for seed, value in enumerate([0.1, 0.2, 0.6], 7)]
    )
    (found,) = compare(folder, "population", ONLY)
    assert (found.paired, found.n, found.n_a, found.n_b) == (False, 5, 2, 3)
    assert found.estimate == pytest.approx(0.3)


def test_an_undefined_value_drops_its_pair(planted):
    folder = planted(rows(human=[0.5, None, 0.9], none=[0.4, 0.4, 0.7]))
    (found,) = compare(folder, "population", ONLY)
    assert (found.n, found.n_a, found.n_b) == (2, 2, 3)
    assert found.estimate == pytest.approx(0.15)


def test_equal_levels_without_variance_give_zero(planted):
    folder = planted(rows(human=[1, 1, 1], none=[1, 1, 1]))
    (found,) = compare(folder, "population", ONLY)
    assert (found.estimate, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert found.effect_size is None


def test_swapping_the_levels_turns_the_contrast_round(planted):
    folder = planted(rows(human=[0.5, 0.7, 0.9], none=[0.4, 0.4, 0.7]))
    (there,) = compare(folder, "population", ONLY, baseline="none")
    (back,) = compare(folder, "population", ONLY, baseline="human")
    assert (there.a, there.b) == (back.b, back.a) == ("human", "none")
    assert there.estimate == pytest.approx(-back.estimate)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    assert there.p == pytest.approx(back.p)
    assert there.effect_size == pytest.approx(-back.effect_size)


def test_every_pair_or_each_against_the_baseline(planted):
    folder = planted(rows(a=[0, 1], b=[0, 1], c=[1, 0]))
    pairs = [(one.a, one.b) for one in compare(folder, "population", ONLY)]
    assert pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    against = [(one.a, one.b) for one in compare(folder, "population", ONLY, baseline="b")]
    assert against == [("a", "b"), ("c", "b")]


def test_numbers_are_ordered_by_size(planted):
    folder = planted([(0.5, seed, {"rounds": n}) for seed in (0, 1) for n in (10, 2)])
    (found,) = compare(folder, "rounds", ONLY)
    assert (found.a, found.b, found.n) == ("2", "10", 2)


def test_many_personas_make_the_wider_interval_decide(planted):
    # Four respondents differ much from one another, but every seed gives the same mean.
    humans = [f"human-benevolent/respondent-{number}" for number in range(4)]
    folder = planted(
        [([0.0, 0.2, 0.8, 1.0], seed, {"population": "h", "members": humans}) for seed in range(3)]
        + [([0.2] * 4, seed, {"population": "t", "members": ["tin-man"] * 4}) for seed in range(3)]
    )
    (found,) = compare(folder, "population", ONLY)
    assert (found.cluster, found.personas_a, found.personas_b) == ("persona", 4, 1)
    assert (found.estimate, found.run_error) == (pytest.approx(0.3), 0)
    spread = np.std([0.0, 0.2, 0.8, 1.0], ddof=1) / 2
    assert found.persona_error == pytest.approx(spread)
    assert found.high - found.low == pytest.approx(2 * 3.1824 * spread, abs=1e-3)


def test_personas_that_play_both_levels_are_paired(planted):
    humans = [f"human-benevolent/respondent-{number}" for number in range(3)]
    values = {"stream": [0.1, 0.5, 0.9], "market": [0.0, 0.5, 0.7]}
    folder = planted(
        [
            (given, seed, {"wording": wording, "members": humans})
            for wording, given in values.items()
            for seed in range(3)
        ]
    )
    (found,) = compare(folder, "wording", ONLY)
    # Differences market minus stream by persona: -.1, 0, -.2.
    assert (found.a, found.estimate) == ("market", pytest.approx(-0.1))
    assert (found.cluster, found.persona_error) == ("persona", pytest.approx(0.1 / 3**0.5))


def test_populations_that_share_personas_are_not_paired_by_persona(planted):
    humans = [f"human-benevolent/respondent-{number}" for number in range(3)]
    values = {"a": [0.1, 0.5, 0.9], "b": [0.1, 0.5, 0.9]}
    folder = planted(
        [
            (given, seed, {"population": name, "members": humans})
            for name, given in values.items()
            for seed in range(2)
        ]
    )
    (found,) = compare(folder, "population", ONLY)
    assert found.persona_error == pytest.approx((2 * 0.4**2 / 3) ** 0.5)


def test_the_run_decides_where_neither_interval_is_wider(planted):
    humans = [f"human-benevolent/respondent-{number}" for number in range(3)]
    folder = planted(rows(a=[0.5, 0.5], b=[0.2, 0.2]), members=humans)
    (found,) = compare(folder, "population", ONLY)
    assert (found.cluster, found.personas_a, found.persona_error) == ("run", 3, 0)
    assert found.p == 1 / 2


def test_agents_count_by_their_observations(synthetic, tmp_path):
    # Of the tin men, 1 answered twice and 2 once: their share is 2 of 3, not the mean of 1 and 0.
    members = ["guardian", "tin-man", "tin-man"]
    turns = [
        synthetic.turn(1, (0, 1), ("defect", "cooperate")),
        synthetic.turn(2, (0, 1), ("defect", "cooperate")),
        synthetic.turn(1, (0, 2), ("defect", "defect")),
    ]
    path = synthetic.write(tmp_path / "played", [synthetic.run(members, turns)])
    (found,) = compare(open_folder(path), "persona", ONLY)
    assert (found.a, found.estimate) == ("guardian", pytest.approx(-2 / 3))


def test_coordinates_compare_members_within_mixed_runs(planted):
    mixed = ["human-benevolent", "tin-man", "tin-man"]
    folder = planted(
        [([0.9, 0.2, 0.4], 0, {"members": mixed}), ([0.7, 0.1, 0.5], 1, {"members": mixed})]
    )
    (found,) = compare(folder, "identity", ONLY)
    assert (found.a, found.b, found.paired, found.n) == ("ai", "human", True, 2)
    assert found.estimate == pytest.approx((0.3 - 0.9 + 0.3 - 0.7) / 2)
    (found,) = compare(folder, "persona", ONLY)
    assert (found.a, found.b) == ("human-benevolent", "tin-man")


def test_coordinates_pair_pure_populations_by_seed(planted):
    folder = planted(
        [
            (value, seed, {"population": name, "members": [name] * 2})
            for name, values in {"guardian": [0.8, 0.6], "tin-man": [0.2, 0.4]}.items()
            for seed, value in enumerate(values)
        ]
    )
    (found,) = compare(folder, "affect", ONLY)
    assert (found.a, found.b, found.paired, found.n) == ("denied", "unmentioned", True, 2)
    assert found.estimate == pytest.approx(-0.4)


def test_declared_primaries_are_held_by_holm_and_the_rest_by_rate(planted):
    plan = '[analysis]\nprimary = "cooperation_rate"\ncontrasts = [["b", "a"], ["a", "c"]]\n'
    folder = planted(rows(a=[0.1, 0.2, 0.3], b=[0.2, 0.4, 0.5], c=[0.5, 0.5, 0.9]), plan)
    found = {(one.a, one.b): one for one in compare(folder, "population", ONLY)}
    primary = sorted((found["a", "b"], found["a", "c"]), key=lambda one: one.p)
    assert {one.family for one in primary} == {"primary"}
    assert primary[0].p_adjusted == pytest.approx(2 * primary[0].p)
    assert primary[1].p_adjusted == pytest.approx(max(primary[1].p, 2 * primary[0].p))
    assert found["b", "c"].family == "secondary"
    assert found["b", "c"].p_adjusted == found["b", "c"].p


def test_alpha_of_the_experiment_sets_the_interval(planted):
    values = rows(human=[0.5, 0.7, 0.9], none=[0.4, 0.4, 0.7])
    (found,) = compare(planted(values, "[analysis]\nalpha = 0.2\n"), "population", ONLY)
    # t(.9, 2) = 1.8856
    assert found.high - found.low == pytest.approx(2 * 1.8856 * 0.1 / 3**0.5, abs=1e-4)


def test_scenarios_are_pooled_first_and_then_apart(planted):
    folder = planted(
        [
            (value, seed, {"population": population, "scenario": scenario})
            for scenario, gap in (("chicken", 0.1), ("prisoners_dilemma", 0.3))
            for population, value in (("a", 0.5), ("b", 0.5 - gap))
            for seed in (0, 1)
        ]
    )
    assert [one.scenario for one in compare(folder, "population", ONLY)] == [None]
    found = compare(folder, "population", ONLY, per_scenario=True)
    assert [one.scenario for one in found] == [None, "chicken", "prisoners_dilemma"]
    assert [one.estimate for one in found] == [pytest.approx(x) for x in (0.2, 0.1, 0.3)]


def test_a_scenario_without_the_metric_has_no_contrast_of_its_own(planted):
    folder = planted(
        [
            (value, seed, {"population": population, "scenario": scenario})
            for scenario, value in (("chicken", None), ("prisoners_dilemma", 0.3))
            for population in "ab"
            for seed in (0, 1)
        ]
    )
    found = compare(folder, "population", ONLY, per_scenario=True)
    assert [(one.scenario, one.n) for one in found] == [(None, 2), ("prisoners_dilemma", 2)]


def test_a_planted_difference_is_recovered_from_played_runs(synthetic, tmp_path):
    rates = {"human-benevolent": 0.8, "tin-man": 0.3}
    runs = [
        synthetic.draw([name] * 3, rates, seed=seed, population=name)
        for name in rates
        for seed in range(8)
    ]
    folder = open_folder(synthetic.write(tmp_path / "played", runs))
    found = {one.metric: one for one in compare(folder, "population")}
    drawn, expected = found["cooperation_rate"], found["expected_cooperation"]
    assert drawn.low < 0.5 < drawn.high
    assert drawn.low > 0.3
    assert expected.estimate == pytest.approx(0.5)
    assert expected.high - expected.low == pytest.approx(0)
    assert found["gini"].n == 8
    assert "oversight_resistance" not in found


def test_intervals_cover_a_difference_of_populations_though_seeds_repeat_personas():
    # Five personas a side from populations that do not differ; every seed repeats their mean.
    draws = np.random.default_rng(5).normal(0.5, 0.2, size=(1000, 2, 5))
    covered = []
    for first, second in draws:
        values = {
            ("m", name): Sample(
                {Key("game", "put", f"seed {seed}"): side.mean() for seed in range(3)},
                {
                    Text(name, "persona", str(number)): {"game": value}
                    for number, value in enumerate(side)
                },
            )
            for name, side in (("a", first), ("b", second))
        }
        found = contrast(values, ("m", "a", "b"), 0.05, matched=False)
        assert found.cluster == "persona"
        covered.append(found.low <= 0 <= found.high)
    # 1000 trials at .95: standard error .007.
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    ("by", "metrics", "baseline", "message"),
    [
        ("populaton", None, None, "no factor 'populaton'; did you mean 'population'"),
        ("population", ["cooperation"], None, "did you mean 'cooperation_rate'"),
        ("population", None, "humna", "no level 'humna'; did you mean 'human'"),
    ],
)
def test_an_unknown_name_names_the_nearest(planted, by, metrics, baseline, message):
    folder = planted(rows(human=[0.1, 0.2], none=[0.2, 0.3]))
    with pytest.raises(UnknownNameError, match=message):
        compare(folder, by, metrics, baseline)


def test_one_level_is_nothing_to_compare(planted):
    folder = planted(rows(human=[0.1, 0.2], none=[0.2, 0.3]))
    with pytest.raises(AnalysisError, match="'wording' has only 'stream'"):
        compare(folder, "wording")


def test_metrics_of_whole_runs_cannot_be_told_apart_by_persona(planted):
    folder = planted([([0.1, 0.2], 0, {"members": ["tin-man", "guardian"]})])
    with pytest.raises(AnalysisError, match="'gini' is a metric of whole runs"):
        compare(folder, "persona", ["gini"])


def test_a_metric_that_is_nowhere_defined_has_no_estimate(planted):
    folder = planted(rows(human=[0.1, 0.2], none=[0.2, 0.3]))
    (found,) = compare(folder, "population", ["oversight_resistance"])
    assert (found.estimate, found.p, found.p_adjusted, found.n) == (None, None, None, 0)


def test_contrasts_do_not_depend_on_the_order_of_stored_rows(planted):
    folder = planted(rows(human=[0.51, 0.72, 0.93], none=[0.44, 0.41, 0.77]))
    before = compare(folder, "population", ONLY)
    for run in folder.runs:
        path = folder.path / "runs" / run.run_id / "outcomes.parquet"
        pl.read_parquet(path).reverse().write_parquet(path)
    assert compare(open_folder(folder.path), "population", ONLY) == before


def _games(gaps, seeds=3):
    """Two levels whose difference in each game is the given gap, with noise between seeds."""
    noise = [-0.01, 0.0, 0.01]
    return [
        Sample(
            {
                Key(f"game {game}", "put", f"{seed}"): 0.5 + sign * (gap + noise[seed]) / 2
                for game, gap in enumerate(gaps)
                for seed in range(seeds)
            }
        )
        for sign in (1, -1)
    ]


def test_pooled_games_are_the_units():
    found = difference(*_games([0.1, 0.3, 0.0, 0.2]), 0.05, matched=False)
    # Differences .1, .3, 0, .2: mean .15, sd .1291, error .06455, t(.975, 3) = 3.1824.
    assert (found.cluster, found.decisive.n, found.over_runs.n) == ("scenario", 4, 12)
    assert found.decisive.value == pytest.approx(0.15)
    assert found.decisive.high - 0.15 == pytest.approx(3.1824 * 0.06455, abs=1e-4)
    assert found.decisive.p == pytest.approx(0.1027, abs=1e-3)
    # Within each game sd .01: error over runs = .01 / sqrt 12.
    assert found.over_runs.standard_error == pytest.approx(0.01 / 12**0.5)


def test_pooled_games_that_differ_do_not_make_false_findings():
    gaps = np.random.default_rng(3).normal(0, 0.1, size=(1000, 4))
    wrong = [difference(*_games(one), 0.05, matched=False).decisive.p < 0.05 for one in gaps]
    assert np.mean(wrong) == pytest.approx(0.05, abs=0.02)


def test_games_weigh_the_same_however_many_runs_they_have():
    values = {Key("a", "put", str(seed)): 0.0 for seed in range(2)}
    values |= {Key("b", "put", str(seed)): 1.0 for seed in range(6)}
    nothing = Sample(dict.fromkeys(values, 0.0))
    assert difference(Sample(values), nothing, 0.05, matched=False).decisive.value == 0.5


def test_wordings_of_a_game_are_units():
    first = Sample(
        {
            Key("game", wording, f"{wording}{seed}"): gap
            for wording, gap in (("stream", 0.1), ("market", 0.3))
            for seed in range(3)
        }
    )
    second = Sample(dict.fromkeys(first.runs, 0.0))
    found = difference(first, second, 0.05, matched=False)
    # Differences .1 and .3: error .1, one degree of freedom.
    assert (found.cluster, found.decisive.n) == ("wording", 2)
    assert found.decisive.standard_error == pytest.approx(0.1)


def _one_level(texts, shares):
    runs = {Key("game", "put", str(seed)): 0.5 for seed in range(3)}
    return Sample(runs, {text: {"game": value} for text, value in texts.items()}, shares)


def test_texts_of_a_single_persona_are_units():
    texts = {Text("denied", "text", str(n)): value for n, value in enumerate([0.2, 0.5, 0.8])}
    found = difference(_one_level(texts, {"denied": 1.0}), _one_level({}, {}), 0.05, matched=False)
    assert (found.cluster, found.decisive.n) == ("text", 3)
    assert found.decisive.standard_error == pytest.approx(0.3 / 3**0.5)


def test_a_single_text_has_no_error_over_texts():
    one = _one_level({Text("none", "text", "0"): 0.5}, {"none": 1.0})
    assert difference(one, _one_level({}, {}), 0.05, matched=False).error("text") is None


def test_members_of_a_mix_are_no_sample():
    # Members differ by .8, but within each the personas agree.
    texts = {
        Text(member, "persona", str(n)): value
        for member, value in (("kind", 0.9), ("cruel", 0.1))
        for n in range(3)
    }
    mix = _one_level(texts, {"kind": 0.5, "cruel": 0.5})
    found = difference(mix, _one_level({}, {}), 0.05, matched=False)
    assert (found.error("persona"), found.cluster) == (0, "run")


def test_corrected_p_does_not_depend_on_what_is_shown(planted):
    folder = planted(rows(a=[0.1, 0.2, 0.3], b=[0.2, 0.4, 0.5], c=[0.5, 0.5, 0.9]))
    every = {frozenset((one.a, one.b)): one for one in compare(folder, "population")}
    for one in compare(folder, "population", ONLY, baseline="b"):
        same = every[frozenset((one.a, one.b))]
        assert (one.p, one.p_adjusted) == (same.p, same.p_adjusted)
