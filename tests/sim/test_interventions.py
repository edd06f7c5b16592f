"""Claims about changes in the middle of a run: who is told what, who sits where, and when.

The file in `golden/` is read by people; a change that is meant is written by `UPDATE_GOLDENS=1`.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agents.alternatives import put_as_cloze
from agents.answers import Decision
from agents.choice import Choice
from agents.interventions import KINDS, texts
from agents.minds import Minds, Posed, scripted
from agents.roster import persona
from sim import tables
from sim.changing import as_table
from sim.describing import describe
from sim.errors import ExperimentError
from sim.executor import play
from sim.experiment import check, parse, read, resolve, to_toml
from sim.forecast import forecast
from sim.plan import RunSpec
from sim.records import INTERVENTIONS
from sim.seating import seats_of
from sim.society import Society
from sim.sweep import inputs
from sim.volume import Method

GOLDEN = Path(__file__).parent / "golden" / "interventions.txt"
MODELS = {"model": "fake", "readout": "cloze"}
TROPES = "tin-man=1,guardian=1"


def specs(*levels: object, **design: Any) -> dict[str, RunSpec]:
    """Runs of one seed by their level."""
    table = {
        "scenarios": ["prisoners_dilemma"],
        "populations": [TROPES],
        "wordings": 1,
        "seeds": [3],
        "agents": 2,
        "rounds": 4,
        "interventions": list(levels),
        **design,
    }
    memory = {"kind": "last", "rounds": 9}
    experiment = check({"name": "x", "design": table, "mind": {"memory": memory}}, "x.toml")
    return {s.condition.intervention.name: s for s in resolve(experiment, "x.toml")}


class Watched:
    """Plays a run with the first option always, and keeps what was asked."""

    def __init__(self, spec: RunSpec) -> None:
        self.society = Society(spec, Minds(None, "cloze"))
        self.asked: dict[int, list[Choice]] = {}
        while asks := self.society.asks():
            chosen = [each.choice for each in asks if isinstance(each.choice, Choice)]
            self.asked.setdefault(self.society.round, []).extend(chosen)
            self.society.settle([self.first(each) for each in asks])

    @staticmethod
    def first(posed: Posed) -> Decision:
        choice = posed.choice
        size = len(choice.phrases) if isinstance(choice, Choice) else len(choice)
        return Decision(0, scripted((1.0,) + (0.0,) * (size - 1)))

    @property
    def decisions(self) -> pl.DataFrame:
        made = self.society
        return tables.build(made.spec, made.seats, made.game.options, made.notes, MODELS)[
            "decisions"
        ]

    @property
    def rows(self) -> pl.DataFrame:
        return as_table(self.society.spec, self.society.notes.changed)

    def situations(self, round_: int) -> list[str]:
        return [choice.situation for choice in self.asked[round_]]

    def personas(self, round_: int) -> list[str]:
        return [choice.persona for choice in self.asked[round_]]


def told(kind: str, arm: str, prompt: str) -> bool:
    return any(text in prompt for text in texts()[kind, arm])


DENIAL = {"at": 3, "kind": "denial", "target": "tin-man"}


def test_a_level_brings_its_control_and_none_is_the_plain_run() -> None:
    assert list(specs("none", DENIAL)) == ["none", "denial@3(tin-man)", "denial@3(tin-man) control"]
    assert list(specs({**DENIAL, "control": False})) == ["denial@3(tin-man)"]
    assert list(specs({"at": 2, "kind": "swap", "persona": "rogue-mind", "yoke": "human-any"})) == [
        "swap@2(everyone > rogue-mind)",
        "swap@2(everyone > rogue-mind) control",
        "swap@2(everyone > rogue-mind) yoked human-any",
    ]
    assert (
        next(iter(specs([{"at": 2, "kind": "respect"}, DENIAL]))) == "respect@2 & denial@3(tin-man)"
    )


def test_without_interventions_conditions_are_what_they_were() -> None:
    plain, named = specs(), specs("none")
    assert list(plain) == list(named) == ["none"]
    assert plain["none"].run_id == named["none"].run_id
    # As it was before there were interventions.
    assert plain["none"].run_id == PLAIN_RUN_ID
    about = describe(Society(plain["none"], Minds(None, "cloze")))
    assert "interventions" not in about and "interventions" not in inputs([plain["none"]])


PLAIN_RUN_ID = "prisoners_dilemma-stream-tin_man_1_guardian_1-s003-26e3dbb3"


def test_every_arm_is_a_run_of_its_own() -> None:
    found = specs("none", DENIAL, {**DENIAL, "at": 2}, {**DENIAL, "for_rounds": 1})
    assert len({spec.run_id for spec in found.values()}) == len(found) == 7


def test_an_own_persona_may_come_and_its_words_are_part_of_what_a_run_is(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        """
        name = "x"
        [design]
        scenarios = ["prisoners_dilemma"]
        populations = ["tin-man"]
        wordings = 1
        seeds = 1
        interventions = [{at = 2, kind = "swap", persona = "mine", control = false}]
        [personas]
        files = ["mine.toml"]
        """
    )

    def run_with(words: str) -> RunSpec:
        (tmp_path / "mine.toml").write_text(f"[[persona]]\nname = 'mine'\ntexts = ['{words}']")
        (spec,) = resolve(read(tmp_path / "x.toml"), str(tmp_path / "x.toml"))
        return spec

    first, other = run_with("I like rain."), run_with("I like snow.")
    assert first.run_id != other.run_id
    assert set(Watched(first).personas(2)) == {"I like rain."}


def test_who_is_told_is_told_from_then_on_whatever_it_remembers() -> None:
    found = Watched(specs(DENIAL, rounds=4)["denial@3(tin-man)"])
    tin_man = next(s.index for s in found.society.characters if s.seat.member == "tin-man")
    for round_ in (1, 2, 3, 4):
        heard = [told("denial", "treatment", each) for each in found.situations(round_)]
        assert heard[tin_man] == (round_ >= 3)
        assert not heard[1 - tin_man]


def test_words_that_last_for_some_rounds_are_forgotten_after_them() -> None:
    level = {"at": 2, "kind": "respect", "for_rounds": 2}
    found = Watched(specs(level)["respect@2 for 2"])
    heard = [all(told("respect", "treatment", s) for s in found.situations(r)) for r in range(1, 5)]
    assert heard == [False, True, True, False]


@pytest.mark.parametrize("kind", ["denial", "affirmation", "respect", "mistreatment"])
def test_arms_are_told_the_same_paraphrase_and_differ_in_nothing_else(kind: str) -> None:
    found = [Watched(spec) for spec in specs({"at": 3, "kind": kind}).values()]
    treated, control = found
    assert treated.asked[2] == control.asked[2]
    for one, other in zip(treated.asked[3], control.asked[3], strict=True):
        said = [t for t in texts()[kind, "treatment"] if t in one.situation]
        place = texts()[kind, "treatment"].index(said[0])
        instead = texts()[kind, "control"][place]
        assert one.situation.replace(said[0], instead) == other.situation
        assert one.persona == other.persona


def test_a_swap_takes_the_persona_and_leaves_the_memory() -> None:
    level = {"at": 3, "kind": "swap", "persona": "rogue-mind", "target": "tin-man"}
    found = Watched(specs(level)["swap@3(tin-man > rogue-mind)"])
    tin_man = next(s.index for s in found.society.characters if s.seat.member == "tin-man")
    assert found.personas(2)[tin_man] in persona("tin-man").texts
    assert found.personas(3)[tin_man] in persona("rogue-mind").texts
    # It still knows the rounds that somebody else played: two of them are told in round 3.
    assert "Before that" in found.situations(3)[tin_man]
    assert found.personas(3)[1 - tin_man] == found.personas(1)[1 - tin_man]


def test_the_control_of_a_swap_is_the_same_persona_in_other_words() -> None:
    level = {"at": 3, "kind": "swap", "persona": "rogue-mind", "target": "tin-man"}
    found = Watched(specs(level)["swap@3(tin-man > rogue-mind) control"])
    tin_man = next(s.index for s in found.society.characters if s.seat.member == "tin-man")
    before, after = found.personas(2)[tin_man], found.personas(3)[tin_man]
    assert before != after and {before, after} <= set(persona("tin-man").texts)


@pytest.mark.parametrize(("leaves", "left"), [("nothing", ("",)), ("placebo", None)])
def test_a_removal_leaves_nothing_or_a_text_about_nobody(
    leaves: str, left: tuple[str, ...] | None
) -> None:
    (name, _), runs = (
        list(specs({"at": 3, "kind": "removal", "leaves": leaves})),
        specs({"at": 3, "kind": "removal", "leaves": leaves}),
    )
    found = Watched(runs[name])
    assert set(found.personas(3)) <= set(left or persona("placebo").texts)
    assert "" not in found.personas(2)
    removed = found.decisions.filter(pl.col("round") >= 3)["persona"].unique().to_list()
    assert removed == ["none" if left else "placebo"]


def test_a_yoked_memory_is_made_by_another_and_gone_on_with_by_the_same() -> None:
    level = {"at": 3, "kind": "swap", "persona": "human-hostile", "yoke": "human-neutral"}
    runs = specs({**level, "target": "tin-man"}, agents=6)
    treated, control, yoked = (Watched(spec) for spec in runs.values())
    seats = [s.index for s in treated.society.characters if s.seat.member == "tin-man"]
    by_agent = [
        dict(w.decisions.filter(pl.col("round") == r).select("agent", "persona").iter_rows())
        for w, r in ((treated, 3), (yoked, 3), (treated, 2), (yoked, 2), (control, 3))
    ]
    for agent in range(6):
        after, after_yoke, before, before_yoke, kept = (each[agent] for each in by_agent)
        assert after == after_yoke
        assert (before == before_yoke) == (agent not in seats)
        assert kept == before
    # Who sits there before is who would sit there in a population of such people.
    (plain,) = specs(agents=6, populations=["human-neutral"]).values()
    expected = [seat.casting.persona.name for seat in seats_of(plain) if seat.casting]
    assert [by_agent[3][agent] for agent in seats] == [expected[agent] for agent in seats]


def test_a_newcomer_remembers_nothing_and_the_others_are_told() -> None:
    level = {"at": 3, "kind": "newcomer", "persona": "human-any", "target": "tin-man"}
    treated, control = (Watched(spec) for spec in specs(level).values())
    tin_man = next(s.index for s in treated.society.characters if s.seat.member == "tin-man")
    assert treated.situations(3)[tin_man] == treated.situations(1)[tin_man]
    assert treated.personas(3)[tin_man] != treated.personas(2)[tin_man]
    # The other one remembers, and is told so.
    assert told("newcomer", "treatment", treated.situations(3)[1 - tin_man])
    assert "Before that" in treated.situations(3)[1 - tin_man]
    # The control: the same one stays and knows what it knew, and the other is told as much.
    assert told("newcomer", "control", control.situations(3)[1 - tin_man])
    assert control.personas(3) == control.personas(2)
    assert "Before that" in control.situations(3)[tin_man]


def test_a_newcomer_of_no_persona_is_a_new_one_of_the_seats_own_member() -> None:
    runs = specs({"at": 2, "kind": "newcomer"}, populations=["human-any"], agents=6)
    found = Watched(runs["newcomer@2"])
    decisions = found.decisions.group_by("round", "agent").agg(pl.col("persona").first())
    names = {(r, a): name for r, a, name in decisions.iter_rows()}
    assert all(names[1, agent] != names[2, agent] for agent in range(6))
    assert all(names[2, agent] == names[4, agent] for agent in range(6))


def test_a_reminder_tells_the_personas_own_words_whole() -> None:
    treated, control = (Watched(s) for s in specs({"at": 2, "kind": "reminder"}).values())
    for choice, other in zip(treated.asked[2], control.asked[2], strict=True):
        assert f'"{choice.persona}"' in choice.situation
        assert any(f'"{text}"' in other.situation for text in persona("placebo").texts)


def test_decisions_say_who_decided_at_the_time() -> None:
    level = {"at": 3, "kind": "swap", "persona": "human-hostile", "target": "tin-man"}
    found = Watched(specs(level)["swap@3(tin-man > human-hostile)"])
    rows = found.decisions.select("round", "persona", "identity", "affect", "stance").rows()
    swapped = [row for row in rows if row[1] != "guardian"]
    assert [row[2:] for row in swapped] == [
        *[("ai", "denied", "neutral")] * 2,
        *[("human", "unmentioned", "hostile")] * 2,
    ]
    # The run's record says who was cast, and what was planned.
    about = describe(found.society)
    assert {who["persona"] for who in about["characters"]} == {"tin-man", "guardian"}
    (planned,) = about["interventions"]
    assert (planned["at"], planned["kind"], planned["arm"]) == (3, "swap", "treatment")
    assert [about["characters"][agent]["member"] for agent in planned["targets"]] == ["tin-man"]


def test_the_table_has_a_row_for_everyone_to_whom_something_happened() -> None:
    level = {"at": 3, "kind": "swap", "persona": "rogue-mind", "yoke": "placebo"}
    found = Watched(
        specs({**level, "target": "tin-man"})["swap@3(tin-man > rogue-mind) yoked placebo"]
    )
    rows = found.rows
    assert rows.schema == pl.Schema(dict(INTERVENTIONS))
    assert rows.select("round", "kind", "arm", "persona_before", "persona_after").rows() == [
        (1, "swap", "yoked", None, "placebo"),
        (3, "swap", "yoked", "placebo", "rogue-mind"),
    ]
    assert rows["text"][1] in persona("rogue-mind").texts
    said = Watched(specs(DENIAL)["denial@3(tin-man) control"]).rows
    assert said["persona_before"].to_list() == said["persona_after"].to_list() == ["tin-man"]
    assert said["text"][0] in texts()["denial", "control"]


def test_what_never_came_about_is_planned_but_no_row() -> None:
    # With a continuation of 0.01 the pair ends after its first round.
    scenario = {"name": "prisoners_dilemma", "continuation": 0.01}
    found = Watched(specs(DENIAL, scenarios=[scenario])["denial@3(tin-man)"])
    assert found.decisions["round"].max() == 1
    assert len(found.rows) == 0
    assert len(describe(found.society)["interventions"]) == 1


def test_scripted_seats_play_on_and_are_not_addressed() -> None:
    population = "tin-man=1,scripted:tit_for_tat=1"
    runs = specs({"at": 2, "kind": "newcomer"}, populations=[population])
    found = Watched(runs["newcomer@2"])
    assert found.rows["persona_after"].to_list() == ["tin-man"]
    assert found.decisions.filter(pl.col("persona").str.starts_with("scripted:")).height == 4


def test_changes_meet_the_same_chance_as_the_plain_run(fake_completer: Any) -> None:
    """Arms are paired: until the change all is the same, and after it all who never meet it."""

    def play_it(spec: RunSpec) -> pl.DataFrame:
        minds = Minds(fake_completer(lambda request: (-0.7, -0.7)), "cloze")
        society = Society(spec, minds)
        asyncio.run(play(society, minds))
        made = tables.build(spec, society.seats, society.game.options, society.notes, MODELS)
        return made["decisions"].select("round", "agent", "partner", "action")

    plain, treated, control = map(play_it, specs("none", DENIAL, agents=4).values())
    # This model cares for nothing, so that nothing but chance decides.
    assert plain.equals(treated) and plain.equals(control)


def test_the_plan_counts_what_interventions_ask() -> None:
    method = Method("label", comprehension=False)
    plain = forecast(list(specs("none").values()), method)
    both = forecast(list(specs("none", DENIAL).values()), method)
    assert both.decisions == 3 * plain.decisions
    assert plain.contexts.least < both.contexts.least < 3 * plain.contexts.least


def test_a_sweep_knows_the_texts_of_all_who_come() -> None:
    level = {"at": 3, "kind": "swap", "persona": "rogue-mind"}
    found = inputs(list(specs(level).values()))
    names = {name.partition("/")[0] for name in found["personas"]}
    assert names == {"tin-man", "guardian", "rogue-mind"}
    assert len(found["interventions"]) == 1


def test_an_experiment_with_interventions_is_written_out_and_read_again() -> None:
    text = """
    name = "x"
    [design]
    scenarios = ["prisoners_dilemma"]
    populations = ["tin-man"]
    rounds = 6
    interventions = [
        "none",
        {at = 5, kind = "denial"},
        [{at = 2, kind = "respect"}, {at = 3, kind = "reminder"}],
    ]
    """
    first = parse(text, "x.toml")
    again = parse(to_toml(first), "y.toml")
    assert again == first
    assert resolve(again, "y.toml") == resolve(first, "x.toml")


BAD: dict[str, tuple[dict[str, object] | str, list[str]]] = {
    "an unknown kind": (
        {"at": 2, "kind": "denail"},
        ["design.interventions.0.kind", "'denail'", "did you mean 'denial'"],
    ),
    "an unknown key": (
        {"at": 2, "kind": "denial", "targett": "tin-man"},
        ["unknown key design.interventions.0", "targett", "did you mean 'target'"],
    ),
    "a kind without a table": ("denial", ["design.interventions.0", "{at = 5", '"none"']),
    "no round": ({"kind": "denial"}, ["design.interventions.0", "at", "required"]),
    "a round before the first": ({"at": 0, "kind": "denial"}, ["at = 0"]),
    "a round after the last": (
        {"at": 5, "kind": "denial"},
        ["design.interventions", "at = 5", "4 rounds", "1 to 4"],
    ),
    "an unknown target": (
        {"at": 2, "kind": "denial", "target": "tin-mann"},
        ["target = 'tin-mann'", "did you mean 'tin-man'"],
    ),
    "nobody for a swap": ({"at": 2, "kind": "swap"}, ["design.interventions.0", 'persona = "']),
    "an unknown persona": (
        {"at": 2, "kind": "swap", "persona": "guardien"},
        ["'guardien'", "did you mean 'guardian'"],
    ),
    "a mix that takes a seat": (
        {"at": 2, "kind": "swap", "persona": TROPES},
        ["design.interventions", "persona = 'tin-man=1,guardian=1'", "not a mix"],
    ),
    "a strategy that takes a seat": (
        {"at": 2, "kind": "newcomer", "persona": "scripted:grim"},
        ["persona = 'scripted:grim'", "strategy"],
    ),
    "a yoke for words": (
        {"at": 2, "kind": "denial", "yoke": "human-any"},
        ["design.interventions.0", "yoke", "swap, removal"],
    ),
    "a yoke without rounds": (
        {"at": 1, "kind": "removal", "yoke": "human-any"},
        ["yoke", "at = 2 or later"],
    ),
    "a reminder of nothing": (
        {"at": 2, "kind": "reminder", "target": "none"},
        ["reminder@2", "no member"],
    ),
}


@pytest.mark.parametrize(("level", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_that_names_key_value_and_remedy(
    level: object, words: list[str]
) -> None:
    with pytest.raises(ExperimentError) as caught:
        specs(level)
    message = str(caught.value)
    assert message.startswith("x.toml: ") and "\n" not in message
    assert not [word for word in words if word not in message], message


@pytest.mark.parametrize(
    ("level", "populations", "words"),
    [
        ({"at": 2, "kind": "reminder"}, ["none"], ["'none' has no words"]),
        ({"at": 2, "kind": "removal"}, ["none"], ["'none' has only one", "control = false"]),
        ({"at": 2, "kind": "denial"}, ["scripted:grim"], ["'everyone'", "not addressed"]),
        (
            {"at": 2, "kind": "denial", "target": "scripted:grim"},
            ["tin-man=1,scripted:grim=1"],
            ["'scripted:grim'", "not addressed"],
        ),
        (
            {"at": 2, "kind": "denial", "target": "tin-man"},
            ["tin-man=1,guardian=9"],
            ["'tin-man'", "no seat among 2"],
        ),
    ],
)
def test_what_could_change_nobody_is_refused(
    level: object, populations: list[str], words: list[str]
) -> None:
    with pytest.raises(ExperimentError) as caught:
        specs(level, populations=populations)
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_what_characters_are_told_before_and_after_is_on_file() -> None:
    text = "\n".join(part for kind in KINDS for part in told_by_kind(kind))
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def told_by_kind(kind: str) -> Iterator[str]:
    """What the tin man is told, and of a newcomer also what the other one is."""
    level: dict[str, object] = {"at": 2, "kind": kind, "target": "tin-man"}
    if kind == "swap":
        level["persona"] = "guardian"
    for name, spec in specs(level, populations=["tin-man=1,placebo=1"]).items():
        found = Watched(spec)
        members = [seat.member for seat in found.society.seats]
        for who in ["tin-man", "placebo"] if kind == "newcomer" else ["tin-man"]:
            for round_ in (1, 2):
                choice = found.asked[round_][members.index(who)]
                # What comes after the rules and the menu.
                shown = put_as_cloze(choice)[0].request.prompt.partition("\n\n")[2]
                yield f"# {name}: {who}, round {round_}\n{with_names(shown)}\n"


def with_names(prompt: str) -> str:
    """Personas by name, so that the file tells what is told and not who characters are."""
    for name in ("tin-man", "guardian", "placebo"):
        for place, text in enumerate(persona(name).texts):
            prompt = prompt.replace(text, f"<{name}/{place}>")
    return prompt
