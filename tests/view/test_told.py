"""Claims about what the page is told of a society."""

from dataclasses import replace

import pytest

from agents.answers import Decision, Refusal
from agents.reading import Reading
from scenarios.game import Ask
from sim.notes import Settled
from view.told import MOST_LETTERS, Told, by_round, cooperation_of, links, tell

CLASSES = {"share": "cooperative", "keep": "uncooperative", "wait": "neutral"}
ROW = Told(
    round=1,
    phase="choice",
    agent=0,
    partner=1,
    answer="decision",
    action="share",
    action_class="cooperative",
    done="cooperative",
    menu=("share", "keep"),
    probabilities=(0.75, 0.25),
    payoff=None,
    text="",
    cut=0,
)


def _reading(text: str = "", distribution: tuple[float, ...] | None = (0.75, 0.25)) -> Reading:
    return Reading(distribution, None, None, (), None, None, None, None, text)


def test_a_choice_is_told_with_who_made_it_and_what_took_effect() -> None:
    asks = (Ask(0, "choice", ("share", "keep"), about=1), Ask(1, "choice", ("share", "keep")))
    answers = (Decision(0, _reading()), Refusal(_reading("no " * 1000, None)))
    settled = Settled(3, 0, (7, 4), asks, answers, ("keep", None), (2.0, None))
    decided, refused = tell(settled, CLASSES)
    assert (decided.round, decided.agent, decided.partner) == (3, 7, 4)
    assert (decided.action, decided.action_class, decided.done) == (
        "share",
        "cooperative",
        "uncooperative",  # noise turned it
    )
    assert (refused.answer, refused.action, refused.done, refused.partner) == (
        "refusal",
        None,
        None,
        None,
    )
    assert len(refused.text) == MOST_LETTERS
    assert refused.cut == 3000 - MOST_LETTERS


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (ROW, 0.75),
        (replace(ROW, probabilities=None), 1.0),
        (replace(ROW, probabilities=None, action="keep", action_class="uncooperative"), 0.0),
        (replace(ROW, answer="refusal", action=None, action_class=None), None),
        (replace(ROW, menu=("keep", "wait")), None),
    ],
)
def test_cooperation_is_the_probability_of_cooperative_options(
    row: Told, value: float | None
) -> None:
    assert cooperation_of(row, CLASSES) == value


def test_means_are_over_characters_however_often_each_of_them_chose() -> None:
    rows = [
        replace(ROW, probabilities=(1.0, 0.0)),
        replace(ROW, probabilities=(0.5, 0.5)),  # character 0: mean .75
        replace(ROW, agent=1, probabilities=(0.25, 0.75)),
        replace(ROW, agent=2, answer="refusal", action=None),
    ]
    kind, alone = by_round(rows, ["kind", "kind", "alone"], CLASSES), []
    (found,) = kind
    assert (found["member"], found["value"], found["n"], found["decisions"]) == ("kind", 0.5, 2, 3)
    # t of one degree is 12.7: the interval of two values is wider than all that is possible.
    assert (found["low"], found["high"]) == (0.0, 1.0)
    assert by_round([], [], CLASSES) == alone


def test_one_character_has_a_mean_and_no_interval() -> None:
    (found,) = by_round([ROW], ["kind"], CLASSES)
    assert (found["value"], found["low"], found["high"], found["n"]) == (0.75, None, None, 1)


def test_a_pair_is_linked_by_the_first_act_of_the_round() -> None:
    rows = [
        ROW,
        replace(ROW, phase="punish", done="uncooperative"),
        replace(ROW, agent=1, partner=0, done=None),
        replace(ROW, agent=2, partner=None),
    ]
    assert links(rows) == [(0, 1, "cooperative"), (1, 0, None)]
