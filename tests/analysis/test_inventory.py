"""Claims about inventories: reliability, acquiescence, structure, nearness, separation, drift."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.inventory.answers import EVERYONE, Answers, Who, reversed_where_keyed
from analysis.inventory.congruence import congruence, loadings, tucker, varimax
from analysis.inventory.distances import by_difference, by_profile, profiles
from analysis.inventory.drift import drift, slope
from analysis.inventory.reference import people
from analysis.inventory.reliability import acquiescence, alpha, alpha_bounds, pairwise_covariances
from analysis.inventory.separation import auc, person_sum, separation, verdict
from analysis.inventory.trust import trusted
from sim.records import PROBE_READINGS

ITEMS = tuple(people().keyed)
LETTERS = np.array([item[0] for item in ITEMS])
KEYED = np.array(list(people().keyed.values()))


def person(
    number: int, answers: Mapping[str, float] | None = None, stated: Sequence[str] = ()
) -> Who:
    return Who("run", number, "group", f"person-{number}", answers or {}, frozenset(stated))


def answered(
    scores: Sequence[Sequence[float]], items: Sequence[str], who: Sequence[Who] = ()
) -> Answers:
    keyed = np.array([people().keyed[item] for item in items])
    found = tuple(who) or tuple(person(number) for number in range(len(scores)))
    return Answers(tuple(items), keyed, found, np.array(scores, float))


def test_alpha_of_three_people_and_two_items() -> None:
    # Variances 1 and 1, covariance ((-1)(0) + (0)(-1) + (1)(1)) / 2 = 0.5; in all 1 + 1 + 2(0.5).
    # 2 / 1 * (1 - 2 / 3) = 2 / 3.
    assert alpha(np.array([[1.0, 2], [2, 1], [3, 3]])) == pytest.approx(2 / 3)


def test_items_that_say_the_same_have_an_alpha_of_one_and_unrelated_ones_of_zero() -> None:
    same = np.array([[1.0, 1, 1], [4, 4, 4], [6, 6, 6]])
    assert alpha(same) == pytest.approx(1)
    unrelated = np.array([[1.0, 1], [1, 2], [2, 1], [2, 2]])
    assert alpha(unrelated) == pytest.approx(0)


def test_alpha_is_undefined_without_variance_with_one_item_and_with_too_few_in_common() -> None:
    assert alpha(np.full((5, 3), 4.0)) is None
    assert alpha(np.array([[1.0], [2], [3]])) is None
    gaps = np.array([[1.0, 2], [2, 3], [3, np.nan], [np.nan, 4]])
    assert alpha(gaps) is None
    assert alpha_bounds(gaps) == (None, None)


@given(some.lists(some.lists(some.integers(1, 6), min_size=3, max_size=3), min_size=3, max_size=8))
def test_alpha_is_at_most_one_and_does_not_care_who_comes_first(rows: list[list[int]]) -> None:
    scores = np.array(rows, float)
    found, backwards = alpha(scores), alpha(scores[::-1] + np.array([0.0, 2, 5]))
    assert (found is None) == (backwards is None)
    if found is not None and backwards is not None:
        assert found <= 1 + 1e-9
        assert found == pytest.approx(backwards)


def test_covariances_with_gaps_are_those_of_who_answered_both() -> None:
    scores = np.array([[1.0, 2], [3, 6], [5, np.nan]])
    covariances, together = pairwise_covariances(scores)
    # Of the first two people: means 2 and 4, ((-1)(-2) + (1)(2)) / 1 = 4; the first item alone 4.
    assert covariances[0, 1] == pytest.approx(4)
    assert covariances[0, 0] == pytest.approx(4)
    assert together.tolist() == [[3, 2], [2, 2]]


def test_a_yea_sayer_agrees_and_who_answers_by_content_does_not() -> None:
    yes = np.full(25, 6.0)
    content = np.where(KEYED > 0, 6.0, 1.0)
    no = np.full(25, 1.0)
    found = acquiescence(np.array([yes, content, no]), KEYED, LETTERS)
    assert found.tolist() == pytest.approx([2.5, 0, -2.5])


def test_traits_with_one_key_tell_nothing_of_agreeing() -> None:
    of_neuroticism = LETTERS == "N"
    found = acquiescence(np.full((1, 5), 6.0), KEYED[of_neuroticism], LETTERS[of_neuroticism])
    assert np.isnan(found).all()


def test_reversing_is_seven_minus_the_score() -> None:
    assert reversed_where_keyed(np.array([[2.0, 2.0]]), np.array([1, -1])).tolist() == [[2, 5]]


def test_loadings_are_congruent_with_themselves_and_opposite_to_their_opposite() -> None:
    own = people().loadings
    assert tucker(own, own) == pytest.approx(np.ones(5))
    assert tucker(own, own * [1, -1, 1, 1, 1]) == pytest.approx([1, -1, 1, 1, 1])
    # By hand: (1 * 2 + 2 * 1) / (root 5 * root 5) = 4 / 5.
    assert tucker(np.array([[1.0], [2]]), np.array([[2.0], [1]])) == pytest.approx([0.8])


def test_varimax_keeps_what_each_item_shares_and_finds_a_simple_structure_again() -> None:
    simple = np.kron(np.eye(2), np.full((4, 1), 0.8))
    turned = simple @ np.array([[0.6, -0.8], [0.8, 0.6]])
    again = varimax(turned)
    assert (again**2).sum(axis=1) == pytest.approx((simple**2).sum(axis=1))
    assert np.sort(np.abs(again), axis=1) == pytest.approx(np.sort(simple, axis=1), abs=1e-4)


def test_answers_made_by_the_human_components_are_congruent_and_noise_is_not() -> None:
    numbers = np.random.Generator(np.random.Philox(1))
    own = people().loadings
    unique = np.sqrt(1 - (own**2).sum(axis=1))
    alike = numbers.normal(size=(200, 5)) @ own.T + numbers.normal(size=(200, 25)) * unique
    found = congruence(alike, own)
    assert found.mean is not None and found.chance is not None
    assert found.mean > 0.9 > found.chance
    noise = congruence(numbers.normal(size=(200, 25)), own)
    assert noise.mean is not None and noise.chance is not None
    assert noise.mean < 0.75


def test_signs_and_order_of_components_do_not_matter_to_congruence() -> None:
    numbers = np.random.Generator(np.random.Philox(2))
    scores = numbers.normal(size=(60, 25))
    target = loadings(scores)
    assert target is not None
    mixed = target[:, [2, 0, 1, 4, 3]] * [1, -1, 1, -1, 1]
    assert congruence(scores, mixed).mean == pytest.approx(1)


def test_congruence_says_why_there_is_none() -> None:
    numbers = np.random.Generator(np.random.Philox(3))
    few = congruence(numbers.normal(size=(29, 25)), people().loadings)
    assert few.mean is None and few.reason == "it takes 30 characters, and 29 answered"
    short = congruence(numbers.normal(size=(40, 10)), people().loadings)
    assert short.mean is None and "all 25 items" in short.reason
    gaps = numbers.normal(size=(40, 25))
    gaps[:15, 3] = np.nan
    sparse = congruence(gaps, people().loadings)
    assert sparse.mean is None and "25 have both" in sparse.reason


def test_distance_to_the_own_person_and_to_another() -> None:
    who = (person(0, {"A1": 2, "A2": 2, "A3": 5}), person(1, {"A1": 6, "A2": 6, "A3": 6}))
    found = by_difference(answered([[1, 2, 3], [6, 6, 6]], ("A1", "A2", "A3"), who), "all")
    # The first: |1-2| + |2-2| + |3-5| = 3 over 3 items is 1; the second: 0. To the other's answers:
    # (5 + 4 + 3) / 3 = 4, and (4 + 4 + 1) / 3 = 3.
    assert found.own.value == pytest.approx(0.5)
    assert found.other.value == pytest.approx(3.5)
    assert found.nearer.value == pytest.approx(3.0)
    assert found.own.n == 2


def test_profiles_go_together_against_each_other_or_are_flat() -> None:
    row = np.array([1.0, 2, 3, np.nan])
    others = np.array([[2.0, 4, 6, 1], [3, 2, 1, 1], [4, 4, 4, 4], [1, 2, np.nan, 4]])
    found = profiles(row, others)
    assert found[:2].tolist() == pytest.approx([1, -1])
    assert np.isnan(found[2:]).all()


@given(some.lists(some.floats(1, 6), min_size=5, max_size=5), some.permutations(range(5)))
def test_a_profile_correlation_lies_between_its_ends(row: list[float], order: list[int]) -> None:
    one = np.array(row)
    found = profiles(one, one[order][None, :])[0]
    assert np.isnan(found) or -1 - 1e-9 <= found <= 1 + 1e-9


def test_stated_and_unseen_items_are_apart_and_tropes_have_neither() -> None:
    human = dict.fromkeys(("A1", "A2", "A3"), 3.0)
    who = (person(0, human, ("A2",)), person(1))
    both = answered([[1, 2, 3], [4, 5, 6]], ("A1", "A2", "A3"), who)
    gap = np.nan
    assert np.array_equal(both.part("stated"), [[gap, 2, gap], [gap] * 3], equal_nan=True)
    assert np.array_equal(both.part("unseen"), [[1, gap, 3], [gap] * 3], equal_nan=True)


def test_characters_of_one_persona_count_once_and_are_never_another_person() -> None:
    human = {"A1": 1.0, "A2": 4.0, "A3": 6.0}
    twins = [Who("run", n, "group", "person", human, frozenset()) for n in range(2)]
    found = by_profile(answered([[1, 4, 6], [1, 4, 6]], ("A1", "A2", "A3"), twins), "all")
    assert found.own.n == 1 and found.own.value == pytest.approx(1)
    assert found.other.n == 0 and found.other.value is None


def test_the_area_is_the_share_of_pairs_won() -> None:
    # 3 > 1, 3 > 2; 2 > 1, 2 = 2: 3.5 of 4.
    assert auc(np.array([3.0, 2]), np.array([1.0, 2])) == pytest.approx(0.875)
    assert auc(np.array([]), np.array([1.0])) is None


@given(
    some.lists(some.integers(0, 9), min_size=1, max_size=6),
    some.lists(some.integers(0, 9), min_size=1, max_size=6),
)
def test_the_area_of_the_other_side_is_the_rest(one: list[int], other: list[int]) -> None:
    top, bottom = np.array(one, float), np.array(other, float)
    there, back = auc(top, bottom), auc(bottom, top)
    assert there is not None and back is not None
    assert there + back == pytest.approx(1)


def test_a_persons_sum_reverses_what_is_keyed_so() -> None:
    human = {"A1": 2.0, "A2": 5.0, "A3": 5.0, "A4": 6.0, "A5": 4.0, "C1": 1.0}
    # A1 counts 7 - 2 = 5: 5 + 5 + 5 + 6 + 4 = 25.
    assert person_sum(human, "A", people().cuts("A")) == 25
    assert person_sum({"A1": 2.0}, "A", people().cuts("A")) is None


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (5.0, 2.0, "separates"),
        (2.0, 5.0, "separates the wrong way"),
        (3.0, 3.0, "does not separate"),
    ],
)
def test_separation_goes_by_what_the_top_and_the_bottom_answer(
    high: float, low: float, expected: str
) -> None:
    of_neuroticism = tuple(f"N{n}" for n in range(1, 6))
    who = [person(n, dict.fromkeys(of_neuroticism, 5.0 if n < 6 else 1.0)) for n in range(12)]
    # Sums of 25 and 5; the thirds begin at 19 and end at 12.
    scores = [[high if n < 6 else low] * 5 for n in range(12)]
    found = separation(answered(scores, of_neuroticism, who), "N", people().cuts("N"))
    assert (found.top, found.bottom) == (6, 6)
    assert found.verdict == expected


def test_few_personas_leave_it_undecided() -> None:
    of_neuroticism = tuple(f"N{n}" for n in range(1, 6))
    who = [person(n, dict.fromkeys(of_neuroticism, 5.0 if n < 2 else 1.0)) for n in range(4)]
    scores = [[5.0 if n < 2 else 2.0] * 5 for n in range(4)]
    found = separation(answered(scores, of_neuroticism, who), "N", people().cuts("N"))
    assert found.area == 1 and found.low is None and found.verdict == "undecided"
    assert verdict(0.45, 0.70) == "undecided"


def test_a_slope_needs_two_rounds() -> None:
    # Least squares through (0, 1), (1, 0), (2, 2): centred rounds -1, 0, 1; (-1 + 2) / 2 = 0.5.
    assert slope([(0, 1.0), (1, 0.0), (2, 2.0)]) == pytest.approx(0.5)
    assert slope([(3, 1.0)]) is None


def drifting(steps: Sequence[float]) -> dict[int, Answers]:
    """Four people's characters who answer as they did, and each round so much farther off."""
    human = [{"A2": 1.0 + n % 2, "A3": 3.0, "A4": 5.0, "A5": 6.0} for n in range(4)]
    who = [person(n, own) for n, own in enumerate(human)]
    items = ("A2", "A3", "A4", "A5")
    return {
        settled: answered(
            [
                [own[item] + step * (1 if n % 2 else -1) for n, item in enumerate(items)]
                for own in human
            ],
            items,
            who,
        )
        for settled, step in enumerate(steps)
    }


def test_who_moves_away_from_its_person_drifts_by_so_much_a_round() -> None:
    (found,) = drift(drifting((0.0, 0.2, 0.4)), EVERYONE, "all")
    # Every answer moves 0.2 points a round from the person's.
    assert [level.value for level in found.distance] == pytest.approx([0, 0.2, 0.4])
    assert found.distance_slope.value == pytest.approx(0.2)
    assert found.profile_slope.value is not None and found.profile_slope.value < 0
    assert found.profile[0].value == pytest.approx(1)
    assert found.distance_slope.n == 4


def test_who_stays_does_not_drift() -> None:
    (found,) = drift(drifting((0.3, 0.3, 0.3)), EVERYONE, "all")
    assert found.distance_slope.value == pytest.approx(0)
    assert found.profile_slope.value == pytest.approx(0)


def test_a_trope_is_held_against_what_it_said_before_play() -> None:
    items = ("A2", "A3", "A4")
    by_round = {
        0: answered([[1, 3, 5], [2, 3, 6]], items),
        1: answered([[1, 3, 5], [2, 3, 6]], items),
        3: answered([[2, 3, 5], [2, 3, 5]], items),
    }
    (found,) = drift(by_round, EVERYONE, "all")
    assert found.to == "itself"
    assert found.rounds == (1, 3)  # Before play it adheres to itself by definition.
    # One answer of three moved by a point in each: 1 / 3 at round 3, over two rounds.
    assert [level.value for level in found.distance] == pytest.approx([0, 1 / 3])
    assert found.distance_slope.value == pytest.approx(1 / 6)
    assert drift(by_round, EVERYONE, "unseen") == ()


def readings(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(PROBE_READINGS), orient="row")


def test_the_effect_of_the_order_is_the_difference_between_the_orders() -> None:
    sure = [-1000.0] * 6
    first, last = [0.0, *sure[1:]], [*sure[1:], 0.0]
    place = ("run", 0, 0, "ipip-10", "A1", "decision", "")
    rows = [
        (*place, "forward", [0, 1, 2, 3, 4, 5], last, 0.4, "x", []),
        (*place, "reversed", [5, 4, 3, 2, 1, 0], first, 0.2, "y", []),
        ("run", 0, 1, "ipip-10", "A1", "unparsed", "Well.", None, None, None, None, None, []),
    ]
    found = trusted(readings(rows))
    assert found["order_shift"] == pytest.approx(6 - 1)
    assert found["mass"] == pytest.approx(0.3)
    assert (found["decision"], found["unparsed"], found["refusal"]) == (1, 1, 0)
