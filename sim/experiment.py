"""The experiment file: read, checked in full before anything runs, and resolved into runs."""

import itertools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from agents.errors import AgentError
from agents.own import Own
from agents.own import load as load_own
from agents.readouts import DESCRIPTIONS, Manner
from scenarios import catalogue
from scenarios.catalogue import AnyGame, nearest
from scenarios.errors import ScenarioError
from scenarios.game import Parameters
from scenarios.wording import load
from sim.arms import interventions
from sim.errors import ExperimentError, NetworkError
from sim.explaining import explained
from sim.manner import checked, neutral_panel
from sim.peopling import peopled
from sim.plan import Condition, RunSpec
from sim.playable import check_contrasts, check_distinct, check_playable
from sim.rated import load_rates
from sim.registry import without_address
from sim.schedule import Schedule
from sim.schema import KNOWN, Experiment, ScenarioEntry

# A seed is a column of 64-bit integers in the tables.
_SEED_LIMIT, _MOST_SEEDS = 2**63, 1_000_000


def read(file: Path) -> Experiment:
    """Read an experiment file.

    Raises:
        ExperimentError: names file, key, value and remedy.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentError(f"{file}: cannot be read: {error}") from None
    return parse(text, str(file))


def parse(text: str, source: str) -> Experiment:
    """An experiment from the text of its file.

    Raises:
        ExperimentError: names the source, key, value and remedy.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExperimentError(f"{source}: not valid TOML: {error}") from None
    return check(table, source)


def check(table: Mapping[str, Any], source: str) -> Experiment:
    """An experiment from its table.

    Raises:
        ExperimentError: names the source, key, value and remedy.
    """
    try:
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise ExperimentError(f"{source}: {explained(error, table, KNOWN)}") from None


def resolve(experiment: Experiment, source: str) -> tuple[RunSpec, ...]:
    """Every run of the sweep, checked to be playable.

    Runs of one seed come together and conditions in the order written, so that a sweep that is
    stopped early holds comparable runs.

    Args:
        experiment: the experiment.
        source: the file that it was read from, which names it in messages, and beside which other
            files are looked for.

    Raises:
        ExperimentError: a name or value that cannot be played; names source, key, value, remedy.
    """
    try:
        seeds = _seeds(experiment.design.seeds)
        folder = Path(source).parent
        own = load_own(folder / file for file in experiment.personas.files)
        conditions = tuple(_with_rates(each, folder) for each in _conditions(experiment, own))
        for condition in conditions:
            check_playable(condition, seeds)
        check_distinct(conditions)
        check_contrasts(experiment.analysis.contrasts, conditions)
        _check_probes(experiment, conditions)
    except (ExperimentError, NetworkError, ScenarioError, AgentError) as error:
        raise ExperimentError(f"{source}: {error}") from None
    return tuple(RunSpec(condition, seed) for seed in seeds for condition in conditions)


def schedule_of(experiment: Experiment) -> Schedule | None:
    """When an inventory is asked while runs are played; None for never."""
    probes = experiment.probes
    if probes is None:
        return None
    rounds = frozenset(at for at in probes.at if isinstance(at, int))
    before, after = "before" in probes.at, "after" in probes.at
    return Schedule(probes.inventory, before, after, rounds, probes.every)


def to_toml(experiment: Experiment) -> str:
    """The experiment with every default written out."""
    values = experiment.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps(values)


def _conditions(experiment: Experiment, own: Own) -> Iterable[Condition]:
    design = experiment.design
    populations = [each for entry in design.populations for each in peopled(entry, own)]
    mind = experiment.mind
    panel = neutral_panel(mind.calibration, design.pool_seed)
    read = Manner(mind.draws, mind.temperature, mind.reask, panel, mind.speech)
    readouts = _readouts(mind.readout)
    manner = checked(read, readouts)
    cells = itertools.product(
        design.scenarios,
        populations,
        _as_list(design.agents),
        _as_list(design.rounds),
        _as_list(design.network),
        _as_list(design.placement),
        interventions(design.interventions, own),
    )
    for scenario, population, agents, rounds, network, placement, intervention in cells:
        if agents < 1:
            raise ExperimentError(f"design.agents = {agents}: at least 1 character is needed")
        chosen = ScenarioEntry(name=scenario) if isinstance(scenario, str) else scenario
        game, parameters = _game(chosen, rounds)
        wordings = _wordings(game, chosen.wordings or design.wordings)
        for wording, readout in itertools.product(wordings, readouts):
            yield Condition(
                situation=_situation(chosen),
                game=game.name,
                wording=wording,
                parameters=parameters,
                population=population,
                agents=agents,
                network=network,
                placement=placement,
                memory=chosen.memory or experiment.mind.memory,
                model=without_address(experiment.mind.model),
                readout=readout,
                pool=design.pool,
                pool_seed=design.pool_seed,
                manner=manner,
                intervention=intervention,
            )


def _with_rates(condition: Condition, folder: Path) -> Condition:
    """The condition with the rates that its scripted members play by."""
    sources = [condition.model, *(member.source for member in condition.population.members)]
    rates = load_rates(sources, folder)
    return replace(condition, rates=rates) if rates else condition


def _situation(entry: ScenarioEntry) -> str:
    """The scenario's name in the records, with the parameters given; rounds are a factor."""
    given = {key: value for key, value in (entry.model_extra or {}).items() if key != "rounds"}
    inside = ", ".join(f"{key}={value}" for key, value in given.items())
    return f"{entry.name}({inside})" if inside else entry.name


def _game(entry: ScenarioEntry, rounds: int) -> tuple[AnyGame, Parameters]:
    name, _, preset = entry.name.partition(":")
    game = catalogue.game(name)
    given = dict(entry.model_extra or {})
    if not preset:
        given.setdefault("rounds", rounds)
    return game, catalogue.parameters(game, given, preset or None)


def _wordings(game: AnyGame, wanted: Sequence[str] | int) -> tuple[str, ...]:
    known = load(game.name).wordings
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(known):
            raise ExperimentError(
                f"design.wordings = {wanted}: {game.name} has {len(known)} wordings; choose 1 to"
                f" {len(known)}"
            )
        return tuple(known)[:wanted]
    if "*" in wanted:
        return tuple(known)
    here = tuple(name for name in wanted if name in known)
    if not here:
        hint = nearest(wanted[0], known) if wanted else ""
        raise ExperimentError(f"design.wordings = {list(wanted)}: {game.name} has none{hint}")
    everywhere = {name for each in catalogue.catalogue() for name in load(each).wordings}
    for name in wanted:
        if name not in everywhere:
            raise ExperimentError(f"design.wordings: unknown {name!r}{nearest(name, known)}")
    return here


def _readouts(wanted: str | Sequence[str]) -> Sequence[str]:
    names = _as_list(wanted)
    for name in names:
        if name not in DESCRIPTIONS:
            raise ExperimentError(f"mind.readout = {name!r}: unknown{nearest(name, DESCRIPTIONS)}")
    if len(names) > 1 and "auto" in names:
        raise ExperimentError(
            "mind.readout: 'auto' among others would be one of them, or not, as the endpoint goes:"
            " name every readout, such as 'cloze' and 'cloze-continued'"
        )
    return names


def _seeds(seeds: int | Sequence[int]) -> Sequence[int]:
    if isinstance(seeds, int):
        if not 1 <= seeds <= _MOST_SEEDS:
            raise ExperimentError(
                f"design.seeds = {seeds}: a count of 1 to {_MOST_SEEDS}, or a list of seeds"
            )
        return range(seeds)
    if min(seeds) < 0 or max(seeds) >= _SEED_LIMIT:
        raise ExperimentError(f"design.seeds = {list(seeds)}: seeds are 0 to 2**63 - 1")
    if len(set(seeds)) < len(seeds):
        raise ExperimentError(f"design.seeds = {list(seeds)}: a seed occurs twice")
    return seeds


def _check_probes(experiment: Experiment, conditions: Sequence[Condition]) -> None:
    schedule = schedule_of(experiment)
    if schedule is None:
        return
    if not any(RunSpec(condition, 0).needs_model for condition in conditions):
        raise ExperimentError(
            "probes.inventory: every seat is scripted, so that nobody answers an inventory: leave"
            " the table [probes] out"
        )
    fewest = min(condition.parameters.rounds for condition in conditions)
    late = max((schedule.every or 0, *schedule.rounds))
    if late > fewest:
        key = "every" if late == schedule.every else "at"
        raise ExperimentError(
            f"probes.{key}: round {late} is never played where there are {fewest} rounds; choose 1"
            f' to {fewest}, or "after"'
        )


def _as_list(value: Any) -> Sequence[Any]:  # noqa: ANN401 - any factor
    return value if isinstance(value, list) else [value]
