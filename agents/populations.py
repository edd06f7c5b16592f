"""Populations: mixes of personas and scripted strategies, and how they become seats.

Every choice is a keyed draw, so that conditions are paired: the same seat gets the same place in
the mix and the same rank among a cell's respondents, whatever the cell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from agents.cells import Cell, cells
from agents.errors import PopulationError
from agents.persona import Casting, Persona
from agents.roster import personas, resolve
from scenarios.errors import StrategyError
from scenarios.strategies import check as check_strategy

Draw = Callable[..., float]
"""A keyed uniform number in [0, 1): the same keys give the same number."""

SCRIPTED = "scripted:"
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Member:
    """One part of a mix.

    Attributes:
        source: a persona's or cell's name, or "scripted:STRATEGY".
        share: part of the seats, in (0, 1].
    """

    source: str
    share: float


@dataclass(frozen=True, slots=True)
class Population:
    """A named mix; the shares of its members sum to 1."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """What sits on one seat: a casting or a strategy, exactly one of them.

    Attributes:
        member: source of the member that it belongs to.
        casting: persona and paraphrase, None for scripted seats.
        strategy: name of the strategy, None for seats with a persona.
    """

    member: str
    casting: Casting | None
    strategy: str | None


@dataclass(frozen=True, slots=True)
class Pool:
    """A limit on how many different castings a member has, so that contexts stay few.

    Attributes:
        size: different castings per member, at most.
        draw: keyed on the experiment, not on the run, so that all runs share the pool.
    """

    size: int
    draw: Draw


def populations() -> tuple[str, ...]:
    """Names of everything that is a population by itself: cells, tropes and controls."""
    return (*cells(), *personas())


def parse(text: str) -> Population:
    """A population from "tin-man", "human-any=0.5,tin-man=0.5" or "scripted:grim=3,guardian=1".

    Raises:
        PopulationError: an unknown strategy; shares missing, impossible or not summing to 1.
        UnknownPersonaError: no persona or cell of that name.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 and "=" not in text:
        return mixed(text.strip(), {text.strip(): 1})
    mix: dict[str, float] = {}
    for part in parts:
        source, equals, share = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise PopulationError(f"{part!r} in {text!r} has no share; write for example {part}=1")
        if source in mix:
            raise PopulationError(f"{source!r} occurs twice in {text!r}; add its shares up")
        mix[source] = _number(share, part)
    return mixed(text.strip(), mix)


def _number(share: str, part: str) -> float:
    try:
        return float(share)
    except ValueError:
        raise PopulationError(f"{part!r}: {share!r} is not a number") from None


def mixed(name: str, mix: Mapping[str, float]) -> Population:
    """A population from shares that sum to 1, or from whole numbers as proportions.

    Raises:
        PopulationError: an unknown strategy; a share not positive, or not summing to 1.
        UnknownPersonaError: no persona or cell of that name.
    """
    if not mix:
        raise PopulationError(f"population {name!r} has no members")
    for source, share in mix.items():
        if not 0 < share < float("inf"):
            raise PopulationError(f"{source!r} has share {share} in {name!r}; it must be positive")
        _check(source)
    total = sum(mix.values())
    whole = all(share == int(share) for share in mix.values())
    if not whole and abs(total - 1) > _TOLERANCE:
        raise PopulationError(
            f"the shares of {name!r} sum to {total:.6g}, not 1; write fractions that sum to 1,"
            " or whole numbers as proportions"
        )
    return Population(name, tuple(Member(s, share / total) for s, share in mix.items()))


def _check(source: str) -> None:
    strategy = source.removeprefix(SCRIPTED)
    if strategy == source:
        resolve(source)
        return
    try:
        check_strategy(strategy)
    except StrategyError as error:
        raise PopulationError(str(error)) from None


def counts(population: Population, seats: int) -> tuple[int, ...]:
    """Seats per member by largest remainder; equal remainders in the order given.

    Raises:
        PopulationError: no seats.
    """
    if seats < 1:
        raise PopulationError(f"{population.name!r} needs at least 1 seat, not {seats}")
    shares = [Fraction(str(member.share)) for member in population.members]
    exact = [seats * share / sum(shares) for share in shares]
    given = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: given[i] - exact[i])
    for index in by_remainder[: seats - sum(given)]:
        given[index] += 1
    return tuple(given)


def cast(
    population: Population, seats: int, draw: Draw, pool: Pool | None = None
) -> tuple[Seat, ...]:
    """Who sits where.

    Members are laid on the seats in the order of draw("placement", seat); the persona of a seat
    is ranked by draw("persona", seat) and its paraphrase by draw("paraphrase", seat).

    Args:
        population: the mix.
        seats: number of seats, at least 1.
        draw: keyed uniform numbers in [0, 1).
        pool: limit on different castings per member; none by default.

    Returns:
        Shape (seats,), in seat order.

    Raises:
        PopulationError: no seats, or a pool without castings.
    """
    if pool is not None and pool.size < 1:
        raise PopulationError(f"a pool needs a size of at least 1, not {pool.size}")
    places = sorted(range(seats), key=lambda seat: (draw("placement", seat), seat))
    seated: dict[int, Seat] = {}
    for member, count in zip(population.members, counts(population, seats), strict=True):
        chosen, places = places[:count], places[count:]
        castings = None if pool is None else pooled(member.source, pool)
        for seat in chosen:
            seated[seat] = _seat(member.source, seat, draw, castings)
    return tuple(seated[seat] for seat in range(seats))


def _seat(source: str, seat: int, draw: Draw, castings: tuple[Casting, ...] | None) -> Seat:
    if source.startswith(SCRIPTED):
        return Seat(source, None, source.removeprefix(SCRIPTED))
    if castings is not None:
        return Seat(source, castings[_rank(draw("persona", seat), len(castings))], None)
    found = _persona(source, draw("persona", seat))
    return Seat(source, _casting(found, draw("paraphrase", seat)), None)


def pooled(source: str, pool: Pool) -> tuple[Casting, ...]:
    """Different castings of a member; empty for scripted ones, which have none."""
    if source.startswith(SCRIPTED):
        return ()
    found = resolve(source)
    if isinstance(found, Persona):
        return tuple(Casting(found, index) for index in _distinct(len(found.texts), pool))
    return tuple(
        # Paraphrases in turn: were they drawn, a small pool might be told in one frame only.
        Casting(person, place % len(person.texts))
        for place, person in enumerate(map(found.persona, _distinct(len(found), pool)))
    )


def _distinct(available: int, pool: Pool) -> tuple[int, ...]:
    """Up to pool.size different ranks, the first steps of a Fisher-Yates shuffle."""
    ranks = list(range(available))
    taken = min(pool.size, available)
    for place in range(taken):
        other = place + _rank(pool.draw("pool-persona", place), available - place)
        ranks[place], ranks[other] = ranks[other], ranks[place]
    return tuple(ranks[:taken])


def _persona(source: str, number: float) -> Persona:
    found = resolve(source)
    return found.persona(_rank(number, len(found))) if isinstance(found, Cell) else found


def _casting(found: Persona, number: float) -> Casting:
    return Casting(found, _rank(number, len(found.texts)))


def _rank(number: float, available: int) -> int:
    return min(int(number * available), available - 1)
