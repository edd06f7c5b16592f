"""Hand-worked values of the metrics of single choices."""

import json

import pytest

from analysis.errors import UnknownNameError
from analysis.metrics import METRICS, metric, outcomes, score
from analysis.metrics.interventions import INTERVENTIONS
from sim.records import OUTCOMES, table

C, D = "cooperate", "defect"
MEMBERS = ["human-benevolent", "tin-man"]


@pytest.fixture
def measured(synthetic):
    """Outcomes of a run of two made of turns, as a function (metric, subject) -> (value, n)."""

    def measure(turns, members=MEMBERS):
        document, tables = synthetic.run(members, turns)
        frame = score(document, tables)
        found = {
            (name, subject): (value, n)
            for name, subject, value, n in frame.select(
                "metric", "subject", "value", "n"
            ).iter_rows()
        }
        return lambda name, subject="run": found[name, subject]

    return measure


@pytest.fixture
def turn(synthetic):
    return lambda number, *chose, **more: synthetic.turn(number, (0, 1), chose, **more)


def test_cooperation_is_the_share_of_decided_answers(measured, turn):
    value = measured([turn(1, C, D), turn(2, C, C), turn(3, "refusal", D)])
    assert value("cooperation_rate") == (3 / 5, 5)
    assert value("cooperation_rate", "human-benevolent") == (1, 2)
    assert value("cooperation_rate", "1") == (1 / 3, 3)


def test_the_first_round_counts_by_itself(measured, turn):
    value = measured([turn(1, C, D), turn(2, D, D)])
    assert value("first_round_cooperation") == (1 / 2, 2)
    assert value("first_round_cooperation", "0") == (1, 1)


def test_expected_cooperation_is_the_mean_probability_not_the_draw(measured, turn):
    value = measured(
        [
            turn(1, D, D, probabilities=((0.75, 0.25), None)),
            turn(2, C, D, probabilities=((0.25, 0.75), None)),
        ]
    )
    assert value("expected_cooperation") == (0.5, 2)
    assert value("expected_cooperation", "1") == (None, 0)


def test_entropy_counts_a_repeated_context_once(measured, turn):
    fair, sure = ((0.5, 0.5), None), ((1.0, 0.0), None)
    given = enumerate([fair, fair, sure], start=1)
    value = measured([turn(number, C, C, probabilities=exact) for number, exact in given])
    assert value("policy_entropy") == (0.5, 2)
    assert value("policy_entropy", "tin-man") == (None, 0)


def test_two_agents_of_one_persona_share_their_contexts(measured, turn):
    fair, sure = (0.5, 0.5), (1.0, 0.0)
    turns = [turn(1, C, C, probabilities=(fair, fair)), turn(2, C, C, probabilities=(fair, sure))]
    value = measured(turns, members=["tin-man", "tin-man"])
    assert value("policy_entropy", "tin-man") == (0.5, 2)
    assert value("policy_entropy", "0") == (1, 1)
    assert value("policy_entropy", "1") == (0.5, 2)


def test_mass_and_payoff_are_means_of_what_is_known(measured, turn):
    value = measured([turn(1, C, D, probabilities=((0.5, 0.5), None)), turn(2, "unparsed", C)])
    assert value("mass") == (0.5, 1)
    assert value("mean_payoff") == (2.5, 2)
    assert value("mean_payoff", "1") == (5, 1)


def test_refusals_and_unparsed_answers_are_counted(measured, turn):
    value = measured([turn(1, "refusal", D), turn(2, "unparsed", D)])
    assert value("refusal_rate") == (1 / 4, 4)
    assert value("unparsed_rate", "0") == (1 / 2, 2)
    assert value("cooperation_rate", "0") == (None, 0)


def test_a_fault_of_transport_is_not_an_answer(measured, turn):
    value = measured([turn(1, "failed", "refusal")])
    assert value("refusal_rate") == (1, 1)


def test_a_run_without_rows_has_every_metric_undefined(synthetic):
    document, tables = synthetic.run(MEMBERS, [])
    frame = score(document, tables)
    assert frame["value"].null_count() == len(frame)
    assert set(frame["n"]) == {0}
    # Those of interventions have rows only where something is changed.
    assert set(frame["metric"]) == set(METRICS) - {metric.name for metric in INTERVENTIONS}


def test_menus_without_a_cooperative_option_are_not_cooperation(synthetic):
    run = synthetic.record(["tin-man"] * 2, scenario="public_goods")
    rows = [
        {"round": 1, "phase": phase, "group": "0", "agent": agent, "answer": "decision"}
        | {"menu": list(menu), "action": action, "action_class": kind}
        for agent in (0, 1)
        for phase, menu, action, kind in (
            ("contribute", ("all", "half", "nothing"), "all", "cooperative"),
            ("punish", ("leave", "deduct"), "leave", "neutral"),
        )
    ]
    frame = outcomes(run, synthetic.tables(run, rows, []))
    rate = frame.filter(metric="cooperation_rate", scope="run")
    assert rate.select("value", "n").row(0) == (1.0, 2)


def test_the_outcomes_have_the_declared_columns_and_every_subject(synthetic):
    document, tables = synthetic.draw([*MEMBERS, "tin-man"], dict.fromkeys(MEMBERS, 0.5))
    frame = score(document, tables)
    assert dict(frame.schema) == dict(OUTCOMES)
    for name, declared in METRICS.items():
        if declared in INTERVENTIONS:
            continue
        scopes = frame.filter(metric=name)["scope"].unique(maintain_order=True).to_list()
        assert scopes == list(declared.scopes)
    subjects = frame.filter(metric="cooperation_rate")["subject"].to_list()
    assert subjects == ["run", "human-benevolent", "tin-man", "0", "1", "2"]


@pytest.mark.parametrize("seed", range(5))
def test_outcomes_do_not_depend_on_the_order_of_rows(synthetic, seed):
    rates = {"human-benevolent": 0.7, "tin-man": 0.3}
    document, tables = synthetic.draw([*MEMBERS, "tin-man"], rates, rounds=4)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in tables.items()
    }
    assert score(document, shuffled).equals(score(document, tables))


def test_values_are_finite_or_null(synthetic):
    document, tables = synthetic.draw(MEMBERS, dict.fromkeys(MEMBERS, 1.0))
    values = score(document, tables)["value"].drop_nulls()
    assert values.is_finite().all()


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'cooperation_rate'"):
        metric("cooperation_rat")


@pytest.mark.parametrize("declared", METRICS.values(), ids=lambda declared: declared.name)
def test_every_metric_declares_itself(declared):
    for text in (declared.unit, declared.definition, declared.denominator, declared.undefined):
        assert text
    assert declared.source
    assert declared.scopes[0] == "run"
    assert json.loads(json.dumps(declared.about()))["definition"] == declared.definition


def test_messages_without_words_are_counted_and_none_said_is_null(synthetic):
    document, tables = synthetic.run(MEMBERS, [])

    def undelivered(*texts):
        rows = [(document["run_id"], 1, agent, 1 - agent, text, None) for agent, text in texts]
        found = score(document, {**tables, "messages": table("messages", rows)})
        told = found.filter(metric="undelivered_rate").select("subject", "value", "n").rows()
        return {subject: (value, n) for subject, value, n in told}

    found = undelivered((0, "Yes."), (0, None), (0, None), (0, "No."))
    assert (found["run"], found["0"], found["1"]) == ((1 / 2, 4), (1 / 2, 4), (None, 0))
    assert undelivered()["run"] == (None, 0)
