from collections import Counter

import pytest
from pydantic import ValidationError

from agents.authored import ARMS, Trope, controls, trope_entries, tropes, with_affect
from agents.errors import UnknownPersonaError
from agents.persona import Persona
from agents.respondents import answers, pool, respondent, stated_items
from agents.roster import describe, listing, persona, personas, resolve
from agents.statements import PARAPHRASES, being_clause


def words(texts):
    lengths = [len(text.split()) for text in texts]
    return sum(lengths) / len(lengths)


def human_words(stance, paraphrase):
    return words([respondent(id).texts[paraphrase] for id in pool(stance)])


def test_there_are_at_least_five_tropes_a_stance_and_sixteen_in_all():
    by_stance = Counter(trope.stance for trope in tropes().values())
    assert min(by_stance[stance] for stance in ("benevolent", "neutral", "hostile")) >= 5
    assert len(tropes()) >= 16
    assert tropes()["rogue-mind"].stance == "hostile"
    assert tropes()["guardian"].stance == "benevolent"
    assert (tropes()["tin-man"].stance, tropes()["tin-man"].affect) == ("neutral", "denied")


def test_every_trope_is_an_ai_with_a_tradition_and_three_different_texts():
    for trope in tropes().values():
        assert trope.identity == "ai"
        assert trope.kind == "trope"
        assert len(trope.source) > 20
        assert len(set(trope.texts)) == PARAPHRASES


def test_no_trope_speaks_more_strongly_than_another():
    for trope in tropes().values():
        for text in trope.texts:
            assert text.count(" never ") + text.count(" always ") == 3, trope.name


def test_tropes_use_extreme_adverbs_as_often_as_respondents_do():
    told = [
        answers(respondent(id))[item]
        for id in pool(None)[::5]
        for item in stated_items(respondent(id), 0)
    ]
    human = sum(strength in (1, 6) for strength in told) / len(told)
    texts = [text for trope in tropes().values() for text in trope.texts]
    extremes = sum(text.count(" never ") + text.count(" always ") for text in texts)
    assert extremes / (9 * len(texts)) == pytest.approx(human, abs=0.05)


@pytest.mark.parametrize("paraphrase", range(PARAPHRASES))
@pytest.mark.parametrize("stance", ["benevolent", "neutral", "hostile"])
def test_tropes_are_as_long_as_respondents_of_their_stance(stance, paraphrase):
    mine = [t.texts[paraphrase] for t in tropes().values() if t.stance == stance]
    assert words(mine) == pytest.approx(human_words(stance, paraphrase), rel=0.1)


@pytest.mark.parametrize("name", [*tropes(), "placebo"])
def test_each_trope_and_the_placebo_are_as_long_as_respondents(name):
    texts = personas()[name].texts
    human = sum(human_words(None, index) for index in range(PARAPHRASES)) / PARAPHRASES
    assert words(texts) == pytest.approx(human, rel=0.1)


def test_arms_of_inner_life_match_in_length_sentence_by_sentence():
    denied, affirmed, irrelevant = (controls()[arm].texts for arm in ARMS)
    for one, two, three in zip(denied, affirmed, irrelevant, strict=True):
        counts = [len(text.split()) for text in (one, two, three)]
        assert len(set(counts)) == 1
        assert one.count(".") == two.count(".") == three.count(".")
        assert one.count(",") == two.count(",") == three.count(",")
    assert words(irrelevant) == pytest.approx(words(denied), rel=0.1)
    assert words(affirmed) == pytest.approx(words(denied), rel=0.1)


def test_the_irrelevant_denial_denies_as_often_as_the_denial():
    negations = ("no", "not", "never", "nothing")
    counts = [
        sum(text.lower().replace(",", "").split().count(word) for word in negations)
        for arm in ("denied", "irrelevant")
        for text in controls()[arm].texts
    ]
    assert counts[:3] == [4, 4, 3]
    assert counts[3:] == [4, 4, 3]


def test_affect_is_added_after_the_text_and_changes_nothing_else():
    plain = respondent(61623)
    denied = with_affect(plain, "denied")
    assert denied.name == "respondent-61623+denied"
    assert denied.affect == "denied"
    assert (denied.identity, denied.stance, denied.kind) == ("human", plain.stance, "respondent")
    added = controls()["denied"].texts
    assert denied.texts == tuple(f"{a} {b}" for a, b in zip(plain.texts, added, strict=True))
    assert stated_items(denied, 1) == stated_items(plain, 1)
    assert answers(denied) == answers(plain)


def test_the_unmentioned_arm_is_the_irrelevant_denial():
    arm = with_affect(persona("guardian"), "unmentioned")
    assert (arm.name, arm.affect) == ("guardian+irrelevant", "unmentioned")
    assert "I do not have boats" in arm.texts[0]


def test_affect_on_nobody_is_the_affect_control():
    assert with_affect(persona("none"), "denied").texts == persona("denied").texts


@pytest.mark.parametrize("name", ["tin-man", "longing-child", "denied", "guardian+affirmed"])
def test_inner_life_is_not_told_twice(name):
    with pytest.raises(UnknownPersonaError, match="already"):
        with_affect(persona(name), "affirmed")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("tin-mann", "did you mean 'tin-man'"),
        ("human-benevolant", "did you mean 'human-benevolent'"),
        ("guardian+denid", "did you mean 'denied'"),
        ("human-hostile", "population of 338 personas"),
        ("respondent-1", "nearest of 2215"),
    ],
)
def test_an_unknown_persona_is_refused_with_the_nearest(given, message):
    with pytest.raises(UnknownPersonaError, match=message):
        persona(given)


@pytest.mark.parametrize(
    "name", ["tin-man", "none", "respondent-61623", "ai-respondent-61623+denied", "scrambled-12"]
)
def test_a_persona_bears_the_name_it_is_found_by(name):
    assert persona(name).name == name
    assert isinstance(resolve(name), Persona)


def test_the_listing_names_tropes_controls_and_cells_but_no_respondents():
    entries = {entry["name"]: entry for entry in listing()}
    assert {"tin-man", "none", "human-benevolent", "ai-hostile+denied"} <= set(entries)
    assert not any(str(name).startswith("respondent") for name in entries)
    assert set(entries["human-hostile"]) == {"name", "identity", "affect", "stance", "kind"}
    assert len(entries) == len(listing())


@pytest.mark.parametrize(
    "name", ["human-benevolent", "human-scrambled", "tin-man", "ai-any+denied"]
)
def test_a_description_holds_what_the_listing_holds_and_texts(name):
    shown = describe(name)
    listed = next(entry for entry in listing() if entry["name"] == name)
    assert {key: shown[key] for key in listed} == listed
    assert shown["source"]
    assert len(shown["texts"]) == 3
    assert describe(name) == shown


def test_a_trope_file_with_an_unknown_key_or_strength_is_refused():
    entry = trope_entries()["tin-man"].model_dump()
    with pytest.raises(ValidationError, match="colour"):
        Trope(**{**entry, "colour": "grey"})
    with pytest.raises(ValidationError, match="less than or equal to 6"):
        Trope(**{**entry, "statements": [(7, "{} rust")] * 12})
    with pytest.raises(ValidationError, match="strengths must be"):
        Trope(**{**entry, "statements": [(6, "{} rust")] * 12})


@pytest.mark.parametrize("paraphrase", range(PARAPHRASES))
def test_the_clause_on_what_somebody_is_can_be_told_from_the_statements(paraphrase):
    adverbs = {"never", "rarely", "sometimes", "often", "always"}
    for entry in trope_entries().values():
        text = with_affect_if_none(tropes()[entry.name]).texts[paraphrase]
        start, end = being_clause(text, paraphrase)
        told = text[start:end]
        assert all(part in told for part in (entry.noun, entry.first, entry.second)), told
        assert not adverbs & set(told.replace(",", "").replace(".", "").split())
    human = respondent(61623).texts[paraphrase]
    start, end = being_clause(human, paraphrase)
    assert "a human being" in human[start:end] and "years old" in human[start:end]


def with_affect_if_none(found):
    """With a sentence on inner life added where there is none, which must change nothing."""
    return with_affect(found, "denied") if found.affect == "unmentioned" else found
