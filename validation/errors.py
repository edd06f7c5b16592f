"""Errors of the first kind over whole families, power beside theory, and intervals of shares.

    python validation/errors.py FOLDER [--trials 1000]

Writes `errors.json` into FOLDER. Uses the worlds of `coverage.py`.
"""

import argparse
import json
from collections.abc import Callable
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from coverage import ALPHA, WORLDS, Size, World, trial
from rich.progress import track
from scipy import stats
from statsmodels.stats.power import TTestPower

from analysis.estimator import Sample, difference
from analysis.statistics import benjamini_hochberg, holm
from sim.streams import generator

LEVELS = 4
_SIZE = Size(5, 4)
_POWERED = (Size(1, 5), Size(1, 10), Size(1, 20), Size(1, 50))


def families(trials: int) -> list[dict[str, Any]]:
    """Share of families of six contrasts between four equal levels with any finding."""
    return [_family(world, trials) for world in WORLDS[:5]]


def _family(world: World, trials: int) -> dict[str, Any]:
    draws = generator(1, "families", world.name)
    false = {"none": 0, "Holm": 0, "Benjamini-Hochberg": 0}
    for _ in track(range(trials), f"families, {world.name}"):
        levels: list[Sample] = []
        while len(levels) < LEVELS:
            levels += trial(world, _SIZE, 0.0, draws)
        ps = [
            difference(one, other, ALPHA, matched=False).decisive.p
            for one, other in combinations(levels, 2)
        ]
        false["none"] += any(p is not None and p < ALPHA for p in ps)
        false["Holm"] += any(p is not None and p < ALPHA for p in holm(ps))
        found = benjamini_hochberg(ps)
        false["Benjamini-Hochberg"] += any(p is not None and p < ALPHA for p in found)
    return {"world": world.name, "trials": trials, **false}


def powers(trials: int) -> list[dict[str, Any]]:
    """Power of the interval over runs and of the one that is given, beside the theory of t."""
    world = WORLDS[0]
    spread = sqrt(2 / 12) * world.agents
    found = []
    for size in _POWERED:
        effect = 2.3 * spread / sqrt(size.runs)
        draws = generator(1, "power", size.runs)
        runs = given = 0
        for _ in track(range(trials), f"power, {size.runs} runs"):
            one = difference(*trial(world, size, effect, draws), alpha=ALPHA, matched=False)
            runs += bool((one.over_runs.p or 1) < ALPHA)
            given += bool((one.decisive.p or 1) < ALPHA)
        theory = TTestPower().power(effect / spread, size.runs, ALPHA)
        found.append(
            {
                "runs": size.runs,
                "effect": effect,
                "trials": trials,
                "theory": float(theory),
                "over_runs": runs,
                "given": given,
            }
        )
    return found


def shares() -> list[dict[str, Any]]:
    """Exact coverage of intervals of a share: least and mean over true shares .02 to .98."""
    truths = np.linspace(0.02, 0.98, 97)
    ways: dict[str, Callable[[int, int], tuple[float, float]]] = {
        "Wilson": lambda k, n: _proportion(k, n, "wilson"),
        "Clopper-Pearson": lambda k, n: _proportion(k, n, "exact"),
        "Jeffreys": _jeffreys,
        "normal": _normal,
    }
    found = []
    for n in (5, 10, 20, 50):
        for name, way in ways.items():
            bounds = np.array([way(k, n) for k in range(n + 1)])
            inside = (bounds[:, :1] <= truths) & (truths <= bounds[:, 1:])
            chances = stats.binom.pmf(np.arange(n + 1)[:, None], n, truths)
            covered = (inside * chances).sum(axis=0)
            numbers = {"mean": float(covered.mean()), "least": float(covered.min())}
            found.append({"n": n, "method": name, **numbers})
    return found


def _proportion(k: int, n: int, method: str) -> tuple[float, float]:
    found = stats.binomtest(k, n).proportion_ci(1 - ALPHA, method=method)
    return float(found.low), float(found.high)


def _jeffreys(k: int, n: int) -> tuple[float, float]:
    low, high = stats.beta.ppf([ALPHA / 2, 1 - ALPHA / 2], k + 0.5, n - k + 0.5)
    return (0.0 if k == 0 else float(low)), (1.0 if k == n else float(high))


def _normal(k: int, n: int) -> tuple[float, float]:
    reach = 1.959964 * sqrt(k / n * (1 - k / n) / n)
    return k / n - reach, k / n + reach


def main() -> None:
    """Simulate, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=1000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    document = {
        "families": families(given.trials),
        "power": powers(given.trials),
        "shares": shares(),
    }
    path = given.folder / "errors.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
