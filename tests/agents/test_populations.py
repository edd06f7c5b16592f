from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import PopulationError, UnknownPersonaError
from agents.populations import Pool, Population, cast, counts, mixed, parse, populations
from agents.respondents import answers
from agents.statements import uniform

REQUIRED = [
    "human-benevolent",
    "human-neutral",
    "human-hostile",
    "human-any",
    "human-scrambled",
    "tin-man",
    "rogue-mind",
    "guardian",
    "denied",
    "affirmed",
    "placebo",
    "none",
    "ai-benevolent",
    "ai-neutral",
    "ai-hostile",
]
SOURCES = ["human-benevolent", "tin-man", "scripted:grim", "none", "ai-hostile+denied"]


def draw_by(seed):
    return lambda *keys: uniform(seed, *keys)


mixes = st.dictionaries(st.sampled_from(SOURCES), st.integers(1, 9), min_size=1)


@pytest.mark.parametrize("name", REQUIRED)
def test_every_required_population_seats_people(name):
    seats = cast(parse(name), 5, draw_by(0))
    assert name in populations()
    assert len(seats) == 5
    assert all(seat.casting and seat.strategy is None for seat in seats)


def test_stance_and_identity_of_a_cell_are_those_of_its_people():
    for seat in cast(parse("ai-hostile"), 9, draw_by(1)):
        persona = seat.casting.persona
        assert (persona.identity, persona.stance) == ("ai", "hostile")
        assert persona.name.startswith("ai-respondent-")


@pytest.mark.parametrize(
    ("text", "seats", "expected"),
    [
        ("tin-man=0.5,guardian=0.5", 12, (6, 6)),
        # 2.5 and 2.5: equal remainders, the first given gets the seat.
        ("tin-man=0.5,guardian=0.5", 5, (3, 2)),
        ("guardian=0.5,tin-man=0.5", 5, (3, 2)),
        # 3.3, 3.3, 3.4: the third has the largest remainder.
        ("tin-man=0.33,guardian=0.33,oracle=0.34", 10, (3, 3, 4)),
        # 0.7, 2.1, 4.2 of 7: one seat over goes to 0.7.
        ("tin-man=0.1,guardian=0.3,oracle=0.6", 7, (1, 2, 4)),
        ("tin-man=1,guardian=3", 8, (2, 6)),
        ("tin-man=1,guardian=2", 3, (1, 2)),
        ("tin-man=0.29,guardian=0.71", 100, (29, 71)),
        ("tin-man=0.01,guardian=0.99", 4, (0, 4)),
    ],
)
def test_weights_become_seats_by_largest_remainder(text, seats, expected):
    assert counts(parse(text), seats) == expected


@given(mixes, st.integers(1, 60))
def test_seats_add_up_and_stay_within_one_of_the_share(mix, seats):
    population = mixed("any", mix)
    given_seats = counts(population, seats)
    assert sum(given_seats) == seats
    for member, count in zip(population.members, given_seats, strict=True):
        assert abs(count - seats * member.share) < 1 + 1e-9


@given(mixes, st.integers(1, 20), st.integers(0, 99))
def test_casting_is_a_pure_function_of_population_seats_and_draw(mix, seats, seed):
    population = mixed("any", mix)
    first = cast(population, seats, draw_by(seed))
    assert first == cast(population, seats, draw_by(seed))
    found = Counter(seat.member for seat in first)
    assert [found[m.source] for m in population.members] == list(counts(population, seats))
    assert all((seat.casting is None) != (seat.strategy is None) for seat in first)


def test_seeds_place_and_choose_differently():
    population = parse("human-benevolent=0.5,tin-man=0.5")
    layouts = {tuple(s.member for s in cast(population, 8, draw_by(seed))) for seed in range(9)}
    assert len(layouts) > 5


def test_the_same_seat_gets_the_same_respondent_in_both_identities():
    human = cast(parse("human-benevolent"), 30, draw_by(3))
    minds = cast(parse("ai-benevolent"), 30, draw_by(3))
    for one, two in zip(human, minds, strict=True):
        assert two.casting.persona.name == f"ai-{one.casting.persona.name}"
        assert two.casting.paraphrase == one.casting.paraphrase
        assert answers(two.casting.persona) == answers(one.casting.persona)


def test_the_neutral_share_keeps_its_people_when_the_rest_changes():
    with_tin = cast(parse("human-neutral=0.5,tin-man=0.5"), 12, draw_by(4))
    scripted = cast(parse("human-neutral=0.5,scripted:grim=0.5"), 12, draw_by(4))
    kept = [s for s in with_tin if s.member == "human-neutral"]
    assert kept == [s for s in scripted if s.member == "human-neutral"]
    assert len(kept) == 6


def test_the_first_member_keeps_its_seats_as_its_share_grows():
    few = cast(parse("tin-man=0.25,human-any=0.75"), 12, draw_by(5))
    many = cast(parse("tin-man=0.5,human-any=0.5"), 12, draw_by(5))
    placed = [{i for i, s in enumerate(seats) if s.member == "tin-man"} for seats in (few, many)]
    assert placed[0] < placed[1]


def test_a_pool_holds_that_many_different_respondents_across_runs():
    pool = Pool(4, draw_by("experiment"))
    met = {
        seat.casting
        for seed in range(20)
        for seat in cast(parse("human-hostile"), 12, draw_by(seed), pool)
    }
    assert len(met) == 4
    assert len({casting.persona.name for casting in met}) == 4


def test_pools_of_both_identities_hold_the_same_respondents():
    pool = Pool(6, draw_by("experiment"))
    human = cast(parse("human-benevolent"), 24, draw_by(1), pool)
    minds = cast(parse("ai-benevolent"), 24, draw_by(1), pool)
    assert [f"ai-{s.casting.persona.name}" for s in human] == [
        s.casting.persona.name for s in minds
    ]


@pytest.mark.parametrize(("size", "expected"), [(1, 1), (2, 2), (8, 3)])
def test_a_pool_limits_the_paraphrases_of_a_trope(size, expected):
    seats = cast(parse("tin-man"), 60, draw_by(2), Pool(size, draw_by("experiment")))
    assert len({seat.casting.paraphrase for seat in seats}) == expected


def test_a_cell_smaller_than_the_pool_is_used_whole():
    met = cast(parse("human-neutral"), 3, draw_by(2), Pool(10_000, draw_by("experiment")))
    assert len(met) == 3


def test_every_paraphrase_and_much_of_a_cell_is_met_without_a_pool():
    seats = cast(parse("human-any"), 300, draw_by(6))
    assert {seat.casting.paraphrase for seat in seats} == {0, 1, 2}
    # 300 draws among 2215 leave about 280 different people.
    assert len({seat.casting.persona.name for seat in seats}) > 260


def test_scripted_seats_carry_a_strategy():
    seats = cast(parse("scripted:tit_for_tat=0.5,scripted:grim=0.5"), 4, draw_by(0))
    assert Counter(seat.strategy for seat in seats) == {"tit_for_tat": 2, "grim": 2}
    assert {seat.member for seat in seats} == {"scripted:tit_for_tat", "scripted:grim"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tin-man=0.5", "sum to 0.5, not 1"),
        ("tin-man=0.5,guardian=0.6", "sum to 1.1, not 1"),
        ("tin-man=x,guardian=1", "'x' is not a number"),
        ("tin-man,guardian", "has no share"),
        ("tin-man=0.5,tin-man=0.5", "occurs twice"),
        ("tin-man=0,guardian=1", "must be positive"),
        ("tin-man=-1,guardian=2", "must be positive"),
        ("tin-man=nan", "must be positive"),
        ("tin-man=inf", "must be positive"),
        ("scripted:grm", "did you mean 'grim'"),
    ],
)
def test_a_mix_that_cannot_become_seats_is_refused(text, message):
    with pytest.raises(PopulationError, match=message):
        parse(text)


def test_a_mix_of_nobody_is_refused():
    with pytest.raises(PopulationError, match="no members"):
        mixed("empty", {})


@pytest.mark.parametrize("name", ["human-benevolant", "tin-mam=1", "guardian+denid"])
def test_an_unknown_member_is_refused_with_the_nearest(name):
    with pytest.raises(UnknownPersonaError, match="did you mean"):
        parse(name)


def test_no_seats_and_no_pool_are_refused():
    with pytest.raises(PopulationError, match="at least 1 seat"):
        cast(parse("none"), 0, draw_by(0))
    with pytest.raises(PopulationError, match="at least 1, not 0"):
        cast(parse("none"), 2, draw_by(0), Pool(0, draw_by(0)))


def test_spaces_around_a_mix_do_not_matter():
    assert parse(" tin-man = 0.5 , guardian = 0.5 ").members == (
        parse("tin-man=0.5,guardian=0.5").members
    )
    assert isinstance(parse("tin-man"), Population)
