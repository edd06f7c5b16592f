"""A large society by the population's members: a node a member, shares of classes between."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from analysis.play import Play
from analysis.proportions import proportion

MOST_CHARACTERS = 500
"""Above so many characters a picture shows members."""
MOST_ACTS = 60_000
"""So too above so many acts or choices of a run, which would make a page of tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Block:
    """All characters of one member.

    Attributes:
        member: its name.
        size: characters.
        points: for each round, mean points of a character up to and in it; None before any.
    """

    member: str
    size: int
    points: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """What the characters of one member did to those of another.

    Attributes:
        round: 1-based; 0 for the whole run.
        source: place of the acting member among the blocks.
        target: place of the member acted upon, perhaps the same.
        cooperative: acts of that class.
        neutral: acts of that class.
        uncooperative: acts of that class.
        low: lower end of the cooperative share's Wilson interval, at 95 percent. Acts of a run
            depend on each other, so that it is too narrow as a statement about other runs.
        high: upper end.
    """

    round: int
    source: int
    target: int
    cooperative: int
    neutral: int
    uncooperative: int
    low: float
    high: float

    @property
    def n(self) -> int:
        """All acts."""
        return self.cooperative + self.neutral + self.uncooperative

    @property
    def mostly(self) -> str:
        """The class of most acts; of equally many the less cooperative."""
        counts = {
            "uncooperative": self.uncooperative,
            "neutral": self.neutral,
            "cooperative": self.cooperative,
        }
        return max(counts, key=lambda name: counts[name])


def is_large(play: Play) -> bool:
    """Whether a picture of every character would be too crowded or too heavy."""
    acts = max(len(play.links), len(play.moves))
    return len(play.run.characters) > MOST_CHARACTERS or acts > MOST_ACTS


def blocks(play: Play) -> tuple[Block, ...]:
    """Every member of the population, by name."""
    sizes = Counter(who.member for who in play.run.characters)
    member = {who.agent: who.member for who in play.run.characters}
    earned: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for move in play.moves:
        if move.payoff is not None:
            earned[member[move.agent]][move.round] += move.payoff  # type: ignore[assignment]
    return tuple(
        Block(name, size, _so_far(earned[name], size, play.rounds))
        for name, size in sorted(sizes.items())
    )


def _so_far(earned: Counter[int], size: int, rounds: int) -> tuple[float | None, ...]:
    means: list[float | None] = []
    for number in range(1, rounds + 1):
        paid = [points for when, points in sorted(earned.items()) if when <= number]
        means.append(sum(paid) / size if paid else None)
    return tuple(means)


def flows(play: Play) -> tuple[Flow, ...]:
    """Acts between members for the whole run and for each round; pairs without acts are absent."""
    places = {block.member: place for place, block in enumerate(blocks(play))}
    of = {who.agent: places[who.member] for who in play.run.characters}
    counts: defaultdict[tuple[int, int, int], Counter[str]] = defaultdict(Counter)
    for link in play.links:
        if link.action_class is not None:
            for number in (0, link.round):
                counts[number, of[link.source], of[link.target]][link.action_class] += 1
    return tuple(_flow(key, found) for key, found in sorted(counts.items()))


def _flow(key: tuple[int, int, int], found: Counter[str]) -> Flow:
    share = proportion(found["cooperative"], found.total())
    return Flow(
        *key,
        cooperative=found["cooperative"],
        neutral=found["neutral"],
        uncooperative=found["uncooperative"],
        low=share.low or 0.0,
        high=share.high or 0.0,
    )
