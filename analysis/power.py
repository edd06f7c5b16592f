"""Power of a design: how often its interval would exclude 0, and the smallest effect it detects.

Everything is a share of simulated experiments (`analysis.simulation`), with the interval of such a
share by Wilson 1927.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.estimator import Cluster
from analysis.proportions import proportion
from analysis.simulation import Design, Draws, simulate

TARGET = 0.8
"""The power that is planned for."""
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Share:
    """A share of simulated experiments.

    Attributes:
        value: the share.
        low: lower end of its 95% interval, for the simulation's own error.
        high: upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a design.

    Attributes:
        effect: difference that is planted, in the metric's unit.
        sesoi: smallest difference that would matter.
        alpha: intervals cover 1 - alpha.
        experiments: how many are simulated.
    """

    effect: float
    sesoi: float
    alpha: float
    experiments: int


@dataclass(frozen=True, slots=True)
class Power:
    """What a design can tell.

    Attributes:
        power: share of experiments whose interval excludes 0 under the effect.
        false_positive: the same without an effect.
        equivalent: share that shows, without an effect, that the difference is below the smallest
            one that would matter (two one-sided tests at alpha).
        detectable: smallest effect with a power of TARGET; None where no effect has it.
        limited_by: whose units alone most often gave the widest interval: of these take more.
    """

    power: Share
    false_positive: Share
    equivalent: Share
    detectable: float | None
    limited_by: Cluster


def power_of(
    design: Design,
    deviations: Mapping[str, float],
    asked: Asked,
    done: Callable[[int], None] = lambda _: None,
) -> Power:
    """What a design can tell, by simulation; the same numbers whenever it is asked.

    Args:
        design: the two arms.
        deviations: standard deviation of every component.
        asked: the effect and how it is looked for.
        done: told how many experiments have just been analysed.
    """
    draws = simulate(design, deviations, asked.alpha, asked.experiments, done)

    def share(count: int) -> Share:
        found = proportion(count, asked.experiments)
        return Share(found.value or 0.0, found.low or 0.0, found.high or 0.0)

    return Power(
        power=share(draws.power(asked.effect)),
        false_positive=share(draws.power(0.0)),
        equivalent=share(draws.equivalent(asked.sesoi)),
        detectable=detectable(draws),
        limited_by=max(sorted(set(draws.widest)), key=draws.widest.count),
    )


def detectable(draws: Draws, target: float = TARGET) -> float | None:
    """The smallest effect that so large a share of experiments would find, by bisection.

    Args:
        draws: experiments without an effect.
        target: in (0, 1).
    """
    wanted = target * len(draws.value)
    top = max((-float(low) for low in draws.low if low == low), default=0.0) + 1.0
    if draws.power(top) < wanted:
        return None
    low, high = 0.0, top
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if draws.power(middle) >= wanted else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Cell:
    """One size of the experiment, and what it can tell.

    Attributes:
        seeds: how many.
        wordings: of each scenario, at most.
        pool: different castings of a member; None for all.
        personas_a: different personas of the first arm.
        personas_b: of the second.
        runs: of both arms.
        contexts: different first prompts of both arms: persona text, scenario, wording. What is
            remembered makes more of them.
        found: what it can tell.
    """

    seeds: int
    wordings: int
    pool: int | None
    personas_a: int
    personas_b: int
    runs: int
    contexts: int
    found: Power


def cheapest(cells: Sequence[Cell], target: float = TARGET) -> Cell | None:
    """The cell with the fewest contexts, then runs, whose power is at least the target."""
    enough = [cell for cell in cells if cell.found.power.value >= target]
    return min(enough, key=lambda cell: (cell.contexts, cell.runs), default=None)
