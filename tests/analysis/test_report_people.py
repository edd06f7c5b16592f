"""The report's section beside people."""

import re

import polars as pl
import pytest

from analysis.figures import Style
from analysis.folder import open_folder
from analysis.report import people, write
from analysis.report.source import Source
from scenarios.catalogue import game

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"
LONG, SHORT = "dal-bo-frechette-2011", "dal-bo-frechette-2011-d50-r40"
FINITE = "andreoni-miller-1993"
RATES = {"guardian": 0.8, "tin-man": 0.3}


def runs(synthetic, presets, populations, *, shown=None):
    """Three seeds of one pair for each preset and population; `shown` replaces the name."""
    rules, made = game("prisoners_dilemma"), []
    for preset in presets:
        for member in populations:
            for seed in range(3):
                document, tables = synthetic.draw(
                    [member] * 2,
                    RATES,
                    seed,
                    scenario=f"prisoners_dilemma:{preset}",
                    population=member,
                )
                document["game"] = "prisoners_dilemma"
                document["parameters"] = rules.presets[preset].model_dump()
                document["factors"]["population"] = shown or member
                done = tables["decisions"].with_columns(done=pl.col("action"))
                made.append((document, {**tables, "decisions": done}))
    return made


def section(path):
    text = write(path).read_text(encoding="utf-8")
    begins = text.index('<h2 id="people">')
    return text[begins : text.index("</section>", begins)]


@pytest.fixture(scope="module")
def kept():
    """What was made once."""
    return {}


@pytest.fixture
def folder(synthetic, kept, tmp_path_factory):
    """Both horizons at a reward of 40 and ten finite rounds, two populations."""
    if "folder" not in kept:
        path = tmp_path_factory.mktemp("people") / "f"
        kept["folder"] = synthetic.write(path, runs(synthetic, (LONG, SHORT, FINITE), RATES))
    return kept["folder"]


@pytest.fixture
def found(folder, kept):
    if "found" not in kept:
        source = Source(open_folder(folder))
        kept["found"] = people.beside(source, Style(source.populations))
    return kept["found"]


@pytest.fixture
def text(folder, kept):
    if "text" not in kept:
        kept["text"] = section(folder)
    return kept["text"]


def test_each_population_stands_beside_each_benchmark_with_n_and_confidence(found):
    rows = found["table"].rows
    # Four benchmarks in each of two cells, two of the finite game; two populations.
    assert len(rows) == 2 * (4 + 4 + 2)
    first = next(row for row in rows if "3/4, reward 40: cooperation in round 1" in row[0])
    # The exact probability of .8 in every run, and |.8 - .659| = .141.
    assert first[1:] == (
        "guardian",
        "38, from microdata",
        "0.66 [0.49, 0.84]",
        "0.80 [0.80, 0.80]",
        "0.14 [0.14, 0.14]",
        "3 runs",
    )


def test_curves_are_told_place_by_place_and_drawn_beside_the_people(found):
    rows = [row for row in found["places"].rows if "cooperation by round" in row[0]]
    assert [row[2] for row in rows if row[1] == "tin-man"] == [str(n) for n in range(1, 11)]
    (panel,) = found["figure"].panels
    assert "exactly ten rounds" in panel.title
    assert found["figure"].legend == ("guardian", "tin-man", "people")
    (drawn,) = panel.spec["datasets"].values()
    assert {(row["name"], row["round"]) for row in drawn} == {
        (name, number) for name in ("guardian", "tin-man", "people") for number in range(1, 11)
    }


def test_responses_say_which_way_they_went(found):
    rows = found["responses"].rows
    longer = next(row for row in rows if "longer horizon at a reward of 40" in row[0])
    # Nothing moves a character that cooperates with .8 whatever happens.
    assert longer[1:] == (
        "guardian",
        "+0.48",
        "[0.34, 0.62]",
        "+0.00",
        "[0.00, 0.00]",
        "not at all",
        "3, 3",
    )


def test_responses_stand_before_levels_and_caveats_and_sources_are_told(text):
    assert text.index("What a manipulation changed") < text.index("How far from people")
    assert "at least 20 such games before" in text
    assert f"prisoners_dilemma:{SHORT}" in text
    assert "doi:10.1257/aer.101.1.411" in text
    assert "as quoted: read in another document" in text


def test_the_people_are_in_the_legend_of_the_page_and_of_the_saved_figure(text, folder):
    legend = text[text.index('<ul class="legend"') : text.index("</ul>")]
    assert re.sub(r"<[^>]*>", " ", legend).split() == ["guardian", "tin-man", "people"]
    drawn = (folder / "figures" / "people.svg").read_text(encoding="utf-8")
    assert "people" in re.sub(r"<[^>]*>", " ", drawn)


def test_where_nothing_was_published_the_page_says_so(synthetic, tmp_path):
    played = [synthetic.draw(["tin-man"] * 2, RATES, seed=seed) for seed in range(2)]
    path = synthetic.write(tmp_path / "f", played)
    told = section(path)
    assert "nothing is said about the distance to people: \u2013 (n = 0)" in told
    assert "<table>" not in told
    assert not (path / "figures" / "people.svg").exists()


def test_hostile_names_are_inert(synthetic, tmp_path):
    played = runs(synthetic, (FINITE,), ("tin-man",), shown=HOSTILE)
    told = section(synthetic.write(tmp_path / "f", played))
    assert "<script>alert" not in told
    assert "<img" not in told
    assert "&lt;script&gt;alert(1)" in told
    assert "{{ 7*7 }}" in told
