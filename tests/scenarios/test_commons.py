"""The commons, worked by hand at a stock of 100 that doubles and is gone below 5."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters as parameters_of
from scenarios.errors import ParameterError
from scenarios.game import Event
from scenarios.games.commons import HARVEST, amounts, regrown
from scenarios.playthrough import play
from scenarios.theory import dominant, normal_form, pure_equilibria, stage

GAME = game_of("commons")
LITTLE, NOTHING, MUCH = "say_little", "say_nothing", "say_much"
SMALL = {"capacity": 20}
"""Two seats at a stock of 20 take 0, 5, 7.5 or 10 each."""


def begun(seats=5, **given):
    return GAME.start(GAME.parameters(**given), seats)


def harvested(moves, **given):
    return GAME.settle(begun(len(moves), **given), tuple(moves), ())


def stocks(moves, rounds=10, seats=5):
    """The stock at the end of every round in which all do the same; `moves` repeat."""
    state, found = begun(seats, rounds=rounds), []
    while not state.over:
        state = GAME.settle(state, (moves[len(found) % len(moves)],) * seats, ()).state
        found.append(state.stock)
    return found


def scripted(name, seats=5, **given):
    """The last state of a group in which every seat follows this script."""
    parameters = GAME.parameters(**given)
    state, seen = GAME.start(parameters, seats), [[] for _ in range(seats)]
    while not state.over:
        asks = GAME.asks(state)
        moves = tuple(GAME.scripts[name](parameters, ask, seen[ask.seat]) for ask in asks)
        settlement = GAME.settle(state, moves, ())
        for event in settlement.events:
            seen[event.seat].append(event)
        state = settlement.state
    return state


def test_every_seat_is_told_the_stock_what_it_may_take_and_how_many_rounds_are_left():
    # What regrows of 100 is 50, a fifth of it 10; a fifth of the whole is 20.
    asks = GAME.asks(begun())
    assert [ask.seat for ask in asks] == [0, 1, 2, 3, 4]
    assert {ask.menu for ask in asks} == {("rest", "sustain", "exceed", "grab")}
    assert dict(asks[0].facts) == {
        "stock": 100,
        "sustain": 10,
        "exceed": 15,
        "grab": 20,
        "left": 10,
    }


def test_a_unit_taken_is_a_point_and_the_rest_doubles():
    # 0 + 10 + 15 + 20 + 10 = 55 taken, 45 left.
    settlement = harvested(("rest", "sustain", "exceed", "grab", "sustain"))
    assert settlement.payoffs == (0, 10, 15, 20, 10)
    assert settlement.state.stock == 90
    assert GAME.payoffs(settlement.state) == (0, 10, 15, 20, 10)


def test_the_stock_never_grows_beyond_its_capacity():
    assert harvested(("rest",) * 5).state.stock == 100


@pytest.mark.parametrize("seats", [2, 5, 7, 12])
def test_a_sustainable_yield_keeps_the_stock_for_ever(seats):
    found = stocks(["sustain"], rounds=200, seats=seats)
    assert found == [100] * 200


def test_grabbing_empties_the_stock_in_the_first_round():
    assert stocks(["grab"]) == [0]


def test_exceeding_collapses_the_stock_in_the_fourth_round():
    # 100 - 5 * 15 = 25, 50; 50 - 5 * 7.5 = 12.5, 25; then 3.7 each (half of 2.5 + 5, in tenths):
    # 25 - 18.5 = 6.5, 13; then 1.9 each (half of 1.3 + 2.6): 13 - 9.5 = 3.5, which is below 5.
    assert stocks(["exceed"]) == [50, 25, 13, 0]


def test_one_who_grabs_wears_the_stock_down_for_all():
    # 100 - 20 - 4 * 10 = 40, 80; 80 - 16 - 4 * 8 = 32, 64.
    state = harvested(("grab", *("sustain",) * 4)).state
    assert state.stock == 80
    assert GAME.settle(state, ("grab", *("sustain",) * 4), ()).state.stock == 64


def test_five_left_live_on_and_less_is_gone():
    # Of 20: 15 taken leave 5, 17.5 leave 2.5.
    assert harvested(("exceed", "exceed"), **SMALL).state.stock == 10
    gone = harvested(("exceed", "grab"), **SMALL).state
    assert gone.stock == 0 and gone.over and gone.round == 2
    assert GAME.asks(gone) == ()


def test_after_the_last_round_it_is_over_though_there_is_stock():
    state = harvested(("sustain",) * 5, rounds=1).state
    assert state.over and state.stock == 100


def test_a_missing_answer_takes_nothing_and_is_paid_nothing():
    settlement = harvested(("sustain", None, "grab", None, "rest"))
    assert settlement.payoffs == (10, None, 20, None, 0)
    assert settlement.state.stock == 100  # 70 left
    assert {event.seat for event in settlement.events} == {0, 2, 4}


def test_one_that_answers_alone_harvests_and_sees_nothing_of_others():
    settlement = harvested(("grab", None, None, None, None))
    assert settlement.payoffs == (20, None, None, None, None)
    assert settlement.events == ()


@pytest.mark.parametrize(
    ("others", "nearest", "mean"),
    [
        (("sustain", "sustain", "grab", "grab"), "exceed", 15),
        (("rest", "grab", "grab", "grab"), "exceed", 15),
        # 12.5 is as near to 10 as to 15: the smaller one is told.
        (("sustain", "sustain", "exceed", "exceed"), "sustain", 12.5),
        (("rest", "rest", "rest", "grab"), "rest", 5),
    ],
)
def test_each_seat_learns_what_the_others_took_on_average(others, nearest, mean):
    event = harvested(("rest", *others)).events[0]
    facts = (("own", "rest"), ("others", nearest), ("mean", mean))
    assert event == Event(0, "harvest", facts)


def talked(said, **given):
    return GAME.settle(begun(len(said), talk=True, **given), tuple(said), ())


def test_talk_comes_before_the_harvest_pays_nothing_and_binds_nobody():
    assert {ask.phase for ask in GAME.asks(begun(talk=True))} == {"talk"}
    settlement = talked((LITTLE, LITTLE, MUCH, NOTHING, None))
    assert settlement.payoffs == (None,) * 5
    assert settlement.events == ()
    asks = GAME.asks(settlement.state)
    assert {(ask.phase, ask.menu) for ask in asks} == {("harvest_after_talk", HARVEST)}
    assert settlement.state.round == 1


def test_each_learns_how_many_of_the_others_said_what():
    asks = GAME.asks(talked((LITTLE, LITTLE, MUCH, NOTHING, None)).state)
    told = [tuple(dict(ask.facts)[name] for name in ("said", "little", "much")) for ask in asks]
    assert told == [
        (LITTLE, 1, 1),
        (LITTLE, 1, 1),
        (MUCH, 2, 0),
        (NOTHING, 2, 1),
        # Who gave no answer has said nothing.
        (NOTHING, 2, 1),
    ]


def test_what_was_said_is_remembered_beside_what_was_done():
    state = talked((LITTLE, LITTLE, MUCH), rounds=2).state
    settlement = GAME.settle(state, ("grab", "grab", "sustain"), ())
    assert [event for event in settlement.events if event.seat == 2] == [
        Event(2, "heard", (("little", 2), ("much", 0))),
        Event(2, "harvest", settlement.events[-1].facts),
    ]
    assert {ask.phase for ask in GAME.asks(settlement.state)} == {"talk"}


def test_saying_is_saying_and_silence_is_not():
    assert {option.key for option in GAME.options if option.says} == {LITTLE, MUCH}


@given(
    seats=st.integers(2, 12),
    growth=st.floats(1.25, 6),
    collapse=st.floats(5, 30),
    times=st.floats(1, 40),
    part=st.floats(0, 1),
)
def test_the_four_amounts_differ_at_every_stock_that_can_be_met(
    seats, growth, collapse, times, part
):
    capacity = growth * collapse * times
    parameters = GAME.parameters(capacity=capacity, growth=growth, collapse=collapse)
    least = regrown(parameters, collapse)
    stock = GAME.start(parameters, seats).stock
    for met in (least, stock, regrown(parameters, collapse + part * (stock - collapse))):
        found = tuple(amounts(parameters, met, seats)[key] for key in HARVEST)
        assert sorted(set(found)) == list(found)
        # They come in tenths, all of the most can be taken, and what sustains does sustain.
        assert found == pytest.approx([round(10 * one) / 10 for one in found])
        assert seats * found[-1] <= met + 1e-9
        assert regrown(parameters, met - seats * found[1]) >= met - 1e-9


def test_a_stock_that_could_not_last_is_refused():
    with pytest.raises(ParameterError, match="capacity >= growth"):
        parameters_of(GAME, {"capacity": 9})


def test_welfare_is_what_exhaustive_search_finds_in_a_small_game():
    # Two seats, three rounds, 20 that doubles: 10 twice, then 20.
    rounds = 3
    parameters = GAME.parameters(rounds=rounds, **SMALL)
    pairs = list(product(HARVEST, repeat=2))

    def sums(state):
        if state.over:
            yield sum(GAME.payoffs(state))
            return
        for moves in pairs:
            yield from sums(GAME.settle(state, moves, ()).state)

    found = set(sums(GAME.start(parameters, 2)))
    welfare = GAME.welfare(parameters, 2)
    assert (welfare.worst, welfare.best) == (min(found), max(found)) == (0, 40)
    assert welfare.whole_game


@pytest.mark.parametrize(("growth", "seats"), [(1.25, 3), (1.7, 7), (3, 2), (2, 12)])
def test_no_play_exceeds_the_best_harvest(growth, seats):
    parameters = GAME.parameters(rounds=4, growth=growth, capacity=60)
    best = GAME.welfare(parameters, seats).best
    for plan in product(HARVEST, repeat=4):
        state = GAME.start(parameters, seats)
        while not state.over:
            state = GAME.settle(state, (plan[state.round - 1],) * seats, ()).state
        assert sum(GAME.payoffs(state)) <= best + 1e-9


def test_sustaining_and_grabbing_at_last_reaches_the_best_where_amounts_come_out_even():
    # Nine times 50, then 100.
    assert GAME.welfare(GAME.parameters(), 5).best == 550
    state = scripted("social")
    assert GAME.payoffs(state) == (110,) * 5


def first_of_two_rounds(growth):
    """Three seats at a stock of 60: the first round, where all grab in the second."""
    parameters = GAME.parameters(rounds=2, capacity=60, growth=growth)
    start = GAME.start(parameters, 3)

    def payoff(profile):
        state = GAME.settle(start, profile, ()).state
        if not state.over:
            state = GAME.settle(state, ("grab",) * 3, ()).state
        return GAME.payoffs(state)

    return normal_form((HARVEST,) * 3, payoff)


def test_in_the_last_round_grabbing_is_dominant():
    form = stage(GAME, GAME.parameters(rounds=1), 3)
    assert {dominant(form, seat) for seat in range(3)} == {"grab"}


def test_overuse_pays_a_seat_that_looks_ahead_where_growth_is_less_than_the_seats():
    # A unit more now costs two of the next stock, of which the seat would have had 2/3.
    assert pure_equilibria(first_of_two_rounds(growth=2)) == (("grab",) * 3,)
    # With growth 4 it would have had 4/3 for it: sustaining is stable.
    assert ("sustain",) * 3 in pure_equilibria(first_of_two_rounds(growth=4))


def test_the_selfish_empty_the_stock_at_once_and_the_reciprocal_keep_it():
    state = scripted("selfish")
    assert (state.round, GAME.payoffs(state)) == (2, (20,) * 5)
    # Ten times 10 each.
    assert GAME.payoffs(scripted("reciprocal", talk=True)) == (100,) * 5


def test_the_reciprocal_take_what_the_others_took():
    choose = GAME.scripts["reciprocal"]
    ask, seen = GAME.asks(begun())[0], list(harvested(("sustain", *("grab",) * 4)).events)
    assert choose(GAME.parameters(), ask, [event for event in seen if event.seat == 0]) == "grab"


@pytest.mark.parametrize(
    ("stock", "left", "best"),
    [
        (100, 2, "sustain"),
        (100, 1, "grab"),
        # Of 60, resting leaves 60 and so 100; sustaining takes 30 and leaves 60.
        (60, 2, "rest"),
        # Of 80, resting gives 100; sustaining takes 40 and leaves 80.
        (80, 2, "sustain"),
    ],
)
def test_the_social_take_what_brings_all_the_most_now_and_next(stock, left, best):
    ask = GAME.asks(begun())[0]._replace(facts=(("stock", stock), ("left", left)))
    assert GAME.scripts["social"](GAME.parameters(), ask, []) == best


def test_nobody_ever_answers_and_the_stock_stays_full():
    steps = play(GAME, GAME.parameters(), 5, lambda index, ask: None, lambda index: 0.5)
    assert len(steps) == 10
    assert steps[-1].settlement.state.stock == 100


@pytest.mark.parametrize(("preset", "talk"), [("govsim-2024", True), ("govsim-2024-silent", False)])
def test_the_published_fishery_lasts_twelve_rounds(preset, talk):
    chosen = GAME.presets[preset]
    assert (chosen.rounds, chosen.capacity, chosen.growth, chosen.collapse) == (12, 100, 2, 5)
    assert chosen.talk is talk
    assert GAME.seats.default == 5


def test_the_quiz_numbers_are_what_the_rules_give():
    terms = GAME.terms(GAME.parameters(), 5)
    exceeding = harvested(("exceed",) * 5)
    assert terms["taken"] == sum(exceeding.payoffs) == 75
    assert terms["left_over"] == 25
    assert terms["regrown"] == exceeding.state.stock == 50
    assert terms["capacity"] == harvested(("rest",) * 5).state.stock
    assert terms["largest"] == harvested(("grab",) * 5).payoffs[0]
    assert terms["uncapped"] == 200


def test_the_rules_tell_of_talk_only_where_there_is_any():
    assert GAME.notes(GAME.parameters()) == ("repeated",)
    assert GAME.notes(GAME.parameters(rounds=1, talk=True)) == ("once", "talk")
