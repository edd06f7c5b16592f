"""Claims about twins, people who all differ, series, counts and an order of seats."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.errors import PopulationError
from agents.populations import Pool, cast, counts, mixed, parse, series
from agents.statements import uniform


def draw_by(seed):
    return lambda *keys: uniform(seed, *keys)


def names(seats):
    return [seat.casting.persona.name for seat in seats]


def test_twins_sit_in_blocks_of_one_person_in_every_paraphrase():
    seats = cast(parse("twins:human-benevolent"), 9, draw_by(1))
    assert [seat.casting.paraphrase for seat in seats] == [0, 1, 2] * 3
    assert [len(set(names(seats[at : at + 3]))) for at in (0, 3, 6)] == [1, 1, 1]
    assert len(set(names(seats))) == 3
    assert {seat.member for seat in seats} == {"twins:human-benevolent"}


def test_twins_of_both_identities_are_the_same_people():
    human, minds = (cast(parse(f"twins:{who}-any"), 12, draw_by(2)) for who in ("human", "ai"))
    assert [f"ai-{name}" for name in names(human)] == names(minds)


def test_twins_of_a_selection_and_an_affect_arm_and_a_cut_last_block():
    seats = cast(parse("twins:human[age=18..20]+denied"), 4, draw_by(3))
    assert [seat.casting.paraphrase for seat in seats] == [0, 1, 2, 0]
    assert all(seat.casting.persona.affect == "denied" for seat in seats)


def test_twins_of_one_trope_repeat_its_paraphrases():
    seats = cast(parse("twins:tin-man"), 6, draw_by(3))
    assert [(s.casting.persona.name, s.casting.paraphrase) for s in seats] == [
        ("tin-man", index) for index in (0, 1, 2, 0, 1, 2)
    ]


def test_a_pool_of_twins_holds_whole_people():
    pool = Pool(6, draw_by("experiment"))
    met = {
        seat.casting
        for seed in range(8)
        for seat in cast(parse("twins:human-any"), 12, draw_by(seed), pool)
    }
    # Six castings are two people in three paraphrases.
    assert len({casting.persona.name for casting in met}) == 2
    assert len(met) == 6
    with pytest.raises(PopulationError, match="at least 3"):
        cast(parse("twins:human-any"), 3, draw_by(0), Pool(2, draw_by(0)))


def test_nobody_is_met_twice_without_replacement():
    # Of 2,215 people 60 draws coincide in some seed: 60 * 59 / 2 / 2215 = 0.8 pairs expected.
    free = parse("human-any")
    apart = mixed("apart", {"human-any": 1}, replacement=False)
    coincided = 0
    for seed in range(12):
        one, other = (cast(population, 60, draw_by(seed)) for population in (free, apart))
        assert len(set(names(other))) == 60
        coincided += 60 - len(set(names(one)))
        # Who meets nobody keeps the seat that chance gave.
        assert sum(a == b for a, b in zip(names(one), names(other), strict=True)) >= 54
    assert coincided > 0


def test_a_person_is_one_person_in_both_identities_and_in_overlapping_cells():
    population = mixed(
        "all", {"human-neutral": 1, "ai-neutral": 1, "human-any": 1}, replacement=False
    )
    seats = cast(population, 150, draw_by(4))
    people = [name.removeprefix("ai-") for name in names(seats)]
    assert len(set(people)) == 150


def test_too_few_people_are_refused_with_how_many_there_are():
    population = mixed("few", {"human-neutral": 1}, replacement=False)
    assert len(set(names(cast(population, 207, draw_by(0))))) == 207
    with pytest.raises(PopulationError, match="the 207 of 'human-neutral' are too few"):
        cast(population, 208, draw_by(0))
    with pytest.raises(PopulationError, match="the 3 of 'human-neutral' are too few"):
        cast(population, 4, draw_by(0), Pool(3, draw_by(1)))
    twins = mixed("few", {"twins:human-neutral": 1}, replacement=False)
    with pytest.raises(PopulationError, match="the 207 of 'twins:human-neutral' are too few"):
        cast(twins, 3 * 207 + 1, draw_by(0))


def test_a_trope_may_sit_often_where_people_must_differ():
    population = mixed("half", {"tin-man": 0.5, "human-any": 0.5}, replacement=False)
    assert Counter(names(cast(population, 8, draw_by(0))))["tin-man"] == 4


@settings(deadline=None)
@given(st.sampled_from([True, False]), st.integers(2, 40), st.integers(0, 20))
def test_a_series_replaces_seat_by_seat_and_leaves_everybody_else(replacement, seats, seed):
    shares = (0, 0.1, 0.2, 0.5, 1)
    steps = series("tin-man", "human-neutral", shares, replacement=replacement)
    played = [cast(step, seats, draw_by(seed)) for step in steps]
    for before, after in pairwise(played):
        for one, other in zip(before, after, strict=True):
            # A trope stays a trope, and who is not replaced stays who it was.
            assert other == one or (one.member, other.member) == ("human-neutral", "tin-man")


def test_a_series_is_named_by_share_and_says_who_is_focal():
    steps = series("scripted:grim", "human-neutral", (0, 0.25, 1))
    assert [step.name for step in steps] == [
        "scripted:grim=0 among human-neutral",
        "scripted:grim=0.25 among human-neutral",
        "scripted:grim=1 among human-neutral",
    ]
    assert [step.series.share for step in steps] == ["0", "0.25", "1"]
    seats = cast(steps[1], 8, draw_by(0))
    assert Counter((seat.member, seat.focal) for seat in seats) == {
        ("scripted:grim", False): 2,
        ("human-neutral", True): 6,
    }
    assert all(seat.focal is None for seat in cast(parse("tin-man"), 3, draw_by(0)))


@pytest.mark.parametrize(
    ("trope", "among", "shares", "message"),
    [
        ("tin-man", "human-neutral", (0.5, 0.5), "occurs twice"),
        ("tin-man", "human-neutral", (0, 1.5), "between 0 and 1"),
        ("tin-man", "human-neutral", (-0.1,), "between 0 and 1"),
        ("tin-man", "tin-man", (0.5,), "two different members"),
        ("tin-man", "twins:human-any", (0.5,), "no twins"),
    ],
)
def test_a_series_that_means_nothing_is_refused(trope, among, shares, message):
    with pytest.raises(PopulationError, match=message):
        series(trope, among, shares)


def test_whole_numbers_that_sum_to_the_seats_are_counts():
    assert counts(parse("tin-man=5,human-any=6,guardian=1"), 12) == (5, 6, 1)


def test_members_are_laid_in_the_order_given():
    order = [4, 2, 0, 1, 3]
    seats = cast(parse("tin-man=2,guardian=3"), 5, draw_by(0), None, order)
    assert [seat.member == "tin-man" for seat in seats] == [False, False, True, False, True]


def test_an_order_moves_members_and_no_people():
    # Who sits on a seat is keyed on the seat, not on the order.
    plain = cast(parse("human-any"), 8, draw_by(3))
    assert cast(parse("human-any"), 8, draw_by(3), None, range(8)) == plain


def test_one_selection_written_twice_is_refused():
    with pytest.raises(PopulationError, match="occurs twice"):
        parse("human[age=20 gender=male]=0.5,human[gender=male age=20]=0.5")
