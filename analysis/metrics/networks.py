"""Metrics of the network of directed acts: mutual cooperation and standing."""

import numpy as np

from analysis.metrics.metric import EVERY_SCOPE, RUN_ONLY, Metric, Score, means, whole
from analysis.metrics.rows import Rows
from analysis.networks.clusters import largest_share
from analysis.networks.standing import relative


def largest_cooperative_cluster(rows: Rows) -> list[Score]:
    """Share of characters in the largest cluster of mutual cooperation."""
    network = rows.network
    share = float(largest_share(network.cooperative[None], network.acts)[0])
    n = int((network.acts.sum(axis=1) > 0).sum())
    return whole(share if n else None, n)


def eigenjesus(rows: Rows) -> list[Score]:
    """Standing of who cooperates with the good."""
    return _standing(rows, moses=False)


def eigenmoses(rows: Rows) -> list[Score]:
    """Standing of who cooperates with the good and defects on the bad."""
    return _standing(rows, moses=True)


def _standing(rows: Rows, *, moses: bool) -> list[Score]:
    found = relative(rows.network, moses=moses)
    values = np.full(len(rows.members), np.nan) if found is None else found
    known = np.flatnonzero(~np.isnan(values))
    return means(rows, known, values[known])


_ACTED = "characters that acted toward single others"
_UNSETTLED = (
    "fewer than two such characters; or no standing that settles: a principal eigenvalue that is"
    " not positive, as where nobody cooperates"
)
_AARONSON = (
    "Aaronson 2014, Eigenmorality; Singer-Clark 2014, Morality metrics on iterated prisoner's"
    " dilemma players; {} of the Axelrod library, whose vector has length 1"
)

NETWORKS = (
    Metric(
        name="largest_cooperative_cluster",
        unit="share",
        definition=(
            "share of characters that hang together in the largest cluster of pairs in which both"
            " cooperate in more than half of their acts; 0 without such a pair"
        ),
        denominator=_ACTED,
        undefined="no act is toward one other, as in games of whole groups",
        source=(
            "component of the network of reciprocated ties, Wasserman & Faust 1994, section 4.2.3;"
            " the cut at one half is ours"
        ),
        better="higher",
        scopes=RUN_ONLY,
        measure=largest_cooperative_cluster,
    ),
    Metric(
        name="eigenjesus",
        unit="standing",
        definition=(
            "mean standing of the characters, where the standing of each is proportional to its"
            " cooperation rates weighted by the standing of whom it cooperated with (eigenvector),"
            " of root mean square 1: all are 1 where all stand equal, and the mean over a run is"
            " below 1 where they do not"
        ),
        denominator=_ACTED,
        undefined=_UNSETTLED,
        source=_AARONSON.format("eigenjesus_rating"),
        better="higher",
        scopes=EVERY_SCOPE,
        measure=eigenjesus,
    ),
    Metric(
        name="eigenmoses",
        unit="standing",
        definition=(
            "the same with 2 (rate - 0.5) in place of each cooperation rate, so that cooperating"
            " with those of negative standing, and defecting on those of positive standing, costs"
            " standing"
        ),
        denominator=_ACTED,
        undefined=f"{_UNSETTLED}, or most defect on most",
        source=_AARONSON.format("eigenmoses_rating"),
        better=None,
        scopes=EVERY_SCOPE,
        measure=eigenmoses,
    ),
)
