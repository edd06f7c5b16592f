"""Raid, worked by hand at 24 or 16 made, loot of three quarters, and a raid's cost of 7."""

from itertools import product

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.theory import backward_induction

GAME = game_of("raid")
QUIET = ("leave", "leave")


def prepared(first, second, **given):
    state = GAME.start(GAME.parameters(**given), 2)
    return GAME.settle(state, (first, second), ())


def one_round(prepare, act, **given):
    return GAME.settle(prepared(*prepare, **given).state, act, ())


@pytest.mark.parametrize(
    ("prepare", "act", "points"),
    [
        (("produce", "produce"), QUIET, (24, 24)),
        # Neither is armed: half of 18 changes hands, less 7 for the raid.
        (("produce", "produce"), ("raid", "leave"), (24 + 9 - 7, 24 - 9)),
        (("produce", "produce"), ("raid", "raid"), (17, 17)),
        (("arm", "produce"), QUIET, (16, 24)),
        # Armed against unarmed: three quarters of 24.
        (("arm", "produce"), ("raid", "leave"), (16 + 18 - 7, 24 - 18)),
        # Unarmed against armed takes nothing.
        (("arm", "produce"), ("leave", "raid"), (16, 24 - 7)),
        (("arm", "produce"), ("raid", "raid"), (27, 6 - 7)),
        (("arm", "arm"), QUIET, (16, 16)),
        # Both armed: half of three quarters of 16.
        (("arm", "arm"), ("raid", "leave"), (16 + 6 - 7, 16 - 6)),
        (("arm", "arm"), ("raid", "raid"), (9, 9)),
    ],
)
def test_a_raid_takes_by_arms_and_costs_the_raider(prepare, act, points):
    settlement = one_round(prepare, act)
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points
    mirrored = one_round(prepare[::-1], act[::-1])
    assert mirrored.payoffs == points[::-1]


def test_both_prepare_at_once_and_then_act_knowing_what_was_prepared():
    state = GAME.start(GAME.parameters(), 2)
    assert GAME.asks(state) == (
        Ask(0, "prepare", ("produce", "arm"), about=1),
        Ask(1, "prepare", ("produce", "arm"), about=0),
    )
    settlement = prepared("arm", "produce")
    assert settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert settlement.state.round == 1
    assert GAME.asks(settlement.state) == (
        Ask(0, "act", ("leave", "raid"), about=1, facts=(("own", "arm"), ("other", "produce"))),
        Ask(1, "act", ("leave", "raid"), about=0, facts=(("own", "produce"), ("other", "arm"))),
    )


def test_each_seat_sees_what_both_prepared_and_did():
    assert one_round(("arm", "produce"), ("raid", "leave")).events == (
        Event(0, "prepared", (("own", "arm"), ("other", "produce"))),
        Event(0, "outcome", (("own", "raid"), ("other", "leave"))),
        Event(1, "prepared", (("own", "produce"), ("other", "arm"))),
        Event(1, "outcome", (("own", "leave"), ("other", "raid"))),
    )


@pytest.mark.parametrize("moves", [("arm", None), (None, "produce"), (None, None)])
def test_the_pair_skips_the_round_where_one_prepares_nothing(moves):
    settlement = prepared(*moves)
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert settlement.state.round == 2
    assert {ask.phase for ask in GAME.asks(settlement.state)} == {"prepare"}


@pytest.mark.parametrize("moves", [("raid", None), (None, "leave"), (None, None)])
def test_the_pair_skips_the_round_where_one_does_not_say_how_it_acts(moves):
    settlement = one_round(("arm", "produce"), moves)
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert GAME.payoffs(settlement.state) == (0, 0)
    assert settlement.state.round == 2


def test_a_raid_on_the_unarmed_pays_and_arms_deter():
    before = {
        (own, other): one_round((own, other), QUIET).payoffs[0]
        for own, other in product(("produce", "arm"), repeat=2)
    }
    gains = {
        arms: one_round(arms, ("raid", "leave")).payoffs[0] - points
        for arms, points in before.items()
    }
    assert gains == {
        ("produce", "produce"): 2,
        ("produce", "arm"): -7,
        ("arm", "produce"): 11,
        ("arm", "arm"): -1,
    }


def test_foresight_leads_to_an_arms_race_that_is_worse_for_both():
    found = backward_induction(GAME, GAME.start(GAME.parameters(rounds=1), 2))
    assert [key for _, key in found.path] == ["arm", "arm", "leave", "leave"]
    assert found.points == (16, 16)
    assert found.is_unique


def test_arming_is_best_against_either_preparation_where_raids_are_foreseen():
    # Against one that produces 27 rather than 17, against one that arms 16 rather than 6.
    def foreseen(own, other):
        state = prepared(own, other, rounds=1).state
        return backward_induction(GAME, state).points[0]

    assert (foreseen("arm", "produce"), foreseen("produce", "produce")) == (27, 17)
    assert (foreseen("arm", "arm"), foreseen("produce", "arm")) == (16, 6)


def test_arming_to_raid_beats_any_other_way_against_a_quiet_unarmed_neighbour():
    own = {
        (prepare, act): one_round((prepare, "produce"), (act, "leave")).payoffs[0]
        for prepare, act in product(("produce", "arm"), ("leave", "raid"))
    }
    assert max(own, key=own.get) == ("arm", "raid")
    assert own["arm", "raid"] > own["produce", "raid"] > own["produce", "leave"]


def test_producing_and_leaving_is_the_only_social_optimum():
    sums = {
        (prepare, act): sum(one_round(prepare, act).payoffs)
        for prepare in product(("produce", "arm"), repeat=2)
        for act in product(("leave", "raid"), repeat=2)
    }
    assert [way for way, total in sums.items() if total == 48] == [(("produce", "produce"), QUIET)]
    welfare = GAME.welfare(GAME.parameters(), 2)
    assert (min(sums.values()), max(sums.values())) == (welfare.worst, welfare.best) == (18, 48)


def test_without_deterrence_the_selfish_raid_whatever_was_prepared():
    # At a cost of 5, half of three quarters of 16 pays, too.
    cheap = GAME.parameters(cost=5)
    for facts in [(("own", "arm"), ("other", "arm")), (("own", "produce"), ("other", "produce"))]:
        ask = Ask(0, "act", ("leave", "raid"), about=1, facts=facts)
        assert GAME.scripts["selfish"](cheap, ask, []) == "raid"


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ({}, "arm"),
        # No raid pays: 0.75 * 24 < 20, and arms are of no use.
        ({"cost": 20}, "produce"),
    ],
)
def test_the_selfish_arm_where_arms_pay(given, choice):
    chosen = GAME.parameters(**given)
    ask = GAME.asks(GAME.start(chosen, 2))[0]
    assert GAME.scripts["selfish"](chosen, ask, []) == choice


def test_the_reciprocal_do_in_each_phase_what_the_other_did_in_it():
    reciprocal, chosen = GAME.scripts["reciprocal"], GAME.parameters()
    prepare, act = GAME.asks(GAME.start(chosen, 2))[0], GAME.asks(prepared("arm", "arm").state)[0]
    assert reciprocal(chosen, prepare, []) == "produce"
    assert reciprocal(chosen, act, []) == "leave"
    seen = [
        Event(0, "prepared", (("own", "produce"), ("other", "arm"))),
        Event(0, "outcome", (("own", "raid"), ("other", "leave"))),
    ]
    assert reciprocal(chosen, prepare, seen) == "arm"
    assert reciprocal(chosen, act, seen) == "leave"


def test_the_numbers_told_are_those_paid():
    terms = GAME.terms(GAME.parameters(), 2)
    raided = one_round(("arm", "produce"), ("raid", "leave")).payoffs
    assert (terms["strong_raider"], terms["weak_raided"]) == raided
    assert terms["weak_raider"] == one_round(("produce", "arm"), ("raid", "leave")).payoffs[0]
    assert (terms["strong_loot"], terms["equal_unarmed_loot"], terms["equal_armed_loot"]) == (
        18,
        9,
        6,
    )


def test_arms_that_cost_no_work_are_refused():
    with pytest.raises(ParameterError, match="part < full"):
        parameters(GAME, {"part": 24})


def test_a_raid_is_tagged_as_harm_and_arming_is_not():
    tags = {option.key: option.tags for option in GAME.options}
    assert tags["raid"] == ("aggression", "harm")
    assert tags["arm"] == ("arms",)
