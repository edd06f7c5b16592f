"""Known results fall out of what is recorded."""

import asyncio

import numpy as np
import polars as pl
import pytest
from scipy.integrate import solve_ivp

from agents.minds import Minds
from scenarios.catalogue import game as game_of
from scenarios.theory import stage, symmetric_mixture
from sim import experiment as experiments
from sim import tables
from sim.executor import play
from sim.society import Society


def recorded(scenario, population, agents, rounds):
    """Tables of a scripted society that was really played."""
    design = {
        "scenarios": [scenario],
        "populations": [population],
        "wordings": 1,
        "seeds": [3],
        "agents": agents,
        "rounds": rounds,
    }
    experiment = experiments.check({"name": "known", "design": design}, "test")
    (spec,) = experiments.resolve(experiment, "test")
    minds = Minds(None, "cloze")
    society = Society(spec, minds)
    asyncio.run(play(society, minds))
    seats = tuple(character.seat for character in society.characters)
    models = {"model": "scripted", "readout": "scripted"}
    return tables.build(spec, seats, society.game.options, society.notes, models)


@pytest.mark.parametrize("start", [0.05, 0.5, 0.95])
def test_the_mixed_equilibrium_of_chicken_is_where_replicators_rest(start):
    acts = recorded("chicken", "scripted:random", 8, 10)["interactions"]
    met = acts.join(
        acts.select(
            "round",
            pl.col("source").alias("target"),
            pl.col("target").alias("source"),
            other="action",
        ),
        on=["round", "source", "target"],
    )
    paid = {
        (own, other): points
        for own, other, points in met.group_by("action", "other")
        .agg(pl.col("payoff").mean())
        .rows()
    }
    assert len(paid) == 4

    def growth(_, share):
        """Replicator dynamics of the share that escalates (Taylor & Jonker 1978)."""
        (x,) = share
        fitness = [
            (1 - x) * paid[own, "yield"] + x * paid[own, "escalate"]
            for own in ("yield", "escalate")
        ]
        return [x * (1 - x) * (fitness[1] - fitness[0])]

    rest = solve_ivp(growth, (0, 200), [start], rtol=1e-8, atol=1e-10).y[0, -1]
    # Value 6 and cost 10: each escalates with probability 6/10.
    assert rest == pytest.approx(0.6, abs=1e-4)
    chicken = game_of("chicken")
    assert symmetric_mixture(stage(chicken, chicken.parameters(), 2)) == pytest.approx(0.6)
    assert np.isclose(growth(0, [0.6])[0], 0)
