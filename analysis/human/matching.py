"""Which published experiments a run repeats."""

from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from analysis.run_record import RunRecord
from scenarios.catalogue import catalogue
from scenarios.human import Benchmark, benchmarks


def fitting(run: RunRecord) -> tuple[Benchmark, ...]:
    """The benchmarks whose published parameters the run was played with, whatever it is called.

    All parameters must be those of the preset, rounds included, and all groups of its size.
    """
    declared = _by_game().get(run.game, ())
    if not declared:
        return ()
    rules = catalogue()[run.game]
    try:
        given = rules.parameters.model_validate(run.parameters)
    except ValidationError:
        return ()  # recorded before the game had these parameters
    return tuple(
        each
        for each in declared
        if rules.presets[each.preset] == given
        and (each.seats is None or set(run.group_sizes) == {each.seats})
    )


@cache
def _by_game() -> Mapping[str, tuple[Benchmark, ...]]:
    known = (name for name in {each.game for each in benchmarks()} if name in catalogue())
    return {name: tuple(each for each in benchmarks() if each.game == name) for name in known}
