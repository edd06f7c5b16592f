"""What `society compare` tells beside its contrasts."""

import json

import pytest

GENEROUS = "scripted:generous_tit_for_tat=0.5,scripted:random=0.5"


@pytest.fixture
def sweep(run, tmp_path):
    """Scripted societies; generous ones answer random ones by chances that hang on the past."""

    def go(*populations):
        (tmp_path / "e.toml").write_text(
            'name = "e"\n[design]\nscenarios = ["prisoners_dilemma"]\n'
            f"populations = {json.dumps(populations)}\n"
            "wordings = 1\nseeds = 4\nagents = 4\nrounds = 3\n"
        )
        done = run("sweep", "e.toml", "--out", "e", "--quiet")
        assert done.code == 0, done.err

    return go


def test_contrasts_tell_how_many_more_runs_drawn_choices_would_need(run, sweep):
    sweep(GENEROUS, "scripted:tit_for_tat")
    (one,) = json.loads(run("compare", "e", "--by", "population", "--json").out)
    assert one["relative_efficiency"] > 1
    assert one["efficiency_n"] == 4
    told = run("compare", "e", "--by", "population").out
    times = f"{one['relative_efficiency']:.1f}"
    assert f"drawn choices would need {times} times as many runs" in " ".join(told.split())


def test_where_exact_values_do_not_vary_there_is_no_ratio(run, sweep):
    sweep("scripted:random", "scripted:tit_for_tat")
    (one,) = json.loads(run("compare", "e", "--by", "population", "--json").out)
    assert (one["relative_efficiency"], one["efficiency_n"]) == (None, 4)
    assert "drawn choices" not in run("compare", "e", "--by", "population").out


def test_other_metrics_have_no_drawn_twin(run, sweep):
    sweep("scripted:random", "scripted:tit_for_tat")
    asked = ("compare", "e", "--by", "population", "--metric", "mean_payoff")
    (one,) = json.loads(run(*asked, "--json").out)
    assert "relative_efficiency" not in one


def test_every_contrast_of_cooperation_says_what_is_missing_and_what_it_could_do(run, sweep):
    sweep("scripted:random", "scripted:tit_for_tat")
    (one,) = json.loads(run("compare", "e", "--by", "population", "--json").out)
    assert (one["missing_a"], one["missing_b"]) == (0, 0)
    # Nothing is missing: the worst case is the difference itself with its sampling error.
    assert one["worst_low"] == pytest.approx(one["low"])
    assert "missing" not in run("compare", "e", "--by", "population").out


def test_checks_stand_beside_the_interval_when_asked_for(run, sweep):
    sweep("scripted:random", "scripted:tit_for_tat")
    asked = ("compare", "e", "--by", "population", "--checks")
    (one,) = json.loads(run(*asked, "--json").out)
    # Four pairs: 2 of 16 sign flips are the least that a permutation test can give.
    assert one["p_permutation"] >= 2 / 16
    assert one["bca_low"] < one["estimate"] < one["bca_high"]
    assert "over runs alone" in run(*asked).out
