"""Claims about minds: every context asked once, by whoever comes first."""

import asyncio
from typing import Any

import pytest

from agents.answers import Decision, Failed, Refusal, Unparsed
from agents.choice import Choice
from agents.completer import Request
from agents.errors import CompleterError
from agents.minds import Minds, Posed
from agents.reading import Reading


def choice(situation: str) -> Choice:
    return Choice("Rules.", situation, "", "", ("one", "two"))


def posed(situation: str, uniform: float = 0.5) -> Posed:
    return Posed(choice(situation), uniform)


def first_mentioned(request: Request) -> tuple[float, float]:
    return (-0.1, -3.0)


def firmly_one(request: Request) -> list[float]:
    return [-0.01 if phrase == " one" else -9.0 for phrase in request.phrases]  # type: ignore[union-attr]


async def test_equal_contexts_are_asked_once_also_across_runs_in_flight(
    fake_completer: Any,
) -> None:
    model = fake_completer(firmly_one, asyncio.Event())
    minds = Minds(model, "cloze")
    runs = [asyncio.create_task(minds.answer([posed("x"), posed("x"), posed("y")]))]
    runs += [asyncio.create_task(minds.answer([posed("y"), posed("x")])) for _ in range(5)]
    await asyncio.sleep(0.01)
    model.gate.set()
    await asyncio.gather(*runs)
    await minds.answer([posed("x")])
    assert len(model.asked) == 2 * 2  # two contexts, each in two orders
    assert minds.distinct_contexts == 2


async def test_answers_come_in_the_order_of_the_asks(fake_completer: Any) -> None:
    """Also when the replies come in another order."""
    release = {name: asyncio.Event() for name in "abc"}

    class Slow(fake_completer):  # type: ignore[misc]
        async def score(self, request: Request, urgency: int = 0) -> Any:
            await next(e for name, e in release.items() if f"{name}!" in request.prompt).wait()
            return await super().score(request)

    def by_name(request: Request) -> list[float]:
        wanted = " two" if "b!" in request.prompt else " one"
        return [-0.001 if p == wanted else -20.0 for p in request.phrases]  # type: ignore[union-attr]

    minds = Minds(Slow(by_name), "cloze")
    waiting = asyncio.create_task(minds.answer([posed("a!"), posed("b!"), posed("c!")]))
    for name in "cba":
        await asyncio.sleep(0)
        release[name].set()
    answers = await waiting
    assert [answer.position for answer in answers if isinstance(answer, Decision)] == [0, 1, 0]


async def test_one_context_gives_one_distribution_and_as_many_draws_as_asks(
    fake_completer: Any,
) -> None:
    minds = Minds(fake_completer(first_mentioned), "cloze")  # the bias cancels: one half each
    answers = await minds.answer([posed("x", 0.49), posed("x", 0.51)])
    assert [answer.position for answer in answers if isinstance(answer, Decision)] == [0, 1]
    assert answers[0].reading is answers[1].reading


async def test_an_answer_that_cannot_be_read_is_unparsed_not_the_first_option(
    fake_completer: Any,
) -> None:
    minds = Minds(fake_completer(lambda request: (None, None)), "label")
    (answer,) = await minds.answer([posed("x", 0.0)])
    assert isinstance(answer, Unparsed)
    assert answer.reading.text == "no idea / no idea"


async def test_a_failure_is_told_and_not_remembered(fake_completer: Any) -> None:
    failing = True

    def answer(request: Request) -> tuple[float, float]:
        if failing:
            raise CompleterError("the line is dead")
        return (-1.0, -1.0)

    minds = Minds(fake_completer(answer), "cloze")
    with pytest.raises(CompleterError, match="the line is dead"):
        await minds.answer([posed("x")])
    failing = False
    (again,) = await minds.answer([posed("x")])
    assert isinstance(again, Decision)


async def test_a_failure_reaches_everybody_who_waits_for_it(fake_completer: Any) -> None:
    def answer(request: Request) -> tuple[float, float]:
        raise CompleterError("the line is dead")

    model = fake_completer(answer, asyncio.Event())
    minds = Minds(model, "cloze")
    runs = [asyncio.create_task(minds.answer([posed("x"), posed("y")])) for _ in range(3)]
    await asyncio.sleep(0.01)
    model.gate.set()
    outcomes = await asyncio.gather(*runs, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["the line is dead"] * 3


async def test_a_cancelled_run_does_not_cancel_what_others_wait_for(fake_completer: Any) -> None:
    model = fake_completer(firmly_one, asyncio.Event())
    minds = Minds(model, "cloze")
    first = asyncio.create_task(minds.answer([posed("x")]))
    await asyncio.sleep(0)
    second = asyncio.create_task(minds.answer([posed("x")]))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    model.gate.set()
    (answer,) = await second
    assert isinstance(answer, Decision)
    assert len(model.asked) == 2


async def test_scripted_seats_need_no_model() -> None:
    answers = await Minds(None, "cloze").answer([Posed((0.25, 0.75), u) for u in (0.2, 0.3)])
    assert [answer.position for answer in answers if isinstance(answer, Decision)] == [0, 1]
    assert answers[0].reading.call_key is None


async def test_a_persona_without_a_model_is_a_bug_that_is_told() -> None:
    with pytest.raises(RuntimeError, match="needs a model"):
        await Minds(None, "cloze").answer([posed("x")])


def test_answers_of_different_kinds_are_never_equal() -> None:
    reading = Reading(None, None, None, (), None, None, 0, 0, "no")
    kinds = [Decision(0, reading), Refusal(reading), Unparsed(reading), Failed(reading)]
    assert all((one == other) == (one is other) for one in kinds for other in kinds)
