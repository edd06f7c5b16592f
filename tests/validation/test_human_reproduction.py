"""What people did, written out as choices again, gives what was published."""

import polars as pl
import pytest
from human_reproduction import FILE, by_city, checks, mean_contribution, table
from page import HERE
from polars.testing import assert_frame_equal
from statsmodels.stats.proportion import proportion_confint

from scenarios.human_rows import reference


@pytest.fixture(scope="module")
def found():
    return checks()


def test_the_recorded_numbers_are_those_of_today_s_metrics(found):
    recorded = pl.read_csv(HERE / "data" / FILE, schema_overrides={"why": pl.String})
    assert_frame_equal(
        table(found).with_columns(pl.col("why").replace("", None)),
        recorded.with_columns(pl.col("why").replace("", None)),
        rel_tol=1e-9,
    )


def test_every_rate_and_mean_agrees_and_no_mismatch_is_unexplained(found):
    assert {one.function for one in found if not one.agrees} == {
        "proportion, Wilson",
        "statistic contribution_by_period, mean_interval",
    }
    assert all(one.why for one in found if not one.agrees)


def test_the_explanation_of_the_shares_intervals_holds():
    # Wilson's interval of the share as it is rounded, n times .979 and so on.
    for (_, measure, condition), row in reference().items():
        if measure == "p_cooperate_given_previous" and condition.startswith("pooled 6"):
            ends = proportion_confint(row.value * row.n, row.n, method="wilson")
            assert [round(end, 4) for end in ends] == [row.ci_low, row.ci_high]


def test_the_explanation_of_the_cities_intervals_holds():
    # Student's quantile of 15 degrees of freedom, and an error of the rounded sd over root 16.
    rows = [
        row
        for (game, measure, condition), row in reference().items()
        if (game, measure) == ("public_goods", "mean_contribution") and ", period " in condition
    ]
    assert len(rows) == 20
    for row in rows:
        half = 2.13145 * row.sd / 4
        ends = (row.value - half, row.value + half)
        assert ends == (pytest.approx(row.ci_low, abs=0.005), pytest.approx(row.ci_high, abs=0.005))


@pytest.mark.parametrize(("city", "effect"), [("Melbourne", 9.2), ("Riyadh", -0.7)])
def test_punishment_moves_cities_as_the_page_on_people_says(city, effect):
    with_, without = (
        mean_contribution(by_city(kind)[city]) for kind in ("punishment", "no_punishment")
    )
    assert with_ - without == pytest.approx(effect, abs=0.05)
