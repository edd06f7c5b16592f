import json

import pytest

from analysis import figures
from analysis.figure_files import save
from analysis.figures import Figure, Style
from analysis.looks import DASHES, PALETTE, SHAPES
from analysis.report.words import DASH

STYLE = Style(("human-benevolent", "tin-man"))
RECORDS = [
    {"name": "human-benevolent", "estimate": 0.6, "low": 0.5, "high": 0.7, "told": "0.60"},
    {"name": "tin-man", "estimate": None, "low": None, "high": None, "told": "nothing"},
]


def test_names_never_differ_by_colour_alone():
    assert len(set(PALETTE)) == len(set(SHAPES)) == len(set(DASHES))
    looks = list(zip(STYLE.scale("shape").to_dict()["range"], STYLE.names, strict=True))
    assert looks == [("circle", "human-benevolent"), ("square", "tin-man")]


def contrast_ratio(one, other):
    """Relative luminances as WCAG 2.2 defines them."""

    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", PALETTE)
def test_colours_show_on_light_and_dark_pages(colour):
    assert contrast_ratio(colour, "#ffffff") > 2
    assert contrast_ratio(colour, "#14171b") > 3


def test_undefined_estimate_draws_no_point():
    svg = figures.dots(RECORDS, STYLE, "cooperation", (0, 1)).svg
    assert "NaN" not in svg
    assert svg.count('aria-roledescription="point"') == 1


def test_cell_without_value_bears_a_dash_and_no_colour():
    cells = [
        {"row": "a", "column": "x", "estimate": 0.9, "shown": "0.90", "told": ""},
        {"row": "b", "column": "x", "estimate": None, "shown": DASH, "told": ""},
    ]
    svg = figures.heat(cells, ["a", "b"], ["x"]).svg
    assert f">{DASH}<" in svg
    assert svg.count('aria-roledescription="rect mark"') == 1


def test_text_takes_the_page_s_colour_on_screen_and_ink_in_files(tmp_path):
    panel = figures.titled(figures.dots(RECORDS, STYLE, "cooperation", (0, 1)), "One")
    save(Figure("dots", "", "", (panel, panel), STYLE.names), STYLE, tmp_path)
    saved = (tmp_path / "dots.svg").read_text()
    assert 'fill="currentColor"' in panel.svg
    assert "currentColor" not in saved
    assert saved.count(">One<") == 2
    assert (tmp_path / "dots.png").read_bytes().startswith(b"\x89PNG")


def test_markup_in_names_stays_text():
    hostile = "<script>alert(1)</script>"
    records = [{**RECORDS[0], "name": hostile}]
    panel = figures.dots(records, Style((hostile,)), hostile, (0, 1))
    assert "<script" not in panel.svg
    assert "&lt;script" in panel.svg
    assert json.dumps(panel.spec)


def test_more_columns_than_fit_beside_one_another_become_rows():
    names = [f"game {number}" for number in range(11)]
    records = [
        {"row": "a", "column": name, "estimate": 0.5, "shown": "0.50", "told": name}
        for name in names
    ]
    few, many = (figures.heat(records[:n], ["a"], names[:n]) for n in (3, 11))

    def fields(panel):
        encoding = panel.spec["layer"][0]["encoding"]
        return encoding["x"]["field"], encoding["y"]["field"]

    assert fields(few) == ("column", "row")
    assert fields(many) == ("row", "column")
