"""Experiments that are simulated as designed, and analysed by the house's own estimator.

A value is that of one character in one run: normal with the assumed standard deviations on the
scale of the metric, not clipped to where the metric can lie. Persons, wordings, scenarios and runs
are drawn anew for every simulated experiment, so that an interval has to hold over all of them; who
plays what is exactly what the experiment file would play. What an arm has a single unit of, such as
the one wording or a trope's one persona, is part of what is estimated there, and does not vary: the
claim is about that one only.

An effect is added to every character of the first arm. It moves an estimate and its interval by
itself and changes no error, so that experiments simulated once, without an effect, tell the power
for every effect.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from analysis.cells import Cells
from analysis.components import term_codes
from analysis.estimator import LEAST_PERSONAS, Cluster, Key, Sample, Text, difference
from analysis.moments import RESIDUAL, Real, Whole, incidence
from analysis.samples import PERSONAL, pairing, person
from analysis.statistics import Estimate

_SEED = 20_240_608
_AT_A_TIME = 50
_OF_PERSONS = frozenset({"persona", "persona_arm", "text", "persona_wording"})


@dataclass(frozen=True, slots=True)
class Arm:
    """One level of the factor, as it would be played.

    Attributes:
        keys: of the runs.
        runs: runs x rows, the mean over the characters of a run.
        texts: every unit with a scenario that it plays.
        means: texts x rows, the mean of a unit in a scenario.
        cells: units in runs, without values.
        within: cells x rows, the mean of a unit in a run.
        shares: of the members.
        personas: how many.
    """

    keys: tuple[Key, ...]
    runs: sparse.csr_array
    texts: tuple[tuple[Text, str], ...]
    means: sparse.csr_array
    cells: Cells[Text, Key]
    within: sparse.csr_array
    shares: Mapping[str, float]
    personas: int

    def samples(self, values: Real) -> Iterator[Sample]:
        """What the estimator is given of each simulated experiment.

        Args:
            values: shape (rows, experiments).
        """
        runs, means, within = (one @ values for one in (self.runs, self.means, self.within))
        for place in range(values.shape[1]):
            texts: dict[Text, dict[str, float]] = {}
            for (text, scenario), value in zip(self.texts, means[:, place].tolist(), strict=True):
                texts.setdefault(text, {})[scenario] = value
            yield Sample(
                dict(zip(self.keys, runs[:, place].tolist(), strict=True)),
                texts,
                self.shares,
                self.personas,
                replace(self.cells, value=within[:, place]),
            )


@dataclass(frozen=True, slots=True)
class Design:
    """Two arms of an experiment.

    Attributes:
        first: the arm that the effect is added to.
        second: the other.
        terms: rows x levels of every component; empty rows where it does not vary.
        matched: whether both arms are played by the same personas.
    """

    first: Arm
    second: Arm
    terms: Mapping[str, sparse.csr_array]
    matched: bool

    @property
    def runs(self) -> int:
        """Runs of both arms."""
        return len(self.first.keys) + len(self.second.keys)


@dataclass(frozen=True, slots=True)
class Draws:
    """Simulated experiments without an effect; nan where there is no interval.

    Attributes:
        value: shape (experiments,), the estimates.
        low: lower ends of the intervals that would be shown.
        high: upper ends.
        reach: largest absolute end of the intervals at 1 - 2 alpha, for equivalence.
        widest: whose units alone gave the widest interval, one of every experiment.
    """

    value: Real
    low: Real
    high: Real
    reach: Real
    widest: tuple[Cluster, ...]

    def power(self, effect: float) -> int:
        """How many intervals would exclude 0 under this effect."""
        return int(np.sum((self.low + effect > 0) | (self.high + effect < 0)))

    def equivalent(self, sesoi: float) -> int:
        """How many would show by two one-sided tests that the difference is below `sesoi`."""
        return int(np.sum(self.reach < sesoi))


def design(table: pl.DataFrame, by: str, arms: tuple[str, str]) -> Design:
    """The two arms of a layout.

    Args:
        table: as `sim.layout.layout` gives it.
        by: the factor.
        arms: its levels, a and b of a minus b.
    """
    factors = [name for name in table.columns if name not in _NO_FACTORS]
    pair, strata = pairing(factors, [by], table.columns)
    rows = table.with_columns(
        **{f"in {name}": stratum for name, stratum in strata.items()},
        pair=pair,
        arm=pl.col(by),
        person=person(),
    ).sort("arm", "run_id", "member", "persona", "paraphrase", maintain_order=True)
    terms = {
        name: sparse.csr_array(sparse.diags_array(_varies(rows, name, codes)) @ incidence(codes))
        for name, codes in term_codes(rows).items()
    }
    numbered = rows.with_row_index("row")
    first, second = (_arm(numbered.filter(pl.col("arm") == arm), len(rows)) for arm in arms)
    return Design(first, second, terms, by not in PERSONAL)


def _varies(rows: pl.DataFrame, term: str, codes: Whole) -> Real:
    """1 in rows where the term is a sample, 0 where an arm has a single unit of it or none."""
    whose = ["arm", "member"]
    varies = pl.col("code").n_unique().over(whose) > 1
    if term in _OF_PERSONS:
        varies &= pl.col("persona").is_not_null()
    few = pl.col("persona").n_unique().over(whose) < LEAST_PERSONAS
    if term in {"persona", "persona_arm"}:
        varies &= ~few
    if term == "persona_wording":
        several = pl.struct("in scenario", "in wording").n_unique().over(whose) > 1
        varies &= several | ~few
    found = rows.with_columns(code=pl.Series(codes)).select(varies=varies)["varies"]
    return found.to_numpy().astype(np.float64)


_NO_FACTORS = frozenset({"run_id", "seed", "member", "persona", "kind", "paraphrase"})


def _arm(rows: pl.DataFrame, height: int) -> Arm:
    texts = ["member", "cluster", "unit"]
    few = pl.col("persona").n_unique().over("member") < LEAST_PERSONAS
    name = pl.concat_str("persona", pl.col("paraphrase").cast(pl.String), separator="\x1f")
    told = rows.with_columns(
        share=1 / pl.len().over("pair"), weight=1 / pl.len().over("run_id")
    ).filter(pl.col("persona").is_not_null())
    units = told.with_columns(
        cluster=pl.when(few).then(pl.lit("text")).otherwise(pl.lit("persona")),
        unit=pl.when(few).then(name).otherwise(pl.col("persona")),
    )
    key = ["in scenario", "in wording", "pair"]
    runs, by_run = _means(rows, key, height)
    means, by_text = _means(units, [*texts, "in scenario"], height)
    within, by_cell = _means(units, [*key, *texts], height)
    shares = rows.group_by("member").agg(pl.len() / len(rows)).sort("member")
    cells = Cells.of(
        [_text(row[3:]) for row in within],
        [Key(*row[:3]) for row in within],
        np.zeros(len(within)),
        _sums(units, [*key, *texts]),
    )
    return Arm(
        keys=tuple(Key(*row) for row in runs),
        runs=by_run,
        texts=tuple((_text(row[:3]), row[3]) for row in means),
        means=by_text,
        cells=cells,
        within=by_cell,
        shares=dict(shares.iter_rows()),
        personas=units["persona"].n_unique(),
    )


def _text(row: Sequence[str]) -> Text:
    member, cluster, name = row
    return Text(member, "persona" if cluster == "persona" else "text", name)


def _means(
    rows: pl.DataFrame, keys: list[str], height: int
) -> tuple[list[tuple[str, ...]], sparse.csr_array]:
    """Groups in their order, and what takes the mean of each."""
    grouped = rows.group_by(keys).agg(pl.col("row")).sort(keys)
    sizes = grouped["row"].list.len().to_numpy()
    group = np.repeat(np.arange(len(grouped)), sizes)
    place = grouped["row"].explode().to_numpy().astype(np.int64)
    shape = (len(grouped), height)
    taken = sparse.csr_array((1 / sizes[group], (group, place)), shape=shape)
    return list(grouped.select(keys).iter_rows()), taken


def _sums(rows: pl.DataFrame, keys: list[str]) -> NDArray[np.float64]:
    found = rows.group_by(keys).agg(pl.col("share").sum()).sort(keys)
    return found["share"].to_numpy().astype(np.float64)


def simulate(
    what: Design,
    deviations: Mapping[str, float],
    alpha: float,
    experiments: int,
    done: Callable[[int], None] = lambda _: None,
) -> Draws:
    """Experiments of this design without an effect, analysed.

    Args:
        what: the design.
        deviations: standard deviation of every component, >= 0.
        alpha: intervals cover 1 - alpha.
        experiments: how many.
        done: told how many have just been analysed.
    """
    generator = np.random.Generator(np.random.Philox(_SEED))
    found: list[tuple[float, float, float, float]] = []
    widest: list[Cluster] = []
    while len(found) < experiments:
        size = min(_AT_A_TIME, experiments - len(found))
        values = _values(what, deviations, size, generator)
        pairs = zip(what.first.samples(values), what.second.samples(values), strict=True)
        for first, second in pairs:
            numbers, cluster = _analysed(first, second, alpha, matched=what.matched)
            found.append(numbers)
            widest.append(cluster)
        done(size)
    value, low, high, reach = np.array(found).T
    return Draws(value, low, high, reach, tuple(widest))


def _values(
    what: Design, deviations: Mapping[str, float], size: int, generator: np.random.Generator
) -> Real:
    rows = next(iter(what.terms.values())).shape[0]
    values = deviations[RESIDUAL] * generator.standard_normal((rows, size))
    for name, one in what.terms.items():
        values += one @ (deviations[name] * generator.standard_normal((one.shape[1], size)))
    return values


def _analysed(
    first: Sample, second: Sample, alpha: float, *, matched: bool
) -> tuple[tuple[float, float, float, float], Cluster]:
    whole = difference(first, second, alpha, matched=matched)
    shown = whole.decisive
    narrower = replace(whole, alpha=min(2 * alpha, 1.0)).decisive
    low, high = _ends(shown)
    return (_number(shown.value), low, high, max(map(abs, _ends(narrower)))), whole.cluster


def _ends(one: Estimate) -> tuple[float, float]:
    return _number(one.low), _number(one.high)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
