"""Judging: a rubric's question put about words in every order of its classes, and what it gives.

Two and three classes are put in all their orders. More are put in twice as many orders as there are
classes: every class stands at every place equally often, and before each other one equally often.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from agents.completer import Level
from agents.minds import Minds, Posed
from agents.reading import Reading, mean_distribution, sha256
from agents.readouts import SAMPLED
from agents.rubric import Rubric

Outcome = Literal["class", "tied", "refusal", "unparsed", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("class", "tied", "refusal", "unparsed", "failed")
_WORST = ("failed", "refusal", "unparsed")
_LEVELS: tuple[Level, ...] = ("exact", "top", "bounded", "sampled")


class Words(NamedTuple):
    """All that a judge is shown of an utterance.

    Attributes:
        text: the words, as `rubric.shown` gives them.
        situation: the rules of the game, where the rubric wants them; else "".
    """

    text: str
    situation: str = ""

    @property
    def item(self) -> str:
        """A name for them that tells nothing of who said them."""
        return f"t{sha256(f'{self.situation}{chr(31)}{self.text}')[:16]}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of some words.

    Attributes:
        outcome: "class"; or why there is none: two are equally likely, or an order of the classes
            was refused, not read, or failed for good.
        found: the class.
        probabilities: of the classes in the rubric's order: log-odds averaged over the orders, or
            the share of the orders in which each was said; None where there is no answer.
        mass: put on the classes at all, averaged over the orders; None where it is not known.
        level: how sure the numbers are.
        prompt_sha256: hash over the prompts.
        call_key: hash over the keys of the recorded calls.
    """

    outcome: Outcome
    found: str | None
    probabilities: tuple[float, ...] | None
    mass: float | None
    level: Level | None
    prompt_sha256: str
    call_key: str


def class_orders(classes: int, readout: str) -> tuple[tuple[int, ...], ...]:
    """The orders in which a question is put; probabilities are read in the reverse of each too."""
    places = tuple(range(classes))
    turned = [places[at:] + places[:at] for at in range(classes if classes > 2 else 1)]
    if readout in SAMPLED:
        turned += [order[::-1] for order in turned]
    return tuple(turned)


async def judge(
    minds: Minds, rubric: Rubric, words: Sequence[Words], readout: str
) -> list[Judgement]:
    """Judge every utterance.

    Args:
        minds: the judge; equal words are asked about once.
        rubric: what is asked.
        words: in the order in which they are asked.
        readout: of the minds.

    Raises:
        CompleterError: the model's endpoint failed.
    """
    orders = class_orders(len(rubric.classes), readout)
    posed = [Posed(rubric.put(*each, order), 0.0) for each in words for order in orders]
    readings = [answer.reading for answer in await minds.answer(posed)]
    size = len(orders)
    return [
        judgement(tuple(rubric.classes), orders, readings[at * size : (at + 1) * size])
        for at in range(len(words))
    ]


def judgement(
    classes: Sequence[str], orders: Sequence[tuple[int, ...]], readings: Sequence[Reading]
) -> Judgement:
    """One judgement from the readings of a question.

    Args:
        classes: names, in the rubric's order.
        orders: indices of classes, one order a reading.
        readings: one an order; where one has no answer, there is no class.
    """
    lacking = [reading.lacking for reading in readings if reading.lacking]
    outcome: Outcome = min(lacking, key=_WORST.index) if lacking else "class"
    likely = None if lacking else _probabilities(len(classes), orders, readings)
    found = None
    if likely is not None:
        top = max(likely)
        best = [at for at, p in enumerate(likely) if math.isclose(p, top, rel_tol=1e-9)]
        found = classes[best[0]] if len(best) == 1 else None
    if outcome == "class" and found is None:
        outcome = "unparsed" if likely is None else "tied"
    masses = [reading.mass for reading in readings if reading.mass is not None]
    levels = [reading.level for reading in readings if reading.level is not None]
    return Judgement(
        outcome=outcome,
        found=found,
        probabilities=likely,
        mass=math.fsum(masses) / len(masses) if masses else None,
        level=max(levels, key=_LEVELS.index) if levels else None,
        prompt_sha256=sha256("\n".join(reading.prompt_sha256 or "" for reading in readings)),
        call_key=sha256("\n".join(reading.call_key or "" for reading in readings)),
    )


def _probabilities(
    classes: int, orders: Sequence[tuple[int, ...]], readings: Sequence[Reading]
) -> tuple[float, ...] | None:
    """In the rubric's order; None where an order's numbers say nothing."""
    if all(reading.chosen is not None for reading in readings):
        pairs = zip(orders, readings, strict=True)
        said = [order[reading.chosen or 0] for order, reading in pairs]
        return tuple(said.count(at) / len(said) for at in range(classes))
    rows = [
        [values[order.index(at)] for at in range(classes)]
        for order, reading in zip(orders, readings, strict=True)
        for values in (variant.log_probabilities for variant in reading.variants)
        if values is not None
    ]
    return mean_distribution(rows) if rows else None
