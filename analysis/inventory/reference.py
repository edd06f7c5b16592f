"""What people say of the same items: values computed from the 2,215 respondents, committed.

The file is `people.json`; a test computes it again from the respondents' answers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from analysis.inventory.answers import Real, reversed_where_keyed
from analysis.inventory.congruence import loadings, varimax
from analysis.inventory.reliability import acquiescence, alpha

RETEST = (0.7, 0.8)
"""Agreement of people with themselves at another time, as the README of the human data has it."""
SEPARATED = ("A", "N")
"""Traits by whose thirds characters are told apart; the stances are made of these two."""


@dataclass(frozen=True, slots=True)
class People:
    """Human reference values.

    Attributes:
        n: people.
        keyed: key of each item, 1 or -1, in the order of the data.
        traits: name of each trait by its first letter.
        alphas: Cronbach's alpha by form and trait.
        means: mean score by trait of the five items, 1 to 6, reversed where keyed so.
        acquiescence: mean and standard deviation by form.
        loadings: shape (25, 5), varimax-rotated, a column a trait in the order of `traits`.
        thirds: by trait, "bottom" and "top": highest and lowest sum of the outer thirds.
    """

    n: int
    keyed: Mapping[str, int]
    traits: Mapping[str, str]
    alphas: Mapping[str, Mapping[str, float]]
    means: Mapping[str, float]
    acquiescence: Mapping[str, tuple[float, float]]
    loadings: Real
    thirds: Mapping[str, Mapping[str, int]]

    def cuts(self, trait: str) -> Mapping[str, int]:
        """Thirds of a trait together with the keys of its items."""
        own = {item: key for item, key in self.keyed.items() if item[0] == trait}
        return {**self.thirds[trait], **own}


@cache
def people() -> People:
    """The committed values."""
    text = files("analysis").joinpath("inventory/people.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return People(
        n=document["n"],
        keyed=MappingProxyType(document["keyed"]),
        traits=MappingProxyType(document["traits"]),
        alphas=document["alphas"],
        means=document["means"],
        acquiescence={form: (a, b) for form, (a, b) in document["acquiescence"].items()},
        loadings=np.array(document["loadings"]),
        thirds=document["thirds"],
    )


def computed(
    scores: Real,
    keyed: Mapping[str, int],
    traits: Mapping[str, str],
    forms: Mapping[str, tuple[str, ...]],
) -> dict[str, Any]:
    """The document from people's answers, rounded to four decimals.

    Args:
        scores: shape (people, items), as asked.
        keyed: key of each item, in the order of the columns.
        traits: names by first letter, in the order of the columns.
        forms: items of each form.
    """
    items, keys = list(keyed), np.array(list(keyed.values()))
    alike = reversed_where_keyed(scores, keys)
    letters = np.array([item[0] for item in items])
    sums = {t: alike[:, letters == t].sum(axis=1) for t in traits}

    def columns(form: tuple[str, ...]) -> np.ndarray:
        return np.array([items.index(item) for item in form])

    agreed = {
        form: acquiescence(scores[:, at], keys[at], letters[at])
        for form, at in ((form, columns(own)) for form, own in forms.items())
    }
    return {
        "n": len(scores),
        "keyed": dict(keyed),
        "traits": dict(traits),
        "alphas": {
            form: {
                t: _rounded(alpha(alike[:, columns(tuple(i for i in own if i[0] == t))]))
                for t in traits
            }
            for form, own in forms.items()
        },
        "means": {t: _rounded(sums[t].mean() / (letters == t).sum()) for t in traits},
        "acquiescence": {
            form: [_rounded(each.mean()), _rounded(each.std(ddof=1))]
            for form, each in agreed.items()
        },
        "loadings": _matched(varimax(_known(loadings(scores))), letters, keys, list(traits)),
    }


def _matched(
    rotated: Real, letters: np.ndarray, keys: np.ndarray, traits: list[str]
) -> list[list[float]]:
    """Columns in the order of the traits, each signed so that its trait's items point up."""
    strength = np.array([(rotated[letters == t] ** 2).sum(axis=0) for t in traits])
    order = strength.argmax(axis=1)
    if len(set(order.tolist())) < len(traits):
        raise ValueError("two traits share a component in these answers")
    chosen = rotated[:, order]
    signs = [
        np.sign((chosen[letters == t, n] * keys[letters == t]).sum()) for n, t in enumerate(traits)
    ]
    return [[_rounded(value) for value in row] for row in chosen * signs]


def _known(found: Real | None) -> Real:
    if found is None:
        raise ValueError("an item has no variance in these answers")
    return found


def _rounded(value: float | None) -> float:
    if value is None:
        raise ValueError("undefined in these answers")
    return round(float(value), 4)
