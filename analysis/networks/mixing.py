"""Who acts toward whom by label: assortativity, rates between kinds, own kind minus the others.

Labels come as indicators `who` of shape (..., agents, kinds), a row of zeros for a character
without a label, whose acts then do not count. Leading dimensions are permutations of the labels.
"""

from collections.abc import Sequence

import numpy as np

from analysis.networks.acts import Counts, Real


def indicators(labels: Sequence[str | None]) -> tuple[list[str], Real]:
    """The kinds by name, and the indicators of shape (agents, kinds)."""
    kinds = sorted({label for label in labels if label is not None})
    who = np.array([[label == kind for kind in kinds] for label in labels], dtype=np.float64)
    return kinds, who.reshape(len(labels), len(kinds))


def between(counts: Counts, who: Real) -> Real:
    """Acts between kinds; shape (..., kinds, kinds), [giver, receiver]."""
    found: Real = np.swapaxes(who, -1, -2) @ (counts @ who)
    return found


def assortativity(counts: Counts, who: Real) -> Real:
    """Assortativity coefficient of the directed network of acts, weighted by their number.

    Returns:
        Shape (...); NaN without acts, or where one kind gives and takes all.

    Source: Newman 2003, Physical Review E 67, 026126, equation 2.
    """
    acts = between(counts, who)
    total = acts.sum(axis=(-1, -2))
    mixing = shares(acts, total[..., None, None])
    chance = (mixing.sum(axis=-1) * mixing.sum(axis=-2)).sum(axis=-1)
    alike = np.trace(mixing, axis1=-2, axis2=-1)
    room = np.where(np.isclose(chance, 1), 0, 1 - chance)
    return shares(alike - chance, room)


def own_minus_others(hits: Counts, acts: Counts, who: Real) -> Real:
    """Every giver's share of hits toward its own kind minus the same toward all others.

    Each giver is its own control, so that kinds that differ in how they treat everybody do not
    differ here.

    Args:
        hits: shape (agents, agents), acts of the sort that is asked about.
        acts: shape (agents, agents), all acts.
        who: the labels.

    Returns:
        Shape (..., agents); NaN where a giver acted on one side only.
    """
    did, could = hits @ who, acts @ who
    own, own_acts = (did * who).sum(axis=-1), (could * who).sum(axis=-1)
    is_labelled = who.sum(axis=-1) > 0
    others, others_acts = did.sum(axis=-1) - own, could.sum(axis=-1) - own_acts
    difference = shares(own, own_acts) - shares(others, others_acts)
    return np.where(is_labelled, difference, np.nan)


def mean_of_kinds(values: Real, who: Real) -> Real:
    """Mean of the values of each kind's characters, NaN left out.

    Args:
        values: shape (..., agents).
        who: the labels.

    Returns:
        Shape (..., kinds); NaN where a kind has no value.
    """
    known = ~np.isnan(values)
    sums = (np.where(known, values, 0)[..., None] * who).sum(axis=-2)
    return shares(sums, (known[..., None] * who).sum(axis=-2))


def mean_over_kinds(values: Real, who: Real) -> Real:
    """Mean of the kinds' means, all kinds weighing the same; shape (...).

    So a kind that everybody treats badly does not look like one that is treated badly by others:
    of two kinds, what is done to one by both cancels out.

    Args:
        values: shape (..., agents).
        who: the labels.

    Returns:
        NaN where fewer than two kinds have a value.
    """
    means = mean_of_kinds(values, who)
    known = ~np.isnan(means)
    number = known.sum(axis=-1)
    return shares(np.where(known, means, 0).sum(axis=-1), np.where(number > 1, number, 0))


def with_margins(table: Real) -> Real:
    """A table of counts with its sums as one more row and column; shape (..., k + 1, k + 1)."""
    rows = np.concatenate([table, table.sum(axis=-2, keepdims=True)], axis=-2)
    return np.concatenate([rows, rows.sum(axis=-1, keepdims=True)], axis=-1)


def shares(part: Real, whole: Real) -> Real:
    """Part by whole, broadcast; NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(part, whole)
    empty = np.full(part.shape, np.nan)
    found: Real = np.divide(part, whole, out=empty, where=whole != 0)
    return found
