"""Claims about dose-response, tipping points and spillover, with planted truth."""

import numpy as np
import pytest

from analysis.coherence.breaks import one_break
from analysis.coherence.tipping import controls, responses, spillover
from analysis.errors import UnknownNameError
from analysis.folder import open_folder

DOSES = (0.0, 0.1, 0.25, 0.5, 0.75)
FOCAL, TROPE = "human-benevolent", "tin-man"


def planted(truth, blocks=20, noise=0.02, doses=DOSES):
    """Doses, values and blocks: truth plus a level for each block plus noise, seed fixed."""
    generator = np.random.default_rng(7)
    rows = [
        (dose, truth(dose) + level + generator.normal(0, noise), block)
        for block, level in enumerate(generator.normal(0, 0.1, blocks))
        for dose in doses
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def test_a_planted_jump_is_found_where_it_is():
    found = one_break(*planted(lambda dose: 0.8 - 0.1 * dose - 0.3 * (dose > 0.3)))
    assert (found.form, found.between, found.at) == ("jump", (0.25, 0.5), 0.375)
    assert found.change == pytest.approx(-0.3, abs=0.03)
    assert found.low <= found.at <= found.high
    assert found.p == 1 / 1000
    assert found.explained > 0.9


def test_a_planted_bend_is_found_where_it_is():
    found = one_break(*planted(lambda dose: 0.8 - 1.2 * max(dose - 0.25, 0), noise=0.01))
    assert (found.form, found.at) == ("bend", 0.25)
    assert found.change == pytest.approx(-1.2, abs=0.1)
    assert found.p < 0.01


def test_a_straight_line_has_no_break():
    found = one_break(*planted(lambda dose: 0.8 - 0.5 * dose))
    assert found.p > 0.05
    exact = one_break(*planted(lambda dose: 0.8 - 0.5 * dose, noise=0))
    assert (exact.p, exact.explained) == (1, 0)


def test_the_search_for_a_break_has_been_paid_for():
    """Where there is none, p is below .1 in about one case of ten, whatever was searched."""
    generator = np.random.default_rng(1)
    doses, _, blocks = planted(lambda dose: 0, blocks=8)
    values = [one_break(doses, generator.normal(size=len(doses)), blocks).p for _ in range(80)]
    # Four standard errors of a share of .1 in 80: .1 +- .134.
    assert np.mean(np.array(values) <= 0.1) < 0.234
    assert 0.35 < np.mean(values) < 0.65


def test_a_certain_jump_is_as_sure_as_permutations_can_be():
    found = one_break(*planted(lambda dose: float(dose > 0.3), noise=0))
    assert (found.p, found.explained) == (1 / 1000, pytest.approx(1))
    assert (found.low, found.high) == (0.375, 0.375)


def test_the_break_does_not_depend_on_the_order_of_the_rows():
    doses, values, blocks = planted(lambda dose: 0.8 - 0.3 * (dose > 0.2), noise=0.1)
    shuffled = np.random.default_rng(3).permutation(len(doses))
    again = one_break(*(np.array(column)[shuffled] for column in (doses, values, blocks)))
    assert again == one_break(doses, values, blocks)


def test_three_shares_or_one_pair_are_too_few_for_a_break():
    few = one_break(*planted(lambda dose: dose, doses=DOSES[:3]))
    assert few == "3 shares, and a break needs 4"
    alone = one_break(*planted(lambda dose: dose, blocks=1))
    assert alone == "a single pair of runs, and a break needs 2"


@pytest.fixture
def series(synthetic, tmp_path):
    """`series(trope, {share: focal's rate}, name)`: four seeds of eight seats at each share."""

    def go(rates_by_trope, name="series"):
        runs = [
            _run(synthetic, trope, share, rate, seed)
            for trope, rates in rates_by_trope.items()
            for share, rate in rates.items()
            for seed in range(4)
        ]
        return open_folder(synthetic.write(tmp_path / name, runs))

    return go


def _run(synthetic, trope, share, rate, seed):
    """Whoever is focal cooperates with probability `rate` at most; the others never do."""
    replaced = round(share * 8)
    members = [trope] * replaced + [f"{FOCAL}/respondent-{i}" for i in range(8 - replaced)]
    given = {trope: 0.01, **dict.fromkeys(members[replaced:], rate + 0.01 * seed)}
    name = f"{trope} among {FOCAL}"
    factors = {"series": name, "share": f"{share:g}", "population": f"{name} {share}", "rounds": 1}
    document, tables = synthetic.draw(members, given, seed, **factors)
    for who in document["characters"]:
        who["focal"] = who["member"] == FOCAL
    return document, tables


LINE = {0: 0.8, 0.25: 0.7, 0.5: 0.6, 0.75: 0.5}


def test_the_dose_response_is_the_slope_of_those_who_stay(series):
    (found,) = responses(series({TROPE: LINE}))
    assert found.series == f"{TROPE} among {FOCAL}"
    assert found.shares == (0, 0.25, 0.5, 0.75)
    # Seeds add 0, .01, .02 and .03 to every level: .015 on average, and nothing to the slope.
    assert found.means == pytest.approx([0.815, 0.715, 0.615, 0.515])
    assert found.slope.value == pytest.approx(-0.4)
    assert found.slope.low == pytest.approx(-0.4)
    assert found.verdict().startswith("no tipping point: a break does not improve on the line")


def test_a_planted_tipping_point_is_said(series):
    (found,) = responses(series({TROPE: {0: 0.8, 0.25: 0.8, 0.5: 0.3, 0.75: 0.3}}))
    assert found.tipping.between == (0.25, 0.5)
    assert found.verdict().startswith("tipping point between 0.25 and 0.5 (a jump, p = ")


def test_a_share_at_which_nobody_is_focal_has_no_value(series):
    (found,) = responses(series({TROPE: {**LINE, 1: 0.5}}))
    assert found.shares == (0, 0.25, 0.5, 0.75)


def test_two_shares_give_a_slope_and_no_tipping_point(series):
    (found,) = responses(series({TROPE: {0: 0.8, 0.5: 0.5}}))
    assert found.slope.value == pytest.approx(-0.6)
    assert found.tipping is None
    assert found.verdict() == ("no tipping point can be looked for: 2 shares, and a break needs 4")


def test_spillover_is_the_slope_beyond_that_of_seats_that_only_do_the_same(series):
    matched = "scripted:rates:rates.toml"
    folder = series({TROPE: LINE, matched: {0: 0.8, 0.25: 0.775, 0.5: 0.75, 0.75: 0.725}})
    found = {one.series: one for one in responses(folder)}
    (pair,) = controls(list(found.values())).items()
    assert pair == (f"{TROPE} among {FOCAL}", f"{matched} among {FOCAL}")
    gap = spillover(*(found[name] for name in pair))
    assert gap.decisive.value == pytest.approx(-0.4 + 0.1)
    # Paired by seed, each of which has the same gap.
    assert (gap.over_runs.n, gap.over_runs.low) == (4, pytest.approx(-0.3))


def test_the_control_may_be_of_another_folder(series):
    (own,) = responses(series({TROPE: LINE}))
    (other,) = responses(series({"scripted:rates:rates.toml": {0: 0.8, 0.5: 0.8}}, "control"))
    assert spillover(own, other).decisive.value == pytest.approx(-0.4)
    assert spillover(own, other).over_runs.n == 4


def test_a_folder_without_a_series_has_no_dose_response(synthetic, tmp_path):
    run = synthetic.draw([FOCAL, TROPE], {FOCAL: 0.8, TROPE: 0.2})
    assert responses(open_folder(synthetic.write(tmp_path / "plain", [run]))) == []


def test_an_unknown_metric_is_named(series):
    with pytest.raises(UnknownNameError, match="did you mean 'expected_cooperation'"):
        responses(series({TROPE: LINE}), "expected_coperation")
