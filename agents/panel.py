"""People of one's own: a CSV file of answers to the 25 items, and how its columns are named.

Nobody's answer is invented: a person who left anything out is left out, and counted.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agents.errors import PersonaFileError
from agents.person import ITEMS, Panel, Respondent
from agents.statements import STRENGTHS
from scenarios.catalogue import nearest

_MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "."})
"""What stands for no answer."""
_OLDEST = 120
_LEAST, _MOST = STRENGTHS[0], STRENGTHS[-1]
_MANY = 10
"""From so many people on it is odd if nobody ever gives the highest answer."""
_Scale = tuple[int, int]


class PeopleEntry(BaseModel):
    """How a CSV file of people is to be read.

    Attributes:
        file: the CSV file, beside the file that names it.
        name: of the panel.
        id: column that names people.
        age: column of their ages in years.
        gender: column of their genders.
        genders: words for what stands in it; what it does not name is told as it stands.
        items: column of each item that is not called by the item's name.
        scale: lowest and highest answer, where these are not 1 and 6.
        source: where the answers come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    name: str | None = None
    id: str = "id"
    age: str = "age"
    gender: str = "gender"
    genders: Mapping[str, Annotated[str, Field(min_length=1, max_length=20)]] = {}
    items: Mapping[str, str] = {}
    scale: _Scale = (_LEAST, _MOST)
    source: str | None = None


def read_panel(entry: PeopleEntry, folder: Path, where: str) -> Panel:
    """The people of a CSV file.

    Args:
        entry: how to read it.
        folder: that the file's name is looked for in.
        where: what names the file, for messages.

    Raises:
        PersonaFileError: names file, line, column, value and remedy.
    """
    path = folder / entry.file
    _check_entry(entry, where)
    rows = _rows(path)
    people: list[Respondent] = []
    lines: dict[str, int] = {}
    left_out: list[int] = []
    for line, row in rows:
        person = _person(entry, row, f"{path}, line {line}")
        if person is None:
            left_out.append(line)
            continue
        known = lines.setdefault(str(person.id), line)
        if known != line:
            raise PersonaFileError(
                f"{path}, line {line}: {entry.id} = {person.id!r} stands in line {known} already;"
                " give every person an id of their own"
            )
        people.append(person)
    if not people:
        raise PersonaFileError(
            f"{path}: nobody answered all 25 items and told an age and a gender, of {len(rows)}"
            " people; nobody's answers are made up"
        )
    source = entry.source or path.name
    if entry.scale != (_LEAST, _MOST):
        low, high = entry.scale
        source += f", answers of {low} to {high} mapped linearly to 1 to 6, halves up"
    notes = _notes(path, people, left_out, entry)
    return Panel(entry.name or path.stem, source, str(path), tuple(people), notes)


def _check_entry(entry: PeopleEntry, where: str) -> None:
    for item in entry.items:
        if item not in ITEMS:
            hint = nearest(item, dict.fromkeys(ITEMS))
            raise PersonaFileError(f"{where}: items.{item}: there is no such item{hint}")
    low, high = entry.scale
    if not low < high:
        raise PersonaFileError(
            f"{where}: scale = {[low, high]}: write the lowest answer, then the highest"
        )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Every row with the line that it ends on."""
    try:
        # Spreadsheets begin their files with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or ()
            if len(set(header)) < len(header):
                twice = next(name for name in header if list(header).count(name) > 1)
                raise PersonaFileError(f"{path}, line 1: column {twice!r} occurs twice")
            rows = []
            for row in reader:
                if None in row or None in row.values():
                    raise PersonaFileError(
                        f"{path}, line {reader.line_num}: not as many values as line 1 has columns,"
                        f" {len(header)}"
                    )
                rows.append((reader.line_num, row))
            if not rows:
                raise PersonaFileError(f"{path}: no rows; line 1 names columns, each line a person")
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PersonaFileError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None


def _person(entry: PeopleEntry, row: Mapping[str, str], where: str) -> Respondent | None:
    """One person; None where an answer, the age or the gender is missing."""
    columns = {item: entry.items.get(item, item) for item in ITEMS}
    known = {"id": entry.id, "age": entry.age, "gender": entry.gender, **columns}
    for key, column in known.items():
        if column not in row:
            raise PersonaFileError(
                f"{where.rpartition(', ')[0]}, line 1: no column {column!r} for {key};"
                f" {_how_to_map(key)}{nearest(column, dict.fromkeys(row))}"
            )
    cells = {key: row[column].strip() for key, column in known.items()}
    if cells["id"] in _MISSING:
        raise PersonaFileError(f"{where}: {entry.id} is empty; give every person an id")
    if any(cells[key] in _MISSING for key in ("age", "gender", *ITEMS)):
        return None
    answers = tuple(
        _answer(cells[item], entry.scale, f"{where}: {columns[item]}") for item in ITEMS
    )
    age = _whole(cells["age"])
    if age is None or not 0 < age <= _OLDEST:
        raise PersonaFileError(
            f"{where}: {entry.age} = {cells['age']!r}: an age is whole years, 1 to {_OLDEST}"
        )
    return Respondent(cells["id"], answers, _gender(entry, cells["gender"], where), age)


def _how_to_map(key: str) -> str:
    if key in ITEMS:
        return f'say which it is in a TOML file: [people.items] {key} = "COLUMN"'
    return f'say which it is in a TOML file: [[people]] {key} = "COLUMN"'


def _gender(entry: PeopleEntry, given: str, where: str) -> str:
    told = entry.genders.get(given, given)
    if told in entry.genders.values() or told in ("female", "male"):
        return told
    raise PersonaFileError(
        f"{where}: {entry.gender} = {given!r}: female or male, or say what it means:"
        f' genders = {{"{given}" = "WORD"}} in a TOML file'
    )


def _answer(text: str, scale: _Scale, where: str) -> int:
    """An answer on the scale of 1 to 6; of another scale the nearest, halves up."""
    low, high = scale
    given = _whole(text)
    if given is None or not low <= given <= high:
        remedy = "" if scale != (_LEAST, _MOST) else "; for another scale write scale = [LOW, HIGH]"
        raise PersonaFileError(f"{where} = {text!r}: answers are {low} to {high}{remedy}")
    if scale == (_LEAST, _MOST):
        return given
    # Whole numbers throughout, so that a half is a half.
    steps, span = 2 * (given - low) * (_MOST - _LEAST), high - low
    return _LEAST + (steps + span) // (2 * span)


def _whole(text: str) -> int | None:
    """A whole number, also where a spreadsheet wrote 4 as 4.0."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def _notes(
    path: Path, people: Sequence[Respondent], left_out: Sequence[int], entry: PeopleEntry
) -> tuple[str, ...]:
    notes = []
    if left_out:
        some = ", ".join(map(str, left_out[:5])) + (", ..." if len(left_out) > 5 else "")
        everyone = len(left_out) + len(people)
        notes.append(
            f"{path}: {len(left_out)} of {everyone} people left out, who left an answer, age or"
            f" gender empty (line {some})"
        )
    highest = max(max(person.answers) for person in people)
    if len(people) >= _MANY and highest < _MOST and entry.scale == (_LEAST, _MOST):
        notes.append(
            f"{path}: nobody ever answers {_MOST}, and the highest answer is {highest}; if the"
            f" scale ended there, write scale = [1, {highest}]"
        )
    return tuple(notes)
