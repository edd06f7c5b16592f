"""Answers as numbers: a row per character, a column per item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.run_record import CharacterRecord

Real = NDArray[np.float64]
Part = Literal["all", "stated", "unseen"]
PARTS: tuple[Part, ...] = ("all", "stated", "unseen")
EVERYONE = "everyone"
LOWEST, HIGHEST = 1, 6
"""Ends of the scale, from very inaccurate to very accurate."""
MIDPOINT = (LOWEST + HIGHEST) / 2
INSTRUMENTS: Mapping[str, int] = {"ipip-25": 25, "ipip-10": 10}


@dataclass(frozen=True, slots=True)
class Who:
    """A character that answered.

    Attributes:
        run_id: its run.
        agent: its number there.
        group: the population's member that it was cast for.
        persona: the persona that it plays.
        answers: the human answers behind the persona, by item; empty without any.
        stated: items that its text states.
    """

    run_id: str
    agent: int
    group: str
    persona: str
    answers: Mapping[str, float]
    stated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What characters answered at one time.

    Attributes:
        items: keys, in the order of the columns.
        keyed: shape (items,), 1 or -1 where agreeing speaks against the trait.
        who: the characters, in the order of the rows.
        scores: shape (characters, items), expected scores from 1 to 6 as asked, that is before
            any reversing; NaN where there is no answer.
    """

    items: tuple[str, ...]
    keyed: NDArray[np.int64]
    who: tuple[Who, ...]
    scores: Real

    def part(self, part: Part) -> Real:
        """The scores of one part; NaN elsewhere.

        What has no human answers states none of the items, and so has neither part.
        """
        if part == "all":
            return self.scores
        stated = self.stated()
        has_text = np.array([bool(who.answers) for who in self.who])[:, None]
        shown = stated if part == "stated" else ~stated & has_text
        return np.where(shown, self.scores, np.nan)

    def stated(self) -> NDArray[np.bool_]:
        """Shape (characters, items): whether the character's text states the item."""
        table = [[item in who.stated for item in self.items] for who in self.who]
        return np.array(table, dtype=np.bool_).reshape(self.scores.shape)

    def human(self) -> Real:
        """The human answers behind the characters, as asked; NaN where there are none."""
        table = [[who.answers.get(item, np.nan) for item in self.items] for who in self.who]
        return np.array(table, dtype=np.float64).reshape(self.scores.shape)

    def of(self, group: str) -> "Answers":
        """Those of one group; of everyone for EVERYONE."""
        chosen = [n for n, who in enumerate(self.who) if group in (EVERYONE, who.group)]
        who = tuple(self.who[n] for n in chosen)
        return Answers(self.items, self.keyed, who, self.scores[chosen])

    def trait(self, trait: str) -> NDArray[np.int64]:
        """Columns of a trait's items, by its first letter."""
        return np.array([n for n, item in enumerate(self.items) if item[0] == trait], np.int64)

    @property
    def personas(self) -> NDArray[np.str_]:
        """Name of each character's persona."""
        return np.array([who.persona for who in self.who], dtype=np.str_)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of the characters, and everyone where there are several."""
        found = tuple(dict.fromkeys(who.group for who in self.who))
        return (*found, EVERYONE) if len(found) > 1 else found

    @property
    def traits(self) -> tuple[str, ...]:
        """First letters of the traits, in the order of the items."""
        return tuple(dict.fromkeys(item[0] for item in self.items))


def reversed_where_keyed(scores: Real, keyed: NDArray[np.int64]) -> Real:
    """Scores so that more always means more of the trait: 7 minus the score where keyed -1."""
    return np.where(keyed > 0, scores, LOWEST + HIGHEST - scores)


def characters(run_id: str, records: Iterable[CharacterRecord]) -> dict[tuple[str, int], Who]:
    """Who may have answered in one run, by run and number."""
    return {
        (run_id, one.agent): Who(
            run_id, one.agent, one.member, one.persona, one.answers, frozenset(one.stated)
        )
        for one in records
        if one.strategy is None
    }


def collect(
    probes: pl.DataFrame, who: Mapping[tuple[str, int], Who], instrument: str
) -> dict[int, Answers]:
    """Answers to one instrument by round; 0 is before play.

    Args:
        probes: `probes.parquet` of all runs.
        who: everyone who may have answered.
        instrument: a key of INSTRUMENTS.
    """
    asked = probes.filter(pl.col("instrument") == instrument)
    keys = asked.unique("item", maintain_order=True).select("item", "keyed").rows()
    items = tuple(item for item, _ in keys)
    keyed = np.array([int(key) for _, key in keys], np.int64)
    found = {}
    for (settled,), rows in asked.partition_by("round", as_dict=True, maintain_order=True).items():
        found[int(settled)] = _table(rows, who, (items, keyed))
    return dict(sorted(found.items()))


def _table(
    rows: pl.DataFrame,
    who: Mapping[tuple[str, int], Who],
    asked: tuple[Sequence[str], NDArray[np.int64]],
) -> Answers:
    items, keyed = asked
    columns = {item: n for n, item in enumerate(items)}
    places: dict[tuple[str, int], int] = {}
    cells = rows.select("run_id", "agent", "item", "expected").rows()
    for run_id, agent, _, _ in cells:
        places.setdefault((run_id, agent), len(places))
    scores = np.full((len(places), len(items)), np.nan)
    for run_id, agent, item, expected in cells:
        if expected is not None:
            scores[places[run_id, agent], columns[item]] = expected
    return Answers(tuple(items), keyed, tuple(who[place] for place in places), scores)
