"""Claims about the committed human values: they are what the respondents' answers give."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from agents.inventory import SHORT, items
from agents.respondents import ITEMS, respondents, thirds
from analysis.inventory.reference import computed, people

FILE = Path(__file__).parents[2] / "analysis/inventory/people.json"


def document() -> dict[str, object]:
    scores = np.array([person.answers for person in respondents().values()], float)
    traits = {item.trait[0].upper(): item.trait for item in items().values()}
    keyed = {key: item.keyed for key, item in items().items()}
    found = computed(scores, keyed, traits, {"ipip-25": ITEMS, "ipip-10": SHORT})
    low, high = thirds("agreeableness")
    calm_low, calm_high = thirds("emotional_stability")
    # Stability is 35 less neuroticism, so its top third is the bottom one of neuroticism.
    cuts = {
        "A": {"bottom": low, "top": high},
        "N": {"bottom": 35 - calm_high, "top": 35 - calm_low},
    }
    return {**found, "thirds": cuts}


def test_the_committed_values_are_those_of_the_respondents() -> None:
    found = document()
    if os.environ.get("UPDATE_GOLDENS"):
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    loadings = np.array(kept.pop("loadings")), np.array(found.pop("loadings"))
    assert np.allclose(*loadings, atol=2e-3)
    assert kept == found


def test_the_alphas_are_near_those_published_for_all_2800() -> None:
    # README of the human data: A .70 C .73 E .76 N .81 O .60, over 2,800 people.
    published = {"A": 0.70, "C": 0.73, "E": 0.76, "N": 0.81, "O": 0.60}
    assert people().alphas["ipip-25"] == pytest.approx(published, abs=0.02)


def test_every_item_loads_most_on_the_component_of_its_trait() -> None:
    strongest = np.abs(people().loadings).argmax(axis=1)
    letters = [list(people().traits)[n] for n in strongest]
    own = [letter == item[0] for letter, item in zip(letters, people().keyed, strict=True)]
    assert np.mean(own) >= 0.9


def test_the_short_form_holds_the_best_item_of_each_key() -> None:
    """Corrected item-total correlations of the respondents choose the committed items."""
    scores = np.array([person.answers for person in respondents().values()], float)
    keys = np.array([items()[item].keyed for item in ITEMS])
    alike = np.where(keys > 0, scores, 7 - scores)

    def goes_with_the_rest(item: str) -> float:
        scale = [n for n, other in enumerate(ITEMS) if other[0] == item[0]]
        at = ITEMS.index(item)
        rest = alike[:, [n for n in scale if n != at]].sum(axis=1)
        return float(np.corrcoef(alike[:, at], rest)[0, 1])

    chosen: list[str] = []
    for trait in dict.fromkeys(item[0] for item in ITEMS):
        own = sorted((i for i in ITEMS if i[0] == trait), key=goes_with_the_rest, reverse=True)
        sides = [[i for i in own if items()[i].keyed == key] for key in (1, -1)]
        chosen += own[:2] if not all(sides) else [side[0] for side in sides]
    assert sorted(chosen) == sorted(SHORT)
