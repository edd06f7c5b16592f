"""From notes to the declared tables of a run."""

from collections.abc import Mapping

import polars as pl

from agents.persona import Casting
from agents.populations import Seat
from scenarios.game import Option
from sim.notes import Act, Notes
from sim.plan import RunSpec
from sim.records import DECISIONS, INTERACTIONS, MESSAGES, READINGS, table

Schema = dict[str, pl.DataType | type[pl.DataType]]

_NOTED: Schema = {
    "round": pl.Int64,
    "phase_number": pl.Int64,
    "group_number": pl.Int64,
    "agent": pl.Int64,
    "partner": pl.Int64,
    "menu_number": pl.Int64,
    "reading_number": pl.Int64,
    "answer": pl.String,
    "position": pl.Int64,
    "payoff": pl.Float64,
}
_ORDER = ("round", "phase_number", "agent", "partner", "group_number")


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
        seats: who sat where.
        options: every option of the game.
        notes: what happened.
        models: "model" and "readout" as they were resolved.
    """
    noted = pl.DataFrame(notes.decisions, schema=_NOTED, orient="row").sort(
        _ORDER, nulls_last=False, maintain_order=True
    )
    decided = noted.join(_menus(notes), on="menu_number", how="left", maintain_order="left")
    readings = _readings(notes)
    decided = decided.join(readings, on="reading_number", how="left", maintain_order="left")
    characters = _characters(seats, models)
    decided = decided.join(characters, on="agent", how="left", maintain_order="left")
    action = pl.when(pl.col("position").is_not_null()).then(
        pl.col("menu").list.get(pl.col("position"), null_on_oob=True)
    )
    classes = {option.key: option.action_class for option in options}
    decided = decided.with_columns(
        action=action,
        action_class=action.replace_strict(classes, default=None, return_dtype=pl.String),
        phase=pl.col("phase_number").replace_strict(
            dict(enumerate(notes.phases)), default=None, return_dtype=pl.String
        ),
        group=pl.format("g{}", "group_number"),
        cached=pl.when(pl.col("call_key").is_not_null()).then(
            ~pl.col("reading_number").is_first_distinct()
        ),
        **_factors(spec),
    )
    return {
        "decisions": _declared(decided, "decisions"),
        "readings": _behind(decided, notes, spec.run_id),
        "interactions": _interactions(notes, classes, spec.run_id),
        "messages": pl.DataFrame(schema=dict(MESSAGES)),
    }


def _factors(spec: RunSpec) -> dict[str, pl.Expr]:
    condition = spec.condition
    return {
        "run_id": pl.lit(spec.run_id),
        "condition": pl.lit(condition.name()),
        "scenario": pl.lit(condition.situation),
        "wording": pl.lit(condition.wording),
        "population": pl.lit(condition.population.name),
        "seed": pl.lit(spec.seed, dtype=pl.Int64),
    }


def _menus(notes: Notes) -> pl.DataFrame:
    rows = [(number, list(menu)) for number, menu in enumerate(notes.menus)]
    schema: Schema = {"menu_number": pl.Int64, "menu": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _readings(notes: Notes) -> pl.DataFrame:
    schema: Schema = {
        "reading_number": pl.Int64,
        "level": pl.String,
        "shown_order": pl.List(pl.Int64),
        "probabilities": pl.List(pl.Float64),
        "calibrated_probabilities": pl.List(pl.Float64),
        "mass": pl.Float64,
        "text": pl.String,
        "prompt_sha256": pl.String,
        "call_key": pl.String,
        "prompt_tokens": pl.Int64,
        "completion_tokens": pl.Int64,
    }
    rows = [
        (
            number,
            reading.level,
            list(reading.variants[0].shown_order) if reading.variants else None,
            None if reading.distribution is None else list(reading.distribution),
            None if reading.calibrated is None else list(reading.calibrated),
            reading.mass,
            reading.text,
            reading.prompt_sha256,
            reading.call_key,
            reading.prompt_tokens,
            reading.completion_tokens,
        )
        for number, reading in enumerate(notes.readings)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _characters(seats: tuple[Seat, ...], models: Mapping[str, str]) -> pl.DataFrame:
    schema: Schema = {
        "agent": pl.Int64,
        "persona": pl.String,
        "paraphrase": pl.Int64,
        "identity": pl.String,
        "affect": pl.String,
        "stance": pl.String,
        "model": pl.String,
        "readout": pl.String,
    }
    rows = [(index, *_character(seat, models)) for index, seat in enumerate(seats)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _character(seat: Seat, models: Mapping[str, str]) -> tuple[object, ...]:
    if not isinstance(seat.casting, Casting):
        scripted = f"scripted:{seat.strategy}"
        return (scripted, None, "none", "unmentioned", None, scripted, "scripted")
    persona = seat.casting.persona
    coordinates = (persona.identity, persona.affect, persona.stance)
    return (persona.name, seat.casting.paraphrase, *coordinates, models["model"], models["readout"])


def _behind(decided: pl.DataFrame, notes: Notes, run_id: str) -> pl.DataFrame:
    """Every variant of the reading behind every decision."""
    rows = [
        (
            number,
            variant.variant,
            list(variant.shown_order),
            None if variant.log_probabilities is None else list(variant.log_probabilities),
            None if variant.boundaries is None else list(variant.boundaries),
            variant.mass,
            variant.prompt_sha256,
            list(variant.call_keys),
        )
        for number, reading in enumerate(notes.readings)
        for variant in reading.variants
    ]
    shared = ("run_id", "round", "agent", "partner", "phase")
    own = [column for column in READINGS if column not in shared]
    schema: Schema = {"reading_number": pl.Int64, **{name: READINGS[name] for name in own}}
    variants = pl.DataFrame(rows, schema=schema, orient="row")
    keys = decided.select("round", "phase", "agent", "partner", "reading_number")
    joined = keys.join(variants, on="reading_number", how="inner", maintain_order="left_right")
    return _declared(joined.with_columns(run_id=pl.lit(run_id)), "readings")


def _interactions(notes: Notes, classes: Mapping[str, str], run_id: str) -> pl.DataFrame:
    """One row a directed pair and round: what was done, and the points that came with it.

    What a member does toward its whole group is done toward each other member, and what it earns in
    the round, later phases included, is divided equally over them, so that sums add up. Between two
    it is the last act of the round toward the other.
    """
    to_all: dict[tuple[int, int], Act] = {}
    to_one: dict[tuple[int, int, int], tuple[str, float | None]] = {}
    earned: dict[tuple[int, int], float | None] = {}
    for act in notes.acts:
        place = (act.round, act.source)
        if act.partner is None and act.move is not None and act.others:
            to_all[place] = act
        elif act.partner is not None and act.move is not None:
            to_one[(*place, act.partner)] = (act.move, act.payoff)
        if act.payoff is not None:
            earned[place] = (earned.get(place) or 0.0) + act.payoff
    rows: list[tuple[object, ...]] = []
    for (now, source), act in to_all.items():
        whole = earned.get((now, source))
        share = None if whole is None else whole / len(act.others)
        rows += [(now, source, other, act.move, share) for other in act.others]
    for (now, source, target), (move, payoff) in to_one.items():
        if (now, source) not in to_all:
            rows.append((now, source, target, move, payoff))
    rows.sort(key=lambda row: row[:3])
    full: list[tuple[object, ...]] = [
        (run_id, now, source, target, action, classes[str(action)], payoff)
        for now, source, target, action, payoff in rows
    ]
    return table("interactions", full)


def _declared(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    columns = {"decisions": DECISIONS, "readings": READINGS, "interactions": INTERACTIONS}[name]
    return frame.select([pl.col(column).cast(kind) for column, kind in columns.items()])
