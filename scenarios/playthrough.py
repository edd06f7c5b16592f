"""Play a game with given moves and given chance, and tell it as a timeline.

steps = play(game, parameters, seats, choose=lambda index, ask: ask.menu[0], draw=lambda i: 0.5)
print(timeline(game, parameters, steps))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scenarios.catalogue import AnyGame
from scenarios.game import Ask, Event, Facts, Move, Parameters, Settlement

Chooser = Callable[[int, Ask], Move]
"""What is answered to the ask of this index, counted from 0 since the start."""
Draw = Callable[[int], float]
"""The chance number of this index, counted from 0 since the start, in [0, 1)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One phase as it was played.

    Attributes:
        round: the round that the phase belongs to, 1-based.
        asks: who was asked.
        answers: what was given, aligned with `asks`; None where no answer came.
        chance: the numbers that the game was handed.
        settlement: what followed.
        earned: points of each seat after this phase.
    """

    round: int
    asks: tuple[Ask, ...]
    answers: tuple[Move, ...]
    chance: tuple[float, ...]
    settlement: Settlement
    earned: tuple[float, ...]


def play(
    game: AnyGame, parameters: Parameters, seats: int, choose: Chooser, draw: Draw
) -> tuple[Step, ...]:
    """Play a game to its end.

    Args:
        game: the rules.
        parameters: of this game.
        seats: seats in the group.
        choose: the moves.
        draw: the chance.

    Returns:
        One step for every phase, in order.
    """
    drawn = game.opening(parameters, seats)
    state: Any = game.start(parameters, seats, tuple(draw(index) for index in range(drawn)))
    steps: list[Step] = []
    asked = 0
    while not state.over:
        asks = game.asks(state)
        answers = tuple(choose(asked + index, ask) for index, ask in enumerate(asks))
        chance = tuple(draw(drawn + index) for index in range(game.draws(state)))
        settlement = game.settle(state, answers, chance)
        earned = game.payoffs(settlement.state)
        steps.append(Step(state.round, asks, answers, chance, settlement, earned))
        asked, drawn, state = asked + len(asks), drawn + len(chance), settlement.state
    return tuple(steps)


def timeline(game: AnyGame, parameters: Parameters, steps: tuple[Step, ...]) -> str:
    """Steps as text: every ask with answer, move and payoff, every event, and the points."""
    given = ", ".join(f"{name}={value!r}" for name, value in parameters.model_dump().items())
    lines = [game.name, given]
    for step in steps:
        chance = " ".join(f"{number:g}" for number in step.chance)
        lines += ["", f"round {step.round}" + (f"  chance {chance}" if chance else "")]
        lines += _moves(step)
        lines += [f"  seat {seat} is paid {points:g}" for seat, points in step.settlement.owed]
        lines += [f"  seat {event.seat} sees {_told(event)}" for event in step.settlement.events]
        lines.append("  points " + " ".join(f"{points:g}" for points in step.earned))
    return "\n".join(lines) + "\n"


def _moves(step: Step) -> list[str]:
    lines = []
    settlement = step.settlement
    rows = zip(step.asks, step.answers, settlement.moves, settlement.payoffs, strict=True)
    for ask, answer, move, payoff in rows:
        about = "" if ask.about is None else f" about {ask.about}"
        known = f" knowing {_facts(ask.facts)}" if ask.facts else ""
        done = "" if move == answer else f", which comes out as {move}" if move else ", not played"
        paid = "" if payoff is None else f", payoff {payoff:g}"
        lines.append(
            f"  {ask.phase}: seat {ask.seat}{about}{known} of {'/'.join(ask.menu)}"
            f" {f'answers {answer}' if answer else 'gives no answer'}{done}{paid}"
        )
    return lines


def _told(event: Event) -> str:
    return f"{event.kind}: {_facts(event.facts)}"


def _facts(facts: Facts) -> str:
    return ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in facts
    )
