"""The experiment file: read, checked in full before anything runs, and resolved into runs."""

import itertools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents import populations
from agents.errors import AgentError
from agents.memory import Last, Memory
from agents.populations import Population
from agents.readouts import DESCRIPTIONS
from scenarios import catalogue
from scenarios.catalogue import AnyGame, nearest
from scenarios.errors import ScenarioError
from scenarios.game import Parameters
from scenarios.strategies import strategy
from scenarios.wording import load
from sim.errors import ExperimentError
from sim.plan import Condition, RunSpec
from sim.topology import Complete, Network, build


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScenarioEntry(BaseModel):
    """A scenario with its own settings; further keys are parameters of the game.

    Attributes:
        name: catalogue name, or name:preset.
        memory: instead of the experiment's.
        wordings: instead of the experiment's.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    memory: Memory | None = None
    wordings: list[str] | int | None = None


class PopulationEntry(_Table):
    """A named mix."""

    name: str
    mix: Mapping[str, float]


class Design(_Table):
    """What is varied; every list is a factor and the sweep is their product."""

    scenarios: list[str | ScenarioEntry] = Field(min_length=1)
    populations: list[str | PopulationEntry] = Field(min_length=1)
    wordings: list[str] | int = ["*"]
    seeds: int | list[int] = 20
    agents: int | list[int] = 12
    rounds: int | list[int] = 10
    network: Network | list[Network] = Complete()
    interventions: list[Mapping[str, Any]] = Field(default=[], max_length=0)
    pool: int | None = Field(default=None, ge=1)
    comprehension: bool = True


class Mind(_Table):
    """Who answers, and how."""

    model: str = "embedded"
    readout: str = "auto"
    memory: Memory = Last(rounds=1)
    key_variable: str = "OPENAI_API_KEY"


class Analysis(_Table):
    """What is declared before the runs."""

    primary: str = "cooperation_rate"
    contrasts: list[tuple[str, str]] = []
    alpha: float = Field(default=0.05, gt=0, lt=1)
    sesoi: float = Field(default=0.05, gt=0)


class Experiment(_Table):
    """A whole experiment file.

    Attributes:
        format: version of the file's form.
    """

    name: str = Field(min_length=1)
    format: Literal[1] = 1
    design: Design
    mind: Mind = Mind()
    analysis: Analysis = Analysis()


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
        raise ExperimentError(f"{source}: {_explained(error)}") from None


def resolve(experiment: Experiment, source: str) -> tuple[RunSpec, ...]:
    """Every run of the sweep, checked to be playable.

    Runs of one seed come together and conditions in the order written, so that a sweep that is
    stopped early holds comparable runs.

    Raises:
        ExperimentError: a name or value that cannot be played; names source, key, value, remedy.
    """
    try:
        conditions = tuple(_conditions(experiment))
        for condition in conditions:
            _check_playable(condition)
    except (ExperimentError, ScenarioError, AgentError) as error:
        raise ExperimentError(f"{source}: {error}") from None
    seeds = _seeds(experiment.design.seeds, source)
    return tuple(RunSpec(condition, seed) for seed in seeds for condition in conditions)


def to_toml(experiment: Experiment) -> str:
    """The experiment with every default written out."""
    values = experiment.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps(values)


def _conditions(experiment: Experiment) -> Iterable[Condition]:
    design = experiment.design
    cells = itertools.product(
        design.scenarios,
        design.populations,
        _as_list(design.agents),
        _as_list(design.rounds),
        _as_list(design.network),
    )
    for scenario, entry, agents, rounds, network in cells:
        if agents < 1:
            raise ExperimentError(f"design.agents = {agents}: at least 1 character is needed")
        chosen = ScenarioEntry(name=scenario) if isinstance(scenario, str) else scenario
        game, parameters = _game(chosen, rounds)
        for wording in _wordings(game, chosen.wordings or design.wordings):
            yield Condition(
                situation=_situation(chosen),
                game=game.name,
                wording=wording,
                parameters=parameters,
                population=_population(entry),
                agents=agents,
                network=network,
                memory=chosen.memory or experiment.mind.memory,
                model=experiment.mind.model,
                readout=_readout(experiment.mind.readout),
                pool=design.pool,
            )


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


def _population(entry: str | PopulationEntry) -> Population:
    if isinstance(entry, str):
        return populations.parse(entry)
    return populations.mixed(entry.name, entry.mix)


def _readout(name: str) -> str:
    if name not in DESCRIPTIONS:
        raise ExperimentError(f"mind.readout = {name!r}: unknown{nearest(name, DESCRIPTIONS)}")
    return name


def _check_playable(condition: Condition) -> None:
    game = catalogue.game(condition.game)
    if condition.agents < game.seats.least:
        raise ExperimentError(
            f"design.agents = {condition.agents}: {game.name} needs at least {game.seats.least}"
        )
    for member in condition.population.members:
        if member.source.startswith("scripted:"):
            strategy(member.source.removeprefix("scripted:"), game)
    build(condition.network, condition.agents, seed=0)


def _seeds(seeds: int | Sequence[int], source: str) -> Sequence[int]:
    chosen = range(seeds) if isinstance(seeds, int) else seeds
    if not chosen or min(chosen) < 0:
        raise ExperimentError(f"{source}: design.seeds = {seeds}: a count of at least 1, or a list")
    if len(set(chosen)) < len(chosen):
        raise ExperimentError(f"{source}: design.seeds = {list(chosen)}: a seed occurs twice")
    return chosen


def _as_list(value: Any) -> Sequence[Any]:  # noqa: ANN401 - any factor
    return value if isinstance(value, list) else [value]


def _explained(error: ValidationError) -> str:
    """The first fault as key, value and remedy."""
    faults = error.errors()
    # An unknown key explains more than the alternatives of a union that failed because of it.
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    where = [str(part) for part in first["loc"] if not str(part).startswith(("list[", "tagged"))]
    key = ".".join(where)
    if first["type"] == "extra_forbidden":
        return f"unknown key {key}{nearest(where[-1], _known_keys(where))}"
    return f"{key} = {first['input']!r}: {first['msg']}"


def _known_keys(where: Sequence[str]) -> Mapping[str, object]:
    tables: dict[str, type[BaseModel]] = {"design": Design, "mind": Mind, "analysis": Analysis}
    table = tables.get(where[0], Experiment) if len(where) > 1 else Experiment
    return table.model_fields
