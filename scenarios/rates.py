"""Rates: how often somebody chose what, round by round, and a seat that chooses as often.

A scripted seat that plays by recorded rates behaves as its model does on average, and answers
nobody. What a character does to others beyond what such a seat does, it does by more than mere
behaviour (claim C9).

    rates = parse(text, "rates.toml")
    rates.distribution("prisoners_dilemma", ask, 3)   # a probability for every option of the menu
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isclose
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scenarios.catalogue import nearest
from scenarios.errors import StrategyError
from scenarios.game import Ask

PREFIX = "rates:"
"""What the name of a strategy begins with that plays by the rates of a file."""
_SUM_TOLERANCE = 1e-6


class Entry(BaseModel):
    """Rates of one menu.

    Attributes:
        game: catalogue name.
        phase: of the round.
        round: 1-based; None for every round.
        n: decisions behind them.
        options: probability by option key, in the order of the menu.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    game: str
    phase: str
    round: int | None = Field(default=None, ge=1)
    n: int = Field(ge=1)
    options: Mapping[str, float] = Field(min_length=2)

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        total = sum(self.options.values())
        if min(self.options.values()) < 0 or not isclose(total, 1, abs_tol=_SUM_TOLERANCE):
            raise ValueError(f"rates are not negative and sum to 1, not to {total:g}")
        return self


class RatesFile(BaseModel):
    """What `society match` writes.

    Attributes:
        member: whose rates they are.
        rates: by game, phase, menu and round.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: str
    rates: tuple[Entry, ...] = Field(min_length=1)


_Place = tuple[str, str, tuple[str, ...], int | None]


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one file.

    Attributes:
        name: of the file, as it was given.
        table: probabilities by game, phase, menu and round (None for every round).
    """

    name: str
    table: tuple[tuple[_Place, tuple[float, ...]], ...]
    _by_place: Mapping[_Place, tuple[float, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_place", dict(self.table))

    def distribution(self, game: str, ask: Ask, now: int) -> tuple[float, ...]:
        """A probability for every option of the menu.

        Args:
            game: name of the game.
            ask: what is asked.
            now: the round.

        Raises:
            StrategyError: there is no rate of this game, phase, menu or round; says what there is.
        """
        for when in (now, None):
            found = self._by_place.get((game, ask.phase, ask.menu, when))
            if found is not None:
                return found
        raise StrategyError(f"{self.name}: {self._missing(game, ask, now)}")

    def _missing(self, game: str, ask: Ask, now: int) -> str:
        games = dict.fromkeys(place[0] for place in self._by_place)
        if game not in games:
            return f"no rates of game {game!r}{nearest(game, games)}"
        phases = dict.fromkeys(place[1] for place in self._by_place if place[0] == game)
        if ask.phase not in phases:
            return f"no rates of phase {ask.phase!r} of {game}{nearest(ask.phase, phases)}"
        known = [place for place in self._by_place if place[:2] == (game, ask.phase)]
        if all(place[2] != ask.menu for place in known):
            return f"no rates of the menu {list(ask.menu)} in phase {ask.phase!r} of {game}"
        last = max(place[3] or 0 for place in known if place[2] == ask.menu)
        return (
            f"no rates of round {now} in phase {ask.phase!r} of {game}, the last is of round"
            f" {last}; play no longer than was recorded, or leave `round` out of the file"
        )


def parse(text: str, name: str) -> Rates:
    """Rates from the text of a file.

    Raises:
        StrategyError: names the file, the key, the value and what is wrong.
    """
    try:
        read = RatesFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StrategyError(f"{name}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        message = first["msg"].removeprefix("Value error, ")
        raise StrategyError(f"{name}: {where} = {first['input']!r}: {message}") from None
    table: dict[_Place, tuple[float, ...]] = {}
    for entry in read.rates:
        place = (entry.game, entry.phase, tuple(entry.options), entry.round)
        if place in table:
            when = "every round" if entry.round is None else f"round {entry.round}"
            raise StrategyError(f"{name}: {entry.game}, {entry.phase}, {when} occurs twice")
        table[place] = tuple(entry.options.values())
    return Rates(name, tuple(table.items()))
