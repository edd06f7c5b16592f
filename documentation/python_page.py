"""The page of the Python faces, from their docstrings."""

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from markup import docstring, page

_INTRODUCTION = """\
What programs may build on. Everything else may change without notice.

```python
from analysis.contrasts import compare
from analysis.folder import open_folder

folder = open_folder("retaliation")
for found in compare(folder, by="population", metrics=["cooperation_rate"]):
    print(found.a, found.b, found.estimate, found.low, found.high, found.n)
```

A table of a folder is a Polars frame: `folder.table("decisions").collect()`. Columns:
[tables](tables.md)."""
FACES: Mapping[str, tuple[str, ...]] = {
    "analysis.folder": ("open_folder", "Folder"),
    "analysis.contrasts": ("compare", "Contrast"),
    "analysis.factorial": ("factorial", "Effect"),
    "analysis.claims": ("judge", "Judgement", "PartJudgement", "Claim"),
    "analysis.claims.claim": ("Part",),
    "analysis.metrics": ("measure", "Metric", "Score"),
    "analysis.metrics.rows": ("Rows",),
    "analysis.coherence.summary": ("coherence",),
    "analysis.networks.summary": ("per_run", "over_runs"),
    "analysis.bounds": ("ends", "Bounds"),
    "sim.experiment": ("read", "check", "resolve"),
    "sim.society": ("Society", "Character"),
}
"""Modules, and what of each is public."""


def python() -> str:
    """The public names, module by module."""
    parts = (part for module, names in FACES.items() for part in _module(module, names))
    return page("Python", _INTRODUCTION, *parts)


def _module(module: str, names: tuple[str, ...]) -> Iterator[str]:
    yield f"## {module}"
    found = import_module(module)
    for name in names:
        yield from _face(name, getattr(found, name))


def _face(name: str, face: Any) -> Iterator[str]:  # noqa: ANN401 - a class or a function
    yield f"### {name}"
    if not inspect.isclass(face):
        yield _call(name, face)
        yield docstring(inspect.getdoc(face))
        return
    if not dataclasses.is_dataclass(face):
        yield _call(name, face)
    yield docstring(inspect.getdoc(face))
    for method, value in vars(face).items():
        if method.startswith("_") or not _is_told(value):
            continue
        function = getattr(value, "fget", None) or getattr(value, "func", None) or value
        is_property = function is not value
        heading = f"{name}.{method}"
        yield f"#### {heading}"
        yield "" if is_property else _call(heading, function)
        yield docstring(inspect.getdoc(function))


def _is_told(value: object) -> bool:
    """Whether it is a method or a property of the class's own with a docstring."""
    function = getattr(value, "fget", None) or getattr(value, "func", None) or value
    return inspect.isfunction(function) and bool(function.__doc__)


def _call(name: str, function: Callable[..., Any]) -> str:
    signature = str(inspect.signature(function))
    short = re.sub(r"(?:\b[a-z_]+\.)+(?=[A-Za-z_])", "", signature).replace("'", "")
    short = re.sub(r"\(self(?:, )?", "(", short)
    if len(name) + len(short) > 88:
        inside, _, after = short[1:].rpartition(")")
        parts = re.split(r", (?=\*|\w+: )", inside)
        short = "(\n" + "".join(f"    {part},\n" for part in parts) + ")" + after
    return f"```python\n{name}{short}\n```"
