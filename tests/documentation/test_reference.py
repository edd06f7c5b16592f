"""The pages that are written from the code say what the code says."""

import tomllib

import pytest
from claim_page import claims
from command_page import commands
from experiment_page import keys
from markup import docstring, table
from metric_page import metrics
from python_page import python
from table_page import EVERY, MEANINGS, tables

from analysis.claims import CLAIMS
from analysis.metrics import METRICS
from cli.app import COMMANDS

SAID = tomllib.loads(MEANINGS.read_text("utf-8"))


def test_a_cell_cannot_break_its_table():
    assert table(("a", "b"), [("1 | 2", "x\ny")]) == "| a | b |\n|---|---|\n| 1 \\| 2 | x y |"
    assert table(("a",), []) == ""


def test_sections_of_a_docstring_become_lists():
    told = docstring("What it is.\n\nArgs:\n    one: of them,\n        and more.\n    other: too.")
    assert told == ("What it is.\n\n**Args**\n\n- `one`: of them,\n  and more.\n- `other`: too.")


def test_every_command_is_told_with_its_options():
    page = commands()
    assert [name for name in COMMANDS if f"## society {name}\n" not in page] == []
    assert "\n| `--baseline` | `LEVEL` |" in page
    assert "\n| `--rounds` | `N` | `10` | how many rounds |" in page
    assert "### society models check" in page


def test_keys_have_form_default_and_meaning():
    page = keys()
    assert "| `sesoi` | a number, above 0 | `0.05` | the smallest difference" in page
    assert '| `placement` | `"random"` or `"blocks"` or' in page
    assert "| `rounds` | a whole number, or a list of these | `10` | how many rounds;" in page
    assert "(../personas.md#populations)" in page


@pytest.mark.parametrize("name", EVERY)
def test_every_column_of_a_table_is_explained_and_nothing_else(name):
    own = set(SAID[name]) - {"about"}
    assert set(EVERY[name]) <= own | set(SAID["everywhere"])
    assert own <= set(EVERY[name])


def test_no_explanation_is_of_a_column_that_is_gone():
    assert set(SAID) == {*EVERY, "everywhere"}
    assert set(SAID["everywhere"]) <= {column for columns in EVERY.values() for column in columns}
    assert "| `menu` | list of texts |" in tables()


def test_every_metric_and_claim_has_a_heading():
    page = metrics()
    assert [name for name in METRICS if f"\n## {name} {{#{name}}}\n" not in page] == []
    assert [name for name in CLAIMS if f"\n## {name}: " not in claims()] == []


def test_the_python_faces_are_told_with_their_signatures():
    page = python()
    assert "open_folder(path: Path | str) -> Folder" in page
    assert "Society(spec: RunSpec, minds: Minds)" in page
    assert "#### Society.settle" in page
