"""Golden playthroughs and golden texts: nothing about a game changes unseen.

To renew after a wanted change: `UPDATE_GOLDENS=1 python -m pytest tests/scenarios`, then read the
difference.
"""

import os
from pathlib import Path

from scenarios.playthrough import timeline
from scenarios.wording import load

GOLDEN = Path(__file__).parent / "golden"
_ANSWERS = (0, 1, 1, 0, 0, 0, 2, 1, 1, 1, 3, 0, 2, 1)
_CHANCE = (0.13, 0.42, 0.71, 0.02, 0.31, 0.61, 0.92, 0.21)


def check(name, text):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_the_playthrough_is_the_golden_one(game, all_cases):
    cases = [one for one in all_cases if one.game is game and one.seats == game.seats.default]
    played = [timeline(game, one.parameters, one.play(_ANSWERS, _CHANCE)) for one in cases]
    check(f"{game.name}.txt", "\n\n".join(played))


def test_the_texts_are_the_golden_ones(game, seen):
    terms = game.terms(game.parameters(), game.seats.default)
    lines = []
    for wording in load(game.name).wordings.values():
        lines += [f"[{wording.name}]", wording.tell_rules(terms, ())]
        lines += [wording.tell_rules(terms, (note,)).split(". ")[-1] for note in wording.notes]
        lines += [f"I will {o.phrase} / you {o.past}" for o in wording.options.values()]
        lines += _told(wording, terms, seen[game.name])
        lines.append("")
    check(f"{game.name}.wordings.txt", "\n".join(lines))


def _told(wording, terms, steps):
    """Every text about asks and events, in the order in which the facts were first met."""
    told = {}
    for step in steps:
        for ask in step.asks:
            told[wording.tell_ask(ask.phase, ask.facts, terms)] = None
        for event in step.settlement.events:
            told[wording.tell_event(event, terms)] = None
    return [text for text in told if text]
