"""What a notebook shows of a society."""

from html.parser import HTMLParser

import pytest

from agents.minds import Minds
from sim import experiment as experiments
from sim.showing import Chosen, Member, society_html
from sim.society import Society


def _society(population: str = "scripted:always_cooperate=1,scripted:always_defect=1") -> Society:
    design = {"scenarios": ["prisoners_dilemma"], "populations": [population], "seeds": 1}
    design |= {"wordings": 1, "agents": 2, "rounds": 3}
    made = experiments.check({"name": "shown", "design": design}, "test")
    (spec,) = experiments.resolve(made, "test")
    return Society(spec, Minds(None, "cloze"))


class _Texts(HTMLParser):
    """Cells of the table, and the elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def _read(page: str) -> _Texts:
    texts = _Texts()
    texts.feed(page)
    return texts


def test_it_shows_who_cooperated_how_often_and_what_that_paid() -> None:
    society = _society()
    for _ in range(2):
        society.step()
    page = society._repr_html_()
    # A defector earns 5 from a cooperator in each of two rounds, who earns nothing.
    assert _read(page).cells[5:] == [
        *("scripted:always_cooperate", "1", "1.00", "2", "0.0"),
        *("scripted:always_defect", "1", "0.00", "2", "10.0"),
    ]
    assert "round 2: 0.50 of 2 choices" in page
    assert "2 rounds, 2 seats" in page


def test_before_the_first_round_nothing_is_known() -> None:
    page = _society()._repr_html_()
    assert "<svg" not in page
    assert _read(page).cells[7:9] == ["\u2013", "0"]


def test_names_are_texts_and_nothing_is_loaded() -> None:
    name = '<script src="http://x"></script>'
    page = society_html(name, [Member(name, frozenset({0}), 1.0)], [Chosen(1, 0, True)])
    assert "script" not in _read(page).tags
    assert "http" not in page.replace("http://x", "")


def test_the_live_view_of_mesa_takes_a_society() -> None:
    pytest.importorskip("solara", reason="Solara is not installed")
    visualization = pytest.importorskip("mesa.visualization")
    element = visualization.SolaraViz(_society(), components=[])
    assert element.component is not None
