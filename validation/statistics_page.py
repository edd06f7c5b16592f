"""The sections on intervals and tests: how often they cover, and how often they err."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import polars as pl

_COVERAGE = """
## How often do intervals cover?

{trials:,} simulated experiments of each size in each world, two levels, a true difference, 12
agents a run, spreads as in `validation/coverage.py`. *Crossed* is what `society compare` gives
([decision 0012](decisions/0012-crossed-samples.md)); the others are computed from the same draws.
Nominal is 95%; a figure from 1,000 trials is uncertain by about .7 (standard error).

{default}

{reading}

All methods, mean and range over the sizes from 10 to 50 runs a level:

{others}

Intervals over one sample alone miss what varies in the other; the widest of them covers too rarely
where both vary and too often where neither does; bootstraps over runs are as blind as t over runs,
and narrower below 20 runs. None of them is the default.
"""
_ERRORS = """
## How often do tests err?

Four levels without any difference, six contrasts, 20 runs a level: in how many of {trials:,} such
families anything is found at .05, without correction, by Holm and by Benjamini and Hochberg.

{families}

Power to tell a difference from 0 where only noise varies, beside the paired t test's by theory
(statsmodels). The interval over runs is that test; the one that is given also allows for persons
who might differ, and here they do not.

{power}

Intervals of a single share of independent answers: exact coverage over true shares from .02 to .98.
Wilson's is the default; the normal one is what one would get by hand.

{shares}
"""
_VERDICTS = """
## Do verdicts come out as planted?

The shipped experiments of `examples/claims`, made small, played through the whole program on a
model whose choices are a known function of who is asked (`validation/planted.py`, an endpoint on
this machine), and judged by `society claims`. What is planted in favour must come out supported,
against it contradicted, and from noise alone nothing may be told. {right} of {all} do.

| claim | planted | verdict | what decides |
|---|---|---|---|
{rows}

C2 and C9, which take further commands, and C8, on planted answers of 1,600 real and scrambled
people, are in `tests/validation/test_verdicts.py` and `tests/analysis/test_claims_structure.py`: C2
and C8 in both directions, C9 supported and not. Made by
`python validation/verdicts.py validation/data`.
"""
_OPEN = ("undecided", "no meaningful effect")
_TOP = 0.97
_BOTTOM = 0.93


def coverage(table: pl.DataFrame) -> str:
    """The section on coverage."""
    rates = table.with_columns(rate=pl.col("covered") / pl.col("trials"))
    return _COVERAGE.format(
        trials=int(table["trials"].max()),  # type: ignore[arg-type]
        default=_by_world(rates.filter(pl.col("method") == "crossed")),
        reading=_reading(rates.filter(pl.col("method") == "crossed")),
        others=_methods(rates.filter(pl.col("runs") >= 10)),
    )


def _by_world(rates: pl.DataFrame) -> str:
    worlds = rates["world"].unique(maintain_order=True).to_list()
    places = pl.col("world").replace_strict(worlds, range(len(worlds)))
    ordered = rates.sort(places, "runs", "scenarios", "wordings", "persons", maintain_order=True)
    head = "| what varies | runs a level | scenarios x wordings x seeds | personas | crossed |"
    lines = [head, "|---|---|---|---|---|"]
    for row in ordered.iter_rows(named=True):
        shape = f"{row['scenarios']} x {row['wordings']} x {row['seeds']}"
        lines.append(
            f"| {row['world']} | {row['runs']} | {shape} | {row['persons']} | {row['rate']:.1%} |"
        )
    return "\n".join(lines)


def _reading(rates: pl.DataFrame) -> str:
    large, small = rates.filter(pl.col("runs") >= 10), rates.filter(pl.col("runs") < 10)
    outside = large.filter(~pl.col("rate").is_between(_BOTTOM, _TOP))
    told = (
        f"From 10 runs on, {len(large) - len(outside)} of {len(large)} cells lie between 93% and"
        f" 97%"
    )
    if len(outside):
        names = "; ".join(
            f"{row['world']}, {row['scenarios']} x {row['wordings']} x {row['seeds']},"
            f" {row['persons']} personas: {row['rate']:.1%}"
            for row in outside.iter_rows(named=True)
        )
        told += f"; outside: {names}"
    least = f"{min(small['rate'].to_list()):.1%}" if len(small) else "-"
    return f"{told}. With 5 runs the least is {least}."


def _methods(rates: pl.DataFrame) -> str:
    methods = rates["method"].unique(maintain_order=True).to_list()
    lines = [f"| what varies | {' | '.join(methods)} |", f"|---{'|---' * len(methods)}|"]
    for world in rates["world"].unique(maintain_order=True):
        cells = []
        for method in methods:
            own = rates.filter((pl.col("world") == world) & (pl.col("method") == method))["rate"]
            values: list[float] = sorted(own.to_list())
            mean = sum(values) / len(values)
            cells.append(f"{mean:.1%} [{values[0]:.1%}, {values[-1]:.1%}]")
        lines.append(f"| {world} | {' | '.join(cells)} |")
    return "\n".join(lines)


def errors(document: Mapping[str, Any]) -> str:
    """The section on tests."""
    families = document["families"]
    return _ERRORS.format(
        trials=families[0]["trials"],
        families=_families(families),
        power=_power(document["power"]),
        shares=_shares(document["shares"]),
    )


def _families(rows: Sequence[Mapping[str, Any]]) -> str:
    names = ("none", "Holm", "Benjamini-Hochberg")
    lines = ["| what varies | uncorrected | Holm | Benjamini-Hochberg |", "|---|---|---|---|"]
    for row in rows:
        shares = " | ".join(f"{row[name] / row['trials']:.1%}" for name in names)
        lines.append(f"| {row['world']} | {shares} |")
    return "\n".join(lines)


def _power(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| runs a level | theory | over runs | as given |", "|---|---|---|---|"]
    for row in rows:
        n = row["trials"]
        over, given = row["over_runs"] / n, row["given"] / n
        error = sqrt(over * (1 - over) / n)
        lines.append(
            f"| {row['runs']} | {row['theory']:.3f} | {over:.3f} (SE {error:.3f}) | {given:.3f} |"
        )
    return "\n".join(lines)


def _shares(rows: Sequence[Mapping[str, Any]]) -> str:
    methods = list(dict.fromkeys(row["method"] for row in rows))
    lines = [f"| n | {' | '.join(methods)} |", f"|---{'|---' * len(methods)}|"]
    for n in dict.fromkeys(row["n"] for row in rows):
        own = {row["method"]: row for row in rows if row["n"] == n}
        cells = [f"{own[name]['mean']:.1%}, least {own[name]['least']:.1%}" for name in methods]
        lines.append(f"| {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def verdicts(rows: Sequence[Mapping[str, Any]]) -> str:
    """The section on planted verdicts."""
    right = sum(
        row["verdict"] in _OPEN if row["planted"] == "noise" else row["verdict"] == row["planted"]
        for row in rows
    )
    lines = [
        f"| {row['claim']} | {row['planted']} | {row['verdict']} | {_decided(row['told'])} |"
        for row in rows
    ]
    return _VERDICTS.format(right=right, all=len(rows), rows="\n".join(lines))


def _decided(told: Sequence[Mapping[str, Any]]) -> str:
    """The numbers of the first readout."""
    first = [one for one in told if one["readout"] == told[0]["readout"]]
    return "; ".join(
        f"{one['part']}: {one['estimate']:+.3f}"
        + ("" if one["low"] is None else f" [{one['low']:+.3f}, {one['high']:+.3f}]")
        for one in first
    )
