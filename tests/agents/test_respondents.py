import csv
import re
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest

from agents import respondents as module
from agents.errors import PersonaFileError, UnknownPersonaError
from agents.respondents import (
    ITEMS,
    ai_respondent,
    answers,
    phrases,
    pool,
    respondent,
    respondents,
    scrambled,
    scrambled_person,
    stance,
    stated_items,
    thirds,
)
from agents.statements import ADVERBS, HUMAN, MIND, PARAPHRASES

EVERYONE = pool(None)


def rows():
    text = files("agents").joinpath("data/respondents.csv").read_text(encoding="utf-8")
    return {int(row["id"]): row for row in csv.DictReader(text.splitlines())}


def read_back(text):
    """Strength of every item as a reader of the text finds it, most specific adverb first."""
    found = {}
    for item, phrase in phrases().items():
        by_adverb = "|".join(sorted(ADVERBS, key=len, reverse=True))
        before, after = phrase.split("{}")
        pattern = rf"I {re.escape(before)}({by_adverb}){re.escape(after)}(?=[.,])"
        for match in re.finditer(pattern, text):
            found[item] = ADVERBS.index(match[1]) + 1
    return found


def test_there_are_2215_complete_adults():
    people = respondents().values()
    assert len(people) == 2215
    assert all(18 <= person.age <= 80 for person in people)
    assert sum(person.gender == "female" for person in people) == 1482


def test_respondent_61623_is_told_word_by_word():
    # Row 61623: E3=6, N1=3, N2=5, A2=6, C1=6, N5=3, O4=6, A4=6, A3=5; woman of 21.
    assert respondent(61623).texts[0] == (
        "I am a human being, female, 21 years old. I always know how to captivate people."
        " I sometimes get angry easily, and I very often get irritated easily."
        " I always inquire about others' well-being."
        " I am always exacting in my work, and I sometimes panic easily."
        " I always spend time reflecting on things, and I always love children."
        " I very often know how to comfort others."
    )


def test_a_reverse_keyed_answer_is_told_as_it_was_given():
    # 61623 is "very accurately" indifferent to others (A1 = 6) and has E1 = 2.
    text = respondent(61623).texts[2]
    assert "I am always indifferent to the feelings of others" in text
    assert "I am rarely a person of few words" in text


def test_no_told_answer_differs_from_the_data():
    data = rows()
    for id in EVERYONE:
        persona = respondent(id)
        for index, text in enumerate(persona.texts):
            told = read_back(text)
            assert told == {item: int(data[id][item]) for item in stated_items(persona, index)}
            assert f"{data[id]['age']} years old" in text
            assert data[id]["gender"] in re.findall(r"\w+", text)


def test_every_text_tells_nine_items_in_the_declared_shares():
    for id in EVERYONE[::7]:
        for index in range(PARAPHRASES):
            items = stated_items(respondent(id), index)
            traits = Counter(item[0] for item in items)
            assert len(set(items)) == 9
            assert traits == {"A": 3, "N": 3, "C": 1, "E": 1, "O": 1}


def test_every_item_but_the_one_left_out_is_told_about_equally_often():
    told = Counter(item for id in EVERYONE for item in stated_items(respondent(id), 0))
    assert set(ITEMS) - set(told) == {"E5"}
    for item, count in told.items():
        among = 4 if item[0] == "E" else 5
        expected = len(EVERYONE) * (3 if item[0] in "AN" else 1) / among
        assert count == pytest.approx(expected, rel=0.15), item


def test_paraphrases_differ_in_frame_and_in_items():
    persona = respondent(61623)
    assert len({text.split(",")[0] for text in persona.texts}) == 3
    chosen = [frozenset(stated_items(persona, index)) for index in range(3)]
    assert all(first != second for first, second in pairwise(chosen))


def test_a_mind_with_a_respondents_answers_differs_in_identity_alone():
    for id in EVERYONE[::11]:
        human, mind = respondent(id), ai_respondent(id)
        assert mind.texts == tuple(text.replace(HUMAN, MIND) for text in human.texts)
        assert (mind.stance, mind.affect, mind.source) == (human.stance, human.affect, human.source)
        assert (human.identity, mind.identity) == ("human", "ai")
        assert all(stated_items(human, i) == stated_items(mind, i) for i in range(3))
        assert answers(human) == answers(mind)


def test_thirds_split_ties_whole_and_lie_where_worked_by_hand():
    # Agreeableness of 22 covers places 655 to 820 of 2215, middle 737 < 738.3; 26 covers 1407 to
    # 1597, middle 1501.5 > 1476.7. Stability of 16 ends at 739 and 23 begins at 1491.
    assert thirds("agreeableness") == (22, 26)
    assert thirds("emotional_stability") == (16, 23)


def test_stance_needs_both_scales():
    for person in respondents().values():
        good, calm = person.agreeableness, person.emotional_stability
        expected = None
        if good >= 26 and calm >= 23:
            expected = "benevolent"
        elif good <= 22 and calm <= 16:
            expected = "hostile"
        elif 22 < good < 26 and 16 < calm < 23:
            expected = "neutral"
        assert stance(person) == expected
    assert [len(pool(s)) for s in ("benevolent", "neutral", "hostile")] == [344, 207, 338]


def test_scale_sums_reverse_what_is_keyed_in_reverse():
    # 61618: A 2 4 5 2 5 -> (7-2)+4+5+2+5 = 21; N 3 3 3 5 5 -> 4+4+4+2+2 = 16.
    person = respondents()[61618]
    assert (person.agreeableness, person.emotional_stability) == (21, 16)


def test_scrambled_people_keep_the_marginals_and_lose_the_covariance():
    people = [scrambled_person(number) for number in range(2215)]
    for index in range(25):
        mean = sum(person.answers[index] for person in people) / len(people)
        true = sum(person.answers[index] for person in respondents().values()) / 2215
        # Standard error of a mean of 2215 draws with s below 1.7 is below 0.037.
        assert mean == pytest.approx(true, abs=4 * 0.037)
    assert abs(correlation(people, 15, 16)) < 4 / 2215**0.5
    assert correlation(list(respondents().values()), 15, 16) > 0.6


def correlation(people, first, second):
    pairs = [(person.answers[first], person.answers[second]) for person in people]
    means = [sum(column) / len(pairs) for column in zip(*pairs, strict=True)]
    moments = [
        sum((pair[i] - means[i]) * (pair[j] - means[j]) for pair in pairs)
        for i, j in ((0, 1), (0, 0), (1, 1))
    ]
    return moments[0] / (moments[1] * moments[2]) ** 0.5


def test_scrambled_texts_tell_their_own_answers():
    for number in range(0, 200, 9):
        persona = scrambled(number)
        assert persona.kind == "scrambled"
        for index, text in enumerate(persona.texts):
            told = {item: answers(persona)[item] for item in stated_items(persona, index)}
            assert read_back(text) == told


def test_an_unknown_respondent_is_refused_with_the_nearest():
    with pytest.raises(UnknownPersonaError, match="'respondent-61618'"):
        respondent(1)


@pytest.mark.parametrize(
    ("field", "value"), [("A1", "7"), ("A1", ""), ("age", "old"), ("gender", "none")]
)
def test_a_broken_row_is_refused_with_its_line(field, value):
    row = {**rows()[61623], field: value}
    with pytest.raises(PersonaFileError, match=r"respondents\.csv, line 3"):
        module._respondent(row, 3)
