"""What the page offers to play, and the experiment that a filled-in form stands for."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

from agents.populations import populations
from agents.readouts import DESCRIPTIONS
from analysis.looks import DASHES, PALETTE, SHAPES
from scenarios.catalogue import catalogue
from scenarios.pair_strategies import PAIR_STRATEGIES
from scenarios.wording import load
from sim import experiment as experiments
from sim.errors import ExperimentError
from sim.registry import registered
from sim.schema import Experiment, Placement

SOURCE = "live run"
MOST_AGENTS, MOST_ROUNDS = 500, 10_000
_NETWORKS = ("complete", "ring", "lattice", "small_world", "scale_free", "blocks")
_MEMORIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {"kind": "none"},
        "last-1": {"kind": "last", "rounds": 1},
        "last-3": {"kind": "last", "rounds": 3},
        "tally": {"kind": "tally"},
    }
)
_TEXTS = ("scenario", "population", "wording", "network", "placement", "memory", "model", "readout")
_NUMBERS = ("agents", "rounds", "seed")


@cache
def offer() -> Mapping[str, Any]:
    """Every choice of the form by name, and the looks of pictures."""
    games = catalogue()
    return {
        "scenarios": {
            f"{name}{preset}": list(load(name).wordings)
            for name, game in games.items()
            for preset in ("", *(f":{each}" for each in game.presets))
        },
        "populations": [*populations(), *(f"scripted:{name}" for name in PAIR_STRATEGIES)],
        "networks": list(_NETWORKS),
        "placements": list(get_args(Placement)),
        "memories": list(_MEMORIES),
        "models": [*registered(), "openai:NAME", "http://127.0.0.1:8000/v1#NAME"],
        "readouts": list(DESCRIPTIONS),
        "looks": {"colours": PALETTE, "shapes": SHAPES, "dashes": DASHES},
    }


def experiment_of(form: Mapping[str, Any]) -> Experiment:
    """The experiment of one run that a form stands for.

    Args:
        form: texts scenario, population, wording, network, placement, memory, model and readout;
            whole numbers agents, rounds and seed.

    Raises:
        ExperimentError: a field is missing or impossible; names field, value and remedy.
    """
    for key in _TEXTS:
        if not isinstance(form.get(key), str) or not form[key].strip():
            raise ExperimentError(f"{SOURCE}: {key} is empty: choose or write one")
    for key in _NUMBERS:
        if isinstance(form.get(key), bool) or not isinstance(form.get(key), int):
            raise ExperimentError(f"{SOURCE}: {key} = {form.get(key)!r}: give a whole number")
    for key, most in (("agents", MOST_AGENTS), ("rounds", MOST_ROUNDS)):
        if form[key] > most:
            raise ExperimentError(
                f"{SOURCE}: {key} = {form[key]}: at most {most} here; larger ones go through"
                " `society run`"
            )
    if form["memory"] not in _MEMORIES:
        raise ExperimentError(
            f"{SOURCE}: memory = {form['memory']!r}: one of {', '.join(_MEMORIES)}"
        )
    scenario, population = form["scenario"].strip(), form["population"].strip()
    table = {
        "name": f"{scenario} with {population}, live",
        "design": {
            "scenarios": [scenario],
            "populations": [population],
            "wordings": [form["wording"]],
            "seeds": [form["seed"]],
            "agents": form["agents"],
            "rounds": form["rounds"],
            "network": {"kind": form["network"]},
            "placement": form["placement"],
        },
        "mind": {
            "model": form["model"].strip(),
            "readout": form["readout"],
            "memory": dict(_MEMORIES[form["memory"]]),
        },
    }
    return experiments.check(table, SOURCE)
