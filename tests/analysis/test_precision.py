"""How many times more runs drawn choices would need, by hand and on drawn societies."""

import pytest

from analysis.estimator import Key, Sample
from analysis.folder import open_folder
from analysis.precision import gain, gains


def sample(*values, first=0):
    return Sample({Key("s", "w", str(seed)): one for seed, one in enumerate(values, first)})


def both(**levels):
    """By level: values of expected cooperation, then of the drawn rate."""
    return {
        (name, level): sample(*values)
        for level, pair in levels.items()
        for name, values in zip(("expected_cooperation", "cooperation_rate"), pair, strict=True)
    }


def test_a_level_has_the_ratio_of_its_squared_errors():
    # Deviations of .1 and of .3 about the mean: variances .01 and .09 of three runs.
    found = gain(both(a=([0.4, 0.5, 0.6], [0.2, 0.5, 0.8])), "a")
    assert (found.n, found.b) == (3, "")
    assert found.exact_variance == pytest.approx(0.01 / 3)
    assert found.drawn_variance == pytest.approx(0.09 / 3)
    assert found.efficiency == pytest.approx(9)


def test_a_contrast_has_that_of_its_pairs():
    values = both(
        a=([0.4, 0.5, 0.6], [0.2, 0.5, 0.8]),
        b=([0.3, 0.5, 0.4], [0.4, 0.5, 0.2]),
    )
    # Differences .1, 0, .2 and -.2, 0, .6: variances .01 and .1733.
    found = gain(values, "a", "b")
    assert found.efficiency == pytest.approx(0.52 / 3 / 0.01)
    assert found.n == 3


def test_only_runs_with_both_metrics_count():
    values = {
        ("expected_cooperation", "a"): sample(0.4, 0.5, 0.6),
        ("cooperation_rate", "a"): sample(0.5, 0.8, 0.1, first=1),
    }
    assert gain(values, "a").n == 2


def test_where_expected_cooperation_does_not_vary_the_gain_has_no_bound():
    found = gain(both(a=([0.5, 0.5], [0.2, 0.8])), "a")
    assert (found.exact_variance, found.efficiency) == (0.0, None)


def test_one_run_shows_no_variance():
    found = gain(both(a=([0.5], [0.2])), "a")
    assert (found.exact_variance, found.drawn_variance, found.efficiency) == (None, None, None)


def folder(synthetic, path, shares):
    runs = [
        synthetic.draw(["tin-man", "guardian"], {"tin-man": p, "guardian": 0.5}, seed, population=p)
        for p in shares
        for seed in range(12)
    ]
    return open_folder(synthetic.write(path, runs))


def test_societies_without_memory_gain_without_bound(synthetic, tmp_path):
    # Every context has one distribution, so that only the draws vary.
    found = gains(folder(synthetic, tmp_path / "x", (0.3, 0.7)), "population")
    assert [(one.a, one.b) for one in found] == [("0.3", ""), ("0.7", ""), ("0.3", "0.7")]
    assert all(one.exact_variance == 0 and one.drawn_variance > 0 for one in found)
    assert {one.n for one in found} == {12}


def test_without_distributions_there_is_nothing_to_gain(synthetic, tmp_path):
    runs = [
        synthetic.run(
            ["tin-man", "tin-man"],
            [synthetic.turn(1, (0, 1), ("cooperate", "defect"))],
            seed,
            population=name,
        )
        for name in ("a", "b")
        for seed in (0, 1)
    ]
    assert gains(open_folder(synthetic.write(tmp_path / "x", runs)), "population") == []
