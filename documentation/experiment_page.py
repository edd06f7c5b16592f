"""The page of all keys of an experiment file, from the models that read it."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markup import cell, code, page, table
from pydantic import BaseModel

from sim.schema import KNOWN

WRITTEN = Path(__file__).parents[1] / "docs" / "experiments.md"
"""The page by hand, whose table says what the keys mean."""

_INTRODUCTION = """\
Every table and key, its form and its default. What they mean together, with examples:
[the experiment file](../experiments.md), [interventions](../interventions.md),
[populations](../personas.md#populations), [planning](../planning.md)."""
_OF_KIND = "a table of kind "
_SECTIONS = ("design", "personas", "mind", "analysis", "probes", "prices", "limits", "power")


def keys() -> str:
    """The tables of the file, then the tables that stand as values in it."""
    inline = [name for name in KNOWN if name not in ("", *_SECTIONS)]
    return page(
        "Keys of the experiment file",
        _INTRODUCTION,
        "## The file itself",
        _keys("", leave_out=_SECTIONS),
        *(part for name in _SECTIONS for part in _section(name, _heading(name))),
        "## Tables inside of these",
        *(part for name in inline for part in _section(name, f"### {_inline(name)}")),
    )


def _heading(name: str) -> str:
    return f'## [{name}."MODEL"]' if name == "prices" else f"## [{name}]"


def _inline(name: str) -> str:
    entries = {
        "ScenarioEntry": "An entry of design.scenarios",
        "PopulationEntry": "An entry of design.populations",
        "interventions": "A change, in design.interventions",
    }
    return entries.get(name, f'kind = "{name}"')


def _section(name: str, heading: str) -> Iterator[str]:
    yield heading
    yield (inspect.getdoc(KNOWN[name]) or "").split("\n\nAttributes:")[0]
    yield _keys(name)


def _keys(name: str, leave_out: tuple[str, ...] = ()) -> str:
    model = KNOWN[name]
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    meanings = {**_by_hand(name), **_meanings(model)}
    rows = [
        (
            code(name),
            _form(told, schema.get("$defs", {})),
            "**needed**" if name in needed else _default(told),
            meanings.get(name, ""),
        )
        for name, told in schema["properties"].items()
        if name not in leave_out and "const" not in told
    ]
    return table(("key", "form", "default", "meaning"), rows)


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring says of each attribute."""
    _, _, after = (inspect.getdoc(model) or "").partition("\n\nAttributes:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n      +.*)*)", after, re.MULTILINE)
    return {name: cell(text) for name, text in found}


def _by_hand(name: str) -> dict[str, str]:
    """What the page by hand says of the keys of a table, with its links seen from here."""
    found = {}
    rows = re.findall(r"^\| (`.+?) \| .+? \| (.+) \|$", WRITTEN.read_text("utf-8"), re.MULTILINE)
    for keys_of_row, meaning in rows:
        for section, key in re.findall(r"`(?:(\w+)\.)?(\w+)`", keys_of_row):
            if section == name:
                found[key] = re.sub(r"\]\((?!https?:)", "](../", meaning)
    return found


def _default(told: Mapping[str, Any]) -> str:
    default = told.get("default")
    if default is None:
        return "none"
    if isinstance(default, bool):
        return code(str(default).lower())
    if isinstance(default, str):
        return code(f'"{default}"')
    if isinstance(default, Mapping):
        inside = ", ".join(f"{key} = {_plain(value)}" for key, value in default.items())
        return code(f"{{{inside}}}")
    return code(_plain(default))


def _plain(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _form(told: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "anyOf" in told or "oneOf" in told:
        return _any_of(told.get("anyOf", told.get("oneOf", ())), definitions)
    if "$ref" in told:
        return _form(definitions[told["$ref"].rsplit("/", 1)[-1]], definitions)
    if "const" in told or "enum" in told:
        values = told.get("enum", [told.get("const")])
        return " or ".join(code(_plain(value)) for value in values)
    if told.get("type") == "array":
        if "prefixItems" in told:
            return f"a list of {len(told['prefixItems'])} names"
        return f"a list of ({_form(told['items'], definitions)})"
    return _simple(told)


def _any_of(parts: Sequence[Mapping[str, Any]], definitions: Mapping[str, Any]) -> str:
    """Alternatives; tables that say their kind together, and a list of what stands before."""
    forms = list(dict.fromkeys(form for part in parts if (form := _form(part, definitions))))
    kinds = [form for form in forms if form.startswith(_OF_KIND)]
    if len(kinds) > 1:
        last = ", ".join(kind.removeprefix(_OF_KIND) for kind in kinds)
        forms = [f"{_OF_KIND}{last}", *(form for form in forms if form not in kinds)]
    joined = forms[0]
    for form in forms[1:]:
        joined += ", or a list of these" if form == f"a list of ({joined})" else f", or {form}"
    return joined


def _simple(told: Mapping[str, Any]) -> str:
    if told.get("type") == "object":
        kind = told.get("properties", {}).get("kind", {}).get("const")
        return f'{_OF_KIND}`"{kind}"`' if kind else "a table"
    words = {"string": "text", "integer": "a whole number", "number": "a number"}
    word = {**words, "boolean": "`true` or `false`", "null": ""}.get(str(told.get("type")), "")
    bounds = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    said = [f"{words} {told[key]:g}" for key, words in bounds.items() if key in told]
    return f"{word}, {' and '.join(said)}" if said else word
