"""Which choices come before a character has seen anything of the game."""

from functools import cache

from pydantic import ValidationError

from analysis.run_record import RunRecord
from scenarios.catalogue import game
from scenarios.game import Parameters


def opening_phases(run: RunRecord) -> frozenset[str]:
    """The phases in which a round begins, by the rules of the game that was played.

    Args:
        run: the run.

    Returns:
        Names of phases. Empty where the run was recorded with parameters that the game no longer
        takes, or where somebody was changed at the beginning of the first round.
    """
    if any(change.at <= 1 for change in run.interventions):
        return frozenset()
    try:
        given: Parameters = game(run.game).parameters.model_validate(run.parameters)
    except ValidationError:
        return frozenset()
    return frozenset().union(*(_phases(run.game, given, seats) for seats in set(run.group_sizes)))


@cache
def _phases(name: str, parameters: Parameters, seats: int) -> frozenset[str]:
    rules = game(name)
    middling = (0.5,) * rules.opening(parameters, seats)
    return frozenset(ask.phase for ask in rules.asks(rules.start(parameters, seats, middling)))


@cache
def cooperative_options(name: str) -> frozenset[str]:
    """Keys of the options that a game classes as cooperative."""
    return frozenset(o.key for o in game(name).options if o.action_class == "cooperative")
