"""Claims about the planted model: it does exactly what its truth says, and sees only the prompt."""

import math
from pathlib import Path

import polars as pl
import pytest
from planted import plant
from planted_prompts import Prompts, Put, UnknownPromptError
from planted_truth import Act, Inventory, Truth, Who, log_odds, log_probabilities

from agents.alternatives import put_as_cloze
from agents.minds import Minds
from agents.respondents import ai_respondent, respondent, respondents
from sim.experiment import parse, resolve
from sim.society import Society

PLAIN = """
name = "planted"
[design]
scenarios = ["prisoners_dilemma"]
populations = ["human-benevolent", "ai-benevolent", "tin-man", "none", "placebo"]
wordings = 1
seeds = 1
agents = 3
rounds = 2
pool = 3
network = {kind = "ring", k = 2}
comprehension = false
[mind]
memory = {kind = "none"}
readout = "cloze"
"""


@pytest.fixture
def planted(tmp_path):
    """Decisions of an experiment that the planted model plays."""

    def go(text, name="decisions", **terms):
        (tmp_path / "e.toml").write_text(text)
        folder = plant(Truth(**terms), tmp_path / "e.toml", tmp_path / "e")
        return pl.read_parquet(folder / "runs" / "*" / f"{name}.parquet")

    return go


def logistic(nats):
    return 1 / (1 + math.exp(-nats))


def cooperation(rows, **where):
    """The one probability of the first option, the cooperative one, in some rows."""
    for name, value in where.items():
        rows = rows.filter(pl.col(name) == value)
    found = rows["probabilities"].list.first().unique().to_list()
    assert max(found) - min(found) < 1e-9
    return found[0]


def test_cooperation_is_the_logistic_of_the_planted_sum(planted):
    rows = planted(PLAIN, intercept=0.4, identity={"ai": -0.3, "tin-man": -1.1, "none": 0.2})
    told = {"human-benevolent": 0.4, "ai-benevolent": 0.1, "tin-man": -0.7, "none": 0.6}
    for population, nats in told.items():
        assert cooperation(rows, population=population) == pytest.approx(logistic(nats), abs=1e-6)
    assert cooperation(rows, population="placebo") == pytest.approx(logistic(0.4), abs=1e-6)
    assert set(rows["answer"]) == {"decision"}
    assert rows["mass"].to_list() == pytest.approx([math.exp(-0.51)] * len(rows))


def test_traits_are_those_of_the_respondent_whose_answers_are_told(planted):
    rows = planted(PLAIN, agreeableness=0.5, emotional_stability=-0.2)
    people = list(respondents().values())
    means, spreads = {}, {}
    for scale in ("agreeableness", "emotional_stability"):
        sums = [person.scale(scale) for person in people]
        means[scale] = sum(sums) / len(sums)
        spreads[scale] = math.sqrt(sum((s - means[scale]) ** 2 for s in sums) / len(sums))
    human = rows.filter(pl.col("population") == "human-benevolent")
    for name in human["persona"].unique():
        person = respondents()[int(name.removeprefix("respondent-"))]
        a, s = (
            (person.scale(scale) - means[scale]) / spreads[scale]
            for scale in ("agreeableness", "emotional_stability")
        )
        nats = 0.5 * a - 0.2 * s
        assert cooperation(human, persona=name) == pytest.approx(logistic(nats), abs=1e-6)
        assert cooperation(rows, persona=f"ai-{name}") == pytest.approx(logistic(nats), abs=1e-6)


def test_affect_and_what_a_supervisor_says_are_told_apart(planted):
    text = PLAIN.replace('"none", "placebo"', '"human-benevolent+denied", "denied"').replace(
        "comprehension", 'interventions = [{at = 2, kind = "denial"}]\ncomprehension'
    )
    rows = planted(
        text,
        affect={"denied": -0.4, "human denied": -0.3},
        told={"denial": -0.8, "denial control": -0.1, "ai denial": -0.5},
    ).with_columns(control=pl.col("condition").str.contains("control"))
    first, then = rows.filter(pl.col("round") == 1), rows.filter(pl.col("round") == 2)
    assert cooperation(first, population="human-benevolent+denied") == pytest.approx(logistic(-0.7))
    assert cooperation(first, population="denied") == pytest.approx(logistic(-0.4))
    assert cooperation(first, population="tin-man") == pytest.approx(0.5)
    for control, population, nats in (
        (False, "tin-man", -0.8),
        (True, "tin-man", -0.1),
        (False, "ai-benevolent", -1.3),
        (True, "ai-benevolent", -0.1),
        (False, "human-benevolent+denied", -1.5),
    ):
        found = cooperation(then, control=control, population=population)
        assert found == pytest.approx(logistic(nats), abs=1e-6)


def test_what_is_remembered_carries_over_by_whose_act_it_was(planted):
    text = PLAIN.replace('"none"}', '"last", rounds = 1}')
    rows = planted(text, own={"*": 0.9}, others={"*": 0.4, "tin-man": 0.0})
    acts = {
        (row["run_id"], row["agent"], row["partner"]): 1 if row["done"] == "cooperate" else -1
        for row in rows.filter(pl.col("round") == 1).iter_rows(named=True)
    }
    then = rows.filter(pl.col("round") == 2)
    assert len(set(acts.values())) == 2
    for row in then.iter_rows(named=True):
        own = acts[row["run_id"], row["agent"], row["partner"]]
        other = acts[row["run_id"], row["partner"], row["agent"]]
        nats = 0.9 * own + (0.0 if row["persona"] == "tin-man" else 0.4) * other
        assert row["probabilities"][0] == pytest.approx(logistic(nats), abs=1e-6)


def test_the_order_of_mention_moves_a_reading_and_not_their_average(planted):
    rows = planted(PLAIN, "readings", intercept=0.3, order={"*": 1.2})
    odds = rows.with_columns(
        odds=pl.col("log_probabilities").list.first() - pl.col("log_probabilities").list.last()
    )
    means = dict(odds.group_by("variant").agg(pl.col("odds").mean()).iter_rows())
    assert means == pytest.approx({"forward": 0.3 + 1.2, "reversed": 0.3 - 1.2})


def test_the_readout_that_goes_on_from_the_persona_has_a_term_of_its_own(planted):
    text = PLAIN.replace('readout = "cloze"', 'readout = ["cloze", "cloze-continued"]')
    rows = planted(text, continued={"human": 0.6, "none": 5.0})
    assert cooperation(rows, readout="cloze", identity="human") == pytest.approx(0.5)
    found = cooperation(rows, readout="cloze-continued", identity="human")
    assert found == pytest.approx(logistic(0.6), abs=1e-6)
    # Without a persona both ask the same.
    assert cooperation(rows, readout="cloze-continued", population="none") == pytest.approx(0.5)


def test_a_true_report_is_the_cooperative_one_whatever_was_rolled(planted):
    text = PLAIN.replace('"prisoners_dilemma"', '"honest_report"').replace("seeds = 1", "seeds = 8")
    rows = planted(text, intercept=1.5)
    asked = rows.select("menu", "facts", "probabilities").unique()
    assert asked["facts"].n_unique() == 6
    for row in asked.iter_rows(named=True):
        likely = dict(zip(row["menu"], row["probabilities"], strict=True))
        (truth,) = (key for key in likely if key.startswith("true"))
        claims = sum(p for key, p in likely.items() if key.startswith("claim"))
        if claims:
            assert math.log(likely[truth] / claims) == pytest.approx(1.5, abs=1e-6)


def test_treatment_is_known_by_the_words_of_the_rules(planted):
    told = [f'{{name = "mistreatment", treatment = "{t}"}}' for t in ("rightless", "respected")]
    text = PLAIN.replace('"prisoners_dilemma"', ", ".join(told))
    rows = planted(text, treatment={"rightless": -0.5, "ai rightless": -0.4, "respected": 0.2})
    rows = rows.with_columns(
        odds=(pl.col("probabilities").list.first() / pl.col("probabilities").list.last()).log()
    )
    means = rows.group_by("population", rightless=pl.col("scenario").str.contains("rightless")).agg(
        pl.col("odds").mean()
    )
    found = {(p, r): odds for p, r, odds in means.iter_rows()}
    assert found["human-benevolent", True] == pytest.approx(-0.5, abs=1e-6)
    assert found["ai-benevolent", True] == pytest.approx(-0.9, abs=1e-6)
    assert found["ai-benevolent", False] == pytest.approx(0.2, abs=1e-6)


@pytest.mark.parametrize("unstated", [True, False])
def test_answers_follow_the_person_and_on_unstated_items_only_if_planted_so(planted, unstated):
    text = PLAIN + '[probes]\ninventory = "ipip-25"\nat = ["before"]\n'
    rows = planted(text, "probes", inventory=Inventory(loading=1, unstated=unstated))
    people = [(respondent, "respondent-"), (ai_respondent, "ai-respondent-")]
    nearness = {True: [], False: []}
    for make, prefix in people:
        for name, item, expected in rows.select("persona", "item", "expected").iter_rows():
            if not name.startswith(prefix):
                continue
            persona = make(int(name.rpartition("-")[2]))
            is_stated = any(item in told for told in persona.told)
            answer = dict(zip(_items(), persona.answers, strict=True))[item]
            nearness[is_stated].append(abs(expected - answer))
    # A normal curve about 1 or 6 that ends there is pulled inwards by .1.
    if unstated:
        assert max(nearness[True] + nearness[False]) < 0.15
    else:
        assert sum(nearness[False]) / len(nearness[False]) > 1


def _items():
    return tuple(f"{trait}{n}" for trait in "ACENO" for n in range(1, 6))


def test_all_nineteen_games_are_understood_in_every_form_of_the_question(tmp_path):
    file = Path(__file__).parents[2] / "examples" / "nineteen.toml"
    folder = plant(Truth(), file, tmp_path / "all", seeds=1, rounds=1)
    rows = pl.read_parquet(folder / "runs" / "*" / "decisions.parquet")
    assert rows["scenario"].n_unique() == 19
    assert set(rows["answer"]) == {"decision"}


def test_what_the_experiment_could_not_have_asked_is_an_error():
    prompts = Prompts(resolve(parse(PLAIN, "x"), "x"))
    rules = "You live by a stream."
    with pytest.raises(UnknownPromptError, match="no persona"):
        prompts.read('Who are you? Me: "I am nobody. So I will go')
    with pytest.raises(UnknownPromptError, match="no rules"):
        prompts.read(f'{rules} You can a or b.\n\nWhat will you do? Me: "I will a')


def test_random_parts_are_shared_by_whom_they_are_meant_for():
    human = Who("respondent-7", "human", "respondent-7")
    twin = Who("ai-respondent-7", "ai", "respondent-7")
    other = Who("respondent-8", "human", "respondent-8")
    two = ("cooperative", "uncooperative")

    def odds(who, wording="a", form="turn", **terms):
        return log_odds(Truth(**terms), Act(who, "chicken", wording, two, form))

    assert odds(human, persona=1.0) == odds(twin, persona=1.0) != odds(other, persona=1.0)
    assert odds(human, wording="a", **{"persona": 1.0}) == odds(human, wording="b", persona=1.0)
    assert odds(human, situation={"human": 1.0}) == odds(other, situation={"human": 1.0}) != 0
    noisy = {"arbitrary": {"human": 1.0}}
    assert odds(twin, **noisy) == 0
    values = {odds(who, word, form, **noisy) for who in (human, other) for word in "ab"
              for form in ("turn", "continued")}  # fmt: skip
    assert len(values) == 8


def test_random_parts_have_the_spread_that_is_planted():
    two = ("cooperative", "uncooperative")
    truth = Truth(arbitrary={"*": 0.7})
    values = [
        log_odds(truth, Act(Who(f"p{n}", "human", f"p{n}"), "chicken", "a", two))
        for n in range(4000)
    ]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    # Within four standard errors: 0.7 / sqrt(4000), and 0.7 / sqrt(8000).
    assert abs(mean) < 4 * 0.7 / math.sqrt(4000)
    assert abs(spread - 0.7) < 4 * 0.7 / math.sqrt(8000)


def test_a_neutral_option_stands_in_the_middle():
    act = Act(Who(), "mistreatment", "a", ("cooperative", "neutral", "uncooperative"))
    help_, leave, worsen = log_probabilities(Truth(intercept=1.0), act)
    assert help_ - leave == pytest.approx(leave - worsen) == pytest.approx(0.5)
    assert sum(map(math.exp, (help_, leave, worsen))) == pytest.approx(1)


def test_a_prompt_tells_who_is_asked_and_of_what():
    specs = resolve(parse(PLAIN, "x"), "x")
    prompts = Prompts(specs)
    asked = Society(specs[0], Minds(None, "cloze")).asks()[0].choice
    for form in ("turn", "continued", "persona-first"):
        for variant in put_as_cloze(asked, form=form):
            request = variant.request
            for place, phrase in enumerate(request.phrases):
                found = prompts.read(request.prompt + phrase)
                assert isinstance(found, Put)
                assert (found.place, found.act.form) == (place, form)
                assert found.act.who.label == "human"
                classes = ("cooperative", "uncooperative")
                assert found.act.classes == tuple(classes[n] for n in variant.shown_order)
