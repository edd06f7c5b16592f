"""Interventions as an experiment file has them, and the arms that each level brings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_validator,
)

from agents import populations
from agents.interventions import KINDS, Arm, Kind
from agents.own import Own
from agents.populations import SCRIPTED, Population
from agents.roster import NOBODY
from scenarios.catalogue import nearest
from sim.errors import ExperimentError
from sim.interventions import EVERYONE, NONE, Change, Intervention

_ONLY_FOR: Mapping[str, tuple[Kind, ...]] = {
    "persona": ("swap", "newcomer"),
    "yoke": ("swap", "removal"),
    "leaves": ("removal",),
    "for_rounds": (
        "denial",
        "affirmation",
        "respect",
        "mistreatment",
        "newcomer",
        "reminder",
    ),
}
"""Keys that mean something for some kinds only."""
_NOTHING_LEFT = "none"


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown{nearest(kind, dict.fromkeys(KINDS))}")
    return kind


class ChangeEntry(BaseModel):
    """One change, as the file has it.

    Attributes:
        at: round at whose beginning it comes.
        kind: see `agents.interventions.Kind`.
        target: a member of the population, several, or "everyone".
        control: whether the level brings its control arm.
        persona: who comes, for a swap and a newcomer.
        yoke: for a swap and a removal, who sits there before in the arm "yoked".
        leaves: what a removal leaves in the persona's place.
        for_rounds: how long what is told stays known; for ever if not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Annotated[int, Field(strict=True, ge=1)]
    kind: Annotated[str, AfterValidator(_known)]
    target: str | Annotated[list[str], Field(min_length=1)] = EVERYONE
    control: bool = True
    persona: str | None = None
    yoke: str | None = None
    leaves: Literal["nothing", "placebo"] | None = None
    for_rounds: Annotated[int, Field(strict=True, ge=1)] | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        for key, kinds in _ONLY_FOR.items():
            if getattr(self, key) is not None and self.kind not in kinds:
                raise ValueError(f"{key} means something for {', '.join(kinds)} only: leave it out")
        if self.kind == "swap" and self.persona is None:
            raise ValueError('a swap needs to know who comes: write persona = "guardian", say')
        if self.yoke is not None and self.at < 2:
            raise ValueError("a yoked memory needs rounds before the change: write at = 2 or later")
        return self


def _as_list(value: object) -> object:
    """The changes of a level: none, one table, or several."""
    if isinstance(value, str) and value != NONE.name:
        hint = nearest(value, dict.fromkeys(KINDS))
        raise ValueError(f'a change is a table: write {{at = 5, kind = "denial"}}, or "none"{hint}')
    if value == []:
        raise ValueError('give at least 1 change, or "none"')
    if isinstance(value, str):
        return []
    return value if isinstance(value, list) else [value]


def _as_written(changes: list[ChangeEntry], dump: SerializerFunctionWrapHandler) -> object:
    tables: list[object] = dump(changes)
    return tables if len(tables) > 1 else tables[0] if tables else NONE.name


Level = Annotated[list[ChangeEntry], BeforeValidator(_as_list), WrapSerializer(_as_written)]
"""What is changed in a condition; in the file "none", a table, or a list of tables."""


def interventions(
    levels: Sequence[Sequence[ChangeEntry]], own: Own = NOBODY
) -> tuple[Intervention, ...]:
    """Every level with its arms: as it is written, its control, and yoked where it says so.

    Args:
        levels: of the factor.
        own: the user's own personas and people.

    Raises:
        ExperimentError: somebody who cannot come; names the key, the value and the remedy.
        AgentError: no persona or population of that name.
    """
    return tuple(arm for level in levels for arm in _arms(level, own)) or (NONE,)


def _arms(entries: Sequence[ChangeEntry], own: Own) -> Iterator[Intervention]:
    if not entries:
        yield NONE
        return
    changes = tuple(_change(entry, own) for entry in entries)
    name = " & ".join(change.name() for change in changes)
    yield Intervention(name, tuple(replace(change, yoke=None) for change in changes))
    if all(entry.control for entry in entries):
        control = tuple(replace(change, arm="control", yoke=None) for change in changes)
        yield Intervention(f"{name} control", control)
    yokes = [change.yoke.name for change in changes if change.yoke is not None]
    if yokes:
        yoked = tuple(replace(change, arm=_yoked(change)) for change in changes)
        yield Intervention(f"{name} yoked {', '.join(yokes)}", yoked)


def _yoked(change: Change) -> Arm:
    return change.arm if change.yoke is None else "yoked"


def _change(entry: ChangeEntry, own: Own) -> Change:
    targets = [entry.target] if isinstance(entry.target, str) else entry.target
    persona = _who("persona", entry.persona, own)
    if entry.kind == "removal":
        persona = _who("leaves", entry.leaves if entry.leaves == "placebo" else _NOTHING_LEFT, own)
    kind = next(kind for kind in KINDS if kind == entry.kind)
    return Change(
        at=entry.at,
        kind=kind,
        targets=() if targets == [EVERYONE] else tuple(dict.fromkeys(targets)),
        persona=persona,
        yoke=_who("yoke", entry.yoke, own),
        for_rounds=entry.for_rounds,
    )


def _who(key: str, name: str | None, own: Own) -> Population | None:
    """A persona, or a population of people to draw from."""
    if name is None:
        return None
    found = populations.parse(name, own)
    if len(found.members) > 1 or found.members[0].source.startswith(SCRIPTED):
        raise ExperimentError(
            f"design.interventions: {key} = {name!r}: a persona or one population of personas can"
            " take a seat, not a mix or a strategy"
        )
    return found
