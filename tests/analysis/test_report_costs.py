"""Claims about the report's section on cost: it shows what the manifest says, and nothing else."""

from analysis.report.costs import cost, faults, price

USAGE = {
    "decisions": 5000,
    "model_decisions": 4000,
    "contexts": 90,
    "calls": 200,
    "calls_per_decision": 0.05,
    "prompt_tokens": 60000,
    "cached_tokens": 45000,
    "cached_share": 0.75,
    "new_tokens_per_decision": 3.75,
    "completion_tokens": 200,
    "requests": 212,
    "failed_requests": 1,
    "seconds": 75.0,
    "faults": [{"kind": "429", "faults": 11, "recovered": 9, "given_up": 2, "seconds": 0.4}],
    "cost": 0.0123,
    "price": {"currency": "EUR", "input": 0.15, "cached_input": 0.075, "output": 0.6},
}


def test_every_number_is_the_manifests() -> None:
    shown = dict(cost(USAGE).rows)
    assert shown["decisions"] == "5,000" and shown["decisions that the model made"] == "4,000"
    assert shown["calls per decision that it made"] == "0.050"
    assert shown["share of them"] == "75%"
    assert shown["new prompt tokens per decision"] == "3.8"
    assert shown["requests sent, the repeated ones included"] == "212"
    assert shown["cost"] == "0.0123 EUR"
    assert price(USAGE).startswith("Prices in EUR per million: 0.15 for new prompt tokens")


def test_faults_are_told_by_kind_with_what_became_of_them() -> None:
    assert faults(USAGE).rows == (("429", "11", "9", "2", "0.4"),)


def test_what_nobody_recorded_is_a_dash_and_never_a_zero() -> None:
    assert {shown for _, shown in cost({}).rows} == {"\u2013"}
    assert faults({}).rows == () and price({}) == ""
    free_of_price = {**USAGE, "cost": None, "price": None}
    assert dict(cost(free_of_price).rows)["cost"] == "\u2013"
