"""Whether conditions can be played at all: checked before anything runs."""

from collections import Counter
from collections.abc import Sequence

from agents.memory import Tally
from agents.populations import counts
from scenarios import catalogue
from scenarios.catalogue import AnyGame, nearest
from scenarios.strategies import strategy
from scenarios.wording import load
from sim import topology
from sim.addressing import check_intervention
from sim.errors import ExperimentError
from sim.placing import check as check_placement
from sim.plan import Condition, RunSpec
from sim.rated import check_rates, rates_of
from sim.seating import seats_of
from sim.topology import Blocks, build, edges


def check_playable(condition: Condition, seeds: Sequence[int]) -> None:
    """Refuse what could only fail while it is played.

    Raises:
        ExperimentError, NetworkError, ScenarioError: names key, value and remedy.
    """
    game = catalogue.game(condition.game)
    if condition.agents < game.seats.least:
        raise ExperimentError(
            f"design.agents = {condition.agents}: {game.name} needs at least {game.seats.least}"
        )
    _check_strategies(condition, game)
    check_intervention(condition, seeds[0])
    wording = load(game.name).wordings[condition.wording]
    if isinstance(condition.memory, Tally) and not wording.other:
        raise ExperimentError(
            f"mind.memory: kind 'tally' counts what others did, and {game.name} in the wording"
            f" {wording.name!r} has none: use kind 'last' or 'none'"
        )
    _check_seats(condition, seeds)
    # Blocks alone may come out without an edge for one seed and not for another.
    for seed in seeds if isinstance(condition.network, Blocks) else seeds[:1]:
        network = build(condition.network, condition.agents, seed)
        if game.seats.most == 2 and not edges(network):
            raise ExperimentError(
                f"design.network = {topology.name(condition.network)}: in seed {seed} it has no"
                f" edge, so that nobody plays {game.name}; make edges more likely"
            )
        if game.seats.most > 2:
            _check_groups(game, topology.cut_into_groups(network, game.seats.default, seed))


def _check_strategies(condition: Condition, game: AnyGame) -> None:
    for source in (condition.model, *(member.source for member in condition.population.members)):
        if not source.startswith("scripted:"):
            continue
        name = source.removeprefix("scripted:")
        rates = rates_of(name, condition.rates)
        if rates is None:
            strategy(name, game, condition.parameters)
        else:
            check_rates(rates, game, condition.parameters)


def _check_seats(condition: Condition, seeds: Sequence[int]) -> None:
    """Refuse seats that would not be what their population says.

    Raises:
        ExperimentError: a placement that means nothing, or a share that is no seat.
        PopulationError: too few people where all of a run are to differ.
    """
    population = condition.population
    check_placement(condition, seeds[0])
    given = counts(population, condition.agents)
    if population.series is not None and not all(given):
        raise ExperimentError(
            f"design.populations: {population.name!r} has no seat for one of the two among"
            f" design.agents = {condition.agents}; take a share of at least one seat, or 0 or 1"
        )
    twins = any(member.twins for member in population.members)
    # Whether they are enough may depend on who is drawn, of a pool on the pool alone.
    for seed in seeds if not population.replacement else seeds[:1] if twins else ():
        seats_of(RunSpec(condition, seed))


def _check_groups(game: AnyGame, groups: Sequence[Sequence[int]]) -> None:
    agents, sizes = sum(map(len, groups)), sorted(set(map(len, groups)))
    wrong = [size for size in sizes if not game.seats.least <= size <= game.seats.most]
    if wrong:
        raise ExperimentError(
            f"design.agents = {agents}: that makes a group of {wrong[0]}, and {game.name} is played"
            f" in groups of {game.seats.default}: use a multiple of {game.seats.default}"
        )


def check_distinct(conditions: Sequence[Condition]) -> None:
    """Refuse conditions that no table could tell apart.

    Raises:
        ExperimentError: names the condition.
    """
    for name, times in Counter(condition.name() for condition in conditions).items():
        if times > 1:
            raise ExperimentError(
                f"design: a condition occurs twice ({name}); name each level once"
            )


def check_contrasts(pairs: Sequence[tuple[str, str]], conditions: Sequence[Condition]) -> None:
    """Refuse contrasts of anything but two levels of one factor that is played.

    Raises:
        ExperimentError: names the level and the nearest one.
    """
    levels: dict[str, set[str]] = {}
    for condition in conditions:
        for factor, level in condition.factors().items():
            levels.setdefault(factor, set()).add(str(level))
    for pair in pairs:
        if any(set(pair) <= of_factor for of_factor in levels.values()):
            continue
        every = dict.fromkeys(level for of_factor in levels.values() for level in of_factor)
        strange = next((level for level in pair if level not in every), None)
        if strange is None:
            raise ExperimentError(f"analysis.contrasts: {list(pair)} are levels of two factors")
        raise ExperimentError(
            f"analysis.contrasts: {strange!r} is not played{nearest(strange, every)}"
        )
