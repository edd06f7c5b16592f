"""What was said to whom: in the words of the run's wording, or in the speaker's own."""

import polars as pl

from agents.answers import Decision
from scenarios.game import Option
from scenarios.wording import load
from sim.notes import Notes
from sim.plan import RunSpec
from sim.records import table


def said(spec: RunSpec, options: tuple[Option, ...], notes: Notes) -> pl.DataFrame:
    """One row for each saying and each who heard it, round by round.

    Args:
        spec: what was played.
        options: every option of the game; those that `says` are sayings.
        notes: what happened.

    Returns:
        The messages table. Where characters speak in their own words, `text` is what they said,
        null where nothing was delivered, and `call_key` the speech's. Else, and for scripted seats,
        it is the wording's past of the option, as listeners are told it, and `call_key` is the
        decision's.
    """
    sayings = {option.key for option in options if option.says}
    if not sayings:
        return table("messages", [])
    worded = load(spec.condition.game).wordings[spec.condition.wording].options
    rows: list[tuple[object, ...]] = []
    own_words = spec.condition.manner.speech == "words"
    if own_words:
        rows.extend(
            (spec.run_id, one.round, one.source, target, one.words, one.call_key)
            for one in notes.uttered
            for target in one.targets
        )
    for one in notes.settled:
        for ask, answer, move in zip(one.asks, one.answers, one.moves, strict=True):
            if move not in sayings or move is None or not isinstance(answer, Decision):
                continue
            source = one.members[ask.seat]
            heard = one.members if ask.about is None else (one.members[ask.about],)
            text, key = worded[move].past, answer.reading.call_key
            if own_words and key is not None:
                continue
            rows.extend(
                (spec.run_id, one.round, source, target, text, key)
                for target in heard
                if target != source
            )
    return table("messages", rows).sort("round", maintain_order=True)
