"""Published analyses of people, made again by this project's own metrics and statistics.

Only aggregates are at hand (`scenarios/data/human_distributions.csv`), so the choices behind them
are written out again: a share of n choices becomes n rows of the decisions table. What is computed
from these rows is held against `human_reference.csv`, digit by digit. Overall rates are made from
first rounds and histories, pooled histories from cells, means and intervals from cities: there the
two files give different numbers of one study. First rounds, rounds of a finite game and acceptance
by offer stand in both files; with them only the way through rows and metrics is checked.

    python validation/human_reproduction.py validation/data
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from rebuilt_choices import TOKENS, after, choices, contributions, metric, replies, statistic

from analysis.contrasts import contrast
from analysis.estimator import Key, Sample
from analysis.proportions import proportion
from analysis.statistics import mean_interval
from scenarios.human_rows import DistributionRow, ReferenceRow, distributions, reference

FILE = "human_reproduction.csv"
_DBF, _AM, _HTG, _MEI = (
    "Dal Bó & Fréchette 2011",
    "Andreoni & Miller 1993",
    "Herrmann, Thöni & Gächter 2008",
    "Mei et al. 2024",
)
_CELLS = {
    f"D{short}R{reward}": f"delta={delta}, T=50 R={reward} P=25 S=12, last supergames (>=20 played)"
    for short, delta in (("5", "0.50"), ("75", "0.75"))
    for reward in (32, 40, 48)
}
_GROUPS = "groups of 4 fixed, MPCR 0.4, endowment 20"
_ROUNDED_SHARE = "the interval given was made from the share rounded to three digits"
_ROUNDED_MEAN = "the interval given was made from the mean and sd as rounded"
_HISTORIES = {"CC": "own C other C", "CD": "own C other D", "DC": "own D other C"}
_HISTORIES["DD"] = "own D other D"


class Check(NamedTuple):
    """One number, twice.

    Attributes:
        study: whose people.
        quantity: what was measured.
        function: of this project, that computed ours.
        n: rows of choices, or cities.
        ours: the value.
        published: the value held against it.
        digits: that were printed.
        why: what explains a mismatch, should there be one; "" where nothing would.
    """

    study: str
    quantity: str
    function: str
    n: int
    ours: float
    published: float
    digits: int
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether ours has the printed digits."""
        return abs(round(self.ours, self.digits) - self.published) < 10.0**-self.digits / 2


def checks() -> list[Check]:
    """Every comparison, study by study."""
    return [*_repeated(), *_finite(), *_public_goods(), *_classes()]


def _repeated() -> Iterator[Check]:
    """Cells of the repeated dilemma: rates, histories pooled over cells, differences of cells."""
    rates: dict[str, dict[str, float]] = {}
    pooled = {x: [0, 0] for x in _HISTORIES}
    for cell, condition in _CELLS.items():
        first = _place("DalBoFrechette2011_experienced", "coop_round1", cell)
        histories = {
            row.x: (round(row.value * row.n), row.n)
            for row in distributions()["DalBoFrechette2011_experienced", "p_coop_given_prev", cell]
        }
        for x, (done, n) in histories.items():
            pooled[str(x)][0] += done
            pooled[str(x)][1] += n
        later = [sum(each) for each in zip(*histories.values(), strict=True)]
        rows = choices({1: (round(first.value * first.n), first.n), 2: (later[0], later[1])})
        rates[cell] = {name: metric(name, rows) for name in _RATES}
        for name, measure in _RATES.items():
            n = first.n if name == "first_round_cooperation" else first.n + later[1]
            published = reference()["pd_infinite", measure, condition].value
            title = f"{cell}: {measure.replace('_', ' ')}"
            yield Check(_DBF, title, f"metric {name}", n, rates[cell][name], published, 3)
    yield from _memory_one(_DBF, pooled, ("pd_infinite", "pooled 6 treatments, "), interval=True)
    for title, more, less in (
        ("longer horizon, reward 40", "D75R40", "D5R40"),
        ("higher reward, continuation 3/4", "D75R48", "D75R32"),
    ):
        for name, measure in _RATES.items():
            both = [reference()["pd_infinite", measure, _CELLS[one]].value for one in (more, less)]
            ours = rates[more][name] - rates[less][name]
            told = f"{title}: {measure.replace('_', ' ')}"
            yield Check(_DBF, told, f"metric {name}", 0, ours, both[0] - both[1], 3)


_RATES = {
    "first_round_cooperation": "cooperation_round1",
    "cooperation_rate": "cooperation_all_rounds",
}


def _finite() -> Iterator[Check]:
    """Ten rounds, round by round; the rounds behind the first against the histories."""
    rows = distributions()["AndreoniMiller1993_partners", "coop", "T12R7P4S0"]
    by_round = {int(str(row.x)): (round(row.value * row.n), row.n) for row in rows}
    found = statistic("cooperation_by_round", choices(by_round))
    for row in rows:
        condition = f"10-round PD T=12 R=7 P=4 S=0, Partners, 20 supergames, round {row.x}"
        published = reference()["pd_finite", "cooperation", condition].value
        name = "statistic cooperation_by_round"
        yield Check(_AM, f"round {row.x}", name, row.n, found[str(row.x)], published, 3)
    keys = {
        x: reference()["pd_finite", "p_cooperate_given_previous", f"Partners, {words}"]
        for x, words in _HISTORIES.items()
    }
    histories = {x: [round(row.value * (row.n or 0)), row.n or 0] for x, row in keys.items()}
    ours = metric("cooperation_rate", after(histories), rounds=2)
    later = [count for number, count in by_round.items() if number > 1]
    published = sum(done for done, _ in later) / sum(n for _, n in later)
    n = sum(n for _, n in histories.values())
    told = "rounds 2 to 10, from histories (here: from the rounds)"
    yield Check(_AM, told, "metric cooperation_rate", n, ours, published, 3)


def _memory_one(
    study: str, counts: Mapping[str, Sequence[int]], where: tuple[str, str], *, interval: bool
) -> Iterator[Check]:
    found = statistic("cooperation_after", after(counts))
    for x, words in _HISTORIES.items():
        row = reference()[where[0], "p_cooperate_given_previous", where[1] + words]
        done, n = counts[x]
        name, title = "statistic cooperation_after", f"after {words}, cells pooled"
        yield Check(study, title, name, n, found[x], row.value, 3)
        if interval and row.ci_low is not None and row.ci_high is not None:
            ends = proportion(done, n)
            for end, ours, published in (
                ("low", ends.low, row.ci_low),
                ("high", ends.high, row.ci_high),
            ):
                told = f"after {words}: 95% interval, {end}"
                yield Check(
                    study, told, "proportion, Wilson", n, ours or 0.0, published, 4, _ROUNDED_SHARE
                )


def _public_goods() -> Iterator[Check]:
    """City means by period: means over cities with Student's interval, cities, punishment."""
    means: dict[str, dict[str, float]] = {}
    for kind, words in (("no_punishment", "no punishment"), ("punishment", "punishment 1:3")):
        cities = by_city(kind)
        periods = {
            city: statistic("contribution_by_period", contributions(curve))
            for city, curve in cities.items()
        }
        for period in range(1, 11):
            row = _contribution(f"{_GROUPS}, {words}, period {period}, mean of 16 cities")
            found = mean_interval([TOKENS * one[str(period)] for one in periods.values()])
            title = f"{words}, period {period}"
            for part, ours, published, why in (
                ("mean", found.value, row.value, ""),
                ("low", found.low, row.ci_low, _ROUNDED_MEAN),
                ("high", found.high, row.ci_high, _ROUNDED_MEAN),
            ):
                function = "statistic contribution_by_period, mean_interval"
                told = f"{title}: {part}"
                yield Check(_HTG, told, function, 16, ours or 0.0, published or 0.0, 2, why)
        means[kind] = {city: mean_contribution(curve) for city, curve in cities.items()}
        plain = words.removesuffix(" 1:3")
        row = _contribution(f"{plain}, all 10 periods, mean of 16 cities")
        values = list(means[kind].values())
        name = "statistic contribution"
        yield Check(_HTG, f"{plain}, all periods", name, 16, float(np.mean(values)), row.value, 2)
        sd = float(np.std(values, ddof=1))
        yield Check(_HTG, f"{plain}, sd over cities", name, 16, sd, row.sd or 0.0, 2)
    for city, value in means["punishment"].items():
        key = ("public_goods", "mean_contribution", f"punishment, 10 periods, {city}")
        if key in reference():
            yield Check(_HTG, f"punishment, {city}", name, 1, value, reference()[key].value, 2)
    yield _punishment_effect(means)


def by_city(kind: str) -> dict[str, dict[str, float]]:
    """Mean contributions by city and period, in tokens of 20.

    Args:
        kind: "punishment" or "no_punishment".
    """
    found = {
        condition.partition("|")[2]: {str(row.x): row.value for row in rows}
        for (dataset, _, condition), rows in distributions().items()
        if dataset == "HerrmannThoniGachter2008" and condition.startswith(f"{kind}|")
    }
    del found["mean_of_16_cities"]
    return found


def mean_contribution(curve: Mapping[str, float]) -> float:
    """Of one city over all its periods, in tokens of 20."""
    return TOKENS * statistic("contribution", contributions(curve))[""]


def _punishment_effect(means: Mapping[str, Mapping[str, float]]) -> Check:
    """The contrast of both conditions, paired by city."""
    samples = {
        ("contribution", kind): Sample({Key("", "", city): one for city, one in values.items()})
        for kind, values in means.items()
    }
    which = ("contribution", "punishment", "no_punishment")
    found = contrast(samples, which, 0.05, matched=True)
    given = [
        _contribution(f"{kind}, all 10 periods, mean of 16 cities").value
        for kind in ("punishment", "no punishment")
    ]
    title = f"punishment effect [{found.low:.2f}, {found.high:.2f}] (here: difference of means)"
    return Check(_HTG, title, "contrast", found.n, found.estimate or 0.0, given[0] - given[1], 2)


def _classes() -> Iterator[Check]:
    """Classroom games: the interval of a share, acceptance by offer, tails of the histogram."""
    where = "MobLab classroom push-pull PD, first round, counts hard-coded in authors notebook"
    row = reference()["pd_oneshot", "cooperation", where]
    n = row.n or 0
    done = round(row.value * n)
    found = proportion(done, n)
    for end, ours, given in (("low", found.low, row.ci_low), ("high", found.high, row.ci_high)):
        told = f"dilemma: 95% interval, {end}"
        yield Check(_MEI, told, "proportion, Wilson", n, ours or 0.0, given or 0.0, 4)
    accepted = distributions()["MobLab_Mei2024", "ultimatum_P_accept_by_offer", "strategy method"]
    rows = replies({str(one.x): (round(one.value * one.n), one.n) for one in accepted})
    shares = statistic("acceptance_by_offer", rows)
    for one in accepted:
        condition = (
            f"MobLab strategy method, offer={one.x} percent of pie (stated thresholds: harsher than"
            " direct response)"
        )
        key = ("ultimatum", "acceptance_rate", condition)
        if key in reference():
            value, name = reference()[key].value, "statistic acceptance_by_offer"
            yield Check(_MEI, f"accepts {one.x}%", name, one.n, shares[str(one.x)], value, 3)


def _contribution(condition: str) -> ReferenceRow:
    return reference()["public_goods", "mean_contribution", condition]


def _place(dataset: str, measure: str, condition: str) -> DistributionRow:
    return distributions()[dataset, measure, condition][0]


def table(found: Sequence[Check]) -> pl.DataFrame:
    """The checks as rows, with whether they agree."""
    rows = [(*one, one.agrees) for one in found]
    return pl.DataFrame(rows, schema=[*Check._fields, "agrees"], orient="row")


if __name__ == "__main__":
    table(checks()).write_csv(Path(sys.argv[1]) / FILE)
