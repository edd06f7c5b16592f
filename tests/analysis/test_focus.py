"""Claims about looking at one member of mixed populations, and at what a series does to it."""

import polars as pl
import pytest

from analysis.contrasts import compare
from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import open_folder

NEUTRAL, TROPE = "human-benevolent", "tin-man"


@pytest.fixture
def series(synthetic, tmp_path):
    """At share .25 one of four is replaced; the others then cooperate .6 instead of .8."""

    def run(share, seed):
        mixed = share != "0"
        members = [TROPE if mixed else NEUTRAL, NEUTRAL, NEUTRAL, NEUTRAL]
        turns = []
        # Ten rounds. Who is neutral cooperates in the
        # first 8 rounds of 10 without a trope, in the first 6 with one; the trope never does.
        for number in range(1, 11):
            for pair in ((0, 1), (2, 3)):
                chose = tuple(
                    "cooperate"
                    if members[seat] == NEUTRAL and number <= (6 if mixed else 8)
                    else "defect"
                    for seat in pair
                )
                turns.append(synthetic.turn(number, pair, chose))
        name = f"{TROPE}={share} among {NEUTRAL}"
        more = {"series": f"{TROPE} among {NEUTRAL}", "share": share, "population": name}
        document, tables = synthetic.run(members, turns, seed, **more)
        for character in document["characters"]:
            character["focal"] = character["member"] == NEUTRAL
        return document, tables

    runs = [run(share, seed) for share in ("0", "0.25") for seed in range(4)]
    for document, _ in runs:
        document["run_id"] = f"{document['factors']['share']}-{document['seed']}"
    return open_folder(synthetic.write(tmp_path / "series", relabel(runs)))


def relabel(runs):
    return [
        (
            document,
            {k: t.with_columns(run_id=pl.lit(document["run_id"])) for k, t in tables.items()},
        )
        for document, tables in runs
    ]


def test_the_dose_response_of_the_focal_leaves_out_the_trope(series):
    # Everybody: (3 x .6 + 0) / 4 = .45 against .8. The focal alone: .6 against .8.
    (everybody,) = compare(series, "share", ["cooperation_rate"])
    (focal,) = compare(series.focused("focal"), "share", ["cooperation_rate"])
    assert (everybody.a, everybody.b) == ("0", "0.25")
    assert everybody.estimate == pytest.approx(0.8 - 0.45)
    assert focal.estimate == pytest.approx(0.8 - 0.6)
    assert focal.paired
    assert focal.n == 4
    assert focal.family == "secondary"


def test_a_member_may_be_looked_at_by_its_name(series):
    (named,) = compare(series.focused(NEUTRAL), "share", ["cooperation_rate"])
    assert named.estimate == pytest.approx(0.2)
    # The trope is at one share only: there is nothing to subtract.
    (trope,) = compare(series.focused(TROPE), "share", ["cooperation_rate"])
    assert trope.estimate is None
    assert (trope.n_a, trope.n_b) == (0, 4)


def test_levels_of_the_population_are_compared_at_one_member_too(series):
    (found,) = compare(series.focused("focal"), "population", ["cooperation_rate"])
    assert found.estimate == pytest.approx(0.2)
    assert found.n == 4


def test_whoever_is_not_there_is_refused_with_the_nearest(series, synthetic, tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'tin-man'"):
        series.focused("tin-men")
    plain = synthetic.run([NEUTRAL, TROPE], [synthetic.turn(1, (0, 1), ("cooperate", "defect"))])
    with pytest.raises(AnalysisError, match="nobody is focal"):
        open_folder(synthetic.write(tmp_path / "plain", [plain])).focused("focal")


def test_a_metric_of_whole_runs_is_refused(series):
    with pytest.raises(AnalysisError, match="'gini' is a metric of whole runs"):
        compare(series.focused("focal"), "share", ["gini"])


def test_a_factor_that_some_runs_do_not_have_is_compared_where_it_is(series):
    # Runs of no series have no share; those without a placement were placed at random.
    metadata = series.metadata
    assert metadata["share"].to_list() == ["0"] * 4 + ["0.25"] * 4


def test_folders_of_earlier_versions_lack_who_is_focal_and_are_read(series):
    for file in series.path.glob("runs/*/decisions.parquet"):
        pl.read_parquet(file).drop("focal").write_parquet(file)
    found = open_folder(series.path).read("decisions")
    assert found["focal"].null_count() == len(found) > 0
    pl.read_parquet(file).drop("action").write_parquet(file)
    with pytest.raises(AnalysisError, match="has no action"):
        open_folder(series.path).read("decisions")
