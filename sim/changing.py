"""What an intervention changes in a run: who is told what and who sits where, round by round.

All of it follows from the plan and from keyed draws that every arm shares, so that arms differ in
nothing but what they are meant to differ in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from agents.interventions import TOLD_BY, texts
from agents.persona import Casting
from agents.populations import Population, Seat
from agents.reading import sha256
from agents.roster import persona
from scenarios.game import Event
from sim.interventions import Change
from sim.plan import RunSpec
from sim.records import table
from sim.seating import cast_all
from sim.streams import uniform

_PLACEBO = "placebo"
Groups = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Changed:
    """One character from the beginning of a round on.

    Attributes:
        round: 1-based.
        agent: the character's number.
        change: what it follows from.
        before: the seat until then; None where it was taken so from the first round on.
        after: the seat from then on.
        told: what it knows from then on; None where it is told nothing.
        told_in: groups in which it is; None for all.
        forgets: whether it begins without a memory.
    """

    round: int
    agent: int
    change: Change
    before: Seat | None
    after: Seat
    told: Event | None = None
    told_in: tuple[int, ...] | None = None
    forgets: bool = False

    @property
    def until(self) -> int | None:
        """The last round in which it knows what it is told; None for ever."""
        duration = self.change.for_rounds
        return None if duration is None else self.round + duration - 1

    @property
    def words(self) -> str | None:
        """What it is told, else the persona's words where these are others than before."""
        if self.told is not None:
            return str(self.told.facts[0][1])
        if self.before is not None and self.before.casting == self.after.casting:
            return None
        return _text(self.after)


def targets(change: Change, seats: Sequence[Seat]) -> tuple[int, ...]:
    """Whom a change is about: characters with a persona, by number."""
    return tuple(
        agent
        for agent, seat in enumerate(seats)
        if seat.casting is not None and (not change.targets or seat.member in change.targets)
    )


def planned(spec: RunSpec, seats: Sequence[Seat], groups: Groups) -> tuple[Changed, ...]:
    """All that is changed in a run, in order of round.

    Args:
        spec: what is played.
        seats: the population's, as they were cast.
        groups: who plays with whom.
    """
    now, found = list(seats), []
    changes = spec.condition.intervention.changes
    # Who sits in another's place does so from the first round on.
    for change in changes:
        if change.arm == "yoked" and change.yoke is not None:
            found += _taken(change, now, cast_all(spec, change.yoke))
    for change in sorted(changes, key=lambda change: change.at):
        made = _made(spec, change, now)
        for each in made:
            now[each.agent] = each.after
        found += [*made, *_news(spec, change, now, groups)]
    return tuple(sorted(found, key=lambda each: each.round))


def _taken(change: Change, now: list[Seat], by: Sequence[Seat]) -> list[Changed]:
    """Seats that others hold until the change comes."""
    taken = []
    for agent in targets(change, now):
        now[agent] = replace(now[agent], casting=by[agent].casting)
        taken.append(Changed(1, agent, change, None, now[agent]))
    return taken


def _made(spec: RunSpec, change: Change, now: Sequence[Seat]) -> list[Changed]:
    """What a change does to those whom it is about."""
    after = _seats_after(spec, change, now)
    return [
        Changed(
            change.at,
            agent,
            change,
            now[agent],
            after[agent],
            _told(spec, change, agent, now[agent]),
            forgets=change.kind == "newcomer" and change.arm != "control",
        )
        for agent in targets(change, now)
    ]


def _seats_after(spec: RunSpec, change: Change, now: Sequence[Seat]) -> Sequence[Seat]:
    """Who would sit on every seat if the change were about it."""
    if change.kind in ("swap", "removal") and change.arm == "control":
        return [_in_other_words(spec, change, agent, seat) for agent, seat in enumerate(now)]
    if change.kind == "newcomer" and change.arm != "control":
        come = {source: _newcomers(spec, change, source) for source in {s.member for s in now}}
        castings = [come[seat.member][agent].casting for agent, seat in enumerate(now)]
    elif change.persona is not None and change.arm != "control":
        castings = [seat.casting for seat in cast_all(spec, change.persona)]
    else:
        return now
    return [replace(seat, casting=who) for seat, who in zip(now, castings, strict=True)]


def _newcomers(spec: RunSpec, change: Change, source: str) -> Sequence[Seat]:
    """New people for every seat: drawn apart from those who began."""
    members = spec.condition.population.members
    own = next(member for member in members if member.source == source)
    population = change.persona or Population(source, (replace(own, share=1.0),))
    return cast_all(spec, population, "newcomer", change.at)


def _in_other_words(spec: RunSpec, change: Change, agent: int, seat: Seat) -> Seat:
    """The same persona in another of its paraphrases."""
    if seat.casting is None:
        return seat
    persona, told = seat.casting.persona, seat.casting.paraphrase
    others = [place for place in range(len(persona.texts)) if place != told]
    if not others:
        return seat
    drawn = _number(spec, change, agent, "paraphrase")
    return replace(seat, casting=Casting(persona, others[int(drawn * len(others))]))


def _told(spec: RunSpec, change: Change, agent: int, seat: Seat) -> Event | None:
    """What a change tells the one whom it is about."""
    if change.kind == "newcomer" or change.kind not in TOLD_BY or seat.casting is None:
        return None
    if change.kind != "reminder":
        return _event(change, _drawn(spec, change, agent))
    words = seat.casting.text
    if change.arm == "control":
        placebo = persona(_PLACEBO).texts
        words = placebo[seat.casting.paraphrase % len(placebo)]
    return _event(change, words)


def _news(spec: RunSpec, change: Change, now: Sequence[Seat], groups: Groups) -> Iterator[Changed]:
    """Those who meet newcomers are told, once in each group."""
    if change.kind != "newcomer":
        return
    new = frozenset(targets(change, now))
    hears: dict[int, list[int]] = {}
    for group, members in enumerate(groups):
        if not new.isdisjoint(members):
            for agent in members:
                hears.setdefault(agent, []).append(group)
    for agent, told_in in sorted(hears.items()):
        if agent not in new and now[agent].casting is not None:
            told = _event(change, _drawn(spec, change, agent))
            yield Changed(change.at, agent, change, now[agent], now[agent], told, tuple(told_in))


def _drawn(spec: RunSpec, change: Change, agent: int) -> str:
    """One of the paraphrases: the same place in every kind and arm."""
    among = texts()[change.kind, "control" if change.arm == "control" else "treatment"]
    return among[int(_number(spec, change, agent, "words") * len(among))]


def _number(spec: RunSpec, change: Change, agent: int, purpose: str) -> float:
    return uniform(spec.seed, "intervention", change.at, agent, purpose)


def _event(change: Change, words: str) -> Event:
    return Event(0, TOLD_BY[change.kind], (("words", words),))


def standing(told: Iterable[Changed], group: int, now: int) -> tuple[tuple[int, Event], ...]:
    """What somebody knows in a round and a group of what it was told; (age in rounds, event)."""
    return tuple(
        (0, each.told)
        for each in told
        if each.told is not None
        and (each.told_in is None or group in each.told_in)
        and (each.until is None or now <= each.until)
    )


def as_table(spec: RunSpec, changed: Iterable[Changed]) -> pl.DataFrame:
    """The interventions table of a run: a row for everyone to whom something happened."""
    rows: list[tuple[object, ...]] = []
    for each in changed:
        before = None if each.before is None else _persona(each.before)
        words = each.words
        digest = None if words is None else sha256(words)
        about = (spec.run_id, each.round, each.agent, each.change.kind, each.change.arm)
        rows.append((*about, before, _persona(each.after), words, digest))
    return table("interventions", rows)


def _persona(seat: Seat) -> str | None:
    return None if seat.casting is None else seat.casting.persona.name


def _text(seat: Seat) -> str | None:
    return None if seat.casting is None else seat.casting.text


def as_planned(spec: RunSpec, seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """What `run.json` says of the intervention; empty where nothing is changed."""
    return [
        {**change.about(), "targets": list(targets(change, seats))}
        for change in spec.condition.intervention.changes
    ]
