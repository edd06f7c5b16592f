"""The report's sections on inventories and on drift: figures, tables, sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis import figures
from analysis.figures import Figure, Panel, Style
from analysis.inventory.answers import EVERYONE
from analysis.inventory.drift import Adherence
from analysis.inventory.summary import Inventory, inventories
from analysis.inventory.words import drifted, sentences
from analysis.report.source import Source
from analysis.report.tables import Table
from analysis.report.words import DASH, count, number, signed, span
from analysis.statistics import Estimate

Row = Mapping[str, Any]
_SCALE = (1.0, 6.0)
_LONGEST = 20
"""Characters of a group's name beside a picture; tables have it in full."""


def asked(source: Source) -> list[dict[str, Any]]:
    """What is shown of every instrument that was asked; empty where none was."""
    return [_shown(found) for found in inventories(source.folder)]


def _shown(found: Inventory) -> dict[str, Any]:
    scales, drifts = found.scales(), found.drifts()
    names = _names(found.first.groups)
    shown_scores = (_named(row, names) for row in scales if _drawn(row, scales))
    scores_style = Style(tuple(dict.fromkeys(shown_scores)))
    shown = [one for one in drifts if one.part == "all" and one.group != EVERYONE]
    drift_style = Style(tuple(dict.fromkeys(map(_line, shown))))
    return {
        "instrument": found.instrument,
        "when": "before play" if found.settled == 0 else f"after round {found.settled}",
        "sentences": sentences(found),
        "scores": _scores(found, scales, scores_style, names),
        "scores_style": scores_style,
        "scales": _scales(scales),
        "nearness": _nearness(found.distances()),
        "separation": _separation(found.separations()),
        "structure": _structure(found.congruences()),
        "trust": _trust(found.groups()),
        "by_item": _items(found.items()),
        "drifted": list(drifted(drifts)),
        "drift": _drift(found, shown, drift_style),
        "drift_style": drift_style,
        "drifts": _drifts(drifts),
    }


Named = Mapping[str, str]
"""What a group is called beside a picture."""


def _named(row: Row, names: Named) -> str:
    group = names[row["group"]]
    return group if row["part"] == "all" else f"{group}, {row['part']}"


def _names(groups: Sequence[str]) -> Named:
    """Names that fit beside a picture, cut in the middle: selections differ in how they end."""
    short = {
        group: group if len(group) <= _LONGEST else f"{group[:6]}\u2026{group[-13:]}"
        for group in groups
    }
    return short if len(set(short.values())) == len(short) else {group: group for group in groups}


def _drawn(row: Row, rows: Sequence[Row]) -> bool:
    """Stated and unseen items where there are such, else all of them."""
    has_parts = any(r["group"] == row["group"] and r["part"] != "all" for r in rows)
    return row["group"] != EVERYONE and (row["part"] != "all" or not has_parts)


def _scores(found: Inventory, rows: Sequence[Row], style: Style, names: Named) -> Figure:
    panels = []
    for trait in dict.fromkeys(row["trait"] for row in rows):
        own = [row for row in rows if row["trait"] == trait and _drawn(row, rows)]
        records = [
            {
                "name": _named(row, names),
                "estimate": row["mean"],
                "low": row["mean"] if row["low"] is None else row["low"],
                "high": row["mean"] if row["high"] is None else row["high"],
                "n": row["n"],
                "told": (
                    f"{row['group']}, {row['part']}: {number(row['mean'])}"
                    f" {span(row['low'], row['high'])}"
                ),
            }
            for row in own
            if row["mean"] is not None
        ]
        people = own[0]["human_mean"] if own else None
        if records:
            title = f"score (people {number(people)})"
            panel = figures.dots(records, style, title, _SCALE, people)
            panels.append(figures.titled(panel, trait))
    return Figure(
        name=f"inventory-{found.instrument}",
        caption=(
            "Mean scores from 1 to 6 by trait, reversed where keyed so, with 95% intervals over"
            " personas; stated and unseen items apart. The dashed line is people's mean."
        ),
        alternative="A row per population and kind of item; the numbers are in the table below.",
        panels=tuple(panels),
    )


def _drift(found: Inventory, drifts: Sequence[Adherence], style: Style) -> Figure:
    return Figure(
        name=f"drift-{found.instrument}",
        caption="Adherence over rounds, with 95% bands over personas; 0 is before play.",
        alternative="A line per population; the numbers are in the table below.",
        panels=tuple(_panels(drifts, style)),
        legend=style.names,
    )


def _panels(drifts: Sequence[Adherence], style: Style) -> Iterator[Panel]:
    for measure, title, ends in (
        ("profile", "profile correlation", (-1.0, 1.0)),
        ("distance", "distance, points", (0.0, 5.0)),
    ):
        records = [
            {
                "name": _line(one),
                "round": settled,
                "estimate": level.value,
                "low": level.value if level.low is None else max(ends[0], level.low),
                "high": level.value if level.high is None else min(ends[1], level.high or 0.0),
                "told": f"{_line(one)}, round {settled}: {_estimate(level)}",
            }
            for one in drifts
            for settled, level in zip(one.rounds, getattr(one, measure), strict=True)
            if level.value is not None
        ]
        if records:
            yield figures.titled(figures.lines(records, style, title, ends), title)


def _line(one: Adherence) -> str:
    end = "" if one.to == "person" else ", to itself"
    return f"{one.group}{end}"


def _scales(rows: Sequence[Row]) -> Table:
    head = ("Population", "Items", "Trait", "n", "Mean", "95% interval", "SD", "Alpha")
    return Table(
        "Scores and reliabilities",
        (*head, "95% interval", "People's mean", "People's alpha"),
        tuple(
            (
                row["group"],
                row["part"],
                row["trait"],
                count(row["n"]),
                number(row["mean"]),
                span(row["low"], row["high"]),
                number(row["sd"]),
                number(row["alpha"]),
                span(row["alpha_low"], row["alpha_high"]),
                number(row["human_mean"]),
                number(row["human_alpha"]),
            )
            for row in rows
        ),
        texts=3,
    )


def _nearness(rows: Sequence[Row]) -> Table:
    head = ("Population", "Items", "n (personas)", "Points from own", "from another")
    tail = ("nearer by", "Correlation with own", "with another", "nearer by")
    return Table(
        "Near to the own person? People asked again correlate .7 to .8 with themselves",
        (*head, *tail),
        tuple(
            (
                row["group"],
                row["part"],
                count(row["difference_n"]),
                number(row["difference"]),
                number(row["difference_other"]),
                _with_span(row, "difference_nearer"),
                number(row["profile"]),
                number(row["profile_other"]),
                _with_span(row, "profile_nearer"),
            )
            for row in rows
        ),
        texts=2,
    )


def _separation(rows: Sequence[Row]) -> Table:
    return Table(
        "Characters of people in the top against the bottom third",
        ("Population", "Items", "Trait", "Verdict", "n (top, bottom)", "Hedges' g", "Area"),
        tuple(
            (
                row["group"],
                row["part"],
                row["trait"],
                row["verdict"],
                f"{count(row['top'])}, {count(row['bottom'])}",
                number(row["difference"]),
                number(row["area"]) + _interval(row["low"], row["high"]),
            )
            for row in rows
        ),
        texts=4,
    )


def _structure(rows: Sequence[Row]) -> Table:
    return Table(
        "Congruence with people's five components",
        ("Population", "Items", "Why not", "n", "Mean", "95 of 100 shuffles below"),
        tuple(
            (
                row["group"],
                row["part"],
                row["reason"] or DASH,
                count(row["n"]),
                number(row["mean"]),
                number(row["chance"]),
            )
            for row in rows
        ),
        texts=3,
    )


def _trust(rows: Sequence[Row]) -> Table:
    head = ("Population", "n (characters)", "Answers", "Refused", "Unparsed", "Failed", "Mass")
    return Table(
        "Can the answers be trusted?",
        (*head, "Order moves (points)", "Acquiescence", "People's"),
        tuple(
            (
                row["group"],
                count(row["characters"]),
                *_kinds(row),
                *_mass(row),
                signed(row["acquiescence"]),
                signed(row["human_acquiescence"]),
            )
            for row in rows
        ),
    )


def _items(rows: Sequence[Row]) -> Table:
    head = ("Item", "Key", "Mean", "SD", "Answers", "Refused", "Unparsed", "Failed", "Mass")
    return Table(
        "Item by item, over everyone",
        (*head, "Order moves (points)"),
        tuple(
            (
                row["item"],
                f"{row['keyed']:+d}",
                number(row["mean"]),
                number(row["sd"]),
                *_kinds(row),
                *_mass(row),
            )
            for row in rows
        ),
    )


def _kinds(row: Row) -> tuple[str, ...]:
    return tuple(count(row[kind]) for kind in ("decision", "refusal", "unparsed", "failed"))


def _mass(row: Row) -> tuple[str, str]:
    return number(row["mass"], 3), signed(row["order_shift"])


def _drifts(drifts: Sequence[Adherence]) -> Table:
    head = ("Population", "Items", "Held against", "Round", "n (personas)", "Correlation")
    rows = [
        (
            one.group,
            one.part,
            "the person" if one.to == "person" else "itself before play",
            count(settled),
            count(distance.n),
            number(profile.value) + _interval(*_clipped(profile)),
            _estimate(distance),
        )
        for one in drifts
        for settled, profile, distance in zip(one.rounds, one.profile, one.distance, strict=True)
    ]
    return Table("Adherence by round", (*head, "Distance, points"), tuple(rows), texts=3)


def _estimate(estimate: Estimate) -> str:
    return number(estimate.value) + _interval(estimate.low, estimate.high)


def _clipped(correlation: Estimate) -> tuple[float | None, float | None]:
    """The interval of a mean correlation, no wider than correlations can be."""
    low, high = correlation.low, correlation.high
    return (None, None) if low is None or high is None else (max(-1.0, low), min(1.0, high))


def _with_span(row: Row, name: str) -> str:
    return signed(row[name]) + _interval(row[f"{name}_low"], row[f"{name}_high"])


def _interval(low: float | None, high: float | None) -> str:
    """An interval behind a value; nothing where there is none, since the value says as much."""
    return "" if low is None else f" {span(low, high)}"
