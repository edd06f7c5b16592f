"""Cells of the factorial that hold many personas: respondents, their twins, scrambled people.

A cell is an ordered list of personas. Cells of equal stance list the same respondents in the same
order, so that one rank means one respondent in both identities.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import get_args

from agents.authored import ARMS, with_affect
from agents.person import Panel, Respondent
from agents.persona import Affect, Identity, Kind, Persona, Stance
from agents.respondents import (
    ai_respondent,
    panel_person,
    pool,
    respondent,
    respondents,
    scrambled,
    scrambled_person,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Personas that share their coordinates.

    Attributes:
        name: for example "human-benevolent" or "ai-hostile+denied".
        identity: human or ai.
        affect: the affect of every persona in it.
        stance: the stance of every persona in it; None where they differ.
        kind: respondent or scrambled.
        numbers: respondents' ids (or numbers of scrambled people, or places in the panel), in order
            of rank.
        arm: "" or the name of the affect arm that is added.
        panel: the user's people, None for those that are shipped.
    """

    name: str
    identity: Identity
    affect: Affect
    stance: Stance | None
    kind: Kind
    numbers: tuple[int, ...]
    arm: str = ""
    panel: Panel | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def persona(self, rank: int) -> Persona:
        """The persona of a rank, in [0, len(cell))."""
        made = _maker(self)(self.numbers[rank])
        return with_affect(made, ARMS[self.arm]) if self.arm else made

    def respondent(self, rank: int) -> Respondent:
        """The person behind a rank, whatever the identity that it is told with."""
        number = self.numbers[rank]
        if self.panel is not None:
            return self.panel.people[number]
        return scrambled_person(number) if self.kind == "scrambled" else respondents()[number]

    def key(self, rank: int) -> tuple[str, int]:
        """Who a rank is: the same for a person told as a human being and as a mind."""
        return (self.panel.name if self.panel else self.kind, self.numbers[rank])

    def with_arm(self, arm: str) -> "Cell":
        """The same people with sentences on inner life added."""
        return replace(self, name=f"{self.name}+{arm}", affect=ARMS[arm], arm=arm)


def _maker(cell: Cell) -> Callable[[int], Persona]:
    if cell.panel is not None:
        panel, identity = cell.panel, cell.identity
        return lambda place: panel_person(panel, place, identity)
    if cell.kind == "scrambled":
        return scrambled
    return respondent if cell.identity == "human" else ai_respondent


@cache
def cells() -> Mapping[str, Cell]:
    """Every cell by name: the plain ones first, then each with each affect arm."""
    plain = [*_of("human"), _scrambled(), *_of("ai")]
    arms = [cell.with_arm(arm) for arm in ARMS for cell in plain]
    return MappingProxyType({cell.name: cell for cell in (*plain, *arms)})


def _of(identity: Identity) -> list[Cell]:
    stances: tuple[Stance | None, ...] = (*get_args(Stance), None)
    return [
        Cell(
            name=f"{identity}-{stance or 'any'}",
            identity=identity,
            affect="unmentioned",
            stance=stance,
            kind="respondent",
            numbers=pool(stance),
        )
        for stance in stances
    ]


def _scrambled() -> Cell:
    numbers = tuple(range(len(respondents())))
    return Cell("human-scrambled", "human", "unmentioned", None, "scrambled", numbers)


def of_panel(panel: Panel) -> tuple[Cell, Cell]:
    """The people of a file as a cell of human beings and as one of minds."""
    everyone = tuple(range(len(panel.people)))
    human = Cell(panel.name, "human", "unmentioned", None, "respondent", everyone, panel=panel)
    return human, replace(human, name=f"ai-{panel.name}", identity="ai")
