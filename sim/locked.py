"""The form of a lock: what was registered before the runs, as it is written and read."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

IN_FOLDER = "experiment.lock"
"""The copy in an experiment folder that a sweep makes before the first run."""
BINDING = ("plan", "inputs")
"""Tables of a lock that its hash is over; the others say when, by what, and instead of what."""


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over everything that binds, whatever the order of keys."""
    return sha256_of({name: document.get(name) for name in BINDING})


def sha256_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of anything that JSON can hold, whatever the order of keys."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def read(file: Path) -> dict[str, Any]:
    """A lock.

    Raises:
        ValueError: it cannot be read, or is not as it was written; says which.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file}: cannot be read: {error}") from None
    if not isinstance(document.get("plan"), dict) or "registered" not in document:
        raise ValueError(f"{file}: is not a lock that `society lock` wrote")
    if document.get("sha256") != digest(document):
        raise ValueError(f"{file}: was changed after it was written (its hash is another)")
    return document
