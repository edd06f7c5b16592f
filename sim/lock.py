"""Pre-registration: what an experiment file plans and declares, written down before its runs.

A lock holds the experiment as resolved, the run ids (whose fingerprints cover every condition), the
hashes of all texts that characters are played with, and which model answers. Prices and limits say
nothing about what is played and are not in it; versions are noted, and do not bind.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from sim import experiment as experiments
from sim.errors import RecordError, SimError
from sim.locked import IN_FOLDER, digest, read
from sim.opening import SCRIPTED, ModelChoice
from sim.plan import RunSpec
from sim.prices import without_terms
from sim.provenance import now, versions
from sim.registry import without_address
from sim.schema import Experiment
from sim.store import cannot_write, write_whole
from sim.sweep import all_inputs

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Registered:
    """A lock beside its experiment file.

    Attributes:
        file: where it is.
        document: what it says.
    """

    file: Path
    document: Mapping[str, Any]

    @property
    def date(self) -> str:
        """When it was written, in UTC."""
        return str(self.document["registered"])

    @property
    def sha256(self) -> str:
        """Its hash."""
        return str(self.document["sha256"])


def path_of(file: Path) -> Path:
    """The lock that belongs to an experiment file."""
    return file.with_suffix(".lock")


def registration(
    experiment: Experiment,
    specs: Sequence[RunSpec],
    model: ModelChoice,
    claims: Mapping[str, str],
) -> dict[str, Any]:
    """What would be locked now.

    Args:
        experiment: as read.
        specs: all its runs.
        model: who will answer.
        claims: hashes of how the declared claims are judged, by name.
    """
    run_ids = "\n".join(sorted(spec.run_id for spec in specs))
    asked = any(spec.needs_model for spec in specs)
    document: dict[str, Any] = {
        "format": _FORMAT,
        "registered": now(),
        "plan": {
            "runs": len(specs),
            "run_ids_sha256": hashlib.sha256(run_ids.encode()).hexdigest(),
            "model": model.identity() if asked else SCRIPTED.rstrip(":"),
            "experiment": _played(experiment),
        },
        "inputs": {**all_inputs(experiment, specs), "claims": dict(claims)},
        "versions": versions(),
    }
    return {**document, "sha256": digest(document)}


def found(file: Path) -> Registered | None:
    """The lock at a place; None without one.

    Raises:
        RecordError: it cannot be read, or was changed by hand.
    """
    if not file.exists():
        return None
    try:
        return Registered(file, read(file))
    except ValueError as error:
        raise RecordError(f"{error}; write it again by `society lock FILE --force`") from None


def write(file: Path, document: Mapping[str, Any], replaced: Registered | None = None) -> None:
    """Write a lock, whole or not at all; one that replaces another says so.

    Raises:
        RecordError: it cannot be written.
    """
    before = [] if replaced is None else list(replaced.document.get("replaces", ()))
    if replaced is not None:
        before.append({"sha256": replaced.sha256, "registered": replaced.date})
    whole = {**document, **({"replaces": before} if before else {})}
    scalars = {key: one for key, one in whole.items() if not isinstance(one, (dict, list))}
    try:
        write_whole(file, tomli_w.dumps({**scalars, **whole}))
    except OSError as error:
        raise cannot_write(file, error) from None


def differences(registered: Registered, current: Mapping[str, Any]) -> list[str]:
    """What differs between a lock and what would be locked now, a line each; empty where nothing.

    Keys that came into being later count as what the file means without them.
    """
    before = dict(_flat({key: registered.document.get(key, {}) for key in ("plan", "inputs")}))
    try:
        told = experiments.check(registered.document["plan"]["experiment"], str(registered.file))
        filled = dict(_flat({"plan": {"experiment": _played(told)}}))
        before = {**filled, **before}
    except (SimError, KeyError):
        pass  # Then its keys are compared as they stand.
    after = dict(_flat({key: current[key] for key in ("plan", "inputs")}))
    lines = []
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one != other:
            shown = name.removeprefix("plan.experiment.").removeprefix("plan.")
            lines.append(f"{shown}: {_told(one)} in the lock, {_told(other)} now")
    return lines


def other_versions(registered: Registered, current: Mapping[str, Any]) -> list[str]:
    """Versions that are not those of the lock, a line each; they do not bind."""
    before = registered.document.get("versions", {})
    return [
        f"{name}: {before.get(name, 'not noted')} in the lock, {one} now"
        for name, one in current["versions"].items()
        if before.get(name) != one
    ]


def check(registered: Registered, current: Mapping[str, Any], remedy: str) -> None:
    """Refuse to go on where a lock does not match.

    Raises:
        RecordError: says what differs, and the remedy.
    """
    different = differences(registered, current)
    if different:
        raise RecordError(
            f"{registered.file} (registered {registered.date}) does not match what would be played:"
            f" {'; '.join(different)}. {remedy}"
        )


def to_keep(file: Path, folder: Path, current: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The lock that a sweep is to put into its folder, checked against what will be played.

    Args:
        file: the experiment file, beside which the lock is.
        folder: where the runs go.
        current: what would be locked now.

    Returns:
        The text of the lock, None where there is none to put there; and what is to be said.

    Raises:
        RecordError: the lock does not match, or the folder holds another.
    """
    registered = found(path_of(file))
    if registered is None:
        return None, None
    check(
        registered,
        current,
        f"Undo the change, register anew by `society lock {file} --force`, or sweep with"
        " --unlocked: then everything counts as exploratory",
    )
    kept = found(folder / IN_FOLDER)
    if kept is not None:
        if kept.sha256 != registered.sha256 or kept.date != registered.date:
            raise RecordError(
                f"{folder} was begun under another lock (registered {kept.date}) than"
                f" {registered.file}: choose another folder with --out, or sweep with --unlocked"
            )
        return None, None
    if (folder / "calls.sqlite").exists():
        return None, (
            f"{folder} was begun without a lock, so {registered.file} is not put there: what it"
            " declares was not registered before these runs"
        )
    return registered.file.read_text(encoding="utf-8"), None


def _played(experiment: Experiment) -> dict[str, Any]:
    """The experiment's table with every default, without what says nothing about the play."""
    played = without_terms(experiment.model_dump(mode="json", exclude_none=True))
    mind = played["mind"]
    return {**played, "mind": {**mind, "model": without_address(mind["model"])}}


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _told(value: object) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
