"""Claims about the populations of an experiment file: five forms, refused or done as written."""

import pickle

import pytest

from agents.cells import cells
from sim.errors import ExperimentError
from sim.experiment import parse, resolve, to_toml
from sim.seating import seats_of

TEXT = """
name = "people"
[design]
scenarios = ["prisoners_dilemma"]
populations = [{}]
wordings = 1
seeds = 2
agents = 6
rounds = 1
"""


def specs(*entries):
    return resolve(parse(TEXT.replace("{}", ", ".join(entries)), "x.toml"), "x.toml")


def conditions(*entries):
    return [spec.condition for spec in specs(*entries) if spec.seed == 0]


def refusal(*entries):
    with pytest.raises(ExperimentError) as caught:
        specs(*entries)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_table_selects_what_the_selector_selects():
    table = '{name = "older women", who = "human", agreeableness = "top", age = [40, 80],'
    table += ' gender = "female"}'
    found, same = conditions(table, "'human[agreeableness=top age=40..80 gender=female]'")
    assert found.population.name == "older women"
    assert found.population.members == same.population.members


def test_a_selection_may_carry_an_affect_arm():
    (found,) = conditions('{who = "ai", stance = "benevolent", affect = "denied"}')
    assert found.population.name == "ai[stance=benevolent]+denied"
    (member,) = found.population.members
    assert member.found.numbers == cells()["ai-benevolent"].numbers
    assert member.found.persona(0).affect == "denied"


def test_strata_become_the_nine_populations_of_claim_c4():
    names = [
        found.population.name
        for found in conditions(
            '{strata = ["agreeableness", "emotional_stability"], who = "human"}'
        )
    ]
    assert len(names) == 9
    assert names[0] == "human agreeableness=top emotional_stability=top"
    assert names[2] == "human agreeableness=top emotional_stability=bottom"


def test_strata_may_be_of_minds_and_of_some_people_only():
    found = conditions('{strata = ["openness"], who = "ai", gender = "male", name = "men"}')
    assert [one.population.name for one in found] == [
        f"men openness={third} gender=male" for third in ("top", "middle", "bottom")
    ]
    assert all(one.population.members[0].found.identity == "ai" for one in found)


def test_twins_as_a_table_and_as_text_are_the_same():
    table, text = specs('{name = "t", twins = "human-any"}', '"twins:human-any"')[:2]
    assert seats_of(table) == seats_of(text)
    assert [seat.casting.paraphrase for seat in seats_of(table)] == [0, 1, 2, 0, 1, 2]


def test_a_series_is_a_factor_by_its_share():
    found = conditions('{trope = "tin-man", share = [0, 0.5, 1]}', '"tin-man"')
    assert [one.factors().get("share") for one in found] == ["0", "0.5", "1", None]
    assert [one.factors().get("series") for one in found[:3]] == ["tin-man among human-neutral"] * 3
    assert len({one.fingerprint() for one in found}) == 4


def test_people_who_must_differ_are_another_condition():
    free, apart = conditions(
        '{name = "a", mix = {"human-any" = 1}}',
        '{name = "b", mix = {"human-any" = 1}, replacement = false}',
    )
    assert not apart.population.replacement
    alike = [one.fingerprint() for one in conditions('{name = "a", mix = {"human-any" = 1}}')]
    assert free.fingerprint() in alike


def test_run_specs_of_all_forms_are_picklable_values():
    every = specs(
        '{strata = ["openness"]}',
        '{twins = "human-any"}',
        '{trope = "tin-man", share = [0.5], among = "human[age=40..80]"}',
    )
    assert pickle.loads(pickle.dumps(every)) == every


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{name = 'x'}", ["'x'", "says nothing of who", "mix, who, strata"]),
        ("{}", ["no key", "says nothing of who"]),
        ("{mix = {guardian = 1}}", ["needs a name"]),
        ("{name = 'x', mix = {guardian = 1}, who = 'human'}", ["has mix and who"]),
        ("{name = 'x', mix = {guardian = 1}, age = 30}", ["'age' does not go with 'mix'"]),
        ("{who = 'human'}", ["selects by nothing", "agreeableness"]),
        ("{who = 'humans', age = 30}", ["'humans'", "did you mean 'human'"]),
        ("{who = 'human', agee = 30}", ["unknown key", "agee", "did you mean 'age'"]),
        ("{who = 'human', age = [30]}", ["age"]),
        ("{who = 'human', affect = 'sad', age = 30}", ["'sad'", "there are: denied"]),
        ("{who = 'human', age = [81, 90]}", ["selects nobody", "age=81..90 leaves 0"]),
        ("{strata = ['warmth']}", ["'warmth'", "no scale"]),
        ("{strata = []}", ["strata = []", "at least 1"]),
        ("{twins = 'human-anyy'}", ["'human-anyy'", "did you mean 'human-any'"]),
        ("{trope = 'tin-man'}", ["needs its shares", "share = [0, 0.25"]),
        ("{trope = 'tin-man', share = []}", ["share = []", "at least 1"]),
        ("{trope = 'tin-man', share = [0, 0.05]}", ["no seat for one", "design.agents = 6"]),
        ("{trope = 'tin-man', share = [2]}", ["between 0 and 1"]),
        ("{trope = 'tin-man', share = [1], name = 'x'}", ["named by their shares"]),
        ("{name = 'x', mix = {'human[age=74]' = 1}, replacement = false}", ["too few"]),
    ],
)
def test_bad_tables_are_one_line_that_names_key_value_and_remedy(entry, words):
    message = refusal(entry)
    assert not [word for word in words if word not in message], message


def test_a_pool_that_cannot_hold_twins_is_refused_before_anything_runs():
    text = TEXT.replace("{}", '{twins = "human-any"}') + "pool = 2\n"
    with pytest.raises(ExperimentError, match="at least 3"):
        resolve(parse(text, "x.toml"), "x.toml")


def test_all_forms_are_written_back_with_the_same_meaning():
    entries = '{strata = ["openness"], age = [20, 60]}, {twins = "human-any", replacement = false},'
    entries += '{trope = "tin-man", share = [0, 0.5]}, {name = "m", mix = {guardian = 1}}'
    experiment = parse(TEXT.replace("{}", entries), "x.toml")
    again = parse(to_toml(experiment), "again")
    assert again == experiment
    assert resolve(again, "x") == resolve(experiment, "x")
