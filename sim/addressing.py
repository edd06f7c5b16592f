"""Whether an intervention has somebody to be about: checked before anything runs."""

from agents.populations import SCRIPTED, counts
from scenarios.catalogue import nearest
from sim.changing import Changed, planned
from sim.errors import ExperimentError
from sim.interventions import EVERYONE, Change
from sim.plan import Condition, RunSpec
from sim.seating import seats_of

_LEAST_TEXTS = 2


def check_intervention(condition: Condition, seed: int) -> None:
    """Refuse changes that could change nothing.

    Args:
        condition: what is played.
        seed: of a run; whether there is somebody to address is the same in all of them.

    Raises:
        ExperimentError: names the change, the key, the value and the remedy.
    """
    changes = condition.intervention.changes
    for change in changes:
        try:
            _check_round(change, condition.parameters.rounds)
            _check_targets(change, condition)
        except ExperimentError as error:
            raise ExperimentError(f"design.interventions: {change.name()}: {error}") from None
    if not changes:
        return
    spec = RunSpec(condition, seed)
    for each in planned(spec, seats_of(spec), ()):
        _check_words(each)


def _check_round(change: Change, rounds: int) -> None:
    if change.at > rounds:
        raise ExperimentError(
            f"at = {change.at}: it is played for {rounds} rounds; write 1 to {rounds}"
        )


def _check_targets(change: Change, condition: Condition) -> None:
    population = condition.population
    given = dict(
        zip(
            (member.source for member in population.members),
            counts(population, condition.agents),
            strict=True,
        )
    )
    for name in change.targets:
        if name not in given:
            raise ExperimentError(
                f"target = {name!r}: no member of population"
                f" {population.name!r}{nearest(name, given | {EVERYONE: 0})}"
            )
        if not given[name]:
            raise ExperimentError(
                f"target = {name!r}: it has no seat among {condition.agents} characters;"
                " raise its share or design.agents"
            )
    addressed = [name for name in (change.targets or given) if not name.startswith(SCRIPTED)]
    scripted = next((name for name in change.targets if name.startswith(SCRIPTED)), None)
    if condition.model.startswith(SCRIPTED) or scripted or not addressed:
        shown = scripted or (EVERYONE if not change.targets else change.targets[0])
        raise ExperimentError(
            f"target = {shown!r}: strategies are not addressed; choose members with a persona"
        )


def _check_words(made: Changed) -> None:
    """Refuse what has no words of its own, or no others to be told in."""
    change, before = made.change, made.before
    if before is None or before.casting is None:
        return
    who, where = before.casting.persona, f"design.interventions: {change.name()}"
    if change.kind == "reminder" and not before.casting.text:
        raise ExperimentError(
            f"{where}: {who.name!r} has no words to be reminded of; choose another target"
        )
    in_other_words = change.kind in ("swap", "removal") and change.arm == "control"
    if in_other_words and len(who.texts) < _LEAST_TEXTS:
        raise ExperimentError(
            f"{where}: the control is the same persona in another paraphrase, and {who.name!r} has"
            " only one: write control = false"
        )
