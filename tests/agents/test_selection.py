"""Claims about selecting people by what they answered and who they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.cells import cells
from agents.errors import PopulationError, UnknownPersonaError
from agents.person import ITEMS, SCALES, Respondent
from agents.populations import cast, parse
from agents.respondents import pool, respondents, third, thirds
from agents.roster import resolve
from agents.selection import THIRDS, Term, select, strata, written
from agents.statements import uniform

ISSUE = "human[agreeableness=24..30 neuroticism=bottom age=40..80 gender=female]"


def draw_by(seed):
    return lambda *keys: uniform(seed, *keys)


def test_a_selection_holds_exactly_those_who_fit_every_term():
    expected = [
        id
        for id, person in respondents().items()
        if 24 <= person.scale("agreeableness") <= 30
        and person.scale("neuroticism") <= 12
        and 40 <= person.age <= 80
        and person.gender == "female"
    ]
    assert list(select(ISSUE).numbers) == expected
    assert len(expected) == 107


def test_scales_are_sums_of_five_with_reverse_keyed_items_reversed():
    # Every item of a trait answered 6, all others 1. A: A1 counts 1, the others 6 each: 25.
    # C: C4, C5: 1 + 1 + 3 x 6 = 20. E: E1, E2: 20. O: O2, O5: 20. N has none: 30, stability 5.
    by_hand = {"A": 25, "C": 20, "E": 20, "N": 30, "O": 20}
    for name, letter in SCALES.items():
        answers = tuple(6 if item[0] == letter else 1 for item in ITEMS)
        found = Respondent(1, answers, "female", 30).scale(name)
        assert found == (5 if name == "emotional_stability" else by_hand[letter])


def test_neuroticism_and_stability_have_mirrored_thirds():
    # A sum of s on one is 35 - s on the other, and the rule is the same upwards and downwards.
    bottom, top = thirds("emotional_stability")
    assert thirds("neuroticism") == (35 - top, 35 - bottom) == (12, 19)


@pytest.mark.parametrize("scale", SCALES)
def test_thirds_of_a_scale_are_a_partition(scale):
    parts = [select(f"human[{scale}={third}]").numbers for third in THIRDS]
    assert sorted(number for part in parts for number in part) == list(pool(None))


def test_stance_selected_is_the_cell_of_that_stance():
    for stance in ("benevolent", "neutral", "hostile"):
        found = select(f"human[stance={stance}]")
        assert found.numbers == cells()[f"human-{stance}"].numbers
        assert found.stance == stance
    without = select("human[stance=none]")
    assert len(without) == 2215 - 344 - 207 - 338
    assert without.persona(0).stance is None


def test_equal_terms_list_the_same_people_in_the_same_order_in_both_identities():
    human, mind = select(ISSUE), select(ISSUE.replace("human", "ai"))
    assert human.numbers == mind.numbers
    people = cast(parse(ISSUE), 12, draw_by(5)), cast(parse(mind.name), 12, draw_by(5))
    for one, other in zip(*people, strict=True):
        assert other.casting.persona.name == f"ai-{one.casting.persona.name}"
        assert other.casting.paraphrase == one.casting.paraphrase


def test_an_affect_arm_is_added_to_whom_is_selected():
    plain, denied = resolve("ai[age=18..25]"), resolve("ai[age=18..25]+denied")
    assert denied.numbers == plain.numbers
    assert denied.persona(0).affect == "denied"
    assert denied.persona(0).texts[0].startswith(plain.persona(0).texts[0])


def test_scrambled_people_are_selected_by_their_own_answers():
    found = select("scrambled[agreeableness=top]")
    assert all(third(found.respondent(rank), "agreeableness") == 1 for rank in range(len(found)))


@pytest.mark.parametrize(
    ("written_as", "low", "high"),
    [("30..40", 30, 40), ("30", 30, 30), ("50..", 50, 74), ("..20", 18, 20)],
)
def test_ranges_hold_both_ends(written_as, low, high):
    found = select(f"human[age={written_as}]")
    ages = {found.respondent(rank).age for rank in range(len(found))}
    assert min(ages) == low
    # The oldest of all is 74, the youngest 18.
    assert max(ages) == high


def test_the_order_of_terms_and_blanks_do_not_matter():
    one = parse("human[age=18..25   stance=neutral]")
    other = parse("human[stance=neutral age=18..25]")
    assert one.members == other.members
    assert one.members[0].source == "human[stance=neutral age=18..25]"


def test_selections_stand_in_mixes_with_their_commas_and_signs():
    mix = parse("human[age=40..80 gender=male]+denied=0.5, ai[stance=hostile]=0.25 ,tin-man=0.25")
    assert [(m.source, m.share) for m in mix.members] == [
        ("human[age=40..80 gender=male]+denied", 0.5),
        ("ai[stance=hostile]", 0.25),
        ("tin-man", 0.25),
    ]


@settings(deadline=None)
@given(
    st.integers(5, 30), st.integers(5, 30), st.sampled_from(["stance=hostile", "gender=male", ""])
)
def test_a_wider_range_never_loses_anybody(low, high, more):
    low, high = min(low, high), max(low, high)
    narrow, wide = (
        chosen(f"human[agreeableness={range_} {more}]")
        for range_ in (f"{low}..{high}", f"{max(5, low - 1)}..30")
    )
    assert narrow <= wide


def chosen(text):
    try:
        return set(select(text).numbers)
    except PopulationError:
        return set()


def test_the_grid_of_claim_c4_covers_everybody_once():
    grid = strata(["agreeableness", "emotional_stability"], "human", ())
    found = [select(written("human", terms)) for terms in grid]
    assert [len(cell) for cell in found] == [344, 254, 211, 189, 207, 190, 192, 290, 338]
    assert sorted(n for cell in found for n in cell.numbers) == list(pool(None))
    assert grid[2] == (Term("agreeableness", "top"), Term("emotional_stability", "bottom"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("human[agreeablenes=top]", ["'agreeablenes'", "did you mean 'agreeableness'"]),
        ("humans[age=20]", ["'humans'", "did you mean 'human'"]),
        ("human[]", ["selects by nothing"]),
        ("human[age=20", ["brackets"]),
        ("[age=20]", ["no selection", "human[agreeableness=top"]),
        ("human age=20]", ["brackets", "human age=20]"]),
        ("human[age]", ["'age'", "key=value"]),
        ("human[age=20,gender=male]", ["no commas"]),
        ("human[age=20 age=30]", ["'age' occurs twice"]),
        ("human[age=old]", ["age = 'old'", "18..80"]),
        ("human[age=top]", ["age = 'top'", "18..80"]),
        ("human[age=..]", ["age = '..'"]),
        ("human[age=50..20]", ["begins after it ends", "20..50"]),
        ("human[openness=24..31]", ["5 to 30"]),
        ("human[openness=higher]", ["'higher'", "top, middle, bottom"]),
        ("human[stance=kind]", ["stance = 'kind'", "benevolent"]),
        ("human[gender=woman]", ["gender = 'woman'", "female"]),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(text, words):
    with pytest.raises(PopulationError) as caught:
        parse(text)
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_a_selection_of_nobody_says_how_many_each_term_leaves():
    # Nobody is older than 80. Of 2,215, 733 are men; none of these is above 80.
    with pytest.raises(PopulationError) as caught:
        select("human[gender=male age=81..90]")
    assert "of 2215, age=81..90 leaves 0 (0 by itself)" in str(caught.value)
    assert "gender=male leaves 0 (733 by itself)" in str(caught.value)


def test_an_unknown_arm_of_a_selection_is_refused():
    with pytest.raises(UnknownPersonaError, match="did you mean 'denied'"):
        parse("human[age=20]+denid")


def test_a_grid_of_what_is_no_scale_is_refused():
    with pytest.raises(PopulationError, match=r"'age'.*is no scale"):
        strata(["age"], "human", ())
    with pytest.raises(PopulationError, match="'agreeableness' occurs twice"):
        strata(["agreeableness"], "human", (Term("agreeableness", "top"),))
