"""From notes to the declared tables of a run.

Rows are numbers that point into small frames of what is met again and again (readings, characters,
menus, options), so that a row costs next to nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from agents.answers import Answer, Decision, Failed, Refusal, Unparsed
from agents.persona import Casting
from agents.populations import Seat
from agents.reading import Reading, VariantReading
from scenarios.game import Facts, Option
from sim.changing import Changed
from sim.interactions import done, happened
from sim.messages import said
from sim.notes import Columns, Notes, Whole
from sim.plan import RunSpec
from sim.records import READINGS, TABLES

_ANSWERS: Mapping[type[Answer], str] = {
    Decision: "decision",
    Refusal: "refusal",
    Unparsed: "unparsed",
    Failed: "failed",
}


def build(
    spec: RunSpec,
    seats: tuple[Seat, ...],
    options: tuple[Option, ...],
    notes: Notes,
    models: Mapping[str, str],
) -> dict[str, pl.DataFrame]:
    """Decisions, readings, interactions and messages of one run, in a fixed row order.

    Args:
        spec: what was played.
        seats: who sat where in the beginning.
        options: every option of the game.
        notes: what happened.
        models: "model" and "readout" as they were resolved.
    """
    noted = notes.columns()
    order = np.lexsort((noted.group, noted.partner, noted.agent, noted.phase, noted.round))
    keys = tuple(option.key for option in options)
    everyone, seated = _seated(noted, seats, notes.changed)
    all_options, acted = _options(options), done(notes, keys)
    decisions = _joined(
        "decisions",
        _factors(spec)[np.zeros(len(order), np.int64)],
        _places(noted, order),
        _characters(everyone, models)[seated[order]],
        _readings(noted.readings)[noted.reading[order]],
        _frame("decisions", facts=[_told(facts) for facts in noted.facts_told])[noted.facts[order]],
        _frame("decisions", menu=[list(menu) for menu in noted.menus])[noted.menu[order]],
        all_options[_chosen(noted, options)[order]],
        _frame("decisions", done=[*keys, None])[acted[order]],
        pl.DataFrame({"cached": _cached(noted, order)}),
    )
    sayings = frozenset(option.key for option in options if option.says)
    acts = happened(notes, noted, acted, sayings)
    return {
        "decisions": decisions,
        "readings": _behind(decisions, noted.readings, noted.reading[order]),
        "interactions": _joined(
            "interactions",
            _frame("interactions", run_id=[spec.run_id])[np.zeros(len(acts), np.int64)],
            acts,
            all_options[acts["option"]],
        ),
        "messages": said(spec, options, notes),
    }


def _factors(spec: RunSpec) -> pl.DataFrame:
    condition = spec.condition
    return _frame(
        "decisions",
        run_id=[spec.run_id],
        condition=[condition.name()],
        scenario=[condition.situation],
        wording=[condition.wording],
        population=[condition.population.name],
        seed=[spec.seed],
    )


def _places(noted: Columns, order: Whole) -> pl.DataFrame:
    """Where and when each answer was given, its kind and its payoff."""
    groups = [f"g{number}" for number in range(noted.group.max(initial=-1) + 1)]
    kinds = [_ANSWERS[kind] for kind in noted.kinds]
    return pl.DataFrame(
        {
            "round": noted.round[order],
            "phase": pl.Series(noted.phases, dtype=pl.String)[noted.phase[order]],
            "group": pl.Series(groups, dtype=pl.String)[noted.group[order]],
            "agent": noted.agent[order],
            "partner": _nullable(noted.partner[order]),
            "answer": pl.Series(kinds, dtype=pl.String)[noted.kind[order]],
            "payoff": pl.Series(noted.payoff[order], nan_to_null=True),
        }
    )


def _told(facts: Facts) -> str | None:
    """Facts as a JSON object; null where there are none."""
    return json.dumps(dict(facts)) if facts else None


def _chosen(noted: Columns, options: tuple[Option, ...]) -> Whole:
    """Which option was chosen; the place past the last one where none was."""
    places = {option.key: place for place, option in enumerate(options)}
    longest = max(map(len, noted.menus), default=0)
    # One column more than the longest menu, for the position -1 of no choice.
    table = np.full((len(noted.menus), longest + 1), len(options))
    for number, menu in enumerate(noted.menus):
        table[number, : len(menu)] = [places[key] for key in menu]
    return table[noted.menu, noted.position]


def _options(options: tuple[Option, ...]) -> pl.DataFrame:
    """Every option, and a last row for none."""
    return _frame(
        "decisions",
        action=[*(option.key for option in options), None],
        action_class=[*(option.action_class for option in options), None],
    )


def _cached(noted: Columns, order: Whole) -> pl.Series:
    """False at the first use of a context in the run, true after, null where no model is asked."""
    reading = noted.reading[order]
    cached = np.ones(len(order), np.int64)
    cached[np.unique(reading, return_index=True)[1]] = 0
    asked = np.array([reading.call_key is not None for reading in noted.readings], bool)
    cached[~asked[reading]] = 2
    return pl.Series([False, True, None], dtype=pl.Boolean)[cached]


def _readings(readings: Sequence[Reading]) -> pl.DataFrame:
    return _frame(
        "decisions",
        level=[r.level for r in readings],
        shown_order=[list(r.variants[0].shown_order) if r.variants else None for r in readings],
        probabilities=[_listed(r.distribution) for r in readings],
        calibrated_probabilities=[_listed(r.calibrated) for r in readings],
        mass=[r.mass for r in readings],
        text=[r.text for r in readings],
        prompt_sha256=[r.prompt_sha256 for r in readings],
        call_key=[r.call_key for r in readings],
        prompt_tokens=[r.prompt_tokens for r in readings],
        completion_tokens=[r.completion_tokens for r in readings],
    )


def _seated(
    noted: Columns, seats: tuple[Seat, ...], changed: Sequence[Changed]
) -> tuple[tuple[Seat, ...], Whole]:
    """All who ever sat anywhere, and which of them gave each answer; shape (answers,)."""
    who = noted.agent.copy() if changed else noted.agent
    for place, change in enumerate(changed, start=len(seats)):
        who[(noted.agent == change.agent) & (noted.round >= change.round)] = place
    return (*seats, *(change.after for change in changed)), who


def _characters(seats: tuple[Seat, ...], models: Mapping[str, str]) -> pl.DataFrame:
    rows = [_character(seat, models) for seat in seats]
    names = ("persona", "paraphrase", "identity", "affect", "stance", "focal", "model", "readout")
    return _frame("decisions", **{name: [row[i] for row in rows] for i, name in enumerate(names)})


def _character(seat: Seat, models: Mapping[str, str]) -> tuple[object, ...]:
    if not isinstance(seat.casting, Casting):
        scripted = f"scripted:{seat.strategy}"
        nobody = (None, "none", "unmentioned", None)
        return (scripted, *nobody, seat.focal, scripted, "scripted")
    persona = seat.casting.persona
    coordinates = (persona.identity, persona.affect, persona.stance)
    told_by = (models["model"], models["readout"])
    return (persona.name, seat.casting.paraphrase, *coordinates, seat.focal, *told_by)


def _behind(decisions: pl.DataFrame, readings: Sequence[Reading], number: Whole) -> pl.DataFrame:
    """Every variant of the reading behind every decision.

    Args:
        decisions: the decisions.
        readings: the different readings.
        number: shape (decisions,), the place of each decision's reading in `readings`.
    """
    variants: list[VariantReading] = [each for reading in readings for each in reading.variants]
    sizes = np.array([len(reading.variants) for reading in readings], np.int64)
    first = np.cumsum(sizes) - sizes
    # For every row its decision, and its place among the variants of that decision's reading.
    decision = np.repeat(np.arange(len(number)), sizes[number])
    begins = np.cumsum(sizes[number]) - sizes[number]
    place = np.arange(len(decision)) - begins[decision]
    told = _frame(
        "readings",
        variant=[v.variant for v in variants],
        shown_order=[list(v.shown_order) for v in variants],
        log_probabilities=[_listed(v.log_probabilities) for v in variants],
        boundary_log_probabilities=[_listed(v.boundaries) for v in variants],
        mass=[v.mass for v in variants],
        prompt_sha256=[v.prompt_sha256 for v in variants],
        call_keys=[list(v.call_keys) for v in variants],
    )[first[number[decision]] + place]
    keys = pl.DataFrame([decisions[column] for column in READINGS if column not in told.columns])
    return _joined("readings", keys[decision], told)


def _frame(table: str, **columns: Sequence[Any]) -> pl.DataFrame:
    """Some columns of a table, with their declared types."""
    return pl.DataFrame(columns, schema={name: TABLES[table][name] for name in columns})


def _joined(table: str, *frames: pl.DataFrame) -> pl.DataFrame:
    """The declared columns of a table, from frames of equally many rows that hold them all."""
    columns = {column.name: column for frame in frames for column in frame.get_columns()}
    return pl.DataFrame([columns[name] for name in TABLES[table]])


def _nullable(numbers: Whole) -> pl.Series:
    """Numbers from 0 up; -1 becomes null."""
    known = [*range(numbers.max(initial=-1) + 1), None]
    return pl.Series(known, dtype=pl.Int64)[np.where(numbers < 0, len(known) - 1, numbers)]


def _listed(values: Sequence[float | None] | None) -> list[float | None] | None:
    return None if values is None else list(values)
