"""What was registered before the runs, as an experiment folder tells it.

A sweep puts the lock of its experiment file into the folder before the first run (`society lock`).
Without one, or where it does not hold, every contrast is exploratory, however it was declared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim import locked
from sim.prices import without_terms
from sim.registry import without_address


@dataclass(frozen=True, slots=True)
class Registration:
    """The lock of a folder.

    Attributes:
        date: when it was written, in UTC; None without a lock.
        sha256: its hash.
        runs: how many runs it plans.
        replaces: how many locks of the same file it replaced.
        claims: hashes of how the declared claims would be judged, by name.
        problem: why it does not hold; None where it does.
    """

    date: str | None = None
    sha256: str | None = None
    runs: int | None = None
    replaces: int = 0
    claims: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None

    @property
    def holds(self) -> bool:
        """Whether what the experiment declares was registered before the runs."""
        return self.date is not None and self.problem is None

    def has_claim(self, name: str, about: Mapping[str, Any]) -> bool:
        """Whether a claim was declared, and was to be judged as it is now.

        Args:
            name: C1 to C9.
            about: all that it declares now.
        """
        return self.holds and self.claims.get(name) == locked.sha256_of(about)

    def told(self, complete: int) -> str:
        """One sentence or two.

        Args:
            complete: whole runs in the folder.
        """
        if self.problem is not None:
            return f"The lock does not hold: {self.problem}. Everything is exploratory."
        if self.date is None:
            return (
                "There is no lock, so nothing was registered before the runs: everything is"
                " exploratory."
            )
        again = f", after {self.replaces} others that it replaced" if self.replaces else ""
        whole = f" {complete} of its {self.runs} runs are there." if complete != self.runs else ""
        return (
            f"Registered before the runs on {self.date}{again} (lock {str(self.sha256)[:12]});"
            f" contrasts that it does not declare are exploratory.{whole}"
        )


def registration(folder: Path, experiment: Mapping[str, Any]) -> Registration:
    """The registration of an experiment folder.

    Args:
        folder: the folder.
        experiment: its experiment file as resolved.
    """
    file = folder / locked.IN_FOLDER
    if not file.exists():
        return Registration()
    try:
        document = locked.read(file)
        plan = document["plan"]
        date, sha256, runs = str(document["registered"]), str(document["sha256"]), int(plan["runs"])
        planned = dict(_flat(plan["experiment"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Registration(problem=str(error))
    there = dict(_flat(_played(experiment)))
    changed = sorted(key for key, value in planned.items() if there.get(key) != value)
    problem = f"{', '.join(changed)} in experiment.toml is not as registered" if changed else None
    claims = document.get("inputs", {}).get("claims", {})
    replaces = len(document.get("replaces", ()))
    return Registration(date, sha256, runs, replaces, dict(claims), problem)


def _played(experiment: Mapping[str, Any]) -> dict[str, Any]:
    played = without_terms(experiment)
    mind = played.get("mind")
    if isinstance(mind, dict) and isinstance(mind.get("model"), str):
        played["mind"] = {**mind, "model": without_address(mind["model"])}
    return played


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
