import json

import polars as pl
import pytest

from analysis.errors import FolderError, UnknownNameError
from analysis.folder import RunTables, open_folder
from analysis.run_record import RunRecord

MEMBERS = ["human-benevolent", "tin-man"]
RATES = {"human-benevolent": 0.8, "tin-man": 0.2}


@pytest.fixture
def place(synthetic, tmp_path):
    runs = [synthetic.draw(MEMBERS, RATES, seed=seed) for seed in range(3)]
    return synthetic.write(tmp_path / "experiment", runs)


def test_every_whole_run_is_seen_in_order_of_its_id(place):
    folder = open_folder(place)
    assert [run.seed for run in folder.runs] == [0, 1, 2]
    assert folder.read("decisions")["run_id"].unique(maintain_order=True).to_list() == [
        run.run_id for run in folder.runs
    ]
    assert len(folder.read("decisions")) == 3 * 10 * 2


def test_temporary_and_incomplete_runs_are_passed_over(place):
    first, second, _ = open_folder(place).runs
    (place / "runs" / first.run_id / "probes.parquet").unlink()
    (place / "runs" / second.run_id).rename(place / "runs" / f".{second.run_id}")
    assert [run.seed for run in open_folder(place).runs] == [2]


def test_factors_become_text_columns(place):
    metadata = open_folder(place).metadata
    assert metadata.columns[:4] == ["run_id", "condition", "seed", "scenario"]
    assert metadata["agents"].to_list() == ["2", "2", "2"]


def test_characters_carry_their_coordinates(place):
    characters = open_folder(place).characters.filter(pl.col("member") == "tin-man")
    assert characters["affect"].unique().to_list() == ["denied"]


def test_a_folder_without_runs_still_opens_with_empty_tables(synthetic, tmp_path):
    folder = open_folder(synthetic.write(tmp_path / "empty", []))
    assert folder.read("outcomes").is_empty()
    assert folder.metadata.is_empty()


@pytest.mark.parametrize("missing", ["experiment.toml", "runs"])
def test_another_folder_is_refused_with_path_and_remedy(tmp_path, missing):
    (tmp_path / ({"experiment.toml": "runs", "runs": "experiment.toml"}[missing])).mkdir()
    with pytest.raises(FolderError, match=rf"{tmp_path.name}.*no {missing}.*society sweep"):
        open_folder(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FolderError, match="no such folder"):
        open_folder(tmp_path / "nowhere")


def test_a_torn_table_names_the_folder_and_the_table(place):
    run = open_folder(place).runs[0]
    (place / "runs" / run.run_id / "decisions.parquet").write_bytes(b"PAR1")
    with pytest.raises(FolderError, match="table 'decisions' cannot be read"):
        open_folder(place).read("decisions")
    with pytest.raises(FolderError, match=f"run {run.run_id} cannot be read"):
        open_folder(place).run_tables(run.run_id)


def test_a_record_without_a_key_names_the_file(place):
    path = place / "runs" / open_folder(place).runs[0].run_id / "run.json"
    document = json.loads(path.read_text())
    del document["characters"]
    path.write_text(json.dumps(document))
    with pytest.raises(FolderError, match=r"run\.json: not the record of a run.*characters"):
        open_folder(place)


def test_a_run_renamed_by_hand_is_refused(place):
    path = place / "runs" / open_folder(place).runs[0].run_id / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"run_id": "other"}))
    with pytest.raises(FolderError, match="run_id is 'other'"):
        open_folder(place)


def test_characters_must_be_numbered_without_gaps(synthetic):
    document = synthetic.document(MEMBERS)
    document["characters"][1]["agent"] = 5
    with pytest.raises(FolderError, match="numbered 0 to 1"):
        RunRecord.parse(document)


def test_an_unknown_run_names_the_nearest(place):
    folder = open_folder(place)
    known = folder.runs[0].run_id
    with pytest.raises(UnknownNameError, match=f"did you mean '{known}'"):
        folder.run(known.replace("complete", "complte"))
    assert set(folder.run_tables(known)) >= {"decisions", "outcomes"}


@pytest.mark.parametrize("part_bytes", [1, 10**9])
def test_parts_are_the_whole_in_order_however_large_they_are(place, part_bytes):
    folder = open_folder(place)
    parts = list(folder.parts(part_bytes))
    assert len(parts) == (len(folder.runs) if part_bytes == 1 else 1)
    assert [run for part in parts for run in part.runs] == list(folder.runs)
    assert pl.concat([part.read("decisions") for part in parts]).equals(folder.read("decisions"))


def test_narrowed_outcomes_are_those_of_the_metrics_named(place):
    folder = open_folder(place)
    all_of_it = folder.outcomes.filter(pl.col("metric").is_in(["gini", "cooperation_rate"]))
    assert folder.narrowed(["cooperation_rate", "gini"]).outcomes.equals(all_of_it)
    stored = folder.read("outcomes")
    left_out = stored.filter(pl.col("value").is_null(), scope="agent")
    assert len(folder.outcomes) == len(stored) - len(left_out)


def test_tables_of_a_run_are_read_when_they_are_looked_at(place):
    folder = open_folder(place)
    run = folder.runs[0].run_id
    (place / "runs" / run / "readings.parquet").write_bytes(b"PAR1")
    tables = RunTables(folder, run)
    assert len(tables["decisions"]) > 0
    assert tables.get("interventions") is None
    with pytest.raises(FolderError, match=f"run {run} cannot be read"):
        tables["readings"]
