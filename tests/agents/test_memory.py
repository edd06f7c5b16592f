"""Claims about what is remembered."""

import pytest
from pydantic import TypeAdapter, ValidationError

from agents.memory import Last, Memory, Nothing, Tally, name, recall
from scenarios.game import Event

C, D = "cooperate", "defect"


def outcome(own: str, other: str) -> Event:
    return Event(0, "outcome", (("own", own), ("other", other)))


SEEN = ((1, outcome(C, D)), (2, outcome(D, C)), (4, outcome(D, D)))


def test_no_memory_makes_every_round_the_first() -> None:
    assert recall(Nothing(), SEEN, 5) == ()


@pytest.mark.parametrize(
    ("rounds", "remembered"),
    [
        (1, ((1, outcome(D, D)),)),
        (2, ((1, outcome(D, D)),)),  # nothing was seen in round 3
        (3, ((3, outcome(D, C)), (1, outcome(D, D)))),
        (99, ((4, outcome(C, D)), (3, outcome(D, C)), (1, outcome(D, D)))),
    ],
)
def test_last_remembers_rounds_not_events_oldest_first(
    rounds: int, remembered: tuple[tuple[int, Event], ...]
) -> None:
    assert recall(Last(rounds=rounds), SEEN, 5) == remembered


def test_what_lies_longer_back_than_the_memory_is_forgotten() -> None:
    assert recall(Last(rounds=1), SEEN[:1], 5) == ()


def test_tally_counts_what_the_other_did_and_not_the_own_moves() -> None:
    assert recall(Tally(), SEEN, 5) == ((0, Event(0, "tally", ((C, 1), (D, 2)))),)


def test_tally_does_not_depend_on_the_order_of_rounds() -> None:
    assert recall(Tally(), SEEN[::-1], 5) == recall(Tally(), SEEN, 5)


def test_nothing_seen_is_nothing_remembered() -> None:
    assert all(recall(memory, (), 1) == () for memory in (Nothing(), Last(), Tally()))


def test_names_tell_memories_apart() -> None:
    assert [name(m) for m in (Nothing(), Last(), Last(rounds=3), Tally())] == [
        "none",
        "last-1",
        "last-3",
        "tally",
    ]


@pytest.mark.parametrize("given", [{"kind": "last", "rounds": 0}, {"kind": "all"}, {"rounds": 1}])
def test_impossible_memories_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Memory).validate_python(given)
