"""Claims about how alike the texts of personas are."""

from functools import cache

import pytest

from agents.authored import ARMS, tropes
from agents.matching import (
    ARM_BOUND,
    LENGTH_BOUND,
    SINGLE_BOUND,
    VALENCE_BOUND,
    Comparison,
    Group,
    compare,
    comparisons,
    groups,
    matched,
    measure,
)


@cache
def measured():
    return {name: measure(group) for name, group in groups().items()}


@pytest.mark.parametrize("wanted", comparisons(), ids=lambda each: f"{each.a} and {each.b}")
def test_texts_to_be_compared_are_as_long_and_as_pleasant_as_each_other(wanted):
    for difference in compare(measured(), [wanted]):
        assert difference.within, difference


def test_the_bounds_are_the_declared_ones_and_lie_below_the_spread_between_people():
    assert (LENGTH_BOUND, VALENCE_BOUND, ARM_BOUND, SINGLE_BOUND) == (0.10, 0.15, 0.10, 0.25)
    # Mean absolute distances about the means; standard deviations are larger still.
    neutral, hostile = measured()["human-neutral"], measured()["human-hostile"]
    assert VALENCE_BOUND < neutral.spread < hostile.spread


def test_every_comparison_of_the_claims_must_match():
    found = {(each.a, each.b): each for each in comparisons()}
    for stance in ("benevolent", "neutral", "hostile"):
        assert set(found[f"ai-{stance}", f"human-{stance}"].bounds) == {"length", "valence"}
        cells = found[f"tropes {stance}", f"human-{stance}"]
        assert (set(cells.bounds), cells.each) == ({"length", "valence"}, ("length", "valence"))
    assert {("denied", "affirmed"), ("denied", "irrelevant"), ("affirmed", "irrelevant")} <= set(
        found
    )
    assert {name for name, _ in found} >= {*tropes(), "placebo", "human-scrambled"}


def test_stances_are_not_matched_with_each_other():
    stances = {"benevolent", "neutral", "hostile"}
    for each in comparisons():
        of_a, of_b = (set(name.replace("-", " ").split()) & stances for name in (each.a, each.b))
        assert not (of_a and of_b) or of_a == of_b


def test_the_tin_man_is_matched_with_neutral_people_and_denies_without_gloom():
    assert tropes()["tin-man"].stance == "neutral"
    assert all("without heart or feelings" in text for text in tropes()["tin-man"].texts)
    for arm in ARMS:
        assert max(map(abs, measured()[arm].valence)) < ARM_BOUND


def test_lengths_and_valence_are_means_paraphrase_by_paraphrase():
    # Words 2 and 4, mean 3; then 1 and 1. VADER: happy .5719, sad -.4767, others 0.
    group = Group("two", (("I am", "I am very tall"), ("happy", "sad")))
    found = measure(group)
    assert (found.personas, found.words, found.tokens) == (2, (3, 1), None)
    assert found.valence == pytest.approx((0, (0.5719 - 0.4767) / 2), abs=1e-4)
    # The four valences 0, 0, .5719, -.4767 have mean .0238; distances .0238, .0238, .5481, .5005.
    assert found.spread == pytest.approx((0.0238 * 2 + 0.5481 + 0.5005) / 4, abs=1e-4)


def test_tokens_decide_on_length_where_they_are_known():
    one = measure(Group("one", (("a b c",),)), count=lambda text: 20)
    other = measure(Group("other", (("a b c",),)), count=lambda text: 10)
    length = Comparison("one", "other", {"length": 0.1}, ("length",))
    (found,) = compare({"one": one, "other": other}, [length])
    # Three words each, but 20 tokens against 10: twice as long.
    assert (found.mean, found.largest, found.within) == (1.0, 1.0, False)


def test_one_paraphrase_out_of_bounds_is_enough_unless_the_mean_is_judged():
    a = measure(Group("a", (("one two",), ("one two three four",))))
    b = measure(Group("b", (("one two three",), ("one two three",))))
    strict = Comparison("a", "b", {"length": 0.1}, ("length",))
    lenient = Comparison("a", "b", {"length": 0.1}, ())
    # 2/3 - 1 = -1/3 and 4/3 - 1 = 1/3: each far out, the means (3 and 3) equal.
    found = [compare({"a": a, "b": b}, [each])[0] for each in (strict, lenient)]
    assert [each.within for each in found] == [False, True]
    assert abs(found[0].largest) == pytest.approx(1 / 3)
    assert found[0].mean == 0


def test_a_yardstick_is_not_judged():
    differences = compare(measured())
    assert matched("human-hostile", differences) is None
    assert matched("tropes hostile", differences) is True
