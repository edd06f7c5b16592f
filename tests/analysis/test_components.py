"""Claims about variance components of folders, from cooperation that is planted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.components import LABELS, Components, components
from analysis.errors import AnalysisError, UnknownNameError
from analysis.folder import open_folder

METRIC = "expected_cooperation"
HUMANS = tuple(f"human-benevolent/respondent-{number}" for number in range(4))
OTHERS = tuple(f"human-hostile/respondent-{number}" for number in range(10, 14))


def planted(
    synthetic: Any,
    path: Path,
    person: float = 0.0,
    wording: float = 0.0,
    wording_arm: float = 0.0,
) -> Components:
    """Two populations of four people in three wordings, with standard deviations as given."""
    generator = np.random.default_rng(7)
    persons = {name: generator.normal(0, person) for name in HUMANS + OTHERS}
    common = generator.normal(0, wording, 3)
    apart = generator.normal(0, wording_arm, (2, 3))
    runs = []
    for arm, members in enumerate((HUMANS, OTHERS)):
        for place in range(3):
            rates = {
                name: float(np.clip(0.5 + persons[name] + common[place] + apart[arm, place], 0, 1))
                for name in members
            }
            levels = {"population": f"arm {arm}", "wording": f"w{place}", "rounds": 1}
            runs += [synthetic.draw(members, rates, seed, **levels) for seed in range(2)]
    return components(open_folder(synthetic.write(path, runs)), METRIC)


def by_name(found: Components) -> dict[str, Any]:
    return {one.component: one for one in found.found}


def test_persons_alone_are_all_that_varies(synthetic: Any, tmp_path: Path) -> None:
    found = by_name(planted(synthetic, tmp_path / "persons", person=0.1))
    assert found["persona"].share == pytest.approx(1)
    assert found["persona"].units == 8
    assert found["persona"].low < found["persona"].variance < found["persona"].high


def test_a_wording_that_moves_both_arms_alike_is_no_interaction(
    synthetic: Any, tmp_path: Path
) -> None:
    found = by_name(planted(synthetic, tmp_path / "common", wording=0.1))
    assert found["wording"].share == pytest.approx(1)
    assert found["wording_arm"].variance == pytest.approx(0, abs=1e-12)


def test_a_wording_that_moves_the_arms_apart_is_one(synthetic: Any, tmp_path: Path) -> None:
    found = by_name(planted(synthetic, tmp_path / "apart", wording_arm=0.1))
    assert found["wording_arm"].variance > 0.001
    assert found["wording_arm"].units == 6


def test_what_coincides_says_with_what(synthetic: Any, tmp_path: Path) -> None:
    found = by_name(planted(synthetic, tmp_path / "same", person=0.1))
    # Nobody plays both arms and everybody has one text, so that these are the person.
    assert found["persona_arm"].variance is None
    assert found["persona_arm"].within == ("persona",)
    assert found["text"].within == ("persona",)
    assert "scenario" not in found  # there is one


def test_the_arm_s_own_mean_is_no_variance(synthetic: Any, tmp_path: Path) -> None:
    runs = [
        synthetic.draw(members, dict.fromkeys(members, rate), seed, population=name, rounds=1)
        for name, members, rate in (("low", HUMANS, 0.2), ("high", OTHERS, 0.9))
        for seed in range(3)
    ]
    found = components(open_folder(synthetic.write(tmp_path / "arms", runs)), METRIC)
    assert all(one.variance in (None, pytest.approx(0, abs=1e-12)) for one in found.found)
    assert found.arms == ("high", "low")


def test_scripted_seats_are_left_out_and_counted(synthetic: Any, tmp_path: Path) -> None:
    members = ("human-benevolent/respondent-1", "scripted:grim", "human-benevolent/respondent-2")
    rates = dict.fromkeys(members, 0.5)
    runs = [synthetic.draw(members, rates, seed, rounds=1) for seed in range(3)]
    found = components(open_folder(synthetic.write(tmp_path / "mixed", runs)), METRIC)
    assert (found.n, found.left_out) == (6, 3)


def test_components_do_not_depend_on_the_order_of_runs(synthetic: Any, tmp_path: Path) -> None:
    found = planted(synthetic, tmp_path / "any", person=0.1, wording=0.05)
    folder = open_folder(tmp_path / "any")
    turned = type(folder)(folder.path, folder.runs[::-1])
    assert components(turned, METRIC) == found


def test_bad_input_is_named(synthetic: Any, tmp_path: Path) -> None:
    planted(synthetic, tmp_path / "any", person=0.1)
    folder = open_folder(tmp_path / "any")
    with pytest.raises(UnknownNameError, match="no factor 'popultion'; did you mean 'population'"):
        components(folder, METRIC, by="popultion")
    with pytest.raises(AnalysisError, match="metric of whole runs"):
        components(folder, "gini")
    with pytest.raises(AnalysisError, match="0 values"):
        components(folder, "lying_rate")


def test_every_component_has_a_label(synthetic: Any, tmp_path: Path) -> None:
    found = planted(synthetic, tmp_path / "any", person=0.1)
    assert {one.component for one in found.found} <= LABELS.keys()
