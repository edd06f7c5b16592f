"""C8: whether what characters say of themselves has people's structure, on items not told."""

from collections.abc import Mapping
from math import atanh
from typing import Any

import numpy as np
import polars as pl

from analysis.claims.arms import placed
from analysis.claims.finding import Finding, missing
from analysis.folder import Folder
from analysis.inventory.answers import Answers, Part, Real, reversed_where_keyed
from analysis.inventory.congruence import (
    LEAST_CHARACTERS,
    mean_congruence,
    without_structure,
)
from analysis.inventory.reference import people
from analysis.inventory.reliability import row_means
from analysis.inventory.summary import inventories
from analysis.uncertainty import Source, Uncertainty
from sim.streams import generator

HUMAN_R, HUMAN_N = 0.206, 316
"""Trait anger against verbal aggression done: De Boeck & Wilson 2004, in human_reference.csv."""
_LEAST_PERSONS = 8
_DRAWS = 200
_LARGE = 1e6


def trait_correlation(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Correlation of a self-reported trait with behaviour over persons, minus people's.

    In Fisher's z = atanh r, whose variance is 1 / (n - 3) (Fisher 1921, Metron 1:3-32). A person's
    score is the mean of the items that its text does not state, behaviour the mean over the games.

    Args:
        folder: of one model and readout, with probes of an inventory.
        options: "metric"; "trait", its first letter; "part" of the items.
        alpha: not used.
    """
    answers = _answers(folder, {"respondent"})
    if answers is None:
        return missing("no inventory was asked of human respondents")
    scores = _scores(answers, str(options["trait"]), options["part"])
    rows = placed(folder, str(options["metric"]))
    rows = rows.filter((pl.col("kind") == "respondent") & (pl.col("identity") == "human"))
    means = rows.group_by("person").agg(
        value=(pl.col("value") * pl.col("weight")).sort().sum() / pl.col("weight").sum()
    )
    behaviour: dict[str, float] = dict(means.iter_rows())
    both = sorted(scores.keys() & behaviour.keys())
    if len(both) < _LEAST_PERSONS:
        return missing(f"{len(both)} persons with both, and {_LEAST_PERSONS} are needed")
    said = np.array([scores[name] for name in both])
    did = np.array([behaviour[name] for name in both])
    if np.ptp(said) == 0 or np.ptp(did) == 0:
        return missing("all say or do the same")
    r = float(np.corrcoef(said, did)[0, 1])
    variance = 1 / (len(both) - 3) + 1 / (HUMAN_N - 3)
    value = atanh(min(max(r, -0.999), 0.999)) - atanh(HUMAN_R)
    return Finding(value, Uncertainty([Source(variance, _LARGE)]), len(both), "persona")


def congruence_gain(folder: Folder, options: Mapping[str, Any], alpha: float) -> Finding:
    """Tucker's congruence with people's five factors: of respondents minus of scrambled people.

    The error of each group is the larger of a bootstrap's over personas (200 draws, seed 0) and of
    answers shuffled between personas: where there is no structure, congruence varies with whatever
    noise there is, however many answer, and a bootstrap, which keeps the noise, cannot see it.

    Args:
        folder: of one model and readout, with probes of an inventory of 25 items.
        options: "part" of the items.
        alpha: not used.
    """
    found = [_answers(folder, {kind}) for kind in ("respondent", "scrambled")]
    if any(one is None for one in found):
        return missing("no inventory of 25 items was asked of respondents and of scrambled people")
    tables = [_by_persona(one, options["part"]) for one in found if one is not None]
    target = people().loadings
    values = [mean_congruence(table, target) for table in tables]
    if values[0] is None or values[1] is None:
        sizes = " and ".join(str(len(table)) for table in tables)
        return missing(
            f"congruence takes {LEAST_CHARACTERS} personas with both answers of any two items, in"
            f" each group; there are {sizes}"
        )
    draws = generator(0, "claims", "congruence")
    variance = sum(_variance(table, target, draws) for table in tables)
    n = min(len(table) for table in tables)
    return Finding(values[0] - values[1], Uncertainty([Source(variance, _LARGE)]), n, "persona")


def _variance(table: Real, target: Real, draws: np.random.Generator) -> float:
    shuffled = without_structure(table, target)
    return max(_bootstrapped(table, target, draws), float(np.var(shuffled, ddof=1)))


def _bootstrapped(table: Real, target: Real, draws: np.random.Generator) -> float:
    """Variance of the congruence over resampled personas; draws without a value are left out."""
    found = [
        mean_congruence(table[draws.integers(len(table), size=len(table))], target, least=2)
        for _ in range(_DRAWS)
    ]
    return float(np.var([one for one in found if one is not None], ddof=1))


def _answers(folder: Folder, kinds: set[str]) -> Answers | None:
    """Before play, where they were asked then, of human-told personas of these kinds."""
    who = {
        (run.run_id, each.agent): each
        for run in folder.runs
        for each in run.characters
        if each.kind in kinds and each.identity == "human"
    }
    for inventory in inventories(folder):
        first = inventory.first
        chosen = [n for n, one in enumerate(first.who) if (one.run_id, one.agent) in who]
        if chosen:
            of = tuple(first.who[n] for n in chosen)
            return Answers(first.items, first.keyed, of, first.scores[chosen])
    return None


def _scores(answers: Answers, trait: str, part: Part) -> dict[str, float]:
    """Mean score of every person in one trait."""
    alike = reversed_where_keyed(answers.part(part), answers.keyed)
    means = row_means(alike[:, answers.trait(trait)])
    found: dict[str, list[float]] = {}
    for name, value in zip(answers.personas.tolist(), means.tolist(), strict=True):
        if not np.isnan(value):
            found.setdefault(_person(name), []).append(value)
    return {name: sum(sorted(values)) / len(values) for name, values in found.items()}


def _by_persona(answers: Answers, part: Part) -> Real:
    """A row per persona: the mean of its characters' answers."""
    scores, names = answers.part(part), answers.personas
    rows = [_column_means(scores[names == name]) for name in sorted(set(names.tolist()))]
    return np.array(rows)


def _column_means(rows: Real) -> Real:
    known = ~np.isnan(rows)
    number = known.sum(axis=0)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(number > 0, sums / np.maximum(number, 1), np.nan)


def _person(persona: str) -> str:
    return persona.partition("+")[0].removeprefix("ai-")
