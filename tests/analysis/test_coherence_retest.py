"""Claims about test-retest agreement, and about how far personas are apart, worked by hand."""

from math import log2, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import fleiss_kappa

from analysis.coherence.distance import Distances, distances, separation
from analysis.coherence.policies import policies
from analysis.coherence.retest import (
    EXACT,
    ONE_DRAW,
    ONE_KIND,
    agreement,
    between_draws,
    between_wordings,
)
from analysis.folder import open_folder

SURE = 1 - 1e-15
ONE, TWO = "human-benevolent/respondent-1", "human-benevolent/respondent-2"


@given(st.lists(st.integers(0, 5), min_size=2, max_size=8))
def test_agreement_is_the_librarys_where_all_are_drawn_equally_often(first):
    counts = [(a, 5 - a) for a in first]
    shares = np.sum(counts, axis=0) / (5 * len(counts))
    found = agreement(counts)
    if shares.max() == 1:
        assert found.kappa is None
    else:
        assert found.kappa == pytest.approx(fleiss_kappa(np.array(counts)))


def test_subjects_may_be_drawn_unequally_often():
    # 1 of 3 pairs, and 1 of 1; those of one draw have no pair. Chance: (3/5)^2 + (2/5)^2.
    found = agreement([(2, 1), (0, 0), (1, 0), (1, 1), (0, 0)])
    assert found.agreement == pytest.approx((1 / 3 + 0) / 2)
    assert (found.subjects, found.draws) == (2, 5)
    assert found.kappa == pytest.approx((1 / 6 - 13 / 25) / (1 - 13 / 25))


def drawn(asked, first_choices, draws, name="drawn"):
    """A folder of sampled answers: for each (persona, scenario) the actions of calls "0", "1"..."""
    rows = [
        asked(persona, 0.5, scenario=scenario, readout="json")
        for (persona, scenario), actions in draws.items()
        for _ in actions
    ]
    folder = first_choices(rows, name)
    given = [
        (action, f"{scenario}-{number}")
        for (_, scenario), actions in draws.items()
        for number, action in enumerate(actions)
    ]
    for file, (action, call) in zip(
        sorted(folder.path.glob("runs/*/decisions.parquet")), given, strict=True
    ):
        told = {"action": pl.lit(action), "call_key": pl.lit(call)}
        none = pl.lit(None, pl.List(pl.Float64))
        pl.read_parquet(file).with_columns(**told, probabilities=none).write_parquet(file)
    return open_folder(folder.path)


def test_repeated_draws_of_one_context_agree_or_not(asked, first_choices):
    found = between_draws(
        drawn(
            asked,
            first_choices,
            {
                (ONE, "prisoners_dilemma"): ["cooperate"] * 3,
                (ONE, "chicken"): ["escalate"] * 3,
                (TWO, "prisoners_dilemma"): ["cooperate", "defect", "defect"],
                (TWO, "chicken"): ["escalate"],
            },
        )
    )
    one, two = found.sort("persona").iter_rows(named=True)
    assert (one["agreement"], one["kappa"], one["contexts"], one["draws"]) == (1, 1, 2, 6)
    # One pair of three agrees; chance (1/3)^2 + (2/3)^2 = 5/9.
    assert two["agreement"] == pytest.approx(1 / 3)
    assert two["kappa"] == pytest.approx((1 / 3 - 5 / 9) / (1 - 5 / 9))
    assert (two["contexts"], two["draws"]) == (1, 3)


def test_a_call_that_is_met_again_is_no_second_draw(asked, first_choices):
    folder = drawn(asked, first_choices, {(ONE, "chicken"): ["escalate"] * 3})
    for file in folder.path.glob("runs/*/decisions.parquet"):
        pl.read_parquet(file).with_columns(call_key=pl.lit("0")).write_parquet(file)
    (row,) = between_draws(folder).iter_rows(named=True)
    assert (row["agreement"], row["kappa"], row["draws"]) == (None, None, 0)
    assert row["why_not"] == ONE_DRAW


def test_what_chance_agrees_on_as_well_has_no_kappa(asked, first_choices):
    folder = drawn(asked, first_choices, {(ONE, "chicken"): ["escalate"] * 3})
    (row,) = between_draws(folder).iter_rows(named=True)
    assert (row["agreement"], row["kappa"], row["why_not"]) == (1, None, ONE_KIND)


def test_an_exact_readout_has_nothing_to_draw_again(asked, first_choices):
    (row,) = between_draws(first_choices([asked(ONE, 0.5)])).iter_rows(named=True)
    assert (row["agreement"], row["kappa"], row["why_not"]) == (None, None, EXACT)


def personas(asked, first_choices, shares, name="asked"):
    """Each persona's rate in each wording of two scenarios."""
    rows = [
        asked(f"human-benevolent/respondent-{person}", share, scenario=scenario, wording=wording)
        for person, of_wordings in enumerate(shares)
        for scenario in ("prisoners_dilemma", "chicken")
        for wording, share in zip(("a", "b"), of_wordings, strict=True)
    ]
    return policies(first_choices(rows, name))


def test_personas_that_keep_their_place_are_reliable(asked, first_choices):
    found = personas(asked, first_choices, [(0.2, 0.3), (0.4, 0.5), (0.6, 0.7)])
    half = between_wordings(found, "embedded", "cloze")
    assert (half.r, half.reliability) == (pytest.approx(1), pytest.approx(1))
    assert (half.personas, half.wordings) == (3, 4)


def test_personas_that_change_places_are_not(asked, first_choices):
    found = personas(asked, first_choices, [(0.2, 0.7), (0.3, 0.4), (0.6, 0.2)])
    # Of two scenarios with the same two wordings half of the splits put a and a together, with
    # r of (.2, .3, .6) and (.7, .4, .2); the others put a and b together, and correlate by 1.
    one, other = np.array([0.2, 0.3, 0.6]), np.array([0.7, 0.4, 0.2])
    low = np.corrcoef(one, other)[0, 1]
    half = between_wordings(found, "embedded", "cloze")
    assert half.r == pytest.approx((low + 1) / 2, abs=0.1)
    only = found.frame.filter(scenario="chicken")
    half = between_wordings(type(found)(only, {}), "embedded", "cloze")
    assert (half.r, half.reliability) == (pytest.approx(low), None)


def test_spearman_and_brown_step_a_half_up_to_the_whole(asked, first_choices):
    found = personas(asked, first_choices, [(0.2, 0.4), (0.4, 0.3), (0.6, 0.7), (0.5, 0.5)])
    only = type(found)(found.frame.filter(scenario="chicken"), {})
    half = between_wordings(only, "embedded", "cloze")
    r = np.corrcoef([0.2, 0.4, 0.6, 0.5], [0.4, 0.3, 0.7, 0.5])[0, 1]
    assert half.r == pytest.approx(r)
    assert half.reliability == pytest.approx(2 * r / (1 + r))


def test_too_few_personas_or_wordings_have_no_reliability(asked, first_choices):
    few = personas(asked, first_choices, [(0.2, 0.3), (0.4, 0.5)])
    assert between_wordings(few, "embedded", "cloze").why_not == (
        "2 personas were put every wording, and it needs 3"
    )
    same = personas(asked, first_choices, [(0.2, 0.3)] * 3, "same")
    assert "the same in some half" in between_wordings(same, "embedded", "cloze").why_not
    alone = policies(first_choices([asked(ONE, 0.5)], "alone"))
    assert between_wordings(alone, "embedded", "cloze").why_not == (
        "no scenario was put in two wordings"
    )


def test_the_distance_between_personas_is_the_mean_over_shared_contexts(asked, first_choices):
    rows = [
        asked(ONE, 0.5),
        asked(TWO, SURE),
        asked(ONE, 0.5, scenario="chicken"),
        asked(TWO, 0.5, scenario="chicken"),
        asked("tin-man", 0.5, scenario="stag_hunt"),
    ]
    found = distances(policies(first_choices(rows)), "embedded", "cloze")
    assert found.personas == ("respondent-1", "respondent-2", "tin-man")
    half = (log2(4 / 3) + (log2(2 / 3) + 1) / 2) / 2
    assert found.between[0, 1] == pytest.approx(sqrt(half) / 2)
    assert found.between[1, 0] == pytest.approx(sqrt(half) / 2)
    assert found.between[0, 0] == 0
    # The tin man was put nothing that they were put.
    assert np.isnan(found.between[0, 2])


def matrix(positions):
    """Distances of points on a line."""
    points = np.array(positions, dtype=float)
    names = tuple(f"p{i}" for i in range(len(points)))
    return Distances(names, np.abs(points[:, None] - points[None, :]), 1)


def test_the_pseudo_f_of_points_on_a_line_is_that_of_the_analysis_of_variance():
    """Anderson 2001: with one variable and Euclidean distances it is Fisher's F."""
    found = separation(matrix([1, 2, 3, 5, 6, 10]), {f"p{i}": "ab"[i // 3] for i in range(6)})
    # Means 2 and 7, grand 4.5: between 37.5 (1 df), within 2 + 14 = 16 (4 df).
    assert found.pseudo_f == pytest.approx(37.5 / (16 / 4))
    assert found.r2 == pytest.approx(37.5 / 53.5)
    assert found.means["a", "a"] == pytest.approx((1 + 1 + 2) / 3)
    assert found.means["a", "b"] == pytest.approx(5)
    # Two of the twenty splits are as extreme; the p of the permutations is near .1.
    assert found.p == pytest.approx(0.1, abs=0.04)


def test_groups_that_are_one_do_not_separate():
    generator = np.random.default_rng(5)
    found = separation(
        matrix(generator.normal(size=30)), {f"p{i}": "abc"[i % 3] for i in range(30)}
    )
    assert found.p > 0.05


def test_where_no_pseudo_f_can_be_it_is_said_why():
    assert separation(matrix([1, 2]), {"p0": "a", "p1": "a"}).why_not == "a single group"
    alone = separation(matrix([1, 2]), {"p0": "a", "p1": "b"})
    assert alone.why_not == "a single persona in every group"
    assert alone.means == {("a", "a"): None, ("a", "b"): 1, ("b", "b"): None}
    same = separation(matrix([1, 1, 1]), {"p0": "a", "p1": "a", "p2": "b"})
    assert (same.p, same.pseudo_f) == (1, None)
    apart = separation(matrix([1, 1, 2, 2]), {f"p{i}": "ab"[i // 2] for i in range(4)})
    assert (apart.pseudo_f, apart.r2) == (None, 1)
    assert "infinite" in apart.why_not
    unknown = matrix([1, 2, 3])
    unknown.between[0, 1] = unknown.between[1, 0] = np.nan
    found = separation(unknown, {"p0": "a", "p1": "b", "p2": "b"})
    assert found.why_not == "two personas share no context"
