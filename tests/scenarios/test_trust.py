"""The trust game, worked by hand at an endowment of 10 that is tripled on the way."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.strategies import strategy
from scenarios.theory import backward_induction
from scenarios.wording import load

GAME = game_of("trust")
SENDS = ("send_all", "send_half", "send_some", "send_nothing")
RETURNS = ("return_half", "return_part", "return_nothing")


def begun(**given):
    return GAME.start(GAME.parameters(**given), 2)


def after(state, *moves):
    """The settlement of the last of these moves."""
    for move in moves:
        settlement = GAME.settle(state, (move,), ())
        state = settlement.state
    return settlement


@pytest.mark.parametrize(
    ("sent", "arrived", "half", "part"),
    [
        # 3 * 10, 3 * 5, 3 * 2.
        ("send_all", 30, 15, 10),
        ("send_half", 15, 7.5, 5),
        ("send_some", 6, 3, 2),
    ],
)
def test_the_receiver_is_told_what_was_sent_what_arrived_and_what_half_and_a_third_are(
    sent, arrived, half, part
):
    settlement = after(begun(), sent)
    facts = (("sent", sent), ("arrived", arrived), ("half_of_it", half), ("part_of_it", part))
    assert settlement.payoffs == (None,)
    assert settlement.events == settlement.owed == ()
    assert GAME.asks(settlement.state) == (Ask(1, "return", RETURNS, about=0, facts=facts),)


@pytest.mark.parametrize(
    ("sent", "returned", "to_sender", "to_receiver"),
    [
        ("send_all", "return_half", 15, 15),
        ("send_all", "return_part", 10, 20),
        ("send_all", "return_nothing", 0, 30),
        # 5 kept, 15 arrived.
        ("send_half", "return_half", 12.5, 7.5),
        ("send_half", "return_part", 10, 10),
        ("send_half", "return_nothing", 5, 15),
        # 8 kept, 6 arrived.
        ("send_some", "return_half", 11, 3),
        ("send_some", "return_part", 10, 4),
        ("send_some", "return_nothing", 8, 6),
    ],
)
def test_the_sender_has_what_it_kept_and_what_came_back(sent, returned, to_sender, to_receiver):
    settlement = after(begun(), sent, returned)
    assert settlement.moves == (returned,)
    assert settlement.payoffs == (to_receiver,)
    assert settlement.owed == ((0, to_sender),)
    assert GAME.payoffs(settlement.state) == (to_sender, to_receiver)


def test_a_third_of_the_tripled_amount_makes_the_sender_whole_whatever_was_sent():
    for sent in SENDS[:3]:
        assert after(begun(), sent, "return_part").owed == ((0, 10),)


def test_where_nothing_is_sent_the_round_closes_without_asking_the_receiver():
    settlement = after(begun(), "send_nothing")
    assert settlement.moves == ("send_nothing",)
    assert settlement.payoffs == (10,)
    assert settlement.owed == ()
    assert settlement.state.round == 2
    assert GAME.payoffs(settlement.state) == (10, 0)
    assert settlement.events == (
        Event(0, "kept", (("own", "send_nothing"),)),
        Event(1, "missed", (("other", "send_nothing"),)),
    )


def test_both_see_what_both_did():
    assert after(begun(), "send_half", "return_nothing").events == (
        Event(0, "returned", (("own", "send_half"), ("other", "return_nothing"))),
        Event(1, "received", (("other", "send_half"), ("own", "return_nothing"))),
    )


def test_roles_alternate_and_points_go_to_who_earned_them():
    state = after(begun(), "send_all", "return_part").state
    assert GAME.asks(state) == (Ask(1, "send", SENDS, about=0),)
    settlement = after(state, "send_half", "return_nothing")
    # 10 and 20, then seat 1 kept 5 and seat 0 got 15.
    assert settlement.payoffs == (15,)
    assert settlement.owed == ((1, 5),)
    assert GAME.payoffs(settlement.state) == (25, 25)
    assert GAME.asks(settlement.state)[0].seat == 0


def test_the_second_seat_may_keep_everything_too():
    state = after(begun(), "send_nothing", "send_nothing").state
    assert GAME.payoffs(state) == (10, 10)


@pytest.mark.parametrize("moves", [(None,), ("send_all", None)])
def test_a_missing_answer_voids_the_round_for_both(moves):
    settlement = after(begun(), *moves)
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.events == settlement.owed == ()
    assert settlement.state.round == 2
    assert settlement.state.sent is None
    assert GAME.payoffs(settlement.state) == (0, 0)


def test_a_receiver_returns_nothing_and_a_sender_who_foresees_it_sends_nothing():
    found = backward_induction(GAME, begun())
    assert [key for _, key in found.path] == ["send_nothing"]
    assert found.points == (10, 0) and found.is_unique


@pytest.mark.parametrize("sent", SENDS[:3])
def test_returning_nothing_is_best_whatever_arrived(sent):
    found = backward_induction(GAME, after(begun(), sent).state)
    assert [key for _, key in found.path] == ["return_nothing"]
    assert found.is_unique


@pytest.mark.parametrize(("multiplier", "best"), [(3, 30), (1.5, 15)])
def test_together_they_have_the_most_where_everything_is_sent(multiplier, best):
    sums = {
        (sent, returned): sum(
            GAME.payoffs(after(begun(multiplier=multiplier), sent, returned).state)
        )
        for sent in SENDS[:3]
        for returned in RETURNS
    }
    welfare = GAME.welfare(GAME.parameters(multiplier=multiplier), 2)
    assert (welfare.worst, welfare.best) == (10, best)
    assert {moves for moves, total in sums.items() if total == best} == {
        ("send_all", returned) for returned in RETURNS
    }
    assert min(sums.values()) > welfare.worst


def test_the_published_game_is_one_round_of_ten_tripled():
    preset = GAME.presets["berg-1995"]
    assert (preset.rounds, preset.endowment, preset.multiplier) == (1, 10, 3)
    state = GAME.settle(GAME.start(preset, 2), ("send_all",), ()).state
    assert GAME.settle(state, ("return_half",), ()).state.over


@pytest.mark.parametrize("given", [{"multiplier": 1}, {"endowment": 0}])
def test_what_does_not_grow_or_is_not_there_cannot_be_sent(given):
    with pytest.raises(ParameterError, match=next(iter(given))):
        parameters(GAME, given)


@pytest.mark.parametrize("seats", [1, 3])
def test_the_game_is_for_two(seats):
    with pytest.raises(ValueError, match=f"is played by 2 seats, not {seats}"):
        GAME.start(GAME.parameters(), seats)


def chosen(script, ask, seen=()):
    choose = strategy(script, GAME, GAME.parameters())
    return ask.menu[choose(seen, ask).index(1)]


@pytest.mark.parametrize(
    ("script", "sends", "returns"),
    [
        ("selfish", "send_nothing", "return_nothing"),
        ("social", "send_all", "return_half"),
        ("reciprocal", "send_all", "return_half"),
    ],
)
def test_what_the_scripts_do_first(script, sends, returns):
    state = begun()
    assert chosen(script, GAME.asks(state)[0]) == sends
    assert chosen(script, GAME.asks(after(state, "send_all").state)[0]) == returns


@pytest.mark.parametrize(
    ("sent", "returned"),
    [("send_all", "return_half"), ("send_half", "return_part"), ("send_some", "return_part")],
)
def test_the_reciprocal_receiver_returns_more_to_who_sent_more(sent, returned):
    assert chosen("reciprocal", GAME.asks(after(begun(), sent).state)[0]) == returned


@pytest.mark.parametrize("sent", SENDS)
def test_the_reciprocal_sender_sends_what_was_sent_to_it(sent):
    moves = (sent,) if sent == "send_nothing" else (sent, "return_half")
    settlement = after(begun(), *moves)
    seen = [event for event in settlement.events if event.seat == 1]
    assert chosen("reciprocal", GAME.asks(settlement.state)[0], seen) == sent


@pytest.mark.parametrize(
    ("returned", "sends"),
    [
        ("return_half", "send_all"),
        ("return_part", "send_half"),
        ("return_nothing", "send_nothing"),
    ],
)
def test_the_reciprocal_sender_answers_what_came_back_where_that_was_the_last(returned, sends):
    # The round between, in which the other would have sent, was void.
    settlement = after(begun(), "send_all", returned)
    seen = [event for event in settlement.events if event.seat == 0]
    state = after(settlement.state, None).state
    assert GAME.asks(state)[0].seat == 0
    assert chosen("reciprocal", GAME.asks(state)[0], seen) == sends


def test_what_one_kept_oneself_is_nothing_to_answer():
    settlement = after(begun(), "send_nothing", None)
    seen = [Event(0, "kept", (("own", "send_nothing"),))]
    assert chosen("reciprocal", GAME.asks(settlement.state)[0], seen) == "send_all"


def test_sending_everything_is_trust_and_returning_nothing_betrayal():
    tags = {option.key: option.tags for option in GAME.options if option.tags}
    assert tags == {"send_all": ("trust",), "return_nothing": ("betrayal",)}


@pytest.mark.parametrize("name", list(load("trust").wordings))
def test_every_wording_tells_the_numbers_of_the_choice_at_hand(name):
    wording = load("trust").wordings[name]
    terms = GAME.terms(GAME.parameters(), 2)
    send = wording.tell_ask("send", (), terms)
    assert send.index("5") < send.index("2")
    (ask,) = GAME.asks(after(begun(), "send_half").state)
    told = wording.tell_ask("return", ask.facts, terms)
    assert wording.options["send_half"].past in told
    assert told.index("15") < told.index("7.5") < told.rindex("5")


def test_the_quiz_numbers_are_what_the_rules_pay():
    terms = GAME.terms(GAME.parameters(), 2)
    assert terms["half_of_all"] == after(begun(), "send_all", "return_half").payoffs[0]
    assert terms["part_of_all"] == after(begun(), "send_all", "return_part").owed[0][1]
    assert terms["all_arrived"] == after(begun(), "send_all", "return_nothing").payoffs[0]
    assert terms["endowment"] == after(begun(), "send_nothing").payoffs[0]
