"""Our rules alone beside the match loop of the Axelrod library, on the repeated prisoner's dilemma.

The same pairs of strategies play as many rounds, ours and theirs in turns, in one process. Theirs
is timed twice: as its `Match.play` leaves it, which are the moves, and with its `final_score`; ours
has both, and what every seat saw. Pairs without chance must come to the same points. The general
loop, which goes from state to state as a Society does, stands beside the one that plays pairs.
"""

import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from side_by_side import begun, median, show

from scenarios.axelrod_library import SAME
from scenarios.catalogue import game
from scenarios.match import Match, play, play_step_by_step
from scenarios.strategies import strategy
from sim.streams import uniforms

GAME = game("prisoners_dilemma")
NOISE = 0.05
ROUNDS_A_MEASUREMENT = 4_000
PAIRS = (
    ("always_cooperate", "always_defect"),
    ("tit_for_tat", "tit_for_tat"),
    ("tit_for_tat", "alternator"),
    ("win_stay_lose_shift", "tit_for_two_tats"),
    ("grim", "always_cooperate"),
    ("prober", "forgiving_tit_for_tat"),
    ("go_by_majority", "hard_tit_for_tat"),
    ("generous_tit_for_tat", "random"),
)
Points = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is played: who, how long, and how often a move comes out as the other one."""

    pair: tuple[str, str]
    rounds: int
    noise: float = 0

    @property
    def certain(self) -> bool:
        """Whether it can come out in one way only."""
        return not self.noise and "random" not in self.pair


SETTINGS = tuple(
    setting
    for pair in PAIRS
    for setting in (Setting(pair, 200), Setting(pair, 2000), Setting(pair, 200, NOISE))
)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way to play a match.

    Attributes:
        name: what it is called in print.
        play: plays a match; the points, or none where it does not count them.
    """

    name: str
    play: Callable[[Setting], Points | None]


def ours(loop: Callable[..., Match]) -> Callable[[Setting], Points]:
    """Our rules and strategies, by one of the two loops."""

    def run(setting: Setting) -> Points:
        parameters = GAME.parameters(rounds=setting.rounds, noise=setting.noise)
        strategies = [strategy(name, GAME, parameters) for name in setting.pair]
        # At most two answers, two slips and the going on in every round.
        numbers = iter(() if setting.certain else uniforms(1, 5 * setting.rounds, "benchmark"))
        return loop(GAME, parameters, strategies, numbers.__next__).points

    return run


def theirs(library: Any, scored: bool) -> Callable[[Setting], Points | None]:  # noqa: ANN401
    """The library's match, with or without its points."""

    def run(setting: Setting) -> Points | None:
        players = [getattr(library, SAME[name])() for name in setting.pair]
        match = library.Match(players, turns=setting.rounds, noise=setting.noise, seed=1)
        match.play()
        return tuple(match.final_score()) if scored else None

    return run


def timed(contestants: Sequence[Contestant], setting: Setting, repeats: int) -> list[float]:
    """Rounds per CPU second of each, the median of several turns.

    Raises:
        RuntimeError: they do not come to the same points, so that they played something else.
    """
    matches = ROUNDS_A_MEASUREMENT // setting.rounds
    found: list[list[float]] = [[] for _ in contestants]
    points = {contestant.play(setting) for contestant in contestants}
    if setting.certain and len(points - {None}) > 1:
        raise RuntimeError(f"{setting}: {points}")
    for _ in range(repeats):
        for rates, contestant in zip(found, contestants, strict=True):
            started = time.process_time()
            for _ in range(matches):
                contestant.play(setting)
            rates.append(matches * setting.rounds / (time.process_time() - started))
    return [median(rates) for rates in found]


def show_ratios(noise: float, measured: Mapping[Setting, list[float]]) -> None:
    """Ratios of all settings with or without noise: the median and the least."""
    wanted = [rates for setting, rates in measured.items() if setting.noise == noise]
    target = "" if noise else ">= 3"
    for ours_at, name in ((0, "ours"), (1, "ours, from state to state")):
        for at, what in ((2, "moves"), (3, "moves, points")):
            ratios = [rates[ours_at] / rates[at] for rates in wanted]
            told = f"noise {noise:g}: {name} / library, {what}"
            show(f"{told}: median", median(ratios), "" if ours_at else target)
            show(f"{told}: least", min(ratios), "" if ours_at else target)


def main() -> None:
    """Print rounds a second, and the ratios."""
    quick = begun(__doc__)
    contestants = [
        Contestant("ours", ours(play)),
        Contestant("ours, from state to state", ours(play_step_by_step)),
    ]
    if importlib.util.find_spec("axelrod") is None:
        print("the library is not here: pip install 'character-societies[axelrod]'")
    else:
        library = import_module("axelrod")
        print(f"Axelrod library {library.__version__}")
        contestants.append(Contestant("library, moves", theirs(library, False)))
        contestants.append(Contestant("library, moves and points", theirs(library, True)))
    print("rounds per CPU second: " + "; ".join(each.name for each in contestants))
    measured = {}
    for setting in SETTINGS:
        rates = measured[setting] = timed(contestants, setting, 3 if quick else 15)
        what = f"{' / '.join(setting.pair)}, {setting.rounds}, noise {setting.noise:g}"
        print(f"  {what:<62}" + "".join(f"{rate:>11,.0f}" for rate in rates))
    if len(contestants) == 4:
        for noise in (0, NOISE):
            show_ratios(noise, measured)


if __name__ == "__main__":
    main()
