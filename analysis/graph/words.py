"""Texts of others as they may stand in pages, pictures and files."""

from typing import TypeVar

from analysis.looks import printable, visible

T = TypeVar("T")


def shown(value: T) -> T | str:
    """A text with nothing unseen in it, and nothing that XML cannot hold; others as they are."""
    return printable(visible(value)) if isinstance(value, str) else value


def short(text: str, most: int) -> str:
    """A text on one line of at most so many characters."""
    line = " ".join(str(shown(text[: 2 * most])).split())
    return line if len(line) <= most else line[: most - 1] + "\u2026"
