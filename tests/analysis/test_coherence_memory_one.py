"""Claims about memory-one vectors: scripted strategies are found again, and no more is said."""

from math import log

import polars as pl
import pytest

from analysis.coherence.memory_one import AGENT, strategies, vectors
from analysis.coherence.strategies import KNOWN, STATES, nearest
from analysis.folder import open_folder

FOUND_AGAIN = (
    "always_cooperate",
    "always_defect",
    "tit_for_tat",
    "win_stay_lose_shift",
    "grim",
)


def against_random(played_folder, name, scenario="prisoners_dilemma"):
    """Three seats of a strategy and three that play at random, so that every state is met."""
    mix = f"scripted:{name}=0.5,scripted:random=0.5"
    design = {"scenarios": [scenario], "populations": [mix], "seeds": 2, "wordings": 1}
    return played_folder({**design, "agents": 6, "rounds": 25})


def member_of(table, member):
    return {row["state"]: row for row in table.filter(member=member).iter_rows(named=True)}


@pytest.mark.parametrize("name", FOUND_AGAIN)
def test_a_scripted_strategy_is_found_again_exactly(name, played_folder):
    folder = against_random(played_folder, name)
    found = vectors(folder)
    own = member_of(found, f"scripted:{name}")
    for state, expected in zip(STATES, KNOWN[name], strict=True):
        assert own[state]["drawn"] in (expected, None)
        assert (own[state]["drawn"] is None) == (own[state]["n"] == 0)
    row = strategies(found).row(by_predicate=_is(f"scripted:{name}"), named=True)
    assert (row["nearest"], row["error"], row["distance"]) == (name, 0, 0)
    assert row["lead"] > 100


def test_every_seat_of_a_strategy_is_found_again_in_other_dilemmas_too(played_folder):
    folder = against_random(played_folder, "tit_for_tat", "stag_hunt")
    found = strategies(vectors(folder, AGENT), AGENT)
    own = found.filter(member="scripted:tit_for_tat")
    assert len(own) == 3 * 2
    assert set(own["nearest"]) == {"tit_for_tat"}


def test_noise_turns_what_was_done_but_not_what_follows_from_it(played_folder):
    noisy = {"name": "prisoners_dilemma", "noise": 0.2}
    folder = against_random(played_folder, "win_stay_lose_shift", noisy)
    row = strategies(vectors(folder)).row(
        by_predicate=_is("scripted:win_stay_lose_shift"), named=True
    )
    assert (row["nearest"], row["error"]) == ("win_stay_lose_shift", 0)


def test_generosity_and_chance_are_told_from_the_certain_strategies(played_folder):
    found = strategies(vectors(against_random(played_folder, "generous_tit_for_tat")))
    nearest_to = dict(found.select("member", "nearest").iter_rows())
    assert nearest_to["scripted:generous_tit_for_tat"] == "generous_tit_for_tat"
    assert nearest_to["scripted:random"] == "random"


def test_among_its_own_tit_for_tat_cannot_be_told_from_what_else_cooperates(played_folder):
    design = {"scenarios": ["prisoners_dilemma"], "populations": ["scripted:tit_for_tat"]}
    folder = played_folder({**design, "seeds": 1, "wordings": 1, "agents": 4, "rounds": 10})
    (row,) = strategies(vectors(folder)).iter_rows(named=True)
    assert row["nearest"].split(" or ") == [
        "always_cooperate",
        "tit_for_tat",
        "generous_tit_for_tat",
        "win_stay_lose_shift",
        "grim",
    ]
    assert row["runner_up"] == "random"
    # 6 pairs, 2 seats, 10 rounds: ln 2 for each choice, twice, less the one parameter.
    assert row["lead"] == pytest.approx(2 * 120 * log(2) - 2)


def test_a_vector_is_counted_by_hand(synthetic, tmp_path):
    turns = [
        synthetic.turn(1, (0, 1), ("cooperate", "defect"), probabilities=((0.9, 0.1), None)),
        synthetic.turn(2, (0, 1), ("defect", "defect"), probabilities=((0.2, 0.8), None)),
        synthetic.turn(3, (0, 1), ("refusal", "cooperate")),
        synthetic.turn(4, (0, 1), ("cooperate", "cooperate")),
        synthetic.turn(5, (0, 1), ("cooperate", "defect"), probabilities=((0.7, 0.3), None)),
    ]
    document, tables = synthetic.run(["tin-man", "guardian"], turns)
    tables["decisions"] = tables["decisions"].with_columns(done="action")
    folder = open_folder(synthetic.write(tmp_path / "one", [(document, tables)]))
    own = member_of(vectors(folder), "tin-man")
    counted = {state: (row["n"], row["drawn"], row["exact"]) for state, row in own.items()}
    assert counted == {
        "first": (1, 1, 0.9),
        "CD": (1, 0, 0.2),
        "CC": (1, 1, 0.7),
        "DC": (0, None, None),
        "DD": (0, None, None),
    }
    # The other's choice in round 3 follows (D, D); in round 4 it follows no round that was played.
    other = member_of(vectors(folder), "guardian")
    assert (other["DD"]["n"], other["DD"]["drawn"]) == (1, 1)
    assert sum(row["n"] for row in other.values()) == 4
    assert (other["first"]["low"], other["first"]["high"]) == (0, pytest.approx(0.7935, abs=1e-4))


def test_what_comes_after_a_change_is_not_counted(synthetic, tmp_path):
    turns = [synthetic.turn(n, (0, 1), ("cooperate", "cooperate")) for n in (1, 2, 3)]
    document, tables = synthetic.run(["tin-man", "guardian"], turns)
    tables["decisions"] = tables["decisions"].with_columns(done="action")
    change = {"at": 3, "kind": "denial", "arm": "treatment", "targets": [0]}
    document["interventions"] = [change]
    folder = open_folder(synthetic.write(tmp_path / "one", [(document, tables)]))
    own = member_of(vectors(folder), "tin-man")
    assert (own["first"]["n"], own["CC"]["n"]) == (1, 1)


def test_the_error_rate_is_the_share_of_choices_against_the_strategy():
    # Tit for tat that errs once in ten, in every state.
    found = nearest((0.9, 0.9, 0.1, 0.9, 0.1), (10, 100, 100, 100, 100))
    assert found.names == ("tit_for_tat",)
    assert found.error == pytest.approx(0.1, abs=1e-4)
    assert found.distance == pytest.approx(0, abs=1e-4)


def test_a_character_that_heeds_nobody_is_near_an_unconditional_strategy_with_errors():
    found = nearest((0.7,) * 5, (50,) * 5)
    assert found.names == ("always_cooperate",)
    assert found.error == pytest.approx(0.3)
    assert nearest((0.5,) * 5, (50,) * 5).names == ("random",)
    assert nearest((None,) * 5, (0,) * 5) is None


def _is(member):
    return pl.col("member") == member
