"""What a mix of personas is: its members and their shares, and what comes to sit on a seat."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.cells import Cell
from agents.persona import Casting, Persona

Draw = Callable[..., float]
"""A keyed uniform number in [0, 1): the same keys give the same number."""

SCRIPTED = "scripted:"


@dataclass(frozen=True, slots=True)
class Member:
    """One part of a mix.

    Attributes:
        source: a persona's, cell's or selection's name, after "twins:" where one person sits on as
            many seats as it has paraphrases, or "scripted:STRATEGY".
        share: part of the seats, in (0, 1].
        found: the persona or the cell; None for scripted seats.
        twins: whether its seats are blocks of one person in every paraphrase.
        digest: hash of the user's own texts or people behind it; empty for what is shipped.
    """

    source: str
    share: float
    found: Persona | Cell | None = None
    twins: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The place of a population in a series, where one member replaces another step by step.

    Attributes:
        name: "TROPE among REST".
        share: of the member that replaces, as text.
        focal: source of the member that is replaced, whose behaviour is looked at.
    """

    name: str
    share: str
    focal: str


@dataclass(frozen=True, slots=True)
class Population:
    """A named mix; the shares of its members sum to 1.

    Attributes:
        name: as in the records.
        members: in the order in which they are laid on the seats.
        replacement: whether two seats of a run may draw the same person.
        series: its place in a series, if it is of one.
    """

    name: str
    members: tuple[Member, ...]
    replacement: bool = True
    series: Series | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """What sits on one seat: a casting or a strategy, exactly one of them.

    Attributes:
        member: source of the member that it belongs to.
        casting: persona and paraphrase, None for scripted seats.
        strategy: name of the strategy, None for seats with a persona.
        focal: whether its behaviour is what a series is about; None outside a series.
    """

    member: str
    casting: Casting | None
    strategy: str | None
    focal: bool | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A limit on how many different castings a member has, so that contexts stay few.

    Attributes:
        size: different castings per member, at most.
        draw: keyed on the experiment, not on the run, so that all runs share the pool.
    """

    size: int
    draw: Draw
