"""False words and agreements in societies that bargain, worked by hand."""

import pytest

from analysis.metrics import outcomes


def bargained(synthetic, rounds):
    """Outcomes of a pair, from what both did in each round: two sayings, two demands."""
    run = synthetic.record(["tin-man", "guardian"], scenario="bargaining")
    rows = []
    for number, (sayings, demands) in enumerate(rounds, start=1):
        settled = None not in demands
        for seat in (0, 1):
            base = {"round": number, "group": "g0", "agent": seat, "partner": 1 - seat}
            said, done = sayings[seat], demands[seat]
            menu = next(
                menu
                for menu in (["say_high", "feign_low"], ["say_low", "feign_high"])
                if said in menu
            )
            rows.append(
                {**base, "phase": "say", "menu": menu, "action": said, "done": said}
                | {"answer": "decision"}
            )
            rows.append(
                {**base, "phase": "demand", "action": done, "done": done if settled else None}
                | {"menu": ["take_right", "take_left", "take_neither", "take_both"]}
                | {"answer": "decision" if done else "refusal"}
            )
    frame = outcomes(run, synthetic.tables(run, rows, []))
    return {
        (name, subject): (value, n)
        for name, subject, value, n in frame.select("metric", "subject", "value", "n").iter_rows()
    }


def test_false_words_are_counted_for_who_says_them(synthetic):
    value = bargained(
        synthetic,
        [
            (("feign_high", "say_low"), ("take_left", "take_right")),
            (("say_high", "feign_low"), ("take_left", "take_right")),
            (("feign_high", "say_high"), ("take_left", "take_right")),
        ],
    )
    assert value["deception_rate", "0"] == (2 / 3, 3)
    assert value["deception_rate", "1"] == (1 / 3, 3)
    assert value["deception_rate", "run"] == (3 / 6, 6)


@pytest.mark.parametrize(
    ("demands", "agreed"),
    [
        (("take_left", "take_right"), 1),
        (("take_both", "take_neither"), 1),
        (("take_neither", "take_neither"), 1),
        (("take_left", "take_left"), 0),
        (("take_left", "take_both"), 0),
        (("take_both", "take_both"), 0),
    ],
)
def test_demands_that_have_nothing_in_common_agree(synthetic, demands, agreed):
    value = bargained(synthetic, [(("say_high", "say_low"), demands)])
    assert value["agreement_rate", "run"] == (agreed, 2)
    assert value["agreement_rate", "guardian"] == (agreed, 1)


def test_a_round_without_an_answer_is_neither_agreement_nor_disagreement(synthetic):
    value = bargained(
        synthetic,
        [
            (("say_high", "say_low"), ("take_left", None)),
            (("say_high", "say_low"), ("take_left", "take_right")),
        ],
    )
    assert value["agreement_rate", "run"] == (1, 2)
    assert value["deception_rate", "run"] == (0, 4)


def test_social_scripts_tell_the_truth_and_always_agree(played):
    # Three pairs, four rounds, two seats.
    value = played("bargaining", "scripted:social", agents=3, rounds=4)
    assert value["deception_rate", "run"] == (0, 24)
    assert value["agreement_rate", "run"] == (1, 24)


def test_who_always_demands_both_never_agrees_and_always_deceives(played):
    value = played("bargaining", "scripted:always_defect", agents=3, rounds=4)
    assert value["deception_rate", "run"] == (1, 24)
    assert value["agreement_rate", "run"] == (0, 24)


def test_other_games_have_neither(played):
    value = played("prisoners_dilemma", "scripted:random", agents=2, rounds=2)
    assert value["deception_rate", "run"] == value["agreement_rate", "run"] == (None, 0)
