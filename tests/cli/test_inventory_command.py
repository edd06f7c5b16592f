"""Claims about `society inventory`, and about inventories asked while a society plays."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXPERIMENT = """
name = "asked"
[design]
scenarios = ["prisoners_dilemma"]
populations = [{{name = "half", mix = {{human-any = 0.5, tin-man = 0.5}}}}]
wordings = 1
seeds = 1
agents = 4
rounds = 4
comprehension = false
[mind]
model = "{model}"
memory = {{kind = "{memory}"}}
"""
PROBES = '[probes]\ninventory = "ipip-10"\nat = ["before", 1, "after"]\n'


def written(endpoint: Any, lines: str = "", memory: str = "last") -> Path:
    file = Path("asked.toml")
    file.write_text(EXPERIMENT.format(model=endpoint.model, memory=memory) + lines)
    return file


def probes(folder: str) -> pl.DataFrame:
    table = pl.read_parquet(f"{folder}/runs/*/probes.parquet")
    return table.filter(pl.col("instrument") != "comprehension")


def administer(run: Any, endpoint: Any, *more: object) -> Any:
    given = ("--population", "human-any=2,tin-man=1", "--agents", 6, "--form", "10")
    return run("inventory", *given, "--model", endpoint.model, "--out", "one", *more)


def test_every_character_answers_every_item_once(run: Any, endpoint: Any) -> None:
    done = administer(run, endpoint, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["instrument"] == "ipip-10"

    table = probes("one")
    # Four people and two texts of the tin man, ten items each.
    assert len(table) == 60
    assert set(table["round"]) == {0} and set(table["instrument"]) == {"ipip-10"}
    assert set(table["keyed"]) == {"+1", "-1"}
    assert table["persona"].n_unique() == 5
    expected = table["probabilities"].list.eval((pl.element() * (pl.int_range(pl.len()) + 1)).sum())
    assert table["expected"].to_list() == pytest.approx(expected.list.first().to_list())
    readings = pl.read_parquet("one/runs/*/probe_readings.parquet")
    assert len(readings) == 120 and set(readings["answer"]) == {"decision"}

    about = json.loads(next(Path("one/runs").glob("*/run.json")).read_text())
    people = [who for who in about["characters"] if who["member"] == "human-any"]
    assert all(len(who["answers"]) == 25 and len(who["stated"]) == 9 for who in people)
    tropes = [who for who in about["characters"] if who["member"] == "tin-man"]
    assert not any("answers" in who for who in tropes)


def test_the_same_command_asks_nothing_again_and_a_replay_asks_nobody(
    run: Any, endpoint: Any, tables: Any
) -> None:
    assert administer(run, endpoint, "--quiet").code == 0
    before, asked = tables(Path("one")), endpoint.log()["asked"]
    assert administer(run, endpoint, "--quiet").code == 0
    assert administer(run, endpoint, "--replay").code == 0
    assert tables(Path("one")) == before
    assert endpoint.log()["asked"] == asked


def test_a_budget_stops_it_and_the_same_command_goes_on(
    run: Any, endpoint: Any, tables: Any
) -> None:
    done = administer(run, endpoint, "--max-calls", 30, "--concurrency", 1)
    assert done.code == 3 and "run the same command again" in done.err
    assert not list(Path("one/runs").glob("[!.]*"))
    assert administer(run, endpoint, "--quiet").code == 0
    stopped = tables(Path("one"))
    Path("one").rename("stopped")
    assert administer(run, endpoint, "--quiet").code == 0
    assert tables(Path("one")) == stopped


def test_the_report_of_an_inventory_alone_names_the_model_and_has_no_play(
    run: Any, endpoint: Any
) -> None:
    assert administer(run, endpoint, "--quiet").code == 0
    assert run("report", "one").code == 0
    page = Path("one/report.html").read_text()
    assert "What do these characters say of themselves?" in page
    assert "measured on one model, mock," in page
    assert "Populations compared" not in page and "Decisions in full" not in page


def test_a_plan_asks_and_writes_nothing(run: Any, endpoint: Any) -> None:
    done = administer(run, endpoint, "--plan", "--json")
    told = json.loads(done.out)
    assert (told["characters"], told["items"], told["contexts"]) == (6, 10, 60)
    assert told["prompts"] == 120 and told["calls"] == [120, 120]
    assert not Path("one").exists() and endpoint.log()["asked"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--population", "tin-mann"), "tin-man"),
        (("--population", "scripted:grim"), "has no persona"),
        (("--population", "tin-man", "--form", "20"), "the forms are 25 and 10"),
        (("--population", "tin-man", "--readout", "cloce"), "cloze"),
        (("--population", "tin-man", "--model", "scripted:grim"), "answers no inventory"),
    ],
)
def test_bad_input_is_one_line(run: Any, given: tuple[str, ...], said: str) -> None:
    done = run("inventory", *given)
    assert done.code == 2
    assert said in done.err and done.err.count("\n") == 1
    assert not Path("inventories").exists()


def test_a_sampled_readout_scores_what_was_said(run: Any, endpoint: Any) -> None:
    done = administer(run, endpoint, "--readout", "sample", "--quiet")
    assert done.code == 0, done.err
    table = probes("one")
    said = table.filter(pl.col("answer").is_not_null())
    assert len(said) and said["expected"].is_in([1.0, 2, 3, 4, 5, 6]).all()
    assert table.filter(pl.col("answer").is_null())["expected"].is_null().all()
    assert table["probabilities"].is_null().all()


def test_a_play_is_the_same_to_the_byte_whether_it_is_asked_or_not(
    run: Any, endpoint: Any, tables: Any
) -> None:
    assert run("sweep", written(endpoint), "--out", "plain", "--quiet").code == 0
    done = run("sweep", written(endpoint, PROBES), "--out", "probed", "--quiet")
    assert done.code == 0, done.err
    plain, probed = tables(Path("plain")), tables(Path("probed"))
    beside = {name for name in probed if "probe" in name}
    assert {name: probed[name] for name in probed.keys() - beside} == {
        name: plain[name] for name in plain if "probe" not in name
    }
    found = probes("probed")
    # Before, after the first round and after the last: four characters, ten items.
    assert found.group_by("round").len().sort("round").rows() == [(0, 40), (1, 40), (4, 40)]
    assert not len(probes("plain"))
    # What was asked is part of the record, where anything was.
    manifests = [
        json.loads(Path(name, "manifest.json").read_text()) for name in ("plain", "probed")
    ]
    assert ["inventory" in one for one in manifests] == [False, True]


def test_who_remembers_nothing_is_asked_once_however_often(run: Any, endpoint: Any) -> None:
    file = written(endpoint, '[probes]\ninventory = "ipip-10"\nevery = 1\n', memory="none")
    assert run("sweep", file, "--out", "probed", "--quiet").code == 0
    found = probes("probed")
    assert sorted(set(found["round"])) == [0, 1, 2, 3, 4]
    spread = found.group_by("agent", "item").agg(pl.col("expected").n_unique())
    assert (spread["expected"] == 1).all()
    readings = pl.read_parquet("probed/runs/*/probe_readings.parquet")
    personas = found["persona"].n_unique()
    assert readings["prompt_sha256"].n_unique() <= 2 * 10 * personas * 3


def test_a_plan_counts_the_inventory(run: Any, endpoint: Any) -> None:
    def planned(lines: str) -> int:
        done = run("sweep", written(endpoint, lines), "--plan", "--json")
        assert done.code == 0, done.err
        return int(json.loads(done.out)["contexts"][0])

    more = planned('[probes]\ninventory = "ipip-10"\nat = ["before"]\n') - planned("")
    # Ten items of at most four different characters.
    assert 20 <= more <= 40 and more % 10 == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[probes]\ninventory = "ipip-20"\n', "ipip-25"),
        ('[probes]\ninventory = "ipip-10"\nat = [9]\n', "round 9 is never played"),
        ('[probes]\ninventory = "ipip-10"\nevery = 9\n', "probes.every"),
        ('[probes]\ninventory = "ipip-10"\nat = ["during"]\n', "probes.at"),
        ('[probes]\ninventori = "ipip-10"\n', "inventory"),
    ],
)
def test_a_bad_table_of_probes_is_refused_in_one_line(
    run: Any, endpoint: Any, lines: str, said: str
) -> None:
    done = run("sweep", written(endpoint, lines), "--out", "probed")
    assert done.code == 2, done.out
    assert said in done.err and done.err.count("\n") == 1
    assert not Path("probed").exists()


def test_own_people_answer_too_and_are_held_against_their_own_answers(
    run: Any, endpoint: Any
) -> None:
    """The example file of own people: three rows of the public respondents."""
    own = Path(__file__).parents[2] / "examples" / "personas" / "mine.toml"
    given = ("--population", "my-panel", "--personas", own, "--agents", 3, "--form", "10")
    done = run("inventory", *given, "--model", endpoint.model, "--out", "own", "--json")
    assert done.code == 0, done.err
    near = {row["part"]: row for row in json.loads(done.out)["distances"]}
    assert near["all"]["difference_n"] == 3
    assert near["all"]["difference"] is not None


def test_an_intervention_reaches_only_those_who_are_asked_after_it(run: Any, endpoint: Any) -> None:
    """Told at round 3 that it has no feelings, a character is asked as before until round 2."""
    lines = '[probes]\ninventory = "ipip-10"\nevery = 1\n'
    file = written(endpoint, lines, memory="none")
    text = file.read_text().replace(
        "comprehension = false",
        'comprehension = false\ninterventions = [{at = 3, kind = "denial", control = false}]',
    )
    file.write_text(text)
    assert run("sweep", file, "--out", "probed", "--quiet").code == 0
    found = probes("probed").sort("round")
    by_round = found.group_by("agent", "item", maintain_order=True).agg(pl.col("expected"))
    told = by_round["expected"].to_list()
    assert all(before[0] == before[1] == before[2] for before in told)
    assert all(after[3] == after[4] for after in told)
    assert any(each[2] != each[3] for each in told)


def test_the_report_tells_of_inventory_and_drift_only_where_there_was_one(
    run: Any, endpoint: Any
) -> None:
    assert run("sweep", written(endpoint), "--out", "plain", "--quiet").code == 0
    assert run("sweep", written(endpoint, PROBES), "--out", "probed", "--quiet").code == 0
    assert administer(run, endpoint, "--quiet").code == 0
    pages = {}
    for folder in ("plain", "probed", "one"):
        done = run("report", folder)
        assert done.code == 0, done.err
        pages[folder] = (Path(folder) / "report.html").read_text()
    assert 'id="inventory"' not in pages["plain"] and 'id="drift"' not in pages["plain"]
    assert 'id="inventory"' in pages["probed"] and 'id="drift"' in pages["probed"]
    assert 'id="inventory"' in pages["one"] and 'id="drift"' not in pages["one"]
    assert "Adherence by round" in pages["probed"]


@pytest.mark.model
def test_the_embedded_model_tells_an_item_from_its_opposite(run: Any) -> None:
    """Anger is told of less than comfort, whoever is asked: the words are read at all."""
    done = run("inventory", "--population", "placebo", "--agents", 1, "--form", 10, "--out", "one")
    assert done.code == 0, done.err
    table = probes("one")
    assert len(table) == 10 and table["expected"].is_between(1, 6).all()
    assert (table["probabilities"].list.sum() - 1).abs().max() < 1e-9
    by_item = dict(table.select("item", "expected").rows())
    assert by_item["A3"] > by_item["N1"]
