"""Claims about variance components: worked by hand, against REML, and recovered where planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis.moments import fit

PERSONS, WORDINGS, REPEATS = 10, 6, 4
TRUE = {"person": 0.09, "wording": 0.04, "both": 0.01, "residual": 0.0025}


def crossed() -> dict[str, np.ndarray]:
    grid = np.meshgrid(range(PERSONS), range(WORDINGS), range(REPEATS), indexing="ij")
    person, wording = grid[0].ravel(), grid[1].ravel()
    return {"person": person, "wording": wording, "both": person * WORDINGS + wording}


def planted(terms: dict[str, np.ndarray], seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    values = generator.normal(0, np.sqrt(TRUE["residual"]), len(terms["person"]))
    for name, codes in terms.items():
        values += generator.normal(0, np.sqrt(TRUE[name]), codes.max() + 1)[codes]
    return values


def one_cell(values: np.ndarray) -> np.ndarray:
    return np.zeros(len(values), dtype=int)


def test_one_way_is_the_analysis_of_variance() -> None:
    # Groups {1, 3} and {5, 9}: mean squares 25 between and 5 within, so (25 - 5) / 2 and 5.
    values = np.array([1.0, 3.0, 5.0, 9.0])
    between, within = fit(values, one_cell(values), {"group": np.array([0, 0, 1, 1])})
    assert between.variance == pytest.approx(10)
    assert within.variance == pytest.approx(5)
    assert (between.units, within.units) == (2, 4)


def test_less_than_chance_is_negative_and_its_interval_begins_at_zero() -> None:
    # Equal means of {1, 3} and {0, 4}: mean squares 0 between and 10 / 2 within; (0 - 5) / 2.
    values = np.array([1.0, 3.0, 0.0, 4.0])
    between, _ = fit(values, one_cell(values), {"group": np.array([0, 0, 1, 1])})
    assert between.variance == pytest.approx(-2.5)
    assert between.low == 0


def test_the_interval_of_a_lone_variance_is_the_exact_one() -> None:
    values = np.random.default_rng(3).normal(size=12)
    (residual,) = fit(values, one_cell(values), {})
    squares = values.var(ddof=1) * 11
    assert residual.variance == pytest.approx(values.var(ddof=1))
    assert residual.low == pytest.approx(squares / stats.chi2.ppf(0.975, 11), rel=0.1)
    assert residual.high == pytest.approx(squares / stats.chi2.ppf(0.025, 11), rel=0.1)


def test_agrees_with_reml_on_balanced_data() -> None:
    terms = crossed()
    values = 10 * planted(terms, 5)  # REML's optimizer wants variances of about 1.
    table = pd.DataFrame({"value": values, "all": 1, **terms})
    formula = {name: f"0 + C({name})" for name in terms}
    reml = MixedLM.from_formula("value ~ 1", groups="all", vc_formula=formula, data=table)
    reml = reml.fit(method=["powell", "lbfgs"])
    by_reml = dict(zip(reml.model.exog_vc.names, reml.vcomp, strict=True))
    found = {one.name: one.variance for one in fit(values, one_cell(values), terms)}
    for name in terms:
        assert found[name] == pytest.approx(by_reml[name], rel=0.01), name
    assert found["residual"] == pytest.approx(reml.scale, rel=0.01)


def test_planted_variances_come_back_on_average_where_a_third_is_missing() -> None:
    whole = crossed()
    keep = np.random.default_rng(0).random(len(whole["person"])) < 2 / 3
    terms = {name: np.unique(codes[keep], return_inverse=True)[1] for name, codes in whole.items()}
    drawn = [planted(whole, seed)[keep] for seed in range(60)]
    found = [[one.variance for one in fit(v, one_cell(v), terms)] for v in drawn]
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    true = np.array([*(TRUE[name] for name in terms), TRUE["residual"]])
    assert np.all(np.abs(mean - true) < 4 * error)


def test_intervals_cover_as_often_as_they_say() -> None:
    terms = crossed()
    covered = [
        one.low <= TRUE[one.name] <= (one.high or np.inf)
        for seed in range(40)
        for one in fit(planted(terms, 100 + seed), one_cell(terms["person"]), terms)
    ]
    assert 0.90 < np.mean(covered) <= 0.99  # 160 intervals of 95%


def test_what_the_fixed_cells_tell_is_no_variance() -> None:
    values = np.array([0.0, 1.0, 5.0, 6.0])
    cells = np.array([0, 0, 1, 1])
    arm, residual = fit(values, cells, {"arm": cells})
    assert (arm.variance, arm.within) == (None, ("the fixed design",))
    assert residual.variance == pytest.approx(0.5)


def test_of_two_that_coincide_the_first_is_kept() -> None:
    values = np.array([0.0, 1.0, 5.0, 6.0])
    codes = np.array([0, 0, 1, 1])
    first, second, _ = fit(values, one_cell(values), {"scenario": codes, "wording": codes[::-1]})
    assert first.variance is not None
    assert (second.variance, second.within) == (None, ("scenario",))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(0.1, 10))
def test_a_shift_changes_nothing_and_a_scale_squares(seed: int, shift: float, scale: float) -> None:
    generator = np.random.default_rng(seed)
    values, group = generator.normal(size=12), np.repeat(range(4), 3)
    plain = fit(values, one_cell(values), {"group": group})
    moved = fit(scale * values + shift, one_cell(values), {"group": group})
    for one, other in zip(plain, moved, strict=True):
        assert other.variance == pytest.approx(scale**2 * one.variance, abs=1e-8)
