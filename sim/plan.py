"""The plan: one frozen RunSpec for every run of a sweep."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from agents import memory as memories
from agents.memory import Memory
from agents.populations import Population
from agents.readouts import Manner
from scenarios.game import Parameters
from scenarios.rates import Rates
from sim import topology
from sim.interventions import NONE, Intervention
from sim.topology import Network

RANDOM = "random"
"""The placement that is not named among the factors, nor in the fingerprint."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell of the design.

    Attributes:
        situation: the game's name, with ":preset" and "(parameters)" where they were chosen.
        game: catalogue name of the game.
        wording: name of the cover story.
        parameters: the game's parameters; its rounds are the run's rounds.
        population: who plays.
        agents: how many.
        network: who can meet whom.
        memory: what is remembered.
        model: name in the records; "scripted" where no seat needs one.
        readout: as asked for; "auto" is resolved when the endpoint is known.
        pool: at most so many different castings per population member; None for all.
        pool_seed: draws the pool; the same for all runs, so that they share contexts.
        manner: how answers are read, beside the readout; the same in a whole sweep.
        intervention: what is changed in the middle of the run.
        rates: by which members play that are scripted so.
        placement: which seats the members of the population are laid on first.
    """

    situation: str
    game: str
    wording: str
    parameters: Parameters
    population: Population
    agents: int
    network: Network
    memory: Memory
    model: str
    readout: str
    pool: int | None
    pool_seed: int = 0
    manner: Manner = field(default_factory=Manner)
    intervention: Intervention = NONE
    rates: tuple[Rates, ...] = ()
    placement: str = RANDOM

    def factors(self) -> Mapping[str, str | int]:
        """What the runs of a sweep may differ in, by name."""
        series = self.population.series
        return {
            "scenario": self.situation,
            "wording": self.wording,
            "population": self.population.name,
            "agents": self.agents,
            "rounds": self.parameters.rounds,
            "network": topology.name(self.network),
            "memory": memories.name(self.memory),
            "model": self.model,
            "readout": self.readout,
            "intervention": self.intervention.name,
            **({} if self.placement == RANDOM else {"placement": self.placement}),
            **({} if series is None else {"series": series.name, "share": series.share}),
        }

    def name(self) -> str:
        """All factors in one line."""
        return " | ".join(f"{key}={value}" for key, value in self.factors().items())

    def fingerprint(self) -> str:
        """Short hash of everything that the condition fixes, parameters included."""
        fixed: dict[str, Any] = {
            **self.factors(),
            "members": [[member.source, member.share] for member in self.population.members],
            "parameters": self.parameters.model_dump(),
            "pool": [self.pool, self.pool_seed],
            "manner": asdict(self.manner),
        }
        if self.intervention.changes:
            fixed["changes"] = [change.about() for change in self.intervention.changes]
            fixed["who comes"] = [change.digests() for change in self.intervention.changes]
        if self.rates:
            fixed["rates"] = [[rates.name, rates.table] for rates in self.rates]
        own = [member.digest for member in self.population.members]
        if any(own):
            fixed["own"] = own
        if not self.population.replacement:
            fixed["replacement"] = False
        canonical = json.dumps(fixed, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One seeded play of a condition."""

    condition: Condition
    seed: int

    @property
    def run_id(self) -> str:
        """Readable, safe as a folder's name, and different for every condition and seed."""
        parts = (self.condition.situation, self.condition.wording, self.condition.population.name)
        readable = "-".join(re.sub(r"[^A-Za-z0-9]+", "_", part).strip("_")[:40] for part in parts)
        return f"{readable}-s{self.seed:03d}-{self.condition.fingerprint()}"

    @property
    def needs_model(self) -> bool:
        """Whether any seat is played by a model."""
        if self.condition.model.startswith("scripted:"):
            return False
        members = self.condition.population.members
        return any(not member.source.startswith("scripted:") for member in members)
