"""What the catalogue-wide tests run over; a new game is covered by being in the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from scenarios.catalogue import AnyGame, catalogue, parameters
from scenarios.game import Ask, Move, Parameters
from scenarios.playthrough import Step, play
from scenarios.wording import Wording, load

_FEW_ROUNDS = 7


@dataclass(frozen=True)
class Case:
    """A game as it may be played: parameters and group size."""

    label: str
    game: AnyGame
    parameters: Parameters
    seats: int

    def play(self, codes: tuple[int, ...], numbers: tuple[float, ...]) -> tuple[Step, ...]:
        """Play with these answers (as places in the menu, one place past it: none) and chance."""

        def choose(index: int, ask: Ask) -> Move:
            code = codes[index % len(codes)] % (len(ask.menu) + 1)
            return ask.menu[code] if code < len(ask.menu) else None

        return play(
            self.game,
            self.parameters,
            self.seats,
            choose,
            lambda index: numbers[index % len(numbers)],
        )


@dataclass(frozen=True)
class Worded:
    """A game in one of its wordings."""

    game: AnyGame
    wording: Wording


def _variants(game: AnyGame) -> Iterator[tuple[str, dict[str, object]]]:
    yield "default", {}
    for name, preset in game.presets.items():
        yield name, preset.model_dump()
    for name, field in game.parameters.model_fields.items():
        if isinstance(field.default, bool):
            yield f"{name}={not field.default}", {name: not field.default}
        elif name == "noise":
            yield "noise", {"noise": 0.25}
        elif name == "continuation":
            yield "continuation", {"continuation": 0.75}
        for word in _other_words(field):
            yield f"{name}={word}", {name: word}


def _other_words(field: FieldInfo) -> list[str]:
    """What a parameter that is one of several words may be instead of its default."""
    words = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return [word for word in words if word != field.default]


def _cases() -> Iterator[Case]:
    known: list[tuple[Parameters, int]] = []
    for game in catalogue().values():
        sizes = {game.seats.least, game.seats.default, min(game.seats.most, 5)}
        for label, given in _variants(game):
            rounds = min(int(str(given.get("rounds", _FEW_ROUNDS))), _FEW_ROUNDS)
            chosen = parameters(game, {**given, "rounds": rounds})
            for seats in sorted(sizes):
                if (chosen, seats) in known:
                    continue
                known.append((chosen, seats))
                yield Case(f"{game.name}-{label}-{seats}", game, chosen, seats)


CASES = list(_cases())
WORDED = [
    Worded(game, wording)
    for game in catalogue().values()
    for wording in load(game.name).wordings.values()
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill the arguments `game`, `case` and `worded` with everything that there is."""
    if "game" in metafunc.fixturenames:
        games = catalogue()
        metafunc.parametrize("game", games.values(), ids=list(games))
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.label for case in CASES])
    if "worded" in metafunc.fixturenames:
        ids = [f"{one.game.name}-{one.wording.name}" for one in WORDED]
        metafunc.parametrize("worded", WORDED, ids=ids)


@pytest.fixture(scope="session")
def seen() -> dict[str, list[Step]]:
    """Steps of many playthroughs of every game, in all its variants, by game."""
    played: dict[str, list[Step]] = {name: [] for name in catalogue()}
    for case in CASES:
        for stride in (1, 2, 3):
            codes = tuple(stride * place for place in range(12))
            numbers = tuple((0.07 + 0.31 * place * stride) % 1 for place in range(12))
            played[case.game.name].extend(case.play(codes, numbers))
    known = {
        name: {kind for step in steps for kind in _kinds(step)} for name, steps in played.items()
    }
    # Where one seat is asked after another, late phases need the right answers in a row.
    for case, codes in product(CASES, ((1,), (1, 1, 0))):
        name = case.game.name
        steps = case.play(codes, (0.5,))
        played[name].extend(step for step in steps if not _kinds(step) <= known[name])
    return played


def _kinds(step: Step) -> set[tuple[str, str]]:
    """Phases and kinds of event that a step shows."""
    phases = {("phase", ask.phase) for ask in step.asks}
    return phases | {("event", event.kind) for event in step.settlement.events}


@pytest.fixture(scope="session")
def all_cases() -> list[Case]:
    """Every case, for tests that gather over them."""
    return CASES
