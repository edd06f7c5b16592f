"""Prices: what tokens cost to the last digit, and tables that do not change what is played."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ExperimentError, RecordError
from sim.experiment import parse, resolve, to_toml
from sim.prices import FREE, Price, money
from sim.store import Store

PLAYED = 'name = "x"\n[design]\nscenarios = ["chicken"]\npopulations = ["none"]\n'
PRICED = PLAYED + '[prices."gpt-4o-mini"]\ninput = 0.15\ncached_input = 0.075\noutput = 0.60\n'


def test_cost_by_hand() -> None:
    price = parse(PRICED, "f").prices.of("gpt-4o-mini")
    # 600 new at 0.15, 400 cached at 0.075 and 50 generated at 0.60 a million:
    # 90 + 30 + 30 = 150 millionths.
    assert price is not None
    assert price.cost(1_000, 400, 50) == Decimal("0.00015")


def test_sums_of_costs_are_exact() -> None:
    price = Price("USD", Decimal("0.1"), Decimal("0.1"), Decimal("0.1"))
    # Ten tenths of a millionth are one: with floats they are not.
    assert sum((price.cost(1, 0, 0) for _ in range(10)), Decimal(0)) == Decimal("0.000001")


def test_the_most_that_a_request_can_cost_is_at_the_dearer_of_both_prices() -> None:
    # Some endpoints ask more for what goes into the cache.
    price = Price("USD", Decimal(1), Decimal("1.25"), Decimal(4))
    assert price.most(1_000_000, 500_000) == Decimal("3.25")
    assert price.most(1_000, 10) >= price.cost(1_000, 500, 10)


def test_cached_input_costs_as_much_as_input_where_the_file_does_not_say() -> None:
    read = parse(PLAYED + "[prices.m]\ninput = 2\noutput = 4\n", "f").prices
    assert read.of("m") == Price("USD", Decimal(2), Decimal(2), Decimal(4))
    assert read.of("another") is None


def test_a_model_on_this_machine_is_free() -> None:
    assert FREE.cost(10**9, 0, 10**9) == 0


def test_what_is_written_out_reads_as_the_same() -> None:
    made = parse(PRICED + "[limits]\nrequests_per_minute = 500\n", "f")
    assert parse(to_toml(made), "f") == made
    assert made.limits.requests_per_minute == 500 and made.limits.tokens_per_minute is None


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("[prices.m]\ninput = 1", "prices.m.output"),
        ("[prices.m]\ninput = -1\noutput = 1", "prices.m.input = -1"),
        ("[prices.m]\ninptu = 1", "unknown key prices.m.inptu; did you mean 'input'"),
        ("[prices.m]\ninput = inf\noutput = 1", "finite"),
        ("[prices]\ncurency = 'EUR'", "prices.curency = 'EUR': besides currency there are tables"),
        ("[limits]\nrequests_per_minute = 0", "limits.requests_per_minute = 0"),
        ("[limits]\ntokens_per_minut = 3", "did you mean 'tokens_per_minute'"),
    ],
)
def test_an_impossible_price_or_limit_is_refused_by_name(lines: str, says: str) -> None:
    with pytest.raises(ExperimentError, match=says.replace("[", r"\[")):
        parse(PLAYED + lines, "f")


def test_a_price_changes_no_run() -> None:
    plain, priced = (resolve(parse(text, "f"), "f") for text in (PLAYED, PRICED))
    assert [spec.run_id for spec in plain] == [spec.run_id for spec in priced]


def test_a_folder_goes_on_with_other_prices_and_keeps_the_new_ones(tmp_path: Path) -> None:
    before, after = (to_toml(parse(text, "f")) for text in (PLAYED, PRICED))
    Store(tmp_path / "x").claim(before)
    Store(tmp_path / "x").claim(after)
    assert (tmp_path / "x" / "experiment.toml").read_text() == after


@pytest.mark.parametrize("other", [PLAYED.replace("chicken", "oversight"), "not a file ["])
def test_a_folder_of_another_experiment_is_still_refused(other: str, tmp_path: Path) -> None:
    store: Any = Store(tmp_path / "x")
    store.claim(PLAYED)
    with pytest.raises(RecordError, match="holds another experiment"):
        store.claim(other)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0.00 USD"),
        ("12.345", "12.34 USD"),
        ("0.5", "0.500 USD"),
        ("0.00012345", "0.000123 USD"),
    ],
)
def test_amounts_are_shown_with_digits_that_count(amount: str, shown: str) -> None:
    assert money(Decimal(amount), "USD") == shown
