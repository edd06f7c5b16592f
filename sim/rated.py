"""Seats that play by the rates of a file: where the file is, and whether it has what is asked."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path

from agents.populations import SCRIPTED
from scenarios.catalogue import AnyGame
from scenarios.errors import StrategyError
from scenarios.game import Parameters, State
from scenarios.rates import PREFIX, Rates, parse
from sim.errors import ExperimentError
from sim.streams import uniform, uniforms

_SOURCE = SCRIPTED + PREFIX


def load_rates(sources: Iterable[str], folder: Path) -> tuple[Rates, ...]:
    """The rates of those members of a population that play by rates.

    Args:
        sources: of the members, such as "scripted:rates:rates.toml", and the model's name.
        folder: from which the files' paths go.

    Raises:
        ExperimentError: the file cannot be read.
        StrategyError: it holds something else than rates.
    """
    names = dict.fromkeys(s.removeprefix(_SOURCE) for s in sources if s.startswith(_SOURCE))
    return tuple(parse(_text(folder / name), name) for name in names)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExperimentError(
            f"design.populations: {PREFIX}{file}: cannot be read: {reason};"
            " `society match` writes such a file, and its path goes from the experiment's folder"
        ) from None


def check_rates(rates: Rates, game: AnyGame, parameters: Parameters) -> None:
    """Play one group by the rates alone, which meets every phase that they may be asked about.

    Raises:
        StrategyError: a game, phase, menu or round without rates.
    """
    seats = game.seats.default
    chance = tuple(uniforms(0, game.opening(parameters, seats), "rates", "start"))
    state: State = game.start(parameters, seats, chance)
    step = 0
    while not state.over:
        moves = []
        for number, ask in enumerate(game.asks(state)):
            likely = rates.distribution(game.name, ask, state.round)
            drawn = uniform(0, "rates", "move", step, number)
            reached = [total > drawn for total in accumulate(likely)]
            moves.append(ask.menu[reached.index(True) if any(reached) else -1])
        drawn_now = tuple(uniforms(0, game.draws(state), "rates", "chance", step))
        state = game.settle(state, tuple(moves), drawn_now).state
        step += 1


def rates_of(strategy: str, known: Iterable[Rates]) -> Rates | None:
    """The rates that a strategy plays by; None where it plays by a rule.

    Raises:
        StrategyError: its file was never read.
    """
    if not strategy.startswith(PREFIX):
        return None
    by_name: Mapping[str, Rates] = {rates.name: rates for rates in known}
    name = strategy.removeprefix(PREFIX)
    if name not in by_name:
        raise StrategyError(f"strategy {strategy!r}: its file was not read")
    return by_name[name]
