"""How often intervals cover a planted difference, and how often tests find what is not there.

    python validation/coverage.py FOLDER [--trials 1000]

Writes `coverage.csv` into FOLDER: worlds (what varies) x sizes (runs per arm) x methods. The
house's interval goes through `analysis.estimator.difference` as in `society compare`; the others
are computed from the same draws. Seeds are fixed.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.progress import track

from analysis import resampling
from analysis.cells import Cells
from analysis.estimator import Estimation, Key, Sample, Text, difference
from analysis.resampling import Bounds
from sim.streams import generator

Real = NDArray[np.float64]
ALPHA = 0.05
EFFECT = 0.1
AGENTS = 12


@dataclass(frozen=True, slots=True)
class World:
    """What varies, in standard deviations on the scale of shares.

    Attributes:
        name: in words.
        persons: between persons of a level.
        wordings: between wordings, of the difference's halves.
        runs: between runs.
        agents: between agents within a run.
        scenarios: between scenarios, of the difference's halves.
        common: between wordings and between runs, of both levels alike: what pairing takes out.
        bounded: whether each agent's value is a share of ten choices instead of normal.
    """

    name: str
    persons: float = 0.0
    wordings: float = 0.0
    runs: float = 0.0
    agents: float = 0.1
    scenarios: float = 0.0
    common: float = 0.15
    bounded: bool = False


WORLDS = (
    World("noise alone"),
    World("runs", runs=0.05),
    World("persons", persons=0.1, runs=0.02),
    World("wordings", wordings=0.05, runs=0.02),
    World("persons and wordings", persons=0.1, wordings=0.04, runs=0.02),
    World("few large wordings", persons=0.05, wordings=0.08, runs=0.02),
    World("shares near 1", persons=0.6, wordings=0.2, runs=0.1, bounded=True),
)
SCENARIOS = World("scenarios and persons", persons=0.05, runs=0.02, scenarios=0.05)


@dataclass(frozen=True, slots=True)
class Size:
    """A design: runs of one level are wordings times seeds, in so many scenarios."""

    wordings: int
    seeds: int
    persons: int = 12
    scenarios: int = 1

    @property
    def runs(self) -> int:
        """Of one level."""
        return self.wordings * self.seeds * self.scenarios


SIZES = (Size(5, 1), Size(5, 2), Size(5, 4), Size(5, 10), Size(1, 10), Size(2, 5), Size(5, 4, 4))
POOLED = (Size(1, 5, scenarios=2), Size(2, 2, scenarios=5), Size(2, 2, scenarios=10))
METHODS = ("crossed", "runs", "persons", "situations", "widest", "BCa", "bootstrap-t")


def trial(
    world: World, size: Size, effect: float, draws: np.random.Generator
) -> tuple[Sample, Sample]:
    """Two levels of one experiment whose true difference is the effect."""
    samples = []
    keys = [
        Key(f"game {g}", f"wording {w}", f"{g} {w} {s}")
        for g in range(size.scenarios)
        for w in range(size.wordings)
        for s in range(size.seeds)
    ]
    who = np.array([draws.permutation(AGENTS) % size.persons for _ in keys])
    common = draws.normal(0, world.common, (len(keys), 1))
    common += np.repeat(draws.normal(0, world.common, len(keys) // size.seeds), size.seeds)[:, None]
    for sign, name in ((1, "a"), (-1, "b")):
        values = _values(world, size, sign * effect / 2 + common, (who, draws))
        samples.append(_sample(name, keys, who, values))
    return samples[0], samples[1]


def _values(
    world: World, size: Size, shift: Real, drawn: tuple[NDArray[np.int64], np.random.Generator]
) -> Real:
    who, draws = drawn
    shape = size.scenarios, size.wordings, size.seeds
    place = (
        draws.normal(0, world.scenarios, (size.scenarios, 1, 1))
        + draws.normal(0, world.wordings, (size.scenarios, size.wordings, 1))
        + draws.normal(0, world.runs, shape)
    ).reshape(-1, 1)
    persons = draws.normal(0, world.persons, size.persons)[who]
    if world.bounded:
        odds = 2.0 + shift + place + persons
        return draws.binomial(10, 1 / (1 + np.exp(-odds))) / 10
    return 0.5 + shift + place + persons + draws.normal(0, world.agents, who.shape)


def _sample(name: str, keys: list[Key], who: NDArray[np.int64], values: Real) -> Sample:
    texts = [Text(name, "persona", f"{name}{n}") for n in range(int(who.max()) + 1)]
    means: dict[Text, dict[str, float]] = {text: {} for text in texts}
    games = np.array([key.scenario for key in keys])
    for game in np.unique(games):
        rows = games == game
        for n, text in enumerate(texts):
            mine = values[rows][who[rows] == n]
            if len(mine):
                means[text][str(game)] = float(mine.mean())
    cells = Cells.of(
        [texts[n] for n in who.ravel()],
        [key for key in keys for _ in range(who.shape[1])],
        values.ravel(),
        np.full(values.size, 1 / who.shape[1]),
    )
    runs = dict(zip(keys, values.mean(axis=1).tolist(), strict=True))
    return Sample(runs, means, {name: 1.0}, len(texts), cells)


def intervals(first: Sample, second: Sample) -> dict[str, Bounds]:
    """The interval of every method."""
    found = difference(first, second, ALPHA, matched=False)
    gaps = [first.runs[key] - second.runs[key] for key in sorted(first.runs)]
    alone = {
        "runs": found.over_runs,
        "persons": found.clustered.get("persona"),
        "situations": found.over(found.sources[0]),
        "crossed": found.decisive,
    }
    bounds = {
        name: Bounds(None, None) if one is None else Bounds(one.low, one.high)
        for name, one in alone.items()
    }
    return bounds | {
        "widest": _widest(found),
        "BCa": resampling.bca(gaps, None, ALPHA),
        "bootstrap-t": resampling.studentised(gaps, None, ALPHA),
    }


def _widest(found: Estimation) -> Bounds:
    every = [found.over_runs, *found.clustered.values()]
    widest = max(every, key=lambda one: (one.high or 0) - (one.low or 0))
    return Bounds(widest.low, widest.high)


def measured(trials: int) -> Iterator[tuple[object, ...]]:
    """world, wordings, seeds, persons, scenarios, runs, method, trials, covered, found."""
    cases = [(world, size) for world in WORLDS for size in SIZES]
    cases += [(SCENARIOS, size) for size in POOLED]
    for world, size in track(cases, "coverage"):
        if size.wordings == 1 and world.wordings:
            continue
        effect = 0.0 if world.bounded else EFFECT
        draws = generator(0, "coverage", world.name, size.runs, size.wordings, size.persons)
        covered = dict.fromkeys(METHODS, 0)
        found = dict.fromkeys(METHODS, 0)
        known = dict.fromkeys(METHODS, 0)
        for _ in range(trials):
            for name, (low, high) in intervals(*trial(world, size, effect, draws)).items():
                if low is None or high is None:
                    continue
                known[name] += 1
                covered[name] += low <= effect <= high
                found[name] += not low <= 0 <= high
        place = (size.wordings, size.seeds, size.persons, size.scenarios, size.runs)
        for name in METHODS:
            yield (world.name, *place, name, known[name], covered[name], found[name])


SCHEMA = {
    "world": pl.String,
    **dict.fromkeys(("wordings", "seeds", "persons", "scenarios", "runs"), pl.Int64),
    "method": pl.String,
    **dict.fromkeys(("trials", "covered", "found"), pl.Int64),
}


def main() -> None:
    """Simulate, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=1000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    table = pl.DataFrame(list(measured(given.trials)), schema=SCHEMA, orient="row")
    table.write_csv(given.folder / "coverage.csv")
    print(given.folder / "coverage.csv", len(table))


if __name__ == "__main__":
    main()
