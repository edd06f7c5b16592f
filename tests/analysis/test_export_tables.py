"""Tables for other programs: every row once, exact where the format can, inert where not."""

import csv
import json
import tomllib
from pathlib import Path
from unicodedata import category

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.errors import AnalysisError, FolderError
from analysis.export import FORMATS, export
from analysis.export.inert import flat
from analysis.folder import Folder, open_folder
from analysis.looks import visible
from sim.records import TABLES

HOSTILE = '=HYPERLINK("http://x","\x1b[2J")\u202eevil\u200b'


@pytest.fixture
def folder(synthetic, tmp_path: Path) -> Folder:
    """Two runs; in the second one somebody writes what would be a formula."""
    turns = [synthetic.turn(1, (0, 1), ("cooperate", "defect"), probabilities=((0.75, 0.25), None))]
    runs = [synthetic.run(["guardian", "scripted:grim"], turns, seed) for seed in (0, 1)]
    decisions = runs[1][1]["decisions"]
    runs[1][1]["decisions"] = decisions.with_columns(text=pl.lit(HOSTILE))
    return open_folder(synthetic.write(tmp_path / "experiment", runs))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_parquet_and_json_lines_hold_every_table_exactly(folder: Folder, tmp_path: Path) -> None:
    export(folder, "parquet", tmp_path / "parquet")
    export(folder, "jsonl", tmp_path / "jsonl")
    for name, columns in TABLES.items():
        wanted = folder.read(name)
        assert_frame_equal(pl.read_parquet(tmp_path / "parquet" / f"{name}.parquet"), wanted)
        if len(wanted):
            lines = pl.read_ndjson(tmp_path / "jsonl" / f"{name}.jsonl", schema=dict(columns))
            assert_frame_equal(lines, wanted)


def test_csv_has_lists_as_json_and_numbers_as_they_are(folder: Folder, tmp_path: Path) -> None:
    export(folder, "csv", tmp_path / "csv")
    first, second, *_ = _rows(tmp_path / "csv" / "decisions.csv")
    assert json.loads(first["menu"]) == ["cooperate", "defect"]
    assert json.loads(first["probabilities"]) == [0.75, 0.25]
    assert second["probabilities"] == ""
    # Cooperating with a defector earns nothing, and defecting 5.
    assert (float(first["payoff"]), float(second["payoff"])) == (0, 5)


def test_what_would_be_a_formula_or_an_escape_is_shown_and_no_more(
    folder: Folder, tmp_path: Path
) -> None:
    export(folder, "csv", tmp_path / "csv")
    texts = {row["text"] for row in _rows(tmp_path / "csv" / "decisions.csv")}
    told = (
        '\'=HYPERLINK("http://x","\u2039U+001B\u203a[2J")\u2039U+202E\u203aevil\u2039U+200B\u203a'
    )
    assert texts == {"", told}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d", "\n+"])
def test_every_beginning_of_a_formula_gets_an_apostrophe(start: str) -> None:
    told = flat(pl.LazyFrame({"said": [f"{start}1+1"], "number": [-1.5]})).collect()
    assert told["said"].item().startswith("'")
    assert told["number"].item() == -1.5


@settings(deadline=None)
@given(st.lists(st.text() | st.none(), min_size=1))
@example(["\r\n", "\r", "\n\r"])
def test_no_text_of_a_cell_begins_a_formula_or_hides_anything(texts: list[str | None]) -> None:
    frame = pl.LazyFrame({"said": texts, "menu": [[text] for text in texts]})
    told = flat(frame.cast({"said": pl.String, "menu": pl.List(pl.String)})).collect()
    for text, said, menu in zip(texts, told["said"], told["menu"], strict=True):
        assert (said is None) == (text is None)
        # As on every page of the report, but for the apostrophe.
        assert text is None or said in (visible(text), visible(f"'{text}"))
        assert said is None or not said.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        for cell in (said or "", menu):
            seen = cell.replace("\n", "").replace("\t", "")
            assert not {category(one) for one in seen} & {"Cc", "Cf", "Zl", "Zp"}
        assert text is None or not text.isprintable() or json.loads(menu) == [text]


def test_runs_and_characters_say_what_was_played_and_by_whom(
    folder: Folder, tmp_path: Path
) -> None:
    rows = export(folder, "csv", tmp_path / "csv").rows
    runs = _rows(tmp_path / "csv" / "runs.csv")
    assert [(row["scenario"], row["seed"]) for row in runs] == [
        ("prisoners_dilemma", "0"),
        ("prisoners_dilemma", "1"),
    ]
    assert json.loads(runs[0]["parameters"]) == {"rounds": 10}
    who = _rows(tmp_path / "csv" / "characters.csv")
    assert [row["text"] for row in who[:2]] == ["I am guardian.", "I am scripted:grim."]
    about = tomllib.loads((tmp_path / "csv" / "export.toml").read_text())
    assert about == {"format": "csv", "runs": 2, "rows": rows}
    # Two seats in one round of two runs.
    assert (rows["runs"], rows["characters"], rows["decisions"]) == (2, 4, 4)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_folder_gives_the_same_bytes_again(kind, folder: Folder, tmp_path: Path) -> None:
    def content() -> dict[str, bytes]:
        out = export(folder, kind, tmp_path / "out").out
        return {file.name: file.read_bytes() for file in out.iterdir()}

    assert content() == content()


def test_it_replaces_an_export_and_nothing_else(folder: Folder, tmp_path: Path) -> None:
    out = export(folder, "csv").out
    assert out == folder.path / "exports" / "csv"
    export(folder, "parquet", out)
    assert not list(out.glob("*.csv")) and len(open_folder(folder.path).runs) == 2
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("ten years of work")
    with pytest.raises(AnalysisError, match=r"mine: holds other files; choose a new folder"):
        export(folder, "csv", other)
    with pytest.raises(AnalysisError, match=r"thesis\.txt: is no folder"):
        export(folder, "csv", other / "thesis.txt")
    assert [file.name for file in other.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_that_cannot_be_read_leaves_nothing_behind(
    kind, folder: Folder, tmp_path: Path
) -> None:
    run = folder.runs[1].run_id
    (folder.path / "runs" / run / "decisions.parquet").write_bytes(b"no table")
    with pytest.raises(FolderError, match="cannot be read"):
        export(folder, kind, tmp_path / "new" / "out")
    assert not list((tmp_path / "new").iterdir())


def test_without_a_whole_run_there_is_nothing_to_export(synthetic, tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="holds no whole run yet"):
        export(open_folder(synthetic.write(tmp_path / "empty", [])), "csv")
