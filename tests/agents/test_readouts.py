"""Claims about how scores become distributions and draws."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.alternatives import CLOZES, ClozeForm, put_as_cloze, put_as_label
from agents.choice import Choice
from agents.completer import Capabilities, Scores, Structure
from agents.errors import ReadoutError
from agents.reading import Reading, combine, draw, sha256
from agents.readouts import possible, resolve

CHOICE = Choice("Rules.", "Now.", "I am I.", "", ("take a little", "take a lot"))
log = math.log


def scores(*values: float | None, level: str = "exact", key: str = "k", text: str = "") -> Scores:
    return Scores(values, level, (key,), 10, 1, text)  # type: ignore[arg-type]


def read(*rows: Scores) -> Reading:
    return combine(put_as_cloze(CHOICE), rows)


def test_two_orders_are_put_and_the_alternatives_follow_the_order_of_mention() -> None:
    forward, backward = put_as_cloze(CHOICE)
    assert (forward.shown_order, backward.shown_order) == ((0, 1), (1, 0))
    assert forward.request.phrases == (" take a little", " take a lot")  # type: ignore[union-attr]
    assert backward.request.phrases == (" take a lot", " take a little")  # type: ignore[union-attr]
    assert "take a lot or take a little" in backward.request.prompt


def test_in_every_order_the_first_letter_is_the_option_mentioned_first() -> None:
    forward, backward = put_as_label(CHOICE)
    assert "A) take a little\nB) take a lot" in forward.request.prompt
    assert "A) take a lot\nB) take a little" in backward.request.prompt


def test_log_odds_are_averaged_over_the_orders() -> None:
    # Forward: odds 4 : 1. Reversed: 1/4 for the first mentioned (a lot) against 1/4: odds 1 : 1.
    # Mean log-odds log(4)/2 = log 2, so 2/3 and 1/3 (averaging probabilities would give .65).
    reading = read(scores(log(0.8), log(0.2)), scores(log(0.25), log(0.25)))
    assert reading.distribution == pytest.approx((2 / 3, 1 / 3))


def test_the_reversed_order_comes_back_in_menu_order() -> None:
    # Reversed, the model says .1 to what was mentioned first, which is "take a lot".
    reading = read(scores(log(0.5), log(0.5)), scores(log(0.1), log(0.9)))
    assert reading.variants[1].log_probabilities == (log(0.9), log(0.1))
    assert reading.distribution == pytest.approx((0.75, 0.25))  # log-odds log(9)/2 = log 3


def test_a_pure_position_bias_cancels() -> None:
    reading = read(scores(log(0.9), log(0.1)), scores(log(0.9), log(0.1)))
    assert reading.distribution == pytest.approx((0.5, 0.5))


def test_mass_is_the_mean_of_what_each_order_put_on_the_menu() -> None:
    reading = read(scores(log(0.3), log(0.1)), scores(log(0.5), log(0.3)))
    assert reading.mass == pytest.approx((0.4 + 0.8) / 2)
    assert [v.mass for v in reading.variants] == pytest.approx([0.4, 0.8])


def test_the_level_is_that_of_the_least_sure_order() -> None:
    sure, bounded = scores(-1, -1, level="top"), scores(-1, -1, level="bounded")
    assert read(sure, bounded).level == "bounded"
    assert read(bounded, sure).level == "bounded"
    assert read(scores(-1, -1), sure).level == "top"


def test_an_option_about_which_an_order_says_nothing_is_never_given_a_default() -> None:
    lost = scores(None, None, level="bounded", text="Well,")
    reading = read(lost, lost)
    assert reading.distribution is None
    assert reading.mass is None
    assert reading.text == "Well, / Well,"


def test_one_order_without_answer_makes_the_whole_reading_unreadable() -> None:
    # Else the other order's position bias would count in full.
    assert read(scores(log(0.9), log(0.1)), scores(None, None)).distribution is None


def test_numbers_that_say_nothing_are_no_answer() -> None:
    nothing = -math.inf
    assert read(scores(nothing, nothing), scores(nothing, nothing)).lacking == "unparsed"
    assert read(scores(math.nan, -1.0), scores(-1.0, -1.0)).lacking == "unparsed"
    assert read(scores(nothing, -1.0), scores(-1.0, nothing)).distribution == (0.0, 1.0)


def test_what_the_endpoint_marks_as_a_refusal_is_one_whatever_is_listed() -> None:
    withheld = replace(scores(-0.1, -3.0, text="I would rather not."), refused=True)
    reading = read(scores(-0.1, -3.0), withheld)
    assert (reading.distribution, reading.lacking) == (None, "refusal")
    assert "I would rather not." in reading.text


def test_tokens_and_keys_are_those_of_all_orders() -> None:
    reading = read(scores(-1, -1, key="one"), scores(-1, -1, key="two"))
    assert (reading.prompt_tokens, reading.completion_tokens) == (20, 2)
    assert reading.call_key == sha256("one\ntwo")


options = st.floats(-20, 0)


@given(st.lists(st.tuples(options, options), min_size=3, max_size=3), st.permutations(range(3)))
def test_exchanging_options_exchanges_the_distribution(
    rows: Sequence[tuple[float, float]], order: Sequence[int]
) -> None:
    """Whoever is called first in the menu gains nothing by it."""
    plain, shuffled = _three(rows), _three([rows[index] for index in order])
    assert plain.distribution is not None and shuffled.distribution is not None
    assert shuffled.distribution == pytest.approx([plain.distribution[i] for i in order])
    assert sum(plain.distribution) == pytest.approx(1)


def _three(rows: Sequence[tuple[float, float]]) -> Reading:
    """A reading of three options from (forward, reversed) scores in menu order."""
    choice = Choice("Rules.", "", "", "", ("a", "b", "c"))
    variants = put_as_cloze(choice)
    told = [scores(*(rows[index][n] for index in v.shown_order)) for n, v in enumerate(variants)]
    return combine(variants, told)


@given(options, options, st.floats(-200, 200))
def test_only_log_odds_count(one: float, other: float, shift: float) -> None:
    plain = read(scores(one, other), scores(other, one))
    moved = read(scores(one + shift, other + shift), scores(other + shift, one + shift))
    assert moved.distribution == pytest.approx(plain.distribution, abs=1e-9)


def test_every_option_stands_before_every_other_exactly_once() -> None:
    orders = [v.shown_order for v in put_as_label(Choice("R", "", "", "", ("a", "b", "c", "d")))]
    for one, other in permutations(range(4), 2):
        assert sum(order.index(one) < order.index(other) for order in orders) == 1


@pytest.mark.parametrize(
    ("uniform", "drawn"),
    [(0.0, 0), (0.1999, 0), (0.2, 1), (0.6999, 1), (0.7, 2), (1 - 2**-53, 2)],
)
def test_draws_invert_the_distribution(uniform: float, drawn: int) -> None:
    assert draw((0.2, 0.5, 0.3), uniform) == drawn


def test_what_has_probability_zero_is_never_drawn() -> None:
    assert draw((0.0, 1.0), 0.0) == 1
    assert draw((1.0, 0.0), 1 - 2**-53) == 0
    # Sums of ten tenths end below 1; the last possible option takes what rounding left over.
    assert draw((0.1,) * 10 + (0.0,), 1 - 2**-53) == 9


@given(st.floats(0, 1, exclude_max=True), st.floats(0.01, 0.99), st.floats(0, 0.5))
def test_who_cooperates_at_less_cooperates_at_more(u: float, p: float, more: float) -> None:
    """Common numbers give nested draws: raising a probability never undoes a choice of it."""
    larger = min(1.0, p + more)
    if draw((p, 1 - p), u) == 0:
        assert draw((larger, 1 - larger), u) == 0


def able(
    *, cloze: bool = False, label: bool = False, chat: bool = True, structure: Structure = "none"
) -> Capabilities:
    return Capabilities(cloze, label, 20 if label else 0, chat, structure)


def test_auto_takes_the_best_that_the_endpoint_can_do() -> None:
    everything = able(cloze=True, label=True, structure="schema")
    assert resolve("auto", everything) == "cloze"
    assert resolve("auto", able(label=True, structure="schema")) == "label"
    assert resolve("auto", able(structure="schema")) == "json"
    assert resolve("auto", able(structure="object")) == "json"
    assert resolve("auto", able()) == "sample"
    assert resolve("auto", able(cloze=True, chat=False)) == "cloze"
    for name in ("cloze", "label", "json", "deliberate", "sample"):
        assert resolve(name, everything) == name


def test_what_an_endpoint_can_do_follows_from_what_it_gives() -> None:
    assert possible(able(cloze=True, chat=False)) == tuple(CLOZES)
    assert possible(able(label=True)) == ("label", "json", "deliberate", "sample")
    assert possible(able()) == ("json", "sample")
    assert possible(able(chat=False)) == ()


@pytest.mark.parametrize(
    ("wanted", "endpoint", "lacks"),
    [
        ("cloze", able(label=True), "log-probabilities of continuations that .* can do label, js"),
        ("label", able(cloze=True), "log-probabilities of chat replies that this endpoint does no"),
        ("deliberate", able(), "chat replies, and log-prob.* can do json, sample;"),
        (
            "deliberate",
            able(cloze=True, chat=False),
            "chat replies, and log-prob.* can do cloze, .*;",
        ),
        ("json", able(cloze=True, chat=False), "needs chat replies that"),
        ("auto", able(chat=False), "log-probabilities or chat replies, and this endpoint gives ne"),
    ],
)
def test_a_readout_that_the_endpoint_cannot_do_is_refused_with_what_it_lacks(
    wanted: str, endpoint: Capabilities, lacks: str
) -> None:
    with pytest.raises(ReadoutError, match=lacks):
        resolve(wanted, endpoint)


def test_the_cloze_forms_differ_in_where_the_persona_stands_and_in_nothing_else() -> None:
    def words(form: ClozeForm) -> tuple[str, list[str]]:
        request = put_as_cloze(CHOICE, form=form)[0].request
        return request.prompt, sorted(request.prompt.replace('"', " ").split())

    turn, continued, first = (words(form) for form in CLOZES.values())
    assert turn[0].index("Rules.") < turn[0].index("I am I.") < turn[0].index("I will")
    assert first[0].index("I am I.") < first[0].index("Rules.") < first[0].index("I will")
    assert first[1] == turn[1]
    assert continued[0].endswith('Me: "I am I. So I will')


def test_without_a_persona_all_cloze_forms_ask_the_same() -> None:
    prompts = {
        put_as_cloze(CHOICE._replace(persona=""), form=form)[0].request.prompt
        for form in CLOZES.values()
    }
    assert len(prompts) == 1


def test_an_unknown_readout_is_refused_with_the_nearest() -> None:
    with pytest.raises(ReadoutError, match=r"'clozes'; did you mean 'cloze'"):
        resolve("clozes", able(cloze=True, label=True))
