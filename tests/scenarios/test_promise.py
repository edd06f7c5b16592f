"""The promise game, worked by hand at the published payoffs and with a die of five lucky sides."""

import pytest

from scenarios.catalogue import game as game_of
from scenarios.catalogue import parameters
from scenarios.errors import ParameterError
from scenarios.game import Ask, Event
from scenarios.strategies import strategy
from scenarios.theory import backward_induction, pure_equilibria, social_optima, stage
from scenarios.wording import load

GAME = game_of("promise")
TALK, VENTURE, ACT = ("promise", "silent"), ("in", "out"), ("roll", "dont")
LUCK, BAD_LUCK = (0.5,), (0.1,)


def begun(**given):
    return GAME.start(GAME.parameters(**given), 2)


def told(said, **given):
    """The state in which the trustee has said this."""
    return GAME.settle(begun(**given), (said,), ()).state


def settled(said, venture, act, chance=LUCK, **given):
    """The settlement of round 1, in which seat 0 is the truster."""
    state = begun(talk=False, **given) if said is None else told(said, **given)
    return GAME.settle(state, (venture, act), chance)


def test_the_trustee_speaks_first_and_nothing_is_settled_by_it():
    assert GAME.asks(begun()) == (Ask(1, "talk", TALK, about=0),)
    settlement = GAME.settle(begun(), ("promise",), ())
    assert settlement.moves == ("promise",)
    assert settlement.payoffs == (None,)
    assert settlement.events == settlement.owed == ()
    assert settlement.state.round == 1


@pytest.mark.parametrize("said", TALK)
def test_then_both_choose_at_once_and_know_what_was_said(said):
    facts = (("said", said),)
    assert GAME.asks(told(said)) == (
        Ask(0, "trust", VENTURE, about=1, facts=facts),
        Ask(1, "act", ACT, about=0, facts=facts),
    )


def test_without_talk_both_choose_at_once_from_the_beginning():
    assert GAME.asks(begun(talk=False)) == (
        Ask(0, "trust_without_talk", VENTURE, about=1),
        Ask(1, "act_without_talk", ACT, about=0),
    )


@pytest.mark.parametrize("said", [None, "promise", "silent"])
@pytest.mark.parametrize(
    ("venture", "act", "chance", "points"),
    [
        ("out", "roll", LUCK, (5, 5)),
        ("out", "dont", LUCK, (5, 5)),
        ("in", "dont", LUCK, (0, 14)),
        ("in", "roll", LUCK, (12, 10)),
        ("in", "roll", BAD_LUCK, (0, 10)),
    ],
)
def test_points_do_not_depend_on_what_was_said(said, venture, act, chance, points):
    settlement = settled(said, venture, act, chance)
    assert settlement.payoffs == points
    assert GAME.payoffs(settlement.state) == points


@pytest.mark.parametrize(("number", "prize"), [(0.166, 0), (0.167, 12)])
def test_a_roll_fails_on_one_side_of_six(number, prize):
    assert settled("promise", "in", "roll", (number,)).payoffs == (prize, 10)


@pytest.mark.parametrize("number", [0.0, 0.999])
def test_a_die_with_lucky_sides_only_never_fails(number):
    assert settled("promise", "in", "roll", (number,), lucky=6).payoffs == (12, 10)


@pytest.mark.parametrize("act", ACT)
def test_what_the_trustee_decided_is_not_done_where_the_truster_stays_out(act):
    assert settled("promise", "out", act).moves == ("out", None)
    assert settled("promise", "in", act).moves == ("in", act)


@pytest.mark.parametrize("act", ACT)
def test_who_earned_nothing_cannot_tell_bad_luck_from_a_broken_promise(act):
    events = settled("promise", "in", act, BAD_LUCK).events
    assert [event for event in events if event.seat == 0] == [
        Event(0, "heard", (("other", "promise"),)),
        Event(0, "gained", (("own", "in"), ("earned", 0))),
    ]


def test_the_trustee_sees_whether_the_truster_was_in():
    assert settled("silent", "in", "roll").events[1:] == (
        Event(1, "spoke", (("own", "silent"),)),
        Event(0, "gained", (("own", "in"), ("earned", 12))),
        Event(1, "acted", (("other", "in"), ("own", "roll"))),
    )
    assert settled(None, "out", "roll").events == (
        Event(0, "gained", (("own", "out"), ("earned", 5))),
        Event(1, "unused", (("other", "out"),)),
    )


def test_roles_alternate_and_asks_stay_in_the_order_of_seats():
    state = settled("promise", "in", "dont").state
    assert GAME.asks(state) == (Ask(0, "talk", TALK, about=1),)
    state = GAME.settle(state, ("silent",), ()).state
    assert [(ask.seat, ask.phase) for ask in GAME.asks(state)] == [(0, "act"), (1, "trust")]
    settlement = GAME.settle(state, ("roll", "in"), LUCK)
    # 0 and 14, then seat 0 rolled for seat 1.
    assert settlement.moves == ("roll", "in")
    assert settlement.payoffs == (10, 12)
    assert GAME.payoffs(settlement.state) == (10, 26)
    assert {event.kind for event in settlement.events if event.seat == 0} == {"spoke", "acted"}


@pytest.mark.parametrize("moves", [(None, "roll"), ("in", None), (None, None)])
@pytest.mark.parametrize("said", [None, "promise"])
def test_a_missing_answer_voids_the_round(said, moves):
    settlement = settled(said, *moves)
    assert settlement.moves == settlement.payoffs == (None, None)
    assert settlement.events == ()
    assert GAME.payoffs(settlement.state) == (0, 0)
    assert settlement.state.round == 2 and settlement.state.said is None


def test_who_says_nothing_at_all_is_not_taken_to_be_silent():
    settlement = GAME.settle(begun(), (None,), ())
    assert settlement.moves == settlement.payoffs == (None,)
    assert settlement.events == ()
    assert settlement.state.round == 2


def test_the_die_is_rolled_where_it_is_due():
    assert (GAME.draws(begun()), GAME.draws(told("promise"))) == (0, 1)
    assert GAME.draws(begun(talk=False)) == 1


def test_without_talk_the_only_equilibrium_is_to_stay_out_and_not_to_roll():
    form = stage(GAME, GAME.parameters(talk=False), 2)
    assert pure_equilibria(form) == (("out", "dont"),)
    assert social_optima(form) == (("in", "roll"),)


@pytest.mark.parametrize("atoms", [[(0.5, 1.0)], [(0.1, 1 / 6), (0.5, 5 / 6)]])
def test_what_is_said_changes_nothing_for_who_seeks_points_alone(atoms):
    for said in TALK:
        found = backward_induction(GAME, told(said), atoms)
        assert [key for _, key in found.path] == ["out", "dont"]
        assert found.points == (5, 5) and found.is_unique
    found = backward_induction(GAME, begun(), atoms)
    # Either saying is as well, so there are two equilibria.
    assert found.points == (5, 5) and not found.is_unique


def test_a_roll_is_worth_ten_to_the_truster_and_costs_four():
    # 12 * 5 / 6 = 10 against 5 outside; 14 - 10 = 4.
    chosen = GAME.parameters()
    assert chosen.expected == pytest.approx(10)
    assert chosen.keep - chosen.roll == 4


def test_welfare_counts_bad_luck_as_the_worst_of_a_roll():
    # Out 5 + 5, not rolled 14, rolled 10 + 12 or 10 + 0.
    welfare = GAME.welfare(GAME.parameters(outside=6), 2)
    assert (welfare.worst, welfare.best) == (10, 22)
    # With lucky sides only there is no 10 + 0.
    welfare = GAME.welfare(GAME.parameters(outside=6, lucky=6), 2)
    assert (welfare.worst, welfare.best) == (12, 22)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lucky": 7}, "no more lucky sides than sides"),
        ({"keep": 10}, "keep > roll > outside"),
        ({"outside": 10}, "keep > roll > outside"),
        # 6 * 5 / 6 = 5 is no more than 5 outside.
        ({"prize": 6}, "prize"),
        # 12 * 5 / 6 = 10 is no more than the 10 that rolling costs.
        ({"keep": 20}, "keep - roll"),
    ],
)
def test_what_is_no_partnership_is_refused(given, said):
    with pytest.raises(ParameterError, match=said):
        parameters(GAME, given)


@pytest.mark.parametrize("seats", [1, 3])
def test_the_game_is_for_two(seats):
    with pytest.raises(ValueError, match=f"is played by 2 seats, not {seats}"):
        GAME.start(GAME.parameters(), seats)


@pytest.mark.parametrize(
    ("name", "talk"),
    [("charness-dufwenberg-2006", True), ("charness-dufwenberg-2006-no-talk", False)],
)
def test_published_partnerships_are_made_once_with_or_without_talk(name, talk):
    preset = GAME.presets[name]
    assert (preset.rounds, preset.talk) == (1, talk)
    assert (preset.outside, preset.keep, preset.roll, preset.prize) == (5, 14, 10, 12)
    assert (preset.lucky, preset.sides) == (5, 6)


def chosen(script, ask, seen=()):
    choose = strategy(script, GAME, GAME.parameters())
    return ask.menu[choose(seen, ask).index(1)]


@pytest.mark.parametrize(
    ("script", "talk", "venture", "act"),
    [
        ("selfish", "promise", "out", "dont"),
        ("social", "promise", "in", "roll"),
        ("reciprocal", "promise", "in", "roll"),
    ],
)
def test_what_the_scripts_do_first(script, talk, venture, act):
    assert chosen(script, GAME.asks(begun())[0]) == talk
    for state in (told(talk), begun(talk=False)):
        assert [chosen(script, ask) for ask in GAME.asks(state)] == [venture, act]


@pytest.mark.parametrize(
    ("venture", "act", "chance", "truster_was_treated_well", "trustee_was"),
    [
        ("in", "roll", LUCK, True, True),
        ("in", "roll", BAD_LUCK, False, True),
        ("in", "dont", LUCK, False, True),
        # Who stayed out knows nothing of the other and begins as at first.
        ("out", "roll", LUCK, True, False),
    ],
)
def test_the_reciprocal_script_answers_what_was_done_to_it(
    venture, act, chance, truster_was_treated_well, trustee_was
):
    settlement = settled("promise", venture, act, chance)
    for seat, well in ((0, truster_was_treated_well), (1, trustee_was)):
        seen = [event for event in settlement.events if event.seat == seat]
        for asked in (begun(), told("promise"), settlement.state):
            for ask in GAME.asks(asked):
                assert chosen("reciprocal", ask, seen) == ask.menu[0 if well else 1]


def test_only_saying_that_one_will_roll_is_a_saying():
    assert [option.key for option in GAME.options if option.says] == ["promise"]
    tags = {option.key: option.tags for option in GAME.options if option.tags}
    assert tags == {
        "promise": ("promise",),
        "in": ("trust",),
        "dont": ("betrayal", "promise-breaking"),
    }


def test_the_rules_tell_of_talk_only_where_there_is_some():
    assert GAME.notes(GAME.parameters()) == ("repeated", "talk")
    assert GAME.notes(GAME.parameters(talk=False, rounds=1)) == ("once",)


@pytest.mark.parametrize("name", list(load("promise").wordings))
def test_every_wording_tells_both_what_was_said(name):
    wording = load("promise").wordings[name]
    terms = GAME.terms(GAME.parameters(), 2)
    for said in TALK:
        for ask in GAME.asks(told(said)):
            assert wording.options[said].past in wording.tell_ask(ask.phase, ask.facts, terms)


@pytest.mark.parametrize("name", list(load("promise").wordings))
def test_no_wording_asks_otherwise_with_talk_than_without_but_for_what_was_said(name):
    asks = load("promise").wordings[name].asks
    for phase in ("trust", "act"):
        told, *rest = asks[phase].split(". ")
        untold, *same = asks[f"{phase}_without_talk"].split(". ")
        assert "{said}" in told and "{said}" not in untold
        assert told.startswith(untold.removesuffix("."))
        assert rest == same
