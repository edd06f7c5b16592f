"""How a mix becomes seats: who sits where, in which paraphrase.

Every choice is a keyed draw, so that conditions are paired: the same seat gets the same place in
the mix and the same rank among a cell's respondents, whatever the cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from agents.cells import Cell
from agents.errors import PopulationError
from agents.mix import SCRIPTED, Draw, Member, Pool, Population, Seat
from agents.persona import Casting, Persona


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
    population: Population,
    seats: int,
    draw: Draw,
    pool: Pool | None = None,
    order: Sequence[int] | None = None,
) -> tuple[Seat, ...]:
    """Who sits where.

    Members are laid on the seats in the order of draw("placement", seat); the persona of a seat
    is ranked by draw("persona", seat) and its paraphrase by draw("paraphrase", seat). Twins are
    drawn by draw("twins", block); their seats are taken in ascending order, a block of as many as
    there are paraphrases for each person.

    Args:
        population: the mix.
        seats: number of seats, at least 1.
        draw: keyed uniform numbers in [0, 1).
        pool: limit on different castings per member; none by default.
        order: all seats, in the order in which members are laid on them; drawn by default.

    Returns:
        Shape (seats,), in seat order.

    Raises:
        PopulationError: no seats, a pool without castings, or too few people for all to differ.
    """
    if pool is not None and pool.size < 1:
        raise PopulationError(f"a pool needs a size of at least 1, not {pool.size}")
    drawn = sorted(range(seats), key=lambda seat: (draw("placement", seat), seat))
    places = drawn if order is None else list(order)
    casting = _Casting(population, draw, pool, None if population.replacement else set())
    laid = []
    for member, count in zip(population.members, counts(population, seats), strict=True):
        laid.append((member, places[:count]))
        places = places[count:]
    # From the last place to the first: where all must differ, whoever was chosen first stays as
    # the shares of earlier members grow.
    seated = {
        seat: found
        for member, chosen in reversed(laid)
        for seat, found in casting.of(member, chosen[::-1])
    }
    return tuple(seated[seat] for seat in range(seats))


@dataclass(frozen=True, slots=True)
class _Casting:
    """Choosing people for seats.

    Attributes:
        population: who may sit.
        draw: keyed uniform numbers.
        pool: limit on castings.
        taken: people who sit already and may not sit again; None where they may.
    """

    population: Population
    draw: Draw
    pool: Pool | None
    taken: set[tuple[str, int]] | None

    def of(self, member: Member, seats: Sequence[int]) -> Iterator[tuple[int, Seat]]:
        """The seats of a member, filled."""
        series = self.population.series
        focal = None if series is None else member.source == series.focal
        if member.found is None:
            strategy = member.source.removeprefix(SCRIPTED)
            yield from ((seat, Seat(member.source, None, strategy, focal)) for seat in seats)
            return
        castings = self._twins(member, member.found, seats) if member.twins else None
        deck = _Deck(member.found, self.pool)
        for place, seat in enumerate(seats):
            given = self._one(member, deck, seat) if castings is None else castings[place]
            yield seat, Seat(member.source, given, None, focal)

    def _one(self, member: Member, deck: "_Deck", seat: int) -> Casting:
        place = _rank(self.draw("persona", seat), deck.size)
        if self.taken is not None and deck.cell is not None:
            if deck.key(place) in self.taken:
                free = [each for each in range(deck.size) if deck.key(each) not in self.taken]
                if not free:
                    raise self._too_few(member, deck.size)
                # Uniform over all people and then over who is free is uniform over who is free.
                place = free[_rank(self.draw("persona", seat, "again"), len(free))]
            self.taken.add(deck.key(place))
        return deck.casting(place, self.draw("paraphrase", seat))

    def _twins(
        self, member: Member, found: Persona | Cell, seats: Sequence[int]
    ) -> tuple[Casting, ...]:
        """Castings in the order of the seats given."""
        texts = len(_person(found, 0).texts)
        ranks = self._ranks_of_twins(member, found, texts)
        blocks = -(-len(seats) // texts)
        if self.taken is not None and isinstance(found, Cell):
            ranks = [rank for rank in ranks if found.key(rank) not in self.taken]
            if blocks > len(ranks):
                raise self._too_few(member, len(ranks))
        drawn = _shuffle(len(ranks), min(blocks, len(ranks)), self.draw, "twins")
        if self.taken is not None and isinstance(found, Cell):
            self.taken.update(found.key(ranks[place]) for place in drawn)
        at = {seat: index for index, seat in enumerate(sorted(seats))}
        told = (divmod(at[seat], texts) for seat in seats)
        return tuple(
            Casting(_person(found, ranks[drawn[block % len(drawn)]]), paraphrase)
            for block, paraphrase in told
        )

    def _ranks_of_twins(self, member: Member, found: Persona | Cell, texts: int) -> Sequence[int]:
        """Who may be told in all paraphrases: as many people as the pool has room for."""
        pool, available = self.pool, len(found) if isinstance(found, Cell) else 1
        if pool is None:
            return range(available)
        if pool.size < texts:
            raise PopulationError(
                f"{member.source!r} in {self.population.name!r} needs all {texts} paraphrases of a"
                f" person, and a pool of {pool.size} castings cannot hold them; let the pool hold"
                f" at least {texts}"
            )
        return _distinct(available, Pool(pool.size // texts, pool.draw))

    def _too_few(self, member: Member, available: int) -> PopulationError:
        return PopulationError(
            f"{self.population.name!r} wants all people of a run to differ, and the {available} of"
            f" {member.source!r} are too few, with those whom other seats took; take fewer agents,"
            " a wider selection or a larger pool, or leave out replacement = false"
        )


class _Deck:
    """What one seat of a member may draw: personas of a cell, paraphrases of a persona."""

    def __init__(self, found: Persona | Cell, pool: Pool | None) -> None:
        self.cell = found if isinstance(found, Cell) else None
        self._found = found
        self._ranks: tuple[int, ...] | None = None
        self._is_pooled = pool is not None
        available = len(found) if isinstance(found, Cell) else len(found.texts)
        if pool is not None:
            self._ranks = _distinct(available, pool)
        elif self.cell is None:
            available = 1
        self.size = available if self._ranks is None else len(self._ranks)

    def key(self, place: int) -> tuple[str, int]:
        """Who is at a place, of a cell."""
        if self.cell is None:
            raise TypeError("only people of a cell are told apart")
        return self.cell.key(self._rank(place))

    def casting(self, place: int, paraphrase: float) -> Casting:
        """Who is at a place, in a paraphrase that is drawn unless the pool fixes it."""
        if isinstance(self._found, Persona):
            texts = len(self._found.texts)
            index = self._rank(place) if self._is_pooled else _rank(paraphrase, texts)
            return Casting(self._found, index)
        person = self._found.persona(self._rank(place))
        # Paraphrases in turn: were they drawn, a small pool might be told in one frame only.
        texts = len(person.texts)
        return Casting(person, place % texts if self._is_pooled else _rank(paraphrase, texts))

    def _rank(self, place: int) -> int:
        return place if self._ranks is None else self._ranks[place]


def _person(found: Persona | Cell, rank: int) -> Persona:
    return found.persona(rank) if isinstance(found, Cell) else found


def pooled(found: Persona | Cell, pool: Pool) -> tuple[Casting, ...]:
    """Different castings of a member, at most as many as the pool holds."""
    deck = _Deck(found, pool)
    return tuple(deck.casting(place, 0.0) for place in range(deck.size))


def _distinct(available: int, pool: Pool) -> tuple[int, ...]:
    """Up to pool.size different ranks."""
    return _shuffle(available, min(pool.size, available), pool.draw, "pool-persona")


def _shuffle(available: int, taken: int, draw: Draw, purpose: str) -> tuple[int, ...]:
    """The first ranks of a Fisher-Yates shuffle."""
    ranks = list(range(available))
    for place in range(taken):
        other = place + _rank(draw(purpose, place), available - place)
        ranks[place], ranks[other] = ranks[other], ranks[place]
    return tuple(ranks[:taken])


def _rank(number: float, available: int) -> int:
    return min(int(number * available), available - 1)
