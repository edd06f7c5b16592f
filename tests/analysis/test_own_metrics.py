"""Claims about metrics of one's own: what is pooled how, what is refused, and in which words."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contrasts import compare
from analysis.errors import AnalysisError
from analysis.factorial import factorial
from analysis.folder import open_folder
from analysis.metrics import METRICS, known, own
from analysis.metrics.rows import Rows
from analysis.run_record import RunRecord

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "own_metric.py"
HEAD = """
import polars as pl
from analysis.metrics import measure
about = dict(definition="d", denominator="n", undefined="never", source="me")
"""
KIND, TIN = "human-benevolent", "tin-man"


@pytest.fixture
def written(tmp_path):
    """A file with these functions below an import of what they need."""

    def write(text, name="mine.py"):
        file = tmp_path / name
        file.write_text(HEAD + text)
        return file

    return write


@pytest.fixture
def place(synthetic, tmp_path):
    """In round r of 3 the kind one cooperates always, the tin man in round 1 only."""
    pairs = [("cooperate", "cooperate"), ("cooperate", "defect"), ("cooperate", "defect")]
    turns = [synthetic.turn(number, (0, 1), pair) for number, pair in enumerate(pairs, 1)]
    runs = [synthetic.run([KIND, TIN], turns, seed) for seed in range(3)]
    return synthetic.write(tmp_path / "folder", runs)


def scored(place, file):
    folder = open_folder(place).with_own(own.load([file]))
    (name,) = folder.own_metrics
    table = folder.narrowed([name]).outcomes.filter(pl.col("run_id") == folder.runs[0].run_id)
    return {row["subject"]: (row["value"], row["n"]) for row in table.to_dicts()}


def test_the_example_counts_choices_that_repeat_the_last_one(place):
    # The kind one repeats 2 of 2, the tin man 1 of 2 (defect, then defect).
    found = scored(place, EXAMPLE)
    assert found == {"run": (0.75, 4), KIND: (1, 2), TIN: (0.5, 2), "0": (1, 2), "1": (0.5, 2)}


def test_the_page_shows_the_example_whole():
    page = (ROOT / "docs" / "own-metrics.md").read_text()
    assert f"```python\n{EXAMPLE.read_text()}```" in page


def test_it_gives_what_the_registered_metric_of_the_same_definition_gives(place, written):
    file = written("""
@measure(unit="share", better="higher", **about)
def mine(rows):
    made = rows.tables["decisions"].filter(pl.col("answer") == "decision")
    return made.select("agent", value=pl.col("action_class") == "cooperative")
""")
    folder = open_folder(place).with_own(own.load([file]))
    of = ["scope", "subject", "value", "n", "run_id"]
    by_name = {name: folder.narrowed([name]).outcomes for name in ("mine", "cooperation_rate")}
    mine, theirs = (table.select(of).sort(of) for table in by_name.values())
    assert mine.equals(theirs)
    (contrast,) = compare(folder, "persona", ["mine"])
    (other,) = compare(folder, "persona", ["cooperation_rate"])
    assert contrast.estimate == other.estimate == pytest.approx(1 - 1 / 3)


def test_observations_of_nobody_are_pooled_for_the_run_alone(place, written):
    file = written("""
@measure(unit="points", of="run", **about)
def top(rows):
    return pl.DataFrame({"value": [None, 4, 6]})
""")
    assert scored(place, file) == {"run": (5, 2)}
    folder = open_folder(place).with_own(own.load([file]))
    with pytest.raises(AnalysisError, match="'top' is a metric of whole runs"):
        compare(folder, "persona", ["top"])
    with pytest.raises(AnalysisError, match="'top' is a metric of whole runs"):
        factorial(folder, ["persona", "seed"], ["top"])


def test_where_nothing_was_observed_it_is_undefined(place, written):
    file = written("""
@measure(unit="share", **about)
def none(rows):
    return pl.DataFrame({"agent": [], "value": []})
""")
    assert set(scored(place, file).values()) == {(None, 0)}


@given(order=st.permutations(range(9)))
def test_the_order_of_observations_decides_no_digit(order):
    values = [0.1, 0.2, 0.3, 1e16, 1.0, -1e16, 0.7, 0.01, 3.0]
    record = RunRecord("r", "c", 0, "prisoners_dilemma", {}, {}, (2,), ())

    def seen(chosen):
        def mine(rows):
            return pl.DataFrame({"value": [values[n] for n in chosen]})

        one = own.Measure(mine, dict.fromkeys(ABOUT, "x"), None, "run")
        return own._metric(Path("f.py"), one).measure(Rows(record, {}))

    assert seen(order) == seen(range(9))


ABOUT = ("unit", "definition", "denominator", "undefined", "source")
RETURNS = {
    "returned int; return a polars DataFrame with agent and value": "1",
    "no column 'value'": "rows.decisions.select('agent')",
    "no column 'agent'": "pl.DataFrame({'value': [1.0]})",
    "'value' as String; return numbers": "pl.DataFrame({'agent': [0], 'value': ['a']})",
    "not finite; make it null": "pl.DataFrame({'agent': [0], 'value': [float('nan')]})",
    "'agent' as Float64; return the agents' numbers": "pl.DataFrame({'agent': [.5], 'value': [1]})",
    "agent 7; agents are numbered 0 to 1": "pl.DataFrame({'agent': [7], 'value': [1]})",
    "agent None; agents": "pl.DataFrame({'agent': [None, 0], 'value': [1, 1]})",
    r"mine.py:9: wrong on run .*-0 failed: ZeroDivisionError: .*; correct": "1 / 0",
    "ColumnNotFoundError": "rows.decisions.select('nothing')",
}


@pytest.mark.parametrize("message", RETURNS)
def test_what_is_no_observation_is_refused_with_file_function_run_and_remedy(
    place, written, message
):
    file = written(f"""

@measure(unit="share", **about)
def wrong(rows):
    return {RETURNS[message]}
""")
    with pytest.raises(AnalysisError, match=message) as caught:
        scored(place, file)
    assert all(told in str(caught.value) for told in ("mine.py", "wrong", "-0"))
    assert "\n" not in str(caught.value)


FILES = {
    "declares no metric; decorate a function": "def plain(rows): return rows.decisions",
    r"mine.py:5: cannot be run: SyntaxError": "def plain(:",
    r"mine.py:5: cannot be run: ModuleNotFoundError: No module": "import no_such_module",
    r"cannot be run: SystemExit: 3": "import sys; sys.exit(3)",
    "'gini' is taken by another metric; rename": "@measure(unit='u', **about)\ndef gini(rows): ...",
    "m: unit is ''; say it in words": "@measure(unit='', **about)\ndef m(rows): ...",
    "better is 'up'; it must": "@measure(unit='u', better='up', **about)\ndef m(rows): ...",
    "of is 'pairs'; it must be 'agents' or 'run'": (
        "@measure(unit='u', of='pairs', **about)\ndef m(rows): ..."
    ),
    "missing 1 required .* 'unit'": "@measure(**about)\ndef m(rows): ...",
}


@pytest.mark.parametrize("message", FILES)
def test_a_file_that_declares_nothing_usable_is_refused(written, message):
    with pytest.raises(AnalysisError, match=message) as caught:
        own.load([written(FILES[message])])
    assert "mine.py" in str(caught.value)


def test_a_missing_file_and_a_name_in_two_files_are_refused(written, tmp_path):
    with pytest.raises(AnalysisError, match=r"nowhere\.py: cannot be read: No such file"):
        own.load([tmp_path / "nowhere.py"])
    text = "@measure(unit='u', **about)\ndef m(rows): ...\nagain = m"
    both = [written(text), written(text, "other.py")]
    with pytest.raises(AnalysisError, match=r"other\.py: the name 'm' is taken"):
        own.load(both)
    assert list(own.load([both[0], both[0]]).metrics) == ["m"]


def test_only_what_is_asked_for_is_measured_and_nothing_is_written(place, written):
    file = written("@measure(unit='u', **about)\ndef failing(rows): 1 / 0")
    before = {each: each.stat().st_mtime_ns for each in place.rglob("*")}
    folder = open_folder(place).with_own(own.load([EXAMPLE, file]))
    assert len(compare(folder, "persona", ["persistence"])) == 1
    assert {each: each.stat().st_mtime_ns for each in place.rglob("*")} == before
    assert list(known(folder)) == [*METRICS, "persistence", "failing"]


def test_one_member_can_be_looked_at_in_it(place):
    folder = open_folder(place).with_own(own.load([EXAMPLE])).focused(TIN)
    whole = folder.narrowed(["persistence"]).outcomes.filter(pl.col("scope") == "run")
    assert whole["value"].to_list() == [0.5] * 3
