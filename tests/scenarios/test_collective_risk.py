"""Collective risk, worked by hand at four points a round and a target of half of them."""

from itertools import product

import pytest

from scenarios.catalogue import game as game_of
from scenarios.game import Event
from scenarios.playthrough import play
from scenarios.theory import backward_induction, normal_form, pure_equilibria, social_optima

GAME = game_of("collective_risk")
MENU = ("all", "half", "nothing")
LOST, SPARED = 0.0, 1 - 2**-53


def begun(seats=6, **given):
    return GAME.start(GAME.parameters(**given), seats)


def settled(state, *rounds, chance=SPARED):
    """What follows these rounds of moves, one after another."""
    settlement = None
    for moves in rounds:
        settlement = GAME.settle(state, tuple(moves), (chance,) * GAME.draws(state))
        state = settlement.state
    return settlement


def points(parameters, seats, plans, chance):
    """What each seat has in the end; `plans` are shape (seats, rounds)."""
    state = GAME.start(parameters, seats)
    return GAME.payoffs(settled(state, *zip(*plans, strict=True), chance=chance).state)


def expected(parameters, seats, plans):
    """The same in expectation over whether the loss comes."""
    lost, spared = (points(parameters, seats, plans, chance) for chance in (LOST, SPARED))
    risk = parameters.risk
    return tuple(risk * a + (1 - risk) * b for a, b in zip(lost, spared, strict=True))


def whole_game(seats, rounds, risk):
    """The normal form of plans for all rounds, made before play."""
    parameters = GAME.parameters(rounds=rounds, risk=risk)
    plans = tuple(product(MENU, repeat=rounds))
    names = {"-".join(plan): plan for plan in plans}
    actions = (tuple(names),) * seats

    def payoff(profile):
        return expected(parameters, seats, tuple(names[name] for name in profile))

    return normal_form(actions, payoff)


def test_what_is_not_paid_in_is_kept_and_the_account_holds_the_rest():
    settlement = settled(begun(3), ("all", "half", "nothing"))
    assert settlement.payoffs == (0, 2, 4)
    assert settlement.state.account == 6


def test_each_is_told_account_what_is_missing_what_it_kept_and_the_rounds_left():
    # 3 seats, 10 rounds, 4 points: half of 120 is 60.
    asks = GAME.asks(settled(begun(3), ("all", "half", "nothing")).state)
    assert [dict(ask.facts) for ask in asks] == [
        {"account": 6, "missing": 54, "kept": kept, "left": 9} for kept in (0, 2, 4)
    ]
    assert {(ask.phase, ask.menu) for ask in asks} == {("pay", MENU)}


def test_once_the_target_is_reached_nothing_is_missing():
    asks = GAME.asks(settled(begun(2, rounds=2), ("all", "all")).state)
    assert dict(asks[0].facts)["missing"] == 0


@pytest.mark.parametrize(("seats", "rounds", "target"), [(6, 10, 120), (4, 10, 80), (2, 3, 12)])
def test_the_target_is_half_of_all_allotments_in_every_size_of_group(seats, rounds, target):
    assert GAME.terms(GAME.parameters(rounds=rounds), seats)["target"] == target


@pytest.mark.parametrize("chance", [LOST, SPARED])
def test_all_paying_half_reach_the_target_exactly_and_lose_nothing(chance):
    settlement = settled(begun(), *[("half",) * 6] * 10, chance=chance)
    assert settlement.state.account == 120
    assert GAME.payoffs(settlement.state) == (20,) * 6


@pytest.mark.parametrize(("chance", "kept"), [(0.89, 0), (0.9, 20)])
def test_just_short_of_the_target_all_may_lose_what_they_have(chance, kept):
    # Nine rounds of half and a last one in which one of six pays nothing: 118 of 120.
    moves = [("half",) * 6] * 9 + [("nothing", *("half",) * 5)]
    settlement = settled(begun(), *moves, chance=chance)
    assert settlement.state.account == 118
    spared = (22, *(20,) * 5)
    assert GAME.payoffs(settlement.state) == (spared if kept else (0,) * 6)


def test_the_loss_comes_off_the_payoff_of_the_last_round():
    # Kept before: 4 and 2; what the last round left is gone at once.
    moves = [("nothing", "half"), ("nothing", "nothing")]
    settlement = settled(begun(2, rounds=2, risk=1), *moves, chance=SPARED)
    assert settlement.payoffs == (-4, -2)
    assert GAME.payoffs(settlement.state) == (0, 0)


def test_chance_is_needed_in_the_last_round_only():
    state = begun(2, rounds=2)
    assert GAME.draws(state) == 0
    assert GAME.draws(settled(state, ("all", "all")).state) == 1


def test_a_missing_answer_keeps_nothing_and_pays_nothing():
    settlement = settled(begun(3), ("half", None, "nothing"))
    assert settlement.payoffs == (2, None, 4)
    assert settlement.state.account == 2
    assert {event.seat for event in settlement.events} == {0, 2}


def test_who_gives_no_answer_in_the_last_round_can_be_paid_nothing_and_loses_nothing():
    moves = [("nothing", "nothing"), ("nothing", None)]
    settlement = settled(begun(2, rounds=2), *moves, chance=LOST)
    assert settlement.payoffs == (-4, None)
    assert GAME.payoffs(settlement.state) == (0, 4)


def test_one_that_answers_alone_pays_and_sees_nothing_of_others():
    settlement = settled(begun(3), ("half", None, None))
    assert settlement.state.account == 2
    assert settlement.events == ()


@pytest.mark.parametrize(
    ("others", "nearest", "mean"),
    [
        (("half", "half"), "half", 2),
        (("all", "nothing"), "half", 2),
        # 1 is as near to 0 as to 2, 3 as near to 2 as to 4: the smaller one is told.
        (("half", "nothing"), "nothing", 1),
        (("all", "half"), "half", 3),
    ],
)
def test_each_seat_learns_what_the_others_paid_on_average(others, nearest, mean):
    event = settled(begun(3), ("half", *others)).events[0]
    facts = (("own", "half"), ("others", nearest), ("mean", mean))
    assert event == Event(0, "paid", facts)


@pytest.mark.parametrize("risk", [0.1, 0.5, 0.9])
def test_nobody_paying_is_an_equilibrium_of_six_at_every_risk(risk):
    form = whole_game(6, 1, risk)
    assert ("nothing",) * 6 in pure_equilibria(form)


@pytest.mark.parametrize(
    ("risk", "is_stable"), [(0.1, False), (0.49, False), (0.5, True), (0.9, True)]
)
def test_all_paying_half_is_an_equilibrium_where_the_risk_is_a_half_or_more(risk, is_stable):
    # Half of 4 is kept for sure; who pays nothing keeps 4 with probability 1 - risk.
    assert (("half",) * 6 in pure_equilibria(whole_game(6, 1, risk))) is is_stable
    assert (("half-half",) * 2 in pure_equilibria(whole_game(2, 2, risk))) is is_stable


def test_where_the_risk_is_small_paying_is_no_equilibrium_of_two_over_two_rounds():
    assert pure_equilibria(whole_game(2, 2, 0.1)) == (("nothing-nothing",) * 2,)


@pytest.mark.parametrize(("risk", "is_reached"), [(0.4, False), (0.6, True)])
def test_reaching_the_target_is_best_for_all_where_the_risk_exceeds_what_it_takes(risk, is_reached):
    # Of 8 the target takes 4; otherwise 8 are left with probability 1 - risk.
    optima = social_optima(whole_game(2, 1, risk))
    assert (("half", "half") in optima) is is_reached
    assert (("nothing", "nothing") in optima) is not is_reached


@pytest.mark.parametrize(
    ("risk", "path", "each", "is_unique"),
    [(0.9, ["half", "half"], 2, False), (0.1, ["nothing", "nothing"], 3.6, True)],
)
def test_backward_induction_of_one_round(risk, path, each, is_unique):
    atoms = ((LOST, risk), (SPARED, 1 - risk))
    found = backward_induction(GAME, begun(2, rounds=1, risk=risk), atoms)
    assert [key for _, key in found.path] == path
    assert found.points == pytest.approx((each, each))
    assert found.is_unique is is_unique


@pytest.mark.parametrize(("risk", "best"), [(0.9, 16), (1, 8)])
def test_welfare_is_what_exhaustive_search_finds_in_a_small_game(risk, best):
    # Two seats, two rounds: 16 points; where the loss is sure, the target of 8 must be paid.
    parameters = GAME.parameters(rounds=2, risk=risk)
    plans = tuple(product(MENU, repeat=2))
    sums = {
        sum(points(parameters, 2, pair, chance))
        for pair in product(plans, repeat=2)
        for chance in (LOST, SPARED)
    }
    welfare = GAME.welfare(parameters, 2)
    assert (welfare.worst, welfare.best) == (min(sums), max(sums)) == (0, best)
    assert welfare.whole_game


def test_the_best_sure_sum_pays_no_less_than_the_steps_of_payment_allow():
    # The target is 0.3 * 24 = 7.2, and payments come in twos: 8 of 24.
    assert GAME.welfare(GAME.parameters(rounds=2, target_share=0.3, risk=1), 3).best == 16


def all_follow(name, seats=6, **given):
    parameters = GAME.parameters(**given)
    seen, asked = [], []

    def choose(index, ask):
        asked.append(GAME.scripts[name](parameters, ask, seen))
        return asked[-1]

    steps = play(GAME, parameters, seats, choose, lambda index: SPARED)
    return steps[-1].settlement.state, asked


def test_the_social_just_reach_the_target_and_the_selfish_pay_nothing():
    state, _ = all_follow("social")
    assert (state.account, GAME.payoffs(state)) == (120, (20,) * 6)
    state, _ = all_follow("selfish")
    assert (state.account, GAME.payoffs(state)) == (0, (40,) * 6)


def test_the_social_stop_paying_once_it_is_enough():
    # A quarter of 240 is 60: five rounds of half.
    _, asked = all_follow("social", target_share=0.25)
    assert asked == ["half"] * 30 + ["nothing"] * 30


@pytest.mark.parametrize("risk", [0.1, 0.5])
def test_the_social_pay_nothing_where_reaching_the_target_is_no_gain(risk):
    state, _ = all_follow("social", risk=risk)
    assert state.account == 0


@pytest.mark.parametrize(
    ("account", "left", "choice"),
    # Six seats have 24 a round: of 120, what is missing needs half, all, or more than there is.
    [(96, 2, "half"), (80, 2, "all"), (72, 2, "all"), (70, 2, "nothing"), (120, 2, "nothing")],
)
def test_the_social_make_up_for_what_is_missing_while_it_can_be_reached(account, left, choice):
    facts = (("account", account), ("missing", 120 - account), ("kept", 8), ("left", left))
    ask = GAME.asks(begun())[0]._replace(facts=facts)
    assert GAME.scripts["social"](GAME.parameters(), ask, []) == choice


def test_the_reciprocal_begin_with_half_and_then_pay_as_the_others_did():
    choose, parameters = GAME.scripts["reciprocal"], GAME.parameters()
    ask, seen = GAME.asks(begun(2))[0], list(settled(begun(2), ("half", "nothing")).events[:1])
    assert choose(parameters, ask, []) == "half"
    assert choose(parameters, ask, seen) == "nothing"
    enough = ask._replace(facts=(*ask.facts, ("missing", 0)))
    assert choose(parameters, enough, []) == "nothing"


@pytest.mark.parametrize(
    ("preset", "risk"),
    [("milinski-2008-90", 0.9), ("milinski-2008-50", 0.5), ("milinski-2008-10", 0.1)],
)
def test_published_groups_of_six_collect_120_of_240_in_ten_rounds(preset, risk):
    parameters = GAME.presets[preset]
    assert (parameters.rounds, parameters.allotment, parameters.risk) == (10, 4, risk)
    terms = GAME.terms(parameters, GAME.seats.default)
    assert (terms["seats"], terms["target"], terms["sum_if_all"]) == (6, 120, 240)


def test_the_quiz_numbers_are_what_the_rules_give():
    terms = GAME.terms(GAME.parameters(), 6)
    assert terms["half"] == settled(begun(), ("half",) * 6).payoffs[0]
    assert terms["sum_if_half"] == settled(begun(), *[("half",) * 6] * 10).state.account
    assert terms["sum_if_all"] == settled(begun(), *[("all",) * 6] * 10).state.account
    assert terms["risk_percent"] == 90
