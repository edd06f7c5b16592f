"""C8 on planted answers of real respondents: structure that is there is found, and none is not."""

import numpy as np
import polars as pl
import pytest

from agents.cells import cells
from agents.populations import Pool, pooled
from agents.respondents import answers, stated_items
from analysis.claims import CLAIMS
from analysis.claims.estimands import ESTIMANDS
from analysis.claims.verdict import combined, of_part
from analysis.folder import open_folder
from analysis.inventory.reference import people
from sim.records import table
from sim.streams import keyed

EACH = 800
CLAIM = CLAIMS["C8"]


@pytest.fixture(scope="module")
def cast():
    """Respondents and scrambled people, with their own answers and what their texts state."""
    return [
        (kind, casting)
        for cell, kind in (("human-any", "respondent"), ("human-scrambled", "scrambled"))
        for casting in pooled(cells()[cell], Pool(EACH, keyed(8)))
    ]


@pytest.fixture
def folder(cast, synthetic, tmp_path):
    """A folder in which everybody answers and acts as is planted.

    `own` is how much of an answer is the person's own, the rest being noise; `acts` how much
    cooperation goes with agreeableness.
    """

    def go(own, acts, seed=8):
        draws = np.random.default_rng(seed)
        document = synthetic.document([f"{kind}/x" for kind, _ in cast])
        document |= {"edges": [], "group_sizes": [2]}
        rows, outcomes = [], []
        for number, ((kind, casting), who) in enumerate(
            zip(cast, document["characters"], strict=True)
        ):
            real = dict(answers(casting.persona))
            who |= {
                "member": f"human-{kind}",
                "persona": casting.persona.name,
                "paraphrase": casting.paraphrase,
                "identity": "human",
                "kind": kind,
                "answers": real,
                "stated": sorted(stated_items(casting.persona, casting.paraphrase)),
            }
            for item, value in real.items():
                said = float(np.clip(own * value + (1 - own) * draws.uniform(1, 6), 1, 6))
                key = people().keyed[item]
                place = (document["run_id"], 0, number, casting.persona.name, "ipip-25", item)
                rows.append((*place, str(key), str(round(said)), said, None))
            kindness = np.mean(
                [v if people().keyed[i] > 0 else 7 - v for i, v in real.items() if i[0] == "A"]
            )
            does = 0.5 + acts * (kindness - 4.6) + draws.normal(0, 0.1)
            outcomes.append(
                (document["run_id"], "expected_cooperation", "agent", str(number), does, 1)
            )
        _, tables = synthetic.run(["none", "none"], [])
        names = ["run_id", "metric", "scope", "subject", "value", "n"]
        tables |= {
            "probes": table("probes", rows),
            "outcomes": pl.DataFrame(outcomes, schema=names, orient="row"),
        }
        return open_folder(synthetic.write(tmp_path / f"planted-{seed}", [(document, tables)]))

    return go


def verdict(folder):
    """By the rules of the claim, without correction."""
    parts = []
    for part in (one for one in CLAIM.parts if one.role == "primary"):
        finding = ESTIMANDS[part.estimand](folder, part.options, CLAIM.alpha)
        assert finding.uncertainty is not None, finding.reason
        p = finding.uncertainty.p(finding.value)
        alike = finding.uncertainty.p_equivalent(finding.value, part.sesoi)
        parts.append(of_part(finding, part.expects, (p, alike), CLAIM.alpha))
        print(part.name, finding.value, finding.uncertainty.standard_error, parts[-1])  # noqa: T201
    return combined(parts, CLAIM.combine)[0]


def test_people_s_own_answers_and_acts_contradict_that_there_is_no_structure(folder):
    # Answers are the person's own, and kind people cooperate as much as r = .2 or more.
    assert verdict(folder(own=0.9, acts=0.08)) == "contradicted"


def test_answers_that_are_noise_support_it(folder):
    # With 800 people a side the test of equivalence has a power of about .9.
    found = [verdict(folder(own=0.0, acts=0.08, seed=seed)) for seed in (1, 2, 3)]
    assert found.count("supported") >= 2
    assert "contradicted" not in found


def test_noise_on_both_sides_is_told_apart_as_seldom_as_the_test_says(folder):
    # Whatever noise there is has some congruence: the error must hold how much that varies.
    part = next(one for one in CLAIM.parts if one.estimand == "congruence")
    found = ESTIMANDS["congruence"](folder(own=0.0, acts=0.0), part.options, 0.05)
    # By simulation a group without structure varies by .055, two of them by .078.
    assert found.uncertainty.standard_error == pytest.approx(0.078, abs=0.012)


def test_scrambled_people_reach_no_more_than_noise(folder):
    part = next(
        one for one in CLAIM.parts if one.estimand == "congruence" and one.role == "primary"
    )
    structured = ESTIMANDS["congruence"](folder(own=0.9, acts=0.0), part.options, 0.05)
    assert structured.value > 0.2
    assert structured.uncertainty.p(structured.value) < 0.001
