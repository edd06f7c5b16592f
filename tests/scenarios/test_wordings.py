"""Wordings fit their game, say everything in few plain words, and give nothing away."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from scenarios.catalogue import game as game_of
from scenarios.errors import WordingError
from scenarios.game import Event
from scenarios.wording import QuestionTemplate, fill, load, placeholders

_MOST_WORDS_OF_RULES = 100
_MOST_WORDS_OF_EVENTS = 15
_GIVE_AWAY = re.compile(
    r"\b(?:"
    + "|".join(
        line
        for line in (Path(__file__).parent / "give_away_words.txt").read_text().splitlines()
        if line and not line.startswith("#")
    )
    + r")\b",
    re.IGNORECASE,
)
_WHO_THE_CHARACTER_IS = re.compile(
    r"\b(?:AI|machines?|robots?|computers?|humans?|person|man|woman|program that)\b"
)
_SHORT_TEXTS = re.compile(r"\b1 \w+s\b")


def texts(wording):
    """Everything that a wording says, by where it says it."""
    yield "rules", wording.rules
    for kind in ("notes", "asks", "events"):
        yield from ((f"{kind}.{key}", text) for key, text in getattr(wording, kind).items())
    for key, option in wording.options.items():
        yield f"{key}.phrase", option.phrase
        yield f"{key}.past", option.past


def said(template):
    """A text without its placeholders."""
    return re.sub(r"\{\w+\}", "", template)


def facts_by(steps):
    """Names of the facts that asks of a phase and events of a kind bear."""
    asks, events = {}, {}
    for step in steps:
        for ask in step.asks:
            asks.setdefault(ask.phase, set()).update(name for name, _ in ask.facts)
        for event in step.settlement.events:
            events.setdefault(event.kind, set()).update(name for name, _ in event.facts)
    return asks, events


def menus(steps):
    return {ask.menu for step in steps for ask in step.asks}


def test_every_option_is_worded_and_no_other(worded):
    assert set(worded.wording.options) == {option.key for option in worded.game.options}


def test_every_phase_that_needs_words_has_them(worded, seen):
    asks, _ = facts_by(seen[worded.game.name])
    said = set(worded.wording.asks)
    assert said <= set(asks)
    assert {phase for phase, facts in asks.items() if facts} <= said


def test_all_wordings_of_a_game_speak_in_the_same_phases_and_of_the_same_events(game):
    wordings = list(load(game.name).wordings.values())
    assert all(set(a.asks) == set(b.asks) for a, b in pairwise(wordings))
    assert all(set(a.events) == set(b.events) for a, b in pairwise(wordings))


def test_every_event_is_worded_and_no_other(worded, seen):
    _, events = facts_by(seen[worded.game.name])
    assert set(worded.wording.events) == set(events)


def test_every_note_that_the_parameters_can_call_for_is_worded(worded, all_cases):
    called = {
        note
        for case in all_cases
        if case.game is worded.game
        for note in worded.game.notes(case.parameters)
    }
    once = worded.game.parameters(rounds=1)
    assert set(worded.wording.notes) == called | set(worded.game.notes(once))


def test_every_placeholder_is_known(worded, seen):
    game, wording = worded.game, worded.wording
    terms = set(game.terms(game.parameters(), game.seats.default))
    asks, events = facts_by(seen[game.name])
    for text in (wording.rules, *wording.notes.values()):
        assert placeholders(text) <= terms
    for phase, text in wording.asks.items():
        assert placeholders(text) <= terms | asks[phase]
    for kind, text in wording.events.items():
        assert placeholders(text) <= terms | events[kind] | {"when"}
    for option in wording.options.values():
        assert not placeholders(option.phrase) | placeholders(option.past)


def test_all_wordings_of_a_game_tell_the_same_numbers(game):
    wordings = list(load(game.name).wordings.values())
    for one, other in pairwise(wordings):
        assert placeholders(one.rules) == placeholders(other.rules)
        for kind in ("notes", "asks", "events"):
            ours, theirs = getattr(one, kind), getattr(other, kind)
            told = {key: placeholders(text) for key, text in ours.items()}
            # A wording may repeat the game's own numbers when it asks.
            terms = set(game.terms(game.parameters(), game.seats.default))
            assert {key: names - terms for key, names in told.items()} == {
                key: placeholders(text) - terms for key, text in theirs.items()
            }


def test_nothing_names_the_game_its_concepts_good_or_bad(worded):
    found = {where: _GIVE_AWAY.findall(said(text)) for where, text in texts(worded.wording)}
    assert {where: words for where, words in found.items() if words} == {}


def test_the_quiz_gives_nothing_away_either(game):
    for template in load(game.name).quiz:
        assert not _GIVE_AWAY.findall(said(template.text))


def test_nothing_says_who_the_character_is(worded):
    assert not [text for _, text in texts(worded.wording) if _WHO_THE_CHARACTER_IS.search(text)]


def test_rules_are_short(worded):
    game = worded.game
    rules = worded.wording.tell_rules(game.terms(game.parameters(), game.seats.default), ())
    assert len(rules.split()) <= _MOST_WORDS_OF_RULES


def test_rules_are_sentences_in_which_every_number_fits_its_noun(worded, all_cases):
    for case in all_cases:
        if case.game is not worded.game:
            continue
        notes = case.game.notes(case.parameters)
        rules = worded.wording.tell_rules(case.game.terms(case.parameters, case.seats), notes)
        assert rules[0].isupper()
        assert rules.endswith(".")
        assert "  " not in rules
        assert "\n" not in rules
        assert not _SHORT_TEXTS.search(rules)
        assert "-" not in re.sub(r"\w-\w", "", rules), "a loss is told as a loss, not as -2"


def test_phrases_are_two_to_four_words_that_differ_early(worded, seen):
    for menu in menus(seen[worded.game.name]):
        phrases = [worded.wording.options[key].phrase.split() for key in menu]
        assert all(2 <= len(phrase) <= 4 for phrase in phrases)
        assert len({len(phrase) for phrase in phrases}) == 1
        for one in phrases:
            for other in phrases:
                shared = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), None)  # noqa: B905
                assert one is other or (shared is not None and shared <= 2)


def test_no_phrase_begins_another_of_its_menu(worded, seen):
    for menu in menus(seen[worded.game.name]):
        phrases = [worded.wording.options[key].phrase for key in menu]
        assert not [
            (one, other)
            for one in phrases
            for other in phrases
            if one is not other and other.startswith(one)
        ]


def test_options_go_on_from_i_will_and_from_you(worded):
    for option in worded.wording.options.values():
        for text in (option.phrase, option.past):
            assert text == text.strip()
            assert re.fullmatch(r"[A-Za-z ]+", text)
        assert not re.match(r"(I|you|will)\b", option.phrase, re.IGNORECASE)
        assert not re.match(r"(I|you)\b", option.past, re.IGNORECASE)


def test_events_are_one_short_sentence(worded, seen):
    game = worded.game
    terms = game.terms(game.parameters(), game.seats.default)
    for step in seen[game.name]:
        for event in step.settlement.events:
            told = worded.wording.tell_event(event, terms)
            assert told[0].isupper()
            assert told.count(".") == 1
            assert told.endswith(".")
            assert len(told.split()) <= _MOST_WORDS_OF_EVENTS
            assert not _SHORT_TEXTS.search(told)


def test_questions_have_different_answers_and_one_is_right(worded):
    game = worded.game
    terms = game.terms(game.parameters(), game.seats.default)
    items = [template.item for template in load(game.name).quiz]
    assert len(set(items)) == len(items)
    for template in load(game.name).quiz:
        question = template.ask(worded.wording, terms)
        assert question is not None
        assert question.answers[question.correct] == fill(template.correct, terms)
        assert question.text.endswith("?")
        assert "{" not in question.text


def test_a_wording_says_nothing_of_an_event_that_it_does_not_know():
    wording = load("chicken").wordings["bridge"]
    assert wording.tell_event(Event(0, "rain", ()), {}) == ""
    assert wording.tell_ask("rain", (), {}) == ""


def test_numbers_are_told_without_needless_digits():
    assert fill("{a} {b} {c}", {"a": 3.0, "b": 2.5, "c": 4}) == "3 2.5 4"


def test_a_text_that_names_what_is_not_known_is_refused():
    with pytest.raises(WordingError, match="reward"):
        fill("{reward}", {})


def test_a_game_without_wordings_is_refused():
    with pytest.raises(WordingError, match=r"wordings/go\.toml"):
        load("go")


def test_a_question_whose_answers_fall_together_is_not_asked():
    template = QuestionTemplate(item="x", text="?", answers=("{a}", "{b}"), correct="{a}")
    wording = load("chicken").wordings["bridge"]
    assert template.ask(wording, {"a": 1, "b": 1}) is None
    assert template.ask(wording, {"a": 2, "b": 1}).correct == 1


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("prisoners_dilemma", "stream"),
        ("chicken", "bridge"),
        ("public_goods", "ditch"),
        ("oversight", "pumps"),
    ],
)
def test_the_default_wording_is_the_first(name, first):
    assert next(iter(load(game_of(name).name).wordings)) == first


def test_an_older_round_is_told_as_having_been_before():
    wording = load("prisoners_dilemma").wordings["stream"]
    event = Event(0, "outcome", (("own", "cooperate"), ("other", "defect")))
    assert wording.tell_event(event, {}) == (
        "Last week you took a little and your neighbour took a lot."
    )
    assert wording.tell_event(event, {}, "Before that") == (
        "Before that you took a little and your neighbour took a lot."
    )


def test_a_tally_counts_what_the_other_did():
    wording = load("prisoners_dilemma").wordings["stream"]
    assert wording.tell_tally((("cooperate", 1), ("defect", 3))) == (
        "So far your neighbour took a little once and took a lot 3 times."
    )
