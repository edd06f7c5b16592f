"""When an inventory is asked while a society plays."""

from dataclasses import dataclass

from agents.inventory import Form


@dataclass(frozen=True, slots=True)
class Schedule:
    """When characters are asked during a play, and what.

    Attributes:
        instrument: "ipip-25" or "ipip-10".
        before: whether before the first round.
        after: whether after the last round that is played.
        rounds: after which rounds beside that, 1-based.
        every: after every so many rounds; None for none.
    """

    instrument: Form
    before: bool
    after: bool
    rounds: frozenset[int] = frozenset()
    every: int | None = None

    def is_due(self, settled: int, *, over: bool) -> bool:
        """Whether it is asked now.

        Args:
            settled: the round that was settled last; 0 before the first.
            over: nothing more is played.
        """
        if settled == 0:
            return self.before
        regularly = self.every is not None and settled % self.every == 0
        return settled in self.rounds or regularly or (over and self.after)
