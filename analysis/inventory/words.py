"""The findings as plain sentences, by rules that either outcome can meet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.inventory.drift import Adherence
from analysis.inventory.reference import RETEST
from analysis.inventory.summary import Inventory
from analysis.statistics import Estimate

Row = Mapping[str, Any]
_ITEMS = {"all": "all items", "stated": "stated items", "unseen": "unseen items"}
_KEPT = {"person": "the answers of the people behind them", "itself": "their answers before play"}


def sentences(found: Inventory) -> list[str]:
    """What the tables say, in order: taken on, whole person, structure, trust.

    Of everyone together where there are several groups, whose own numbers are in the tables;
    structure is told of every group, since scrambled people are what it is held against.
    """
    whole = found.first.groups[-1]
    structure = [row for row in found.congruences() if row["mean"] is not None]
    return [
        *_separated(_of(whole, found.separations())),
        *_near(_of(whole, found.distances())),
        *_structured(structure or _of(whole, found.congruences())),
        *_trusted(_of(whole, found.groups())),
    ]


def _of(group: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of one group, or all where it has none."""
    return [row for row in rows if row["group"] == group] or list(rows)


def _separated(rows: Sequence[Row]) -> Iterator[str]:
    """A sentence for each group and trait."""
    for (group, trait), own in _grouped(rows, "group", "trait"):
        told = "; ".join(f"by {_ITEMS[row['part']]} it {_apart(row)}" for row in own)
        yield f"{group}, {trait} (top against bottom third of people): {told}."


def _apart(row: Row) -> str:
    if row["low"] is None:
        few = f"{row['top']} and {row['bottom']} personas are too few for an interval"
        return f"is undecided, since {few}"
    said = "is undecided" if row["verdict"] == "undecided" else row["verdict"]
    return f"{said} (area {row['area']:.2f}, {row['low']:.2f} to {row['high']:.2f})"


def _near(rows: Sequence[Row]) -> Iterator[str]:
    for (group,), own in _grouped(rows, "group"):
        told = "; ".join(f"on {_ITEMS[row['part']]} {_nearer(row)}" for row in own)
        low, high = RETEST
        yield f"{group}: {told}. People asked again agree with themselves {low} to {high}."


def _nearer(row: Row) -> str:
    low, high = row["profile_nearer_low"], row["profile_nearer_high"]
    if low is None:
        return "too few personas to tell"
    if low > 0:
        said = "nearer to their own person than to another"
    elif high < 0:
        said = "farther from their own person than from another"
    else:
        said = "not shown to be nearer to their own person than to another"
    return f"{said} (profile correlation {row['profile']:.2f} against {row['profile_other']:.2f})"


def _structured(rows: Sequence[Row]) -> Iterator[str]:
    for (group,), own in _grouped(rows, "group"):
        told = "; ".join(f"on {_ITEMS[row['part']]} {_like_people(row)}" for row in own)
        yield f"{group}, the five components of people: {told}."


def _like_people(row: Row) -> str:
    if row["mean"] is None:
        return f"no congruence is given ({row['reason']})"
    if row["chance"] is None:
        return f"congruence {row['mean']:.2f}, without a null"
    more = "more like them" if row["mean"] > row["chance"] else "no more like them"
    numbers = f"congruence {row['mean']:.2f}, 95 of 100 shuffles below {row['chance']:.2f}"
    return f"{more} than answers without structure ({numbers})"


def _grouped(rows: Sequence[Row], *keys: str) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows that share some values, in the order in which these are met."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(str(row[key]) for key in keys), []).append(row)
    yield from found.items()


def _trusted(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        missing = {kind: row[kind] for kind in ("refusal", "unparsed", "failed") if row[kind]}
        if missing:
            told = ", ".join(f"{count} {kind}" for kind, count in missing.items())
            yield f"{row['group']}: answers left out: {told}."
        if row["order_size"] is not None:
            yield (
                f"{row['group']}: the order in which the scale is mentioned moves an answer by"
                f" {row['order_size']:.2f} points on average; both orders are averaged."
            )


def drifted(rows: Sequence[Adherence]) -> Iterator[str]:
    """Whether adherence changes over rounds, by all items; the table has the other parts."""
    for row in rows:
        if len(row.rounds) < 2 or row.part != "all":
            continue
        slope = row.profile_slope
        about = f"{row.group}, {_ITEMS[row.part]}, rounds {row.rounds[0]} to {row.rounds[-1]}"
        if slope.value is None or slope.low is None or slope.high is None:
            yield f"{about}: too few personas to tell whether they drift from {_KEPT[row.to]}."
            continue
        yield (
            f"{about}: {_moved(slope)} {_KEPT[row.to]} (profile correlation {slope.value:+.3f} a"
            f" round, 95% interval {slope.low:+.3f} to {slope.high:+.3f}, {slope.n} personas)."
        )


def _moved(slope: Estimate) -> str:
    low, high = slope.low or 0.0, slope.high or 0.0
    if high < 0:
        return "they drift away from"
    return "they come nearer to" if low > 0 else "no drift is shown from"
