"""Labels that people gave to a sample of words, held against a judge's.

A file of labels is CSV with a column `label` (or `class`), and `item` as in the sample that was
drawn, or `text`. A column `labeller` tells whose a label is; without one, all of a file are one
person's, whose name is the file's. Rows without a label are counted and left out.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from analysis.agreement import Agreement, agreement, consensus, krippendorff
from analysis.errors import AnalysisError
from scenarios.catalogue import nearest

_ITEM, _TEXT, _LABEL, _WHO = "item", "text", "label", "labeller"


@dataclass(frozen=True, slots=True)
class Labels:
    """What people said of some items.

    Attributes:
        by: for each labeller, in order of name, the class of each item.
        empty: rows without a label.
        unknown: rows about words that are not among those that were said.
    """

    by: Mapping[str, Mapping[str, str]]
    empty: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Held:
    """A judge and people.

    Attributes:
        labellers: names.
        items: that somebody labelled.
        empty: rows without a label.
        unknown: rows about words that nobody said.
        without_consensus: labelled items on which the labellers are split.
        without_class: items with a consensus that the judge gave no class.
        not_judged: items with a consensus that the judge was not asked about.
        consensus: the judge with what most labellers say.
        each: the judge with every labeller.
        between: every pair of labellers, by their names.
        by_member: the judge with what most labellers say, of the words of each member of the
            populations; words that several said count for each.
        alpha_people: Krippendorff's alpha of the labellers.
        alpha_all: the same with the judge as one more.
    """

    labellers: tuple[str, ...]
    items: int
    empty: int
    unknown: int
    without_consensus: int
    without_class: int
    not_judged: int
    consensus: Agreement
    each: Mapping[str, Agreement]
    between: Mapping[str, Agreement]
    by_member: Mapping[str, Agreement]
    alpha_people: float | None
    alpha_all: float | None

    def document(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def read_labels(files: Sequence[Path], classes: Sequence[str], items: Mapping[str, str]) -> Labels:
    """The labels in files.

    Args:
        files: CSV.
        classes: the rubric's.
        items: item of each text, as it was shown, and of each item itself.

    Raises:
        AnalysisError: a file that cannot be used; names file, row, value and remedy.
    """
    by: dict[str, dict[str, str]] = {}
    empty = unknown = 0
    for file in files:
        for number, row in _rows(file):
            where = f"{file}, line {number}"
            who = row.get(_WHO) or file.stem
            item = items.get(row[_ITEM] if row.get(_ITEM) else _bare(row.get(_TEXT) or ""))
            label = row[_LABEL].strip()
            if not label:
                empty += 1
                continue
            if label not in classes:
                hint = nearest(label, dict.fromkeys(classes))
                raise AnalysisError(f"{where}: label = {label!r} is no class of the rubric{hint}")
            if item is None:
                unknown += 1
                continue
            before = by.setdefault(who, {}).setdefault(item, label)
            if before != label:
                raise AnalysisError(
                    f"{where}: {who!r} labels these words {label!r}, and {before!r} before: leave"
                    " one of the two out, or name the labellers in a column 'labeller'"
                )
    if not by:
        told = f"{unknown} labels are of other words" if unknown else "no row has a label"
        raise AnalysisError(f"{', '.join(map(str, files))}: nothing to compare with: {told}")
    return Labels({who: by[who] for who in sorted(by)}, empty, unknown)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        # As spreadsheets write it, with a mark of the byte order.
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            names = [_LABEL if name == "class" else name for name in names]
            _check(file, names)
            reader.fieldnames = names
            for row in reader:
                # What is missing at the end of a line is None, what is too much stands under None.
                yield reader.line_num, {name: (row[name] or "").strip() for name in names}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnalysisError(f"{file}: cannot be read as CSV in UTF-8: {error}") from None


def _check(file: Path, names: Sequence[str]) -> None:
    if names.count(_LABEL) != 1 or not {_ITEM, _TEXT} & set(names):
        has = ", ".join(names) or "no columns"
        raise AnalysisError(
            f"{file}: labels come in columns 'item' (or 'text') and 'label', with commas between;"
            f" this has {has}"
        )


def _bare(text: str) -> str:
    """A text without the quotes that a sample shows it in."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def hold(
    labels: Labels,
    judged: Mapping[str, str | None],
    classes: Sequence[str],
    said_by: Mapping[str, Collection[str]],
) -> Held:
    """A judge's classes against those of people, and of people with each other.

    Args:
        labels: of people.
        judged: class of each item that the judge was asked about, None where it gave none.
        classes: the rubric's.
        said_by: items of each member; told only now, when all have judged.
    """
    everyone = sorted({item for given in labels.by.values() for item in given})
    told = {
        item: [given[item] for given in labels.by.values() if item in given] for item in everyone
    }
    agreed = {item: found for item in everyone if (found := consensus(told[item])) is not None}
    of_judge = {item: found for item, found in judged.items() if found is not None}
    pairs = combinations(labels.by, 2)
    return Held(
        labellers=tuple(labels.by),
        items=len(everyone),
        empty=labels.empty,
        unknown=labels.unknown,
        without_consensus=len(everyone) - len(agreed),
        without_class=sum(item in judged and item not in of_judge for item in agreed),
        not_judged=sum(item not in judged for item in agreed),
        consensus=_both(of_judge, agreed, classes),
        each={who: _both(of_judge, given, classes) for who, given in labels.by.items()},
        between={f"{a}, {b}": _both(labels.by[a], labels.by[b], classes) for a, b in pairs},
        by_member={
            member: _both(of_judge, {i: agreed[i] for i in items if i in agreed}, classes)
            for member, items in sorted(said_by.items())
        },
        alpha_people=krippendorff([told[item] for item in everyone]),
        alpha_all=krippendorff(
            [told[item] + ([of_judge[item]] if item in of_judge else []) for item in everyone]
        ),
    )


def _both(one: Mapping[str, str], other: Mapping[str, str], classes: Sequence[str]) -> Agreement:
    """Agreement on what both labelled."""
    shared = sorted(one.keys() & other.keys())
    return agreement([one[item] for item in shared], [other[item] for item in shared], classes)
