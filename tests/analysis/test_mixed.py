"""Crossed random effects: which groupings enter, what is recovered, what is said beside it."""

import numpy as np
import pytest

from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import open_folder
from analysis.laplace import Posterior
from analysis.mixed import averaged, mixed

RATE = "cooperation_rate"


@pytest.fixture
def folder(synthetic, tmp_path):
    """Societies of pairs; a person cooperates with its own probability."""

    def make(people, wordings=("stream",), seeds=4, rounds=6):
        runs = []
        draw = np.random.Generator(np.random.PCG64(5))
        for population, chances in people.items():
            names = [f"human-benevolent/{who}" for who in chances]
            for wording in wordings:
                for seed in range(seeds):
                    turns = [
                        synthetic.turn(
                            number,
                            (first, first + 1),
                            tuple(
                                "cooperate" if draw.random() < chances[who] else "defect"
                                for who in list(chances)[first : first + 2]
                            ),
                        )
                        for number in range(1, rounds + 1)
                        for first in range(0, len(names), 2)
                    ]
                    runs.append(
                        synthetic.run(names, turns, seed, population=population, wording=wording)
                    )
        return open_folder(synthetic.write(tmp_path / "x", runs))

    return make


KIND = {"r-1": 0.8, "r-2": 0.7, "r-3": 0.9, "r-4": 0.8}
HARD = {"r-5": 0.3, "r-6": 0.2, "r-7": 0.4, "r-8": 0.3}


def test_a_planted_difference_is_found_on_both_scales(folder):
    found = mixed(folder({"kind": KIND, "hard": HARD}), "population", RATE, baseline="hard")
    (one,) = found.contrasts
    assert (one.a, one.b) == ("kind", "hard")
    # Log-odds of .8 and .3: 1.39 and -.85.
    assert one.low < 2.23 < one.high
    assert one.low > 0
    assert one.difference == pytest.approx(0.5, abs=0.1)
    assert 0 < one.difference_low < one.difference_high < 1
    assert (found.answers, found.cells, found.runs) == (192, 32, 8)
    assert "society compare" in found.role


def test_only_groupings_that_say_something_of_their_own_enter(folder):
    found = mixed(folder({"kind": KIND, "hard": HARD}), "population")
    # One scenario and one wording; persons are at one level, and so are runs.
    assert [one.grouping for one in found.spreads] == ["person", "run"]
    assert [one.groups for one in found.spreads] == [8, 8]
    assert set(found.left_out) == {
        "scenario",
        "scenario at level",
        "wording",
        "wording at level",
        "person at level",
        "run at level",
    }


def test_persons_who_play_every_level_have_an_effect_of_it_too(folder):
    found = mixed(folder({"one": KIND, "two": KIND}, wordings=("stream", "mill")), "population")
    names = {one.grouping: one.groups for one in found.spreads}
    assert names == {
        "wording": 2,
        "wording at level": 4,
        "person": 4,
        "person at level": 8,
        "run": 16,
    }
    assert any("fewer than 5 groups" in warning for warning in found.warnings)


def test_one_person_a_level_cannot_be_told_from_the_level(synthetic, tmp_path):
    runs = [
        synthetic.run(
            [f"human-benevolent/{who}"] * 2,
            [synthetic.turn(n, (0, 1), ("cooperate", chose)) for n in range(1, 5)],
            seed,
            population=who,
        )
        for who, chose in (("r-1", "cooperate"), ("r-2", "defect"))
        for seed in range(3)
    ]
    found = mixed(open_folder(synthetic.write(tmp_path / "x", runs)), "population")
    assert [one.grouping for one in found.spreads] == ["run"]
    assert {"person", "person at level"} <= set(found.left_out)


def test_differing_persons_make_the_interval_wider_than_equal_ones(folder):
    spread = {"r-1": 0.95, "r-2": 0.05, "r-3": 0.9, "r-4": 0.1}
    same = {"r-5": 0.5, "r-6": 0.5, "r-7": 0.5, "r-8": 0.5}
    found = mixed(folder({"spread": spread, "same": same, "kind": KIND}), "population")
    widths = {(one.a, one.b): one.high - one.low for one in found.contrasts}
    assert set(widths) == {("kind", "same"), ("kind", "spread"), ("same", "spread")}
    sd = {one.grouping: one.sd for one in found.spreads}
    assert sd["person"] > sd["run"]


def test_a_level_that_always_does_the_same_is_said(folder):
    always = dict.fromkeys(HARD, 1.0)
    found = mixed(folder({"kind": KIND, "always": always}), "population")
    assert any("'always' always does the same" in warning for warning in found.warnings)


def test_averaging_over_random_effects_draws_probabilities_toward_one_half():
    sharp = Posterior(np.array([[2.0]]), np.array([[0.0]]), True, 1.0, 1)
    blunt = Posterior(np.array([[2.0]]), np.array([[1.5]]), True, 1.0, 1)
    assert averaged(sharp)[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))
    # The integral of the logistic over Normal(2, 1.5), by quadrature: .80995.
    assert averaged(blunt)[0, 0] == pytest.approx(0.80995, abs=1e-5)


def test_what_is_not_counted_answer_by_answer_is_refused(folder):
    made = folder({"kind": KIND, "hard": HARD}, seeds=1)
    with pytest.raises(AnalysisError, match="'gini' is not counted"):
        mixed(made, "population", "gini")
    with pytest.raises(AnalysisError, match="at 0 levels of 'population'"):
        mixed(made, "population", "expected_cooperation")
    with pytest.raises(UnknownNameError, match="no level 'hart'"):
        mixed(made, "population", RATE, baseline="hart")
    with pytest.raises(UnknownNameError, match="no factor 'populaton'"):
        mixed(made, "populaton")
