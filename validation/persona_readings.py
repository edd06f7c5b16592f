"""What a model answers as 24 respondents in every wording of ten games, by several readouts.

    python validation/persona_readings.py FOLDER [--model NAME] [--readout X ...] [--each 12]
        [--known validation/data/persona_readings.csv]

Writes `persona_readings.csv` into FOLDER, and there the journal of all calls, so that it goes on
where it ended; what stands in a table of known readings is taken from there and not asked again
(only as long as texts and wordings are the same).

The games are all whose first choice has two options, one cooperative and one uncooperative.
Personas are respondents in the bottom or the top third of both agreeableness and emotional
stability, drawn by a seed that was fixed before anything was read.
"""

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import log
from pathlib import Path

import polars as pl
from rich.progress import track

from agents.cells import cells
from agents.choice import Choice
from agents.minds import Minds
from agents.persona import Casting
from agents.populations import Pool, pooled
from agents.teller import Situation, Teller
from scenarios.catalogue import AnyGame, catalogue
from scenarios.game import Ask
from scenarios.wording import load
from sim.calls import Journal
from sim.opening import ModelChoice, open_model
from sim.streams import keyed

SEED = 20_261_124
"""Draws the personas: the day on which this was written, before anything was read."""
STANCES = ("benevolent", "hostile")
READOUTS = ("cloze", "label", "cloze-persona-first", "cloze-continued")
SCHEMA = pl.Schema(
    {
        "readout": pl.String(),
        "game": pl.String(),
        "wording": pl.String(),
        "persona": pl.String(),
        "paraphrase": pl.Int64(),
        "stance": pl.String(),
        "log_odds": pl.Float64(),
        "mass": pl.Float64(),
    }
)
AT_ONCE = 48
"""Choices put together; more would only wait."""


@dataclass(frozen=True, slots=True)
class Item:
    """A situation at its first choice.

    Attributes:
        game: its name.
        wording: the cover story.
        number: its place among the game's.
        teller: tells it.
        ask: the first choice of the first seat: cooperative, then uncooperative.
    """

    game: str
    wording: str
    number: int
    teller: Teller
    ask: Ask

    def put(self, persona: str) -> Choice:
        """The choice as this persona is asked it."""
        return self.teller.tell(self.ask, (), persona)


Pair = tuple[Item, Casting]


def items() -> list[Item]:
    """Every wording of every game whose first choice is cooperative or uncooperative.

    In rounds, one wording of each game in each, so that what is stopped early covers all games.
    """
    rounds = zip_longest(*(list(_of_game(game)) for game in catalogue().values()))
    return [item for one in rounds for item in one if item is not None]


def _of_game(game: AnyGame) -> Iterator[Item]:
    ask = _first(game)
    classes = {option.key: option.action_class for option in game.options}
    if [classes[key] for key in ask.menu] != ["cooperative", "uncooperative"]:
        return
    for number, wording in enumerate(load(game.name).wordings.values()):
        told = Teller(Situation(game, wording, game.parameters()), game.seats.default)
        yield Item(game.name, wording.name, number, told, ask)


def _first(game: AnyGame) -> Ask:
    parameters, seats = game.parameters(), game.seats.default
    chance = (0.5,) * game.opening(parameters, seats)
    return game.asks(game.start(parameters, seats, chance))[0]


def people(each: int) -> tuple[Casting, ...]:
    """So many different respondents of each stance, in their paraphrases in turn."""
    pool = Pool(each, keyed(SEED))
    return tuple(
        casting for stance in STANCES for casting in pooled(cells()[f"human-{stance}"], pool)
    )


async def measure(
    folder: Path, model: str, wanted: Mapping[str, Sequence[Pair]]
) -> list[dict[str, object]]:
    """Ask what was not asked yet.

    Args:
        folder: where the journal is.
        model: by name.
        wanted: situations and personas by readout.

    Returns:
        A row for each readout, item and persona: log-odds (nats) of the cooperative option, and
        the probability of both options together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / "calls.sqlite")
    rows: list[dict[str, object]] = []
    try:
        async with open_model(ModelChoice(model), journal) as opened:
            for readout, asked in wanted.items():
                minds = Minds(opened.scorer, readout)
                # Those that share a beginning together, so that a server reads it once.
                first = readout == "cloze-persona-first"
                turn = sorted(asked, key=_by_person) if first else asked
                for start in track(range(0, len(turn), AT_ONCE), readout):
                    rows += await _read(minds, readout, turn[start : start + AT_ONCE])
    finally:
        journal.close()
    return rows


def unknown(known: pl.DataFrame, readout: str, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that a table of readings does not hold."""
    names = ("game", "wording", "persona", "paraphrase")
    there = set(known.filter(pl.col("readout") == readout).select(names).rows())
    return [
        (item, who)
        for item, who in pairs
        if (item.game, item.wording, who.persona.name, who.paraphrase) not in there
    ]


def _by_person(pair: Pair) -> tuple[int, str]:
    return pair[0].number, pair[1].persona.name


async def _read(minds: Minds, readout: str, batch: Sequence[Pair]) -> list[dict[str, object]]:
    readings = [minds.read(item.put(who.text)) for item, who in batch]
    await asyncio.wait(readings)
    return [
        {
            "readout": readout,
            "game": item.game,
            "wording": item.wording,
            "persona": who.persona.name,
            "paraphrase": who.paraphrase,
            "stance": who.persona.stance,
            "log_odds": None if (p := done.result().distribution) is None else log(p[0] / p[1]),
            "mass": done.result().mass,
        }
        for (item, who), done in zip(batch, readings, strict=True)
    ]


def main() -> None:
    """Read, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--readout", action="append", choices=READOUTS)
    parser.add_argument("--each", type=int, default=12, help="personas of each stance")
    parser.add_argument("--wordings", type=int, help="the first so many of every game only")
    parser.add_argument("--known", type=Path, help="a table of readings that need not be asked")
    given = parser.parse_args()
    pairs = [
        (item, who)
        for item in items()
        if given.wordings is None or item.number < given.wordings
        for who in people(given.each)
    ]
    known = pl.read_csv(given.known) if given.known else pl.DataFrame(schema=SCHEMA)
    readouts = given.readout or READOUTS
    wanted = {readout: unknown(known, readout, pairs) for readout in readouts}
    rows = pl.DataFrame(asyncio.run(measure(given.folder, given.model, wanted)), schema=SCHEMA)
    order = {readout: place for place, readout in enumerate(READOUTS)}
    table = pl.concat([known.cast(SCHEMA), rows]).sort(
        pl.col("readout").replace_strict(order), maintain_order=True
    )
    table.write_csv(given.folder / "persona_readings.csv", float_precision=4)
    print(given.folder / "persona_readings.csv", len(table))


if __name__ == "__main__":
    main()
