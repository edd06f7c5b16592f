"""Main effects and interactions recover what was planted, with persons as units."""

import polars as pl
import pytest

from analysis.errors import AnalysisError, UnknownNameError
from analysis.factorial import factorial
from analysis.folder import open_folder

ONLY = ["cooperation_rate"]
STANCES = {"benevolent": (1, 2), "hostile": (3, 4)}


@pytest.fixture
def planted(synthetic, tmp_path):
    """A folder with a run for each population and seed, whose agents have the values given.

    `cells` gives for (identity, stance) the values of that cell's two persons; the same two are
    told as human and as artificial. `controls` gives values of populations without a stance.
    """

    def plant(cells, controls=(), seeds=(0, 1), shift=lambda *_: 0.0):
        runs = []
        entries = [(i, s, values) for (i, s), values in cells.items()]
        entries += [("none", None, values, name) for name, values in controls]
        for seed in seeds:
            for identity, stance, values, *named in entries:
                name = named[0] if named else f"{identity}-{stance}"
                document = synthetic.document(["none"] * len(values), seed, population=name)
                for who, character in enumerate(document["characters"]):
                    prefix = "ai-" if identity == "ai" else ""
                    persona = f"{prefix}respondent-{STANCES[stance][who]}" if stance else name
                    character |= {"member": name, "identity": identity, "stance": stance}
                    character |= {"persona": persona, "kind": "respondent" if stance else "control"}
                given = [value + shift(identity, stance, seed) for value in values]
                runs.append(
                    (document, {**_frames(synthetic), "outcomes": _outcomes(document, given)})
                )
        return open_folder(synthetic.write(tmp_path / "planted", runs))

    return plant


def _frames(synthetic):
    return synthetic.run(["none", "none"], [])[1]


def _outcomes(document, values):
    rows = [
        (document["run_id"], "cooperation_rate", "agent", str(agent), value, 1)
        for agent, value in enumerate(values)
    ]
    names = ["run_id", "metric", "scope", "subject", "value", "n"]
    return pl.DataFrame(rows, schema=names, orient="row")


def found(folder, *by):
    return {(one.effect, one.a, one.b): one for one in factorial(folder, by, ONLY)}


# Two persons a cell. Human: benevolent .8 and .6, hostile .4 and .2; artificial: .6, .4, .4, .2.
CELLS = {
    ("human", "benevolent"): (0.8, 0.6),
    ("human", "hostile"): (0.4, 0.2),
    ("ai", "benevolent"): (0.6, 0.4),
    ("ai", "hostile"): (0.4, 0.2),
}


def test_a_main_effect_is_the_mean_difference_over_the_levels_of_the_others(planted):
    effects = found(planted(CELLS), "identity", "stance")
    # Artificial .5 and .3, mean .4; human .7 and .3, mean .5.
    assert effects["identity", "ai", "human"].estimate == pytest.approx(-0.1)
    # Benevolent (.7 + .5) / 2 = .6; hostile .3.
    assert effects["stance", "benevolent", "hostile"].estimate == pytest.approx(0.3)


def test_an_interaction_is_the_difference_of_the_differences(planted):
    effects = found(planted(CELLS), "identity", "stance")
    named = ("identity x stance", "(ai - human) at benevolent", "(ai - human) at hostile")
    # Benevolent .5 - .7 = -.2; hostile .3 - .3 = 0.
    assert effects[named].estimate == pytest.approx(-0.2)


def test_a_person_told_as_human_and_as_artificial_is_one_unit(planted):
    effects = found(planted(CELLS), "identity", "stance")
    # Within every person the difference is -.2 (benevolent) or 0 (hostile) exactly: no error over
    # persons, though persons differ by .2 from one another.
    assert effects["identity", "ai", "human"].errors["persona"] == 0
    # Stance is between persons. Each cell's two differ by .2 from each other in both identities:
    # sd .1414, squared over n is .01 a stance; two stances: sqrt(.02).
    error = effects["stance", "benevolent", "hostile"].errors["persona"]
    assert error == pytest.approx(0.02**0.5)


def test_a_lone_person_of_one_cell_does_not_hide_how_others_differ(planted):
    cells = {**CELLS, ("human", "hostile"): (0.4,), ("ai", "hostile"): (0.4,)}
    effects = found(planted(cells), "identity", "stance")
    # Benevolent persons still differ by .2 from each other: sd .1414, squared over n is .01.
    assert effects["stance", "benevolent", "hostile"].errors["persona"] == pytest.approx(0.1)


def test_noise_between_seeds_is_the_error_of_runs(planted):
    def shift(identity, stance, seed):
        return 0.1 * seed if identity == "ai" else 0.0

    effects = found(planted(CELLS, seeds=(0, 1), shift=shift), "identity", "stance")
    one = effects["identity", "ai", "human"]
    # Seed 0: -.1; seed 1: 0. Mean -.05, standard error .0707 / sqrt 2 = .05.
    assert one.estimate == pytest.approx(-0.05)
    assert one.errors["run"] == pytest.approx(0.05)
    assert one.n == 2


def test_the_means_of_cells_stand_first_and_controls_beside_them(planted):
    folder = planted(CELLS, controls=[("placebo", (0.5, 0.3)), ("none", (0.1, 0.1))])
    first = factorial(folder, ["identity", "stance"], ONLY)[:6]
    assert [(one.effect, one.a) for one in first] == [
        ("mean", "ai, benevolent"),
        ("mean", "ai, hostile"),
        ("mean", "human, benevolent"),
        ("mean", "human, hostile"),
        ("control", "none"),
        ("control", "placebo"),
    ]
    assert [one.estimate for one in first] == pytest.approx([0.5, 0.3, 0.7, 0.3, 0.1, 0.4])
    assert all(one.p is None for one in first)
    # Persons at .8 and .6: .7 -/+ 12.7 x .1, which is wider than shares can be.
    widest = first[2]
    assert (widest.cluster, widest.low, widest.high) == ("persona", 0.0, 1.0)


def test_controls_do_not_move_the_effects(planted, tmp_path):
    plain = found(planted(CELLS), "identity", "stance")
    (tmp_path / "planted").rename(tmp_path / "before")
    beside = found(planted(CELLS, controls=[("none", (0.9, 0.9))]), "identity", "stance")
    assert {key: one for key, one in beside.items() if key[0] != "control"} == plain


def test_p_is_corrected_over_the_contrasts_of_the_metric(planted):
    def shift(identity, stance, seed):
        return 0.1 * seed if identity == "ai" else 0.05 * seed

    effects = factorial(planted(CELLS, shift=shift), ["identity", "stance"], ONLY)
    tested = [one for one in effects if one.p is not None]
    assert len(tested) == 3
    assert all(one.p_adjusted >= one.p for one in tested)


def test_an_empty_cell_is_refused_by_name(planted):
    cells = {key: values for key, values in CELLS.items() if key != ("ai", "hostile")}
    with pytest.raises(AnalysisError, match=r"1 of 4 cells .* identity=ai, stance=hostile"):
        factorial(planted(cells), ["identity", "stance"], ONLY)


def test_a_factor_with_one_level_is_refused(planted):
    with pytest.raises(AnalysisError, match="'affect' has only 'unmentioned'"):
        factorial(planted(CELLS), ["identity", "affect"], ONLY)


def test_an_unknown_factor_is_refused_with_the_nearest(planted):
    with pytest.raises(UnknownNameError, match="'identiti'; did you mean 'identity'"):
        factorial(planted(CELLS), ["identiti", "stance"], ONLY)


def test_a_metric_of_whole_runs_is_refused(planted):
    with pytest.raises(AnalysisError, match="'gini' is a metric of whole runs"):
        factorial(planted(CELLS), ["identity", "stance"], ["gini"])
