"""The page of checks says what the recorded data say."""

from pathlib import Path

from page import HERE, page

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def test_the_page_is_the_one_that_the_recorded_data_make() -> None:
    """After a change: make validate."""
    assert PAGE.read_text(encoding="utf-8") == page(HERE / "data")
