"""The Axelrod library as the referee of our repeated prisoner's dilemma.

`data/make_axelrod_scores.py` wrote down what the library scores. Where nothing is uncertain, and
with noise from the library's own numbers, ours must be equal to it; where strategies draw, the
scores must be distributed alike.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from statistics import NormalDist, fmean, variance

import numpy as np
import pytest

from scenarios.axelrod_library import SAME
from scenarios.catalogue import game as game_of
from scenarios.match import play, play_step_by_step
from scenarios.strategies import STRATEGIES
from sim.streams import uniforms

DATA = Path(__file__).parent / "data"
GAME = game_of("prisoners_dilemma")
PROBABILISTIC = {"generous_tit_for_tat", "random"}
CERTAIN = set(SAME) - PROBABILISTIC
TURNS = (1, 5, 10, 50, 200)
NOISES = (0.05, 0.1)

REPETITIONS = 300
FALSE_ALARMS = 1e-3
"""Probability that any comparison of the whole table fails although all distributions are equal.

Divided by the number of comparisons (Bonferroni). A comparison is of two means, or of the
logarithms of two variances, in units of its standard error. That is estimated, and over hundreds of
matches the ratio is close to normal, so the rate holds about. As the numbers are keyed, the tests
come out the same every time: this is how many choices of a key in a thousand would be unlucky.
"""
LONG = 500
"""Rounds for no limit: with a probability of 0.9 of another, one match in 10^23 gets there."""


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table, without the line that tells the version."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        assert file.readline().startswith("# Axelrod 4.14.0")
        return tuple(csv.DictReader(file))


def pair_of(row):
    return row["first"], row["second"]


def scores(row):
    return int(row["first_points"]), int(row["second_points"])


def rows(name, **wanted):
    return [
        row for row in table(name) if all(row[key] == str(value) for key, value in wanted.items())
    ]


def points(pair, draw=None, loop=play, **given):
    players = [STRATEGIES[name] for name in pair]
    return loop(GAME, GAME.parameters(**given), players, draw or iter(()).__next__).points


def test_the_tables_hold_every_pair_of_what_both_have():
    assert len(CERTAIN) == 17
    pairs = {frozenset(pair) for pair in map(pair_of, table("axelrod_scores.csv"))}
    assert pairs == {frozenset((one, other)) for one in CERTAIN for other in CERTAIN}
    for name, kinds in (("axelrod_scores.csv", TURNS), ("axelrod_noisy_scores.csv", NOISES)):
        assert set(Counter(map(pair_of, table(name))).values()) == {len(kinds)}
    assert set(SAME) == set(STRATEGIES)


@pytest.mark.parametrize("loop", [play, play_step_by_step])
@pytest.mark.parametrize("turns", TURNS)
def test_every_pair_scores_what_it_scores_in_the_library(turns, loop):
    referee = {pair_of(row): scores(row) for row in rows("axelrod_scores.csv", turns=turns)}
    assert {pair: points(pair, loop=loop, rounds=turns) for pair in referee} == referee
    swapped = {(second, first): both[::-1] for (first, second), both in referee.items()}
    assert {pair: points(pair, loop=loop, rounds=turns) for pair in swapped} == swapped


def library_numbers(seed: int) -> Iterator[float]:
    """The library's noise of both players in every turn, and a number that ends nothing."""
    generator = np.random.RandomState(seed)
    while True:
        yield from generator.random_sample(2)
        yield 0.0


@pytest.mark.parametrize("noise", NOISES)
def test_with_the_same_seed_noise_strikes_as_in_the_library(noise):
    found = rows("axelrod_noisy_scores.csv", noise=noise)
    referee = {pair_of(row): scores(row) for row in found}
    ours = {}
    for row in found:
        draw = library_numbers(int(row["seed"])).__next__
        ours[pair_of(row)] = points(pair_of(row), draw, rounds=int(row["turns"]), noise=noise)
    assert ours == referee


def keyed_numbers(*key: object) -> Iterator[float]:
    """Numbers in [0, 1) without end, of this key."""
    for block in count():
        yield from uniforms(7, 512, "referee", *map(str, key), block)


def played(row: dict[str, str], repetitions: int, **changed: float) -> list[tuple[float, float]]:
    """Scores of as many matches by the settings of a row, some of them changed."""
    given = {
        "noise": float(row["noise"]),
        "rounds": int(row["turns"] or LONG),
        "continuation": 1 - float(row["prob_end"] or 0),
    }
    draw = keyed_numbers(*pair_of(row), *given.values()).__next__
    return [points(pair_of(row), draw, **{**given, **changed}) for _ in range(repetitions)]


def comparisons(row: dict[str, str], ours: Sequence[tuple[float, float]]) -> Iterator[float]:
    """By how many standard errors ours differ from the library's, in mean and variance."""
    for seat, of_seat in zip(("first", "second"), zip(*ours, strict=True), strict=True):
        mean, spread, fourth = (
            float(row[f"{seat}_{moment}"]) for moment in ("mean", "variance", "fourth")
        )
        if spread == 0:
            # Such as two that never defect: nothing may vary in ours either.
            yield from (0, 0) if set(of_seat) == {mean} else (math.inf, math.inf)
            continue
        theirs, here = int(row["repetitions"]), len(ours)
        yield (fmean(of_seat) - mean) / math.sqrt(spread / theirs + variance(of_seat) / here)
        # Var(ln s^2) is about (kurtosis - 1) / n.
        error = math.sqrt((fourth / spread**2 - 1) * (1 / theirs + 1 / here))
        yield math.log(variance(of_seat) / spread) / error


DISTRIBUTIONS = table("axelrod_distributions.csv")
LIMIT = -NormalDist().inv_cdf(FALSE_ALARMS / (4 * len(DISTRIBUTIONS)) / 2)


def name_of(row):
    setting = f"end {row['prob_end']}" if row["prob_end"] else f"{row['turns']} turns"
    return f"{row['first']}-{row['second']}-{setting}-noise {row['noise']}"


@pytest.mark.parametrize("row", DISTRIBUTIONS, ids=map(name_of, DISTRIBUTIONS))
def test_what_is_uncertain_scores_alike_in_distribution(row):
    found = list(comparisons(row, played(row, REPETITIONS)))
    assert max(map(abs, found)) < LIMIT, found


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("tit_for_tat-tit_for_tat-30 turns-noise 0.05", {"noise": 0.1}),
        ("random-random-end 0.1-noise 0.05", {"continuation": 0.85}),
        ("win_stay_lose_shift-random-30 turns-noise 0.1", {"rounds": 28}),
        ("generous_tit_for_tat-random-30 turns-noise 0", {"noise": 0.1}),
    ],
)
def test_other_rules_would_be_told_apart(name, changed):
    (row,) = [row for row in DISTRIBUTIONS if name_of(row) == name]
    found = list(comparisons(row, played(row, REPETITIONS, **changed)))
    assert max(map(abs, found)) > LIMIT


def test_tit_for_tat_would_be_told_from_its_generous_kin():
    name = "generous_tit_for_tat-random-30 turns-noise 0"
    (row,) = [row for row in DISTRIBUTIONS if name_of(row) == name]
    strict = {**row, "first": "tit_for_tat"}
    assert max(map(abs, comparisons(row, played(strict, REPETITIONS)))) > LIMIT
