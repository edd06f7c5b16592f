"""What `run.json` says: everything about a run that is not a row."""

from typing import Any

from agents.persona import Casting
from agents.populations import Seat
from agents.respondents import answers, stated_items
from sim.changing import as_planned
from sim.society import Society


def describe(society: Society) -> dict[str, Any]:
    """What `run.json` says: everything about a run that is not a row."""
    condition = society.spec.condition
    changes = as_planned(society.spec, society.seats)
    return {
        "run_id": society.spec.run_id,
        "condition": condition.name(),
        "seed": society.spec.seed,
        "factors": dict(condition.factors()),
        "game": condition.game,
        "parameters": condition.parameters.model_dump(mode="json"),
        "groups": [list(group) for group in society.groups],
        "group_sizes": [len(group) for group in society.groups],
        "characters": [character(index, seat) for index, seat in enumerate(society.seats)],
        "edges": [list(edge) for edge in sorted(society.network.edges)],
        **({"interventions": changes} if changes else {}),
        "usage": {
            "decisions": society.notes.decisions,
            "contexts": society.notes.contexts,
        },
    }


def character(index: int, seat: Seat) -> dict[str, Any]:
    """What `run.json` says of a character."""
    # Outside a series nothing is said of it, as in runs that were written before there were any.
    focal = {} if seat.focal is None else {"focal": seat.focal}
    strategy = seat.strategy
    if seat.casting is None:
        about = {"persona": f"scripted:{strategy}", "paraphrase": 0, "identity": "none"}
        ends = {"kind": "scripted", "strategy": strategy, **focal}
        return {"agent": index, "member": seat.member, **about, **ends}
    persona = seat.casting.persona
    return {
        "agent": index,
        "member": seat.member,
        "persona": persona.name,
        "paraphrase": seat.casting.paraphrase,
        "identity": persona.identity,
        "affect": persona.affect,
        "stance": persona.stance,
        "kind": persona.kind,
        "source": persona.source,
        "text": seat.casting.text,
        "strategy": strategy,
        **focal,
        **_behind(seat.casting),
    }


def _behind(casting: Casting) -> dict[str, Any]:
    """The human answers behind a persona, and which of them its text states; empty without any."""
    known = answers(casting.persona)
    if not known:
        return {}
    stated = sorted(stated_items(casting.persona, casting.paraphrase))
    return {"answers": dict(known), "stated": stated}
