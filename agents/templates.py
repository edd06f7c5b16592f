"""Prompt templates: text files with checked placeholders, filled by one pure function."""

import hashlib
import string
from collections.abc import Mapping
from functools import cache
from importlib import resources

from agents.errors import PromptError


@cache
def template(name: str) -> str:
    """The text of `agents/prompts/NAME.txt` without its final newline; a judge's are "judge/...".

    Raises:
        PromptError: no such template.
    """
    resource = resources.files("agents") / "prompts" / f"{name}.txt"
    if not resource.is_file():
        raise PromptError(f"no prompt template {name!r} in agents/prompts")
    return resource.read_text(encoding="utf-8").removesuffix("\n")


def render(name: str, **values: str) -> str:
    """A template with every placeholder filled.

    Raises:
        PromptError: a placeholder without a value, or a value without a placeholder.
    """
    text = template(name)
    if set(values) != _placeholders(name):
        raise PromptError(
            f"prompt template {name!r} takes {sorted(_placeholders(name))}, not {sorted(values)}"
        )
    return text.format(**values)


def hashes(under: str = "") -> Mapping[str, str]:
    """SHA-256 of every template, by name, for the manifest.

    Args:
        under: "judge/" for those of a judge, who is no part of a play; "" for those of play.
    """
    folder = resources.files("agents").joinpath("prompts", under)
    names = sorted(f.name.removesuffix(".txt") for f in folder.iterdir() if f.name[-4:] == ".txt")
    return {
        name: hashlib.sha256(template(name).encode()).hexdigest()
        for name in (f"{under}{name}" for name in names)
    }


@cache
def _placeholders(name: str) -> frozenset[str]:
    return frozenset(key for _, key, _, _ in string.Formatter().parse(template(name)) if key)
