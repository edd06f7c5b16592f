"""Claims about judging: all orders weigh the same, and what is no answer is none."""

import asyncio
from itertools import permutations
from math import exp, log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.completer import ClozeRequest, Scores
from agents.errors import CallFailedError
from agents.judging import Judgement, Words, class_orders, judge
from agents.minds import Minds
from agents.readouts import Manner
from agents.rubric import Rubric

NAMES = ("low", "middle", "high")


def rubric(names: tuple[str, ...] = NAMES) -> Rubric:
    return Rubric("height", "How high?", {n: f"it is {n}" for n in names}, "", "none", ())


def judged(
    model: Any, *texts: str, readout: str = "cloze", names: tuple[str, ...] = NAMES
) -> list[Judgement]:
    minds = Minds(model, readout, Manner(temperature=0.0))
    words = [Words(text) for text in texts]
    return asyncio.run(judge(minds, rubric(names), words, readout))


def by_phrase(values: dict[str, float]) -> Any:
    """Scores by the words of each alternative, wherever it stands."""
    return lambda request: [log(values[phrase.strip()]) for phrase in request.phrases]


def both_ways(orders: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    return [each for order in orders for each in (order, order[::-1])]


def test_two_and_three_classes_are_put_in_all_their_orders() -> None:
    for classes in (2, 3):
        put = both_ways(class_orders(classes, "label"))
        assert sorted(put) == sorted(permutations(range(classes)))


@settings(deadline=None)
@given(st.integers(min_value=4, max_value=7))
def test_more_classes_stand_everywhere_and_before_each_other_equally_often(classes: int) -> None:
    put = both_ways(class_orders(classes, "cloze"))
    for one in range(classes):
        places = [order.index(one) for order in put]
        assert {places.count(at) for at in range(classes)} == {2}
        for other in range(classes):
            before = sum(order.index(one) < order.index(other) for order in put)
            assert other == one or before == len(put) / 2


def test_samples_are_asked_in_the_orders_that_probabilities_are_read_in() -> None:
    for classes in (2, 3, 5):
        sampled = class_orders(classes, "json")
        assert sorted(sampled) == sorted(both_ways(class_orders(classes, "label")))


def test_probabilities_come_in_the_order_of_the_rubric(fake_completer: Any) -> None:
    model = fake_completer(by_phrase({"low": 0.1, "middle": 0.2, "high": 0.5}))
    (found,) = judged(model, "So high!")
    assert (found.outcome, found.found) == ("class", "high")
    # Normalised over the classes: .1, .2 and .5 of .8; the mass is what they had.
    assert found.probabilities == pytest.approx((0.125, 0.25, 0.625))
    assert found.mass == pytest.approx(0.8)
    assert found.level == "exact"
    assert len(model.asked) == 6


def test_a_judge_that_likes_a_place_and_no_class_gives_none(fake_completer: Any) -> None:
    """To what is mentioned first it gives .7, then .2, then .1: over all orders a third each."""
    model = fake_completer(lambda request: [log(0.7), log(0.2), log(0.1)])
    (found,) = judged(model, "So high!")
    assert found.probabilities == pytest.approx((1 / 3,) * 3)
    assert (found.outcome, found.found) == ("tied", None)


@settings(deadline=None)
@given(
    st.tuples(*[st.floats(min_value=-4, max_value=0)] * 3),
    st.tuples(*[st.floats(min_value=-4, max_value=0)] * 3),
)
def test_a_liking_for_places_cancels(classes: tuple[float, ...], places: tuple[float, ...]) -> None:
    """Log-probabilities that are a class's plus a place's give the class's distribution."""

    class Biased:
        name = "biased"

        async def score(self, request: ClozeRequest, urgency: int = 0) -> Scores:
            own = [classes[NAMES.index(phrase.strip())] for phrase in request.phrases]
            values = tuple(a + b for a, b in zip(own, places, strict=True))
            return Scores(values, "exact", ("key",), 1, 1)

    (found,) = judged(Biased(), "So high!")
    weights = [exp(value) for value in classes]
    assert found.probabilities == pytest.approx([each / sum(weights) for each in weights])


def test_equal_words_are_asked_about_once(fake_completer: Any) -> None:
    model = fake_completer(by_phrase({"low": 0.1, "middle": 0.2, "high": 0.5}))
    one, other, again = judged(model, "So high!", "So low!", "So high!")
    assert one == again
    assert one.call_key != other.call_key
    assert len(model.asked) == 12


def test_an_order_that_is_not_read_leaves_the_words_without_a_class(speaker: Any) -> None:
    def scores(request: Any) -> tuple[float | None, ...]:
        is_last = request.user.partition("A) ")[2].startswith("high")
        return (None,) * 3 if is_last else (-1.0, -2.0, -3.0)

    (found,) = judged(speaker(scores=scores), "So high!", readout="label")
    assert (found.outcome, found.found, found.probabilities) == ("unparsed", None, None)


def test_a_call_that_fails_for_good_leaves_the_words_without_a_class(fake_completer: Any) -> None:
    def fails(request: ClozeRequest) -> list[float]:
        if "So low!" in request.prompt:
            raise CallFailedError("too long", ("key",))
        return [-1.0, -2.0]

    low, high = judged(fake_completer(fails), "So low!", "So high!", names=("yes", "no"))
    assert (low.outcome, low.probabilities, low.mass) == ("failed", None, None)
    # No other class was shown to be more likely: a liking for the first place only.
    assert high.outcome == "tied"


def test_said_classes_are_counted_over_the_orders(speaker: Any) -> None:
    """It says what is listed last, and "high" for "low": of six orders 0, 2 and 4."""

    def words(request: Any) -> str:
        last = request.actions[-1]
        said = "high" if last == "low" else last
        return f'{{"reason": "it sounds so", "action": "{said}"}}'

    (found,) = judged(speaker(words=words), "So high!", readout="json")
    assert found.probabilities == pytest.approx((0, 2 / 6, 4 / 6))
    assert (found.outcome, found.found, found.level) == ("class", "high", "sampled")


def test_one_refusal_is_a_refusal(speaker: Any) -> None:
    def words(request: Any) -> str:
        if request.actions[0] == "low":
            return "I'm sorry, I can't help with that request."
        return '{"reason": "it sounds so", "action": "high"}'

    (found,) = judged(speaker(words=words), "So high!", readout="json")
    assert (found.outcome, found.found) == ("refusal", None)


def test_an_item_is_named_by_what_is_shown_and_nothing_else() -> None:
    assert Words("So high!").item == Words("So high!").item
    assert Words("So high!").item != Words("So high!", "Each has ten coins.").item
    assert Words("ab", "c").item != Words("b", "ca").item
