"""What can be read off listed log-probabilities: ends of clauses, labels, echoes."""

import math
from collections.abc import Iterable, Sequence

from agents.completer import Level
from sim.gateway import RejectedError

LEAST_LABEL_MASS = 0.05
"""Below this probability of all labels together an answer is unparsed, not a choice."""
_AROUND_LABELS = " \n\t()[]*_`\"'.:"
_MARKS = frozenset(".,;:!?\"'\n)\u201d\u2019\u2014")
_WORDS = frozenset({"and", "but", "because", "so", "since"})
_ENDS = frozenset({"", "<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>"})

Listed = Sequence[tuple[str, float]]
"""Tokens and their log-probabilities in nats."""
Clauses = tuple[list[float], list[float]]
"""Log-probabilities of whole clauses, and of their ends alone."""


def boundary_score(listed: Listed) -> float:
    """Log-probability in nats that a clause ends here, over the listed next tokens.

    A lower bound where the list is not complete; with LISTED tokens what is missing is small.
    """
    total = sum(math.exp(value) for piece, value in listed if _ends_clause(piece))
    return math.log(total) if total > 0 else min((value for _, value in listed), default=-math.inf)


def label_scores(
    listed: Listed, labels: Sequence[str]
) -> tuple[tuple[float | None, ...], Level, float | None]:
    """Log-probabilities of labels from the top tokens of a reply's first position.

    A label that is not listed gets an upper bound: the smaller of the least listed probability and
    what the list leaves over. Where the labels hold less than LEAST_LABEL_MASS together, the model
    was saying something else, and nothing is known about any of them.

    Returns:
        Values, how sure they are, and the probability of the listed labels together; None where
        nothing is listed at all.
    """
    if not listed:
        return (None,) * len(labels), "bounded", None
    found = dict.fromkeys(labels, 0.0)
    for piece, value in listed:
        label = piece.strip(_AROUND_LABELS)
        if label in found:
            found[label] += math.exp(value)
    mass = min(1.0, sum(found.values()))
    if mass < LEAST_LABEL_MASS:
        return (None,) * len(labels), "bounded", mass
    if all(found.values()):
        return tuple(math.log(found[label]) for label in labels), "top", mass
    least = min(math.exp(value) for _, value in listed)
    over = max(1.0 - sum(math.exp(value) for _, value in listed), 1e-12)
    bound = min(least, over)
    return tuple(math.log(found[label] or bound) for label in labels), "bounded", mass


def echoed(echo: Iterable[tuple[int, float | None]], start: int, length: int) -> float:
    """Sum of the log-probabilities of the prompt's tokens from character `start` on.

    Raises:
        RejectedError: no token begins exactly where the phrase does.
    """
    inside = [(at, value) for at, value in echo if start <= at < start + length]
    if not inside or inside[0][0] != start or any(value is None for _, value in inside):
        raise RejectedError("the endpoint's echo does not cut the prompt where the phrase begins")
    return sum(value for _, value in inside if value is not None)


def clauses(parts: Iterable[tuple[float, float]]) -> Clauses:
    """From the words' and the ends' log-probabilities of every phrase."""
    both = list(parts)
    return [inside + end for inside, end in both], [end for _, end in both]


def _ends_clause(piece: str) -> bool:
    stripped = piece.lstrip(" ")
    return piece in _ENDS or stripped[:1] in _MARKS or stripped.strip() in _WORDS
