"""The templates of the report and of the graph page, and the one function that fills them."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, context: dict[str, object]) -> str:
    """Fill a template; every value is escaped as HTML unless it is Markup of our own making."""
    return _environment().get_template(name).render(context)


def asset(name: str) -> Markup:
    """A style sheet or script of ours, to be set into a page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))
