"""Nothing that cannot be seen passes into a picture or a page."""

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from analysis.looks import visible


def test_marks_of_direction_zero_width_and_escapes_are_told_by_number():
    assert visible("a\u202egnp.exe") == "a\u2039U+202E\u203agnp.exe"
    assert visible("tin\u200b-man") == "tin\u2039U+200B\u203a-man"
    assert visible("\x1b[31mred") == "\u2039U+001B\u203a[31mred"


def test_what_can_be_seen_and_the_breaks_of_lines_stay():
    text = "Ça va?\t\u05e9\u05dc\u05d5\u05dd, 你好 🤖\nyes"
    assert visible(text) == text
    assert visible("one\r\ntwo") == "one\ntwo"


@given(st.text())
def test_every_text_comes_out_without_unseen_characters_and_only_once(text):
    shown = visible(text)
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [one for one in shown if one not in "\n\t" and category(one) in unseen]
    assert visible(shown) == shown
