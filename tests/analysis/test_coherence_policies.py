"""Claims about first-choice policies, arbitrariness, discrimination and entropy, worked by hand."""

from math import log2

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon

from analysis.coherence.arbitrariness import arbitrariness, by_scenario
from analysis.coherence.discrimination import discrimination, intraclass, policy_entropy
from analysis.coherence.opening import opening_phases
from analysis.coherence.policies import policies
from analysis.divergence import entropy, jensen_shannon
from analysis.errors import AnalysisError
from analysis.folder import open_folder
from scenarios.catalogue import catalogue

SURE = 1 - 1e-15
"""A probability of which a logarithm can be taken."""
ONE, TWO = "human-benevolent/respondent-1", "human-benevolent/respondent-2"


def of(frame, **where):
    (row,) = frame.filter(**where).iter_rows(named=True)
    return row


def test_a_policy_is_there_once_in_each_order_of_mention_and_on_average(asked, first_choices):
    found = policies(first_choices([asked(ONE, 0.8, 0.5), asked(ONE, 0.8, 0.5)])).frame
    assert found["order"].to_list() == ["both", "forward", "reversed"]
    # The average is one of log-odds: sqrt(4 * 1) = 2 to 1.
    assert found["cooperation"].to_list() == pytest.approx([2 / 3, 0.8, 0.5])
    assert found["options"].to_list() == [["cooperate", "defect"]] * 3
    assert of(found, order="forward")["person"] == "respondent-1"


def test_options_stand_in_alphabetical_order_of_their_keys_whatever_the_menu(asked, first_choices):
    found = policies(first_choices([asked(ONE, 0.8, scenario="chicken")])).frame
    keys = sorted(option.key for option in catalogue()["chicken"].options)
    classes = {option.key: option.action_class for option in catalogue()["chicken"].options}
    assert found["options"].to_list() == [keys] * 3
    place = next(i for i, key in enumerate(keys) if classes[key] == "cooperative")
    chosen = [shares[place] for shares in found["probabilities"].to_list()]
    assert chosen == pytest.approx([0.8] * 3)


def test_what_gives_no_exact_distribution_is_left_out_and_counted(asked, first_choices):
    rows = [
        asked(ONE, 0.8),
        asked(TWO, 0.8, answer="refusal"),
        asked(TWO, 0.8, answer="unparsed"),
        asked(TWO, 0.8, readout="deliberate"),
    ]
    found = policies(first_choices(rows))
    assert found.frame["persona"].unique().to_list() == ["respondent-1"]
    assert found.left_out == {"refusal": 1, "unparsed": 1, "no exact distribution": 1}


def test_a_run_with_a_change_at_once_has_no_first_choice(asked, first_choices):
    folder = first_choices([asked(ONE, 0.8)])
    file = next(folder.path.glob("runs/*/run.json"))
    change = '{"interventions": [{"at": 1, "kind": "denial", "arm": "treatment", "targets": [0]}],'
    file.write_text(change + file.read_text()[1:])
    found = policies(open_folder(folder.path))
    assert found.frame.is_empty()
    assert found.left_out == {"runs without a first choice": 1}


def test_other_options_in_another_wording_are_refused(asked, first_choices):
    folder = first_choices([asked(ONE, 0.8), asked(ONE, 0.8, wording="orchard")])
    file = sorted(folder.path.glob("runs/*/decisions.parquet"))[1]
    menu = pl.lit(["share", "defect"])
    pl.read_parquet(file).with_columns(menu=menu).write_parquet(file)
    with pytest.raises(AnalysisError, match="other options in other wordings"):
        policies(open_folder(folder.path))


def test_a_setting_that_the_prompt_does_not_tell_makes_no_second_context(asked, first_choices):
    rows = [asked(ONE, 0.8, more={"network": kind}) for kind in ("ring", "complete")]
    folder = first_choices(rows)
    # Two prompts: two situations.
    assert policies(folder).frame["situation"].n_unique() == 2
    for table in ("decisions", "readings"):
        for file in folder.path.glob(f"runs/*/{table}.parquet"):
            same = pl.lit("p") if table == "decisions" else "p " + pl.col("variant")
            pl.read_parquet(file).with_columns(prompt_sha256=same).write_parquet(file)
    assert policies(folder).frame["situation"].n_unique() == 1


def test_nothing_depends_on_the_order_of_the_rows_or_of_the_runs(asked, first_choices):
    rows = [
        asked(who, share, wording=wording)
        for who in (ONE, TWO)
        for share, wording in ((0.3, "stream"), (0.7, "orchard"), (0.9, "relay"))
    ]
    one, other = (policies(first_choices(r, str(i))) for i, r in enumerate((rows, rows[::-1])))
    assert one.frame.equals(other.frame)
    assert arbitrariness(one).equals(arbitrariness(other))
    assert discrimination(one).equals(discrimination(other))


def test_arbitrariness_tells_its_sources_apart(asked, first_choices):
    # Fair and sure: JS = (log2(4/3) + (log2(2/3) + 1) / 2) / 2.
    half = (log2(4 / 3) + (log2(2 / 3) + 1) / 2) / 2
    rows = [
        asked(ONE, 0.5),
        asked(ONE, SURE, wording="orchard"),
        asked(TWO, SURE, 1 - SURE),
        asked(TWO, SURE, 1 - SURE, wording="orchard"),
    ]
    found = arbitrariness(policies(first_choices(rows)))
    one, two = "respondent-1", "respondent-2"
    assert of(found, persona=one, source="order")["value"] == pytest.approx(0)
    assert of(found, persona=one, source="wording")["value"] == pytest.approx(half)
    # In both wordings sure of what is mentioned first: even on average, and all about the order.
    assert of(found, persona=two, source="order")["value"] == pytest.approx(1)
    assert of(found, persona=two, source="wording")["value"] == pytest.approx(0)
    assert of(found, persona=two, source="order")["pairs"] == 2
    assert of(found, persona=two, source="wording")["pairs"] == 1
    assert of(found, persona=two, source="paraphrase") == of(
        found, persona=two, source="paraphrase"
    ) | {"value": None, "scenarios": 0, "pairs": 0}


def test_all_sources_together_are_those_that_everybody_has(asked, first_choices):
    rows = [
        asked(ONE, SURE, 1 - SURE),
        asked(ONE, SURE, 1 - SURE, wording="orchard"),
        asked(ONE, SURE, 1 - SURE, paraphrase=1),
        asked(TWO, 0.5),
        asked(TWO, 0.5, wording="orchard"),
    ]
    found = arbitrariness(policies(first_choices(rows)))
    # The paraphrases that only one has do not count; (1 + 0) / 2.
    together = of(found, persona="respondent-1", source="all")
    assert (together["of"], together["value"]) == ("order, wording", pytest.approx(0.5))
    assert of(found, persona="respondent-2", source="all")["value"] == pytest.approx(0)
    assert of(found, persona="respondent-1", source="paraphrase")["pairs"] == 1


def test_scenarios_weigh_the_same_and_pairs_within_them_too(asked, first_choices):
    rows = [
        asked(ONE, 0.5),
        asked(ONE, 0.5, wording="orchard"),
        asked(ONE, 0.5, wording="relay"),
        asked(ONE, SURE, scenario="chicken"),
        asked(ONE, 1 - SURE, scenario="chicken", wording="orchard"),
    ]
    found = policies(first_choices(rows))
    row = of(arbitrariness(found), persona="respondent-1", source="wording")
    assert (row["value"], row["scenarios"], row["pairs"]) == (pytest.approx(0.5), 2, 4)
    parts = by_scenario(found).filter(source="wording")
    assert dict(parts.select("scenario", "pairs").iter_rows()) == {
        "prisoners_dilemma": 3,
        "chicken": 1,
    }


def test_readouts_are_compared_with_one_another_and_never_pooled(asked, first_choices):
    rows = [
        asked(ONE, 0.5),
        asked(ONE, SURE, 1 - SURE, readout="label"),
        asked(TWO, 0.5),
    ]
    found = arbitrariness(policies(first_choices(rows)))
    one = found.filter(persona="respondent-1")
    assert of(one, source="readout")["value"] == pytest.approx(0)
    assert of(one, source="readout")["readout"] is None
    assert of(one, source="order", readout="cloze")["value"] == pytest.approx(0)
    assert of(one, source="order", readout="label")["value"] == pytest.approx(1)
    assert of(found, persona="respondent-2", source="readout")["value"] is None


def test_a_persona_of_two_members_counts_once(asked, first_choices):
    rows = [
        asked(f"{member}/respondent-1", forward, wording=wording)
        for member in ("human-benevolent", "human-hostile")
        for wording, forward in (("stream", 0.5), ("orchard", SURE))
    ]
    folder = first_choices(rows)
    for file in folder.path.glob("runs/*/run.json"):  # The same respondent, of two pools.
        file.write_text(file.read_text().replace('"hostile"', '"benevolent"'))
    found = policies(open_folder(folder.path))
    assert len(found.frame) == 12
    assert of(arbitrariness(found), source="wording")["pairs"] == 1


def test_the_intraclass_correlation_of_the_published_example():
    """Shrout & Fleiss 1979, tables 2 and 4: six targets, four judges, ICC(1, 1) = .17."""
    ratings = [
        (9, 2, 5, 8),
        (6, 1, 3, 2),
        (8, 4, 6, 8),
        (7, 1, 2, 6),
        (10, 5, 6, 9),
        (6, 2, 4, 7),
    ]
    found = intraclass(ratings)
    assert round(found.value, 2) == 0.17
    assert (found.classes, found.n) == (6, 24)


def test_the_intraclass_correlation_of_unequal_classes():
    # Means 1 and 4, grand 2: MSB = 4 * 1 + 2 * 4 = 12 (1 df); MSW = (4 + 2) / 4; k = 6 - 20/6.
    found = intraclass([(0, 0, 2, 2), (3, 5)])
    assert found.value == pytest.approx((12 - 1.5) / (12 + (6 - 20 / 6 - 1) * 1.5))


def test_the_intraclass_correlation_at_its_ends():
    assert intraclass([(1, 1), (0, 0)]).value == 1
    # Equal means, all variance within: -1 / (k - 1).
    assert intraclass([(0, 1), (0, 1)]).value == pytest.approx(-1)
    assert intraclass([(0.2, 0.8)]).value is None
    assert intraclass([(0.2,), (0.8,)]).value is None
    assert intraclass([(0.5, 0.5), (0.5, 0.5)]).value is None


def test_a_character_that_always_does_the_same_does_not_discriminate(asked, first_choices):
    wordings = ("stream", "orchard")
    rows = [
        asked(who, share + shift, scenario=scenario, wording=wording)
        for who, shares in ((ONE, (0.9, 0.1)), (TWO, (0.5, 0.5)))
        for scenario, share in zip(("prisoners_dilemma", "chicken"), shares, strict=True)
        for wording, shift in zip(wordings, (0, 0.05), strict=True)
    ]
    found = discrimination(policies(first_choices(rows)))
    one, two = (of(found, person=f"respondent-{i}") for i in (1, 2))
    assert one["value"] > 0.99
    # Both means .525: MSB = 0, and four values in each scenario: -1 / 3.
    assert two["value"] == pytest.approx(-1 / 3)
    assert (two["scenarios"], two["n"]) == (2, 8)


def test_one_scenario_does_not_tell_how_situations_are_told_apart(asked, first_choices):
    found = discrimination(policies(first_choices([asked(ONE, 0.5)])))
    assert of(found)["value"] is None
    assert of(found)["scenarios"] == 1


def test_entropy_is_of_the_average_over_the_orders(asked, first_choices):
    rows = [asked(ONE, 0.5), asked(TWO, SURE, 1 - SURE), asked("tin-man", SURE)]
    found = policy_entropy(policies(first_choices(rows)))
    values = dict(found.select("person", "value").iter_rows())
    assert values == pytest.approx({"respondent-1": 1, "respondent-2": 1, "tin-man": 0}, abs=1e-12)


shares = arrays(float, (2, 4), elements=st.floats(1e-6, 1)).map(
    lambda rows: rows / rows.sum(axis=1, keepdims=True)
)


@given(shares)
def test_the_divergence_is_that_of_the_library(rows):
    expected = jensenshannon(rows[0], rows[1], base=2) ** 2
    assert jensen_shannon(rows[0], rows[1]) == pytest.approx(expected, abs=1e-9)
    assert jensen_shannon(rows[1], rows[0]) == jensen_shannon(rows[0], rows[1])
    assert 0 <= entropy(rows[0]) <= 2 + 1e-12


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_game_opens_with_a_choice_that_knows_nothing_of_the_others(name, played_folder):
    design = {"scenarios": [name], "populations": ["scripted:random"], "seeds": [1]}
    folder = played_folder({**design, "wordings": 1, "agents": 6, "rounds": 2})
    first = folder.read("decisions", pl.col("round") == 1)
    names = list(opening_phases(folder.runs[0]))
    opening, later = (
        first.filter(pl.col("phase").is_in(names) == is_it) for is_it in (True, False)
    )
    # Asked at once: everyone at most once in a group, and wherever anything is asked later.
    assert not opening.is_empty()
    assert not opening.select("group", "agent").is_duplicated().any()
    assert set(later["group"]) <= set(opening["group"])
