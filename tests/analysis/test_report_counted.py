"""Claims about the one pass that the report makes: no division into parts changes what it tells."""

import polars as pl
import pytest

from analysis import quality, summary
from analysis.folder import Folder, open_folder
from analysis.report.counted import BY_POPULATION, BY_ROUND, BY_SCENARIO, counted
from analysis.report.transcripts import candidates, chosen
from sim.records import table

KIND, TIN = "human-benevolent", "tin-man"


@pytest.fixture
def folder(synthetic, tmp_path):
    """Six runs of two populations, with readings in both orders."""
    runs = []
    for seed in range(3):
        for name in (KIND, TIN):
            document, tables = synthetic.draw(
                [name] * 3, {KIND: 0.8, TIN: 0.3}, seed, population=name, rounds=3
            )
            tables["readings"] = _readings(tables["decisions"])
            runs.append((document, tables))
    return open_folder(synthetic.write(tmp_path / "whole", runs))


def _readings(decisions):
    rows = []
    for row in decisions.iter_rows(named=True):
        for shift, variant in ((0.2, "forward"), (-0.1, "reversed")):
            logs = [-1.0 + shift * len(row["persona"]), -0.5]
            told = {"variant": variant, "log_probabilities": logs, "prompt_sha256": row["persona"]}
            keys = ("run_id", "round", "agent", "partner", "phase")
            rows.append({**{key: row[key] for key in keys}, **told})
    columns = table("readings", []).columns
    return table("readings", [tuple(map(row.get, columns)) for row in rows])


def told(folder):
    """All that the report tells of decisions."""
    found = counted(folder, folder.metadata)
    return {
        "rounds": summary.rounds(found.rounds, BY_ROUND),
        "pairs": summary.pairs(found.pairs),
        "missing": quality.missing(found.answers, BY_POPULATION),
        "mass": quality.mass(found.masses, BY_SCENARIO),
        "order": quality.order_effect(found.orders, BY_SCENARIO),
        "candidates": candidates(found.candidates),
        "moves": found.moves.sort("run_id"),
    }


def test_one_run_at_a_time_tells_what_all_together_tell(folder, monkeypatch):
    together = told(folder)
    parts = Folder.parts
    monkeypatch.setattr(Folder, "parts", lambda self: parts(self, part_bytes=1))
    assert len(list(folder.parts())) == 6
    apart = told(folder)
    assert all(apart[name].equals(one) for name, one in together.items())
    assert all(len(one) for one in together.values())


def test_it_counts_every_decision_and_each_context_once(folder):
    found = counted(folder, folder.metadata)
    # Three pairs, two seats, three rounds, six runs; the prompt here is the persona.
    assert found.decisions == 3 * 2 * 3 * 6
    assert quality.order_effect(found.orders, BY_SCENARIO)["n"].to_list() == [2]


def test_transcripts_are_read_from_their_runs_alone(folder):
    ranked = candidates(counted(folder, folder.metadata).candidates)
    one = ranked.filter(population=TIN).head(1)
    rows = chosen(folder, ranked.filter(population=TIN), 1)
    assert rows.columns == table("decisions", []).columns
    assert rows.select(one.columns).equals(one)
    assert rows["round"].to_list() == [2]
    for run in folder.runs:
        if run.run_id != one["run_id"][0]:
            (folder.path / "runs" / run.run_id / "decisions.parquet").write_bytes(b"PAR1")
    assert chosen(folder, one, 5).equals(rows)


def test_an_empty_folder_has_counts_of_nothing(synthetic, tmp_path):
    folder = open_folder(synthetic.write(tmp_path / "empty", []))
    names = ("run_id", "scenario", "population")
    runs = pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
    assert counted(folder, runs).decisions == 0
