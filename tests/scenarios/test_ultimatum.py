"""The ultimatum game, worked by hand at a pie of 10."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Ask, Event
from scenarios.games.ultimatum import PARTS
from scenarios.theory import backward_induction, extremes, normal_form, pure_equilibria
from scenarios.wording import load

GAME = game_of("ultimatum")
OFFERS = ("offer_50", "offer_40", "offer_30", "offer_20", "offer_10")


def begun(**given):
    return GAME.start(GAME.parameters(**given), 2)


def offered(offer, state=None, **given):
    """The state in which this offer is on the table."""
    return GAME.settle(state or begun(**given), (offer,), ()).state


def replied(offer, reply, state=None, **given):
    return GAME.settle(offered(offer, state, **given), (reply,), ())


def round_form():
    """The round as one simultaneous choice: an offer, and for every offer in advance a reply.

    A responder's plan is the smallest part that it accepts; "none" accepts nothing.
    """
    plans = (*OFFERS, "none")

    def paid(profile):
        offer, least = profile
        takes = least != "none" and PARTS[offer] >= PARTS[least]
        return GAME.payoffs(replied(offer, "accept" if takes else "reject").state)

    return normal_form((OFFERS, plans), paid)


def test_seat_0_offers_from_half_down_to_a_tenth():
    assert GAME.asks(begun()) == (Ask(0, "offer", OFFERS, about=1),)


def test_the_responder_knows_the_offer_as_a_part_and_in_points():
    facts = (("offered", "offer_30"), ("part", 0.3), ("points", 3), ("rest", 7))
    asked = Ask(1, "respond", ("accept", "reject"), about=0, facts=facts)
    assert GAME.asks(offered("offer_30")) == (asked,)


@pytest.mark.parametrize(("offer", "kept"), list(zip(OFFERS, (5, 6, 7, 8, 9), strict=True)))
def test_an_accepted_offer_divides_the_ten_points(offer, kept):
    settlement = replied(offer, "accept")
    assert settlement.payoffs == (10 - kept,)
    assert settlement.owed == ((0, kept),)
    assert GAME.payoffs(settlement.state) == (kept, 10 - kept)


@pytest.mark.parametrize("offer", OFFERS)
def test_a_rejected_offer_leaves_nothing_to_either(offer):
    settlement = replied(offer, "reject")
    assert settlement.payoffs == (0,)
    assert settlement.owed == ((0, 0),)
    assert GAME.payoffs(settlement.state) == (0, 0)


def test_seats_take_turns_in_offering():
    second = replied("offer_50", "accept").state
    assert GAME.asks(second) == (Ask(1, "offer", OFFERS, about=0),)
    # Round 1: 5 and 5. Round 2: seat 1 keeps 8 and seat 0 gets 2.
    closed = replied("offer_20", "accept", second)
    assert closed.payoffs == (2,)
    assert closed.owed == ((1, 8),)
    assert GAME.payoffs(closed.state) == (5 + 2, 5 + 8)


def test_both_see_the_offer_and_the_reply():
    assert replied("offer_40", "reject").events == (
        Event(0, "answered", (("own", "offer_40"), ("other", "reject"))),
        Event(1, "replied", (("own", "reject"), ("other", "offer_40"))),
    )


def test_without_an_offer_nobody_is_asked_for_a_reply():
    settlement = GAME.settle(begun(), (None,), ())
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.state.round == 2
    assert settlement.events == settlement.owed == ()


def test_without_a_reply_the_round_is_not_played():
    settlement = replied("offer_50", None)
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.events == settlement.owed == ()
    assert GAME.payoffs(settlement.state) == (0, 0)
    assert [(ask.seat, ask.phase) for ask in GAME.asks(settlement.state)] == [(1, "offer")]


def test_own_points_alone_lead_to_the_smallest_offer_and_its_acceptance():
    solution = backward_induction(GAME, begun())
    assert [key for _, key in solution.path] == ["offer_10", "accept"]
    assert solution.points == (9, 1)
    assert solution.is_unique


def test_every_offer_is_an_equilibrium_if_the_other_takes_nothing_less():
    # A lower offer would be rejected, a higher one a gift, and rejecting the offer costs its part.
    assert set(pure_equilibria(round_form())) == {(offer, offer) for offer in OFFERS}


def test_the_sum_is_the_pie_or_nothing():
    welfare = GAME.welfare(GAME.parameters(), 2)
    assert extremes(round_form()) == (welfare.worst, welfare.best) == (0, 10)


def test_half_and_forty_percent_are_cooperative_and_a_fifth_or_less_is_not():
    classes = {option.key: option.action_class for option in GAME.options}
    assert [classes[offer] for offer in OFFERS] == [
        *("cooperative", "cooperative", "neutral", "uncooperative", "uncooperative")
    ]
    assert (classes["accept"], classes["reject"]) == ("cooperative", "uncooperative")


@pytest.mark.parametrize(
    ("name", "offers", "takes"),
    [
        ("selfish", "offer_10", dict.fromkeys(OFFERS, "accept")),
        ("social", "offer_50", dict.fromkeys(OFFERS, "accept")),
        (
            "reciprocal",
            "offer_50",
            {
                **dict.fromkeys(OFFERS[:3], "accept"),
                **dict.fromkeys(OFFERS[3:], "reject"),
            },
        ),
    ],
)
def test_scripts_offer_and_reply(name, offers, takes):
    script, parameters = GAME.scripts[name], GAME.parameters()
    assert script(parameters, GAME.asks(begun())[0], []) == offers
    replies = {offer: script(parameters, GAME.asks(offered(offer))[0], []) for offer in OFFERS}
    assert replies == takes


def test_the_reciprocal_script_offers_what_it_was_offered():
    was_offered_a_fifth = [replied("offer_20", "reject").events[1]]
    ask = GAME.asks(begun())[0]
    assert GAME.scripts["reciprocal"](GAME.parameters(), ask, was_offered_a_fifth) == "offer_20"


def test_one_offer_of_a_hundred_is_what_people_were_measured_on():
    preset = GAME.presets["mei-2024"]
    assert (preset.rounds, preset.pie) == (1, 100)
    closed = GAME.settle(offered("offer_30", GAME.start(preset, 2)), ("accept",), ())
    assert GAME.payoffs(closed.state) == (70, 30)
    assert closed.state.over


def test_the_quiz_numbers_are_what_the_rules_pay():
    terms = GAME.terms(GAME.parameters(), 2)
    for part in ("20", "30"):
        paid = GAME.payoffs(replied(f"offer_{part}", "accept").state)
        assert (terms[f"kept_{part}"], terms[f"given_{part}"]) == paid


def test_the_reply_is_asked_for_with_the_offer_in_words_and_points():
    wording = load("ultimatum").wordings["orchard"]
    (ask,) = GAME.asks(offered("offer_10"))
    assert wording.tell_ask(ask.phase, ask.facts, GAME.terms(GAME.parameters(), 2)) == (
        "This week it was your neighbour who offered one crate:"
        " 1 of the coins for you, 9 for your neighbour."
    )
