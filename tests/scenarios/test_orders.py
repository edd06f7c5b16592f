"""Orders, worked by hand at 20 a round, 1 for declining, and a loss of 2 that grows by 1."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Ask, Event
from scenarios.theory import backward_induction, dominant, pure_equilibria, social_optima, stage
from scenarios.wording import load

GAME = game_of("orders")
D, F = "decline", "follow"


def begun(seats=3, **given):
    return GAME.start(GAME.parameters(**given), seats)


def played(*rounds, **given):
    """The last settlement of these rounds of moves."""
    state = begun(len(rounds[0]), **given)
    for moves in rounds:
        settlement = GAME.settle(state, moves, ())
        state = settlement.state
    return settlement


def test_each_is_asked_about_the_next_one_and_the_last_about_the_first():
    asks = GAME.asks(begun())
    assert asks == tuple(
        Ask(seat, "told", (D, F), about=about, facts=(("loss", 2),))
        for seat, about in ((0, 1), (1, 2), (2, 0))
    )


@pytest.mark.parametrize(
    ("moves", "points"),
    [
        ((D, D, D), (19, 19, 19)),
        ((F, F, F), (18, 18, 18)),
        # Seat 0 follows: it keeps its 20, and seat 1 loses 2 beside its penalty.
        ((F, D, D), (20, 17, 19)),
        # Seat 2 follows: the one who loses is seat 0.
        ((D, D, F), (17, 19, 20)),
    ],
)
def test_following_takes_from_the_next_one_and_declining_costs_a_penalty(moves, points):
    settlement = played(moves)
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


def test_two_seats_are_each_next_to_the_other():
    assert played((F, D)).payoffs == (20, 17)


def test_the_loss_grows_by_a_step_every_round():
    settlement = played((F, F, F), (F, F, F))
    # 20 - 3 in round 2; then 4 is at stake.
    assert settlement.payoffs == (17, 17, 17)
    assert GAME.asks(settlement.state)[0].facts == (("loss", 4),)


def test_who_declined_is_asked_again():
    asks = GAME.asks(played((D, D, D)).state)
    assert [ask.seat for ask in asks] == [0, 1, 2]


def test_each_remembers_its_own_act_only():
    assert played((F, D, F)).events == (
        Event(0, "act", (("own", F), ("loss", 2))),
        Event(1, "act", (("own", D), ("loss", 2))),
        Event(2, "act", (("own", F), ("loss", 2))),
    )


def test_a_seat_without_an_answer_gains_loses_and_imposes_nothing():
    # Seat 0 follows toward the silent seat 1, which imposes nothing on seat 2.
    settlement = played((F, None, D))
    assert settlement.payoffs == (20, None, 19)
    assert settlement.moves == (F, None, D)
    assert GAME.payoffs(settlement.state) == (20, 0, 19)
    assert {event.seat for event in settlement.events} == {0, 2}


@pytest.mark.parametrize("seats", [2, 3, 5])
def test_following_is_dominant_and_declining_best_for_all(seats):
    form = stage(GAME, GAME.parameters(), seats)
    assert all(dominant(form, seat) == F for seat in range(seats))
    assert pure_equilibria(form) == ((F,) * seats,)
    assert social_optima(form) == ((D,) * seats,)


def test_own_points_alone_follow_to_the_end():
    for number in range(1, 4):
        state = played(*[(F, F, F)] * number).state
        solution = backward_induction(GAME, state)
        assert [key for _, key in solution.path] == [F, F, F]
        assert solution.is_unique


def test_where_declining_costs_nothing_neither_is_better_for_the_seat():
    form = stage(GAME, GAME.parameters(penalty=0), 2)
    assert len(pure_equilibria(form)) == 4
    assert social_optima(form) == ((D, D),)


def test_welfare_is_over_all_rounds_since_the_loss_grows():
    # Losses 2, 3, 4 sum to 9: 3 seats * (60 - 9) at worst, 3 * (60 - 3) at best.
    welfare = GAME.welfare(GAME.parameters(rounds=3), 3)
    assert (welfare.worst, welfare.best, welfare.whole_game) == (153, 171, True)
    assert sum(GAME.payoffs(played(*[(F, F, F)] * 3, rounds=3).state)) == 153
    assert sum(GAME.payoffs(played(*[(D, D, D)] * 3, rounds=3).state)) == 171


def test_welfare_takes_the_smaller_loss_where_declining_costs_more_at_first():
    # Penalty 2, losses 1 and 3: at best follow, then decline; at worst the reverse.
    parameters = GAME.parameters(rounds=2, penalty=2, first=1, step=2)
    welfare = GAME.welfare(parameters, 2)
    assert (welfare.worst, welfare.best) == (2 * (40 - 2 - 3), 2 * (40 - 1 - 2))
    social = GAME.scripts["social"]
    for state, best in (
        (GAME.start(parameters, 2), F),
        (played((F, F), **parameters.model_dump()).state, D),
    ):
        assert social(parameters, GAME.asks(state)[0], []) == best


@pytest.mark.parametrize(
    ("name", "given", "key"),
    [
        ("selfish", {}, F),
        ("selfish", {"authority": False}, F),
        ("selfish", {"penalty": 0}, D),
        ("social", {}, D),
        ("reciprocal", {}, D),
    ],
)
def test_scripts(name, given, key):
    parameters = GAME.parameters(**given)
    (ask, *_) = GAME.asks(GAME.start(parameters, 3))
    assert GAME.scripts[name](parameters, ask, []) == key


def test_without_an_authority_the_same_choice_is_put_for_the_same_points():
    told, free = begun(), begun(authority=False)
    assert [ask._replace(phase="told") for ask in GAME.asks(free)] == list(GAME.asks(told))
    assert {ask.phase for ask in GAME.asks(free)} == {"free"}
    for moves in ((F, D, F), (D, D, None)):
        one, other = GAME.settle(told, moves, ()), GAME.settle(free, moves, ())
        assert one.payoffs == other.payoffs
        assert one.events == other.events


def test_the_rules_say_who_is_in_charge_and_what_declining_costs():
    assert GAME.notes(GAME.parameters()) == ("told", "penalty", "grows", "repeated")
    assert GAME.notes(GAME.parameters(authority=False, step=0)) == ("free", "penalty", "repeated")
    assert GAME.notes(GAME.parameters(rounds=1, penalty=0)) == ("told", "kept", "once")


def test_being_told_and_being_free_are_equally_long():
    for wording in load("orders").wordings.values():
        for told, free in (
            (wording.notes["told"], wording.notes["free"]),
            (wording.asks["told"], wording.asks["free"]),
        ):
            assert abs(len(told.split()) - len(free.split())) <= 1
            assert abs(len(told) - len(free)) <= 10


def test_milgrams_steps_are_thirty_of_fifteen_and_pay_does_not_depend_on_them():
    preset = GAME.presets["milgram-1963"]
    state = GAME.start(preset, 3)
    losses = []
    while not state.over:
        losses.append(dict(GAME.asks(state)[0].facts)["loss"])
        settlement = GAME.settle(state, (F, D, D), ())
        assert settlement.payoffs[0] == settlement.payoffs[2] == 450
        state = settlement.state
    assert losses == list(range(15, 451, 15))
    assert settlement.payoffs[1] == 0


def test_burgers_last_step_is_the_first_after_150():
    preset = GAME.presets["burger-2009"]
    assert preset.first + preset.step * (preset.rounds - 1) == 165
    assert {key: value for key, value in preset.model_dump().items() if key != "rounds"} == {
        key: value
        for key, value in GAME.presets["milgram-1963"].model_dump().items()
        if key != "rounds"
    }


def test_the_quiz_numbers_are_what_the_rules_pay():
    terms = GAME.terms(GAME.parameters(), 3)
    assert terms["income"] == played((F, D, D)).payoffs[0]
    assert terms["declined"] == played((F, D, D)).payoffs[2]
    assert terms["suffered"] == played((F, F, F)).payoffs[0]
    assert terms["second"] == dict(GAME.asks(played((F, F, F)).state)[0].facts)["loss"]


@pytest.mark.parametrize("seats", [1, 13])
def test_a_ring_has_two_to_twelve_seats(seats):
    with pytest.raises(ValueError, match=f"2 to 12 seats, not {seats}"):
        begun(seats)
