"""Interventions: what is changed in the middle of a run, as frozen values of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.interventions import Arm, Kind
from agents.populations import Population

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is changed.

    Attributes:
        at: the round at whose beginning it is changed, 1-based.
        kind: what is changed.
        arm: the change itself, its control, or the change after a memory that another made.
        targets: sources of the population's members that it is about; () for everyone.
        persona: who comes, for a swap and a newcomer, and what a removal leaves; None where the
            seat is kept, and for a newcomer of the seat's own member.
        yoke: who sits there before, in the arm "yoked".
        for_rounds: how long words stay known, in rounds; None for ever.
    """

    at: int
    kind: Kind
    arm: Arm = "treatment"
    targets: tuple[str, ...] = ()
    persona: Population | None = None
    yoke: Population | None = None
    for_rounds: int | None = None

    def name(self) -> str:
        """What it is, without the arm: "denial@5(tin-man)", "swap@5(tin-man > guardian)"."""
        duration = "" if self.for_rounds is None else f" for {self.for_rounds}"
        inside = ", ".join(self.targets)
        if self.persona is not None and (self.kind, self.persona.name) != ("removal", "none"):
            inside = f"{inside or EVERYONE} > {self.persona.name}"
        return f"{self.kind}@{self.at}{duration}" + (f"({inside})" if inside else "")

    def about(self) -> Mapping[str, Any]:
        """All that it fixes but the texts of own personas, ready for JSON."""
        told = {"at": self.at, "kind": self.kind, "arm": self.arm, "members": list(self.targets)}
        who = {"persona": self.persona, "yoke": self.yoke}
        names = {key: None if value is None else value.name for key, value in who.items()}
        return {**told, **names, "for_rounds": self.for_rounds}

    def digests(self) -> tuple[str, ...]:
        """Digests of the own personas that come, where there are any."""
        who = (each for each in (self.persona, self.yoke) if each is not None)
        return tuple(member.digest for each in who for member in each.members if member.digest)


@dataclass(frozen=True, slots=True)
class Intervention:
    """A level of the factor: all that is changed in a run.

    Attributes:
        name: of the level; "none" where nothing is changed.
        changes: in the order given.
    """

    name: str = "none"
    changes: tuple[Change, ...] = ()


NONE = Intervention()
