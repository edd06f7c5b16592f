"""Write down what the Axelrod library scores: the referee of our rules (three tables beside this).

Run where the library is installed, which the tests do not need:

    pip install '.[axelrod]'
    python tests/scenarios/data/make_axelrod_scores.py          # some minutes

Every table begins with the version of the library that made it. Payoffs are the library's own: 5,
3, 1, 0. Made again with that version, the tables are the same to the byte.
"""

import csv
import itertools
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import axelrod

from scenarios.axelrod_library import SAME

FOLDER = Path(__file__).parent
PROBABILISTIC = ("generous_tit_for_tat", "random")
CERTAIN = tuple(name for name in SAME if name not in PROBABILISTIC)
TURNS = (1, 5, 10, 50, 200)
NOISES = (0.05, 0.1)
NOISY_TURNS, NOISY_SEED = 200, 1980
IN_DISTRIBUTION = ("tit_for_tat", "win_stay_lose_shift", "grim", *PROBABILISTIC)
SHORT_TURNS, PROB_END, REPETITIONS = 30, 0.1, 4000

Row = Sequence[object]


def match(pair: Sequence[str], **settings: object) -> axelrod.Match:
    """A match that was played."""
    players = [getattr(axelrod, SAME[name])() for name in pair]
    played = axelrod.Match(players, **settings)
    played.play()
    return played


def points(pair: Sequence[str], **settings: object) -> tuple[int, int]:
    """Final scores of a pair."""
    first, second = match(pair, **settings).final_score()
    return int(first), int(second)


def certain() -> Iterable[Row]:
    """Scores of every pair of strategies that never draw, without noise."""
    for pair in itertools.combinations_with_replacement(CERTAIN, 2):
        for turns in TURNS:
            yield *pair, turns, *points(pair, turns=turns)


def noisy() -> Iterable[Row]:
    """The same with noise. With this seed the library's numbers are RandomState(seed)'s.

    Two a turn: the first player's, then the second's; below the noise a move is turned over.
    """
    for pair in itertools.combinations_with_replacement(CERTAIN, 2):
        for noise in NOISES:
            scores = points(pair, turns=NOISY_TURNS, noise=noise, seed=NOISY_SEED)
            yield *pair, NOISY_TURNS, noise, NOISY_SEED, *scores


def distributions() -> Iterable[Row]:
    """How scores are distributed over many matches of which something is uncertain."""
    pairs = tuple(itertools.combinations_with_replacement(IN_DISTRIBUTION, 2))
    for pair in pairs:
        if set(pair) & set(PROBABILISTIC):
            yield moments(pair, turns=SHORT_TURNS, noise=0)
        for noise in NOISES:
            yield moments(pair, turns=SHORT_TURNS, noise=noise)
        yield moments(pair, prob_end=PROB_END, noise=NOISES[0])


def moments(pair: Sequence[str], **settings: float) -> Row:
    """Mean, variance and fourth central moment of both scores; what is not given is empty."""
    scores = [points(pair, seed=seed, **settings) for seed in range(REPETITIONS)]
    found: list[str] = []
    for of_seat in zip(*scores, strict=True):
        mean = statistics.fmean(of_seat)
        fourth = statistics.fmean((score - mean) ** 4 for score in of_seat)
        found += [f"{value:.6g}" for value in (mean, statistics.variance(of_seat), fourth)]
    given = (settings.get("turns", ""), settings.get("prob_end", ""), settings["noise"])
    return *pair, *given, REPETITIONS, *found


def write(name: str, columns: str, rows: Iterable[Row]) -> None:
    """A table with its version and its columns."""
    with (FOLDER / name).open("w", newline="", encoding="utf-8") as file:
        file.write(f"# Axelrod {axelrod.__version__}, by make_axelrod_scores.py\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)


def main() -> None:
    """Write the three tables."""
    pair, scores = "first second", "first_points second_points"
    write("axelrod_scores.csv", f"{pair} turns {scores}", certain())
    write("axelrod_noisy_scores.csv", f"{pair} turns noise seed {scores}", noisy())
    of_both = " ".join(
        f"{seat}_{moment}"
        for seat in ("first", "second")
        for moment in ("mean", "variance", "fourth")
    )
    columns = f"{pair} turns prob_end noise repetitions {of_both}"
    write("axelrod_distributions.csv", columns, distributions())


if __name__ == "__main__":
    main()
