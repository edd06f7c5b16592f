"""Forecasts: what a sweep will ask, worked by hand where random play leaves no doubt."""

from decimal import Decimal
from typing import Any

from agents.choice import Choice
from agents.readouts import Manner
from sim.experiment import parse, resolve
from sim.forecast import Forecast, forecast
from sim.prices import Price
from sim.volume import Method, Prompt, Range, Volume, prompts

CHOICE = Choice("Rules.", "", "I am kind.", "", ("share it", "share nothing", "keep it"))
# 20 characters on a ring are 20 pairs; without a memory nobody can tell one round from another.
ONE_CONTEXT = """
name = "x"
[design]
scenarios = ["chicken"]
populations = ["none"]
wordings = 1
seeds = {seeds}
agents = 20
rounds = {rounds}
network = {{kind = "ring", k = 2}}
comprehension = false
[mind]
memory = {{kind = "{memory}"}}
"""


def planned(method: Method, memory: str = "none", rounds: int = 5, **more: Any) -> Forecast:
    text = ONE_CONTEXT.format(seeds=more.pop("seeds", 3), rounds=rounds, memory=memory)
    return forecast(resolve(parse(text, "f"), "f"), method, **more)


def test_one_context_is_asked_in_two_orders_however_many_decide() -> None:
    found = planned(Method("label", comprehension=False))
    assert (found.runs, found.played, found.characters) == (3, 3, 60)
    # 3 runs, 5 rounds, 20 pairs, 2 decisions each.
    assert found.decisions == 600
    assert found.contexts == (1, 1)
    assert found.prompts == found.calls == found.completion_tokens == (2, 2)


def test_samples_of_a_context_are_no_more_than_its_draws() -> None:
    found = planned(Method("sample", manner=Manner(draws=7), comprehension=False))
    assert found.contexts == (1, 1) and found.calls == (7, 7)  # All are met by 600 decisions.
    once = planned(Method("json", manner=Manner(draws=10_000), comprehension=False), rounds=1)
    assert once.decisions == 120 and 110 <= once.calls.least <= 120
    cold = planned(Method("sample", manner=Manner(temperature=0.0), comprehension=False))
    assert cold.calls == (1, 1)


def test_asking_again_is_in_the_most_and_not_in_the_least() -> None:
    method = Method("json", manner=Manner(draws=7, reask=2), comprehension=False)
    assert planned(method).calls == (7, 21)


def test_each_member_of_a_panel_is_put_what_a_character_is_put() -> None:
    panel = Manner(panel=("I am one.", "I am another."))
    assert planned(Method("label", manner=panel, comprehension=False)).calls == (6, 6)
    sampled = Method("sample", manner=Manner(1, panel=panel.panel), comprehension=False)
    assert planned(sampled).calls == (1, 1)  # Samples are not calibrated.


def test_a_thought_is_one_call_before_the_choice() -> None:
    calls = [prompt.calls for prompt in prompts(CHOICE, Method("deliberate"))]
    assert calls == [(1, 1)] * 3  # One thought, then two orders.


def test_phrases_are_scored_whole_or_as_a_tree_of_words() -> None:
    def calls(steps: bool | None) -> list[Range]:
        return [prompt.calls for prompt in prompts(CHOICE, Method("cloze", steps))]

    assert calls(False) == [(3, 3)] * 2
    # "", share, share it, share nothing, keep, keep it: six nodes, and five words to force at most.
    assert calls(True) == [(6, 11)] * 2
    assert calls(None) == [(3, 11)] * 2


def test_what_is_cached_is_the_beginning_that_prompts_share() -> None:
    volume = Volume()
    shared = "x" * 640  # 160 tokens
    volume.add(Prompt(shared + "a" * 64, Range(1, 1), 1))
    assert volume.new_tokens == 176
    volume.add(Prompt(shared + "b" * 64, Range(1, 1), 1))
    assert volume.new_tokens == 176 + 16
    assert volume.prompt_tokens == (352, 352)


def test_a_sweep_too_large_to_be_played_gives_bounds() -> None:
    method = Method("label", comprehension=False)
    whole = planned(method, "tally", 12, seeds=12)
    part = planned(method, "tally", 12, seeds=12, most_decisions=1_000)
    assert part.played < part.runs == 12
    assert part.decisions == whole.decisions
    assert part.contexts.least <= whole.contexts.least <= part.contexts.most
    assert part.calls.least <= whole.calls.least <= part.calls.most


def test_one_run_too_large_to_be_played_is_played_in_part() -> None:
    method = Method("label", comprehension=False)
    whole = planned(method, "last", rounds=400)
    part = planned(method, "last", rounds=400, most_decisions=100)
    assert part.played < whole.played == whole.runs
    assert part.decisions == whole.decisions
    assert part.contexts.least <= whole.contexts.least <= part.contexts.most


def test_cost_is_between_all_cached_that_can_be_and_nothing_cached() -> None:
    price = Price("USD", Decimal(2), Decimal("0.5"), Decimal(8))
    found = Forecast(
        runs=1,
        played=1,
        characters=1,
        decisions=1,
        contexts=Range(1, 1),
        prompts=Range(2, 2),
        calls=Range(2, 4),
        prompt_tokens=Range(1_000, 2_000),
        new_tokens=400,
        completion_tokens=Range(10, 20),
    )
    # 400 at 2, 600 at 0.5, 10 at 8; and 2,000 at 2, 20 at 8; in millionths.
    assert found.cost(price) == (Decimal("0.00118"), Decimal("0.00416"))


def test_scripted_societies_ask_nothing() -> None:
    text = ONE_CONTEXT.format(seeds=2, rounds=2, memory="none").replace("none", "scripted:grim", 1)
    found = forecast(resolve(parse(text, "f"), "f"), Method("label", comprehension=False))
    assert found.decisions == 160 and found.calls == (0, 0) and found.contexts == (0, 0)
