"""Chances: the random numbers of a run's play, each with a place of its own.

A number depends on seed, round, phase and place alone, so that runs of one seed meet the same
chance in every condition. The numbers of a phase are drawn at once: faster than one by one.
"""

from dataclasses import dataclass

from scenarios.game import Ask
from sim.streams import uniforms

Drawn = dict[str, list[float]]
"""Numbers of one settling, by phase."""


@dataclass(frozen=True, slots=True)
class Chances:
    """The chances of one run.

    Attributes:
        seed: of the run.
        groups: how many play.
        seats: of the largest group.
    """

    seed: int
    groups: int
    seats: int

    def at_start(self, each: int) -> list[tuple[float, ...]]:
        """What the rules draw before play: so many numbers for every group."""
        numbers = uniforms(self.seed, self.groups * each, "chance", 0, "start")
        return [tuple(numbers[each * n : each * (n + 1)]) for n in range(self.groups)]

    def decisions(self, round: int, phase: str) -> list[float]:
        """A number for every place that may choose; `place` tells which is whose."""
        places = self.groups * self.seats * (self.seats + 1)
        return uniforms(self.seed, places, "decision", round, phase)

    def place(self, group: int, ask: Ask) -> int:
        """Where the number of an ask stands among those of its phase."""
        # One slot for the whole group, one for each seat that a choice may be about.
        slot = 0 if ask.about is None else ask.about + 1
        return (group * self.seats + ask.seat) * (self.seats + 1) + slot

    def of_rules(
        self, group: int, draws: int, at: tuple[int, str], drawn: Drawn
    ) -> tuple[float, ...]:
        """What the rules need: one number for each group, then the next for each.

        Args:
            group: whose rules.
            draws: how many it needs.
            at: round and phase.
            drawn: what was drawn in this settling already; grows.
        """
        count, (round, phase) = self.groups * draws, at
        if not count:
            return ()
        numbers = drawn.get(phase, [])
        if len(numbers) < count:
            numbers = drawn[phase] = uniforms(self.seed, count, "chance", round, phase)
        return tuple(numbers[group : count : self.groups])
