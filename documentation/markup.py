"""Small parts of Markdown pages."""

import re
from collections.abc import Iterable, Sequence

GENERATED = "Written from the code by `make docs`."


def cell(text: object) -> str:
    """Text that stays in one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; an empty text where there are no rows."""
    lines = ["| " + " | ".join(cell(part) for part in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])


def page(title: str, *parts: str) -> str:
    """A whole page: its title, that it is generated, and what is not empty of the parts."""
    return "\n\n".join([f"# {title}", GENERATED, *(part for part in parts if part)]) + "\n"


def code(text: object) -> str:
    """Text as code, an empty text for nothing."""
    return f"`{text}`" if str(text) else ""


def docstring(text: str | None) -> str:
    """A Google-style docstring as Markdown: its sections become lists.

    Args:
        text: as `inspect.getdoc` gives it.
    """
    lines = (text or "").splitlines()
    made: list[str] = []
    section = False
    for line in lines:
        if heading := re.fullmatch(r"(Args|Attributes|Returns|Raises|Yields):", line):
            section = True
            made += [f"**{heading[1]}**", ""]
        elif section and (
            item := re.fullmatch(r"    (\*{0,2}[A-Za-z_]\w*(?: or \w+)?): (.*)", line)
        ):
            made.append(f"- `{item[1]}`: {item[2]}")
        elif section and line.startswith("    "):
            made.append(f"  {line.strip()}" if made[-1] else line.strip())
        else:
            section = section and not line
            made.append(line)
    return "\n".join(made).strip()
