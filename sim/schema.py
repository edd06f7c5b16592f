"""The form of an experiment file: its tables, their keys, and what each value may be."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from agents.inventory import Form
from agents.memory import Last, Memory
from sim.arms import ChangeEntry, Level
from sim.explaining import Name, Names, Numbers, Pair, with_kind
from sim.prices import Limits, PriceEntry, Prices
from sim.topology import Complete, Network


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_MEMORIES, _NETWORKS = get_args(get_args(Memory)[0]), get_args(get_args(Network)[0])


def _network(value: object) -> object:
    """A network that is only a file needs no kind."""
    if isinstance(value, dict) and "file" in value:
        return {"kind": "file", **value}
    return with_kind(value, _NETWORKS)


def _memory(value: object) -> object:
    return with_kind(value, _MEMORIES)


AnyNetwork = Annotated[Network, BeforeValidator(_network)]
AnyMemory = Annotated[Memory, BeforeValidator(_memory)]


class ScenarioEntry(BaseModel):
    """A scenario with its own settings; further keys are parameters of the game.

    Attributes:
        name: catalogue name, or name:preset.
        memory: instead of the experiment's.
        wordings: instead of the experiment's.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    memory: AnyMemory | None = None
    wordings: Names | StrictInt | None = None


_Range = str | StrictInt | Annotated[list[StrictInt], Field(min_length=2, max_length=2)]
"""As in a selector, "24..30" or "top", or both ends."""


class PopulationEntry(_Table):
    """A population in one of five forms: a mix, a selection, strata, twins, or a series.

    Attributes:
        name: of the population; of strata the beginning of every name.
        replacement: whether two seats of a run may draw the same person.
        mix: share by member.
        who: whom to select from: human, ai, scrambled, or people of one's own.
        affect: denied, affirmed or irrelevant: sentences added to whom is selected.
        strata: scales whose thirds, crossed, become populations.
        twins: a cell or selection whose people sit in blocks, in every paraphrase.
        trope: what replaces, in a series.
        share: of the trope, one population each.
        among: what it replaces, share by share.
    """

    name: Name | None = None
    replacement: StrictBool | None = None
    mix: Mapping[str, float] | None = None
    who: str | None = None
    agreeableness: _Range | None = None
    conscientiousness: _Range | None = None
    extraversion: _Range | None = None
    neuroticism: _Range | None = None
    openness: _Range | None = None
    emotional_stability: _Range | None = None
    stance: str | None = None
    age: _Range | None = None
    gender: str | None = None
    affect: str | None = None
    strata: Names | None = None
    twins: str | None = None
    trope: str | None = None
    share: Annotated[list[float], Field(min_length=1)] | None = None
    among: str | None = None


class PersonaFiles(_Table):
    """Personas of one's own.

    Attributes:
        files: TOML, CSV or JSON lines, looked for beside the experiment file.
    """

    files: list[str] = []


Placement = Literal["random", "blocks", "hubs", "leaves"]


class Design(_Table):
    """What is varied; every list is a factor and the sweep is their product."""

    scenarios: list[str | ScenarioEntry] = Field(min_length=1)
    populations: list[str | PopulationEntry] = Field(min_length=1)
    wordings: Names | StrictInt = ["*"]
    seeds: StrictInt | Numbers = 20
    agents: StrictInt | Numbers = 12
    rounds: StrictInt | Numbers = 10
    network: AnyNetwork | Annotated[list[AnyNetwork], Field(min_length=1)] = Complete()
    placement: Placement | Annotated[list[Placement], Field(min_length=1)] = "random"
    interventions: list[Level] = []
    pool: int | None = Field(default=None, ge=1)
    pool_seed: int = Field(default=0, ge=0)
    comprehension: bool = True


class Mind(_Table):
    """Who answers, and how."""

    model: str = "embedded"
    readout: str | Annotated[list[str], Field(min_length=1)] = "auto"
    memory: AnyMemory = Last(rounds=1)
    key_variable: str = "OPENAI_API_KEY"
    draws: StrictInt = Field(default=20, ge=1)
    temperature: float = Field(default=1.0, ge=0, le=2)
    reask: StrictInt = Field(default=0, ge=0, le=3)
    calibration: StrictInt = Field(default=0, ge=0)
    speech: Literal["phrases", "words"] = "phrases"


class Probes(_Table):
    """What characters are asked outside the game, and when.

    Attributes:
        inventory: the form of the inventory.
        at: "before" the first round, "after" the last, or the numbers of rounds after which.
        every: after every so many rounds beside that.
    """

    inventory: Form
    at: list[Literal["before", "after"] | Annotated[StrictInt, Field(ge=1)]] = ["before", "after"]
    every: Annotated[StrictInt, Field(ge=1)] | None = None


class Analysis(_Table):
    """What is declared before the runs.

    Attributes:
        claims: which of the nine claims the experiment is about; empty for all.
    """

    primary: str = "cooperation_rate"
    contrasts: list[Pair] = []
    alpha: float = Field(default=0.05, gt=0, lt=1)
    sesoi: float = Field(default=0.05, gt=0)
    claims: list[Literal["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"]] = []


_Deviation = Annotated[float, Field(ge=0, allow_inf_nan=False)] | None


class PowerPlan(_Table):
    """What `society power` reckons with: standard deviations of the components, and the effect.

    None is for what a pilot tells, or else the default.
    """

    effect: float | None = Field(default=None, gt=0)
    sd_scenario: _Deviation = None
    sd_scenario_arm: _Deviation = None
    sd_wording: _Deviation = None
    sd_wording_arm: _Deviation = None
    sd_persona: _Deviation = None
    sd_persona_arm: _Deviation = None
    sd_text: _Deviation = None
    sd_persona_wording: _Deviation = None
    sd_run: _Deviation = None
    sd_run_arm: _Deviation = None
    sd_residual: _Deviation = None

    def deviations(self) -> dict[str, float]:
        """Those that are given, by component."""
        given = self.model_dump(exclude={"effect"}, exclude_none=True)
        return {name.removeprefix("sd_"): value for name, value in given.items()}


class Experiment(_Table):
    """A whole experiment file.

    Attributes:
        format: version of the file's form.
    """

    name: Name
    format: Literal[1] = 1
    design: Design
    personas: PersonaFiles = PersonaFiles()
    mind: Mind = Mind()
    analysis: Analysis = Analysis()
    probes: Probes | None = None
    prices: Prices = Prices()
    limits: Limits = Limits()
    power: PowerPlan | None = None


KNOWN: Mapping[str, type[BaseModel]] = {
    "": Experiment,
    "design": Design,
    "personas": PersonaFiles,
    "mind": Mind,
    "analysis": Analysis,
    "probes": Probes,
    "prices": PriceEntry,
    "limits": Limits,
    "power": PowerPlan,
    "ScenarioEntry": ScenarioEntry,
    "PopulationEntry": PopulationEntry,
    "interventions": ChangeEntry,
    **{
        get_args(model.model_fields["kind"].annotation)[0]: model
        for model in (*_MEMORIES, *_NETWORKS)
    },
}
"""Every table by its name, class or kind, for the nearest name of an unknown key."""
