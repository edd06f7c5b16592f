"""Claims about simulated experiments: the estimator's own input, and power as theory has it."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.power import TTestIndPower, TTestPower

from analysis.components import LABELS
from analysis.estimator import difference
from analysis.power import Asked, cheapest, detectable, power_of
from analysis.proportions import proportion
from analysis.samples import collect, person
from analysis.simulation import Design, Draws, design, simulate

BY, ARMS = "population", ("humans", "machines")
EXPERIMENTS = 400


def layout(
    persons: int = 1, seeds: int = 1, wordings: int = 1, scenarios: int = 1, paraphrases: int = 1
) -> pl.DataFrame:
    """Every person of an arm sits once in each run of it."""
    return pl.DataFrame(
        [
            {
                "run_id": f"{arm}-{scenario}-{wording}-{seed}",
                "seed": seed,
                "scenario": f"game {scenario}",
                "wording": f"w{wording}",
                "population": arm,
                "member": f"{arm} member",
                "persona": f"{arm} {who}",
                "kind": "respondent",
                "paraphrase": paraphrase,
            }
            for arm in ARMS
            for scenario in range(scenarios)
            for wording in range(wordings)
            for seed in range(seeds)
            for who in range(persons)
            for paraphrase in range(paraphrases)
        ]
    )


def sds(**given: float) -> Mapping[str, float]:
    return {**dict.fromkeys(LABELS, 0.0), **given}


def agree(count: int, theory: float) -> None:
    """Within the simulation's own error, at odds of a thousand to one."""
    share = proportion(count, EXPERIMENTS, alpha=0.001)
    assert share.low <= theory <= share.high


def plan(**sizes: int) -> Design:
    return design(layout(**sizes), BY, ARMS)


@pytest.mark.parametrize("effect", [0.0, 0.03, 0.06])
def test_runs_alone_have_the_power_of_the_paired_t_test(effect: float) -> None:
    # Twelve pairs of runs; their differences have a standard deviation of sqrt(2) times .05.
    draws = simulate(plan(seeds=12), sds(run=0.3, run_arm=0.05), 0.05, EXPERIMENTS)
    theory = TTestPower().power(effect / (0.05 * np.sqrt(2)), nobs=12, alpha=0.05)
    agree(draws.power(effect), theory)


@pytest.mark.parametrize("effect", [0.0, 0.1, 0.16])
def test_persons_alone_have_the_power_of_two_independent_samples(effect: float) -> None:
    draws = simulate(plan(persons=10), sds(persona=0.1), 0.05, EXPERIMENTS)
    theory = TTestIndPower().power(effect / 0.1, nobs1=10, alpha=0.05, ratio=1)
    agree(draws.power(effect), theory)


def test_characters_of_a_run_average_out_before_the_test() -> None:
    # Four characters a run: a residual of .2 is one of .1 between runs.
    draws = simulate(plan(persons=2, paraphrases=2, seeds=10), sds(residual=0.2), 0.05, EXPERIMENTS)
    widths = draws.high - draws.low
    assert np.std(draws.value) == pytest.approx(0.1 * np.sqrt(2 / 10), rel=0.15)
    assert np.all(widths > 0)


def test_more_seeds_do_not_replace_persons() -> None:
    spread = sds(persona=0.1, residual=0.02)
    few = simulate(plan(persons=4, seeds=3), spread, 0.05, EXPERIMENTS).power(0.15)
    seeds = simulate(plan(persons=4, seeds=24), spread, 0.05, EXPERIMENTS).power(0.15)
    persons = simulate(plan(persons=16, seeds=3), spread, 0.05, EXPERIMENTS).power(0.15)
    assert seeds < few + 0.2 * EXPERIMENTS
    assert persons > few + 0.3 * EXPERIMENTS


def test_without_an_effect_intervals_exclude_zero_as_seldom_as_they_say() -> None:
    spread = sds(wording=0.2, wording_arm=0.05, persona=0.05, persona_wording=0.03, residual=0.05)
    draws = simulate(plan(persons=8, wordings=6, seeds=2), spread, 0.05, EXPERIMENTS)
    assert 0.01 * EXPERIMENTS <= draws.power(0) <= 0.08 * EXPERIMENTS


def test_what_there_is_one_of_does_not_vary() -> None:
    spread = sds(scenario=9, scenario_arm=9, wording=9, wording_arm=9, persona=9, text=9)
    draws = simulate(plan(seeds=3), {**spread, "persona_wording": 9}, 0.05, 50)
    assert np.all(draws.value == 0)


def test_the_estimator_is_given_what_it_is_given_of_a_folder() -> None:
    table = layout(persons=4, seeds=2, wordings=2, scenarios=2).sample(fraction=0.8, seed=1)
    of = design(table, BY, ARMS)
    values = np.random.default_rng(4).normal(size=(len(table), 1))
    rows = table.sort(BY, "run_id", "member", "persona", "paraphrase").with_columns(
        metric=pl.lit("m"),
        level=pl.col(BY),
        pair=pl.concat_str(pl.col("seed").cast(pl.String), "scenario", "wording", separator="\x1f"),
        strategy=pl.lit(None, pl.String),
        value=values[:, 0],
        weight=1.0,
    )
    runs = rows.group_by("metric", "level", "scenario", "wording", "pair").agg(
        pl.col("value").mean()
    )
    known = collect(runs, rows)
    for arm, made in zip(ARMS, (of.first, of.second), strict=True):
        (sample,), expected = list(made.samples(values)), known["m", arm]
        assert dict(sample.runs) == pytest.approx(dict(expected.runs))
        assert sample.texts.keys() == expected.texts.keys()
        for text, found in sample.texts.items():
            assert dict(found) == pytest.approx(dict(expected.texts[text]))
        assert dict(sample.shares) == pytest.approx(dict(expected.shares))
        assert sample.personas == expected.personas
        assert list(sample.cells.units) == list(expected.cells.units)
        assert list(sample.cells.places) == list(expected.cells.places)
        assert sample.cells.value == pytest.approx(expected.cells.value)
        assert sample.cells.share == pytest.approx(expected.cells.share)


@pytest.mark.parametrize(
    "sizes", [{"persons": 5, "seeds": 3, "wordings": 3}, {"persons": 4, "scenarios": 3}]
)
def test_an_effect_moves_the_interval_and_changes_no_error(sizes: dict[str, int]) -> None:
    of = plan(**sizes)
    values = np.random.default_rng(2).normal(size=(len(layout(**sizes)), 1))
    arm = layout(**sizes).sort(BY, maintain_order=True)[BY].to_numpy() == ARMS[0]
    (second,) = of.second.samples(values)
    ends = []
    for effect in (0.0, 0.7):
        (first,) = of.first.samples(values + effect * arm[:, None])
        shown = difference(first, second, 0.05, matched=of.matched).decisive
        ends.append((shown.value, shown.low, shown.high))
    assert np.subtract(*ends[::-1]) == pytest.approx(0.7)


def test_the_detectable_effect_is_the_smallest_with_the_target_power() -> None:
    ends = np.array([-0.1, -0.2, -0.3, -0.4, -0.5])
    draws = Draws(ends + 0.1, ends, ends + 1, ends, ("run",) * 5)
    assert detectable(draws, 0.8) == pytest.approx(0.4)  # four of five lie above 0


def test_without_intervals_nothing_is_detected() -> None:
    draws = simulate(plan(), sds(residual=0.1), 0.05, 50)
    assert detectable(draws) is None
    assert draws.power(10) == 0
    assert draws.equivalent(10) == 0


def test_equivalence_is_shown_where_little_varies_and_not_where_much_does() -> None:
    of, asked = plan(seeds=10), Asked(0.05, 0.05, 0.05, 100)
    assert power_of(of, sds(run_arm=0.005), asked).equivalent.value == 1
    assert power_of(of, sds(run_arm=0.5), asked).equivalent.value < 0.1


def test_the_same_question_has_the_same_answer() -> None:
    of, asked = plan(persons=3, seeds=2), Asked(0.05, 0.05, 0.05, 60)
    spread = sds(persona=0.1, residual=0.1)
    assert power_of(of, spread, asked) == power_of(of, spread, asked)
    assert cheapest([]) is None


def test_a_person_told_as_a_machine_is_the_same_person_in_both_arms() -> None:
    table = layout(persons=4, seeds=2).with_columns(
        persona=pl.when(pl.col(BY) == ARMS[0])
        .then(pl.concat_str(pl.lit("respondent-"), pl.col("persona").str.slice(-1)))
        .otherwise(pl.concat_str(pl.lit("ai-respondent-"), pl.col("persona").str.slice(-1)))
    )
    assert table.select(person=person())["person"].n_unique() == 4
    alike = simulate(design(table, BY, ARMS), sds(persona=0.2), 0.05, 50)
    assert alike.value == pytest.approx(0, abs=1e-12)  # what a person is drops out
    apart = simulate(design(table, BY, ARMS), sds(persona_arm=0.2), 0.05, 50)
    assert np.std(apart.value) > 0.05
