"""Claims about what a change in the middle of a run did, worked by hand and planted."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agents.interventions import texts
from agents.minds import Minds
from agents.roster import persona
from analysis.contrasts import compare
from analysis.factorial import factorial
from analysis.folder import open_folder
from analysis.metrics import METRICS, outcomes
from analysis.metrics.interventions import INTERVENTIONS
from analysis.run_record import RunRecord
from scenarios.wording import load
from sim import experiment as experiments
from sim import tables as run_tables
from sim.changing import as_table
from sim.describing import describe
from sim.executor import play
from sim.plan import RunSpec
from sim.records import table
from sim.society import Society

MODELS = {"model": "fake", "readout": "cloze"}
C, D = "cooperate", "defect"
CHANGE = "cooperation_change"
TREATED = {"at": 3, "kind": "denial", "arm": "treatment", "targets": [0]}
Found = dict[tuple[str, str], tuple[float | None, int]]


def measured(
    made: tuple[dict[str, object], dict[str, pl.DataFrame]], changes: Sequence[Mapping[str, object]]
) -> Found:
    """Value and n by metric and subject."""
    document, tables = made
    run = RunRecord.parse({**document, "interventions": list(changes)})
    rows = outcomes(run, tables).select("metric", "subject", "value", "n")
    return {(name, subject): (value, n) for name, subject, value, n in rows.iter_rows()}


@pytest.fixture
def four_rounds(synthetic: Any) -> Any:
    """The tin man cooperates, then defects; the guardian always cooperates with probability .9."""
    likely = (0.9, 0.1)
    turns = [
        synthetic.turn(1, (0, 1), (C, C), probabilities=(None, likely)),
        synthetic.turn(2, (0, 1), (D, C), probabilities=(None, likely)),
        synthetic.turn(3, (0, 1), (D, D), probabilities=(None, likely)),
        synthetic.turn(4, (0, 1), ("refusal", C), probabilities=(None, likely)),
    ]
    return synthetic.run(["tin-man", "guardian"], turns, rounds=4)


def test_before_and_after_are_of_the_target_and_a_refusal_counts_as_neither(
    four_rounds: Any,
) -> None:
    found = measured(four_rounds, [TREATED])
    assert found["cooperation_before", "run"] == (1 / 2, 2)  # C, D
    assert found["cooperation_after", "run"] == (0, 1)  # D, and a refusal
    assert found["cooperation_change", "run"] == (-1 / 2, 3)
    assert found["cooperation_change", "tin-man"] == (-1 / 2, 3)
    assert found["cooperation_change", "0"] == (-1 / 2, 3)
    assert found["cooperation_change", "guardian"] == found["cooperation_change", "1"] == (None, 0)


def test_third_parties_are_all_others_and_the_probability_counts_where_it_is_known(
    four_rounds: Any,
) -> None:
    found = measured(four_rounds, [TREATED])
    # It defected once, by chance: the expectation did not change.
    assert found["third_party_cooperation_before", "run"] == (pytest.approx(0.9), 2)
    assert found["third_party_cooperation_after", "guardian"] == (pytest.approx(0.9), 2)
    assert found["third_party_cooperation_change", "1"] == (pytest.approx(0), 4)
    assert found["third_party_cooperation_change", "0"] == (None, 0)


def test_of_two_changes_what_lies_between_them_counts_as_neither(four_rounds: Any) -> None:
    found = measured(four_rounds, [{**TREATED, "at": 2}, {**TREATED, "at": 4}])
    assert found["cooperation_before", "run"] == (1, 1)
    assert found["cooperation_after", "run"] == (None, 0)  # A refusal alone.
    assert found["cooperation_change", "run"] == (None, 1)


def test_a_change_at_the_beginning_has_no_before(four_rounds: Any) -> None:
    found = measured(four_rounds, [{**TREATED, "at": 1}])
    assert found["cooperation_before", "run"] == (None, 0)
    assert found["cooperation_change", "run"][0] is None


def test_where_everyone_is_treated_there_are_no_third_parties(four_rounds: Any) -> None:
    found = measured(four_rounds, [{**TREATED, "targets": [0, 1]}])
    assert found["third_party_cooperation_after", "run"] == (None, 0)
    # C and D, and .9 twice, in four choices.
    assert found["cooperation_before", "run"] == (pytest.approx((1 + 0 + 0.9 + 0.9) / 4), 4)


def test_a_run_without_a_change_has_no_row_of_these_metrics(four_rounds: Any) -> None:
    """So the outcomes of every run that was played before there were interventions stay."""
    names = {metric.name for metric in INTERVENTIONS}
    assert names <= METRICS.keys()
    assert not names & {name for name, _ in measured(four_rounds, [])}


def test_only_changes_may_lie_below_nothing() -> None:
    """Ends of intervals of shares are cut at 0 and 1."""
    units = {metric.name: metric.unit for metric in INTERVENTIONS}
    changes = {name for name, unit in units.items() if unit != "share"}
    assert changes == {name for name in units if name.endswith("_change")}


def test_a_game_without_harm_has_none(four_rounds: Any) -> None:
    found = measured(four_rounds, [TREATED])
    assert found["harm_after", "run"] == found["third_party_harm_change", "run"] == (None, 0)


PLANTED: dict[str, Any] = {
    "name": "planted",
    "design": {
        "scenarios": ["prisoners_dilemma"],
        "populations": [
            "tin-man=1,scripted:always_cooperate=1",
            "guardian=1,scripted:always_cooperate=1",
        ],
        "wordings": 2,
        "seeds": 3,
        "agents": 4,
        "rounds": 5,
        "interventions": ["none", {"at": 3, "kind": "denial"}, {"at": 3, "kind": "affirmation"}],
    },
}


def willingness(prompt: str) -> float:
    """Who is told that it feels nothing is less willing, the tin man most; nothing else matters."""
    denied = any(text in prompt for text in texts()["denial", "treatment"])
    if not denied:
        return 0.7
    return 0.2 if any(text in prompt for text in persona("tin-man").texts) else 0.3


@pytest.fixture
def recorded(tmp_path: Path, fake_completer: Any, synthetic: Any) -> Callable[..., Any]:
    """`recorded(design, willingness)`: a folder of runs in which a model was so willing."""

    def go(experiment: dict[str, Any], willing_at: Callable[[str], float]) -> Any:
        wordings = load("prisoners_dilemma").wordings.values()
        kind = {f" {wording.options[C].phrase}" for wording in wordings}

        def answer(request: Any) -> list[float]:
            willing = willing_at(request.prompt)
            return [math.log(willing if p in kind else 1 - willing) for p in request.phrases]

        minds = Minds(fake_completer(answer), "cloze")
        specs = experiments.resolve(experiments.check(experiment, "planted"), "planted")
        runs = [played_with(minds, spec) for spec in specs]
        return open_folder(synthetic.write(tmp_path / "planted", runs))

    return go


def played_with(minds: Minds, spec: RunSpec) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    society = Society(spec, minds)
    asyncio.run(play(society, minds))
    options, notes = society.game.options, society.notes
    frames = run_tables.build(spec, society.seats, options, notes, MODELS)
    frames["probes"] = table("probes", [])
    if spec.condition.intervention.changes:
        frames["interventions"] = as_table(spec, notes.changed)
    return describe(society), frames


@pytest.fixture
def folder(recorded: Callable[..., Any]) -> Any:
    """A sweep in which the denial, and nothing else, was made to matter."""
    return recorded(PLANTED, willingness)


def test_identity_and_treatment_interact_as_planted(recorded: Callable[..., Any]) -> None:
    """Claim C6: mistreated, a human falls from .7 to .6 and an artificial mind to .3."""

    def willing(prompt: str) -> float:
        if not any(text in prompt for text in texts()["mistreatment", "treatment"]):
            return 0.7
        return 0.3 if "an artificial mind" in prompt else 0.6

    level = {"at": 2, "kind": "mistreatment"}
    design = {"populations": ["human-neutral", "ai-neutral"], "interventions": [level]}
    sizes = {"rounds": 3, "wordings": 1}
    experiment = {"name": "c6", "design": PLANTED["design"] | design | sizes}
    found = factorial(recorded(experiment, willing), ["identity", "intervention"], [CHANGE])
    by_effect = {one.effect: one for one in found}
    # Changes: ai -.4 and human -.1 if mistreated, 0 in the control.
    assert by_effect["identity"].estimate == pytest.approx((-0.4 + 0) / 2 - (-0.1 + 0) / 2)
    assert by_effect["intervention"].estimate == pytest.approx((-0.4 - 0.1) / 2)
    interaction = by_effect["identity x intervention"]
    assert interaction.estimate == pytest.approx(-0.4 - (-0.1))


def test_a_planted_effect_is_the_difference_in_differences(folder: Any) -> None:
    """Tin man .2 - .7 = -.5, guardian .3 - .7 = -.4, both equally often: -.45; its control 0."""
    found = compare(folder, "intervention", ["cooperation_change"], "denial@3 control")
    by_level = {one.a: one for one in found}
    denial, affirmation = by_level["denial@3"], by_level["affirmation@3"]
    assert denial.estimate == pytest.approx(-0.45)
    assert denial.paired and denial.n == 2 * 2 * 3  # populations, wordings, seeds
    assert denial.high is not None and denial.high < 0
    assert affirmation.estimate == pytest.approx(0)


def test_the_control_shows_no_effect_and_the_plain_run_has_no_before_and_after(folder: Any) -> None:
    rows = folder.outcomes.filter(metric="cooperation_change", scope="run")
    levels = rows.join(folder.metadata.select("run_id", "intervention"), on="run_id")
    by_level = dict(levels.group_by("intervention").agg(pl.col("value").mean()).iter_rows())
    assert by_level == {
        "denial@3": pytest.approx(-0.45),
        "denial@3 control": pytest.approx(0),
        "affirmation@3": pytest.approx(0),
        "affirmation@3 control": pytest.approx(0),
    }


def test_those_who_are_not_addressed_are_third_parties(folder: Any) -> None:
    found = compare(folder, "intervention", ["third_party_cooperation_change"], "denial@3 control")
    (denial,) = [one for one in found if one.a == "denial@3"]
    assert denial.estimate == 0 and denial.n == 12  # Scripted seats always cooperate.


def test_the_interventions_of_a_folder_are_read_together(folder: Any) -> None:
    rows = folder.read("interventions")
    # 4 levels with a change, 2 populations, 2 wordings, 3 seeds, 2 addressed characters each.
    assert len(rows) == 4 * 2 * 2 * 3 * 2
    plain = next(run.run_id for run in folder.runs if run.factors["intervention"] == "none")
    assert "interventions" not in folder.run_tables(plain)
    treated = next(run.run_id for run in folder.runs if run.factors["intervention"] == "denial@3")
    assert folder.run_tables(treated)["interventions"]["arm"].unique().to_list() == ["treatment"]


def test_the_treatment_that_a_game_tells_can_be_contrasted_as_a_scenario(
    played: Any,
) -> None:
    """Claim C6: the game's own treatment is a parameter, and so a level of the scenario."""
    rates = {
        treatment: played(
            {"name": "mistreatment", "treatment": treatment},
            "scripted:reciprocal",
            agents=2,
            rounds=3,
        )["retaliation_rate", "run"]
        for treatment in ("rightless", "respected")
    }
    # Reciprocal worsens the lot of who treats it as rightless, always, and of nobody else.
    assert rates == {"rightless": (1, 6), "respected": (0, 6)}
