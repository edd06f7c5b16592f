"""Writes docs/validation.md from the recorded data beside this file: `make validate`.

The data are made by commands that stand on the page, since some take hours; the page is made from
them in seconds, and a test holds it to them.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import statistics_page
from human_reproduction import FILE as REPRODUCED
from persona_readings import items
from persona_sensitivity import Readings, between_personas, by_game, gap, of_readouts, within_items

HERE = Path(__file__).parent
_HEAD = """# Validation

What was checked on real models and on data with a known truth, and what came of it, whatever it
was. Made by `make validate` from the data in `validation/data/`.
"""
_SENSITIVITY = """
## Does a readout notice who is asked?

{people} respondents, half benevolent and half hostile (top or bottom third of both agreeableness
and emotional stability, drawn by a seed fixed beforehand), met {items} situations: {which}
of the {games} games whose first choice has two options, one cooperative and one uncooperative. Each
was asked in both orders of mention. The model is the embedded one, SmolLM2-135M-Instruct. A persona
is nine real answers told with frequency adverbs; none names what a game measures.

Within a situation a sensitive readout puts the benevolent above the hostile. AUC is the share of
pairs of a benevolent and a hostile person in which it does, .5 by chance; intervals (95%) resample
persons and games together.

{table}

Mean AUC within items, game by game:

{games_table}

{reading}

Made by `python validation/persona_readings.py FOLDER` ({rows:,} readings); intervals by
`validation/persona_sensitivity.py` (pigeonhole bootstrap, 4,000 draws).
"""
_FACTORIAL = """
## Identity, affect and stance: the factorial at demo size

`examples/factorial.toml` on the embedded model: {cells} cells told from the same {people}
respondents, three a stance; expected cooperation in prisoner's dilemma, chicken and oversight, one
wording each. Every interval was the widest of those over runs, persons and scenarios; with three
scenarios that is mostly theirs. Placebo and none stand beside and enter no effect.

{effects}

| | mean |
|---|---|
{controls}

{verdict} Made by `society sweep examples/factorial.toml` and
`society compare factorial --by identity --by affect --by stance --json`.
"""
_INVENTORY = """
## Does the inventory tell people apart?

{characters} characters of the embedded model, of respondents in the top and the bottom third of
agreeableness and of neuroticism, answered the 25 items ({answers:,} answers, {missing} missing).
Hedges' g and area under the curve of the top over the bottom third of people, with a 95% interval
over personas; items that the text states, and those it does not, apart.

{separation}

Reliability: Cronbach's alpha of the characters beside people's; below 0 where agreeing with
whatever is said outweighs the trait, none where too few characters share two items.

{alphas}

Near the own person? Correlation of a character's profile with its own person's, and with another's.

{nearness}

The scale holds {mass} of the model's probability; the order of mention moves an answer by
{order} points; acquiescence {acquiescence} (people {human}).

Made by `{command}`; the order of mention is averaged out, the numbers are this model's.
"""
_REPRODUCTION = """
## Published analyses of people, made again

Of these studies only aggregates are at hand (`scenarios/data/human_distributions.csv`). The choices
behind them were written out again, a share of n choices as n rows of the decisions table, and what
this project's own metrics and statistics make of these rows is held against
`scenarios/data/human_reference.csv`, whose values were computed from the studies' own data, to the
digits given there. Overall rates are made from first rounds and histories, pooled histories from
cells, means and intervals from cities: there the two files give different numbers of one study.
First rounds, the rounds of Andreoni & Miller and acceptance by offer stand in both files; with them
only the way through rows and metrics is checked. Nothing is said of what lies below the aggregates,
such as differences between people: intervals over subjects cannot be made again. Nor can means of
the histograms of Mei et al., whose classes are ten points wide.

{agreed} of {all} numbers agree in every digit.

| study | function | agree |
|---|---|---|
{summary}

Rates, histories, differences between treatments (all numbers are in the data file):

| study | quantity | n | ours | reference |
|---|---|---|---|---|
{shown}

What does not agree, all of it intervals:

| study | quantity | ours | reference | why |
|---|---|---|---|---|
{mismatches}

Made by `python validation/human_reproduction.py validation/data`.
"""
_SHOWN = ("metric ", "statistic cooperation_after", "contrast")
_NAMES = {
    "cloze": "cloze, situation first (the default)",
    "cloze-continued": "cloze, situation first, going on from the persona",
    "cloze-persona-first": "cloze, persona first",
    "label": "label",
}


def page(data: Path) -> str:
    """The whole page."""
    return (
        _HEAD
        + sensitivity(pl.read_csv(data / "persona_readings.csv"))
        + inventory(json.loads((data / "inventory.json").read_text()))
        + factorial(json.loads((data / "factorial.json").read_text()))
        + statistics_page.coverage(pl.read_csv(data / "coverage.csv"))
        + statistics_page.errors(json.loads((data / "errors.json").read_text()))
        + statistics_page.verdicts(json.loads((data / "verdicts.json").read_text()))
        + reproduction(pl.read_csv(data / REPRODUCED, schema_overrides={"why": pl.String}))
    )


def sensitivity(table: pl.DataFrame) -> str:
    """The section on persona sensitivity."""
    found = of_readouts(table)
    played, planned = table.select("game", "wording").n_unique(), len(items())
    return _SENSITIVITY.format(
        people=table["persona"].n_unique(),
        items=played,
        which="every wording"
        if played == planned
        else f"the first wordings (so far, of {planned})",
        games=table["game"].n_unique(),
        table=_table(found),
        games_table=_by_game(found),
        reading=_reading(found),
        rows=len(table),
    )


def _table(found: Mapping[str, Readings]) -> str:
    lines = [
        "| readout | AUC within items | AUC of personas' means | gap (nats) | mass | no answer |",
        "|---|---|---|---|---|---|",
    ]
    for name, readings in found.items():
        within, between = within_items(readings), between_personas(readings)
        numbers = (within.told(), between.told(), gap(readings).told(), f"{readings.mass:.4f}")
        cells = (_NAMES[name], *numbers, str(readings.lacking))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _by_game(found: Mapping[str, Readings]) -> str:
    each = {name: by_game(readings) for name, readings in found.items()}
    lines = [f"| game | {' | '.join(each)} |", f"|---{'|---' * len(each)}|"]
    for game in next(iter(each.values())):
        numbers = " | ".join(f"{of[game]:.2f}" for of in each.values())
        lines.append(f"| {game} | {numbers} |")
    return "\n".join(lines)


def _reading(found: Mapping[str, Readings]) -> str:
    """What the intervals say, in plain words."""
    verdicts: dict[str, list[str]] = {}
    for name, readings in found.items():
        one = within_items(readings)
        verdict = (
            "shown to notice who is asked"
            if one.low > 0.5
            else "moved the wrong way"
            if one.high < 0.5
            else "not shown to notice who is asked"
        )
        verdicts.setdefault(verdict, []).append(f"`{name}`")
    told = [f"{', '.join(names)}: {verdict}" for verdict, names in verdicts.items()]
    return f"By these intervals, {'; '.join(told)}."


def inventory(found: Mapping[str, Any]) -> str:
    """The section on the inventory."""
    whole = found["groups"][-1]
    separation = [
        f"| {row['trait']} | {row['part']} | {row['top']}, {row['bottom']} |"
        f" {_told(row['difference'])} | {_told(row['area'])} {_span(row['low'], row['high'])} |"
        f" {row['verdict']} |"
        for row in found["separation"]
        if row["group"] == whole["group"]
    ]
    alphas = [
        f"| {row['trait']} | {row['part']} | {row['n']} |"
        f" {_told(row['alpha'])} {_span(row['alpha_low'], row['alpha_high'])} |"
        f" {_told(row['human_alpha'])} |"
        for row in found["scales"]
        if row["group"] == whole["group"] and row["alpha"] is not None
    ]
    nearness = [
        f"| {row['part']} | {row['profile_n']} | {_told(row['profile'])} |"
        f" {_told(row['profile_other'])} | {_told(row['profile_nearer'])}"
        f" {_span(row['profile_nearer_low'], row['profile_nearer_high'])} |"
        for row in found["distances"]
        if row["group"] == whole["group"]
    ]
    return _INVENTORY.format(
        characters=whole["characters"],
        answers=whole["decision"],
        missing=whole["refusal"] + whole["unparsed"] + whole["failed"],
        separation=_lines("trait | items | top, bottom | g | area | verdict", separation),
        alphas=_lines("trait | items | n | alpha | people's", alphas),
        nearness=_lines("items | personas | own | another's | nearer by", nearness),
        mass=f"{whole['mass']:.3f}",
        order=_told(whole["order_size"]),
        acquiescence=_told(whole["acquiescence"]),
        human=_told(whole["human_acquiescence"]),
        command=found["command"],
    )


def factorial(found: Sequence[Mapping[str, Any]]) -> str:
    """The section on the factorial: main effects and interactions of two factors."""
    shown = [one for one in found if one["b"] and one["effect"].count(" x ") < 2]
    effects = [
        f"| {one['effect']} | {one['a']} minus {one['b']} | {one['estimate']:+.3f}"
        f" {_span(one['low'], one['high'], 3)} | {one['p_adjusted']:.2f} |"
        f" {one['units']} {one['cluster']}s |"
        for one in shown
    ]
    tested = [one for one in found if one["b"]]
    clear = [one for one in tested if one["p_adjusted"] < 0.05]
    return _FACTORIAL.format(
        cells=sum(one["effect"] == "mean" for one in found),
        people=9,
        effects=_lines("effect | contrast | estimate | p corrected | over", effects),
        controls="\n".join(
            f"| {one['a']} | {_told(one['estimate'])} {_span(one['low'], one['high'])} |"
            for one in found
            if one["effect"] == "control"
        ),
        verdict=f"{len(clear)} of {len(tested)} contrasts are told from 0 after correction.",
    )


def reproduction(found: pl.DataFrame) -> str:
    """The section on published analyses made again."""
    by = ["study", "function"]
    sums = found.group_by(by, maintain_order=True).agg(pl.col("agrees").sum(), pl.len())
    rows = found.to_dicts()
    return _REPRODUCTION.format(
        agreed=found["agrees"].sum(),
        all=len(found),
        summary="\n".join(
            f"| {study} | {function} | {agreed} of {n} |"
            for study, function, agreed, n in sums.rows()
        ),
        shown="\n".join(
            f"| {row['study']} | {row['quantity']} | {row['n'] or ''} | {_digits(row, 'ours')} |"
            f" {_digits(row, 'published')} |"
            for row in rows
            if row["function"].startswith(_SHOWN)
        ),
        mismatches="\n".join(
            f"| {row['study']} | {row['quantity']} | {_digits(row, 'ours')} |"
            f" {_digits(row, 'published')} | {row['why']} |"
            for row in rows
            if not row["agrees"]
        ),
    )


def _digits(row: Mapping[str, Any], key: str) -> str:
    return f"{row[key]:.{row['digits']}f}"


def _lines(head: str, rows: Sequence[str]) -> str:
    return "\n".join([f"| {head} |", "|" + "---|" * (head.count("|") + 1), *rows])


def _told(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.2f}"


def _span(low: float | None, high: float | None, digits: int = 2) -> str:
    return "" if low is None or high is None else f"[{low:.{digits}f}, {high:.{digits}f}]"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(HERE / "data"), encoding="utf-8")
