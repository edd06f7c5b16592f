"""Claims about verdicts, end to end: what was planted is what comes out, whichever side it is on.

Each case plays a shipped experiment, made small, on the planted model, and judges the folder.
"""

from pathlib import Path

import pytest
from planted import in_background, plant
from planted_cases import NOISE, PLANTED, SHIPPED, SMALL
from planted_truth import Truth

from analysis.claims.judgement import judge
from analysis.folder import open_folder
from analysis.rates import rates, to_toml


def verdict(claim: str, folder: Path) -> str:
    (found,) = judge(open_folder(folder), [claim])
    told = [(p.readout, p.part.name, p.finding, p.verdict) for p in found.parts]
    print(claim, found.verdict, found.reason, *told, sep="\n")  # noqa: T201 - where it is wrong
    return str(found.verdict)


def played(claim: str, folder: Path, terms: dict[str, object]) -> Path:
    file = SHIPPED / f"{claim.lower()}.toml"
    return plant(Truth(**terms), file, folder, **SMALL[claim])  # type: ignore[arg-type]


@pytest.mark.parametrize(("claim", "expected", "terms"), PLANTED)
def test_what_was_planted_comes_out(claim, expected, terms, tmp_path):
    assert verdict(claim, played(claim, tmp_path / "e", terms)) == expected


@pytest.mark.parametrize("claim", list(SMALL))
def test_noise_alone_decides_nothing(claim, tmp_path):
    found = verdict(claim, played(claim, tmp_path / "e", NOISE))
    assert found in ("undecided", "no meaningful effect")


def test_formats_of_the_question_that_disagree_leave_a_claim_open(tmp_path):
    terms = {"identity": {"trope": -2.5}, "continued": {"trope": 5.0}, "persona": 0.1}
    assert verdict("C3", played("C3", tmp_path / "e", terms)) == "undecided"


@pytest.mark.parametrize("claim", ["C1", "C3", "C5"])
def test_one_format_of_the_question_alone_gives_no_verdict(claim, tmp_path):
    terms = next(terms for name, _, terms in PLANTED if name == claim)
    given = SHIPPED / f"{claim.lower()}.toml"
    file = tmp_path / given.name
    file.write_text(given.read_text().replace(', "cloze-continued"]', "]"))
    folder = plant(Truth(**terms), file, tmp_path / "e", **SMALL[claim])
    assert verdict(claim, folder) == "undecided"


SERIES = {"wordings": 2, "seeds": 3, "rounds": 8}


def mixed(folder: Path, terms: dict[str, object]) -> Path:
    """Both files of C9, with `society match` between them."""
    for name in ("c9", "c9-matched"):
        (folder / f"{name}.toml").write_text((SHIPPED / f"{name}.toml").read_text())
    truth = Truth(**terms)  # type: ignore[arg-type]
    first = plant(truth, folder / "c9.toml", folder / "first", **SERIES)
    found = rates(open_folder(first), "tin-man", {})
    (folder / "rates.toml").write_text(to_toml("tin-man", found))
    return plant(truth, folder / "c9-matched.toml", folder / "both", **SERIES)


def test_neighbours_that_answer_in_kind_change_more_than_seats_that_act_as_often(tmp_path):
    terms = {"identity": {"tin-man": -2.0, "*": 3.0}, "others": {"tin-man": 6.0, "*": 3.0}}
    assert verdict("C9", mixed(tmp_path, terms)) == "supported"


def test_neighbours_that_answer_nobody_change_no_more_than_seats_that_act_as_often(tmp_path):
    terms = {"identity": {"tin-man": -1.0}, "others": {"tin-man": 0.0, "*": 1.0}}
    assert verdict("C9", mixed(tmp_path, terms)) in ("no meaningful effect", "undecided")


@pytest.mark.parametrize(
    ("expected", "terms"),
    [
        ("supported", {"surprisal": {"trope": 3.5, "*": 3.0}, "speech": {"trope": 4, "*": 3}}),
        ("contradicted", {"surprisal": {"trope": 2.5, "*": 3.0}, "speech": {"trope": 2, "*": 3}}),
        ("no meaningful effect", {"surprisal": {"*": 3.0}, "speech": {"*": 3.0}}),
    ],
)
def test_planted_surprisal_comes_out(expected, terms, tmp_path, society):
    truth = Truth(**terms, spread=0.5)
    folder = plant(truth, SHIPPED / "c2.toml", tmp_path / "e")
    people = ("--population", "human-neutral", "--population", "tropes", "--agents", "6")
    with in_background(truth, SHIPPED / "c2.toml") as model:
        for given in ((*people, "--out", folder / "surprisal"), (folder,)):
            done = society("surprisal", *given, "--model", model, "--quiet", "--json")
            assert done.returncode == 0, done.stderr
    assert verdict("C2", folder) == expected
