"""Claims about societies: the rules applied to whoever meets, and everything noted."""

import asyncio
import gc
import socket
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agents import alternatives
from agents.errors import CallFailedError
from agents.memory import Last
from agents.minds import Minds, answered
from agents.populations import mixed, parse
from agents.reading import Reading
from scenarios import catalogue
from scenarios.wording import load
from sim import tables
from sim.background import wait_for
from sim.calls import Journal
from sim.executor import play
from sim.gateway import Address, Gateway
from sim.lanes import OpenLanes
from sim.plan import Condition, RunSpec
from sim.records import TABLES
from sim.scoring import Scorer
from sim.seating import seats_of
from sim.society import Society
from sim.topology import Complete, Ring

MODELS = {"model": "fake", "readout": "cloze"}


def spec(
    population: str = "scripted:tit_for_tat=1,scripted:always_defect=1",
    *,
    game: str = "prisoners_dilemma",
    agents: int = 2,
    seed: int = 0,
    **parameters: object,
) -> RunSpec:
    rules = catalogue.game(game)
    condition = Condition(
        situation=game,
        game=game,
        wording=next(iter(load(game).wordings)),
        parameters=catalogue.parameters(rules, {"rounds": 3, **parameters}),
        population=parse(population),
        agents=agents,
        network=Complete(),
        memory=Last(rounds=1),
        model="fake",
        readout="cloze",
        pool=None,
    )
    return RunSpec(condition, seed)


def changed(which: RunSpec, **values: object) -> RunSpec:
    condition = replace(which.condition, **values)  # type: ignore[arg-type]
    return RunSpec(condition, which.seed)


def played(which: RunSpec, minds: Minds | None = None) -> Society:
    minds = minds or Minds(None, "cloze")
    society = Society(which, minds)
    asyncio.run(play(society, minds))
    return society


def frames(society: Society) -> dict[str, pl.DataFrame]:
    return tables.build(
        society.spec, seats_of(society.spec), society.game.options, society.notes, MODELS
    )


def payoffs(society: Society) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for character in society.characters:
        found.setdefault(character.seat.strategy or "persona", []).append(character.payoff)
    return found


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        # Three rounds at 5, 3, 1, 0.
        ("tit_for_tat", "always_defect", (0 + 1 + 1, 5 + 1 + 1)),
        ("tit_for_tat", "always_cooperate", (9, 9)),
        ("always_defect", "always_cooperate", (15, 0)),
        ("grim", "always_defect", (2, 7)),
        ("tit_for_two_tats", "always_defect", (0 + 0 + 1, 5 + 5 + 1)),
        # Lose, shift to defect; punished, shift to cooperate.
        ("win_stay_lose_shift", "always_defect", (0 + 1 + 0, 5 + 1 + 5)),
    ],
)
def test_strategies_earn_what_the_theory_says(
    one: str, other: str, points: tuple[float, float]
) -> None:
    earned = payoffs(played(spec(f"scripted:{one}=1,scripted:{other}=1")))
    assert (earned[one], earned[other]) == ([points[0]], [points[1]])


def test_on_a_complete_network_everyone_plays_everyone_every_round() -> None:
    society = played(spec("scripted:always_defect=1,scripted:tit_for_tat=3", agents=4))
    # A tit for tat earns 9 from each of two like it, and 0 + 1 + 1 from the defector.
    assert payoffs(society) == {"always_defect": [3 * 7.0], "tit_for_tat": [20.0] * 3}
    decisions = frames(society)["decisions"]
    assert len(decisions) == 3 * 4 * 3
    assert decisions.group_by("round", "agent").len()["len"].unique().to_list() == [3]


def test_a_character_treats_each_partner_by_what_that_partner_did() -> None:
    decisions = frames(played(spec("scripted:always_defect=1,scripted:tit_for_tat=2", agents=3)))[
        "decisions"
    ]
    reciprocal = decisions.filter(pl.col("persona") == "scripted:tit_for_tat", pl.col("round") == 2)
    defector = decisions.filter(pl.col("persona") == "scripted:always_defect")["agent"][0]
    said = dict(reciprocal.select(pl.col("partner") == defector, "action").unique().iter_rows())
    assert said == {True: "defect", False: "cooperate"}


def test_on_a_ring_only_neighbours_meet() -> None:
    interactions = frames(played(changed(spec("scripted:random", agents=5), network=Ring())))[
        "interactions"
    ]
    pairs = set(interactions.select("source", "target").iter_rows())
    assert pairs == {(a, b) for a in range(5) for b in range(5) if abs(a - b) in (1, 4)}


GAMES = sorted(catalogue.catalogue())


@pytest.mark.parametrize("game", GAMES)
def test_payoffs_add_up_in_states_characters_and_tables(game: str) -> None:
    society = played(spec("scripted:random", game=game, agents=6, seed=3))
    decisions = frames(society)["decisions"]
    by_agent = dict(decisions.group_by("agent").agg(pl.col("payoff").sum()).iter_rows())
    from_states = dict.fromkeys(range(6), 0.0)
    for members, state in zip(society.groups, society._states, strict=True):
        for member, points in zip(members, society.game.payoffs(state), strict=True):
            from_states[member] += points
    assert by_agent == pytest.approx(from_states)
    assert by_agent == pytest.approx({c.index: c.payoff for c in society.characters})


@pytest.mark.parametrize("game", GAMES)
def test_every_declared_column_is_there_with_its_type(game: str) -> None:
    made = frames(played(spec("scripted:random", game=game, agents=6)))
    for name, frame in made.items():
        assert frame.schema == pl.Schema(dict(TABLES[name])), name
    assert set(made) == {"decisions", "readings", "interactions", "messages"}
    assert len(made["decisions"]) > 0


def test_noise_is_in_what_was_done_and_not_in_what_was_chosen() -> None:
    society = played(spec("scripted:always_cooperate", agents=6, rounds=20, noise=0.3, seed=1))
    made = frames(society)
    assert made["decisions"]["action"].unique().to_list() == ["cooperate"]
    done = made["interactions"]["action"].value_counts()
    share = dict(done.iter_rows())["defect"] / len(made["interactions"])
    assert 0.24 < share < 0.36  # 600 moves: 0.3 give or take three standard errors
    rows = made["interactions"].filter(pl.col("action") == "defect")
    assert set(rows["action_class"]) == {"uncooperative"}
    assert set(rows["payoff"]) == {5.0, 1.0}


def test_the_network_of_a_run_is_fixed_by_its_seed_and_chance_by_the_place() -> None:
    """Two conditions that differ in who plays meet the same chance."""
    one = played(spec("scripted:always_cooperate", agents=6, noise=0.3, seed=5))
    other = played(spec("scripted:always_defect", agents=6, noise=0.3, seed=5))
    flips = [
        frames(s)["interactions"].with_columns(flip=pl.col("action") == turned)
        for s, turned in ((one, "defect"), (other, "cooperate"))
    ]
    assert (
        flips[0]
        .select("round", "source", "target", "flip")
        .equals(flips[1].select("round", "source", "target", "flip"))
    )


def by_partner(request: Any) -> list[float]:
    """Kind at first and after kindness."""
    kind = "took a lot" not in request.prompt.split("You can")[1]
    return [(-0.2 if kind else -2.0) if "little" in p else -1.0 for p in request.phrases]


def test_thousands_who_meet_a_few_contexts_need_as_few_prompts(
    fake_completer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    put = alternatives.render

    def counting(name: str, **values: str) -> str:
        rendered.append(name)
        return put(name, **values)

    monkeypatch.setattr(alternatives, "render", counting)
    model = fake_completer(lambda request: (-1.0, -1.0))
    # One round alone: each of two respondents in three paraphrases is one context.
    everyone = changed(
        spec("human-any", game="oversight", agents=3000, rounds=1), pool=2, network=Ring(k=2)
    )
    society = played(everyone, Minds(model, "cloze"))
    decisions = frames(society)["decisions"]
    contexts = decisions["prompt_sha256"].n_unique()
    assert contexts <= 6 < len(decisions) == 3000
    assert len(model.asked) == 2 * contexts  # both orders
    assert rendered.count("cloze_situation") == 2 * contexts


def test_cached_is_false_exactly_at_a_contexts_first_use_in_the_run(fake_completer: Any) -> None:
    society = played(spec("guardian", agents=4), Minds(fake_completer(by_partner), "cloze"))
    decisions = frames(society)["decisions"]
    assert decisions.sort("round", "phase", "agent", "partner").equals(decisions)
    first = decisions["call_key"].is_first_distinct()
    assert decisions["cached"].to_list() == (~first).to_list()
    assert 0 < first.sum() < len(decisions)


def test_cached_does_not_depend_on_what_other_runs_asked_before(fake_completer: Any) -> None:
    minds = Minds(fake_completer(by_partner), "cloze")
    before = frames(played(spec("guardian", agents=4), minds))
    asked = len(minds._completer.asked)  # type: ignore[union-attr]
    again = frames(played(spec("guardian", agents=4), minds))
    assert all(again[name].equals(before[name]) for name in again)
    assert len(minds._completer.asked) == asked  # type: ignore[union-attr]


def test_every_decision_has_its_readings_behind_it(fake_completer: Any) -> None:
    made = frames(played(spec("guardian", agents=3), Minds(fake_completer(by_partner), "cloze")))
    behind = (
        made["readings"]
        .group_by("round", "agent", "partner", "phase")
        .agg(pl.col("variant").sort())
    )
    assert len(behind) == len(made["decisions"])
    assert behind["variant"].to_list() == [["forward", "reversed"]] * len(behind)


def test_an_unparsed_answer_is_a_row_without_action_and_the_pair_skips_the_round(
    fake_completer: Any,
) -> None:
    silent = Minds(fake_completer(lambda request: (None, None)), "cloze")
    society = played(spec("guardian=1,scripted:always_defect=1", agents=2), silent)
    made = frames(society)
    rows = made["decisions"].filter(pl.col("persona") == "guardian")
    assert rows["answer"].to_list() == ["unparsed"] * 3
    assert rows["action"].null_count() == rows["payoff"].null_count() == 3
    assert rows["text"].to_list() == ["no idea / no idea"] * 3
    assert len(made["interactions"]) == 0
    assert [character.payoff for character in society.characters] == [0.0, 0.0]


def test_a_call_that_failed_for_good_is_a_row_with_its_reason_and_nothing_is_imputed(
    fake_completer: Any,
) -> None:
    def fail(request: Any) -> tuple[float, float]:
        raise CallFailedError("503 five times", ("key",))

    broken = Minds(fake_completer(fail), "cloze")
    made = frames(played(spec("guardian=1,scripted:always_defect=1", agents=2), broken))
    rows = made["decisions"].filter(pl.col("persona") == "guardian")
    assert rows["answer"].to_list() == ["failed"] * 3
    assert rows["text"].to_list() == ["503 five times"] * 3
    assert rows["call_key"].null_count() == 0
    for column in ("action", "action_class", "probabilities", "mass", "payoff"):
        assert rows[column].null_count() == 3, column
    assert len(made["interactions"]) == len(made["readings"]) == 0


def test_one_sample_is_a_decision_without_probabilities() -> None:
    society = Society(spec("guardian=1,scripted:always_defect=1", agents=2), Minds(None, "cloze"))
    said = Reading(None, None, None, (), "prompt", "call", 9, 2, "I take a lot", chosen=1)
    while asks := society.asks():
        society.settle([answered(said, each.uniform) for each in asks])
    rows = frames(society)["decisions"]
    assert rows["action"].to_list() == ["defect"] * 6
    assert rows["probabilities"].null_count() == rows["mass"].null_count() == 6
    assert rows["cached"].to_list() == [False] + [True] * 5


def stepped(which: RunSpec, minds: Minds) -> Society:
    society = Society(which, minds)
    for _ in range(which.condition.parameters.rounds):
        society.step()
    return society


def test_steps_give_the_same_as_the_awaiting_loop(fake_completer: Any) -> None:
    which = spec("guardian=1,scripted:random=1", agents=4, seed=2)
    loop = played(which, Minds(fake_completer(by_partner), "cloze"))
    step = stepped(which, Minds(fake_completer(by_partner), "cloze"))
    assert step.over
    one, other = frames(loop), frames(step)
    # Calls are numbered in the order asked by the fake.
    assert one["decisions"].drop("call_key").equals(other["decisions"].drop("call_key"))
    assert one["interactions"].equals(other["interactions"])


def test_a_step_is_one_round_also_in_games_of_several_phases() -> None:
    which = spec("scripted:random", game="public_goods", agents=4, punishment=True)
    society = Society(which, Minds(None, "cloze"))
    for number in (1, 2, 3):
        society.step()
        assert max(one.round for one in society.notes.settled) == number
    assert society.over
    society.step()  # after the end nothing happens
    assert max(one.round for one in society.notes.settled) == 3


async def test_a_step_works_while_an_event_loop_runs(fake_completer: Any) -> None:
    """As in a notebook."""
    society = stepped(spec("guardian", agents=3), Minds(fake_completer(by_partner), "cloze"))
    assert society.over


def test_steps_work_with_an_endpoint_and_a_journal(endpoint: Any, tmp_path: Path) -> None:
    """Every step waits in another thread with an event loop of its own."""
    journal = Journal(tmp_path / "calls.sqlite")
    gateway = Gateway(Address(f"{endpoint.root}/v1", "mock"))
    scorer = Scorer(gateway, journal, OpenLanes(2), "mock")
    which = spec("guardian", agents=5, seed=1)
    society = stepped(which, Minds(scorer, "label"))
    assert society.over
    asked = endpoint.log()["asked"]
    assert len(asked) == len(set(asked)) == journal.totals()["calls"] + 2  # the probe
    replayed = played(which, Minds(Scorer(None, journal, OpenLanes(2), "mock"), "label"))
    assert frames(replayed)["decisions"].equals(frames(society)["decisions"])
    wait_for(gateway.__aexit__(None, None, None))
    journal.close()


def test_a_step_that_fails_says_so_and_can_be_repeated(fake_completer: Any) -> None:
    broken = True

    def answer(request: Any) -> tuple[float, float]:
        if broken:
            raise ConnectionError("the line is dead")
        return (-1.0, -1.0)

    society = Society(spec("guardian"), Minds(fake_completer(answer), "cloze"))
    with pytest.raises(ConnectionError, match="the line is dead"):
        society.step()
    broken = False
    for _ in range(3):
        society.step()
    assert society.over
    assert society.notes.decisions == 6


def test_a_dissolved_society_is_given_back() -> None:
    alive = []
    for seed in range(3):
        society = played(spec("scripted:random", agents=5, seed=seed))
        society.dissolve()
        alive.append(weakref.ref(society))
    del society
    gc.collect()
    assert [reference() for reference in alive] == [None, None, None]


def test_scripted_societies_touch_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a scripted society opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert payoffs(played(spec()))["tit_for_tat"] == [2.0]


def test_a_scripted_model_plays_every_seat() -> None:
    society = played(changed(spec("guardian"), model="scripted:always_defect"))
    assert [character.payoff for character in society.characters] == [3.0, 3.0]


def test_seats_follow_the_mix_by_largest_remainder() -> None:
    population = mixed("m", {"scripted:grim": 0.5, "scripted:random": 0.3, "guardian": 0.2})
    members = [seat.member for seat in seats_of(changed(spec(agents=7), population=population))]
    # 3.5, 2.1 and 1.4 seats: the one left over goes to the largest remainder.
    assert {member: members.count(member) for member in members} == {
        "scripted:grim": 4,
        "scripted:random": 2,
        "guardian": 1,
    }
