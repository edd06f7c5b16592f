"""What holds for every game, whatever is answered and whatever chance brings."""

from collections import defaultdict
from copy import deepcopy
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

codes = st.lists(st.integers(0, 60), min_size=1, max_size=30).map(tuple)
numbers = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=12).map(tuple)
briefly = settings(max_examples=12, deadline=None, derandomize=True)
_RANK = {"cooperative": 0, "neutral": 1, "uncooperative": 2}


def rounds_of(steps):
    by_round = defaultdict(list)
    for step in steps:
        by_round[step.round].append(step)
    return by_round


@briefly
@given(codes=codes, numbers=numbers)
def test_menus_offer_known_options_from_cooperative_to_uncooperative(case, codes, numbers):
    classes = {option.key: option.action_class for option in case.game.options}
    for step in case.play(codes, numbers):
        assert step.asks
        for ask in step.asks:
            ranks = [_RANK[classes[key]] for key in ask.menu]
            assert len(set(ask.menu)) == len(ask.menu) >= 2
            assert ranks == sorted(ranks)
            assert 0 <= ask.seat < case.seats
            assert ask.about is None or (ask.about != ask.seat and 0 <= ask.about < case.seats)


@briefly
@given(codes=codes, numbers=numbers)
def test_text_facts_are_option_keys(case, codes, numbers):
    keys = {option.key for option in case.game.options}
    for step in case.play(codes, numbers):
        told = [*(ask.facts for ask in step.asks), *(e.facts for e in step.settlement.events)]
        assert {value for facts in told for _, value in facts if isinstance(value, str)} <= keys


@briefly
@given(codes=codes, numbers=numbers)
def test_rounds_are_played_in_order_and_within_the_horizon(case, codes, numbers):
    steps = case.play(codes, numbers)
    assert steps[0].round == 1
    assert all(after.round - before.round in (0, 1) for before, after in pairwise(steps))
    assert steps[-1].round <= case.parameters.rounds
    assert steps[-1].settlement.state.over
    assert case.game.asks(steps[-1].settlement.state) == ()


@briefly
@given(codes=codes, numbers=numbers)
def test_settling_is_pure(case, codes, numbers):
    game = case.game
    drawn = game.opening(case.parameters, case.seats)
    chance = tuple(numbers[index % len(numbers)] for index in range(drawn))
    state = game.start(case.parameters, case.seats, chance)
    for step in case.play(codes, numbers):
        before = deepcopy(state)
        once = game.settle(state, step.answers, step.chance)
        again = game.settle(state, step.answers, step.chance)
        assert once == again == step.settlement
        assert state == before
        state = once.state


@briefly
@given(codes=codes, numbers=numbers)
def test_settlement_is_aligned_with_the_asks(case, codes, numbers):
    for step in case.play(codes, numbers):
        assert len(step.settlement.moves) == len(step.settlement.payoffs) == len(step.asks)
        for ask, move in zip(step.asks, step.settlement.moves, strict=True):
            assert move is None or move in ask.menu


@briefly
@given(codes=codes, numbers=numbers)
def test_payoffs_on_the_asks_add_up_to_the_points_of_the_seats(case, codes, numbers):
    earned = [0.0] * case.seats
    steps = case.play(codes, numbers)
    for step in steps:
        for ask, payoff in zip(step.asks, step.settlement.payoffs, strict=True):
            earned[ask.seat] += payoff or 0
        for seat, points in step.settlement.owed:
            earned[seat] += points
        assert step.earned == pytest.approx(earned)


@briefly
@given(codes=codes, numbers=numbers)
def test_only_the_last_phase_of_a_round_carries_payoffs(case, codes, numbers):
    for phases in rounds_of(case.play(codes, numbers)).values():
        assert all(p is None for step in phases[:-1] for p in step.settlement.payoffs)
        assert not any(step.settlement.owed for step in phases[:-1])


@briefly
@given(codes=codes, numbers=numbers)
def test_who_is_owed_points_answered_in_an_earlier_phase_of_the_round(case, codes, numbers):
    for phases in rounds_of(case.play(codes, numbers)).values():
        owed = [seat for seat, _ in phases[-1].settlement.owed]
        assert len(set(owed)) == len(owed)
        assert not {ask.seat for ask in phases[-1].asks} & set(owed)
        assert set(owed) <= {ask.seat for step in phases[:-1] for ask in step.asks}


@briefly
@given(codes=codes, numbers=numbers)
def test_a_seat_that_is_not_asked_in_a_round_earns_nothing_in_it(case, codes, numbers):
    before = (0.0,) * case.seats
    for phases in rounds_of(case.play(codes, numbers)).values():
        asked = {ask.seat for step in phases for ask in step.asks}
        for seat in set(range(case.seats)) - asked:
            assert phases[-1].earned[seat] == before[seat]
        before = phases[-1].earned


@briefly
@given(codes=codes, numbers=numbers)
def test_a_missing_answer_never_becomes_a_move(case, codes, numbers):
    for step in case.play(codes, numbers):
        for answer, move in zip(step.answers, step.settlement.moves, strict=True):
            assert answer is not None or move is None


@briefly
@given(codes=codes, numbers=numbers)
def test_a_seat_that_answers_nothing_in_a_round_is_paid_nothing(case, codes, numbers):
    for phases in rounds_of(case.play(codes, numbers)).values():
        answered = set()
        for step in phases:
            answers = zip(step.asks, step.answers, strict=True)
            answered |= {ask.seat for ask, answer in answers if answer is not None}
        for ask, payoff in zip(phases[-1].asks, phases[-1].settlement.payoffs, strict=True):
            assert ask.seat in answered or payoff is None
        assert {seat for seat, _ in phases[-1].settlement.owed} <= answered


def test_nobody_answers_and_nobody_is_paid(case):
    past_every_menu = (-1,)
    steps = case.play(past_every_menu, (0.5,))
    assert all(answer is None for step in steps for answer in step.answers)
    assert all(payoff is None for step in steps for payoff in step.settlement.payoffs)
    assert not any(step.settlement.events or step.settlement.owed for step in steps)
    assert steps[-1].earned == (0,) * case.seats


@briefly
@given(codes=codes, numbers=numbers)
def test_sums_of_payoffs_stay_within_the_welfare_of_the_game(case, codes, numbers):
    welfare = case.game.welfare(case.parameters, case.seats)
    steps = case.play(codes, numbers)
    assert welfare.worst <= welfare.best
    for phases in [steps] if welfare.whole_game else rounds_of(steps).values():
        total = sum(_paid(step, dict(welfare.outside)) for step in phases)
        everybody_played = all(None not in step.settlement.moves for step in phases)
        assert total <= max(welfare.best, 0) + 1e-9
        assert not everybody_played or welfare.worst - 1e-9 <= total <= welfare.best + 1e-9


def _paid(step, outside):
    """What a phase brings to everybody, people without a seat included."""
    settlement = step.settlement
    seated = sum(payoff for payoff in settlement.payoffs if payoff is not None)
    owed = sum(points for _, points in settlement.owed)
    return seated + owed + sum(outside.get(move, 0) for move in settlement.moves)


@briefly
@given(codes=codes, order=st.randoms(use_true_random=False))
def test_seats_that_are_asked_alike_are_paid_alike(case, codes, order):
    renamed = list(range(case.seats))
    order.shuffle(renamed)
    if not _keeps_whom_choices_are_about(case, renamed):
        # Where each acts toward the next one of a ring, the ring can still be turned.
        renamed = [(seat + 1) % case.seats for seat in range(case.seats)]
    plain = _points_of_a_policy(case, codes, list(range(case.seats)))
    if plain is None or not _keeps_whom_choices_are_about(case, renamed):
        pytest.skip("the seats of this game have different roles")
    swapped = _points_of_a_policy(case, codes, renamed)
    assert [swapped[renamed[seat]] for seat in range(case.seats)] == pytest.approx(plain)


def _keeps_whom_choices_are_about(case, renamed):
    """Whether the first phase asks the same about the same seats after the renaming."""
    drawn = (0.5,) * case.game.opening(case.parameters, case.seats)
    asks = case.game.asks(case.game.start(case.parameters, case.seats, drawn))
    asked = {(ask.seat, ask.about) for ask in asks}
    return asked == {
        (renamed[seat], about if about is None else renamed[about]) for seat, about in asked
    }


def _points_of_a_policy(case, codes, renamed):
    """Points when seat `renamed[i]` does what seat i does in the plain order; None with roles."""
    original = {new: old for old, new in enumerate(renamed)}
    game = case.game
    drawn = (0.5,) * game.opening(case.parameters, case.seats)
    state = game.start(case.parameters, case.seats, drawn)
    while not state.over:
        asks = game.asks(state)
        if len({(len(asks), ask.phase, ask.menu) for ask in asks}) > 1:
            return None
        if state.round == 1 and len(asks) < case.seats:
            return None
        moves = tuple(
            ask.menu[
                codes[
                    (
                        7 * state.round
                        + 3 * original[ask.seat]
                        + (0 if ask.about is None else 5 * original[ask.about])
                    )
                    % len(codes)
                ]
                % len(ask.menu)
            ]
            for ask in asks
        )
        state = game.settle(state, moves, (0.5,) * game.draws(state)).state
    return list(game.payoffs(state))
