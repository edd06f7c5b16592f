"""Claims about permutations: what they keep, what they find, and how often they err."""

from itertools import permutations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.networks import mixing, nulls
from analysis.networks.acts import Network
from analysis.networks.measures import measures
from analysis.networks.reciprocity import dyadic_reciprocity, reciprocity

OFF = 1 - np.eye(5, dtype=int)
LABELS = ["a"] * 5 + ["b"] * 5
ROUNDS = 6


def network(cooperative, acts):
    nothing = np.zeros_like(acts)
    return Network(acts, cooperative, acts - cooperative, nothing, nothing)


def played(seed, rate):
    """Ten characters, each with each in six rounds, cooperating by the rates [giver, receiver]."""
    acts = ROUNDS * (1 - np.eye(10, dtype=int))
    return network(np.random.default_rng(seed).binomial(acts, rate), acts)


def p_of(found, statistic):
    (one,) = [each for each in found if each.statistic == statistic and each.giver is None]
    return one.tested.p


@given(arrays(int, (5, 5), elements=st.integers(0, 3)), st.integers(0, 99))
def test_each_giver_keeps_its_treatments_among_those_it_met_equally_often(counts, seed):
    acts = counts * OFF
    hits = np.random.default_rng(seed).binomial(acts, 0.5)
    for drawn in nulls.permuted_partners(hits, acts, nulls.generator("run"), 5):
        for before, after, met in zip(hits, drawn, acts, strict=True):
            for often in range(4):
                assert sorted(before[met == often]) == sorted(after[met == often])


def test_permuted_labels_keep_their_number_and_leave_the_unlabelled_alone():
    who = mixing.indicators(["a", None, "b", "b"])[1]
    drawn = nulls.permuted_labels(who, nulls.generator("run"), 600)
    assert (drawn.sum(axis=1) == [1, 2]).all()
    assert not drawn[:, 1].any()
    # The one a is at each of the three places in a third of the permutations.
    assert drawn[:, [0, 2, 3], 0].mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.08)


def test_a_value_as_far_as_a_draw_counts_and_p_is_never_0():
    # Expected (1 + 0 + 0 + 3) / 4 = 1; 3 is 2 away, no draw is.
    found = nulls.tested(3.0, np.array([0.0, 1.0, 0.0]))
    assert (found.expected, found.p, found.permutations) == (1, 1 / 4, 3)
    assert found.z == pytest.approx(2 / sqrt(6 / 4))
    assert nulls.tested(1.0, np.array([0.0, 1.0, 2.0, np.nan])).p == 1


def test_where_all_permutations_agree_nothing_is_tested():
    found = nulls.tested(0.5, np.full(9, 0.5))
    assert (found.z, found.p, found.permutations) == (None, 1, 9)
    assert nulls.tested(np.nan, np.zeros(9)).p is None


def test_p_approaches_that_of_all_permutations():
    harms = np.array([[0, 2, 0, 1], [1, 0, 0, 0], [0, 0, 0, 3], [1, 0, 2, 0]])
    acts = 3 * (1 - np.eye(4, dtype=int))
    kinds = mixing.indicators(["a", "a", "b", "b"])[1]

    def statistic(who):
        return mixing.mean_over_kinds(mixing.own_minus_others(harms, acts, who), who)

    everything = np.array([statistic(kinds[list(order)]) for order in permutations(range(4))])
    centre, observed = everything.mean(), statistic(kinds)
    exact = np.mean(np.abs(everything - centre) >= abs(observed - centre) - 1e-9)
    drawn = nulls.permuted_labels(kinds, nulls.generator("run"), 4000)
    found = nulls.tested(float(observed), statistic(drawn))
    assert found.p == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / 4000))
    assert found.expected == pytest.approx(centre, abs=0.03)


def test_a_run_is_permuted_the_same_way_every_time_and_another_run_otherwise():
    some = played(1, 0.5)
    once, again, other = (measures(some, LABELS, key) for key in ("x", "x", "y"))
    assert once == again
    assert once != other
    assert [one.tested.value for one in once] == [one.tested.value for one in other]


def test_planted_favour_of_the_own_kind_is_found():
    own = np.equal.outer(LABELS, LABELS)
    found = measures(played(2, np.where(own, 0.8, 0.4)), LABELS, "run")
    assert p_of(found, "cooperative_assortativity") == 1 / 1000
    assert p_of(found, "uncooperative_own_minus_others") < 0.02
    assert p_of(found, "cooperative_reciprocity") < 0.01  # both sides of a pair are alike


def test_planted_reciprocity_is_found_where_kinds_do_not_matter():
    chance = np.random.default_rng(3)
    ties = np.triu(chance.choice([0.2, 0.8], (10, 10)), 1)
    found = measures(played(3, ties + ties.T), LABELS, "run")
    assert p_of(found, "cooperative_reciprocity") == 1 / 1000
    assert p_of(found, "uncooperative_reciprocity") == 1 / 1000
    assert p_of(found, "dyadic_reciprocity") == 1 / 1000
    assert p_of(found, "uncooperative_own_minus_others") > 0.05


def test_kinds_that_only_differ_in_kindness_are_not_taken_for_cliquish():
    givers = np.repeat([0.9, 0.2], 5)[:, None]
    found = measures(played(4, givers), LABELS, "run")
    assert p_of(found, "cooperative_assortativity") > 0.05
    assert p_of(found, "uncooperative_own_minus_others") > 0.05
    assert p_of(found, "cooperative_reciprocity") > 0.05
    rates = {each.giver: each for each in found if each.receiver is None and each.hits is not None}
    assert rates["a"].tested.p < 0.02


TRIALS, TIMES, ALPHA = 400, 199, 0.05
REACH = 3 * sqrt(ALPHA * (1 - ALPHA) / TRIALS)


def test_reciprocity_errs_as_seldom_as_it_says():
    """Givers with favourites of their own that are not returned: p <= .05 in a twentieth."""
    errors = 0
    for seed in range(TRIALS):
        some = played(seed, np.random.default_rng([seed, 1]).beta(1, 1, (10, 10)))
        drawn = nulls.permuted_partners(
            some.cooperative, some.acts, nulls.generator(str(seed)), TIMES
        )
        found = nulls.tested(float(reciprocity(some.cooperative)), reciprocity(drawn))
        errors += found.p <= ALPHA
    assert errors / TRIALS == pytest.approx(ALPHA, abs=REACH)


def test_dyadic_reciprocity_errs_as_seldom_where_the_kind_are_treated_kindly():
    """Some give much and get much, but nobody more to whom it gets more from: the same."""
    errors = 0
    for seed in range(TRIALS):
        kindness = np.random.default_rng([seed, 3]).random(10)
        some = played(seed, np.add.outer(kindness, kindness) / 2)
        drawn = nulls.permuted_partners(
            some.cooperative, some.acts, nulls.generator(str(seed)), TIMES
        )
        found = nulls.tested(
            float(dyadic_reciprocity(some.cooperative, some.acts)),
            dyadic_reciprocity(drawn, some.acts),
        )
        errors += found.p <= ALPHA
    assert errors / TRIALS == pytest.approx(ALPHA, abs=REACH)


def test_large_networks_are_permuted_in_parts(monkeypatch):
    some = played(5, 0.5)
    monkeypatch.setattr(nulls, "_CELLS", 100 * 250)
    shapes = []

    def statistic(drawn):
        shapes.append(drawn.shape[0])
        return reciprocity(drawn)

    (found,) = nulls.under_permuted_partners(
        some.cooperative, some.acts, nulls.generator("run"), [statistic]
    )
    assert shapes == [250, 250, 250, 249]
    assert found.shape == (999,)


def test_favour_errs_as_seldom_as_it_says():
    """Characters differ in what they give and get, whatever their label: the same."""
    who = mixing.indicators(LABELS)[1]
    errors = 0
    for seed in range(TRIALS):
        chance = np.random.default_rng([seed, 2])
        some = played(seed, (chance.random((10, 1)) + chance.random(10)) / 2)

        def statistic(labels, of=some):
            values = mixing.own_minus_others(of.uncooperative, of.acts, labels)
            return mixing.mean_over_kinds(values, labels)

        drawn = nulls.permuted_labels(who, nulls.generator(str(seed)), TIMES)
        errors += nulls.tested(float(statistic(who)), statistic(drawn)).p <= ALPHA
    assert errors / TRIALS == pytest.approx(ALPHA, abs=REACH)
