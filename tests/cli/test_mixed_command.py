"""`society mixed`, on scripted societies."""

import json


def test_it_tells_log_odds_probabilities_and_what_it_is_for(run, tmp_path):
    (tmp_path / "e.toml").write_text(
        'name = "e"\n[design]\nscenarios = ["prisoners_dilemma"]\n'
        'populations = ["scripted:random", "scripted:generous_tit_for_tat"]\n'
        "wordings = 1\nseeds = 3\nagents = 4\nrounds = 3\n"
    )
    assert run("sweep", "e.toml", "--out", "e", "--quiet").code == 0
    asked = ("mixed", "e", "--by", "population")
    found = json.loads(run(*asked, "--json").out)
    (one,) = found["contrasts"]
    assert (one["a"], one["b"]) == ("scripted:generous_tit_for_tat", "scripted:random")
    assert one["low"] > 0 and one["difference"] > 0.3
    # 2 populations, 3 runs each, 4 agents with 3 partners in 3 rounds.
    assert found["answers"] == 216
    told = " ".join(run(*asked).out.split())
    assert "a sensitivity analysis" in told and "warning: 'scripted:generous_tit_for_tat'" in told
    refused = run(*asked, "--metric", "gini")
    assert (refused.code, refused.out) == (2, "") and "cooperation_rate" in refused.err
