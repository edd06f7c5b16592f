"""The interaction graph in a real browser, with a mouse, with keys, and with hostile words."""

from itertools import combinations

import pytest

from analysis.folder import open_folder
from analysis.graph import export
from analysis.graph import page as drawn_page
from analysis.graph.geometry import curve, loop
from analysis.graph.payload import ring
from analysis.play import Link, Move, Play
from sim.records import table
from tests.analysis.conftest import Synthetic
from tests.analysis.test_graph import HOSTILE

MENU = ("cooperate", "defect")
ACTS = (("cooperate", "cooperative", 0.0), ("defect", "uncooperative", 5.0))
pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


def written(place, members, turns, texts=()):
    """The graph page of one run, in which character 0 said these texts to 1."""
    document, tables = Synthetic().run(members, turns)
    document["characters"][0] |= {"text": f"I mend clocks. {HOSTILE}", "source": HOSTILE}
    rows = [(document["run_id"], 2, 0, 1, text, None) for text in texts]
    run = (document, {**tables, "messages": table("messages", rows)})
    folder = Synthetic().write(place, [run])
    return export(folder, open_folder(folder).runs[0].run_id, "html", place / "graph.html")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Four characters, three rounds; 0 always cooperates with 1, who does so in round 1 only."""
    turn = Synthetic.turn
    turns = [
        turn(1, (0, 1), ("cooperate", "cooperate"), probabilities=((0.8, 0.2), (0.6, 0.4))),
        turn(2, (0, 1), ("cooperate", "defect"), probabilities=((0.75, 0.25), (0.5, 0.5))),
        turn(3, (0, 1), ("cooperate", "defect"), probabilities=((0.7, 0.3), (0.5, 0.5))),
        turn(1, (2, 3), ("defect", "defect")),
        turn(1, (0, 2), ("cooperate", "refusal")),
    ]
    members = ["guardian", "tin-man", "tin-man", "rogue-mind"]
    texts = ["the river is high", HOSTILE, "x" * 100_000]
    return written(tmp_path_factory.mktemp("graph"), members, turns, texts)


@pytest.fixture(scope="module")
def crowded_page(tmp_path_factory):
    """Five hundred characters in a row, each of whom meets two on either side."""
    count = 500
    run = Synthetic().record(["guardian", "tin-man"] * (count // 2))
    pairs = [(one, one + step) for step in (1, 2) for one in range(count - step)]
    acts = [
        (number, *ends, *act)
        for number in (1, 2)
        for pair in pairs
        for ends, act in zip((pair, pair[::-1]), ACTS, strict=True)
    ]
    play = Play(
        run=run,
        positions=dict(enumerate(ring(count))),
        links=tuple(Link(*act) for act in acts),
        moves=tuple(
            Move(when, "choose", who, whom, "decision", *act, MENU, (0.5, 0.5), points, None)
            for when, who, whom, *act, points in acts
        ),
    )
    out = tmp_path_factory.mktemp("crowd") / "graph.html"
    out.write_text(drawn_page(play), encoding="utf-8")
    return out


def set_round(page, number):
    page.locator("[data-round]").fill(str(number))


def test_the_slider_moves_the_round_and_keys_move_the_slider(page, visit):
    found = visit(page)
    status = found.page.locator("[data-status]")
    assert "Round 1: 1 pairs both cooperative, 0 one-sided, 1 both unc" in status.inner_text()
    assert (
        found.page.locator("[data-drawing] path.band:not(.far)").get_attribute("d").count("M") == 1
    )
    set_round(found.page, 2)
    assert "Round 2: 0 pairs both cooperative, 1 one-sided" in status.inner_text()
    found.page.locator("[data-round]").press("ArrowRight")
    assert found.page.locator("[data-shown]").inner_text() == "3 of 3"
    assert found.faults == []
    assert found.fetched == []


def test_play_goes_through_the_rounds_and_pause_holds(page, visit):
    opened = visit(page).page
    opened.locator("[data-speed]").select_option("5")
    play = opened.locator("[data-play]")
    play.click()
    expect(opened.locator("[data-shown]")).to_have_text("3 of 3", timeout=60_000)
    expect(play).to_have_text("Play", timeout=60_000)
    opened.locator("[data-speed]").select_option("0.5")
    play.click()
    assert opened.locator("[data-shown]").inner_text() == "1 of 3"
    assert play.inner_text() == "Pause"
    play.click()
    assert play.inner_text() == "Play"


def test_a_click_opens_who_it_is_what_it_chose_and_what_it_said(page, visit):
    found = visit(page)
    found.page.locator("[data-agent='0']").click()
    detail = found.page.locator("[data-detail]")
    told = detail.inner_text()
    assert "Character 0: guardian" in told
    assert "I mend clocks." in told
    assert "identity ai, affect unmentioned, stance benevolent" in told
    odds = detail.locator("tbody tr").nth(0).locator(".odds")
    assert odds.all_inner_texts() == ["cooperate\n0.80", "defect\n0.20"]
    widths = [part.evaluate("one => one.style.width") for part in odds.locator(".track > *").all()]
    assert widths == ["80%", "20%"]
    assert "the river is high" in told
    assert "[cut; 100000 characters in all]" in told
    found.page.keyboard.press("Escape")
    assert "Choose a character" in detail.inner_text()
    assert found.faults == []


def test_the_listener_is_told_what_it_saw_up_to_the_round(page, visit):
    opened = visit(page).page
    opened.locator("[data-who]").select_option("1")
    seen = opened.locator("[data-part^='Saw']")
    assert "(1)" in seen.locator("summary").inner_text()
    set_round(opened, 2)
    assert "(5)" in seen.locator("summary").inner_text()
    seen.locator("summary").click()
    assert "said by 0: the river is high" in seen.inner_text()


def test_keys_alone_reach_open_and_close_a_character(page, visit):
    opened = visit(page).page
    opened.locator("[data-who]").focus()
    opened.keyboard.press("Tab")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.dataset.agent") == "1"
    assert "last move, round 1: cooperate toward 0" in opened.locator("[data-tip]").inner_text()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    assert "Character 2: tin-man" in opened.locator("[data-detail]").inner_text()
    opened.keyboard.press("Escape")
    assert opened.evaluate("document.activeElement.dataset.agent") == "2"


def test_hostile_words_are_shown_and_do_nothing(page, visit):
    found = visit(page)
    found.page.locator("[data-agent='0']").click()
    detail = found.page.locator("[data-detail]")
    assert "<script>alert(1)</script>" in detail.inner_text()
    assert "\u2039U+202E\u203a" in detail.inner_text()
    assert detail.locator("script, img, a").count() == 0
    assert found.faults == []
    assert found.fetched == []


@pytest.mark.parametrize("looks", [("light", 1280), ("dark", 390)])
def test_the_page_fits_and_puts_no_hurdle_in_the_way(page, visit, looks):
    scheme, width = looks
    found = visit(page, width=width, color_scheme=scheme)
    found.page.locator("[data-agent='0']").click()
    assert found.overhang() == 0
    assert found.hurdles() == []


def test_five_hundred_characters_are_few_elements_and_answer_at_once(crowded_page, visit):
    found = visit(crowded_page)
    opened = found.page
    assert opened.locator("[data-agent]").count() == 500
    # What a round costs is nodes whose looks change and one canvas: no element an edge.
    assert opened.evaluate("document.querySelectorAll('[data-drawing] *').length") < 1100
    assert opened.locator("[data-agent][tabindex='0']").count() == 1
    set_round(opened, 2)
    assert "0 pairs both cooperative, 997 one-sided" in opened.locator("[data-status]").inner_text()
    opened.locator("[data-who]").select_option("250")
    assert "Character 250: guardian" in opened.locator("[data-detail]").inner_text()
    assert opened.locator(".node.far").count() == 495
    assert found.faults == []


def test_the_still_and_the_live_picture_place_edges_alike(page, visit):
    """The page's scripts repeat the geometry of the still picture."""
    ours = visit(page).page
    for start, end in combinations([(10.0, 20.0), (200.0, 40.0), (90.0, 300.0)], 2):
        drawn = ours.evaluate("([a, b]) => societyGraph.curve(a, b, 5)", [start, end])
        assert (drawn["line"], drawn["head"]) == curve(start, end, 5)
    drawn = ours.evaluate("societyGraph.loop([100, 60], 5)")
    assert (drawn["line"], drawn["head"]) == loop((100, 60), (260, 260), 5)
