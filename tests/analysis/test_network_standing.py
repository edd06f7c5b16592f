"""Claims about standing: who is good in the eyes of the good, against values from elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.networks.acts import Network
from analysis.networks.standing import eigenjesus, eigenmoses, principal, relative

NAN = np.nan
# Ten rounds of always cooperate, always defect, tit for tat and grim, who do not meet themselves.
FOUR = np.array([[NAN, 1, 1, 1], [0, NAN, 0, 0], [1, 0.1, NAN, 1], [1, 0.1, 1, NAN]])


def network(cooperative, acts):
    cooperative, acts = np.array(cooperative), np.array(acts)
    nothing = np.zeros_like(acts)
    return Network(acts, cooperative, acts - cooperative, nothing, nothing)


def by_numpy(matrix):
    """The eigenvector of the largest eigenvalue, in the direction of equal standing."""
    values, vectors = np.linalg.eig(matrix)
    vector = vectors[:, np.argmax(values.real)].real
    return vector * np.sign(vector.sum())


def test_ratings_are_those_of_the_axelrod_library():
    # Alternator, random and tit for tat, themselves included: expected values of its own tests.
    rates = np.array([[0.6, 0.6, 0.6], [0.6, 1, 0.6], [0.7, 0.5, 0.5]])
    assert eigenjesus(rates) == pytest.approx([0.537, 0.678, 0.503], abs=1e-3)
    vengeful = np.array([[0.2, 0.2, 0.2], [0.2, 1, 0.2], [0.4, 0, 0]])
    assert eigenmoses(vengeful / 2 + 0.5) == pytest.approx([0.243, 0.966, 0.091], abs=1e-3)


def test_two_who_favour_one_another_are_equal_where_its_iteration_swings():
    # That library's tests expect (0.555, 0.832, 0) here, its thousandth step of an iteration that
    # swings between two vectors. Only equal standing reproduces itself: 0.6 v = C v.
    rates = np.array([[0, 0.6, 0.6], [0.6, 0, 0.2], [0, 0, 0]])
    assert eigenjesus(rates) == pytest.approx([0.5**0.5, 0.5**0.5, 0], abs=1e-9)


def test_to_be_bad_to_the_good_is_no_standing():
    # That library's tests expect (-0.458, 0.731, 0.506), of eigenvalue -1.54; all are negative.
    matrix = np.array([[-1, 0.2, 0.2], [0.2, -1, -0.6], [-1, -1, -1]])
    assert (np.linalg.eigvals(matrix).real < 0).all()
    assert principal(matrix) is None


def test_a_defector_has_no_eigenjesus_and_all_who_cooperate_together_have_the_same():
    assert eigenjesus(FOUR) == pytest.approx([3**-0.5, 0, 3**-0.5, 3**-0.5], abs=1e-9)


def test_eigenmoses_holds_cooperation_with_a_defector_against_a_cooperator():
    jesus, defector, copycat, grim = eigenmoses(FOUR)
    assert defector < 0 < jesus < copycat == pytest.approx(grim)
    assert eigenmoses(FOUR) == pytest.approx(by_numpy(np.nan_to_num(2 * FOUR - 1)), abs=1e-9)


def test_a_star_of_cooperators_settles_although_it_has_two_sides():
    # The middle of a star of four has sqrt(3) times the standing of its points.
    star = np.full((4, 4), NAN)
    star[0, 1:] = star[1:, 0] = 1
    assert eigenjesus(star) == pytest.approx([0.5**0.5, *[6**-0.5] * 3], abs=1e-9)


@pytest.mark.parametrize(
    "rates",
    [
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],  # nobody cooperates
        [[0, 1, 0], [0, 0, 1], [0, 0, 0]],  # nothing ever comes back
    ],
)
def test_without_cooperation_that_comes_back_nobody_is_good(rates):
    assert eigenjesus(np.array(rates, dtype=float)) is None


def test_a_society_of_defectors_has_no_one_good_opinion():
    rates = np.where(np.eye(4) > 0, NAN, 0.0)
    assert eigenmoses(rates) is None


def test_opinions_that_go_round_in_a_circle_do_not_settle():
    # Each cooperates with the next and defects on the one before.
    assert eigenmoses(np.array([[NAN, 1, 0], [0, NAN, 1], [1, 0, NAN]])) is None


@given(arrays(float, (5, 5), elements=st.floats(0.05, 1)))
def test_eigenjesus_is_perrons_vector(rates):
    assert eigenjesus(rates) == pytest.approx(by_numpy(rates), abs=1e-6)


@given(
    arrays(float, (5, 5), elements=st.integers(0, 8).map(lambda k: k / 8)),
    st.permutations(range(5)),
)
def test_whoever_sits_where_has_the_same_standing(rates, order):
    for rating in (eigenjesus, eigenmoses):
        before, after = rating(rates), rating(rates[np.ix_(order, order)])
        assert (before is None) == (after is None)
        if before is not None:
            assert after == pytest.approx(before[order], abs=1e-5)


def test_standing_is_relative_to_equal_and_unknown_without_acts():
    # 0 and 1 always cooperate, 2 was never asked.
    acts = [[0, 4, 0], [4, 0, 0], [0, 0, 0]]
    standing = relative(network(acts, acts), moses=False)
    assert standing[:2] == pytest.approx([1, 1])
    assert np.isnan(standing[2])


def test_standing_needs_two():
    assert relative(network([[0, 2], [0, 0]], [[0, 2], [0, 0]]), moses=True) is None


def test_nobody_stands_in_a_long_chain_of_one_way_kindness():
    # Everybody is kind to the next one only: the only eigenvalue is 0, however long the chain.
    for size in (3, 60, 500):
        assert principal(np.eye(size, k=1)) is None
