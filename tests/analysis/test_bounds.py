"""What missing answers could do to a contrast, by hand and whatever is missing."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.bounds import ends, worst_case
from analysis.contrasts import compare
from analysis.errors import AnalysisError
from analysis.folder import open_folder
from analysis.tallies import tallies

RATE = "cooperation_rate"
KINDS = {"c": "cooperate", "d": "defect", "r": "refusal", "u": "unparsed", "f": "failed"}


def turns(synthetic, answers, exact=None):
    """One round a letter pair: "cd rr" is two rounds."""
    return [
        synthetic.turn(
            number,
            (0, 1),
            tuple(KINDS[letter] for letter in pair),
            probabilities=tuple(exact if letter in "cd" else None for letter in pair),
        )
        for number, pair in enumerate(answers.split(), 1)
    ]


@pytest.fixture
def folder(synthetic, tmp_path):
    def make(exact=None, **by_population):
        path = tmp_path / f"folder-{len(list(tmp_path.iterdir()))}"
        runs = [
            synthetic.run(
                ["tin-man", "tin-man"], turns(synthetic, answers, exact), seed, population=name
            )
            for name, each in by_population.items()
            for seed, answers in enumerate(each)
        ]
        return open_folder(synthetic.write(path, runs))

    return make


def test_missing_answers_are_all_taken_as_cooperative_or_all_as_not(folder):
    # a: 2 of 3 decided are cooperative, 1 of 4 missing: from 2/4 to 3/4, then 4 of 4.
    found = worst_case(folder(a=["cd cr", "cc cc"], b=["dd uf", "dc cc"]), "population", RATE)
    assert (found["a"].asked, found["a"].missing, found["a"].refusal) == (8, 1, 1)
    assert (found["a"].low, found["a"].high) == (pytest.approx(0.75), pytest.approx(0.875))
    # b: 0 of 2 decided, 2 missing: from 0 to 2/4; then 3 of 4.
    assert (found["b"].unparsed, found["b"].failed) == (1, 1)
    assert (found["b"].low, found["b"].high) == (pytest.approx(0.375), pytest.approx(0.625))


def test_a_contrast_has_the_missing_answers_of_its_levels_at_opposite_ends(folder):
    both = ends(folder(a=["cd cr", "cc cc"], b=["dd uf", "dc cc"]), "population", RATE)
    found = both.contrast("a", "b", 0.05, matched=False)
    # Pairs: low 2/4 - 2/4 and 1 - 3/4; high 3/4 - 0 and 1 - 3/4.
    assert found.low == pytest.approx((0 + 0.25) / 2)
    assert found.high == pytest.approx((0.75 + 0.25) / 2)
    # Each end has its own error: .125 and .25, by Student's t of one degree of freedom, 12.706.
    assert found.interval_low == pytest.approx(0.125 - 12.7062 * 0.125, abs=1e-3)
    assert found.interval_high == pytest.approx(0.5 + 12.7062 * 0.25, abs=1e-3)


def test_turned_round_the_bounds_change_places(folder):
    both = ends(folder(a=["cd cr", "cc cc"], b=["dd uf", "dc cc"]), "population", RATE)
    there = both.contrast("a", "b", 0.05, matched=False)
    back = both.contrast("b", "a", 0.05, matched=False)
    assert (back.low, back.high) == (pytest.approx(-there.high), pytest.approx(-there.low))


def test_a_run_without_any_decision_may_be_anything(folder):
    found = worst_case(folder(a=["rr", "cc"], b=["cc", "cc"]), "population", RATE)
    assert (found["a"].low, found["a"].high) == (0.5, 1.0)


def test_the_first_round_has_its_own_missing_answers(folder):
    found = worst_case(
        folder(a=["rc dd", "cc dd"], b=["cc rr", "cc rr"]), "population", "first_round_cooperation"
    )
    assert (found["a"].asked, found["a"].missing, found["b"].missing) == (4, 1, 0)
    assert (found["a"].low, found["a"].high) == (0.75, 1.0)
    assert (found["b"].low, found["b"].high) == (1.0, 1.0)


def test_expected_cooperation_is_filled_up_beside_the_exact_probabilities(folder):
    made = folder(exact=(0.6, 0.4), a=["cd cr", "cc cc"], b=["cc cc", "cc cc"])
    found = worst_case(made, "population", "expected_cooperation")
    # 3 answers of .6 and one missing; then .6.
    assert found["a"].low == pytest.approx((1.8 / 4 + 0.6) / 2)
    assert found["a"].high == pytest.approx((2.8 / 4 + 0.6) / 2)


def test_without_distributions_expected_cooperation_has_no_bounds(folder):
    found = worst_case(folder(a=["cr"], b=["cc"]), "population", "expected_cooperation")
    assert (found["a"].asked, found["a"].low, found["a"].high) == (0, None, None)


def test_it_can_be_told_for_the_characters_of_a_coordinate(synthetic, tmp_path):
    run = synthetic.run(["human-benevolent", "tin-man"], turns(synthetic, "cr cd cc cr"))
    found = worst_case(open_folder(synthetic.write(tmp_path / "x", [run])), "identity", RATE)
    assert (found["ai"].asked, found["ai"].missing, found["human"].missing) == (4, 2, 0)
    assert (found["ai"].low, found["ai"].high, found["human"].low) == (0.25, 0.75, 1.0)


def test_a_member_that_is_focused_is_bounded_alone(synthetic, tmp_path):
    runs = [
        synthetic.run(["guardian", "tin-man"], turns(synthetic, "cr cd"), population=name)
        for name in ("a", "b")
    ]
    made = open_folder(synthetic.write(tmp_path / "x", runs)).focused("tin-man")
    found = worst_case(made, "population", RATE)
    assert (found["a"].asked, found["a"].low, found["a"].high) == (2, 0.0, 0.5)


def test_a_metric_whose_missing_answers_are_not_counted_is_refused(folder):
    with pytest.raises(AnalysisError, match="'welfare_efficiency' is not counted"):
        worst_case(folder(a=["cc"], b=["cc"]), "population", "welfare_efficiency")


answers = st.lists(
    st.tuples(st.sampled_from("cdruf"), st.sampled_from("cd")).map("".join), min_size=1, max_size=4
).map(" ".join)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(answers, min_size=2, max_size=2), st.lists(answers, min_size=2, max_size=2))
def test_the_estimate_lies_between_the_bounds_and_on_them_where_nothing_is_missing(folder, a, b):
    made = folder(a=a, b=b)
    (seen,) = compare(made, "population", [RATE])
    found = ends(made, "population", RATE).contrast("a", "b", 0.05, matched=False)
    assert found.low - 1e-12 <= seen.estimate <= found.high + 1e-12
    nothing = set("".join((*a, *b))) <= set("cd ")
    assert nothing == (found.low == found.high)
    if nothing:
        ends_of = (found.interval_low, found.interval_high)
        assert (found.low, *ends_of) == pytest.approx((seen.estimate, seen.low, seen.high))


def test_tallies_do_not_depend_on_the_order_of_rows(folder):
    made = folder(exact=(0.3, 0.7), a=["cd cr rr", "cc cc"], b=["dd uf", "dc cc"])
    found = tallies(made)
    for run in made.runs:
        file = made.path / "runs" / run.run_id / "decisions.parquet"
        made.read("decisions").filter(run_id=run.run_id).reverse().write_parquet(file)
    assert tallies(replace(made)).equals(found)
