"""Claims about `society show matching`."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.matching import BEGIN, END

_PAGE = Path(__file__).parents[2] / "docs" / "personas.md"


def _table(text: str, first: int) -> dict[str, list[str]]:
    """Rows of one of the Markdown tables between the marks, by their first cell."""
    inside = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    lines = inside.split("\n\n")[first].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows}


def test_as_json_it_is_cells_and_comparisons_with_their_bounds(run: Any) -> None:
    done = run("show", "matching", "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["length"] == "words"
    names = [cell["name"] for cell in told["cells"]]
    assert {"human-hostile", "ai-hostile", "tropes hostile", "tin-man", "denied"} <= set(names)
    assert all(each["within"] for each in told["comparisons"])
    assert {"a", "b", "measure", "mean", "largest", "bound", "judged", "within"} == set(
        told["comparisons"][0]
    )


def test_the_page_on_personas_shows_the_texts_as_they_are(run: Any, tmp_path: Path) -> None:
    copy = tmp_path / "personas.md"
    copy.write_text(_PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("show", "matching", "--write", str(copy)).code == 0
    written, now = _PAGE.read_text(encoding="utf-8"), copy.read_text(encoding="utf-8")
    in_tokens, in_words = _table(written, 0), _table(now, 0)
    assert set(in_tokens) == set(in_words)
    for name, (texts, words, _tokens, *rest) in in_tokens.items():
        # Tokens need the model; everything else must be as measured now.
        assert [texts, words, *rest] == in_words[name], f"society show matching --write {_PAGE}"
    assert {row[-1] for row in _table(written, 1).values()} == {"yes"}


@pytest.mark.model
def test_in_tokens_of_the_embedded_model_the_page_shows_the_texts_as_they_are(
    run: Any, tmp_path: Path
) -> None:
    copy = tmp_path / "personas.md"
    copy.write_text(_PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    asked = ("show", "matching", "--model", "embedded", "--write", str(copy), "--json", "--quiet")
    told = json.loads(run(*asked).out)
    assert told["length"] == "tokens"
    assert all(each["within"] for each in told["comparisons"])
    assert copy.read_text(encoding="utf-8") == _PAGE.read_text(encoding="utf-8")


def test_writing_again_changes_nothing(run: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n", encoding="utf-8")
    assert run("show", "matching", "--write", str(page)).code == 0
    once = page.read_text(encoding="utf-8")
    assert once.startswith(f"before\n{BEGIN}\n|") and once.endswith(f"\n{END}\nafter\n")
    assert run("show", "matching", "--write", str(page)).code == 0
    assert page.read_text(encoding="utf-8") == once


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("matching", "--write", "no-such.md"), "cannot be read"),
        (("persona", "tin-man", "--model", "embedded"), "--model and --write belong to"),
        (("persona",), "which persona?"),
        (("matchin", "x"), "did you mean 'matching'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Any, arguments: tuple[str, ...], message: str
) -> None:
    done = run("show", *arguments)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_page_without_a_place_for_the_tables_is_left_alone(run: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here", encoding="utf-8")
    done = run("show", "matching", "--write", str(page))
    assert done.code == 2 and "has no place for the tables" in done.err
    assert page.read_text(encoding="utf-8") == "nothing here"
