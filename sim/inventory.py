"""The inventory by itself: its items put to characters of a population, without any game.

It is written as an experiment folder of one run, so that what reads such folders reads this too:
`probes.parquet`, `probe_readings.parquet` and `run.json`; the tables of play are there and empty.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from agents import templates
from agents.errors import AgentError, PopulationError
from agents.inventory import Form, digest, form, put
from agents.minds import Minds
from agents.persona import Casting
from agents.populations import Member, Pool, Population, Seat, counts, pooled
from agents.readouts import resolve as resolve_readout
from sim.calls import Journal
from sim.describing import character
from sim.errors import RecordError, SimError
from sim.inquiry import Inquiry, Questioned
from sim.opening import ModelChoice, open_model
from sim.provenance import hashes, keep_to, note_served, now, served, versions
from sim.records import TABLES, table
from sim.sources import Progress
from sim.store import Store, same_tables
from sim.streams import uniform
from sim.usage import usage

_INPUTS = "what the inventory is asked with"


@dataclass(frozen=True, slots=True)
class Session:
    """Which characters are asked what, by whom they are played, and where it is written.

    Attributes:
        population: a persona, a population or a mix.
        agents: how many characters; a member with fewer different ones brings those it has.
        seed: draws who they are.
        instrument: "ipip-25" or "ipip-10".
        readout: as asked for.
        model: which model, and how it may be used.
        folder: where it is written.
    """

    population: Population
    agents: int
    seed: int
    instrument: Form
    readout: str
    model: ModelChoice
    folder: Path

    def castings(self) -> tuple[tuple[str, Casting], ...]:
        """Who is asked: member and casting, all of them different.

        Raises:
            PopulationError: a scripted member, which is nobody who could be asked; or no seats.
        """
        found: list[tuple[str, Casting]] = []
        for member, count in zip(
            self.population.members, counts(self.population, self.agents), strict=True
        ):
            if member.found is None:
                raise PopulationError(
                    f"{member.source!r} in {self.population.name!r} has no persona that could"
                    " answer an inventory: leave it out"
                )
            found += [(member.source, casting) for casting in self._cast(member, count)]
        return tuple(found)

    def _cast(self, member: Member, count: int) -> tuple[Casting, ...]:
        """Different castings of a member; of twins, people in every paraphrase."""
        if member.found is None or not count:
            return ()

        def draw(*key: int | str) -> float:
            return uniform(self.seed, "inventory", *key)

        if not member.twins:
            return pooled(member.found, Pool(count, draw))
        people = pooled(member.found, Pool(count, draw))
        each = (Casting(one.persona, n) for one in people for n in range(len(one.persona.texts)))
        return tuple(dict.fromkeys(each))[:count]

    def questions(self) -> list[Questioned]:
        """Every item put to everyone, a character after the other."""
        return [
            Questioned(number, casting.persona.name, item, put(item, casting.text))
            for number, (_, casting) in enumerate(self.castings())
            for item in form(self.instrument)
        ]

    @property
    def run_id(self) -> str:
        """Readable, safe as a folder's name, and different for everything that it depends on."""
        name = re.sub(r"[^A-Za-z0-9]+", "_", self.population.name).strip("_")[:40]
        members = [[each.source, each.share, each.digest] for each in self.population.members]
        fixed = repr((members, self.factors(), self.seed))
        digest = hashlib.sha256(fixed.encode()).hexdigest()[:8]
        return f"{self.instrument}-{name}-s{self.seed:03d}-{digest}"

    def factors(self) -> Mapping[str, str | int]:
        """As those of a run of a game, which it is not."""
        nothing = dict.fromkeys(("wording", "network", "memory", "intervention"), "none")
        return {
            "scenario": self.instrument,
            "population": self.population.name,
            "agents": self.agents,
            "rounds": 0,
            "model": self.model.label(),
            "readout": self.readout,
            **nothing,
        }

    def to_toml(self) -> str:
        """The session as a file, by which the same command again knows its folder."""
        mix = {member.source: member.share for member in self.population.members}
        return tomli_w.dumps(
            {
                "name": f"inventory of {self.population.name}",
                "format": 1,
                "inventory": {
                    "form": self.instrument,
                    "population": self.population.name,
                    "mix": mix,
                    "agents": self.agents,
                    "seed": self.seed,
                },
                "mind": {"model": self.model.name, "readout": self.readout},
            }
        )


async def administer(
    session: Session, on_score: Callable[[], None], progress: Progress | None = None
) -> None:
    """Ask what was not asked yet, and write the folder; whole already, it is left as it is.

    Args:
        session: who is asked what.
        on_score: called whenever a prompt has been answered.
        progress: told of a download.

    Raises:
        StoppedError: the budget is used up; the same call goes on.
        SimError, AgentError: it cannot begin (nothing is left behind) or cannot be carried out.
    """
    store = Store(session.folder)
    store.claim(session.to_toml())
    try:
        if store.has(session.run_id) and not session.model.replay:
            return
        journal = Journal(session.folder / "calls.sqlite")
        try:
            await _carry_out(session, store, journal, (on_score, progress))
        finally:
            journal.close()
    finally:
        store.release()


async def _carry_out(
    session: Session,
    store: Store,
    journal: Journal,
    tell: tuple[Callable[[], None], Progress | None],
) -> None:
    started, begun = now(), False
    try:
        keep_to(_inputs(session), _INPUTS, session.folder, journal)
        async with open_model(session.model, journal, tell[1]) as opened:
            readout = resolve_readout(session.readout, await opened.scorer.capabilities())
            begun = True
            inquiry = Inquiry(session.run_id, session.seed, session.instrument)
            minds = Minds(opened.scorer, readout, on_score=tell[0])
            try:
                await inquiry.ask(minds, session.questions(), 0)
            finally:
                await minds.finish()
            note_served(opened, journal)
    except (SimError, AgentError):
        if not begun:
            journal.close()
            store.abandon()
        raise
    _write(session, store, inquiry, readout)
    finished = {"readout": readout, "started": started, "finished": now()}
    store.write_manifest({**_manifest(session, store, served(journal)), **finished})


def _write(session: Session, store: Store, inquiry: Inquiry, readout: str) -> None:
    """The run, or in a replay the check that it is what the recorded calls give."""
    frames = {name: table(name, inquiry.rows if name == "probes" else []) for name in TABLES}
    frames["probe_readings"] = inquiry.table()
    about = _about(session, readout)
    if not store.has(session.run_id):
        store.write_run(session.run_id, frames, about)
        return
    again = Store(store.runs / ".replay")
    again.write_run(session.run_id, frames, about)
    is_same = same_tables(again.runs / session.run_id, store.runs / session.run_id)
    shutil.rmtree(again.folder, ignore_errors=True)
    if not is_same:
        raise RecordError(
            f"{store.runs / session.run_id} is not what the recorded calls give: it was changed, or"
            " written by another version"
        )


def _about(session: Session, readout: str) -> dict[str, Any]:
    factors = {**session.factors(), "readout": readout}
    castings = session.castings()
    return {
        "run_id": session.run_id,
        "condition": " | ".join(f"{key}={value}" for key, value in factors.items()),
        "seed": session.seed,
        "factors": factors,
        "game": session.instrument,
        "parameters": {},
        "groups": [],
        "group_sizes": [],
        "characters": [
            character(number, Seat(member, casting, None))
            for number, (member, casting) in enumerate(castings)
        ],
        "edges": [],
        "usage": {"decisions": 0, "contexts": len({q.choice for q in session.questions()})},
    }


def _inputs(session: Session) -> dict[str, Any]:
    return {
        "personas": hashes(casting for _, casting in session.castings()),
        "prompts": dict(templates.hashes()),
        "inventory": digest(session.instrument),
    }


def _manifest(session: Session, store: Store, by: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": f"inventory of {session.population.name}",
        "model": {"name": session.model.label(), **by},
        "versions": versions(),
        **_inputs(session),
        "runs": {"planned": 1, "complete": 1, "failed": 0},
        "failures": [],
        "usage": usage(store.runs, session.folder / "calls.sqlite", session.model.budget.price),
    }
