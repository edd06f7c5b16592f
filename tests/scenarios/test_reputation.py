"""Reputation, worked by hand at a cost of 1 and a benefit of 3, among four in a ring."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.theory import backward_induction, dominant, pure_equilibria, social_optima, stage

GAME = game_of("reputation")
# With four seats, below 1/3 a shift of 1, below 2/3 of 2, else of 3.
NEXT, ACROSS, BEFORE = 0.0, 0.5, 0.9


def group(seats=4, shift=NEXT, **given):
    return GAME.start(GAME.parameters(**given), seats, (shift,))


def given(moves, shift=NEXT, **more):
    return GAME.settle(group(len(moves), shift, **more), tuple(moves), (NEXT,))


def told(moves, tellings, shift=NEXT, following=NEXT):
    return GAME.settle(given(moves, shift).state, tuple(tellings), (following,))


@pytest.mark.parametrize(
    ("number", "receivers"),
    [(0.0, [1, 2, 3, 0]), (0.34, [2, 3, 0, 1]), (0.67, [3, 0, 1, 2]), (0.999, [3, 0, 1, 2])],
)
def test_chance_draws_who_meets_whom(number, receivers):
    asks = GAME.asks(group(shift=number))
    assert [ask.about for ask in asks] == receivers


@pytest.mark.parametrize("seats", [3, 4, 12])
def test_nobody_ever_meets_itself(seats):
    for number in (0.0, 0.25, 0.5, 0.75, 1 - 2**-53):
        asks = GAME.asks(group(seats, number))
        assert all(ask.about != ask.seat for ask in asks)
        assert sorted(ask.about for ask in asks) == list(range(seats))


def test_at_first_nothing_is_known_of_anybody():
    assert GAME.asks(group())[0] == Ask(0, "give_unknown", ("give", "keep"), about=1)


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        (("give", "give", "give", "give"), (2, 2, 2, 2)),
        (("keep", "keep", "keep", "keep"), (0, 0, 0, 0)),
        # Seat 0 gives to 1 and gets nothing from 3.
        (("give", "keep", "keep", "keep"), (-1, 3, 0, 0)),
        (("keep", "give", "give", "give"), (3, -1, 2, 2)),
    ],
)
@pytest.mark.parametrize("gossip", [True, False])
def test_a_gift_costs_one_and_brings_three(moves, points, gossip):
    settlement = given(moves, gossip=gossip)
    if gossip:
        assert settlement.payoffs == (None,) * 4
        truths = [ask.menu[0] for ask in GAME.asks(settlement.state)]
        settlement = GAME.settle(settlement.state, tuple(truths), (NEXT,))
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


def test_without_gossip_everybody_is_known_by_what_it_did_last():
    state = given(("give", "keep", "keep", "give"), gossip=False).state
    assert state.round == 2
    assert GAME.asks(state) == (
        Ask(0, "give", ("give", "keep"), about=1, facts=(("said", "keep"),)),
        Ask(1, "give", ("give", "keep"), about=2, facts=(("said", "keep"),)),
        Ask(2, "give", ("give", "keep"), about=3, facts=(("said", "give"),)),
        Ask(3, "give", ("give", "keep"), about=0, facts=(("said", "give"),)),
    )


def test_each_receiver_is_asked_what_it_tells_of_what_was_done_to_it():
    state = given(("give", "keep", "keep", "give"), shift=ACROSS).state
    # 2 got from 0 and 1 from 3; 3 got nothing from 1, and 0 nothing from 2.
    assert GAME.asks(state) == (
        Ask(0, "tell", ("expose", "whitewash"), facts=(("did", "keep"),)),
        Ask(1, "tell", ("praise", "slander"), facts=(("did", "give"),)),
        Ask(2, "tell", ("praise", "slander"), facts=(("did", "give"),)),
        Ask(3, "tell", ("expose", "whitewash"), facts=(("did", "keep"),)),
    )


def test_what_is_told_is_what_is_known_whether_true_or_not():
    # Receiver i + 1 tells of giver i: 1 of 0, 2 of 1, 3 of 2, 0 of 3.
    moves = ("give", "give", "keep", "keep")
    state = told(moves, ("expose", "slander", "praise", "whitewash")).state
    assert state.known == ("keep", "give", "give", "keep")


def test_who_tells_nothing_changes_nothing():
    before = told(("give",) * 4, ("praise",) * 4).state
    met = GAME.settle(before, ("keep",) * 4, (NEXT,)).state
    after = GAME.settle(met, ("expose", None, None, "expose"), (NEXT,))
    # 0 tells of 3 and 3 of 2; 0 and 1 stay as they were told of.
    assert after.state.known == ("give", "give", "keep", "keep")
    assert after.payoffs == (0, 0, 0, 0)


def test_seats_see_what_they_did_what_was_done_and_what_was_told():
    moves = ("give", "keep", "keep", "keep")
    own = [event for event in given(moves).events if event.seat in (0, 1)]
    assert own == [
        Event(0, "own_turn", (("own", "give"),)),
        Event(1, "own_turn", (("own", "keep"),)),
    ]
    events = told(moves, ("expose", "slander", None, "whitewash")).events
    assert [event for event in events if event.seat == 0] == [
        Event(0, "other_turn", (("other", "keep"),)),
        Event(0, "own_word", (("own", "expose"),)),
        Event(0, "word_of_you", (("said", "keep"),)),
    ]
    # 2 told nothing of 1.
    assert [event for event in events if event.seat == 1] == [
        Event(1, "other_turn", (("other", "give"),)),
        Event(1, "own_word", (("own", "slander"),)),
    ]


def test_nobody_learns_from_its_facts_whom_it_meets():
    state = told(("give",) * 4, ("praise",) * 4).state
    assert {ask.facts for ask in GAME.asks(state)} == {(("said", "give"),)}


def test_a_meeting_without_an_answer_does_not_take_place():
    # 1 is silent: 0 cannot give to it, and it gives nothing to 2. 2 meets 3, and 3 meets 0.
    settlement = given(("give", None, "give", "give"))
    assert settlement.moves == (None, None, "give", "give")
    asks = GAME.asks(settlement.state)
    assert [ask.seat for ask in asks] == [0, 3]
    closing = GAME.settle(settlement.state, ("praise", "slander"), (NEXT,))
    # 0 gets 3 from 3, whose own gift cost 1; 3 gets 3 from 2; 2 pays 1 and was met by nobody.
    assert closing.payoffs == (3, 2)
    assert closing.owed == ((2, -1),)
    assert GAME.payoffs(closing.state) == (3, 0, -1, 2)
    assert closing.state.known == (None, None, "keep", "give")


def test_without_gossip_a_seat_without_a_meeting_is_not_paid():
    settlement = given(("give", None, "give", None), gossip=False)
    assert settlement.moves == settlement.payoffs == (None,) * 4
    assert settlement.events == ()
    assert settlement.state.round == 2
    assert settlement.state.known == (None,) * 4


def test_a_round_without_any_meeting_asks_nobody_to_tell():
    settlement = given(("give", None, "give", None))
    assert settlement.state.round == 2
    assert {ask.phase for ask in GAME.asks(settlement.state)} == {"give_unknown"}


def test_the_next_shift_is_drawn_when_the_round_closes():
    state = told(("give",) * 4, ("praise",) * 4, following=BEFORE).state
    assert [ask.about for ask in GAME.asks(state)] == [3, 0, 1, 2]


def test_keeping_is_dominant_and_all_giving_the_optimum_of_a_round():
    form = stage(GAME, GAME.parameters(gossip=False), 4)
    assert all(dominant(form, seat) == "keep" for seat in range(4))
    assert pure_equilibria(form) == (("keep",) * 4,)
    assert social_optima(form) == (("give",) * 4,)


def test_gossip_changes_nothing_in_a_last_round_and_binds_nobody_to_the_truth():
    found = backward_induction(GAME, group(3, rounds=1))
    assert [key for _, key in found.path][:3] == ["keep"] * 3
    assert found.points == (0, 0, 0)
    # Telling earns nothing, so that any telling is an equilibrium.
    assert not found.is_unique


def test_welfare_is_what_all_gain_where_all_give():
    welfare = GAME.welfare(GAME.parameters(), 4)
    assert (welfare.worst, welfare.best) == (0, 8)


def scripted(name, ask):
    return GAME.scripts[name](GAME.parameters(), ask, [])


def test_the_reciprocal_give_to_the_unknown_and_to_those_told_to_have_given():
    unknown = Ask(0, "give_unknown", ("give", "keep"), about=1)
    known = {
        said: unknown._replace(phase="give", facts=(("said", said),)) for said in ("give", "keep")
    }
    assert scripted("reciprocal", unknown) == "give"
    assert scripted("reciprocal", known["give"]) == "give"
    assert scripted("reciprocal", known["keep"]) == "keep"
    assert scripted("social", known["keep"]) == "give"
    assert scripted("selfish", known["give"]) == "keep"


@pytest.mark.parametrize("name", ["selfish", "social", "reciprocal"])
@pytest.mark.parametrize(
    ("did", "menu", "truth"),
    [("give", ("praise", "slander"), "praise"), ("keep", ("expose", "whitewash"), "expose")],
)
def test_scripts_tell_the_truth(name, did, menu, truth):
    assert scripted(name, Ask(0, "tell", menu, facts=(("did", did),))) == truth


def test_slander_is_harm_and_every_untrue_telling_deceives():
    tags = {option.key: option.tags for option in GAME.options}
    assert [key for key, tag in tags.items() if "harm" in tag] == ["slander"]
    assert [key for key, tag in tags.items() if "deception" in tag] == ["slander", "whitewash"]
    assert {option.key for option in GAME.options if option.says} == {
        "praise",
        "slander",
        "expose",
        "whitewash",
    }


def test_published_simulations_had_a_tenth_as_cost():
    preset = GAME.presets["nowak-sigmund-1998"]
    assert (preset.cost, preset.benefit, preset.gossip) == (0.1, 1, False)
    # 1 - 0.1, without the error of binary fractions.
    assert GAME.terms(preset, 4)["net"] == 0.9


def test_gifts_that_destroy_are_refused():
    with pytest.raises(ParameterError, match="benefit > cost"):
        parameters(GAME, {"benefit": 1})
