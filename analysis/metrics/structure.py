"""Metrics of who cooperates with whom in games of two seats."""

import numpy as np

from analysis.metrics.metric import (
    EVERY_SCOPE,
    RUN_ONLY,
    Metric,
    Score,
    differences,
    means,
    whole,
)
from analysis.metrics.rows import Rows

_LEAST_PAIRS = 2


def reciprocity(rows: Rows) -> list[Score]:
    """Correlation of cooperation given with cooperation returned, over ordered pairs."""
    size = len(rows.members)
    done = np.bincount(rows.acts.pair, minlength=size * size).reshape(size, size)
    kind = np.bincount(rows.acts.pair, weights=rows.acts.cooperative, minlength=size * size)
    met = (done > 0) & (done.T > 0)
    n = int(met.sum()) if rows.is_dyadic else 0
    if n < 2 * _LEAST_PAIRS:
        return whole(None, n)
    share = kind.reshape(size, size) / np.maximum(done, 1)
    given = share[met] - share[met].mean()
    returned = share.T[met] - share.T[met].mean()
    variance = float(given @ given)
    if variance <= n * np.finfo(float).eps:
        return whole(None, n)
    return whole(float(given @ returned) / variance, n)


def assortativity(rows: Rows) -> list[Score]:
    """Cooperation toward partners of the same persona minus toward all others."""
    partner, has_partner = rows.partner
    counted = rows.decided & rows.social & has_partner
    agent = rows.agent[counted]
    cooperative = rows.cooperative[counted].astype(float)
    members = np.unique(np.array(rows.members), return_inverse=True)[1]
    alike = members[partner[counted]] == members[agent]
    return list(
        differences(
            means(rows, agent[alike], cooperative[alike]),
            means(rows, agent[~alike], cooperative[~alike]),
        )
    )


def cooperation_assortativity(rows: Rows) -> list[Score]:
    """Newman's attribute assortativity of the network of cooperative acts, by member."""
    names, member = np.unique(np.array(rows.members), return_inverse=True)
    size, kinds = len(rows.members), len(names)
    pair = rows.acts.pair[rows.acts.cooperative]
    n = len(pair) if rows.is_dyadic else 0
    if n == 0 or kinds < 2:
        return whole(None, n)
    cell = member[pair // size] * kinds + member[pair % size]
    mixing = np.bincount(cell, minlength=kinds**2).reshape(kinds, kinds) / n
    chance = float(mixing.sum(axis=0) @ mixing.sum(axis=1))
    if np.isclose(chance, 1):
        return whole(None, n)
    return whole((float(np.trace(mixing)) - chance) / (1 - chance), n)


STRUCTURE = (
    Metric(
        name="reciprocity",
        unit="correlation",
        definition=(
            "Pearson correlation, over ordered pairs, of the share of cooperative acts from one"
            " to the other with the share that comes back"
        ),
        denominator="ordered pairs that acted both ways",
        undefined="fewer than two such pairs, or no variance; always so where groups are not pairs",
        source="Wasserman & Faust 1994, section 13.3 (mutuality of valued ties)",
        better=None,
        scopes=RUN_ONLY,
        measure=reciprocity,
    ),
    Metric(
        name="assortativity",
        unit="difference of shares",
        definition=(
            "cooperation_rate toward partners of the same population member minus toward all others"
        ),
        denominator="decided choices about one partner",
        undefined="one of the two sides is empty, as in populations of one member",
        source="Balliet, Wu & De Dreu 2014, Psychological Bulletin 140 (in-group favouritism)",
        better=None,
        scopes=EVERY_SCOPE,
        measure=assortativity,
    ),
    Metric(
        name="cooperation_assortativity",
        unit="coefficient",
        definition=(
            "assortativity coefficient by population member of the directed network of cooperative"
            " acts; without favouritism it is slightly below 0, since nobody plays oneself"
        ),
        denominator="cooperative acts",
        undefined="no cooperative act, one member, or all acts between one pair of members",
        source="Newman 2003, Physical Review E 67, 026126, equation 2",
        better=None,
        scopes=RUN_ONLY,
        measure=cooperation_assortativity,
    ),
)
