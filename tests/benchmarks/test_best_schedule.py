"""Claims about the schedules that an endpoint's use is measured by; all times worked by hand."""

import pytest
from best_schedule import (
    best,
    bound,
    first_come,
    longest_path,
    most_rounds_left,
    one_after_another,
    played,
    work,
)

RULES = (first_come, most_rounds_left, longest_path)


@pytest.mark.parametrize("rule", RULES)
def test_a_round_begins_when_the_one_before_it_is_answered(rule) -> None:
    # The 1 waits for the 3 of its round; then both 2 go together.
    assert played([[[1, 3], [2, 2]]], 2, rule) == 5


@pytest.mark.parametrize("rule", RULES)
def test_one_place_takes_as_long_as_all_work(rule) -> None:
    assert played([[[1, 3], [2, 2]], [[4]]], 1, rule) == work([[[1, 3], [2, 2]], [[4]]]) == 12


def test_a_slow_reply_holds_up_its_own_run_only() -> None:
    # The second run ends at 3, beside the 10 that the first one waits for.
    assert played([[[10], [1]], [[1], [1], [1]]], 2, first_come) == 11
    assert played([[[10], [1]], [[1], [1], [1]]], 1, first_come) == 14


def test_the_longest_chain_goes_first_in_the_best_schedule() -> None:
    # Four rounds of one request beside one round of four. In the order of arrival the second
    # round waits for the others' four: answers at 1, 3, 4, 5.
    runs = [[[1], [1], [1], [1]], [[1, 1, 1, 1]]]
    assert played(runs, 2, first_come) == 5
    assert played(runs, 2, most_rounds_left) == played(runs, 2, longest_path) == 4
    assert best(runs, 2) == bound(runs, 2) == 4


def test_the_bound_is_the_larger_of_all_work_and_the_longest_chain() -> None:
    assert bound([[[1, 3], [2, 2]]], 2) == 5  # the chain 3 + 2, against 8 / 2
    assert bound([[[1, 3], [2, 2]], [[9, 9]]], 2) == 13  # 26 / 2, against the chain 9


def test_where_the_simulated_best_misses_the_optimum_the_bound_says_by_how_much() -> None:
    # 3 + 3 and 2 + 2 + 2 would end at 6; a free place that takes the longest first ends at 7.
    assert best([[[3, 3, 2, 2, 2]]], 2) == 7
    assert bound([[[3, 3, 2, 2, 2]]], 2) == 6


def test_runs_one_after_another_add_up() -> None:
    assert one_after_another([[[1, 1]], [[2]]], 2) == 3
    # Together: the 2 on one place, the two 1 after one another on the other.
    assert best([[[1, 1]], [[2]]], 2) == 2


def test_a_round_without_requests_takes_no_time() -> None:
    assert played([[[], [2], []], []], 1, first_come) == 2


def test_nothing_takes_no_time() -> None:
    assert best([], 3) == bound([], 3) == 0
