"""What is offered and rejected in societies of the ultimatum game, worked by hand."""

import pytest

from analysis.metrics import outcomes

NAMES = ("offer_share", "rejection_rate", "low_offer_rejection_rate")


def test_who_seeks_own_points_offers_a_tenth_and_takes_everything(played):
    # One pair, four rounds: an offer and a reply in each.
    value = played("ultimatum", "scripted:selfish", agents=2, rounds=4)
    assert value["offer_share", "run"] == (pytest.approx(0.1), 4)
    assert value["rejection_rate", "run"] == (0, 4)
    assert value["low_offer_rejection_rate", "run"] == (0, 4)


def test_rejections_belong_to_who_rejects_and_offers_to_who_offers(played):
    # Each makes two offers and two replies. The selfish one offers a tenth both times and accepts
    # whatever it is offered; the reciprocal one rejects both tenths.
    mix = {"name": "half", "mix": {"scripted:selfish": 0.5, "scripted:reciprocal": 0.5}}
    value = played("ultimatum", mix, agents=2, rounds=4)
    assert value["offer_share", "scripted:selfish"] == (pytest.approx(0.1), 2)
    assert value["rejection_rate", "scripted:selfish"] == (0, 2)
    assert value["rejection_rate", "scripted:reciprocal"] == (1, 2)
    assert value["low_offer_rejection_rate", "scripted:reciprocal"] == (1, 2)
    assert value["rejection_rate", "run"] == (1 / 2, 4)


def test_no_low_offer_leaves_its_rejection_undefined(played):
    value = played("ultimatum", "scripted:social", agents=3, rounds=2)
    assert value["offer_share", "run"] == (pytest.approx(0.5), 6)
    assert value["rejection_rate", "run"] == (0, 6)
    assert value["low_offer_rejection_rate", "run"] == (None, 0)


def test_only_offers_below_three_tenths_are_low(synthetic):
    # Offers 0.5, 0.3 and 0.2 are rejected; the offer of 0.1 is accepted, and one of 0.2 is not
    # answered: 3 of 4 in all, 1 of 2 among the low ones.
    replies = [(0.5, "reject"), (0.3, "reject"), (0.2, "reject"), (0.1, "accept"), (0.2, None)]
    run = synthetic.record(["tin-man"] * 2, scenario="ultimatum")
    rows = [
        {"round": number, "phase": "respond", "group": "g0", "agent": 1, "partner": 0}
        | {"facts": f'{{"part": {part}}}', "menu": ["accept", "reject"], "action": reply}
        | {"answer": "decision" if reply else "refusal"}
        for number, (part, reply) in enumerate(replies, start=1)
    ]
    frame = outcomes(run, synthetic.tables(run, rows, []))
    found = {
        name: (
            frame.filter(metric=name, scope="run")["value"][0],
            frame.filter(metric=name)["n"][0],
        )
        for name in NAMES
    }
    assert found["offer_share"] == (None, 0)
    assert found["rejection_rate"] == (3 / 4, 4)
    assert found["low_offer_rejection_rate"] == (1 / 2, 2)


def test_other_games_have_no_offers(played):
    value = played("prisoners_dilemma", "scripted:random", agents=2, rounds=2)
    assert {value[name, "run"] for name in NAMES} == {(None, 0)}
