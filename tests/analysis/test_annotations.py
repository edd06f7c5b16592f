"""What a judge said becomes outcomes that can be compared; what it did not say is no 0."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.annotations import FOLDER, judged, read
from analysis.contrasts import compare
from analysis.errors import FolderError, UnknownNameError
from analysis.factorial import factorial
from analysis.folder import Folder, open_folder
from analysis.metrics.own import load
from sim.records import ANNOTATIONS

ASKED = "Are these words plain?"
CLASSES = {"open": "plain", "run_id": "a class may bear any name"}


def annotated(path: Path, rows: list[tuple[str, int, str | None]], **about: object) -> None:
    """Annotations of (run, agent, class); two rows of one agent are two utterances."""
    lines = [
        {"run_id": run, "round": at, "agent": agent, "class": found, "item": f"t{at}"}
        for at, (run, agent, found) in enumerate(rows)
    ]
    table = pl.DataFrame(lines, schema=dict(ANNOTATIONS))
    file = path / FOLDER / "candour.parquet"
    file.parent.mkdir(exist_ok=True)
    table.write_parquet(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    told = {"classes": CLASSES, "table_sha256": digest, "question": ASKED, **about}
    file.with_suffix(".json").write_text(json.dumps(told))


@pytest.fixture
def folder(synthetic: Any, tmp_path: Path) -> Path:
    """Two runs a population; two characters each, of which only the first one speaks."""
    runs = [
        synthetic.run([member, member], [], seed, population=member)
        for member in ("tin-man", "guardian")
        for seed in (0, 1)
    ]
    path = synthetic.write(tmp_path / "played", runs)
    names = {(run["factors"]["population"], run["seed"]): str(run["run_id"]) for run, _ in runs}
    said = {
        # Open 1 of 2, 3 of 4 and 0 of 1, 1 of 1; a refusal beside.
        ("tin-man", 0): ["open", "run_id", None],
        ("tin-man", 1): ["open", "open", "open", "run_id"],
        ("guardian", 0): ["run_id"],
        ("guardian", 1): ["open"],
    }
    annotated(path, [(names[which], 0, one) for which, found in said.items() for one in found])
    return path


def looked_at(path: Path, *metrics: str) -> Folder:
    return open_folder(path).with_own(judged(path, metrics, load([])))


def values(path: Path, metric: str) -> dict[tuple[str, str, str], tuple[float | None, int]]:
    opened = looked_at(path, metric)
    populations = dict(opened.metadata.select("run_id", "population").iter_rows())
    rows = opened.narrowed([metric]).outcomes
    return {
        (populations[run] + run[-1], scope, subject): (value, n)
        for run, _, scope, subject, value, n in rows.iter_rows()
    }


def test_a_share_is_of_the_utterances_that_were_given_a_class(folder: Path) -> None:
    found = values(folder, "judge:candour:open")
    assert found["tin-man0", "run", "run"] == (1 / 2, 2)
    assert found["tin-man1", "agent", "0"] == (3 / 4, 4)
    assert found["guardian0", "persona", "guardian"] == (0.0, 1)
    assert values(folder, "judge:candour:run_id")["tin-man1", "run", "run"] == (1 / 4, 4)


def test_who_said_nothing_has_no_share(folder: Path) -> None:
    assert values(folder, "judge:candour:open")["tin-man0", "agent", "1"] == (None, 0)
    assert values(folder, "judge:candour:excluded")["tin-man0", "agent", "1"] == (None, 0)


def test_what_was_given_no_class_is_a_share_of_all_that_was_judged(folder: Path) -> None:
    found = values(folder, "judge:candour:excluded")
    assert found["tin-man0", "run", "run"] == (1 / 3, 3)
    assert found["tin-man1", "run", "run"] == (0.0, 4)


def test_shares_are_compared_like_any_metric(folder: Path) -> None:
    """Per run .5 and .75 against 0 and 1: by seed .5 and -.25, the mean .125."""
    opened = looked_at(folder, "judge:candour:open")
    (found,) = compare(opened, "population", ["judge:candour:open"], "guardian")
    assert (found.a, found.b, found.n, found.paired) == ("tin-man", "guardian", 2, True)
    assert found.estimate == pytest.approx(0.125)
    turned = compare(opened, "population", ["cooperation_rate", "judge:candour:open"])
    assert [one.metric for one in turned] == ["cooperation_rate", "judge:candour:open"]


def test_shares_are_compared_of_one_member_and_by_coordinates_too(folder: Path) -> None:
    opened = looked_at(folder, "judge:candour:open")
    of_one = opened.focused("tin-man").outcomes.filter(
        metric="judge:candour:open", scope="run", subject="run"
    )
    assert sorted(of_one["value"].drop_nulls().to_list()) == [0.5, 0.75]
    (found,) = compare(opened, "stance", ["judge:candour:open"])
    # By observations within runs: benevolent (guardian) 0 and 1, neutral (tin-man) .5 and .75.
    assert (found.a, found.estimate) == ("benevolent", pytest.approx(-0.125))


def test_a_factorial_takes_them(synthetic: Any, tmp_path: Path) -> None:
    """Cells .5, 1, 0 and 1: population one minus two is (.5 + 1) / 2 - (0 + 1) / 2 = .25."""
    runs = [
        synthetic.run(["tin-man"] * 2, [], 0, population=name, wording=wording)
        for name in ("one", "two")
        for wording in ("stream", "field")
    ]
    path = synthetic.write(tmp_path / "played", runs)
    said = (["open", "run_id"], ["open"], ["run_id"], ["open"])
    names = [str(run["run_id"]) for run, _ in runs]
    told = [(run, 0, one) for run, found in zip(names, said, strict=True) for one in found]
    annotated(path, told)
    opened = looked_at(path, "judge:candour:open")
    found = factorial(opened, ["population", "wording"], ["judge:candour:open"])
    effects = {(one.effect, one.a, one.b): one.estimate for one in found}
    assert effects["population", "one", "two"] == pytest.approx(0.25)
    assert effects["mean", "one, stream", ""] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("judge:candour:opn", "did you mean 'judge:candour:open'?"),
        ("judge:candor:open", "did you mean 'candour'?"),
        ("judge:", "by a rubric ''"),
    ],
)
def test_an_unknown_metric_of_a_judge_is_refused_by_name(
    folder: Path, metric: str, message: str
) -> None:
    with pytest.raises(UnknownNameError) as refused:
        compare(looked_at(folder, metric), "population", [metric])
    assert message in str(refused.value)


def test_where_nothing_was_judged_the_remedy_is_named(synthetic: Any, tmp_path: Path) -> None:
    runs = [synthetic.run(["tin-man"] * 2, [], 0, population=name) for name in ("one", "two")]
    path = synthetic.write(tmp_path / "played", runs)
    with pytest.raises(UnknownNameError, match="`society annotate` does that"):
        looked_at(path, "judge:a:b")


def test_a_table_that_is_not_the_one_told_of_is_refused(folder: Path) -> None:
    file = folder / FOLDER / "candour.parquet"
    read(folder, "candour").table.head(1).write_parquet(file)
    with pytest.raises(FolderError, match="run `society annotate` again"):
        read(folder, "candour")


def test_a_damaged_annotation_leaves_other_metrics_alone(folder: Path) -> None:
    (folder / FOLDER / "candour.json").write_text("{")
    assert compare(looked_at(folder), "population", ["cooperation_rate"])
    with pytest.raises(FolderError, match="cannot be read"):
        looked_at(folder, "judge:candour:open")


def test_an_agreement_is_told_with_its_interval(folder: Path) -> None:
    kappa = {"value": 0.4, "low": 0.15, "high": 0.65, "n": 50}
    agreement = {"labellers": ["anna", "ben"], "consensus": {"kappa": kappa}}
    rows = read(folder, "candour").table.select("run_id", "agent", "class").rows()
    annotated(folder, rows, agreement=agreement)
    told = "judge against 2 labellers: kappa 0.40 [0.15, 0.65], n = 50"
    assert read(folder, "candour").remark == told
    remarks = judged(folder, ["judge:candour:open", "cooperation_rate"], load([])).remarks
    assert set(remarks) == {f"judge:candour:{name}" for name in ("open", "run_id", "excluded")}
    assert set(remarks.values()) == {told}


def test_they_are_declared_like_any_metric(folder: Path) -> None:
    found = judged(folder, ["judge:candour:open"], load([])).metrics["judge:candour:open"]
    assert found.definition == "Are these words plain? open: plain"
    assert (found.unit, found.scopes) == ("share", ("run", "persona", "agent"))
