"""C4: how behaviour goes with the traits of the very people whose answers are told."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.claims.arms import placed
from analysis.claims.finding import Finding, missing
from analysis.claims.regression import slope as least_squares
from analysis.folder import Folder
from analysis.inventory.reference import people

TRAITS = ("agreeableness", "emotional stability")
_LETTERS = ("A", "N")
_ITEMS = 5


def slope(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Slope of a metric on one trait of the respondents, both traits in the model.

    Traits are the means of five answers in scale points from 1 to 6, reversed where keyed so;
    emotional stability is neuroticism reversed. The slope is per scale point.

    Args:
        folder: of one model and readout.
        options: "metric"; "trait", one of TRAITS.
        alpha: not used.
    """
    rows = placed(folder, str(options["metric"]))
    rows = rows.filter((pl.col("kind") == "respondent") & (pl.col("identity") == "human"))
    traits = respondents(folder)
    if rows.is_empty():
        return missing(f"no human respondent has a value of {options['metric']}")
    values, unit = by_situation(rows.filter(pl.col("person").is_in(list(traits))))
    return least_squares(values, traits, TRAITS.index(options["trait"]), unit)


def respondents(folder: Folder) -> dict[str, tuple[float, float]]:
    """Agreeableness and emotional stability of every respondent who played, in scale points."""
    keyed = people().keyed
    found = {}
    for run in folder.runs:
        for who in run.characters:
            name = who.persona.partition("+")[0].removeprefix("ai-")
            if who.kind != "respondent" or name in found:
                continue
            kindness, neuroticism = (_trait(who.answers, letter, keyed) for letter in _LETTERS)
            if kindness is not None and neuroticism is not None:
                found[name] = (kindness, 7 - neuroticism)
    return found


def _trait(answers: Mapping[str, int], letter: str, keyed: Mapping[str, int]) -> float | None:
    """Mean of the trait's items; None where any is missing."""
    own = [
        value if keyed[item] > 0 else 7 - value
        for item, value in answers.items()
        if item[0] == letter and item in keyed
    ]
    return sum(own) / _ITEMS if len(own) == _ITEMS else None


def by_situation(rows: pl.DataFrame) -> tuple[dict[str, dict[str, float]], str]:
    """Means of each person in each situation, and what a situation is.

    Situations are scenarios where there are two, else wordings, else runs.
    """
    columns = {"scenario": "in scenario", "wording": "in wording", "run": "pair"}
    unit = next((name for name, of in columns.items() if rows[of].n_unique() > 1), "run")
    weighted = (pl.col("value") * pl.col("weight")).sort().sum() / pl.col("weight").sum()
    if unit == "run":
        # Persons differ from run to run: their means over all runs are one situation.
        means = rows.group_by("person").agg(mean=weighted).sort("person")
        return {"": dict(means.iter_rows())}, unit
    table = rows.group_by(columns[unit], "person").agg(mean=weighted).sort(columns[unit], "person")
    found: dict[str, dict[str, float]] = {}
    for situation, person, value in table.iter_rows():
        found.setdefault(situation, {})[person] = value
    return found, unit
