"""The templates of the report and of the graph page, and the one function that fills them."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.looks import visible

_FOLDER = Path(__file__).parent


def _shown(value: object) -> object:
    """Text of others with its unseen characters told; what is of our own making as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, context: Mapping[str, object]) -> str:
    """Fill a template; every value is escaped as HTML unless it is Markup of our own making."""
    return _environment().get_template(name).render(context)


def asset(name: str) -> Markup:
    """A style sheet or script of ours, to be set into a page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))


def script(text: str) -> Markup:
    """A script of ours or of a library, fit to stand inside a script element."""
    whole = text.replace("\r\n", "\n").replace("</script", "<\\/script")
    return Markup(whole)


def policy(*scripts: Markup) -> str:
    """A content security policy: nothing is loaded, and only these scripts run.

    Even text that escaped all escaping could then do nothing.
    """
    hashes = (hashlib.sha256(text.encode()).digest() for text in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
