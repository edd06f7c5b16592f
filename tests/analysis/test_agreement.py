"""Agreement, against values worked by hand and published ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement import agreement, consensus, krippendorff, share

CLASSES = ("yes", "no")


def labelled(table: list[list[int]]) -> tuple[list[str], list[str]]:
    pairs = [
        (CLASSES[row], CLASSES[column])
        for row in range(2)
        for column in range(2)
        for _ in range(table[row][column])
    ]
    return [one for one, _ in pairs], [other for _, other in pairs]


def test_kappa_and_its_interval_by_hand() -> None:
    """Agreement 35 of 50 = .7; by chance .5 x .6 + .5 x .4 = .5; so kappa = .2 / .5 = .4.

    Fleiss, Cohen and Everitt's variance: (.10972 + .10188 - .01) / .25 / 50 = .016128, the standard
    error .127, and .4 -+ 1.96 x .127 is .1511 to .6489.
    """
    found = agreement(*labelled([[20, 5], [10, 15]]), CLASSES)
    assert found.confusion == ((20, 5), (10, 15))
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low == pytest.approx(0.1511, abs=1e-4)
    assert found.kappa.high == pytest.approx(0.6489, abs=1e-4)
    assert (found.n, found.kappa.n, found.raw.value) == (50, 50, 0.7)


def test_precision_and_recall_by_hand() -> None:
    """Of 25 that the first calls yes the second does 20; of 30 that the second calls yes, 20."""
    found = agreement(*labelled([[20, 5], [10, 15]]), CLASSES)
    assert (found.precision["yes"].value, found.precision["yes"].n) == (20 / 25, 25)
    assert (found.recall["yes"].value, found.recall["yes"].n) == (20 / 30, 30)
    assert (found.precision["no"].value, found.recall["no"].value) == (15 / 25, 15 / 20)


def test_wilsons_interval_by_hand() -> None:
    """7 of 10: (7 + 1.92) / 13.84 -+ 1.96 / 13.84 x sqrt(7 x 3 / 10 + .96) = .6445 -+ .2477."""
    found = share(7, 10)
    assert found.low == pytest.approx(0.3968, abs=1e-4)
    assert found.high == pytest.approx(0.8922, abs=1e-4)
    assert share(0, 0).value is None
    assert share(0, 10).low == 0 and share(10, 10).high == 1


def test_kappa_is_not_defined_where_both_always_say_the_same() -> None:
    found = agreement(["yes"] * 5, ["yes"] * 5, CLASSES)
    assert found.kappa.value is None
    assert (found.raw.value, found.precision["no"].value) == (1.0, None)
    assert agreement([], [], CLASSES).kappa.value is None


def test_full_agreement_has_no_interval_of_kappa_but_one_of_the_share() -> None:
    found = agreement(["yes", "no", "yes"], ["yes", "no", "yes"], CLASSES)
    assert (found.kappa.value, found.kappa.low, found.kappa.high) == (1.0, None, None)
    # Three of three: z^2 / (n + z^2) = 3.84 / 6.84 are still not excluded.
    assert found.raw.low == pytest.approx(1 - 3.8415 / 6.8415, abs=1e-4)


def test_kappa_of_opposites_is_minus_one() -> None:
    found = agreement(["yes", "no"] * 4, ["no", "yes"] * 4, CLASSES)
    assert found.kappa.value == pytest.approx(-1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), max_size=30))
def test_agreement_is_the_same_the_other_way_round_and_in_any_order(
    pairs: list[tuple[str, str]],
) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    found, turned = agreement(one, other, CLASSES), agreement(other, one, CLASSES)
    assert found.raw == turned.raw
    assert found.precision == turned.recall
    again = agreement(one[::-1], other[::-1], CLASSES)
    assert again == found
    if found.kappa.value is not None:
        assert turned.kappa.value == pytest.approx(found.kappa.value)
        assert -1 - 1e-9 <= found.kappa.value <= 1 + 1e-9
        assert found.kappa.value <= found.raw.value + 1e-9


def test_alpha_is_krippendorffs_own_example() -> None:
    """Four observers, twelve units, some missing: the nominal alpha is .743.

    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C.
    """
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [[o[at] for o in observers if o[at] != "."] for at in range(12)]
    assert krippendorff(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_by_hand() -> None:
    """Of 8 values 5 a and 3 b: expected 2 x 5 x 3 = 30 over 7, observed 2; 1 - 7 x 2 / 30."""
    assert krippendorff([["a", "a"], ["a", "a"], ["b", "b"], ["a", "b"]]) == pytest.approx(
        1 - 14 / 30
    )


def test_alpha_is_not_defined_without_two_labels_or_two_classes() -> None:
    assert krippendorff([["a"], ["b"]]) is None
    assert krippendorff([["a", "a"], ["a", "a"]]) is None


def test_what_most_say_is_the_consensus_and_a_split_is_none() -> None:
    assert consensus(["a", "b", "a"]) == "a"
    assert consensus(["a", "b"]) is None
    assert consensus([]) is None
