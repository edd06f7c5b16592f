"""Published values and the benchmarks that use them."""

import pytest
from pydantic import ValidationError

from scenarios import human_file
from scenarios.catalogue import catalogue
from scenarios.errors import BenchmarkError
from scenarios.human import Benchmark, Response, Side, benchmarks, responses, told
from scenarios.human_file import BenchmarkFile, Measure, Point
from scenarios.human_page import people
from scenarios.human_rows import distributions, reference

DAL_BO = "DalBoFrechette2011_experienced"
HERRMANN = "HerrmannThoniGachter2008"


def rounded(value, digits):
    return pytest.approx(value, abs=0.5 * 10**-digits + 1e-9)


def shape(*points):
    """A benchmark of these values."""
    return Benchmark(
        game="public_goods",
        preset="herrmann-2008",
        statistic="contribution",
        distance="absolute",
        condition="",
        points=points,
        seats=4,
        levels=True,
        citation="",
        doi=None,
        confidence="verified_secondary",
        caveats=(),
    )


@pytest.mark.parametrize("each", benchmarks(), ids=lambda each: f"{each.game}:{each.name}")
def test_every_benchmark_names_a_game_a_preset_and_values_between_0_and_1(each):
    assert each.preset in catalogue()[each.game].presets
    assert each.points
    assert all(0 <= point.value <= 1 for point in each.points)
    assert len({point.x for point in each.points}) == len(each.points)
    assert each.citation
    assert each.caveats


def test_no_two_benchmarks_of_a_game_bear_the_same_name():
    names = [(each.game, each.name) for each in benchmarks()]
    assert len(set(names)) == len(names)


def test_single_values_have_an_absolute_distance_and_curves_none():
    for each in benchmarks():
        assert (len(each.points) == 1) == (each.distance == "absolute")


def test_histograms_and_outcomes_add_up_to_one():
    found = [each for each in benchmarks() if each.distance in ("wasserstein", "jensen-shannon")]
    assert len(found) == 8
    for each in found:
        assert sum(point.value for point in each.points) == pytest.approx(1, abs=2e-4)


def test_every_caveat_is_used():
    used = {told for each in benchmarks() for told in each.caveats}
    assert used == set(human_file.declared().caveats.values())


def test_both_sides_of_a_response_are_of_one_game_and_differ():
    for each in responses():
        assert each.more.benchmark.game == each.less.benchmark.game == each.game
        assert each.more != each.less
        assert each.value > 0


@pytest.mark.parametrize("condition", ["no_punishment", "punishment"])
def test_round_means_are_means_over_the_sixteen_cities(condition):
    cities = [
        rows
        for (dataset, _, name), rows in distributions().items()
        if dataset == HERRMANN and name.startswith(f"{condition}|") and "mean" not in name
    ]
    means = distributions()[HERRMANN, "mean_contribution_of_20", f"{condition}|mean_of_16_cities"]
    assert len(cities) == 16
    for place, row in enumerate(means):
        # The cities' means are rounded to four digits as well.
        mean = sum(city[place].value for city in cities) / 16
        assert row.value == pytest.approx(mean, abs=1e-4)


@pytest.mark.parametrize(
    ("condition", "printed", "overall"),
    [("no_punishment", "no punishment", 8.52), ("punishment", "punishment", 12.87)],
)
def test_printed_contributions_follow_from_the_curves(condition, printed, overall):
    curve = distributions()[HERRMANN, "mean_contribution_of_20", f"{condition}|mean_of_16_cities"]
    label = "no punishment" if condition == "no_punishment" else "punishment 1:3"
    for row in curve:
        key = (
            f"groups of 4 fixed, MPCR 0.4, endowment 20, {label}, period {row.x}, mean of 16 cities"
        )
        assert reference()["public_goods", "mean_contribution", key].value == rounded(row.value, 2)
    key = f"{printed}, all 10 periods, mean of 16 cities"
    assert reference()["public_goods", "mean_contribution", key].value == overall
    assert overall == rounded(sum(row.value for row in curve) / 10, 2)


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        (f"D{short}R{reward}", f"delta={delta}, T=50 R={reward} P=25 S=12")
        for short, delta in (("5", "0.50"), ("75", "0.75"))
        for reward in (32, 40, 48)
    ],
)
def test_printed_shares_of_dal_bo_and_frechette_are_those_of_the_cells(cell, condition):
    where = f"{condition}, last supergames (>=20 played)"
    for short, long in (
        ("coop_round1", "cooperation_round1"),
        ("coop_all_rounds", "cooperation_all_rounds"),
    ):
        (row,) = distributions()[DAL_BO, short, cell]
        assert reference()["pd_infinite", long, where].value == rounded(row.value, 3)


@pytest.mark.parametrize(
    ("x", "own", "other", "printed"),
    [
        ("CC", "C", "C", 0.979),
        ("CD", "C", "D", 0.362),
        ("DC", "D", "C", 0.373),
        ("DD", "D", "D", 0.044),
    ],
)
def test_pooled_reactions_are_those_of_the_six_cells(x, own, other, printed):
    rows = [
        row
        for (dataset, measure, _), found in distributions().items()
        if (dataset, measure) == (DAL_BO, "p_coop_given_prev")
        for row in found
        if row.x == x
    ]
    key = (
        "pd_infinite",
        "p_cooperate_given_previous",
        f"pooled 6 treatments, own {own} other {other}",
    )
    n = sum(row.n for row in rows)
    assert len(rows) == 6
    assert reference()[key].value == printed
    assert reference()[key].n == n
    assert printed == rounded(sum(row.value * row.n for row in rows) / n, 3)


def test_the_shorter_horizon_of_dal_bo_and_frechette_halves_cooperation_and_more():
    # Table values at a reward of 40: .694 at 3/4 and .211 at 1/2.
    (found,) = [each for each in responses() if "reward of 40" in each.manipulation]
    assert found.value == pytest.approx(0.483)
    low, high = found.interval
    # Ends: .570 to .815 and .145 to .281. Below: sqrt(.124^2 + .070^2) = .1424; above:
    # sqrt(.121^2 + .066^2) = .1378.
    assert low == pytest.approx(0.483 - 0.1424, abs=1e-4)
    assert high == pytest.approx(0.483 + 0.1378, abs=1e-4)


def test_a_response_has_no_interval_where_a_side_has_none():
    known, unknown = Point("", 0.6, 0.5, 0.7, 10, ""), Point("", 0.2, None, None, 10, "")
    response = Response("public_goods", "", Side(shape(known), ""), Side(shape(unknown), ""))
    assert response.value == pytest.approx(0.4)
    assert response.interval is None


def test_outcomes_are_shares_of_how_often_they_came():
    # Andreoni's file has none; of Dal Bó & Fréchette's cell D75R40: 138, 54, 54 and 418 of 664.
    (found,) = [
        each
        for each in benchmarks()
        if (each.preset, each.statistic) == ("dal-bo-frechette-2011", "outcomes")
    ]
    assert {point.x: point.value for point in found.points} == {
        "DD": pytest.approx(138 / 664),
        "DC": pytest.approx(54 / 664),
        "CD": pytest.approx(54 / 664),
        "CC": pytest.approx(418 / 664),
    }


def test_the_smallest_distances_that_caveats_tell_are_right():
    # Menus of tenths end at half; what people put beyond must be moved there, class by class.
    for measure, menu, printed in (
        ("ultimatum_offer", range(1, 6), 0.037),
        ("dictator_give_share", range(6), 0.005),
    ):
        rows = distributions()["MobLab_Mei2024", measure, "round1"]
        moved = sum(
            row.value * min(abs(place - offered) for offered in menu) / 10
            for place, row in enumerate(rows)
        )
        assert moved == rounded(printed, 3)
        assert any(f"{printed}" in told for each in benchmarks() for told in each.caveats)


def test_a_measure_that_names_no_row_is_refused_by_the_key_that_is_missing():
    key = {"game": "pd_oneshot", "measure": "cooperation", "condition": "nowhere"}
    measure = Measure(statistic="cooperation", distance="absolute", reference=key)
    with pytest.raises(BenchmarkError, match="nowhere"):
        measure.points()
    with pytest.raises(BenchmarkError, match="names no row"):
        Measure(statistic="cooperation", distance="absolute").points()


def test_a_place_that_nobody_measured_is_refused():
    key = {"dataset": "MobLab_Mei2024", "measure": "ultimatum_offer", "condition": "round1"}
    measure = Measure(statistic="offers", distance="wasserstein", distribution=key, x=("[0,7)",))
    with pytest.raises(BenchmarkError, match=r"\[0,7\)"):
        measure.points()
    with pytest.raises(BenchmarkError, match="no place '11'"):
        shape(Point("1", 0.5, None, None, None, "")).point("11")


def test_unknown_keys_of_the_file_are_refused():
    with pytest.raises(ValidationError, match="studies"):
        BenchmarkFile.model_validate({"caveats": {}, "study": [], "studies": []})


def test_a_page_tells_values_n_confidence_and_sources():
    text = people("public_goods")
    assert "| `herrmann-2008-punishment` | with punishment, groups of 4, ten periods |" in text
    # 8.52 of 20 tokens.
    assert "| `contribution` | 0.426 | 1120 | computed from microdata |" in text
    assert "1: 0.529 [0.475, 0.583]" in text
    assert "| punishment: with rather than without | `contribution` | +0.217 |" in text
    assert "doi:10.1126/science.1153808" in text
    assert people("oversight") == ""


def test_a_game_tells_its_values_as_json_and_nothing_where_nobody_was_measured():
    found = told("trust")
    assert found["benchmarks"]["berg-1995 share_sent"]["values"][0]["value"] == 0.5
    assert found["benchmarks"]["berg-1995 share_sent"]["confidence"] == "verified_secondary"
    assert told("commons")["benchmarks"]["govsim-2024 commons_yield"]["distance"] is None
    assert told("oversight") is None
