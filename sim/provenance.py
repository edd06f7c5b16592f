"""Provenance: what a folder was begun with, and what of it could change a number."""

import importlib.metadata
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.persona import Casting
from agents.reading import sha256
from sim.calls import Journal
from sim.errors import RecordError
from sim.opening import OpenModel

_SERVED_BY = "what serves the model"
_PACKAGES = (
    *("axelrod", "character-societies", "mesa", "networkx", "numpy", "openai", "polars"),
    "xllamacpp",
)


def keep_to(inputs: Mapping[str, Any], fact: str, folder: Path, journal: Journal) -> None:
    """Remember the texts that a folder is begun with; refuse to go on with others.

    Args:
        inputs: hashes by name.
        fact: under which the journal keeps them.
        folder: the experiment folder.
        journal: of the folder.

    Raises:
        RecordError: names what has changed since.
    """
    before = journal.recalled(fact)
    changed = [name for name in inputs if before is not None and before.get(name) != inputs[name]]
    if changed:
        raise RecordError(
            f"{folder} was begun with other {', '.join(changed)}: choose another folder with"
            " --out, or undo the change"
        )
    journal.remember(fact, dict(inputs))


def note_served(opened: OpenModel, journal: Journal) -> None:
    """Remember what serves the model, with the fingerprint that is known only now."""
    if opened.about["engine"] != "replay":
        journal.remember(_SERVED_BY, {**opened.about, "identity": opened.scorer.name})


def served(journal: Journal) -> dict[str, Any]:
    """What served the model when the calls were recorded; empty where none was."""
    return journal.recalled(_SERVED_BY) or {}


def hashes(castings: Iterable[Casting]) -> dict[str, str]:
    """SHA-256 of every text that somebody plays by, by persona and paraphrase."""
    return dict(sorted((f"{c.persona.name}/{c.paraphrase}", sha256(c.text)) for c in castings))


def versions() -> dict[str, str]:
    """Versions of everything whose change could change a number."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def now() -> str:
    """The time, as the manifest has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
