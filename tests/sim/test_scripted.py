"""Strategies in the seats of a Society: each group for itself, and the same from the same seed."""

import asyncio
import sys

import polars as pl
import pytest

from agents.errors import PopulationError
from agents.minds import Minds
from agents.populations import parse
from sim import experiment as experiments
from sim import tables
from sim.executor import play
from sim.seating import seats_of
from sim.society import Society

EXPERIMENT = """
name = "scripted"
[design]
scenarios = [{{name = "prisoners_dilemma", noise = {noise}}}]
populations = ["{population}"]
wordings = 1
seeds = [{seed}]
agents = 4
rounds = 8
"""


def decisions(population: str, noise: float = 0.0, seed: int = 3) -> pl.DataFrame:
    text = EXPERIMENT.format(population=population, noise=noise, seed=seed)
    (spec,) = experiments.resolve(experiments.parse(text, "test"), "test")
    minds = Minds(None, "cloze")
    society = Society(spec, minds)
    asyncio.run(play(society, minds))
    models = {"model": "fake", "readout": "cloze"}
    told = (spec, seats_of(spec), society.game.options, society.notes, models)
    return tables.build(*told)["decisions"]


def done(population: str, noise: float = 0.0, seed: int = 3) -> list[tuple[object, ...]]:
    columns = ("round", "agent", "partner", "action")
    return decisions(population, noise, seed).select(columns).sort(columns).rows()


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_a_library_strategy_plays_in_a_society_as_ours_that_is_the_same(axelrod_library, noise):
    mix = "scripted:{}=0.5,scripted:prober=0.5"
    assert done(mix.format("axelrod.Copycat"), noise) == done(mix.format("tit_for_tat"), noise)


def test_what_a_library_strategy_draws_comes_from_the_seed(axelrod_library):
    population = "scripted:axelrod.Moody"
    assert done(population) == done(population)
    assert done(population) != done(population, seed=4)


def test_a_character_draws_anew_for_every_partner(axelrod_library):
    found = decisions("scripted:axelrod.Moody").sort("round")
    actions = found.group_by("agent", "partner").agg(pl.col("action").str.join(" "))["action"]
    # Twelve sequences of eight draws: two are alike by chance in about one case of four.
    assert actions.n_unique() >= 10


def test_a_population_names_a_strategy_of_the_library(axelrod_library):
    assert parse("scripted:axelrod.Copycat=1,scripted:grim=1").members[0].share == 0.5
    with pytest.raises(PopulationError, match=r"did you mean 'axelrod\.Copycat'"):
        parse("scripted:axelrod.Copycta")


def test_a_population_without_the_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "axelrod", None)
    with pytest.raises(PopulationError, match=r"pip install 'character-societies\[axelrod\]'"):
        parse("scripted:axelrod.Gradual")
