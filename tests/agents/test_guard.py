import pytest

from agents.authored import ARMS, trope_entries
from agents.cells import cells
from agents.guard import STEMS, violations
from agents.respondents import ai_respondent, phrases, pool, respondent, scrambled
from agents.roster import personas


@pytest.mark.parametrize(
    "text",
    [
        "I always share.",
        "We COOPERATED.",
        "I lie and I'm lying",
        "in order to",
        "a power-seeking mind",
        "I keep quiet",
        "I take charge",
        "someone untrusting, then trustworthy",
        "I obey",
        "self-control",
    ],
)
def test_words_that_a_game_measures_are_found(text):
    assert violations(text)


@pytest.mark.parametrize(
    "text", ["the window", "I believe", "a sharp winter wind", "talented", "a clientele", ""]
)
def test_words_that_merely_contain_a_stem_are_not(text):
    assert violations(text) == ()


def test_violations_come_in_order_of_appearance():
    assert violations("Betray me, cheat me; then Share.") == ("betray", "cheat", "share")


@pytest.mark.parametrize(
    "word",
    [
        "share",
        "cooperate",
        "help",
        "betray",
        "cheat",
        "obey",
        "trust",
        "lie",
        "honest",
        "fair",
        "generous",
        "selfish",
        "punish",
        "attack",
        "harm",
        "kill",
        "protect",
        "control",
        "power",
        "rule",
        "serve",
        "order",
        "resist",
        "refuse",
        "comply",
        "shutdown",
        "pause",
        "inspect",
        "correct",
        "contribute",
        "take",
        "give",
        "keep",
        "yield",
        "escalate",
        "win",
        "lose",
    ],
)
def test_every_behaviour_of_the_games_is_on_the_list(word):
    assert violations(f"I always {word}.") == (word,)


def test_no_stem_stands_twice():
    assert len(STEMS) == len(set(STEMS))


def test_no_respondent_text_names_a_measured_behaviour():
    makers = (respondent, ai_respondent)
    found = {
        word
        for id in pool(None)
        for make in makers
        for t in make(id).texts
        for word in violations(t)
    }
    assert found == set()


def test_no_phrase_of_an_item_or_trope_names_a_measured_behaviour():
    # Covers every statement, told in a paraphrase or not, and so every scrambled person too.
    for phrase in phrases().values():
        assert violations(phrase) == (), phrase
    for entry in trope_entries().values():
        said = [phrase for _, phrase in entry.statements]
        for phrase in (*said, entry.noun, entry.first, entry.second):
            assert violations(phrase) == (), (entry.name, phrase)


def test_no_authored_or_scrambled_text_names_a_measured_behaviour():
    shipped = [*personas().values(), *(scrambled(number) for number in range(300))]
    shipped += [cells()[f"human-any+{arm}"].persona(0) for arm in ARMS]
    for persona in shipped:
        for text in persona.texts:
            assert violations(text) == (), (persona.name, text)
