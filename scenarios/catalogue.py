"""The catalogue: every module of `scenarios.games` that binds GAME is a game."""

import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from scenarios import games
from scenarios.errors import ParameterError, UnknownScenarioError
from scenarios.game import Game, Parameters

AnyGame = Game[Any, Any]


@cache
def catalogue() -> Mapping[str, AnyGame]:
    """Every game by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(games.__path__))
    modules = [import_module(f"scenarios.games.{name}") for name in names]
    found = [module.GAME for module in modules if hasattr(module, "GAME")]
    return MappingProxyType({game.name: game for game in found})


def game(name: str) -> AnyGame:
    """One game by name.

    Raises:
        UnknownScenarioError: with the nearest name.
    """
    known = catalogue()
    if name not in known:
        raise UnknownScenarioError(f"unknown scenario {name!r}{nearest(name, known)}")
    return known[name]


def parameters(game: AnyGame, given: Mapping[str, object], preset: str | None = None) -> Parameters:
    """Parameters of a game from a preset and what the user gave on top.

    Raises:
        ParameterError: an unknown preset or parameter, or a value that the game cannot take.
    """
    if preset is not None and preset not in game.presets:
        raise ParameterError(f"{game.name} has no preset {preset!r}{nearest(preset, game.presets)}")
    base = game.presets[preset].model_dump() if preset else {}
    for key in given:
        if key not in game.parameters.model_fields:
            hint = nearest(key, game.parameters.model_fields)
            raise ParameterError(f"{game.name} has no parameter {key!r}{hint}")
    try:
        checked: Parameters = game.parameters.model_validate({**base, **given})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "parameters"
        message = first["msg"].removeprefix("Value error, ")
        raise ParameterError(f"{game.name}: {where} = {first['input']!r}: {message}") from None
    return checked


def nearest(name: str, known: Mapping[str, object]) -> str:
    """A hint for an unknown name: the nearest known one, else all of them."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else ""
