"""The report in a real browser: what runs, what fits, what is read aloud, what is found."""

from itertools import pairwise

import pytest

from analysis.report import write
from tests.analysis.conftest import Synthetic
from tests.analysis.test_report import HOSTILE, experiment_folder, hostile_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "plain"
    return write(experiment_folder(Synthetic(), place, size=(2, 3, 3)))


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    return write(hostile_folder(Synthetic(), tmp_path_factory.mktemp("report") / "hostile"))


def scrolled_through(visit):
    """The same page after everything on it was near the window once."""
    for heading in visit.page.query_selector_all("h2, figure"):
        heading.scroll_into_view_if_needed()
    visit.page.wait_for_function("document.querySelector('[data-chart] .still') === null")
    return visit


@pytest.mark.parametrize("looks", [("light", 1280), ("dark", 390)])
def test_the_page_fits_fetches_nothing_and_puts_no_hurdle_in_the_way(page, visit, looks):
    scheme, width = looks
    found = visit(page, width=width, color_scheme=scheme)
    scrolled_through(found)
    for folded in found.page.query_selector_all("details:not([open]) > summary"):
        folded.click()
    assert found.overhang() == 0
    assert found.hurdles() == []
    assert found.faults == []
    assert found.fetched == []


def test_headings_go_down_one_step_at_a_time(page, visit):
    levels = visit(page).page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_chart_keeps_its_words_when_it_comes_alive(page, visit):
    found = scrolled_through(visit(page)).page
    told = found.eval_on_selector_all(
        ".live", "all => all.map(one => [one.role, one.ariaLabel.length])"
    )
    assert told
    assert all(role == "img" and length > 20 for role, length in told)


def test_decisions_are_found_by_words_and_answer_with_the_keyboard_alone(page, visit):
    found = visit(page).page
    shown = "[data-item]:not([hidden])"
    everything = found.locator(shown).count()
    found.locator("[data-search] input").focus()
    found.keyboard.type("tin-man oversight")
    assert found.locator("[data-search] output").inner_text() == f"2 of {everything} shown"
    assert found.locator(shown).count() == 2
    found.keyboard.press("Tab")
    found.keyboard.press("Tab")
    found.keyboard.press("Tab")
    found.keyboard.press("Tab")
    assert found.evaluate("document.activeElement.name") == "answer"
    found.keyboard.type("coop")
    assert found.locator(shown).get_attribute("data-answer") == "cooperative"
    found.keyboard.press("Tab")
    found.keyboard.press("Enter")
    assert found.locator(shown).count() == everything
    assert found.evaluate("document.activeElement.type") == "search"


def test_what_hostile_text_says_is_shown_and_nothing_of_it_runs(hostile_page, visit):
    found = scrolled_through(visit(hostile_page, width=390))
    found.page.wait_for_timeout(200)
    assert found.faults == []
    assert found.fetched == []
    assert found.overhang() == 0
    assert HOSTILE.partition("\u202e")[0] in found.page.inner_text("main")
    assert found.page.locator("img, iframe, a[href^='javascript:']").count() == 0


def test_in_print_everything_stands_and_no_control_does(page, visit):
    opened = visit(page, width=720)
    found = opened.page
    found.emulate_media(media="print")
    assert opened.overhang() == 0
    assert not found.locator(".controls").first.is_visible()
    assert not found.locator("nav").is_visible()
    assert found.locator("#figure-comparison").is_visible()
