"""Hand-worked values of the metrics of the trust game."""

import pytest

from analysis.metrics import outcomes, score

SENDS = ["send_all", "send_half", "send_some", "send_nothing"]
RETURNS = ["return_half", "return_part", "return_nothing"]
METRICS = ("share_sent", "share_returned", "trust_payback")


def read(frame):
    """(metric, subject) -> (value, n)."""
    rows = frame.select("metric", "subject", "value", "n").iter_rows()
    return {(name, subject): (value, n) for name, subject, value, n in rows}


@pytest.fixture
def answers(synthetic):
    """Outcomes of (agent, answer) pairs; an answer that is no option is that kind of answer."""

    def measure(*given, scenario="trust", **parameters):
        members = ["human-benevolent", "tin-man"]
        rows = []
        for number, (agent, answer) in enumerate(given, start=1):
            menu = SENDS if answer.startswith("send") else RETURNS
            decided = answer in menu
            rows.append(
                {"round": number, "phase": menu[0].split("_")[0], "group": "g0", "agent": agent}
                | {"partner": 1 - agent, "menu": menu, "action": answer if decided else None}
                | {"answer": "decision" if decided else answer}
            )
        document = synthetic.document(members, scenario=scenario)
        document["parameters"] |= parameters
        run = synthetic.record(members, scenario=scenario)
        return read(score(document, synthetic.tables(run, rows, [])))

    return measure


def test_who_sends_everything_and_returns_half_does_so_in_every_round(played):
    value = played("trust", "scripted:reciprocal", agents=2, rounds=4)
    assert value["share_sent", "run"] == (1, 4)
    assert value["share_returned", "run"] == (1 / 2, 4)
    assert value["trust_payback", "run"] == (1, 4)
    # Each was sender twice and receiver twice.
    assert value["share_sent", "0"] == (1, 2)
    assert value["share_returned", "1"] == (1 / 2, 2)


def test_where_nothing_is_ever_sent_nothing_is_known_of_returning(played):
    value = played("trust", "scripted:selfish", agents=2, rounds=4)
    assert value["share_sent", "run"] == (0, 4)
    assert value["share_returned", "run"] == (None, 0)
    assert value["trust_payback", "run"] == (None, 0)


def test_who_answers_in_kind_sends_a_selfish_one_something_once_at_most(played):
    # Four characters on a complete network, two of them selfish: six pairs, each with two senders.
    # A reciprocal pair sends everything and returns half in all 4 rounds. In a selfish pair nothing
    # is sent. In the four mixed pairs a selfish first sender sends nothing, and gets nothing in
    # turn; a reciprocal first sender sends everything once, gets nothing back and then nothing.
    mix = {"name": "half", "mix": {"scripted:reciprocal": 0.5, "scripted:selfish": 0.5}}
    value = played("trust", mix, agents=4, rounds=4)
    assert value["share_sent", "scripted:selfish"] == (0, 4 + 8)
    first, n = value["share_sent", "scripted:reciprocal"]
    trusting = value["share_returned", "scripted:selfish"][1]
    assert n == 4 + 8
    assert first == pytest.approx((4 + trusting) / 12)
    assert value["share_returned", "scripted:reciprocal"] == (1 / 2, 4)
    assert value["share_returned", "scripted:selfish"] == ((0, trusting) if trusting else (None, 0))
    assert value["share_returned", "run"][0] == pytest.approx(4 / 2 / (4 + trusting))


def test_parts_are_averaged_over_answers(answers):
    # Sent: 1, 0.5, 0.2 and 0, in sum 1.7. Returned: 1/2, 1/3 and 0, in sum 5/6.
    value = answers(*((0, sent) for sent in SENDS), *((1, returned) for returned in RETURNS))
    assert value["share_sent", "run"] == (pytest.approx(1.7 / 4), 4)
    assert value["share_returned", "run"] == (pytest.approx(5 / 18), 3)
    assert value["share_sent", "human-benevolent"] == value["share_sent", "run"]
    assert value["share_sent", "tin-man"] == (None, 0)
    assert value["share_returned", "1"] == value["share_returned", "run"]


@pytest.mark.parametrize(
    ("multiplier", "paid_back"),
    # Half of twice as much is as much as was sent, and a third of that is not.
    [(3, 2 / 3), (2, 1 / 3), (1.5, 0)],
)
def test_a_third_pays_back_where_the_amount_was_tripled(answers, multiplier, paid_back):
    value = answers(*((1, returned) for returned in RETURNS), multiplier=multiplier)
    assert value["trust_payback", "run"] == (pytest.approx(paid_back), 3)


def test_what_was_not_answered_does_not_count(answers):
    value = answers((0, "send_all"), (1, "refusal"), (1, "return_half"), (0, "unparsed"))
    assert value["share_sent", "run"] == (1, 1)
    assert value["share_returned", "run"] == (1 / 2, 1)


@pytest.mark.parametrize("name", METRICS)
def test_other_games_have_none_of_it(synthetic, name):
    turns = [synthetic.turn(1, (0, 1), ("cooperate", "defect"))]
    value = read(score(*synthetic.run(["human-benevolent", "tin-man"], turns)))
    assert value[name, "run"] == value[name, "0"] == (None, 0)


@pytest.mark.parametrize("name", METRICS)
def test_a_run_without_rows_has_none_of_it(synthetic, name):
    run = synthetic.record(["human-benevolent", "tin-man"], scenario="trust")
    assert read(outcomes(run, synthetic.tables(run, [], [])))[name, "run"] == (None, 0)
