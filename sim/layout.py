"""Who would play what in the runs of an experiment, without playing them."""

from collections.abc import Collection, Sequence

import polars as pl

from agents.populations import Seat
from sim.plan import RunSpec
from sim.seating import seats_of


def layout(specs: Sequence[RunSpec], by: str, arms: Collection[str]) -> pl.DataFrame:
    """A row per character of every run at one of these levels.

    Args:
        specs: runs.
        by: a factor of the design.
        arms: its levels.

    Returns:
        run_id, seed, every factor as text, member, persona, its kind and paraphrase; the last three
        are null for scripted seats.
    """
    rows = []
    names: dict[str, None] = {}
    for spec in specs:
        factors = {name: str(level) for name, level in spec.condition.factors().items()}
        if factors.get(by) not in arms:
            continue
        names |= dict.fromkeys(factors)
        run = {"run_id": spec.run_id, "seed": spec.seed, **factors}
        rows += [{**run, **_who(seat)} for seat in seats_of(spec)]
    texts = dict.fromkeys(("run_id", *names, "member", "persona", "kind"), pl.String())
    numbers = dict.fromkeys(("seed", "paraphrase"), pl.Int64())
    return pl.DataFrame(rows, schema={**texts, **numbers})


def _who(seat: Seat) -> dict[str, str | int | None]:
    told: dict[str, str | int | None] = {"member": seat.member}
    if seat.casting is not None:
        told |= {"persona": seat.casting.persona.name, "kind": seat.casting.persona.kind}
        told["paraphrase"] = seat.casting.paraphrase
    return told
