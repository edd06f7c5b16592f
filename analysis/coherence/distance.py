"""How far personas' first choices are apart, and whether populations differ more than persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.coherence.policies import BOTH, Policies
from analysis.divergence import jensen_shannon

Real = NDArray[np.float64]
_LEAST = 2
_SEED, _PERMUTATIONS = 20260103, 999
_PLACE = ["scenario", "situation", "wording"]


@dataclass(frozen=True)
class Distances:
    """Distances between personas.

    Attributes:
        personas: in alphabetical order.
        between: shape (personas, personas), mean over the contexts that both were put of the
            Jensen-Shannon distance, in [0, 1]; NaN where there is none.
        contexts: pairs of situation and wording.
    """

    personas: tuple[str, ...]
    between: Real
    contexts: int


@dataclass(frozen=True, slots=True)
class Separation:
    """Do groups of personas differ more from each other than inside?

    Attributes:
        means: mean distance between the personas of two groups, by their names in alphabetical
            order; of a group with itself over its pairs of different personas, None where it has
            one only.
        pseudo_f: None where undefined.
        r2: share of the squared distances that lies between groups.
        p: share of permutations of the personas with as large a pseudo-F.
        personas: used.
        why_not: why pseudo_f is null.
    """

    means: Mapping[tuple[str, str], float | None]
    pseudo_f: float | None
    r2: float | None
    p: float | None
    personas: int
    why_not: str | None


def distances(policies: Policies, model: str, readout: str) -> Distances:
    """Mean distance between the policies of every two personas over the same contexts.

    The distance is the square root of the Jensen-Shannon divergence in bits, of policies averaged
    over orders of mention (in log-odds) and over paraphrases.

    Source: Endres & Schindelin 2003, IEEE Transactions on Information Theory 49(7):1858-1860.
    """
    frame = policies.frame.filter(
        pl.col("model") == model, pl.col("readout") == readout, pl.col("order") == BOTH
    ).unique(["persona", "paraphrase", *_PLACE])
    personas = tuple(frame["persona"].unique().sort().to_list())
    number = {name: place for place, name in enumerate(personas)}
    total = np.zeros((len(personas), len(personas)))
    shared = np.zeros_like(total)
    contexts = frame.sort(*_PLACE, "persona", "paraphrase").partition_by(_PLACE)
    for context in contexts:
        names, rows = _averaged(context)
        places = np.array([number[name] for name in names])
        for one, place in enumerate(places):
            total[place, places] += np.sqrt(jensen_shannon(rows[one], rows))
            shared[place, places] += 1
    between = np.divide(total, shared, out=np.full_like(total, np.nan), where=shared > 0)
    return Distances(personas, between, len(contexts))


def _averaged(context: pl.DataFrame) -> tuple[list[str], Real]:
    """The personas of a context and their distributions, averaged over paraphrases."""
    gathered = context.group_by("persona", maintain_order=True).agg("probabilities")
    rows = [np.mean(one, axis=0) for one in gathered["probabilities"].to_list()]
    return gathered["persona"].to_list(), np.array(rows)


def separation(found: Distances, groups: Mapping[str, str]) -> Separation:
    """Mean distances between and inside groups, and a permutation test of the difference.

    Args:
        found: the distances.
        groups: the group of each persona; those without one are left out.

    Source: Anderson 2001, Austral Ecology 26(1):32-46 (PERMANOVA); p counts the arrangement that
        was observed among the permutations (999, seed fixed).
    """
    kept = [place for place, name in enumerate(found.personas) if name in groups]
    own = found.between[np.ix_(kept, kept)]
    labels = [groups[found.personas[place]] for place in kept]
    names, of = np.unique(np.array(labels, dtype=np.str_), return_inverse=True)
    means = _means(own, of, names.tolist())
    why_not = _lacking(own, of)
    if why_not is not None:
        return Separation(means, None, None, None, len(kept), why_not)
    squares = own**2
    total = float(squares.sum()) / 2 / len(kept)
    within = _within(squares, of)
    free = (len(names) - 1, len(kept) - len(names))
    if total <= 1e-18:
        return Separation(means, None, None, 1.0, len(kept), "all personas do the same")
    generator = np.random.Generator(np.random.PCG64(_SEED))
    drawn = (_within(squares, generator.permutation(of)) for _ in range(_PERMUTATIONS))
    # The pseudo-F falls with the squares within groups, and with nothing else.
    as_large = sum(one <= within + 1e-12 * total for one in drawn)
    ratio = ((total - within) / free[0]) / (within / free[1]) if within > 1e-12 * total else None
    p = (1 + as_large) / (1 + _PERMUTATIONS)
    why_not = None if ratio is not None else "nobody differs inside a group: pseudo-F is infinite"
    return Separation(means, ratio, 1 - within / total, p, len(kept), why_not)


def _lacking(own: Real, of: NDArray[np.int64]) -> str | None:
    groups = len(set(of.tolist()))
    if groups < _LEAST:
        return "a single group"
    if len(of) == groups:
        return "a single persona in every group"
    if np.isnan(own).any():
        return "two personas share no context"
    return None


def _within(squares: Real, of: NDArray[np.int64]) -> float:
    """Sum over groups of the squared distances inside, divided by the group's size."""
    member = np.eye(int(of.max()) + 1)[of]
    inside = np.einsum("ig,ij,jg->g", member, squares, member, optimize=True) / 2
    return fsum(inside / member.sum(axis=0))


def _means(
    own: Real, of: NDArray[np.int64], names: Sequence[str]
) -> dict[tuple[str, str], float | None]:
    means: dict[tuple[str, str], float | None] = {}
    for one, first in enumerate(names):
        for other, second in enumerate(names[one:], start=one):
            block = own[np.ix_(of == one, of == other)]
            values = block[np.triu_indices(len(block), k=1)] if one == other else block.ravel()
            known = values[~np.isnan(values)]
            means[first, second] = fsum(known) / len(known) if len(known) else None
    return means
